//! A recipient forwards what it has got, by mail.

use std::fmt;

use altinn_auth::decision::Access;
use altinn_auth::trail::Deed;
use altinn_core::store::Batch;
use altinn_core::{Actor, AuthenticationLevel, InstanceId, Language};
use altinn_notify::{Attachment as MailedFile, Content as Words, EmailAddress, Fallback, Order, Recipient};
use thiserror::Error;
use uuid::Uuid;

use super::attachment::is_hidden;
use super::check::looks_like_html;
use super::forwarded_files::reference;
use super::forwarding::Forwarding;
use super::mailing::Mailing;
use super::message::Content;
use super::row::CorrespondenceRow;
use super::{
    CorrespondenceError, CorrespondenceEvent, CorrespondenceService, Correspondences, READ, TRIES, step,
};

/// The most characters of what its recipient writes beside it, as in Altinn.
const MAX_TEXT: usize = 200;

/// The most bytes of all its files together: the 10 MB of Altinn.
const MAX_FILES: u64 = 10 * 1024 * 1024;

/// A mail by which a recipient forwards a correspondence. `Debug` hides everything.
///
/// ```
/// use altinn_core::Language;
/// use altinn_services::correspondence::NewForwarding;
///
/// let to_accountant = NewForwarding::to("regnskap@example.com").saying("Kan du se på dette?").written_in(Language::Nb);
/// ```
#[derive(Clone)]
#[must_use]
pub struct NewForwarding {
    forward_to: String,
    forwarding_text: Option<String>,
    language: Language,
}

impl NewForwarding {
    /// A mail to this address (`forwardTo`), in bokmål where the correspondence has it.
    pub fn to(address: impl Into<String>) -> Self {
        Self { forward_to: address.into(), forwarding_text: None, language: Language::Nb }
    }

    /// The same with a text of one's own above it (`forwardingText`): plain text, at most 200 characters.
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.forwarding_text = Some(text.into());
        self
    }

    /// The same in another language, where the correspondence has it.
    pub fn written_in(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// What stands above the correspondence, and whether it is in order.
    fn text(&self) -> Result<Option<&str>, ForwardingRefusal> {
        let text = self.forwarding_text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let Some(text) = text else { return Ok(None) };
        if text.chars().count() > MAX_TEXT {
            return Err(ForwardingRefusal::TextTooLong);
        }
        let is_odd = |c: char| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
        if text.chars().any(is_odd) || looks_like_html(text) {
            return Err(ForwardingRefusal::TextNotPlain);
        }
        Ok(Some(text))
    }
}

impl fmt::Debug for NewForwarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewForwarding(***)")
    }
}

/// Why a correspondence cannot be forwarded, with the number of Altinn's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ForwardingRefusal {
    /// It was not sent so that it may be, or its service asks for a level of authentication by now (1063).
    #[error("the correspondence does not allow to be forwarded")]
    NotAllowed,
    /// It was forwarded to this address before (1064).
    #[error("the correspondence has been forwarded to this address already")]
    Repeated,
    /// The text beside it has more than 200 characters (1066).
    #[error("the text beside it may have at most 200 characters")]
    TextTooLong,
    /// The text beside it is not plain (1067).
    #[error("the text beside it must be plain")]
    TextNotPlain,
    /// Its service asks for a level of authentication, which whoever reads a mail has not shown (1068).
    #[error("the service asks for a level of authentication: its correspondences are not forwarded")]
    Level,
    /// Its files are too large to go with a mail (1069).
    #[error("the files of a correspondence that is forwarded may have at most 10 MiB together")]
    FilesTooLarge,
    /// What it is to be forwarded to is no mail address (3011).
    #[error("it can be forwarded to a mail address alone")]
    Address,
}

impl ForwardingRefusal {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "CORRESPONDENCE-FORWARDING-NOT-ALLOWED",
            Self::Repeated => "CORRESPONDENCE-FORWARDING-REPEATED",
            Self::TextTooLong => "CORRESPONDENCE-FORWARDING-TEXT-TOO-LONG",
            Self::TextNotPlain => "CORRESPONDENCE-FORWARDING-TEXT-NOT-PLAIN",
            Self::Level => "CORRESPONDENCE-FORWARDING-LEVEL",
            Self::FilesTooLarge => "CORRESPONDENCE-FORWARDING-FILES-TOO-LARGE",
            Self::Address => "CORRESPONDENCE-FORWARDING-ADDRESS",
        }
    }
}

