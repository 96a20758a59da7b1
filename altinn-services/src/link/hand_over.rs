//! How a user goes on.

use std::fmt;

use altinn_core::{Language, Text};

/// How a user goes on to the target.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Onward {
    /// The browser posts a form.
    Form(HandOverForm),
    /// The browser is sent to an address with a code.
    Code(HandOverCode),
}

/// A form that the browser posts to the target. `Debug` shows where to, not what.
#[derive(Clone, PartialEq, Eq)]
pub struct HandOverForm {
    pub(super) action: String,
    pub(super) token: String,
}

impl HandOverForm {
    /// The name of the form's only field.
    pub const FIELD: &'static str = "hand_over";

    /// Where it is posted to.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// What the field holds: a token for the target's
    /// [`HandOverVerifier`](altinn_auth::hand_over::HandOverVerifier).
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A page with the form and a button, for a portal that has none of its own; it needs no JavaScript. Answer with it
    /// by `Cache-Control: no-store`, under a policy for content (`form-action`) that lets the form go where it is to go.
    pub fn to_html(&self, title: &Text, language: Language) -> String {
        let (title, go_on) = (escaped(title.in_language(language)), go_on(language));
        let (action, token, field) = (escaped(&self.action), escaped(&self.token), Self::FIELD);
        format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
             <body><main><h1>{title}</h1>\n<form method=\"post\" action=\"{action}\">\
             <input type=\"hidden\" name=\"{field}\" value=\"{token}\"><button>{go_on}</button></form></main></body>\n\
             </html>\n"
        )
    }
}

impl fmt::Debug for HandOverForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandOverForm").field("action", &self.action).finish_non_exhaustive()
    }
}

/// An address with a code, to redirect the browser to. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct HandOverCode {
    pub(super) location: String,
    pub(super) code: String,
}

impl HandOverCode {
    /// The address. Redirect by `303 See Other`, with `Referrer-Policy: no-referrer`.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The code in it: random, and good for nothing but [`Links::redeem`](super::Links::redeem).
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl fmt::Debug for HandOverCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOverCode(***)")
    }
}

fn go_on(language: Language) -> &'static str {
    match language {
        Language::Nb => "Gå videre",
        Language::Nn => "Gå vidare",
        Language::En => "Continue",
        Language::Se => "Joatkke",
    }
}

/// Text for HTML, also inside of an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
