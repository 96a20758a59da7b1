//! What a correspondence says.

use std::collections::BTreeMap;
use std::fmt;

use altinn_core::{Language, Text};
use serde::{Deserialize, Serialize};

use super::Attachment;
use super::markdown;

/// What a correspondence says: title and summary as plain text and the body as Markdown, in one language or more.
/// `Debug` shows the languages.
///
/// ```
/// use altinn_core::Language;
/// use altinn_services::correspondence::Message;
///
/// let message = Message::new(Language::Nb, "Vedtak", "Søknaden er **innvilget**.")
///     .with_summary(Language::Nb, "Om bakeriet ditt")
///     .with(Language::En, "Decision", "The application is **granted**.");
/// assert!(message.html(Language::En).contains("<strong>granted</strong>"));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub(super) message_title: Text,
    #[serde(default)]
    pub(super) message_summary: Text,
    pub(super) message_body: Text,
}

impl Message {
    /// A message in one language.
    pub fn new(language: Language, title: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            message_title: Text::new(language, title),
            message_summary: Text::default(),
            message_body: Text::new(language, body),
        }
    }

    /// The same in one more language.
    #[must_use]
    pub fn with(mut self, language: Language, title: impl Into<String>, body: impl Into<String>) -> Self {
        self.message_title = self.message_title.with(language, title);
        self.message_body = self.message_body.with(language, body);
        self
    }

    /// The same with a summary in a language.
    #[must_use]
    pub fn with_summary(mut self, language: Language, summary: impl Into<String>) -> Self {
        self.message_summary = self.message_summary.with(language, summary);
        self
    }

    /// A message of texts in any languages.
    pub fn of_texts(title: Text, summary: Text, body: Text) -> Self {
        Self { message_title: title, message_summary: summary, message_body: body }
    }

    /// The title (`messageTitle`), plain text: whoever shows it escapes it.
    pub fn title(&self) -> &Text {
        &self.message_title
    }

    /// The summary (`messageSummary`), plain text.
    pub fn summary(&self) -> &Text {
        &self.message_summary
    }

    /// The body (`messageBody`), Markdown.
    pub fn body(&self) -> &Text {
        &self.message_body
    }

    /// The body in a language, or else in one that there is, as HTML that can be put into a page as it is: text, its
    /// structure, and links by https, http, mailto and tel; no script, style, form, frame or image.
    pub fn html(&self, language: Language) -> String {
        markdown::to_html(self.message_body.in_language(language))
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Message").field(&self.message_title.languages().collect::<Vec<_>>()).finish()
    }
}

/// An answer that a recipient is offered: a link to follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReplyOption {
    /// Where it leads, by https.
    #[serde(rename = "linkURL")]
    pub link_url: String,
    /// What it is called.
    pub link_text: Text,
}

impl ReplyOption {
    /// A link to follow, and what it is called.
    pub fn new(link_url: impl Into<String>, link_text: Text) -> Self {
        Self { link_url: link_url.into(), link_text }
    }
}

/// Something elsewhere that a correspondence belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExternalReference {
    /// What it is.
    pub reference_type: ReferenceType,
    /// Which one.
    pub reference_value: String,
}

impl ExternalReference {
    /// Something elsewhere.
    pub fn new(reference_type: ReferenceType, reference_value: impl Into<String>) -> Self {
        Self { reference_type, reference_value: reference_value.into() }
    }
}

/// What an external reference refers to, as Altinn names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ReferenceType {
    /// Anything of the sender's own.
    Generic,
    /// An instance of an app.
    AltinnAppInstance,
    /// A transfer of files.
    AltinnBrokerFileTransfer,
    /// A dialog.
    DialogportenDialogId,
    /// A process of dialogs.
    DialogportenProcessId,
    /// A transmission of a dialog.
    DialogportenTransmissionId,
    /// The kind of a transmission.
    DialogportenTransmissionType,
}

/// All that a recipient is shown: kept once for all recipients, encrypted, in the sender's archive. `Debug` shows what of
/// it there is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Content {
    /// What it says.
    #[serde(flatten)]
    pub message: Message,
    /// The files that go with it, in the order in which they were given.
    pub attachments: Vec<Attachment>,
    /// What its recipient may answer.
    pub reply_options: Vec<ReplyOption>,
    /// What it belongs to.
    pub external_references: Vec<ExternalReference>,
    /// What more the sender's own programs say of it, by names of theirs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub property_list: BTreeMap<String, String>,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("message", &self.message)
            .field("attachments", &self.attachments)
            .finish_non_exhaustive()
    }
}
