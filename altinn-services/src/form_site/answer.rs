//! Pages, forms that were sent, and addresses.

use altinn_core::{InstanceId, PartyId};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

use super::refused::{trouble, words};
use super::token::{FORM_TOKEN, FormTokens};
use super::visitor::{FormGuest, FormSitePage, FormTrouble, FormVisitor};
use crate::form_page::{FormPost, MAX_POST_BYTES, escaped};
use crate::submission::{Instance, Service, SubmissionError};

/// The field of the version that somebody saw, so that nobody overwrites what another has changed.
pub(super) const VERSION: &str = "version";
/// The field of the task that somebody saw.
pub(super) const TASK: &str = "task";
/// The fields that are not the form's.
pub(super) const OWN: [&str; 5] = [FORM_TOKEN, VERSION, TASK, FORM_PAGE, FORM_DATA];

/// The field of the page of a stateless form that somebody saw.
pub(super) const FORM_PAGE: &str = "form_page";
/// The field of what a stateless form held: it is kept nowhere else.
pub(super) const FORM_DATA: &str = "form_data";

/// An instance that somebody may see, and its service.
pub(super) struct Opened {
    pub(super) instance: Instance,
    pub(super) service: Service,
}

pub(super) fn instance_id((owner, guid): (i64, Uuid)) -> InstanceId {
    InstanceId::new(PartyId::new(owner), guid)
}

pub(super) fn address(id: &InstanceId) -> String {
    format!("/instances/{id}")
}

pub(super) async fn open(visitor: &impl FormVisitor, id: (i64, Uuid)) -> Result<Opened, SubmissionError> {
    let altinn = visitor.altinn();
    let instance = altinn.submissions().get_or_left(visitor.actor(), &instance_id(id)).await?;
    let unknown = || SubmissionError::UnknownService(instance.service().clone());
    let service = altinn.service(instance.service()).ok_or_else(unknown)?;
    Ok(Opened { instance, service })
}

/// A page with its heading, below the name of its service.
pub(super) fn page(
    visitor: &impl FormGuest,
    service: &Service,
    heading: &str,
    above: &str,
    body: &str,
) -> Response {
    let title = service.title(visitor.language());
    let (name, shown) = (escaped(title), escaped(if heading.is_empty() { title } else { heading }));
    // What the heading says already is not said above it too.
    let over = if name == shown && above.is_empty() {
        String::new()
    } else {
        format!("<p class=\"hint\">{name}{above}</p>\n")
    };
    visitor.page(FormSitePage {
        status: StatusCode::OK,
        title: if heading.is_empty() || heading == title {
            title.to_owned()
        } else {
            format!("{heading} – {title}")
        },
        main: format!("{over}<h1>{shown}</h1>\n{body}"),
    })
}

/// A form on which the summary of what is wrong has the focus, without JavaScript too.
pub(super) fn with_focus(html: &str) -> String {
    html.replacen("id=\"errors\" tabindex=\"-1\"", "id=\"errors\" tabindex=\"-1\" autofocus", 1)
}

/// What went wrong, said to a visitor.
pub(super) fn refuse(visitor: &impl FormGuest, error: impl Into<SubmissionError>) -> Response {
    visitor.trouble(trouble(visitor, error.into()))
}

/// The form that somebody sent, if it is one of theirs.
pub(super) async fn posted(visitor: &impl FormGuest, body: Body) -> Result<FormPost, Response> {
    let incomplete = || visitor.trouble(FormTrouble::Wrong(words(visitor).incomplete().to_owned()));
    let bytes = axum::body::to_bytes(body, MAX_POST_BYTES).await.map_err(|_| incomplete())?;
    let post = FormPost::parse(&bytes, &OWN).map_err(|error| refuse(visitor, error))?;
    if belongs(visitor, &post) { Ok(post) } else { Err(visitor.trouble(FormTrouble::ForeignForm)) }
}

/// Whether a form that was sent is one of the visitor's.
pub(super) fn belongs(visitor: &impl FormGuest, post: &FormPost) -> bool {
    FormTokens::is_right(post.own(FORM_TOKEN), visitor.form_token())
}

pub(super) fn redirect(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// A hidden field.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value))
}

/// A text as part of an address.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
