//! The page around what is shown.

use std::fmt::Write as _;

use altinn_core::Language;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

use super::visitor::{Guest, LANGUAGES};

/// A text in a language that the pages are in.
pub(super) fn said<'t>(language: Language, nb: &'t str, nn: &'t str, en: &'t str) -> &'t str {
    match language {
        Language::Nn => nn,
        Language::En => en,
        Language::Nb | Language::Se => nb,
    }
}

/// Text in HTML, in an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page; what stands in its main part is HTML.
pub(super) fn page(visitor: &Guest, status: StatusCode, title: &str, main: &str) -> Response {
    let language = visitor.language;
    let say = |nb, nn, en| said(language, nb, nn, en);
    let path = url::form_urlencoded::byte_serialize(visitor.path.as_bytes()).collect::<String>();
    let mut languages = String::new();
    for (other, name) in LANGUAGES.into_iter().zip(["Bokmål", "Nynorsk", "English"]) {
        let current = if other == language { " aria-current=\"true\"" } else { "" };
        let _ = writeln!(
            languages,
            "<li><a href=\"/language/{other}?to={path}\" lang=\"{other}\"{current}>{name}</a></li>"
        );
    }
    let who = who(visitor);
    let html = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/form.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">{skip}</a>\n<header class=\"top\">\n<div class=\"wide bar\">\n\
         <a class=\"brand\" href=\"/\">{service}</a>\n<nav aria-label=\"{choose}\" class=\"languages\">\n<ul>\n{languages}</ul>\n</nav>\n</div>\n\
         {who}\
         </header>\n<main id=\"main\" tabindex=\"-1\" class=\"wide\">\n{main}</main>\n\
         <footer class=\"bottom\">\n<div class=\"wide\"><p>{footer}</p></div>\n</footer>\n</body>\n</html>\n",
        title = escaped(title),
        skip = say("Hopp til innholdet", "Hopp til innhaldet", "Skip to the content"),
        service = escaped(visitor.site.service.title(language)),
        choose = say("Språk", "Språk", "Languages"),
        footer = say(
            "En prøve med oppdiktede personer. Ingenting herfra sendes til noen.",
            "Ein prøve med oppdikta personar. Ingenting herfrå blir sendt til nokon.",
            "A trial with made-up people. Nothing here is sent to anybody.",
        ),
    );
    (status, Html(html)).into_response()
}

/// Who has logged in and whom they act for; or the way to the login.
fn who(visitor: &Guest) -> String {
    let say = |nb, nn, en| said(visitor.language, nb, nn, en);
    let Some(name) = &visitor.name else {
        let (what, log_in) = (
            say("Du er ikke logget inn.", "Du er ikkje logga inn.", "You are not logged in."),
            say("Logg inn", "Logg inn", "Log in"),
        );
        let to = escaped(&visitor.login());
        return format!(
            "<div class=\"wide bar who\">\n<p>{what}</p>\n<ul><li><a href=\"{to}\">{log_in}</a></li></ul>\n</div>\n"
        );
    };
    format!(
        "<div class=\"wide bar who\">\n<p>{} {} {} <strong>{}</strong></p>\n\
         <ul><li><form method=\"post\" action=\"/oauth2/logout\"><button class=\"plain\">{}</button></form></li></ul>\n</div>\n",
        say("Logget inn som", "Logga inn som", "Logged in as"),
        escaped(name),
        say("for", "for", "for"),
        escaped(&visitor.site.owner.name),
        say("Logg ut", "Logg ut", "Log out"),
    )
}
