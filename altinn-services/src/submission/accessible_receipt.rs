//! The receipt that people read: what was sent in, by whom and when, and how it is verified.

use altinn_core::{Actor, Digest, InstanceId, Language, oslo};
use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use serde_json::Value;

use super::{
    DataElement, Hundredths, Instance, OrderDetails, OrderLine, PaymentInformation, Service, SubmissionError,
    Submissions,
};
use crate::document::{Block, Document};
use crate::expression::Context;
use crate::form_page::{Attachment, FormView, SummaryPart};

impl Submissions<'_> {
    /// The receipt for people: a PDF in a language, with what was sent in as the app's layouts show it, who sent it in
    /// and when, the archive reference, and how it is verified. It is tagged and kept as PDF/UA-1 and PDF/A-2a ask.
    ///
    /// It is written when it is asked for, in any language. From when the receipt is proved on, it is the same bytes
    /// whenever it is asked for; before that it names nobody.
    ///
    /// # Errors
    /// As [`receipt`](Self::receipt); [`SubmissionError::Document`] when it can not be written.
    pub async fn receipt_document(
        &self,
        actor: &Actor,
        id: &InstanceId,
        language: Language,
    ) -> Result<Vec<u8>, SubmissionError> {
        let instance = self.get(actor, id).await?;
        let service = self.service_of(&instance)?;
        let entry = instance.entry.ok_or(SubmissionError::NotSubmitted)?;
        let named = self.receipt_of(&instance).await?.proved().map(|receipt| {
            let fields = receipt.fields();
            (fields.party.expose().1.to_owned(), fields.actor.expose().1.to_owned())
        });
        let (owner, sender) = named.unwrap_or_default();
        let types = service.definition().metadata().data_types().iter();
        let mut forms = Vec::new();
        for data_type in types.filter(|data_type| data_type.is_form() && data_type.enable_pdf_creation) {
            let of_type = instance.elements.iter().filter(|element| element.data_type == data_type.id);
            for form in of_type.map(DataElement::form) {
                forms.push((data_type.id.as_str(), form?));
            }
        }
        let document = AccessibleReceipt {
            service: &service,
            instance: &instance,
            owner,
            sender,
            language,
            at: instance.process.ended.unwrap_or(instance.changed),
            forms: &forms,
            entry: entry.to_string(),
            key: self.altinn.archive().verifier_key().to_string(),
        };
        document.to_pdf()
    }
}

/// What the document shows.
struct AccessibleReceipt<'a> {
    service: &'a Service,
    instance: &'a Instance,
    /// Whose case it is.
    owner: String,
    /// Who sent it in.
    sender: String,
    language: Language,
    /// When it was sent in.
    at: DateTime<Utc>,
    /// The forms, under the names of their data types.
    forms: &'a [(&'a str, Value)],
    /// The entry of the archive.
    entry: String,
    /// The key that its receipt is verified with.
    key: String,
}

