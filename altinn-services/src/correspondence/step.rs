//! How a correspondence goes from one status to the next, without I/O.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{CorrespondenceStatus, Reached};

/// Something that happens to a correspondence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CorrespondenceEvent {
    /// It is sent in.
    Initialize,
    /// Its attachments are there.
    Ready,
    /// Its recipient turns out to be reserved.
    Reserve,
    /// It cannot be published.
    Fail,
    /// Its time has come.
    Publish,
    /// Its recipient gets it.
    Fetch,
    /// Its recipient says that it is read.
    MarkAsRead,
    /// Its recipient takes a reply option.
    Reply,
    /// Its recipient confirms it.
    Confirm,
    /// Its recipient puts it away.
    Archive,
    /// Its recipient gets an attachment.
    DownloadAttachment,
    /// The mail by which its recipient forwarded it has gone out.
    Forward,
    /// Its recipient deletes it.
    PurgeByRecipient,
    /// Its sender withdraws it.
    PurgeBySender,
    /// The time is over after which it may be deleted (`allowSystemDeleteAfter`).
    DeleteBySystem,
}

impl CorrespondenceEvent {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Initialize,
        Self::Ready,
        Self::Reserve,
        Self::Fail,
        Self::Publish,
        Self::Fetch,
        Self::MarkAsRead,
        Self::Reply,
        Self::Confirm,
        Self::Archive,
        Self::DownloadAttachment,
        Self::Forward,
        Self::PurgeByRecipient,
        Self::PurgeBySender,
        Self::DeleteBySystem,
    ];

    /// The status that it leads to.
    pub fn status(self) -> CorrespondenceStatus {
        match self {
            Self::Initialize => CorrespondenceStatus::Initialized,
            Self::Ready => CorrespondenceStatus::ReadyForPublish,
            Self::Reserve => CorrespondenceStatus::Reserved,
            Self::Fail => CorrespondenceStatus::Failed,
            Self::Publish => CorrespondenceStatus::Published,
            Self::Fetch => CorrespondenceStatus::Fetched,
            Self::MarkAsRead => CorrespondenceStatus::Read,
            Self::Reply => CorrespondenceStatus::Replied,
            Self::Confirm => CorrespondenceStatus::Confirmed,
            Self::Archive => CorrespondenceStatus::Archived,
            Self::DownloadAttachment => CorrespondenceStatus::AttachmentsDownloaded,
            Self::Forward => CorrespondenceStatus::Forwarded,
            Self::PurgeByRecipient => CorrespondenceStatus::PurgedByRecipient,
            Self::PurgeBySender | Self::DeleteBySystem => CorrespondenceStatus::PurgedByAltinn,
        }
    }
}

/// What was agreed on when a correspondence was sent in, as far as its statuses depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whether it must be confirmed (`isConfirmationNeeded`).
    pub is_confirmation_needed: bool,
    /// When it may be seen at the earliest (`requestedPublishTime`).
    pub publish_at: DateTime<Utc>,
}

/// Why something cannot happen to a correspondence, with the number of Altinn's error where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It was sent in already, or not yet.
    #[error("the correspondence is not in a status in which this can happen")]
    OutOfTurn,
    /// Its time has not come.
    #[error("the correspondence is not to be published yet")]
    TooEarly,
    /// It is not published.
    #[error("the correspondence is not published")]
    NotPublished,
    /// Its recipient is reserved against digital communication (1030).
    #[error("the recipient has reserved against digital communication")]
    Reserved,
    /// It could not be published.
    #[error("the correspondence failed")]
    Failed,
    /// Its recipient has not got it yet (1024, 1025).
    #[error("the correspondence must be fetched first")]
    NotFetched,
    /// Its recipient has not read it yet (1065, of one that is to be forwarded).
    #[error("the correspondence must be read first")]
    NotRead,
    /// It was read before (1040).
    #[error("the correspondence has been read already")]
    AlreadyRead,
    /// It was confirmed before (1041).
    #[error("the correspondence has been confirmed already")]
    AlreadyConfirmed,
    /// It must be confirmed before it is deleted (1026).
    #[error("the correspondence must be confirmed before it is deleted")]
    ConfirmationNeeded,
    /// Its sender cannot withdraw it once it is published (1013).
    #[error("the correspondence can no longer be withdrawn")]
    NoLongerWithdrawn,
    /// It is deleted.
    #[error("the correspondence is deleted")]
    Purged,
}

impl Refusal {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::OutOfTurn => "CORRESPONDENCE-OUT-OF-TURN",
            Self::TooEarly => "CORRESPONDENCE-TOO-EARLY",
            Self::NotPublished => "CORRESPONDENCE-NOT-PUBLISHED",
            Self::Reserved => "CORRESPONDENCE-RESERVED",
            Self::Failed => "CORRESPONDENCE-FAILED",
            Self::NotFetched => "CORRESPONDENCE-NOT-FETCHED",
            Self::NotRead => "CORRESPONDENCE-NOT-READ",
            Self::AlreadyRead => "CORRESPONDENCE-ALREADY-READ",
            Self::AlreadyConfirmed => "CORRESPONDENCE-ALREADY-CONFIRMED",
            Self::ConfirmationNeeded => "CORRESPONDENCE-CONFIRMATION-NEEDED",
            Self::NoLongerWithdrawn => "CORRESPONDENCE-NO-LONGER-WITHDRAWN",
            Self::Purged => "CORRESPONDENCE-PURGED",
        }
    }
}

