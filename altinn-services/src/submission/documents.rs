//! The documents that service tasks write.

use altinn_core::Language;
use serde_json::Value;

use super::SubmissionError;
use super::document_pages::DocumentPages;
use super::element::DataElement;
use super::plan::Plan;
use super::receipt_document::{Part, ReceiptDocument};
use crate::definition::DataType;
use crate::process::Task;

/// The data types of the documents that show what was submitted, as Altinn names them.
const RECEIPT_DOCUMENT: &str = "ref-data-as-pdf";
const SUBFORM_DOCUMENT: &str = "subform-pdf";

impl Plan<'_> {
    /// Writes a document that shows the forms of these tasks, or of all.
    pub(super) fn write_receipt_document(
        &mut self,
        task: &str,
        file_name: Option<&str>,
        tasks: &[String],
    ) -> Result<(), SubmissionError> {
        let mut forms: Vec<(&str, Value)> = Vec::new();
        let app = self.service.definition();
        for data_type in app.metadata().data_types().iter().filter(|data_type| data_type.is_form()) {
            let of_task = data_type.task_id.as_ref().is_some_and(|task| tasks.contains(task));
            let is_shown = data_type.enable_pdf_creation && self.may_show(RECEIPT_DOCUMENT, data_type);
            if !is_shown || !(tasks.is_empty() || of_task) {
                continue;
            }
            for element in self.instance.elements.iter().filter(|element| element.data_type == data_type.id) {
                forms.push((&data_type.id, element.form()?));
            }
        }
        self.write_document(task, RECEIPT_DOCUMENT, file_name, &forms);
        Ok(())
    }

    /// Writes a document for each element of a sub-form.
    pub(super) fn write_subform_documents(
        &mut self,
        task: &str,
        file_name: Option<&str>,
        data_type: Option<&str>,
    ) -> Result<(), SubmissionError> {
        let kind = data_type.and_then(|name| self.service.definition().metadata().data_type(name));
        let Some(kind) = kind.filter(|kind| self.may_show(SUBFORM_DOCUMENT, kind)) else { return Ok(()) };
        let data_type = kind.id.as_str();
        let of_type = self.instance.elements.iter().filter(|element| element.data_type == data_type);
        let forms: Vec<Value> = of_type.map(DataElement::form).collect::<Result<_, _>>()?;
        for form in forms {
            self.write_document(task, SUBFORM_DOCUMENT, file_name, &[(data_type, form)]);
        }
        Ok(())
    }

    /// Writes the document that shows what was signed, where the signing task asks for one (`signingPdfDataType`).
    pub(super) fn write_signed_document(&mut self, task: &Task) -> Result<(), SubmissionError> {
        let Some(config) = &task.signature else { return Ok(()) };
        let Some(data_type) = config.signing_pdf_data_type.as_deref() else { return Ok(()) };
        let metadata = self.service.definition().metadata();
        let mut forms: Vec<(&str, Value)> = Vec::new();
        for signed in metadata.data_types().iter().filter(|data_type| data_type.is_form()) {
            if config.data_types_to_sign.contains(&signed.id) && self.may_show(data_type, signed) {
                let of_type = self.instance.elements.iter().filter(|element| element.data_type == signed.id);
                for element in of_type {
                    forms.push((&signed.id, element.form()?));
                }
            }
        }
        self.write_document(&task.id, data_type, None, &forms);
        Ok(())
    }

    /// Whether a document of a data type may show forms of another one: where whoever may read the document may read them.
    fn may_show(&self, document: &str, form: &DataType) -> bool {
        let document = self.service.definition().metadata().data_type(document);
        let takes = form.action_to_read();
        takes.is_none() || takes == document.and_then(DataType::action_to_read)
    }

    /// Writes a document of these forms, in a task, as an element of a data type: as the app's own page for documents of the
    /// task (`pdfLayoutName`) shows them, else each as the one of its own task does, else as its data have it.
    pub(super) fn write_document(
        &mut self,
        task: &str,
        data_type: &str,
        file_name: Option<&str>,
        forms: &[(&str, Value)],
    ) {
        let title = self.service.title(Language::Nb);
        let reference = self.instance.id.guid.to_string();
        let pages =
            DocumentPages { service: self.service, instance: &self.instance, language: Language::Nb, forms };
        let parts = match pages.own_page(task) {
            Some(page) => vec![Part::Page(page)],
            None => forms.iter().map(|(name, form)| part_of(&pages, name, form)).collect(),
        };
        let document =
            ReceiptDocument { title, reference: &reference, written: self.tools.now, parts: &parts };
        let named = file_name.and_then(|resource| self.service.definition().texts().text(resource));
        let name = named.map_or_else(|| title.to_owned(), |text| text.in_language(Language::Nb).to_owned());
        let (id, content) = (self.tools.ids.next_id(), document.to_pdf());
        let mut pdf = DataElement::new(id, data_type, "application/pdf", content, self.tools.now);
        pdf.file_name = Some(format!("{}.pdf", name.trim_end_matches(".pdf")));
        self.instance.elements.push(pdf);
    }
}

/// A form as the app's page for documents of its task shows it, where there is one.
fn part_of<'a>(pages: &DocumentPages<'a>, name: &'a str, form: &'a Value) -> Part<'a> {
    let page =
        pages.task_of(name).and_then(|task| pages.view(task, Some((name, form))).document_page().ok()?);
    page.map_or(Part::Form(name, form), |page| Part::Page(page.read_out()))
}
