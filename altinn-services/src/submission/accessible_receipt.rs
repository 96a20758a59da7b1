//! The receipt that people read: what was sent in, by whom and when, and how it is verified.

use altinn_archive::evidence::SignatureRecord;
use altinn_core::{Actor, Digest, InstanceId, Language, oslo};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::document_blocks::forms_of;
use super::document_pages::DocumentPages;
use super::receipt_words::ReceiptWords;
use super::signing::signatures_that_stand;
use super::{Instance, Service, SubmissionError, Submissions};
use crate::document::{Block, Document};

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
        let instance = self.load_for(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        let service = self.service_of(&instance)?;
        // Who has signed is for every reader to know, whoever may read the signatures themselves.
        let signatures = signatures_that_stand(&service, &instance)?;
        let instance = self.shown_to(actor, instance).await?;
        let entry = instance.entry.ok_or(SubmissionError::NotSubmitted)?;
        let named = self.receipt_of(&instance).await?.proved().map(|receipt| {
            let fields = receipt.fields();
            (fields.party.expose().1.to_owned(), fields.actor.expose().1.to_owned())
        });
        let (owner, sender) = named.unwrap_or_default();
        let forms = forms_of(&service, &instance)?;
        let document = AccessibleReceipt {
            service: &service,
            instance: &instance,
            owner,
            sender,
            language,
            at: instance.process.ended.unwrap_or(instance.changed),
            forms: &forms,
            signatures,
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
    signatures: Vec<SignatureRecord>,
    /// The entry of the archive.
    entry: String,
    /// The key that its receipt is verified with.
    key: String,
}

impl AccessibleReceipt<'_> {
    /// The document as a PDF; the same input gives the same bytes.
    fn to_pdf(&self) -> Result<Vec<u8>, SubmissionError> {
        Ok(self.document().to_pdf()?)
    }

    fn document(&self) -> Document {
        let said = ReceiptWords(self.language);
        let mut blocks = vec![Block::Heading(2, said.about().to_owned())];
        blocks.extend(self.about(said));
        for (data_type, data) in self.forms {
            blocks.extend(self.shown().blocks(data_type, data));
        }
        blocks.extend(self.signed(said));
        blocks.push(Block::Heading(2, said.verified().to_owned()));
        blocks.extend(self.verification(said));
        Document {
            language: said.language(),
            title: self.service.title(self.language).to_owned(),
            footer: format!("{} {}", said.reference(), self.instance.id.guid),
            written: self.at,
            blocks,
        }
    }

    /// What the app's layouts show.
    fn shown(&self) -> DocumentPages<'_> {
        let (service, instance) = (self.service, self.instance);
        DocumentPages { service, instance, language: self.language, forms: self.forms }
    }

    /// Who has signed, for whom, and when.
    fn signed(&self, said: ReceiptWords) -> Vec<Block> {
        if self.signatures.is_empty() {
            return Vec::new();
        }
        let row = |record: &SignatureRecord| {
            let (signer, party) = (record.signer.expose().1, record.party.expose().1);
            let time = oslo::local(record.time).format(said.time()).to_string();
            vec![signer.to_owned(), party.to_owned(), time]
        };
        let columns = [said.signed_by(), said.owner(), said.at()].map(str::to_owned).to_vec();
        let rows = self.signatures.iter().map(row).collect();
        let heading = Block::Heading(2, said.signatures().to_owned());
        vec![heading, Block::Table { caption: String::new(), columns, rows }]
    }

    fn about(&self, said: ReceiptWords) -> Vec<Block> {
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

    fn verification(&self, said: ReceiptWords) -> Vec<Block> {
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use altinn_archive::Participant;
    use altinn_archive::evidence::Authority;
    use altinn_core::{AuthenticationLevel, Text};
    use serde_json::json;

    use super::*;
    use crate::definition::AppDefinition;
    use crate::process::ProcessState;

    const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            match entry.path() {
                folder if folder.is_dir() => copy(&folder, &to),
                file => assert!(fs::copy(file, to).is_ok()),
            }
        }
    }

    /// The sample app with a page that documents show instead of its form.
    fn with_page_for_documents() -> Service {
        let folder = tempfile::TempDir::new().unwrap();
        copy(Path::new(APP), folder.path());
        let ui = folder.path().join("App/ui/Task_Application");
        let page = json!({"data": {"layout": [
            {"id": "said", "type": "Paragraph", "textResourceBindings": {"title": "Ta vare på denne."}},
            {"id": "facts", "type": "InstanceInformation"},
            {"id": "all", "type": "Summary2", "target": {"type": "page", "id": "business"}},
        ]}});
        fs::write(ui.join("layouts/document.json"), page.to_string()).unwrap();
        let settings = fs::read_to_string(ui.join("Settings.json")).unwrap();
        let mut settings: Value = serde_json::from_str(&settings).unwrap();
        settings["pages"]["pdfLayoutName"] = json!("document");
        fs::write(ui.join("Settings.json"), settings.to_string()).unwrap();
        Service::new("ttd/bakery-licence".parse().unwrap(), AppDefinition::load(folder.path()).unwrap())
    }

    fn service() -> Service {
        Service::new("ttd/bakery-licence".parse().unwrap(), AppDefinition::load(APP).unwrap())
    }

    fn signed(at: DateTime<Utc>) -> SignatureRecord {
        SignatureRecord {
            subject: "50001/1/Task_Signing".to_owned(),
            elements: Vec::new(),
            signer: Participant::new("urn:altinn:person:uuid:1", "Kari Nordmann"),
            party: Participant::new("50001", "Bakeriet AS"),
            level: AuthenticationLevel::VerySensitive,
            method: String::new(),
            authority: Authority::Own,
            time: at,
            text: Text::default(),
        }
    }

    fn blocks(service: &Service, language: Language) -> Vec<Block> {
        let at: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let instance = Instance {
            id: "50001/019aa000-0000-7000-8000-000000000001".parse().unwrap(),
            service: service.id().clone(),
            process: ProcessState::not_started(),
            version: 1,
            created: at,
            changed: at,
            entry: None,
            status: crate::submission::InstanceStatus::default(),
            elements: Vec::new(),
        };
        let form = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/data/bakery-licence.json");
        let form = serde_json::from_str(&fs::read_to_string(form).unwrap()).unwrap();
        let receipt = AccessibleReceipt {
            service,
            instance: &instance,
            owner: "Bakeriet AS".to_owned(),
            sender: "Kari Nordmann".to_owned(),
            language,
            at,
            forms: &[("application", form)],
            signatures: vec![signed(at)],
            entry: "1".to_owned(),
            key: "key".to_owned(),
        };
        receipt.to_pdf().unwrap();
        receipt.document().blocks
    }

    fn headings(blocks: &[Block]) -> Vec<&str> {
        let heading = |block| match block {
            &Block::Heading(2, ref text) => Some(text.as_str()),
            _ => None,
        };
        blocks.iter().filter_map(heading).collect()
    }

    #[test]
    fn who_signed_for_whom_and_when_stands_in_every_language() {
        for (language, heading, columns, time) in [
            (
                Language::Nb,
                "Signaturer",
                ["Signert av", "På vegne av", "Tidspunkt"],
                "23.11.2026 kl. 13.00.00",
            ),
            (
                Language::Nn,
                "Signaturar",
                ["Signert av", "På vegner av", "Tidspunkt"],
                "23.11.2026 kl. 13.00.00",
            ),
            (
                Language::En,
                "Signatures",
                ["Signed by", "On behalf of", "Time"],
                "2026-11-23 at 13:00:00, Oslo time",
            ),
        ] {
            let blocks = blocks(&service(), language);
            let at = blocks.iter().position(|block| *block == Block::Heading(2, heading.to_owned())).unwrap();
            let row = ["Kari Nordmann", "Bakeriet AS", time].map(str::to_owned).to_vec();
            let columns = columns.map(str::to_owned).to_vec();
            let table = Block::Table { caption: String::new(), columns, rows: vec![row] };
            assert!(blocks[at + 1] == table, "{language:?}");
        }
    }

    #[test]
    fn the_apps_own_page_for_documents_takes_the_place_of_its_form() {
        let own = blocks(&with_page_for_documents(), Language::Nb);
        assert!(own.contains(&Block::Paragraph("Ta vare på denne.".to_owned())));
        let reference = "019aa000-0000-7000-8000-000000000001".to_owned();
        let facts = own
            .iter()
            .filter(|block| **block == Block::Entry("Arkivreferanse".to_owned(), reference.clone()));
        assert_eq!(facts.count(), 2, "among the facts of the receipt, and on the page");
        let usual = blocks(&service(), Language::Nb);
        let of_form = |blocks: &[Block]| {
            let shown = |block: &&Block| matches!(block, Block::Entry(name, _) if name.contains("ansatt"));
            blocks.iter().filter(shown).count()
        };
        assert!(headings(&usual).len() > headings(&own).len());
        assert_eq!(of_form(&own), 0, "what the page does not show is not shown");
        assert!(own.len() > 10, "and what it shows is");
    }
}
