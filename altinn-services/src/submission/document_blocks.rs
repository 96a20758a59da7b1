//! The forms of an instance as blocks of a document, as the app's layouts show them.

use serde_json::Value;

use super::document_pages::DocumentPages;
use super::receipt_words::ReceiptWords;
use super::{
    DataElement, Hundredths, Instance, OrderDetails, OrderLine, PaymentInformation, Service, SubmissionError,
};
use crate::document::Block;
use crate::form_page::SummaryPart;

/// The forms of an instance that documents show, under the names of their data types.
pub(super) fn forms_of<'s>(
    service: &'s Service,
    instance: &Instance,
) -> Result<Vec<(&'s str, Value)>, SubmissionError> {
    let types = service.definition().metadata().data_types().iter();
    let mut forms = Vec::new();
    for data_type in types.filter(|data_type| data_type.is_form() && data_type.enable_pdf_creation) {
        let of_type = instance.elements.iter().filter(|element| element.data_type == data_type.id);
        for form in of_type.map(DataElement::form) {
            forms.push((data_type.id.as_str(), form?));
        }
    }
    Ok(forms)
}

impl<'a> DocumentPages<'a> {
    /// A form as its layouts show it; one without layouts as its data have it.
    pub(super) fn blocks(&self, data_type: &'a str, data: &'a Value) -> Vec<Block> {
        let said = ReceiptWords(self.language);
        let app = self.service.definition();
        if let Some(payment) = PaymentInformation::of(data) {
            let own = self.own_page(&payment.task_id);
            return match own {
                Some(parts) => {
                    let heading = Block::Heading(2, said.payment().to_owned());
                    [heading].into_iter().chain(parts.into_iter().map(|part| block(part, said))).collect()
                }
                None => paid(&payment.order_details, said),
            };
        }
        let task = self.task_of(data_type);
        let mut blocks = task.map(|task| self.pages(task, (data_type, data), said)).unwrap_or_default();
        if !blocks.iter().any(|block| !matches!(block, Block::Heading(..))) {
            let title =
                app.form_schema(data_type).and_then(|schema| schema.document().get("title")?.as_str());
            blocks = vec![Block::Heading(2, title.unwrap_or(data_type).to_owned())];
            self.fields(&mut blocks, data_type, "", data, said, 3);
        }
        blocks
    }

    fn pages<'b>(&'b self, task: &'b str, form: (&'b str, &'b Value), said: ReceiptWords) -> Vec<Block> {
        let app = self.service.definition();
        let view = self.view(task, Some(form));
        if let Ok(Some(page)) = view.document_page() {
            let heading = Block::Heading(2, page.title.to_plain());
            return [heading]
                .into_iter()
                .chain(page.read_out().into_iter().map(|part| block(part, said)))
                .collect();
        }
        let Ok(pages) = view.pages() else { return Vec::new() };
        let set = app.sub_form(task, form.0).or_else(|| app.layouts_of(task));
        let excluded = set.map(|set| set.exclude_from_pdf.as_slice()).unwrap_or_default();
        let mut blocks = Vec::new();
        for page in pages.pages.iter().filter(|page| !excluded.contains(&page.name)) {
            let title = page.title.to_plain();
            let mut parts = page.summary();
            if !parts.iter().any(|part| !matches!(part, SummaryPart::Heading { .. })) {
                continue;
            }
            if matches!(parts.first(), Some(SummaryPart::Heading { text, .. }) if *text == title) {
                parts.remove(0);
            }
            blocks.push(Block::Heading(2, title));
            blocks.extend(parts.into_iter().map(|part| block(part, said)));
        }
        blocks
    }

    /// The fields of a form without layouts, under the titles that its schema and the texts have for them.
    fn fields(
        &self,
        blocks: &mut Vec<Block>,
        data_type: &str,
        path: &str,
        value: &Value,
        said: ReceiptWords,
        level: u8,
    ) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    let label = self.label(data_type, &path, name);
                    if value.is_object()
                        || value.as_array().is_some_and(|rows| rows.iter().any(Value::is_object))
                    {
                        blocks.push(Block::Heading(level, label));
                        self.fields(blocks, data_type, &path, value, said, (level + 1).min(6));
                    } else {
                        blocks.push(Block::Entry(label, said.value(value)));
                    }
                }
            }
            Value::Array(rows) => {
                for (row, number) in rows.iter().zip(1_usize..) {
                    blocks.push(Block::Heading(level, number.to_string()));
                    self.fields(blocks, data_type, path, row, said, (level + 1).min(6));
                }
            }
            _ => {}
        }
    }

    fn label(&self, data_type: &str, path: &str, name: &str) -> String {
        let app = self.service.definition();
        let keys = [path.to_owned(), format!("{path}.title")];
        let text = keys.iter().find_map(|key| app.texts().text(key));
        let text = text.map(|text| text.in_language(self.language).to_owned());
        let titled = || {
            let facts = app.form_schema(data_type)?.facts(path);
            facts.iter().find_map(|fact| fact.get("title")?.as_str().map(str::to_owned))
        };
        text.or_else(titled).unwrap_or_else(|| name.to_owned())
    }
}

/// What was paid: its lines, and their sum.
fn paid(order: &OrderDetails, said: ReceiptWords) -> Vec<Block> {
    let columns = [said.paid_for(), said.quantity(), said.price(), said.vat()].map(str::to_owned);
    let row = |line: &OrderLine| {
        vec![
            line.name.clone(),
            line.quantity.to_string(),
            line.price_ex_vat.to_string(),
            format!("{} %", line.vat_percent),
        ]
    };
    let rows = order.order_lines.iter().map(row).collect();
    let sum = |amount: Hundredths| format!("{amount} {}", order.currency);
    vec![
        Block::Heading(2, said.payment().to_owned()),
        Block::Table { caption: String::new(), columns: columns.to_vec(), rows },
        Block::Entry(said.vat().to_owned(), sum(order.total_vat)),
        Block::Entry(said.sum().to_owned(), sum(order.total_price_inc_vat)),
    ]
}

fn block(part: SummaryPart, said: ReceiptWords) -> Block {
    let shown = |value: String| if value.trim().is_empty() { said.nothing().to_owned() } else { value };
    match part {
        SummaryPart::Entry { label, value } => Block::Entry(label, shown(value)),
        SummaryPart::Heading { level, text } => Block::Heading(level, text),
        SummaryPart::Text(text) => Block::Paragraph(text),
        SummaryPart::Table { caption, columns, rows } => {
            let rows = rows.into_iter().map(|row| row.into_iter().map(shown).collect());
            Block::Table { caption, columns, rows: rows.collect() }
        }
    }
}
