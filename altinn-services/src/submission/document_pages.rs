//! What an app's layouts show of an instance in documents.

use altinn_core::Language;
use serde_json::Value;
use uuid::Uuid;

use super::receipt_words::ReceiptWords;
use super::{DataElement, Hundredths, Instance, PaymentInformation, Service};
use crate::definition::DataType;
use crate::expression::Context;
use crate::form_page::{Attachment, FormView, SubForm, SummaryPart};

/// What an app's layouts show of an instance in documents, in a language.
#[derive(Clone, Copy)]
pub(super) struct DocumentPages<'a> {
    pub(super) service: &'a Service,
    pub(super) instance: &'a Instance,
    pub(super) language: Language,
    /// The forms that are shown, under the names of their data types.
    pub(super) forms: &'a [(&'a str, Value)],
}

impl<'a> DocumentPages<'a> {
    /// The page that the app has for documents of a task (`pdfLayoutName`), as it is read; none where it has none, or it can
    /// not be worked out.
    pub(super) fn own_page(&self, task: &'a str) -> Option<Vec<SummaryPart>> {
        let page = self.view(task, None).document_page().ok().flatten()?;
        Some(page.read_out())
    }

    /// The task whose pages show a form, or have it below them.
    pub(super) fn task_of(&self, data_type: &str) -> Option<&'a str> {
        let app = self.service.definition();
        let own = app.metadata().data_type(data_type)?.task_id.as_deref();
        let above = || app.process().tasks().find(|task| app.sub_form(&task.id, data_type).is_some());
        own.or_else(|| above().map(|task| task.id.as_str()))
    }

    /// The pages of a task as documents show them; of several forms of a data type it is this one, and those of a form below
    /// the task's pages are its own.
    pub(super) fn view(&self, task: &'a str, form: Option<(&'a str, &'a Value)>) -> FormView<'a> {
        let app = self.service.definition();
        let words = ReceiptWords(self.language);
        let mut context = Context::default().with_language(self.language);
        for (name, data) in form.into_iter().chain(self.others(form.map(|(name, _)| name))) {
            context = context.with_model(name, data);
        }
        let mut view = FormView::new(app, task, context)
            .read_only()
            .with_fact(words.reference(), self.instance.id.guid.to_string());
        let is_form = |data_type: &str| app.metadata().data_type(data_type).is_some_and(DataType::is_form);
        for element in self.instance.elements.iter().filter(|element| !is_form(&element.data_type)) {
            view = view.with_attachment(element.as_attachment());
        }
        for (label, value) in self.paid(words) {
            view = view.with_payment_line(label, value);
        }
        let below = |name: &'a str, data: &'a Value| {
            let set = app.sub_form(task, name)?;
            Some((set, SubForm { element: Uuid::nil(), data_type: name, data, is_wrong: false }))
        };
        match form.and_then(|(name, data)| below(name, data)) {
            Some((set, form)) => view.below(set, &form),
            // Where the app does not draw the document itself, each form below has a part of its own.
            None if form.is_some() => view,
            None => {
                let all = self.forms.iter().filter_map(|(name, data)| below(name, data));
                all.fold(view, |view, (_, form)| view.with_sub_form(form))
            }
        }
    }

    fn others(&self, but: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let others = self.forms.iter().filter(move |(name, _)| Some(*name) != but);
        others.map(|(name, data)| (*name, data))
    }

    /// What was paid, line by line, and the sum.
    fn paid(&self, words: ReceiptWords) -> Vec<(String, String)> {
        let payments = self.forms.iter().filter_map(|(_, data)| PaymentInformation::of(data));
        let mut lines = Vec::new();
        for payment in payments {
            let order = payment.order_details;
            let sum = |amount: Hundredths| format!("{amount} {}", order.currency);
            lines.extend(
                order.order_lines.iter().map(|line| {
                    (line.name.clone(), format!("{} × {}", line.quantity, sum(line.price_ex_vat)))
                }),
            );
            lines.push((words.vat().to_owned(), sum(order.total_vat)));
            lines.push((words.sum().to_owned(), sum(order.total_price_inc_vat)));
        }
        lines
    }
}

impl DataElement {
    /// It as the pages of a form list it.
    pub(super) fn as_attachment(&self) -> Attachment {
        let name = self.file_name.as_deref().unwrap_or(&self.data_type);
        let tag = self.metadata.tags.first().cloned();
        Attachment::new(self.id.to_string(), self.data_type.as_str(), name, self.content.len()).with_tag(tag)
    }
}