impl From<ForwardingRefusal> for CorrespondenceError {
    fn from(reason: ForwardingRefusal) -> Self {
        Self::Forwarding { reason }
    }
}

/// Whether a correspondence may be sent so that it is forwarded.
pub(super) fn may_be_forwarded(
    service: &CorrespondenceService,
    content: &Content,
) -> Result<(), ForwardingRefusal> {
    if service.asks_for_level() {
        return Err(ForwardingRefusal::Level);
    }
    let sizes = content.attachments.iter().map(|file| file.size);
    let together = sizes.fold(0_u64, u64::saturating_add);
    if together > MAX_FILES { Err(ForwardingRefusal::FilesTooLarge) } else { Ok(()) }
}

impl Correspondences<'_> {
    /// Forwards a correspondence that was read to a mail address, with its files: once to each address. The mail is ordered
    /// in the commit that says so, and the correspondence is `Forwarded` when a mail server has taken it over. Gives what
    /// the forwarding is called.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`Refusal::NotRead`](super::Refusal::NotRead) (1065);
    /// [`CorrespondenceError::Forwarding`] says why it cannot be forwarded, or not so.
    pub async fn forward(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        asked: &NewForwarding,
    ) -> Result<Uuid, CorrespondenceError> {
        let mut tries = 1;
        loop {
            let access = self.permit(actor, service, id.owner, READ, Some(*id)).await?;
            match self.try_forward(&access, service, id, asked).await {
                Err(CorrespondenceError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    /// Whether a recipient may forward a correspondence, once it has read it.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn allows_forwarding(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<bool, CorrespondenceError> {
        let (row, mailing) = self.known(actor, service, id).await?;
        Ok(!row.reached.is_purged() && mailing.spec.allow_forwarding && !service.asks_for_level())
    }

    async fn try_forward(
        &self,
        access: &Access,
        service: &CorrespondenceService,
        id: &InstanceId,
        asked: &NewForwarding,
    ) -> Result<Uuid, CorrespondenceError> {
        let (altinn, now) = (self.altinn, self.altinn.clock().now());
        let (row, mailing) =
            CorrespondenceRow::of_recipient(altinn.store(), service.id(), id.owner, id.guid).await?;
        let address: EmailAddress = asked.forward_to.parse().map_err(|_| ForwardingRefusal::Address)?;
        let level = access.reasons().required_level.unwrap_or(AuthenticationLevel::SelfIdentified);
        if !mailing.spec.allow_forwarding
            || service.asks_for_level()
            || level > AuthenticationLevel::SelfIdentified
        {
            return Err(ForwardingRefusal::NotAllowed.into());
        }
        let text = asked.text()?;
        step(row.reached, CorrespondenceEvent::Forward, &mailing.terms(), now)?;
        let tag = altinn.inbox_key().address_tag(id.guid, address.expose());
        if Forwarding::is_known(altinn.store(), id.guid, &tag).await? {
            return Err(ForwardingRefusal::Repeated.into());
        }
        let content = self.content_of(&mailing).await?;
        let forwarding = Forwarding::new(altinn.ids().next_id(), &row, access.actor());
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::to(format!("correspondence/{}/forwarding", id.guid)));
        row.guard(&mut batch);
        forwarding.insert(&mut batch, tag, now);
        let order = order_of(&forwarding, &mailing, &content, (address, text, asked.language));
        altinn.notifier().order(&mut batch, &order)?;
        altinn.store().commit(batch).await?;
        Ok(forwarding.id())
    }
}

/// The mail: what the recipient has written, and what the correspondence says, with its files.
fn order_of(
    forwarding: &Forwarding,
    mailing: &Mailing,
    content: &Content,
    (to, text, language): (EmailAddress, Option<&str>, Language),
) -> Order {
    let message = &content.message;
    let (title, said) = (message.title().in_language(language), message.body().in_language(language));
    let body = text.map_or_else(|| said.to_owned(), |text| format!("{text}\n\n---\n\n{said}"));
    let order = Order::new(forwarding.order_name(), Recipient::Email(to), Words::text(title, body))
        .with_senders_reference(mailing.id().to_string())
        .with_fallback(Fallback::None)
        .with_language(language);
    content.attachments.iter().enumerate().fold(order, |order, (index, file)| {
        let reference = reference(forwarding.id(), index);
        order.with_attachment(MailedFile::new(
            reference,
            file.file_name.as_str(),
            file.content_type.as_str(),
            file.size,
        ))
    })
}
