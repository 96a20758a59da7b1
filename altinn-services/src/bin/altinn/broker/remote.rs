//! The broker API of an agency's program, as a client sees it.

use std::path::PathBuf;
use std::time::Duration;

use altinn_core::http::{
    Destinations, HttpClient, HttpError, HttpRequest, HttpResponse, Method, StatusCode, Url,
};
use clap::Args;
use serde::Deserialize;

use super::PART_BYTES;
use crate::answer::{Failure, tell, told};

/// The variable that holds the token, where it is in no file.
const TOKEN: &str = "ALTINN_TOKEN";
/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a call that did not come through is made, and how long is waited after the first time.
const TRIES: u32 = 6;
const WAIT: Duration = Duration::from_millis(200);
/// From which wait on people are told why nothing happens.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// Where the broker API is, and who calls.
#[derive(Debug, Args)]
pub(super) struct Where {
    /// The address of the program that serves the broker API: `https://agency.example.no`.
    #[arg(long)]
    url: String,
    /// The file that holds the token; it is read for every call, so that it can be renewed meanwhile. Without it the token is
    /// read from `ALTINN_TOKEN`.
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// The organization that the caller acts for, by its number, where it is another than the token's.
    #[arg(long)]
    on_behalf_of: Option<String>,
}

/// The broker API, and the token to call it with.
#[derive(Debug)]
pub(super) struct Remote {
    client: HttpClient,
    place: Where,
    base: Url,
}

/// What a refusal says (RFC 9457).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    title: String,
    detail: String,
    code: String,
}

impl Remote {
    pub(super) fn at(place: Where) -> Result<Self, Failure> {
        let base = Url::parse(&format!("{}/", place.url.trim_end_matches('/')));
        let base = base.ok().filter(Url::has_host).ok_or_else(|| {
            Failure::new(format!("`{}` is no address, as `https://agency.example.no` is", place.url))
        })?;
        let client = HttpClient::builder(Destinations::configured())
            .timeout(PATIENCE)
            .max_answer_bytes(usize::try_from(PART_BYTES).unwrap_or(usize::MAX));
        let remote = Self { client: client.build()?, place, base };
        // Who has no token is told before anything is kept or called.
        remote.token()?;
        Ok(remote)
    }

    /// The address of the program.
    pub(super) fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// A request of the broker API. `path` is one of it, or an address that it gave.
    pub(super) fn request(&self, method: Method, path: &str) -> Result<HttpRequest, Failure> {
        let mut url = self.base.join(path).map_err(|error| Failure::at(path, &error))?;
        if url.origin() != self.base.origin() {
            return Err(Failure::new(format!(
                "`{}` leads elsewhere, and is not called",
                url.origin().ascii_serialization()
            )));
        }
        let is_named = url.query_pairs().any(|(name, _)| name == "onBehalfOf");
        if let Some(organization) = self.place.on_behalf_of.as_ref().filter(|_| !is_named) {
            url.query_pairs_mut().append_pair("onBehalfOf", organization);
        }
        let request = HttpRequest::new(method, url.as_str())?;
        Ok(request.bearer(&self.token()?)?)
    }

    fn token(&self) -> Result<String, Failure> {
        let token = match &self.place.token_file {
            Some(file) => {
                std::fs::read_to_string(file).map_err(|error| Failure::at(file.display(), &error))?
            }
            None => std::env::var(TOKEN)
                .map_err(|_| Failure::new(format!("neither --token-file nor {TOKEN} gives a token")))?,
        };
        Ok(token.trim().to_owned())
    }

    /// Makes a call that does the same when it is made again, until it comes through. A server that cannot take it now is
    /// asked again too.
    pub(super) async fn call(
        &self,
        request: impl Fn() -> Result<HttpRequest, Failure>,
    ) -> Result<HttpResponse, Failure> {
        let mut wait = WAIT;
        for _ in 1..TRIES {
            let why = match self.client.send(request()?).await {
                Ok(answer) if !is_for_later(answer.status()) => return Ok(answer),
                Ok(answer) => format!("{} answers {}", self.address(), answer.status().as_u16()),
                Err(error) if passes(&error) => told(&error),
                Err(error) => return Err(error.into()),
            };
            if wait >= WORTH_TELLING {
                tell(format_args!("{why}; trying again in {} s", wait.as_secs()));
            }
            tokio::time::sleep(wait).await;
            wait *= 3;
        }
        let last = self.client.send(request()?).await;
        last.map_err(|error| {
            Failure::new(format!("{}; the same command goes on where it broke off", told(&error)))
        })
    }

    /// An answer that is no refusal.
    pub(super) fn accepted(&self, answer: HttpResponse) -> Result<HttpResponse, Failure> {
        if answer.status().is_success() {
            return Ok(answer);
        }
        let problem: Problem = answer.json().unwrap_or_default();
        let said = if problem.detail.is_empty() { problem.title } else { problem.detail };
        let mut text = format!("{} answers {}", self.address(), answer.status().as_u16());
        for part in [said, problem.code].iter().filter(|part| !part.is_empty()) {
            text.push_str(&format!(": {part}"));
        }
        if answer.status() == StatusCode::UNAUTHORIZED {
            text.push_str(&format!("; the token is that of --token-file, or of {TOKEN}"));
        }
        Err(Failure::new(text))
    }
}

fn is_for_later(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// Whether a call that failed so may come through when it is made again.
fn passes(error: &HttpError) -> bool {
    matches!(error, HttpError::Unreachable { .. } | HttpError::Timeout { .. } | HttpError::Broken { .. })
}
