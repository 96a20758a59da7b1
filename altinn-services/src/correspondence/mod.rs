//! Correspondence (melding): an agency writes to people and businesses.
//!
//! One call sends a message to any number of recipients, once ([`Correspondences::send`]): a mailing (utsending), of
//! which every recipient has a correspondence with a status of its own. What it says is kept once, encrypted, in the
//! sender's archive. Workers publish it when its time has come, unless its recipient is reserved; recipients are
//! notified, and reminded until they have read it. That it was read and confirmed is evidence in the recipient's archive.
//!
//! Statuses have Altinn's names and numbers, and follow a checked machine ([`step`]).
//!
//! ```no_run
//! # use altinn_core::{Actor, Language, PartyId, SyntheticNumbers};
//! # use altinn_services::Altinn;
//! use altinn_services::correspondence::{Message, NewCorrespondence, Notification, Recipient};
//!
//! # async fn example(altinn: &Altinn, agency: &Actor, mattilsynet: PartyId) -> Result<(), Box<dyn std::error::Error>> {
//! let service = altinn.publish_correspondence("services/decisions")?;
//! let bakery = Recipient::parse("0192:991825827", SyntheticNumbers::Refused)?;
//! let decision = NewCorrespondence::new("2026/17", bakery, Message::new(Language::Nb, "Vedtak", "**Innvilget.**"))
//!     .notified(Notification::generic().with_reminder(7))
//!     .once("decision-2026-17");
//! let sent = altinn.correspondences().send(agency, &service, mattilsynet, &decision).await?;
//! println!("{} recipients", sent.mailing.recipients);
//! # Ok(())
//! # }
//! ```

mod attachment;
mod attachment_status;
mod changes;
mod check;
mod deadline;
mod download;
mod error;
mod events;
mod evidence;
mod expand;
mod fault;
mod forward;
mod forwarded_files;
mod forwarding;
mod found;
mod inbox;
mod mailing;
mod markdown;
mod md5_checksum;
mod message;
mod new_correspondence;
mod notification;
mod overview;
mod publish;
mod reached;
mod receive;
mod recipients;
mod reservation;
mod row;
mod send;
mod service;
mod shared_attachment;
mod shown;
mod status;
mod step;
mod stuck;
mod unread;
mod upload;
mod work;

use altinn_auth::decision::{Access, AccessRequest};
use altinn_core::{Actor, InstanceId, PartyId, Subject};

pub use attachment::{Attachment, Download, NewAttachment};
pub use attachment_status::{AttachmentRefusal, AttachmentStatus};
pub use error::CorrespondenceError;
pub use fault::{Fault, FaultRule};
pub use forward::{ForwardingRefusal, NewForwarding};
pub use found::{CorrespondenceQuery, Side};
pub use md5_checksum::{InvalidMd5, Md5Checksum};
pub use message::{Content, ExternalReference, Message, ReferenceType, ReplyOption};
pub use new_correspondence::NewCorrespondence;
pub use notification::Notification;
pub use overview::{CorrespondenceDetails, MailingOverview, RecipientOverview, RecipientPage, Sent};
pub use reached::Reached;
pub use receive::Received;
pub use recipients::{Recipient, RecipientError, Recipients};
pub use row::StatusEntry;
pub use service::CorrespondenceService;
pub use shared_attachment::{NewSharedAttachment, SharedAttachment};
pub use shown::CorrespondenceOverview;
pub use status::CorrespondenceStatus;
pub use step::{CorrespondenceEvent, Refusal, Terms, step};
pub use stuck::StuckMailing;

pub(crate) use forwarded_files::{FORWARDED_FILES, ForwardedFiles};
pub(crate) use inbox::OF_ENTRY;
pub(crate) use mailing::MAILINGS;
pub(crate) use notification::STILL_UNREAD;
pub(crate) use shared_attachment::forget_file;
pub(crate) use unread::StillUnread;

use crate::altinn::Altinn;

/// The action that a policy lets senders do.
const SEND: &str = "write";
/// The action that a policy lets recipients do.
const READ: &str = "read";

/// How often a call is tried when what it rests on changes meanwhile.
const TRIES: u32 = 5;

/// The operations on correspondences. Every one takes the caller, and decides whether they may.
///
/// A recipient names a correspondence by its party and its id (`{partyId}/{guid}`): whether the caller may act for the
/// party is decided before anything is looked up, so that a stranger's call costs and answers the same whatever there is.
#[derive(Debug)]
pub struct Correspondences<'a> {
    altinn: &'a Altinn,
}

impl<'a> Correspondences<'a> {
    pub(crate) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn }
    }

    /// Decides whether the caller may do something for a party. A caller who has nothing to do with it is told that there
    /// is nothing.
    async fn permit(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        party: PartyId,
        action: &str,
        correspondence: Option<InstanceId>,
    ) -> Result<Access, CorrespondenceError> {
        let mut request = AccessRequest::new(action, service.id().clone(), party);
        request.instance = correspondence;
        match self.altinn.authorizer().decide(actor, &request).await {
            Ok(access) => Ok(access),
            Err(error) if self.may_know(actor, service, party, action).await? => Err(error.into()),
            Err(_) => Err(CorrespondenceError::NotFound),
        }
    }

    /// Whether a caller who is refused may know why: one who is the party or has a role for it, and the service's own
    /// agency as a sender.
    async fn may_know(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        party: PartyId,
        action: &str,
    ) -> Result<bool, CorrespondenceError> {
        match actor.subject() {
            Subject::ServiceOwner { org, .. } => Ok(action == SEND && org == service.id().org()),
            _ => Ok(self.altinn.authorizer().represents(actor, party).await?),
        }
    }
}
