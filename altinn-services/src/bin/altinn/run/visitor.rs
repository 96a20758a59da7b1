//! Who visits the form.

use std::convert::Infallible;

use altinn_auth::login::Person;
use altinn_core::{Actor, Language, PartyId};
use altinn_services::Altinn;
use altinn_services::form_site::{FormGuest, FormSitePage, FormTrouble, FormVisitor};
use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::page::{escaped, page, said};
use super::site::Site;

/// The languages that the pages are in.
pub(super) const LANGUAGES: [Language; 3] = [Language::Nb, Language::Nn, Language::En];

/// Whoever visits, known or not.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) site: Site,
    /// What they are called, if they have logged in.
    pub(super) name: Option<String>,
    pub(super) language: Language,
    pub(super) form_token: String,
    /// The path of the page, to come back to.
    pub(super) path: String,
}

/// Somebody who has logged in; others are sent to do so.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) guest: Guest,
    pub(super) actor: Actor,
}

impl FromRequestParts<Site> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Infallible> {
        Ok(Self {
            name: None,
            language: language(&parts.headers).unwrap_or(site.language),
            form_token: site.form_tokens.token_of(&parts.headers),
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            site: site.clone(),
        })
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let Ok(guest) = Guest::from_request_parts(parts, site).await;
        let Ok(person) = Person::from_request_parts(parts, site).await else {
            return Err(Redirect::to(&guest.login()).into_response());
        };
        let name = site.people.iter().find(|(_, known)| known.id == person.party);
        let name = Some(name.map(|(_, known)| known.name.clone()).unwrap_or_default());
        Ok(Self { guest: Guest { name, ..guest }, actor: person.actor })
    }
}

impl Guest {
    /// Where they log in, and come back from.
    pub(super) fn login(&self) -> String {
        let to = url::form_urlencoded::byte_serialize(self.path.as_bytes()).collect::<String>();
        format!("/oauth2/login?redirect={to}&level=idporten-loa-high&locale={}", self.language)
    }
}

fn language(headers: &HeaderMap) -> Option<Language> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, code) = pairs.find(|(name, _)| *name == "language")?;
    LANGUAGES.into_iter().find(|language| language.code() == code)
}

impl FormGuest for Guest {
    fn altinn(&self) -> &Altinn {
        &self.site.altinn
    }

    fn language(&self) -> Language {
        self.language
    }

    fn form_token(&self) -> &str {
        &self.form_token
    }

    fn page(&self, shown: FormSitePage) -> Response {
        page(self, shown.status, &shown.title, &shown.main)
    }

    fn trouble(&self, trouble: FormTrouble) -> Response {
        let (status, what) = told(self.language, trouble);
        let heading = said(self.language, "Dette gikk ikke", "Dette gjekk ikkje", "This could not be done");
        let back = said(self.language, "Til forsiden", "Til framsida", "To the front page");
        let main = format!(
            "<h1>{heading}</h1>\n<p class=\"lead\">{}</p>\n<p class=\"actions\"><a class=\"button second\" href=\"/\">{back}</a></p>\n",
            escaped(&what)
        );
        page(self, status, heading, &main)
    }
}

impl FormGuest for Visitor {
    fn altinn(&self) -> &Altinn {
        self.guest.altinn()
    }

    fn language(&self) -> Language {
        self.guest.language
    }

    fn form_token(&self) -> &str {
        &self.guest.form_token
    }

    fn page(&self, shown: FormSitePage) -> Response {
        FormGuest::page(&self.guest, shown)
    }

    fn trouble(&self, trouble: FormTrouble) -> Response {
        self.guest.trouble(trouble)
    }
}

impl FormVisitor for Visitor {
    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn party(&self) -> PartyId {
        self.guest.site.owner.id
    }
}

/// What went wrong, in words, and the status that says so to programs.
fn told(language: Language, trouble: FormTrouble) -> (StatusCode, String) {
    let say = |nb, nn, en| said(language, nb, nn, en).to_owned();
    match trouble {
        FormTrouble::Denied(error) => {
            let altinn_auth::decision::AccessError::Denied(denial) = *error;
            (StatusCode::FORBIDDEN, denial.explain(language))
        }
        FormTrouble::ForeignForm => {
            let what = say(
                "Skjemaet hører ikke til denne økten. Last siden på nytt og send det en gang til.",
                "Skjemaet høyrer ikkje til denne økta. Last sida på nytt og send det ein gong til.",
                "The form does not belong to this session. Load the page again and send it once more.",
            );
            (StatusCode::FORBIDDEN, what)
        }
        FormTrouble::Wrong(what) => (StatusCode::UNPROCESSABLE_ENTITY, what),
        FormTrouble::Late(what) => (StatusCode::CONFLICT, what),
        FormTrouble::Unavailable(code) => (StatusCode::SERVICE_UNAVAILABLE, code.to_owned()),
        _ => (
            StatusCode::NOT_FOUND,
            say("Vi finner ikke dette.", "Vi finn ikkje dette.", "We cannot find this."),
        ),
    }
}
