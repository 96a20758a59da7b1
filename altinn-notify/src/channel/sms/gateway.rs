//! What an SMS gateway is asked, and how its answer is read.

use std::fmt;

use altinn_core::http::{HttpError, HttpRequest};

use crate::channel::{Outcome, Sms};

/// The wire format of an SMS gateway: one implementation a provider, pure, without I/O.
///
/// [`HttpSms`](super::HttpSms) does the rest: where it may go, time-outs, and what a broken connection means.
/// [`JsonGateway`](super::JsonGateway) is one for gateways that take a small JSON object.
///
/// # Contract
/// - `request` puts [`Sms::message_id`] where the provider looks for an id of the client's, if it knows such a thing: a
///   message may come again with it.
/// - `outcome` says [`Outcome::Transient`] only when the message was certainly not taken over (429, 503 before
///   processing), and [`Outcome::Unknown`] when it may have been (500).
/// - Reasons are masked by [`Reason`](crate::Reason) and hold nothing of the text.
///
/// ```
/// use altinn_core::http::{HttpError, HttpRequest};
/// use altinn_notify::Reason;
/// use altinn_notify::channel::{GatewayRequest, Outcome, Rejection, Sms, SmsGateway};
///
/// /// A gateway that takes forms.
/// #[derive(Debug)]
/// struct FormGateway;
///
/// impl SmsGateway for FormGateway {
///     fn request(&self, sms: &Sms) -> Result<HttpRequest, HttpError> {
///         let fields = [("to", sms.to.expose()), ("from", sms.from.as_str()), ("text", &sms.text)];
///         Ok(HttpRequest::post("https://sms.example.com/send")?.form(&fields))
///     }
///
///     fn outcome(&self, status: u16, body: &[u8]) -> Outcome {
///         let reason = Reason::new(&String::from_utf8_lossy(body));
///         match status {
///             200 => Outcome::Accepted { reference: reason },
///             400 => Outcome::Rejected { rejection: Rejection::InvalidAddress, reason },
///             429 => Outcome::Transient { reason },
///             _ => Outcome::Unknown { reason },
///         }
///     }
/// }
/// ```
pub trait SmsGateway: fmt::Debug + Send + Sync {
    /// What is asked to send an SMS.
    ///
    /// # Errors
    /// [`HttpError`] when it cannot be written down: then nothing is sent, and it is tried again later.
    fn request(&self, sms: &Sms) -> Result<GatewayRequest, HttpError>;

    /// What an answer means for the SMS.
    fn outcome(&self, status: u16, body: &[u8]) -> Outcome;
}

/// What a gateway is asked.
pub type GatewayRequest = HttpRequest;
