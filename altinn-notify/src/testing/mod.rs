//! What tests and examples need to see mail arrive (feature `testing`): a mail server on this machine.

mod dialogue;
mod received;
mod sink;

pub use received::ReceivedMail;
pub use sink::{Misbehaviour, SmtpSink};
