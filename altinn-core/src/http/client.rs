//! The client.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::resolver::Forbidden;
use super::{Destinations, HttpClientBuilder, HttpError, HttpRequest, HttpResponse};

/// A client of other machines that goes only where it may. Clones share its connections.
///
/// It reads no proxy from the environment, sends no cookie, and follows no redirect unless that was set.
#[derive(Clone)]
pub struct HttpClient {
    pub(super) client: reqwest::Client,
    pub(super) destinations: Arc<Destinations>,
    pub(super) time: Duration,
    pub(super) bytes: usize,
}

impl HttpClient {
    /// Settings of a client that may go to these destinations.
    pub fn builder(destinations: Destinations) -> HttpClientBuilder {
        HttpClientBuilder::new(destinations)
    }

    /// Sends a request and reads its answer. Every status is an answer.
    ///
    /// # Errors
    /// [`HttpError`]; [`HttpError::may_have_arrived`] tells whether it can be sent again without a second effect.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.destinations.check(&request.url)?;
        let host = request.host().to_owned();
        let sent = self
            .client
            .request(request.method, request.url)
            .headers(request.headers)
            .body(request.body)
            .send();
        let mut response = sent.await.map_err(|error| self.failure(&host, &error))?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(&host, &error))? {
            if body.len() + chunk.len() > self.bytes {
                return Err(HttpError::TooLong { host, limit: self.bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse { status, headers, body })
    }

    /// What a failure is to the caller; what the library says of it may hold the address, and stays here.
    fn failure(&self, host: &str, error: &reqwest::Error) -> HttpError {
        let host = host.to_owned();
        if let Some(refused) = cause::<HttpError>(error) {
            return refused.clone();
        }
        if cause::<Forbidden>(error).is_some() {
            return HttpError::Destination { host };
        }
        if error.is_connect() {
            return HttpError::Unreachable { host };
        }
        if error.is_timeout() {
            HttpError::Timeout { host, limit: self.time }
        } else {
            HttpError::Broken { host }
        }
    }
}

/// The error of a type among the causes of another.
fn cause<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").field("destinations", &self.destinations).finish_non_exhaustive()
    }
}
