//! Several signees: who they are, in which order they sign, and who has.
//!
//! A signing task whose drawing names a `signeeProviderId` asks the agency's [`SigneeProvider`] who signs when the
//! process comes to it. What is known of the signees stands in a data element (`signeeStatesDataTypeId`); each is let in
//! and told that a signature is waited for when it is their turn, and the process goes on when all have signed.
//!
//! **Let in**: in the batch of the step that comes to the task, the app gives each signee the rights to read, sign and
//! reject this instance, as far as its policy lets it (a rule for `urn:altinn:resource:delegation`); in the batch of the
//! step that leaves the task they are taken back. Where the policy lets the app give nothing, those sign who have the
//! rights by themselves.
//!
//! **Told**: mail or SMS is ordered in the same batch. Where the task names a `correspondenceResource`, a worker sends a
//! correspondence through the [`CallToSign`] that is registered for it, once. What failed stands in the list of signees,
//! and is tried again with a growing wait for as long as the process stands in the task.

mod again;
mod ask;
mod call_to_sign;
mod communication;
#[cfg(feature = "correspondence")]
mod correspondence_call;
mod evidence;
mod reach;
mod receipt;
mod signee;
mod states;
mod tell;
mod withdraw;
mod wording;

use altinn_auth::register::StoredRegister;
use altinn_core::{NationalIdentityNumber, OrganizationNumber, PartyIdentifier};
use async_trait::async_trait;
use thiserror::Error;

use super::{Instance, Service};
use crate::process::Task;

pub use call_to_sign::{Call, CallToSign, CallToSignError};
pub use communication::{
    Address, CommunicationConfig, InboxMessage, SigneeEmail, SigneeNotification, SigneeSms,
};
#[cfg(feature = "correspondence")]
pub use correspondence_call::CorrespondenceCall;
pub use receipt::{SignedDocument, SigningReceipt};
pub use signee::{NotificationStatus, Signee};

pub(super) use evidence::{EVIDENCE, Given, signatures_that_stand, signing_text};
pub(super) use states::{Turn, data_type_of, signees_of};

/// The kind of the work that is left to be done for signees, beside the kinds of service tasks.
pub(super) const CALL_TO_SIGN: &str = "callToSign";

/// Says who signs in the signing tasks whose drawing names it.
#[async_trait]
pub trait SigneeProvider: std::fmt::Debug + Send + Sync {
    /// Who signs. It is asked when the process comes to the task, and again when it comes there another time.
    ///
    /// # Errors
    /// A [`SigneeError`] says why that is not known: the process does not step into the task then.
    async fn signees(&self, context: &SigneeContext<'_>) -> Result<Vec<Signee>, SigneeError>;
}

/// What a [`SigneeProvider`] works on.
#[derive(Debug)]
#[non_exhaustive]
pub struct SigneeContext<'a> {
    /// The service.
    pub service: &'a Service,
    /// The instance, as it comes to the task.
    pub instance: &'a Instance,
    /// The signing task.
    pub task: &'a Task,
    pub(super) register: &'a StoredRegister,
}

impl SigneeContext<'_> {
    /// The signee who has this number.
    ///
    /// # Errors
    /// A [`SigneeError`] when the register does not know them, or does not answer.
    pub async fn person(&self, number: &NationalIdentityNumber) -> Result<Signee, SigneeError> {
        self.of(number.clone().into()).await
    }

    /// The organisation that has this number, for which somebody signs who has a key role in it.
    ///
    /// # Errors
    /// As [`person`](Self::person).
    pub async fn organization(&self, number: OrganizationNumber) -> Result<Signee, SigneeError> {
        self.of(number.into()).await
    }

    async fn of(&self, identifier: PartyIdentifier) -> Result<Signee, SigneeError> {
        let found = self.register.parties_by_identifier(&[identifier]).await;
        let found = found.map_err(|error| SigneeError::new(error.code()))?;
        let party = found.into_iter().flatten().find(|party| !party.deleted);
        party
            .map(|party| Signee::new(party.id))
            .ok_or_else(|| SigneeError::new("a signee is not in the register"))
    }
}

/// Why it is not known who signs. The reason holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the signees are not known: {reason}")]
pub struct SigneeError {
    /// Why.
    pub reason: String,
}

impl SigneeError {
    /// An error with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
