//! What is asked.

use std::fmt;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;

use super::HttpError;

/// A request. `Debug` shows method and host only.
#[derive(Clone)]
pub struct HttpRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl HttpRequest {
    /// A request of any method.
    ///
    /// # Errors
    /// [`HttpError::Address`] when it is no absolute address.
    pub fn new(method: Method, url: &str) -> Result<Self, HttpError> {
        let url = Url::parse(url).map_err(|_| HttpError::Address)?;
        Ok(Self { method, url, headers: HeaderMap::new(), body: Vec::new() })
    }

    /// Reads.
    ///
    /// # Errors
    /// As [`HttpRequest::new`].
    pub fn get(url: &str) -> Result<Self, HttpError> {
        Self::new(Method::GET, url)
    }

    /// Sends.
    ///
    /// # Errors
    /// As [`HttpRequest::new`].
    pub fn post(url: &str) -> Result<Self, HttpError> {
        Self::new(Method::POST, url)
    }

    /// Adds a header; it replaces one of the same name.
    ///
    /// # Errors
    /// [`HttpError::Settings`] when the value cannot stand in a header: control characters, line ends.
    pub fn header(mut self, name: HeaderName, value: &str) -> Result<Self, HttpError> {
        self.headers.insert(name, header_value(value)?);
        Ok(self)
    }

    /// Adds a token of RFC 6750.
    ///
    /// # Errors
    /// As [`HttpRequest::header`].
    pub fn bearer(mut self, token: &str) -> Result<Self, HttpError> {
        let mut value = header_value(&format!("Bearer {token}"))?;
        value.set_sensitive(true);
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }

    /// What kind of answer is wanted.
    #[must_use]
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.headers.insert(ACCEPT, HeaderValue::from_static(media_type));
        self
    }

    /// A body of a media type.
    #[must_use]
    pub fn body(mut self, media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = body.into();
        self
    }

    /// A body of JSON.
    ///
    /// # Errors
    /// [`HttpError::Settings`] when the value has no JSON form.
    pub fn json(self, value: &impl Serialize) -> Result<Self, HttpError> {
        let body = serde_json::to_vec(value)
            .map_err(|_| HttpError::Settings { reason: "the body has no JSON form" })?;
        Ok(self.body("application/json", body))
    }

    /// A body as forms are sent (`application/x-www-form-urlencoded`).
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        // Queries and forms are encoded alike, so an address does it.
        let mut encoder = self.url.clone();
        encoder.query_pairs_mut().clear().extend_pairs(fields);
        let form = encoder.query().unwrap_or_default().to_owned();
        self.body("application/x-www-form-urlencoded", form)
    }

    /// The host that is asked.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpRequest({} {})", self.method, self.host())
    }
}

fn header_value(value: &str) -> Result<HeaderValue, HttpError> {
    HeaderValue::from_str(value)
        .map_err(|_| HttpError::Settings { reason: "a header has forbidden characters" })
}