impl AccessibleReceipt<'_> {
    /// The document as a PDF; the same input gives the same bytes.
    fn to_pdf(&self) -> Result<Vec<u8>, SubmissionError> {
        let said = Said(self.language);
        let mut blocks = vec![Block::Heading(2, said.about().to_owned())];
        blocks.extend(self.about(said));
        for (data_type, data) in self.forms {
            blocks.extend(self.form(data_type, data, said));
        }
        blocks.push(Block::Heading(2, said.verified().to_owned()));
        blocks.extend(self.verification(said));
        let document = Document {
            language: said.language(),
            title: self.service.title(self.language).to_owned(),
            footer: format!("{} {}", said.reference(), self.instance.id.guid),
            written: self.at,
            blocks,
        };
        Ok(document.to_pdf()?)
    }

    fn about(&self, said: Said) -> Vec<Block> {
        let local = oslo::local(self.at);
        let time = local.format(said.time()).to_string();
        let facts = [
            (said.reference(), self.instance.id.guid.to_string()),
            (said.sender(), self.sender.clone()),
            (said.owner(), self.owner.clone()),
            (said.at(), time),
            (said.service(), self.service.id().to_string()),
        ];
        let known = facts.into_iter().filter(|(_, value)| !value.is_empty());
        known.map(|(name, value)| Block::Entry(name.to_owned(), value)).collect()
    }

    /// A form as its layouts show it; one without layouts as its data have it.
    fn form(&self, data_type: &str, data: &Value, said: Said) -> Vec<Block> {
        if let Ok(payment) = PaymentInformation::deserialize(data) {
            return paid(&payment.order_details, said);
        }
        let app = self.service.definition();
        let task = app.metadata().data_type(data_type).and_then(|known| known.task_id.as_deref());
        let mut blocks = task.map(|task| self.pages(task, data_type, data, said)).unwrap_or_default();
        if !blocks.iter().any(|block| !matches!(block, Block::Heading(..))) {
            let title =
                app.form_schema(data_type).and_then(|schema| schema.document().get("title")?.as_str());
            blocks = vec![Block::Heading(2, title.unwrap_or(data_type).to_owned())];
            self.fields(&mut blocks, data_type, "", data, said, 3);
        }
        blocks
    }

    fn pages(&self, task: &str, data_type: &str, data: &Value, said: Said) -> Vec<Block> {
        let app = self.service.definition();
        let mut context = Context::default().with_model(data_type, data).with_language(self.language);
        for (other, data) in self.forms.iter().filter(|(other, _)| *other != data_type) {
            context = context.with_model(other, data);
        }
        let mut view = FormView::new(app, task, context).read_only();
        let is_form = |data_type: &str| {
            app.metadata().data_type(data_type).is_some_and(crate::definition::DataType::is_form)
        };
        for element in self.instance.elements.iter().filter(|element| !is_form(&element.data_type)) {
            view = view.with_attachment(attachment(element));
        }
        let Ok(pages) = view.pages() else { return Vec::new() };
        let excluded = app.layouts_of(task).map(|set| set.exclude_from_pdf.as_slice()).unwrap_or_default();
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
        said: Said,
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

    fn verification(&self, said: Said) -> Vec<Block> {
        let mut blocks = vec![Block::Paragraph(said.how().to_owned())];
        blocks.push(Block::Entry(said.entry().to_owned(), self.entry.clone()));
        blocks.push(Block::Entry(said.key().to_owned(), self.key.clone()));
        let forms = self.forms.iter().filter_map(|(data_type, _)| self.instance.element(data_type));
        for form in forms {
            let name = format!("SHA-256, {}", form.data_type);
            blocks.push(Block::Entry(name, Digest::of(&form.content).to_string()));
        }
        blocks
    }
}

