//! A condition endpoint for tests.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::http_stub::{HttpStub, StubAnswer};

/// A server on a free port of this machine that answers whoever asks for a condition with the same words each time. It
/// stops when it is dropped.
#[derive(Debug)]
pub struct ConditionEndpoint {
    server: HttpStub,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ConditionEndpoint {
    /// Starts a server that answers with a status and a body, as `200` and `{"sendNotification": true}`.
    ///
    /// # Errors
    /// When this machine gives no port on its loopback address.
    pub async fn answering(status: u16, body: impl Into<String>) -> io::Result<Self> {
        let (asked, body) = (Arc::<Mutex<Vec<String>>>::default(), body.into());
        let keep = Arc::clone(&asked);
        let server = HttpStub::start(move |request| {
            keep.lock().unwrap_or_else(PoisonError::into_inner).push(request.path);
            StubAnswer::Json(status, body.clone())
        });
        Ok(Self { server: server.await?, asked })
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        self.server.url("/condition")
    }

    /// The paths that it was asked for, with their queries.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
