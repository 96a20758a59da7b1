//! Submission (innsending): a person or a business sends something in to an agency.
//!
//! What an instance holds and which way it goes is the service's definition; who may do what is its policy. A call
//! works out all that follows from it, and stores it in one batch: the instance, its history, the entry of the
//! archive, the notification and the events, or nothing.

#[cfg(feature = "pdf")]
mod accessible_receipt;
mod advance;
mod attachment;
mod author;
mod delivery;
#[cfg(feature = "pdf")]
mod document_blocks;
mod document_pages;
mod documents;
#[cfg(feature = "pdf")]
mod draft_document;
mod element;
mod element_access;
mod element_metadata;
mod error;
mod facts;
mod file_scan;
mod fill_in;
mod form_pages;
mod forms;
mod history;
mod hooks;
mod inbox;
mod instance;
mod instance_filter;
mod life;
mod list;
mod names;
mod options;
mod past;
mod pay;
mod payment;
mod plan;
mod prefill;
mod read_form;
mod receipt;
mod receipt_document;
mod receipt_words;
mod save;
mod service;
mod service_task;
mod shadow_fields;
mod sign;
mod sign_document;
mod signing;
mod signing_pages;
mod start;
mod stateless;
mod stateless_pages;
mod subscription;
mod support;
mod user_action;
mod validate;
#[cfg(feature = "axum")]
mod whose;

use altinn_auth::decision::{Access, Authorizer};
use altinn_core::store::Batch;
use altinn_core::{Actor, InstanceId, PartyId, ServiceId, Subject};

pub use attachment::Attachment;
pub use delivery::{DeliveredAgain, ElementContents, InstanceContents};
pub use element::DataElement;
pub use element_metadata::ElementMetadata;
pub use error::SubmissionError;
pub use file_scan::FileScanResult;
pub use form_pages::ShowIssues;
pub use hooks::{Form, Submission};
pub use instance::Instance;
pub use instance_filter::{InstanceFilter, TimeRange};
pub use life::{CompleteConfirmation, InstanceStatus, ReadStatus, Substatus, Values};
pub use list::{InstanceCursor, InstancePage, InstanceQuery, InvalidInstanceCursor};
pub use options::OptionsAsked;
pub use past::PastEvent;
pub use payment::{
    Hundredths, OrderDetails, OrderLine, Payment, PaymentContext, PaymentDetails, PaymentError,
    PaymentInformation, PaymentStatus,
};
pub use save::{FormOf, Saved, SavedTogether};
pub use service::Service;
pub use service_task::{
    ServiceTask, ServiceTaskContext, ServiceTaskDone, ServiceTaskError, ServiceTaskReport, ServiceTaskState,
    ServiceTaskWork,
};
#[cfg(feature = "correspondence")]
pub use signing::CorrespondenceCall;
pub use signing::{
    Address, Call, CallToSign, CallToSignError, CommunicationConfig, InboxMessage, NotificationStatus,
    SignedDocument, Signee, SigneeContext, SigneeEmail, SigneeError, SigneeNotification, SigneeProvider,
    SigneeSms, SigningReceipt,
};
pub use start::StartOptions;
pub use stateless::{StatelessForm, StatelessRequest};
pub use stateless_pages::StatelessPages;
#[cfg(feature = "axum")]
pub(crate) use stateless_pages::{StatelessFor, opens_to_anyone};
pub use subscription::{
    InstanceSubscription, InstanceSubscriptions, Interval, MadeInstance, NewSubscription, Occasion, Schedule,
    ScheduleError, SubscriptionReport, SubscriptionState, SubscriptionTerms,
};
pub use support::{Standing, WaitsFor};
pub use validate::ElementIssue;

pub use user_action::{UserAction, UserActionDone};

pub(crate) use facts::StoredInstances;
pub(crate) use plan::Tools;
pub(crate) use service_task::SERVICE_TASKS;
pub(crate) use subscription::INSTANCE_SUBSCRIPTIONS;

use crate::altinn::Altinn;

/// How often a call is tried when the rights that it rests on change meanwhile. What conflicts every time, such as the
/// agency's own statements, ends it.
const TRIES: u32 = 5;

/// A party that there is not.
const NOBODY: PartyId = PartyId::new(0);

/// What is done with an instance that is in the bin.
const IN_THE_BIN: [&str; 2] = ["read", "delete"];

/// The operations on submissions. Every one takes the caller, and decides whether they may.
#[derive(Debug, Clone)]
pub struct Submissions<'a> {
    altinn: &'a Altinn,
    /// The agency's own statements, which commit with those of an operation.
    also: Batch,
}

