//! Why a submission did not go on.

use altinn_archive::ArchiveError;
use altinn_archive::seal::SealError;
use altinn_auth::decision::AccessError;
use altinn_auth::delegation::DelegationError;
use altinn_auth::register::RegisterError;
use altinn_core::store::StoreError;
use altinn_core::{IdempotencyError, Language, ServiceId, Text};
use altinn_notify::OrderError;
use altinn_notify::contact::ContactError;
use thiserror::Error;

use super::payment::{PaymentError, PaymentStatus};
use super::signing::SigneeError;
use super::subscription::ScheduleError;
use crate::definition::Validity;
#[cfg(feature = "pdf")]
use crate::document::DocumentError;
use crate::event::EventError;
use crate::expression::Failure;
use crate::form::{FormDataError, Issue, PatchError};
use crate::form_page::PostError;
use crate::process::Refusal;

/// Why a submission did not go on. Nothing was stored by the call that gave it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SubmissionError {
    /// There is no such instance, or the caller may not know of it.
    #[error("no such instance")]
    NotFound,
    /// No service of this id is published here.
    #[error("no service `{0}` is published")]
    UnknownService(ServiceId),
    /// The service does not have this data type, or it is no form of the task at hand.
    #[error("`{data_type}` is no form of the task at hand")]
    UnknownForm {
        /// What was named.
        data_type: String,
    },
    /// The service is not for parties of this kind.
    #[error("the service is not for a party of this kind")]
    PartyKindNotAllowed,
    /// The data type says that its elements come from others than the caller (`allowedContributors`,
    /// `disallowUserCreate`, `disallowUserDelete`).
    #[error("elements of `{data_type}` are not the caller's to write")]
    NotAContributor {
        /// The data type.
        data_type: String,
    },
    /// Only the service's agency starts instances of it (`disallowUserInstantiation`).
    #[error("only the service's agency starts it")]
    OnlyForAgency,
    /// No instances of the service are made at this time (`validFrom`, `validTo`).
    #[error("no instances of the service are made at this time{}", said(*.0))]
    OutsideValidity(Validity),
    /// The form is none that whoever has not logged in may use (`allowAnonymousOnStateless`).
    #[error("form `{data_type}` is not open to those who have not logged in")]
    NotOpenToAnyone {
        /// Its data type.
        data_type: String,
    },
    /// A tag is none, or an element would have too many.
    #[error("a tag has 1 to {longest} letters, `-` and `_`, and an element has at most {most}")]
    Tag {
        /// The most characters of a tag.
        longest: usize,
        /// The most tags of an element.
        most: usize,
    },
    /// What users keep with an element of their own: a key is not allowed or stands there twice, or it is too much.
    #[error("`{key}` cannot be kept with an element of `{data_type}`")]
    UserDefinedMetadata {
        /// The key.
        key: String,
        /// The data type of the element.
        data_type: String,
    },
    /// The caller may not.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// What was sent in is no form.
    #[error(transparent)]
    Form(#[from] FormDataError),
    /// A patch of a form can not be applied.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The agency's own code does not let an instance be started for the party: what whoever starts it is told.
    #[error("the service cannot be started for the party: {}", .0.in_language(Language::Nb))]
    MayNotStart(Text),
    /// No code of the agency's does an action of users.
    #[error("action `{action}` needs a `Submission::user_action`, and none does it")]
    UserActionMissing {
        /// The action.
        action: String,
    },
    /// An action of a user was not done: what they are told.
    #[error("the action was not done: {}", .0.in_language(Language::Nb))]
    UserActionFailed(Text),
    /// What a browser sent does not belong to the page.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The pages of a form can not be worked out: its layouts and its data do not go together.
    #[error("the pages of the form can not be shown: {0}")]
    Pages(#[from] Failure),
    /// The receipt for people can not be written.
    #[cfg(feature = "pdf")]
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// What was filled in is not in order: where and why.
    #[error("the form has {} errors", .0.len())]
    Invalid(Vec<Issue>),
    /// The process does not allow it.
    #[error(transparent)]
    Process(#[from] Refusal),
    /// A service task of the service needs the agency's code, and none is registered for its kind.
    #[error("task `{task}` needs a `ServiceTask` for kind `{kind}`, and none is registered")]
    ServiceTaskMissing {
        /// The task.
        task: String,
        /// The kind.
        kind: String,
    },
    /// A service task is not done yet; it goes on by itself, unless it failed for good.
    #[error("service task `{task}` is not done yet{}", .reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    ServiceTaskPending {
        /// The task.
        task: String,
        /// Why the last attempt failed.
        reason: Option<String>,
    },
    /// The service has a payment task, and nobody to take payments is registered.
    #[error("task `{task}` needs a `Payment`, and none is registered")]
    PaymentMissing {
        /// The task.
        task: String,
    },
    /// The payment was not made: the task cannot be left by it.
    #[error("the payment was not made: it is `{status:?}`")]
    PaymentNotMade {
        /// How it stands.
        status: PaymentStatus,
    },
    /// The signees of a signing task come from the agency's code, and none is registered.
    #[error("task `{task}` needs a `SigneeProvider` `{provider}`, and none is registered")]
    SigneeProviderMissing {
        /// The task.
        task: String,
        /// The provider that the drawing names.
        provider: String,
    },
    /// It is not known who signs.
    #[error(transparent)]
    Signees(#[from] SigneeError),
    /// The caller is none of those who sign in the task, nor acts for one.
    #[error("the caller is not asked to sign in task `{task}`")]
    NotASignee {
        /// The task.
        task: String,
    },
    /// The caller has signed, or others sign first.
    #[error("it is not the caller's turn to sign in task `{task}`")]
    NotYourTurn {
        /// The task.
        task: String,
    },
    /// Whoever signed in an earlier task may not sign in this one.
    #[error("task `{task}` is signed by others than the tasks before it")]
    SignedBefore {
        /// The task.
        task: String,
    },
    /// Others have yet to sign.
    #[error("task `{task}` waits for further signatures")]
    SignaturesPending {
        /// The task.
        task: String,
    },
    /// There is nothing of the kind to repair, or a worker is at it.
    #[error("there is nothing to repair")]
    NothingToRepair,
    /// The payment provider.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// Somebody else changed the instance in between: read it again.
    #[error("the instance has changed since it was read")]
    Changed,
    /// The schedule of a subscription is not in order.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The idempotency key was used for another request, or is not in order.
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    /// Signees could not be let in, or whom the caller represents cannot be told.
    #[error(transparent)]
    Delegation(DelegationError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A signature could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The notification.
    #[error(transparent)]
    Notify(#[from] OrderError),
    /// What is to be told of it cannot be an event.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The contact register.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// The instance is in the bin: it is restored first.
    #[error("the instance is deleted")]
    Deleted,
    /// The agency needs what was sent in still.
    #[error("the instance cannot be deleted before {until}")]
    DeletionPrevented {
        /// From when on it can.
        until: chrono::DateTime<chrono::Utc>,
    },
    /// There would be too many values beside the forms of an instance, or one is too long.
    #[error(
        "an instance keeps at most {most} values, with ids of {longest_id} and values of {longest} characters"
    )]
    TooManyValues {
        /// The most of them.
        most: usize,
        /// The most characters of an id.
        longest_id: usize,
        /// The most characters of a value.
        longest: usize,
    },
    /// The service does not let its instances be copied.
    #[error("instances of the service are not copied")]
    CopyNotAllowed,
    /// The instance has not come to its end: there is no receipt yet.
    #[error("the instance has not been submitted")]
    NotSubmitted,
    /// The register of parties and roles.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// What the store holds cannot be read.
    #[error("stored `{column}` cannot be read: {text}")]
    Stored {
        /// What it is.
        column: String,
        /// Why not.
        text: String,
    },
    /// The store.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SubmissionError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() { Self::Changed } else { Self::Store(error) }
    }
}

impl From<DelegationError> for SubmissionError {
    fn from(error: DelegationError) -> Self {
        match error {
            DelegationError::Store(error) => error.into(),
            error => Self::Delegation(error),
        }
    }
}

impl SubmissionError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "SUBMISSION-NOT-FOUND",
            Self::UnknownService(_) => "SUBMISSION-UNKNOWN-SERVICE",
            Self::UnknownForm { .. } => "SUBMISSION-UNKNOWN-FORM",
            Self::PartyKindNotAllowed => "SUBMISSION-PARTY-KIND",
            Self::Access(error) => error.code(),
            Self::Form(error) => error.code(),
            Self::Patch(error) => error.code(),
            Self::NotAContributor { .. } => "SUBMISSION-NOT-A-CONTRIBUTOR",
            Self::OnlyForAgency => "SUBMISSION-ONLY-FOR-AGENCY",
            Self::OutsideValidity(_) => "SUBMISSION-OUTSIDE-VALIDITY",
            Self::NotOpenToAnyone { .. } => "SUBMISSION-NOT-OPEN-TO-ANYONE",
            Self::Tag { .. } => "SUBMISSION-TAG",
            Self::UserDefinedMetadata { .. } => "SUBMISSION-USER-DEFINED-METADATA",
            Self::MayNotStart(_) => "SUBMISSION-MAY-NOT-START",
            Self::UserActionMissing { .. } => "SUBMISSION-USER-ACTION-MISSING",
            Self::UserActionFailed(_) => "SUBMISSION-USER-ACTION-FAILED",
            Self::Post(error) => error.code(),
            Self::Pages(_) => "SUBMISSION-PAGES",
            #[cfg(feature = "pdf")]
            Self::Document(_) => "SUBMISSION-DOCUMENT",
            Self::Invalid(_) => "SUBMISSION-INVALID",
            Self::Process(refusal) => refusal.code(),
            Self::ServiceTaskMissing { .. } => "SUBMISSION-SERVICE-TASK-MISSING",
            Self::ServiceTaskPending { .. } => "SUBMISSION-SERVICE-TASK-PENDING",
            Self::PaymentMissing { .. } => "SUBMISSION-PAYMENT-MISSING",
            Self::PaymentNotMade { .. } => "SUBMISSION-PAYMENT-NOT-MADE",
            Self::SigneeProviderMissing { .. } => "SUBMISSION-SIGNEE-PROVIDER-MISSING",
            Self::Signees(_) => "SUBMISSION-SIGNEES",
            Self::NotASignee { .. } => "SUBMISSION-NOT-A-SIGNEE",
            Self::NotYourTurn { .. } => "SUBMISSION-NOT-YOUR-TURN",
            Self::SignedBefore { .. } => "SUBMISSION-SIGNED-BEFORE",
            Self::SignaturesPending { .. } => "SUBMISSION-SIGNATURES-PENDING",
            Self::NothingToRepair => "SUBMISSION-NOTHING-TO-REPAIR",
            Self::Payment(_) => "SUBMISSION-PAYMENT",
            Self::Changed => "SUBMISSION-CHANGED",
            Self::Schedule(error) => error.code(),
            Self::Idempotency(error) => error.code(),
            Self::Delegation(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Notify(error) => error.code(),
            Self::Event(error) => error.code(),
            Self::Contact(error) => error.code(),
            Self::Deleted => "SUBMISSION-DELETED",
            Self::DeletionPrevented { .. } => "SUBMISSION-DELETION-PREVENTED",
            Self::TooManyValues { .. } => "SUBMISSION-TOO-MANY-VALUES",
            Self::CopyNotAllowed => "SUBMISSION-COPY-NOT-ALLOWED",
            Self::NotSubmitted => "SUBMISSION-NOT-SUBMITTED",
            Self::Register(error) => error.code(),
            Self::Stored { .. } => "SUBMISSION-STORED",
            Self::Store(error) => error.code(),
        }
    }
}

/// From when and up to when.
fn said(validity: Validity) -> String {
    let from = validity.from.map(|from| format!(" from {from}"));
    let to = validity.to.map(|to| format!(" before {to}"));
    match (from, to) {
        (None, None) => String::new(),
        (from, to) => format!(": they are made{}{}", from.unwrap_or_default(), to.unwrap_or_default()),
    }
}
