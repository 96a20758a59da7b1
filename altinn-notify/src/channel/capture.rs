//! A channel that keeps what it is given.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Channel, Email, Message, Outcome, Sms};
use crate::Reason;

/// A channel for tests: it sends nothing and keeps every message (feature `testing`).
///
/// The outcomes it is given are answered in their order; after them every message is accepted.
///
/// ```
/// use altinn_notify::Reason;
/// use altinn_notify::channel::{Capture, Outcome};
///
/// let down = Outcome::Transient { reason: Reason::new("the server is down") };
/// let channel = Capture::answering([down]);
/// assert!(channel.mails().is_empty());
/// ```
#[derive(Debug, Default)]
pub struct Capture(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    messages: Vec<Message>,
    answers: std::collections::VecDeque<Outcome>,
}

impl Capture {
    /// A channel that accepts everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// A channel that answers so, and then accepts everything.
    pub fn answering(answers: impl IntoIterator<Item = Outcome>) -> Self {
        let answers = answers.into_iter().collect();
        Self(Mutex::new(State { messages: Vec::new(), answers }))
    }

    /// Every mail that was to be sent, in the order of the attempts.
    pub fn mails(&self) -> Vec<Email> {
        let email = |message: &Message| match message {
            Message::Email(mail) => Some(mail.clone()),
            Message::Sms(_) => None,
        };
        self.state().messages.iter().filter_map(email).collect()
    }

    /// Every SMS that was to be sent, in the order of the attempts.
    pub fn sms(&self) -> Vec<Sms> {
        let sms = |message: &Message| match message {
            Message::Sms(sms) => Some(sms.clone()),
            Message::Email(_) => None,
        };
        self.state().messages.iter().filter_map(sms).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Channel for Capture {
    async fn send(&self, message: &Message) -> Outcome {
        let mut state = self.state();
        state.messages.push(message.clone());
        let accepted = || Outcome::Accepted { reference: Reason::new("captured") };
        state.answers.pop_front().unwrap_or_else(accepted)
    }
}