/// What was paid: its lines, and their sum.
fn paid(order: &OrderDetails, said: Said) -> Vec<Block> {
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

fn attachment(element: &DataElement) -> Attachment {
    Attachment {
        id: element.id.to_string(),
        data_type: element.data_type.clone(),
        name: element.file_name.clone().unwrap_or_else(|| element.data_type.clone()),
        bytes: element.content.len(),
    }
}

fn block(part: SummaryPart, said: Said) -> Block {
    let shown = |value: String| if value.trim().is_empty() { said.nothing().to_owned() } else { value };
    match part {
        SummaryPart::Entry { label, value } => Block::Entry(label, shown(value)),
        SummaryPart::Heading { level, text } => Block::Heading(level, text),
        SummaryPart::Table { caption, columns, rows } => {
            let rows = rows.into_iter().map(|row| row.into_iter().map(shown).collect());
            Block::Table { caption, columns, rows: rows.collect() }
        }
    }
}

/// What the document says by itself; Sami documents say it in bokmål.
#[derive(Debug, Clone, Copy)]
struct Said(Language);

impl Said {
    fn in_language(self, nb: &'static str, nn: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Language::Nn => nn,
            Language::En => en,
            Language::Nb | Language::Se => nb,
        }
    }

    fn language(self) -> Language {
        if self.0 == Language::Se { Language::Nb } else { self.0 }
    }

    fn about(self) -> &'static str {
        self.in_language("Om innsendingen", "Om innsendinga", "About the submission")
    }

    fn reference(self) -> &'static str {
        self.in_language("Arkivreferanse", "Arkivreferanse", "Archive reference")
    }

    fn sender(self) -> &'static str {
        self.in_language("Sendt inn av", "Sendt inn av", "Sent in by")
    }

    fn owner(self) -> &'static str {
        self.in_language("På vegne av", "På vegner av", "On behalf of")
    }

    fn at(self) -> &'static str {
        self.in_language("Tidspunkt", "Tidspunkt", "Time")
    }

    fn time(self) -> &'static str {
        self.in_language("%d.%m.%Y kl. %H.%M.%S", "%d.%m.%Y kl. %H.%M.%S", "%Y-%m-%d at %H:%M:%S, Oslo time")
    }

    fn service(self) -> &'static str {
        self.in_language("Tjeneste", "Teneste", "Service")
    }

    fn nothing(self) -> &'static str {
        self.in_language("Ikke fylt ut", "Ikkje fylt ut", "Not filled in")
    }

    fn verified(self) -> &'static str {
        self.in_language(
            "Slik kontrolleres kvitteringen",
            "Slik blir kvitteringa kontrollert",
            "How this is verified",
        )
    }

    fn how(self) -> &'static str {
        self.in_language(
            "Innsendingen arkiveres i en logg som ingen kan endre uten at det oppdages. Den maskinlesbare kvitteringen \
             kan kontrolleres av hvem som helst, uten nett, med arkivets offentlige nøkkel. Fingeravtrykkene under er \
             de som arkivet har av skjemaene.",
            "Innsendinga blir arkivert i ein logg som ingen kan endre utan at det blir oppdaga. Den maskinlesbare \
             kvitteringa kan kontrollerast av kven som helst, utan nett, med den offentlege nøkkelen til arkivet. \
             Fingeravtrykka under er dei som arkivet har av skjemaa.",
            "The submission is archived in a log that nobody can change without being found out. Anyone can verify the \
             machine-readable receipt, offline, with the public key of the archive. The digests below are those that \
             the archive has of the forms.",
        )
    }

    fn payment(self) -> &'static str {
        self.in_language("Betaling", "Betaling", "Payment")
    }

    fn paid_for(self) -> &'static str {
        self.in_language("Hva", "Kva", "What")
    }

    fn quantity(self) -> &'static str {
        self.in_language("Antall", "Tal", "Quantity")
    }

    fn price(self) -> &'static str {
        self.in_language("Pris uten mva.", "Pris utan mva.", "Price without VAT")
    }

    fn vat(self) -> &'static str {
        self.in_language("Mva.", "Mva.", "VAT")
    }

    fn sum(self) -> &'static str {
        self.in_language("Betalt med mva.", "Betalt med mva.", "Paid, with VAT")
    }

    fn entry(self) -> &'static str {
        self.in_language("Oppføring i arkivet", "Oppføring i arkivet", "Entry of the archive")
    }

    fn key(self) -> &'static str {
        self.in_language(
            "Arkivets offentlige nøkkel",
            "Den offentlege nøkkelen til arkivet",
            "Public key of the archive",
        )
    }

    fn value(self, value: &Value) -> String {
        match value {
            Value::Null => self.nothing().to_owned(),
            Value::Bool(true) => self.in_language("Ja", "Ja", "Yes").to_owned(),
            Value::Bool(false) => self.in_language("Nei", "Nei", "No").to_owned(),
            Value::String(text) if text.trim().is_empty() => self.nothing().to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }
}
