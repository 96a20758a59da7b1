//! What is said when something is refused or goes wrong: what happened, and what to do about it.

use altinn_auth::decision::{AccessError, DenialReason};
use altinn_core::Language;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};

use super::visitor::Visitor;

/// Why somebody does not get what they asked for.
#[derive(Debug)]
pub(super) enum Trouble {
    /// They must log in first.
    NotLoggedIn,
    /// There is no such thing, or they may not know of it.
    NotFound,
    /// They may not; why, and who could.
    Denied(Box<AccessError>),
    /// The form is not one that the portal gave them.
    ForeignForm,
    /// What they sent in is not in order: the key of a text that says what is wrong.
    Wrong(&'static str),
    /// Something has changed meanwhile, or has been done before: the key of a text.
    Late(&'static str),
    /// The same in words that are already in the visitor's language; `is_late`: something has changed meanwhile.
    Told { is_late: bool, what: String },
    /// Something of the portal does not work now; the code is for whoever runs it.
    Unavailable(&'static str),
}

impl From<AccessError> for Trouble {
    fn from(error: AccessError) -> Self {
        Self::Denied(Box::new(error))
    }
}

/// What the page says: the status, and the keys of the heading and of what to do.
struct Said {
    status: StatusCode,
    heading: &'static str,
    what: String,
}

impl Trouble {
    /// The page that says it.
    pub(super) fn page(self, visitor: &Visitor) -> Response {
        let level = self.needs_level();
        let log_in = matches!(self, Self::NotLoggedIn);
        let (code, is_right_missing) = (self.code(), self.is_right_missing());
        let ask = self.asks_for(visitor);
        let Said { status, heading, what } = self.said(visitor);
        let values = context! {
            heading => visitor.text(heading),
            what => what,
            code => code,
            log_in => log_in,
            needs_level => level,
            is_right_missing => is_right_missing,
            ask => ask,
        };
        visitor.page_with(status, "trouble.html", values)
    }

    fn said(self, visitor: &Visitor) -> Said {
        let key = |key| visitor.text(key);
        let (status, heading, what) = match self {
            Self::NotLoggedIn => {
                (StatusCode::UNAUTHORIZED, "trouble.login.heading", key("trouble.login.what"))
            }
            Self::NotFound if visitor.member.is_some() => {
                (StatusCode::NOT_FOUND, "trouble.missing.heading", key("trouble.missing.what"))
            }
            Self::NotFound => {
                (StatusCode::NOT_FOUND, "trouble.missing.heading", key("trouble.missing.guest"))
            }
            Self::Denied(error) => {
                (StatusCode::FORBIDDEN, "trouble.denied.heading", explained(&error, visitor))
            }
            Self::ForeignForm => {
                (StatusCode::FORBIDDEN, "trouble.foreign.heading", key("trouble.foreign.what"))
            }
            Self::Wrong(what) => (StatusCode::UNPROCESSABLE_ENTITY, "trouble.wrong.heading", key(what)),
            Self::Late(what) => (StatusCode::CONFLICT, "trouble.late.heading", key(what)),
            Self::Told { is_late: true, what } => (StatusCode::CONFLICT, "trouble.late.heading", what),
            Self::Told { is_late: false, what } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "trouble.wrong.heading", what)
            }
            Self::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "trouble.unavailable.heading",
                key("trouble.unavailable.what"),
            ),
        };
        Said { status, heading, what }
    }

    /// What to tell whoever runs the portal.
    fn code(&self) -> Option<&'static str> {
        match self {
            Self::Denied(error) => Some(error.code()),
            Self::Unavailable(code) => Some(code),
            _ => None,
        }
    }

    /// Whether somebody else may do it, or they for somebody else.
    fn is_right_missing(&self) -> bool {
        let Self::Denied(error) = self else { return false };
        let AccessError::Denied(denial) = &**error;
        matches!(denial.reason(), DenialReason::NotGranted { would_help } if !would_help.is_empty())
    }

    /// What somebody who acts for another party can ask that party for: a right that would have been enough.
    fn asks_for(&self, visitor: &Visitor) -> Option<Value> {
        let Self::Denied(error) = self else { return None };
        let AccessError::Denied(denial) = &**error;
        let member = visitor.member.as_ref()?;
        let is_for_another =
            member.party.id == denial.party() && member.actor.party() != Some(denial.party());
        match denial.reason() {
            DenialReason::NotGranted { would_help, .. } if is_for_another && !would_help.is_empty() => {
                Some(context! { service => denial.service().to_string(), action => denial.action() })
            }
            _ => None,
        }
    }

    /// The level that would have been enough.
    fn needs_level(&self) -> Option<&'static str> {
        let Self::Denied(error) = self else { return None };
        let AccessError::Denied(denial) = &**error;
        match denial.reason() {
            DenialReason::LevelTooLow { .. } => Some("idporten-loa-high"),
            _ => None,
        }
    }
}

/// Why not, in words for people: they know a service by its title, and no step of it by the name that programs use.
fn explained(error: &AccessError, visitor: &Visitor) -> String {
    let AccessError::Denied(denial) = error;
    let (language, service) = (visitor.language, denial.service().to_string());
    let step = denial.task().map(|task| match language {
        Language::En => format!(" in step “{task}”"),
        _ => format!(" i steget «{task}»"),
    });
    let title = visitor.app.services.title(&service, language);
    denial.explain(language).replace(&service, &title).replace(&step.unwrap_or_default(), "")
}

/// A text as part of a query.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// The page for an address that leads nowhere.
pub(super) async fn no_such_page(visitor: Visitor) -> Response {
    Trouble::NotFound.page(&visitor)
}
