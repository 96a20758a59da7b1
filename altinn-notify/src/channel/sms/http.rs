//! SMS over HTTP.

use altinn_core::http::{Destinations, HttpClient, HttpError};
use async_trait::async_trait;
use thiserror::Error;

use super::SmsGateway;
use crate::Reason;
use crate::channel::{Channel, Message, Outcome, Rejection};

/// SMS over a gateway that speaks HTTP; the [`SmsGateway`] knows its format.
///
/// What did not reach the gateway is tried again. A connection that broke after that leaves an unknown outcome, and so
/// does an answer that did not come in time.
#[derive(Debug)]
pub struct HttpSms<G> {
    client: HttpClient,
    gateway: G,
}

/// Why there is no channel.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(transparent)]
pub struct HttpSmsError(#[from] HttpError);

impl HttpSmsError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        self.0.code()
    }
}

impl<G: SmsGateway> HttpSms<G> {
    /// A channel over a gateway that stands where the agency configured it, with 10 seconds for each message.
    ///
    /// # Errors
    /// [`HttpSmsError`] when no client can be made.
    pub fn new(gateway: G) -> Result<Self, HttpSmsError> {
        Ok(Self::with_client(gateway, HttpClient::builder(Destinations::configured()).build()?))
    }

    /// A channel over a gateway, by a client of the agency's own.
    pub fn with_client(gateway: G, client: HttpClient) -> Self {
        Self { client, gateway }
    }
}

#[async_trait]
impl<G: SmsGateway> Channel for HttpSms<G> {
    async fn send(&self, message: &Message) -> Outcome {
        let Message::Sms(sms) = message else {
            let reason = Reason::new("an SMS gateway takes SMS only");
            return Outcome::Rejected { rejection: Rejection::Refused, reason };
        };
        let answer = match self.gateway.request(sms) {
            Ok(request) => self.client.send(request).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => self.gateway.outcome(answer.status().as_u16(), answer.body()),
            Err(error) => {
                let reason = Reason::new(&error.to_string());
                if error.may_have_arrived() {
                    Outcome::Unknown { reason }
                } else {
                    Outcome::Transient { reason }
                }
            }
        }
    }
}
