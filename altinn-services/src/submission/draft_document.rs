//! A document of what is filled in so far, marked as a draft (`PDFPreviewButton`).

use altinn_core::{Actor, InstanceId, Language, oslo};
use chrono::{DateTime, Utc};

use super::document_blocks::forms_of;
use super::document_pages::DocumentPages;
use super::receipt_words::ReceiptWords;
use super::{SubmissionError, Submissions};
use crate::document::{Block, Document};
use crate::process::Refusal;

impl Submissions<'_> {
    /// What is filled in so far, as a PDF in a language, as the app's layouts show it: without what the caller may not read. Its
    /// title, its first paragraph and the foot of every page say that it is a draft. It is tagged and kept as the
    /// [receipt](Self::receipt_document) is, and proves nothing.
    ///
    /// # Errors
    /// As [`Submissions::get`]; [`SubmissionError::Process`] when the process has ended: there is a receipt then;
    /// [`SubmissionError::Document`] when it can not be written.
    pub async fn draft_document(
        &self,
        actor: &Actor,
        id: &InstanceId,
        language: Language,
    ) -> Result<Vec<u8>, SubmissionError> {
        let instance = self.get(actor, id).await?;
        if instance.task().is_none() {
            let end_event = instance.process.end_event.clone().unwrap_or_default();
            return Err(Refusal::Ended { end_event }.into());
        }
        let service = self.service_of(&instance)?;
        let forms = forms_of(&service, &instance)?;
        let pages = DocumentPages { service: &service, instance: &instance, language, forms: &forms };
        Ok(draft(pages, self.altinn.clock().now()).to_pdf()?)
    }
}

/// What pages show as they stand now.
fn draft(pages: DocumentPages<'_>, now: DateTime<Utc>) -> Document {
    let words = ReceiptWords(pages.language);
    let time = oslo::local(now).format(words.time()).to_string();
    let mut blocks = vec![Block::Paragraph(words.about_draft(&time))];
    blocks.extend(pages.forms.iter().flat_map(|(data_type, data)| pages.blocks(data_type, data)));
    if pages.forms.is_empty() {
        blocks.push(Block::Paragraph(words.no_draft().to_owned()));
    }
    let (title, reference) = (pages.service.title(pages.language), pages.instance.id.guid);
    Document {
        language: words.language(),
        title: format!("{}: {title}", words.draft()),
        footer: format!("{} – {} – {} {reference}", words.draft(), words.not_sent(), words.draft_reference()),
        written: now,
        blocks,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::definition::AppDefinition;
    use crate::process::ProcessState;
    use crate::submission::{Instance, InstanceStatus, Service};

    fn of(language: Language, forms: &[(&str, Value)]) -> Document {
        let app = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");
        let service = Service::new("ttd/bakery-licence".parse().unwrap(), AppDefinition::load(app).unwrap());
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let instance = Instance {
            id: "50001/019aa000-0000-7000-8000-000000000001".parse().unwrap(),
            service: service.id().clone(),
            process: ProcessState::not_started(),
            version: 1,
            created: now,
            changed: now,
            entry: None,
            status: InstanceStatus::default(),
            elements: Vec::new(),
        };
        let pages = DocumentPages { service: &service, instance: &instance, language, forms };
        let document = draft(pages, now);
        assert!(document.to_pdf().unwrap().starts_with(b"%PDF-"));
        document
    }

    #[test]
    fn every_page_of_a_draft_says_that_it_is_one_in_every_language() {
        let forms = [("application", json!({"applicant": {"name": "Nordlys Bakeri AS"}}))];
        for (language, title, said) in [
            (Language::Nb, "Utkast: ", "Dette er et utkast, slik skjemaet var 23.11.2026 kl. 13.00.00."),
            (Language::Nn, "Utkast: ", "Dette er eit utkast, slik skjemaet var 23.11.2026 kl. 13.00.00."),
            (
                Language::En,
                "Draft: ",
                "This is a draft, as the form was on 2026-11-23 at 13:00:00, Oslo time.",
            ),
        ] {
            let draft = of(language, &forms);
            assert!(draft.title.starts_with(title), "{}", draft.title);
            assert!(draft.footer.starts_with(&title[..title.len() - 2]), "{}", draft.footer);
            let Some(Block::Paragraph(first)) = draft.blocks.first() else { panic!("nothing is said first") };
            assert!(first.starts_with(said), "{first}");
            let name =
                |block: &&Block| matches!(block, Block::Entry(_, value) if value == "Nordlys Bakeri AS");
            assert_eq!(draft.blocks.iter().filter(name).count(), 1);
        }
        let nothing = Block::Paragraph("Ingenting er fylt ut ennå.".to_owned());
        assert!(of(Language::Nb, &[]).blocks.contains(&nothing));
    }
}
