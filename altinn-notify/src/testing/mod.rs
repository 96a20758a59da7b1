//! What tests and examples need to see messages arrive (feature `testing`): a mail server, an SMS gateway, a contact
//! register and a condition endpoint on this machine.

mod condition_endpoint;
mod dialogue;
mod http_stub;
mod krr;
mod received;
mod sink;
mod sms_gateway;

pub use condition_endpoint::ConditionEndpoint;
pub use krr::FakeKrr;
pub use received::ReceivedMail;
pub use sink::{Misbehaviour, SmtpSink};
pub use sms_gateway::{FakeSmsGateway, ReceivedSms, SmsMisbehaviour};
