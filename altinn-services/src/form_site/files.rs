//! Files of a form: taken with the page that they are chosen on, and given.

use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Path, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use uuid::Uuid;

use super::answer::{OWN, belongs, open, posted, refuse};
use super::receipt::download as kept;
use super::refused::words;
use super::visitor::{FormTrouble, FormVisitor};
use crate::form::{Issue, IssueCode, wording};
use crate::form_page::{FormPost, HtmlForm, MAX_POST_BYTES, Press};
use crate::submission::{Attachment, Instance, SubmissionError};

/// The most bytes of the files of a page.
const MAX_FILE_BYTES: usize = 20 * 1024 * 1024;
/// The most bytes of a page with files: these, the fields beside them, and what stands between.
pub(super) const MAX_BODY_BYTES: usize = MAX_FILE_BYTES + MAX_POST_BYTES + 64 * 1024;
/// The most fields and files of a page.
const MAX_PARTS: usize = 20_000;

/// A page that was sent.
pub(super) struct SentPage {
    /// What was filled in.
    pub(super) post: FormPost,
    /// The files that were chosen, by data type.
    files: Vec<(String, Attachment)>,
}

/// A page that somebody sent, with files or without, if it is one of theirs.
pub(super) async fn sent_page(visitor: &impl FormVisitor, request: Request) -> Result<SentPage, Response> {
    if !is_multipart(&request) {
        let post = posted(visitor, request.into_body()).await?;
        return Ok(SentPage { post, files: Vec::new() });
    }
    let words = words(visitor);
    let wrong = |text: &str| visitor.trouble(FormTrouble::Wrong(text.to_owned()));
    let form = Multipart::from_request(request, &()).await.map_err(|_| wrong(words.incomplete()))?;
    let (fields, files) = match read(form).await {
        Ok(Some(read)) => read,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Err(wrong(words.file_too_large()));
        }
        Ok(None) | Err(_) => return Err(wrong(words.incomplete())),
    };
    let post = FormPost::of_fields(fields, &OWN).map_err(|error| refuse(visitor, error))?;
    if belongs(visitor, &post) {
        Ok(SentPage { post, files })
    } else {
        Err(visitor.trouble(FormTrouble::ForeignForm))
    }
}

fn is_multipart(request: &Request<Body>) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.to_ascii_lowercase().starts_with("multipart/form-data"))
}

type Parts = (Vec<(String, String)>, Vec<(String, Attachment)>);

/// The fields and the files that were sent; none when there are too many.
async fn read(mut form: Multipart) -> Result<Option<Parts>, MultipartError> {
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await? {
        if fields.len() + files.len() >= MAX_PARTS {
            return Ok(None);
        }
        let name = field.name().unwrap_or_default().to_owned();
        match name.strip_prefix(&HtmlForm::file_field("")) {
            Some(data_type) => {
                // A field in which no file was chosen is sent without a name.
                files.extend(file(field).await?.map(|file| (data_type.to_owned(), file)));
            }
            None => fields.push((name, field.text().await?)),
        }
    }
    Ok(Some((fields, files)))
}

async fn file(field: Field<'_>) -> Result<Option<Attachment>, MultipartError> {
    let file_name = field.file_name().unwrap_or_default().to_owned();
    let content_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
    let content = field.bytes().await?.to_vec();
    Ok((!file_name.is_empty()).then_some(Attachment { file_name, content_type, content }))
}

impl SentPage {
    /// Attaches the files that were chosen. Says by data type why the service does not take those that it does not.
    pub(super) async fn attach(
        &self,
        visitor: &impl FormVisitor,
        instance: &Instance,
    ) -> Result<Vec<(String, Issue)>, SubmissionError> {
        let submissions = visitor.altinn().submissions();
        let mut refused = Vec::new();
        for (data_type, file) in &self.files {
            match submissions.attach(visitor.actor(), instance.id(), data_type, file).await {
                Ok(element) => {
                    // What it is said to be was checked with what else was filled in.
                    if let Some(tag) = self.post.tag(data_type) {
                        let tags = [tag.to_owned()];
                        submissions.set_tags(visitor.actor(), instance.id(), element, &tags).await?;
                    }
                }
                Err(SubmissionError::Invalid(issues)) => {
                    let at_list = |issue| Issue { path: String::new(), ..issue };
                    refused.extend(issues.into_iter().map(|issue| (data_type.clone(), at_list(issue))));
                }
                Err(error) => return Err(error),
            }
        }
        if let Press::Upload(data_type) = self.post.press()
            && self.files.is_empty()
        {
            let detail = wording::text("Velg en fil først.", "Vel ei fil først.", "Choose a file first.");
            refused.push((data_type.clone(), Issue::error(IssueCode::ElementMissing, "", detail)));
        }
        Ok(refused)
    }
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
