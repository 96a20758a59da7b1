//! Who visits a page: somebody, in a language, perhaps logged in, perhaps on behalf of another.

use std::convert::Infallible;

use altinn_auth::login::Person;
use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, AuthenticationLevel, Language, Party, PartyId};
use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use minijinja::{Value, context};
use uuid::Uuid;

use super::app::App;
use super::settings::offered;
use super::trouble::{Trouble, encoded};

/// The cookie of the language that somebody has chosen.
pub(super) const LANGUAGE: &str = "language";
/// The cookie of whom somebody represents. It decides nothing: what they may do is decided anew by every page.
pub(super) const PARTY: &str = "party";

/// Whoever visits a page.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) app: App,
    pub(super) language: Language,
    pub(super) member: Option<Represents>,
    pub(super) form_token: String,
    /// The path of the page, to come back to.
    pub(super) path: String,
}

/// Somebody who has logged in, and whom they act for.
#[derive(Debug, Clone)]
pub(super) struct Represents {
    pub(super) actor: Actor,
    pub(super) name: String,
    /// Themselves, or whom they have chosen to represent.
    pub(super) party: Party,
}

/// A visitor who has logged in; others are sent to do so.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) visitor: Visitor,
    pub(super) actor: Actor,
    pub(super) party: Party,
}

impl Member {
    pub(super) fn language(&self) -> Language {
        self.visitor.language
    }

    pub(super) fn app(&self) -> &App {
        &self.visitor.app
    }

    /// A page for them.
    pub(super) fn page(&self, template: &str, values: Value) -> Response {
        self.visitor.page(template, values)
    }

    /// Something that went wrong, said to them.
    pub(super) fn trouble(&self, trouble: impl Into<Trouble>) -> Response {
        trouble.into().page(&self.visitor)
    }

    /// Whether they represent the agency now, and so are one of its own people.
    pub(super) fn is_agency(&self) -> bool {
        self.party.id == self.app().world.agency.id
    }

    /// Notes that they have seen an element of the inbox; that there is none in it does no harm.
    pub(super) async fn has_seen(&self, id: Uuid) {
        let _ = self.app().altinn.inbox().read(&self.actor, self.party.id, id, true).await;
    }

    /// What a service calls an action, in words.
    pub(super) fn action(&self, action: &str) -> String {
        let key = format!("action.{action}");
        let text = self.visitor.text(&key);
        if text == key { action.to_owned() } else { text }
    }
}

impl Visitor {
    /// A text of the portal in their language.
    pub(super) fn text(&self, key: &str) -> String {
        self.app.texts.get(self.language, key).to_owned()
    }

    /// A page for them: the values of the template, and what every page shows.
    pub(super) fn page(&self, template: &str, values: Value) -> Response {
        self.page_with(StatusCode::OK, template, values)
    }

    pub(super) fn page_with(&self, status: StatusCode, template: &str, values: Value) -> Response {
        let member = self.member.as_ref().map(|member| {
            context! {
                name => member.name.as_str(),
                party => member.party.name.as_str(),
                acts_for_another => member.actor.party() != Some(member.party.id),
                is_agency => member.party.id == self.app.world.agency.id,
                level => level(member.actor.level()),
            }
        });
        let every = context! {
            language => self.language.code(),
            member => member,
            form_token => self.form_token.as_str(),
            path => self.path.as_str(),
        };
        match self.app.pages.render(template, &context! { ..values, ..every }) {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing_of(&error);
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// A template that cannot be shown is a fault of this program; it is told to whoever runs it.
fn tracing_of(error: &minijinja::Error) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "a page cannot be shown: {error:#}");
}

fn level(level: AuthenticationLevel) -> String {
    level.to_string()
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let language = cookie(&parts.headers, LANGUAGE).and_then(offered).unwrap_or(app.language);
        let member = match Person::from_request_parts(parts, app).await {
            Ok(person) => represents(parts, app, person).await,
            Err(_) => None,
        };
        Ok(Self {
            app: app.clone(),
            language,
            member,
            form_token: app.form_tokens.token_of(&parts.headers),
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }
}

/// Whom somebody acts for: whom they have chosen, while they may, and themselves otherwise.
async fn represents(parts: &Parts, app: &App, person: Person) -> Option<Represents> {
    let register = app.altinn.register();
    let own = register.party(person.party).await.ok()??;
    let name = own.name.clone();
    let chosen = cookie(&parts.headers, PARTY).and_then(|party| party.parse::<PartyId>().ok());
    let chosen = chosen.filter(|party| *party != own.id);
    let party = match chosen {
        Some(party) if may_represent(app, &person.actor, party).await => register.party(party).await.ok()?,
        _ => None,
    };
    Some(Represents { actor: person.actor, name, party: party.unwrap_or(own) })
}

/// Whether somebody holds a role, or has been given a right, for a party.
pub(super) async fn may_represent(app: &App, actor: &Actor, party: PartyId) -> bool {
    if app.altinn.authorizer().represents(actor, party).await.unwrap_or_default() {
        return true;
    }
    let authorized = app.altinn.access_management().authorized_parties(actor).await.unwrap_or_default();
    authorized.iter().any(|authorized| {
        authorized.party.id == party || authorized.subunits.iter().any(|unit| unit.party.id == party)
    })
}

impl FromRequestParts<App> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Ok(visitor) = Visitor::from_request_parts(parts, app).await;
        match visitor.member.clone() {
            Some(Represents { actor, party, .. }) => Ok(Self { visitor, actor, party }),
            None if parts.method == Method::GET => {
                let to = format!("/login?to={}", encoded(&visitor.path));
                Err(Redirect::to(&to).into_response())
            }
            None => Err(Trouble::NotLoggedIn.page(&visitor)),
        }
    }
}

/// The value of a cookie.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then_some(value))
}

/// A cookie of the portal's own, for as long as the browser is open.
pub(super) fn set_cookie(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax")
}
