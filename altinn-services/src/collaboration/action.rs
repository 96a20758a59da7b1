//! What follows from a transition.

use std::collections::BTreeMap;

use altinn_core::Text;
use altinn_notify::ChannelSchema;
use serde::{Deserialize, Serialize};

/// What follows from a transition, as the definition writes it: `{ start = "application" }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// Starts an instance of a member of kind `submission`, for the member's participant.
    Start(String),
    /// Sends a message by a member of kind `correspondence`, to the member's participant.
    Message(Message),
    /// Notifies a participant by mail or SMS.
    Notify(Notice),
    /// Sets a deadline, or sets it anew: an event of its name comes when it has passed.
    Deadline(Deadline),
    /// Cancels a deadline.
    Cancel(String),
    /// Copies fields of the event's data into shared data, by the name of the shared field; a field that the event does
    /// not have is emptied.
    Copy(BTreeMap<String, String>),
}

/// A message to the participant of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Message {
    /// The member that sends it.
    pub member: String,
    /// Its title, plain text.
    pub title: Text,
    /// What it says, Markdown.
    pub body: Text,
}

/// A notification of a participant. Its texts are templates: `{{ case }}` is the case's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Notice {
    /// The participant.
    pub to: String,
    /// The subject of the mail.
    pub subject: Text,
    /// What the mail and the SMS say.
    pub body: Text,
    /// By which channels; mail, and SMS where there is no mail address, unless it is said.
    #[serde(default)]
    pub channel: ChannelSchema,
}

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Deadline {
    /// Its name.
    pub name: String,
    /// After how many days it passes, 1 to 3,650.
    pub days: u32,
}
