//! A browser for tests.

use std::collections::HashMap;

use altinn_core::Party;
use altinn_core::http::{
    Destinations, HttpClient, HttpError, HttpRequest, HttpResponse, Method, StatusCode, Url, header,
};

/// A browser without screen: it keeps cookies by host, follows redirects, and logs people in at a
/// [`FakeIdPorten`](super::FakeIdPorten).
#[derive(Debug, Clone)]
pub struct TestBrowser {
    http: HttpClient,
    cookies: HashMap<String, HashMap<String, String>>,
}

/// A page that a browser has come to.
#[derive(Debug, Clone)]
pub struct TestPage {
    /// Its address.
    pub url: String,
    /// What was answered.
    pub answer: HttpResponse,
}

/// More redirects than any login takes.
const MAX_REDIRECTS: usize = 20;

impl TestBrowser {
    /// A browser without cookies.
    ///
    /// # Errors
    /// [`HttpError::Settings`].
    pub fn new() -> Result<Self, HttpError> {
        let http = HttpClient::builder(Destinations::configured()).build()?;
        Ok(Self { http, cookies: HashMap::new() })
    }

    /// Goes to a page, wherever redirects lead.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn get(&mut self, url: &str) -> Result<TestPage, HttpError> {
        self.follow(HttpRequest::get(url)?, url).await
    }

    /// Sends a form, and goes wherever redirects lead.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn submit(&mut self, url: &str, fields: &[(&str, &str)]) -> Result<TestPage, HttpError> {
        self.follow(HttpRequest::post(url)?.form(fields), url).await
    }

    /// Goes to a page of a portal, and on the way logs in as a person at the highest level.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn log_in(&mut self, url: &str, person: &Party) -> Result<TestPage, HttpError> {
        self.log_in_at(url, person, "idporten-loa-high").await
    }

    /// Goes to a page of a portal, and on the way logs in as a person at a level, such as `idporten-loa-substantial`.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn log_in_at(&mut self, url: &str, person: &Party, acr: &str) -> Result<TestPage, HttpError> {
        let page = self.get(url).await?;
        self.choose(&page, person, acr).await
    }

    /// Picks a person and a level on the fake ID-porten's page.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn choose(
        &mut self,
        page: &TestPage,
        person: &Party,
        acr: &str,
    ) -> Result<TestPage, HttpError> {
        let text = page.text();
        let request = text.split_once(r#"name="request" value=""#).map_or("", |(_, after)| after);
        let request = request.split('"').next().unwrap_or_default();
        let person = person.uuid.to_string();
        let fields = [("request", request), ("acr", acr), ("person", person.as_str())];
        self.submit(&page.url, &fields).await
    }

    /// Sends one request, with the cookies of its host, and follows nothing.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn send(&mut self, request: HttpRequest, url: &str) -> Result<TestPage, HttpError> {
        let host = host(url);
        let cookies = self.cookies.entry(host.clone()).or_default();
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            if pairs.is_empty() { request } else { request.header(header::COOKIE, &pairs.join("; "))? };
        let answer = self.http.send(request).await?;
        if let Some((name, value)) = answer.header(&header::SET_COOKIE).and_then(|set| set.split_once('=')) {
            let value = value.split(';').next().unwrap_or_default();
            self.cookies.entry(host).or_default().insert(name.to_owned(), value.to_owned());
        }
        Ok(TestPage { url: url.to_owned(), answer })
    }

    /// The values of its cookies.
    pub fn cookies(&self) -> Vec<String> {
        let all = self.cookies.values().flat_map(|cookies| cookies.values());
        all.filter(|value| !value.is_empty()).cloned().collect()
    }

    async fn follow(&mut self, request: HttpRequest, url: &str) -> Result<TestPage, HttpError> {
        let mut page = self.send(request, url).await?;
        for _ in 0..MAX_REDIRECTS {
            let Some(next) = page.redirect() else { break };
            page = self.send(HttpRequest::new(Method::GET, &next)?, &next).await?;
        }
        Ok(page)
    }
}

impl TestPage {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// The text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.answer.body()).into_owned()
    }

    /// Where it leads, when it is a redirect.
    pub fn redirect(&self) -> Option<String> {
        let location = self.answer.header(&header::LOCATION).filter(|_| self.status().is_redirection())?;
        Some(Url::parse(&self.url).ok()?.join(location).ok()?.into())
    }
}

fn host(url: &str) -> String {
    Url::parse(url).map_or_else(|_| String::new(), |url| url.authority().to_owned())
}
