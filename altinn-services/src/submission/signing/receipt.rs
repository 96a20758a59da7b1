//! The receipt of a signature: a correspondence with what was signed, to whoever it was signed for.

use altinn_auth::decision::Access;
use altinn_core::store::Batch;
use altinn_core::{PartyId, Text};

use super::evidence::Given;
use super::tell::resource_of;
use super::{Turn, wording};
use crate::Altinn;
use crate::process::Task;
use crate::submission::plan::Plan;
use crate::submission::{DataElement, Instance, Service, Submissions};

/// The text resources that take the place of what a receipt says by itself, as Altinn's apps name them.
const TITLE: &str = "signing.correspondence_receipt_title";
const SUMMARY: &str = "signing.correspondence_receipt_summary";
const BODY: &str = "signing.correspondence_receipt_body";

/// How forms are attached.
const XML: &str = "application/xml";

/// The receipt of a signature.
#[derive(Debug)]
#[non_exhaustive]
pub struct SigningReceipt<'a> {
    /// The program that the service runs in.
    pub altinn: &'a Altinn,
    /// The service.
    pub service: &'a Service,
    /// The instance, as it stands after the signature.
    pub instance: &'a Instance,
    /// The signing task.
    pub task: &'a Task,
    /// The signee of the task, else whoever signed.
    pub to: PartyId,
    /// The title, in all languages.
    pub title: Text,
    /// The summary.
    pub summary: Text,
    /// The body, in Markdown.
    pub body: Text,
    /// What was signed, as far as whoever signed may read it.
    pub documents: Vec<SignedDocument>,
}

/// Something that was signed, as a file. Its `Debug` shows neither its name nor what it holds.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedDocument {
    /// What it is called; forms are `skjemadata_{data type}.xml`, or `.json` where the service has no XML for them.
    pub file_name: String,
    /// What it holds.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for SignedDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedDocument").field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

impl Submissions<'_> {
    /// Adds the receipt of a signature to the batch that stores it, where the task names a `correspondenceResource` and
    /// somebody sends for it. A signature does not wait for its receipt: one that can not be sent is left out, and logged.
    pub(super) async fn send_receipt(
        &self,
        plan: &Plan<'_>,
        given: &Given,
        access: &Access,
        batch: &mut Batch,
    ) {
        let Some(task) = plan.process().task(&given.task) else { return };
        let Some(resource) = resource_of(plan, task) else { return };
        let Some(plug_in) = plan.tools.plug_ins.calls_to_sign.get(resource) else {
            tracing::warn!(resource, "no `CallToSign` is registered: the signature has no receipt");
            return;
        };
        let to = match given.turn {
            Turn::Signee(party) => party,
            Turn::Anyone => access.actor().party().unwrap_or(access.party()),
        };
        let texts = plan.service.definition().texts();
        let text = |key: &str, words: fn(&Service) -> Text| {
            wording::without_tags(texts.text(key).unwrap_or_else(|| words(plan.service)))
        };
        let receipt = SigningReceipt {
            altinn: self.altinn,
            service: plan.service,
            instance: &plan.instance,
            task,
            to,
            title: text(TITLE, wording::receipt_title),
            summary: text(SUMMARY, wording::receipt_summary),
            body: text(BODY, wording::receipt_body),
            documents: documents(plan, task),
        };
        if let Err(error) = plug_in.receipt(&receipt, batch).await {
            tracing::warn!(resource, reason = error.reason, "a signature has no receipt");
        }
    }
}

fn documents(plan: &Plan<'_>, task: &Task) -> Vec<SignedDocument> {
    let Some(config) = &task.signature else { return Vec::new() };
    let is_shown = |element: &&DataElement| {
        config.data_types_to_sign.contains(&element.data_type)
            && !plan.unreadable.contains(&element.data_type)
    };
    plan.instance.elements.iter().filter(is_shown).map(|element| document(plan.service, element)).collect()
}

fn document(service: &Service, element: &DataElement) -> SignedDocument {
    if let Some(name) = &element.file_name {
        return SignedDocument { file_name: name.clone(), content: element.content.clone() };
    }
    let named = |ending: &str| format!("skjemadata_{}.{ending}", element.data_type);
    match service.write_form(element, XML) {
        Ok(content) => SignedDocument { file_name: named("xml"), content },
        Err(_) => SignedDocument { file_name: named("json"), content: element.content.clone() },
    }
}
