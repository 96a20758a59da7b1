//! Files of a form: taken, and given.

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::answer::{address, encoded, instance_id, open, redirect, refuse};
use super::receipt::download as kept;
use super::refused::words;
use super::token::{FORM_TOKEN, FormTokens};
use super::visitor::{FormTrouble, FormVisitor};
use crate::submission::Attachment;

/// The most bytes of a file.
const MAX_FILE_BYTES: usize = 20 * 1024 * 1024;
/// The most bytes of a form with a file: the file, and the fields beside it.
pub(super) const MAX_BODY_BYTES: usize = MAX_FILE_BYTES + 64 * 1024;
/// The most fields.
const MAX_FIELDS: usize = 20;

/// A form with a file, whose other fields may come after it.
#[derive(Default)]
struct Sent {
    token: String,
    data_type: String,
    page: String,
    file: Option<Attachment>,
}

pub(super) async fn attach<V: FormVisitor>(
    visitor: V,
    Path(id): Path<(i64, Uuid)>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let words = words(&visitor);
    let wrong = |text: &str| visitor.trouble(FormTrouble::Wrong(text.to_owned()));
    let Ok(form) = form else { return wrong(words.incomplete()) };
    let sent = match read(form).await {
        Ok(Some(sent)) => sent,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return wrong(words.file_too_large());
        }
        Ok(None) | Err(_) => return wrong(words.incomplete()),
    };
    if !FormTokens::is_right(&sent.token, visitor.form_token()) {
        return visitor.trouble(FormTrouble::ForeignForm);
    }
    let Some(file) = sent.file else { return wrong(words.no_file()) };
    let id = instance_id(id);
    match visitor.altinn().submissions().attach(visitor.actor(), &id, &sent.data_type, &file).await {
        Ok(_) => redirect(&format!("{}?page={}", address(&id), encoded(&sent.page))),
        Err(error) => refuse(&visitor, error),
    }
}

/// What was sent; none when it has too many fields.
async fn read(mut form: Multipart) -> Result<Option<Sent>, MultipartError> {
    let (mut sent, mut fields) = (Sent::default(), 0);
    while let Some(field) = form.next_field().await? {
        fields += 1;
        if fields > MAX_FIELDS {
            return Ok(None);
        }
        match field.name().unwrap_or_default() {
            "file" => {
                let file_name = field.file_name().unwrap_or_default().to_owned();
                let content_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
                let content = field.bytes().await?.to_vec();
                sent.file =
                    (!file_name.is_empty()).then_some(Attachment { file_name, content_type, content });
            }
            FORM_TOKEN => sent.token = field.text().await?,
            "data-type" => sent.data_type = field.text().await?,
            "page" => sent.page = field.text().await?,
            _ => {}
        }
    }
    Ok(Some(sent))
}

pub(super) async fn download<V: FormVisitor>(
    visitor: V,
    Path((owner, guid, element)): Path<(i64, Uuid, Uuid)>,
) -> Response {
    let opened = match open(&visitor, (owner, guid)).await {
        Ok(opened) => opened,
        Err(error) => return refuse(&visitor, error),
    };
    let elements = opened.instance.elements().iter();
    let Some(found) = elements.into_iter().find(|found| found.id() == element) else {
        return visitor.trouble(FormTrouble::NotFound);
    };
    let name = found.file_name().unwrap_or(found.data_type());
    kept(found.content_type(), name, found.content().to_vec())
}