impl<'a> Submissions<'a> {
    pub(crate) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn, also: Batch::new() }
    }

    /// The same operations, each of which commits the agency's own statements in its own batch: either all of it is
    /// stored, or nothing.
    ///
    /// ```no_run
    /// # use altinn_core::store::{Batch, StoreError, params};
    /// # use altinn_core::{Actor, InstanceId};
    /// # use altinn_services::{Altinn, submission::SubmissionError};
    /// # async fn example(altinn: &Altinn, actor: &Actor, id: &InstanceId) -> Result<(), SubmissionError> {
    /// let mut own = Batch::new();
    /// own.execute_one("insert into bakery_case (instance) values ($1)", params![id.to_string()]);
    /// altinn.submissions().also(own).submit(actor, id).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn also(mut self, own: Batch) -> Self {
        self.also.append(own);
        self
    }

    /// Subscriptions (abonnement): instances that are made when they are due.
    pub fn subscriptions(&self) -> InstanceSubscriptions<'a> {
        InstanceSubscriptions::new(self.altinn)
    }

    /// Reads an instance, with those of its elements that the caller may read: a data type may ask for an action of its
    /// own (`actionRequiredToRead`). So it is with every instance that an operation gives.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when there is none, or the caller may not know of it.
    pub async fn get(&self, actor: &Actor, id: &InstanceId) -> Result<Instance, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        self.shown_to(actor, instance).await
    }

    /// Loads an instance that is not deleted for good.
    async fn load(&self, id: &InstanceId) -> Result<Instance, SubmissionError> {
        let instance = self.load_left(id).await?;
        if instance.status.hard_deleted.is_some() { Err(SubmissionError::NotFound) } else { Ok(instance) }
    }

    /// Loads an instance, also one that its end deleted: its receipt is there still, and so is it for its agency.
    async fn load_left(&self, id: &InstanceId) -> Result<Instance, SubmissionError> {
        let instance = Instance::load(self.altinn.store(), id).await?;
        let is_left =
            |instance: &Instance| instance.status.hard_deleted.is_none() || instance.was_deleted_by_its_end();
        instance.filter(is_left).ok_or(SubmissionError::NotFound)
    }

    /// Loads an instance for somebody who has yet to be permitted something with it: for its agency also one that its end
    /// deleted. That there is none costs what a refusal costs.
    async fn load_for(&self, actor: &Actor, id: &InstanceId) -> Result<Instance, SubmissionError> {
        let instance = self.load_for_receipt(actor, id).await?;
        if instance.was_deleted_by_its_end() && !is_agency(actor, &instance.service) {
            return self.none_for(actor, id).await;
        }
        Ok(instance)
    }

    /// As [`load_for`](Self::load_for), whoever it is: for what is told of an instance when its end has deleted it.
    async fn load_for_receipt(&self, actor: &Actor, id: &InstanceId) -> Result<Instance, SubmissionError> {
        match self.load_left(id).await {
            Err(SubmissionError::NotFound) => self.none_for(actor, id).await,
            outcome => outcome,
        }
    }

    /// That there is no such instance, at the cost of a refusal.
    async fn none_for(&self, actor: &Actor, id: &InstanceId) -> Result<Instance, SubmissionError> {
        self.altinn.as_if_refused(actor, id.owner, Some(id.guid)).await?;
        if !matches!(actor.subject(), Subject::ServiceOwner { .. }) {
            self.altinn.authorizer().represents(actor, id.owner).await?;
        }
        Err(SubmissionError::NotFound)
    }

    /// Reads an instance as [`get`](Self::get) does, and also what is left of one that its end deleted.
    #[cfg(feature = "axum")]
    pub(crate) async fn get_or_left(
        &self,
        actor: &Actor,
        id: &InstanceId,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.load_for_receipt(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        self.shown_to(actor, instance).await
    }

    fn service_of(&self, instance: &Instance) -> Result<Service, SubmissionError> {
        let unknown = || SubmissionError::UnknownService(instance.service.clone());
        self.altinn.service(&instance.service).ok_or_else(unknown)
    }

    /// Decides whether the caller may do something with an instance. A caller who has nothing to do with its party is
    /// told that there is no such instance.
    async fn permit(
        &self,
        actor: &Actor,
        instance: &Instance,
        action: &str,
    ) -> Result<Access, SubmissionError> {
        self.permit_by(self.altinn.authorizer(), actor, instance, action).await
    }

    /// Whether somebody who reads an instance might do something with it as it stands: told with no line in the trail,
    /// since nothing is done by it.
    pub(crate) async fn foresees(&self, actor: &Actor, instance: &Instance, action: &str) -> bool {
        let is_there = instance.status.soft_deleted.is_none() || IN_THE_BIN.contains(&action);
        let request = element_access::request(instance, action);
        is_there && self.altinn.authorizer().foresees(actor, &request).await.unwrap_or(false)
    }

    /// As [`permit`](Self::permit), decided by this authorizer.
    async fn permit_by(
        &self,
        authorizer: &Authorizer,
        actor: &Actor,
        instance: &Instance,
        action: &str,
    ) -> Result<Access, SubmissionError> {
        match authorizer.decide(actor, &element_access::request(instance, action)).await {
            Ok(access) if instance.status.soft_deleted.is_none() || IN_THE_BIN.contains(&action) => {
                Ok(access)
            }
            Ok(_) => Err(SubmissionError::Deleted),
            Err(error) if self.may_know(actor, instance).await? => Err(error.into()),
            Err(_) => Err(SubmissionError::NotFound),
        }
    }

    /// Whether an instance still is as it was read.
    async fn is_unchanged(&self, instance: &Instance) -> Result<bool, SubmissionError> {
        Ok(self.load_left(&instance.id).await?.version == instance.version)
    }

    /// Whether a caller who is refused may know why: one who is the party, has a role for it, or owns the service.
    async fn may_know(&self, actor: &Actor, instance: &Instance) -> Result<bool, SubmissionError> {
        match actor.subject() {
            Subject::ServiceOwner { org, .. } => Ok(org == instance.service.org()),
            _ => Ok(self.altinn.authorizer().represents(actor, instance.id.owner).await?),
        }
    }
}

/// Whether a caller is the agency that owns a service.
fn is_agency(actor: &Actor, service: &ServiceId) -> bool {
    matches!(actor.subject(), Subject::ServiceOwner { org, .. } if org == service.org())
}
