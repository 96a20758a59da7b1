//! What signees are told, and where: Altinn's `CommunicationConfig`.

use std::fmt;

use altinn_core::Text;
use altinn_notify::{EmailAddress, PhoneNumber};
use serde::{Deserialize, Serialize};

use crate::definition::TextResources;

/// What a signee is told and where, by the names of Altinn's `CommunicationConfig`. Texts are named by the ids of text
/// resources; what is not named, or not there in the signee's language or any other, has the SDK's own words. `Debug`
/// shows no address.
///
/// ```
/// use altinn_services::submission::{CommunicationConfig, SigneeEmail};
///
/// let mut email = SigneeEmail::default();
/// email.email_address = Some("ola@example.com".parse::<altinn_notify::EmailAddress>()?.into());
/// email.subject_text_resource_key = Some("signing.email.subject".to_owned());
/// let mut communication = CommunicationConfig::default();
/// communication.notification.email = Some(email);
/// # Ok::<(), altinn_notify::EmailAddressError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct CommunicationConfig {
    /// The correspondence, where the task sends one.
    pub inbox_message: InboxMessage,
    /// Mail and SMS.
    pub notification: SigneeNotification,
}

/// The texts of a correspondence that calls for a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct InboxMessage {
    /// The title.
    pub title_text_resource_key: Option<String>,
    /// The summary.
    pub summary_text_resource_key: Option<String>,
    /// The body, in Markdown.
    pub body_text_resource_key: Option<String>,
}

/// How a signee is told by mail and SMS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct SigneeNotification {
    /// By mail.
    pub email: Option<SigneeEmail>,
    /// By SMS.
    pub sms: Option<SigneeSms>,
}

/// A mail to a signee.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct SigneeEmail {
    /// Where to; where the contact register says, if nothing is said.
    pub email_address: Option<Address>,
    /// The subject.
    pub subject_text_resource_key: Option<String>,
    /// The body, plain text.
    pub body_text_resource_key: Option<String>,
}

/// An SMS to a signee.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct SigneeSms {
    /// Where to; where the contact register says, if nothing is said.
    pub mobile_number: Option<Address>,
    /// The text.
    pub body_text_resource_key: Option<String>,
}

/// An address as it is kept with the signee: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The address itself, which is personal.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<EmailAddress> for Address {
    fn from(address: EmailAddress) -> Self {
        Self(address.expose().to_owned())
    }
}

impl From<PhoneNumber> for Address {
    fn from(number: PhoneNumber) -> Self {
        Self(number.expose().to_owned())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(***)")
    }
}

/// A text of the app, or other words where it has none.
pub(super) fn text_or(texts: &TextResources, key: Option<&String>, words: Text) -> Text {
    key.and_then(|key| texts.text(key)).unwrap_or(words)
}
