//! The evidence of signatures: what was signed and what was shown, by whom and by what right, under the agency's seal.

use altinn_archive::Participant;
use altinn_archive::evidence::{Authority, SealedSignature, SignatureRecord, Signatures, SignedElement};
use altinn_auth::decision::{Access, Grant};
use altinn_core::store::Batch;
use altinn_core::{Actor, InstanceId, Language, PartyId, Text};

use super::Turn;
use crate::process::TaskKind;
use crate::submission::element::{DataElement, FORM};
use crate::submission::plan::Plan;
use crate::submission::sign_document::{SignedBy, signature_data_type};
use crate::submission::{Instance, Service, SubmissionError, Submissions};

/// The data type of the evidence. It only grows: a signature that is withdrawn leaves its record.
pub(in crate::submission) const EVIDENCE: &str = "signature-evidence";

/// The text resource of the app that says what a signer confirms, as Altinn's front end names it.
const SIGNING_TEXT: &str = "signing.checkbox_label";

/// A signature that was given in a plan, and has no seal yet.
#[derive(Debug)]
pub(in crate::submission) struct Given {
    pub(in crate::submission) task: String,
    pub(in crate::submission) turn: Turn,
    pub(in crate::submission) elements: Vec<SignedElement>,
}

impl Submissions<'_> {
    /// What whoever signs an instance is to be shown, in all languages: the app's own text (`signing.checkbox_label`), or
    /// else Altinn's. It is part of what is signed.
    ///
    /// # Errors
    /// As [`Submissions::get`].
    pub async fn signing_text(&self, actor: &Actor, id: &InstanceId) -> Result<Text, SubmissionError> {
        let instance = self.get(actor, id).await?;
        Ok(signing_text(&self.service_of(&instance)?))
    }

    /// Who has signed an instance, for whom, when and by what right, in the order in which they did; without the signatures
    /// that were withdrawn. Every reader is told, whoever may read the elements that the signatures are kept in.
    ///
    /// # Errors
    /// As [`Submissions::get`].
    pub async fn signatures(
        &self,
        actor: &Actor,
        id: &InstanceId,
    ) -> Result<Vec<SignatureRecord>, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        signatures_that_stand(&self.service_of(&instance)?, &instance)
    }

    /// Seals the signature that a plan has taken, beside those that the instance has already; its receipt is sent in the
    /// same batch.
    pub(in crate::submission) async fn seal_signature(
        &self,
        plan: &mut Plan<'_>,
        access: &Access,
        batch: &mut Batch,
    ) -> Result<(), SubmissionError> {
        let Some(given) = plan.given.take() else { return Ok(()) };
        self.send_receipt(plan, &given, access, batch).await;
        let party = match given.turn {
            Turn::Signee(party) => party,
            Turn::Anyone => access.party(),
        };
        let actor = access.actor();
        let named = actor.party().into_iter().chain([party, plan.instance.id.owner]);
        self.learn_names(plan, named).await?;
        let record = SignatureRecord {
            subject: format!("{}/{}", plan.instance.id, given.task),
            elements: given.elements,
            signer: Participant::new(actor.reference(), plan.name_of(actor.party())),
            party: Participant::new(party.to_string(), plan.name_of(Some(party))),
            level: actor.level(),
            method: actor.method().map_or_else(String::new, |method| method.name().to_owned()),
            authority: authority(access, party),
            time: plan.tools.now,
            text: signing_text(plan.service),
        };
        let mut signatures = signatures_of(plan.instance.element(EVIDENCE))?;
        signatures.sign(record, self.altinn.sealer()).await?;
        plan.keep_evidence(&signatures);
        Ok(())
    }
}

/// The signatures on an instance that stand, in their order: the evidence has those that were withdrawn too.
pub(in crate::submission) fn signatures_that_stand(
    service: &Service,
    instance: &Instance,
) -> Result<Vec<SignatureRecord>, SubmissionError> {
    let tasks = || service.definition().process().tasks().filter(|task| task.kind == TaskKind::Signing);
    let is_signature =
        |element: &&DataElement| tasks().any(|task| signature_data_type(task) == element.data_type);
    let mut stand = Vec::new();
    for element in instance.elements.iter().filter(is_signature) {
        let given: SignedBy = serde_json::from_slice(&element.content).map_err(|error| {
            SubmissionError::Stored { column: element.data_type.clone(), text: error.to_string() }
        })?;
        stand.push(given);
    }
    let stands = |record: &&SignatureRecord| {
        let (signer, _) = record.signer.expose();
        stand.iter().any(|given| given.signed_by == signer && given.signed_time == record.time)
    };
    let signatures = signatures_of(instance.element(EVIDENCE))?;
    Ok(signatures.all().iter().map(SealedSignature::record).filter(stands).cloned().collect())
}

impl Plan<'_> {
    fn keep_evidence(&mut self, signatures: &Signatures) {
        let content = signatures.to_json().into_bytes();
        match self.instance.element(EVIDENCE).map(|element| element.id) {
            Some(id) => self.change(id, content),
            None => {
                let id = self.tools.ids.next_id();
                self.instance.elements.push(DataElement::new(id, EVIDENCE, FORM, content, self.tools.now));
            }
        }
    }
}

fn signatures_of(element: Option<&DataElement>) -> Result<Signatures, SubmissionError> {
    let Some(element) = element else { return Ok(Signatures::default()) };
    String::from_utf8_lossy(element.content()).parse().map_err(
        |error: altinn_archive::evidence::EvidenceError| SubmissionError::Stored {
            column: EVIDENCE.to_owned(),
            text: error.to_string(),
        },
    )
}

/// What whoever signs confirms by it: the app's own text, or else Altinn's.
pub(in crate::submission) fn signing_text(service: &Service) -> Text {
    service.definition().texts().text(SIGNING_TEXT).unwrap_or_else(|| {
        Text::new(Language::Nb, "Jeg bekrefter at informasjonen og dataene er korrekte.")
            .with(Language::Nn, "Eg stadfestar at informasjonen og dataa er korrekte.")
            .with(Language::En, "I confirm that the information and data are correct.")
    })
}

/// By what right somebody signs for a party.
fn authority(access: &Access, party: PartyId) -> Authority {
    let reasons = access.reasons();
    if let Some(delegation) = &reasons.delegation {
        return Authority::Delegation { id: delegation.id.map_or_else(String::new, |id| id.to_string()) };
    }
    if access.actor().party() == Some(party) {
        return Authority::Own;
    }
    let granted = reasons.granted_by.iter().find_map(|grant| match grant {
        Grant::Role(role) => Some(Authority::Role { code: role.code().to_owned() }),
        Grant::AccessPackage(urn) => Some(Authority::AccessPackage { urn: urn.clone() }),
        _ => None,
    });
    let held = || reasons.roles.first().map(|held| Authority::Role { code: held.role.code().to_owned() });
    granted.or_else(held).unwrap_or(Authority::Own)
}
