//! An SMS gateway that keeps what it gets, and misbehaves on demand.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::json;

use super::http_stub::{HttpStub, StubAnswer};

/// A gateway on a free port of this machine that takes what [`JsonGateway`](crate::channel::JsonGateway) sends, keeps
/// every SMS and delivers none. It stops when it is dropped.
#[derive(Debug)]
pub struct FakeSmsGateway {
    server: HttpStub,
    state: Arc<Mutex<State>>,
}

/// An SMS as it arrived. `Debug` hides who it is for and what it says.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReceivedSms {
    /// The id that the client gave it.
    pub id: String,
    /// Who it is from.
    pub from: String,
    /// Who it is for.
    pub to: String,
    /// The text.
    pub text: String,
}

/// How a gateway is to misbehave. Each is used up once, in the order in which they were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SmsMisbehaviour {
    /// Answer with a status, and keep nothing.
    Refuse(u16),
    /// Say that the number is none, and keep nothing.
    InvalidRecipient,
    /// Keep the SMS, and answer with 500.
    FailAfterKeeping,
    /// Keep the SMS, and close the connection without a word.
    CloseAfterKeeping,
    /// Keep the SMS, and never answer.
    KeepSilent,
    /// Keep the SMS twice, as gateways do that lose their memory, and say that all is well.
    KeepTwice,
}

#[derive(Debug, Default)]
struct State {
    kept: Vec<ReceivedSms>,
    misbehaviours: Vec<SmsMisbehaviour>,
}

impl FakeSmsGateway {
    /// Starts a gateway.
    ///
    /// # Errors
    /// When this machine gives no port on its loopback address.
    pub async fn start() -> io::Result<Self> {
        let state = Arc::<Mutex<State>>::default();
        let kept = Arc::clone(&state);
        let server = HttpStub::start(move |request| match serde_json::from_slice(&request.body) {
            Ok(sms) if request.method == "POST" => lock(&kept).answer(sms),
            _ => StubAnswer::Json(400, json!({"error": "badRequest"}).to_string()),
        });
        Ok(Self { server: server.await?, state })
    }

    /// Where it takes SMS.
    pub fn url(&self) -> String {
        self.server.url("/sms")
    }

    /// Every SMS so far, in the order of their arrival.
    pub fn received(&self) -> Vec<ReceivedSms> {
        lock(&self.state).kept.clone()
    }

    /// Has the gateway misbehave once.
    pub fn misbehave(&self, how: SmsMisbehaviour) {
        lock(&self.state).misbehaviours.push(how);
    }
}

impl State {
    fn answer(&mut self, sms: ReceivedSms) -> StubAnswer {
        let how = (!self.misbehaviours.is_empty()).then(|| self.misbehaviours.remove(0));
        let reference = json!({"reference": format!("sms-{}", self.kept.len() + 1)}).to_string();
        match how {
            Some(SmsMisbehaviour::Refuse(status)) => StubAnswer::Json(status, "{}".to_owned()),
            Some(SmsMisbehaviour::InvalidRecipient) => {
                let message = format!("{} is not a number", sms.to);
                StubAnswer::Json(422, json!({"error": "invalidRecipient", "message": message}).to_string())
            }
            Some(SmsMisbehaviour::FailAfterKeeping) => {
                self.kept.push(sms);
                StubAnswer::Json(500, "{}".to_owned())
            }
            Some(SmsMisbehaviour::CloseAfterKeeping) => {
                self.kept.push(sms);
                StubAnswer::Close
            }
            Some(SmsMisbehaviour::KeepSilent) => {
                self.kept.push(sms);
                StubAnswer::Silence
            }
            Some(SmsMisbehaviour::KeepTwice) => {
                self.kept.extend([sms.clone(), sms]);
                StubAnswer::Json(202, reference)
            }
            None => {
                self.kept.push(sms);
                StubAnswer::Json(202, reference)
            }
        }
    }
}

impl std::fmt::Debug for ReceivedSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceivedSms").field("id", &self.id).finish_non_exhaustive()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