/// What follows when something happens to a correspondence that has come to these statuses: the new status, or none
/// when it has come to it before and may do so again.
///
/// ```
/// use altinn_services::correspondence::{
///     CorrespondenceEvent as Event, CorrespondenceStatus, Reached, Refusal, Terms, step,
/// };
/// # let now = chrono::Utc::now();
/// let terms = Terms { is_confirmation_needed: true, publish_at: now };
/// let published: Reached = [Event::Initialize, Event::Ready, Event::Publish]
///     .into_iter()
///     .try_fold(Reached::default(), |reached, event| Ok(reached.with(step(reached, event, &terms, now)?.ok_or(Refusal::OutOfTurn)?)))?;
/// assert_eq!(step(published, Event::Fetch, &terms, now), Ok(Some(CorrespondenceStatus::Fetched)));
/// assert_eq!(step(published, Event::Confirm, &terms, now), Err(Refusal::NotFetched));
/// assert_eq!(step(published, Event::PurgeByRecipient, &terms, now), Err(Refusal::ConfirmationNeeded));
/// # Ok::<(), Refusal>(())
/// ```
///
/// # Errors
/// A [`Refusal`] says why it cannot happen.
pub fn step(
    reached: Reached,
    event: CorrespondenceEvent,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<Option<CorrespondenceStatus>, Refusal> {
    use CorrespondenceEvent as Event;
    if reached.is_purged() {
        return Err(Refusal::Purged);
    }
    match event {
        Event::Initialize | Event::Ready | Event::Reserve | Event::Fail | Event::Publish => {
            before_publishing(reached, event, terms, now)?;
        }
        Event::PurgeBySender => withdrawn(reached)?,
        Event::DeleteBySystem => needs(reached, CorrespondenceStatus::Initialized, Refusal::OutOfTurn)?,
        Event::Fetch | Event::DownloadAttachment => published(reached)?,
        Event::MarkAsRead
        | Event::Reply
        | Event::Confirm
        | Event::Archive
        | Event::Forward
        | Event::PurgeByRecipient => {
            published(reached)?;
            by_recipient(reached, event, terms)?;
        }
    }
    let status = event.status();
    Ok((!reached.contains(status)).then_some(status))
}

fn needs(reached: Reached, status: CorrespondenceStatus, otherwise: Refusal) -> Result<(), Refusal> {
    if reached.contains(status) { Ok(()) } else { Err(otherwise) }
}

fn lacks(reached: Reached, status: CorrespondenceStatus, otherwise: Refusal) -> Result<(), Refusal> {
    if reached.contains(status) { Err(otherwise) } else { Ok(()) }
}

/// What happens before a recipient can see it happens once, in one order.
fn before_publishing(
    reached: Reached,
    event: CorrespondenceEvent,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    use CorrespondenceStatus as Status;
    if event == CorrespondenceEvent::Initialize {
        return lacks(reached, Status::Initialized, Refusal::OutOfTurn);
    }
    needs(reached, Status::Initialized, Refusal::OutOfTurn)?;
    lacks(reached, Status::Reserved, Refusal::Reserved)?;
    lacks(reached, Status::Failed, Refusal::Failed)?;
    lacks(reached, Status::Published, Refusal::OutOfTurn)?;
    match event {
        CorrespondenceEvent::Ready => lacks(reached, Status::ReadyForPublish, Refusal::OutOfTurn),
        CorrespondenceEvent::Publish => {
            needs(reached, Status::ReadyForPublish, Refusal::OutOfTurn)?;
            if now < terms.publish_at { Err(Refusal::TooEarly) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// The sender withdraws what nobody could see yet: what waits, and what failed.
fn withdrawn(reached: Reached) -> Result<(), Refusal> {
    needs(reached, CorrespondenceStatus::Initialized, Refusal::OutOfTurn)?;
    lacks(reached, CorrespondenceStatus::Reserved, Refusal::Reserved)?;
    lacks(reached, CorrespondenceStatus::Published, Refusal::NoLongerWithdrawn)
}

fn published(reached: Reached) -> Result<(), Refusal> {
    needs(reached, CorrespondenceStatus::Published, Refusal::NotPublished)
}

fn by_recipient(reached: Reached, event: CorrespondenceEvent, terms: &Terms) -> Result<(), Refusal> {
    use CorrespondenceStatus as Status;
    match event {
        CorrespondenceEvent::MarkAsRead => {
            needs(reached, Status::Fetched, Refusal::NotFetched)?;
            lacks(reached, Status::Read, Refusal::AlreadyRead)
        }
        CorrespondenceEvent::Confirm => {
            needs(reached, Status::Fetched, Refusal::NotFetched)?;
            lacks(reached, Status::Confirmed, Refusal::AlreadyConfirmed)
        }
        CorrespondenceEvent::PurgeByRecipient if terms.is_confirmation_needed => {
            needs(reached, Status::Confirmed, Refusal::ConfirmationNeeded)
        }
        CorrespondenceEvent::Reply | CorrespondenceEvent::Archive | CorrespondenceEvent::Forward => {
            needs(reached, Status::Read, Refusal::NotRead)
        }
        _ => Ok(()),
    }
}
