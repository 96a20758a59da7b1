//! A correspondence with its files, in one multipart body.

use altinn_archive::{ArchiveError, ContentWriter, StoredContent};
use altinn_core::{Actor, PartyId};
use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::initialize::{InitializedCorrespondences, send, sender_of};
use super::request::InitializeCorrespondences;
use crate::correspondence::{CorrespondenceService, NewAttachment, NewCorrespondence};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::body::{is_json, read_json};
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;

/// A correspondence and its files. The fields may come as one part `request` in JSON, or one by one by their path, as
/// `Correspondence.Content.MessageTitle` and `Recipients[0]`; the files come after them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes a body that is read part by part")]
pub(super) struct CorrespondenceForm {
    request: InitializeCorrespondences,
    /// The files, each with its name.
    #[schema(value_type = Vec<Vec<u8>>, required = false)]
    attachments: Vec<Vec<u8>>,
}

/// The most fields that are read.
const MOST_FIELDS: usize = 10_000;

/// Fields that are lists of texts.
const LISTS: [&str; 2] = ["existingAttachments", "recipients"];

/// Fields that are true or false.
const TRUTHS: [&str; 5] = [
    "ignoreReservation",
    "isConfidential",
    "isConfirmationNeeded",
    "overrideRegisteredContactInformation",
    "sendReminder",
];

/// Sends a correspondence with its files, streamed, to one or many. With `Idempotency-Key`, or `idempotentKey`, the same again is
/// the same correspondence.
#[utoipa::path(post, path = "/correspondence/api/v1/correspondence/upload", tag = "correspondence",
    operation_id = "uploadCorrespondences",
    params(OnBehalfOf, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body(content = CorrespondenceForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "It is sent", body = InitializedCorrespondences)))]
pub(super) async fn upload(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<InitializedCorrespondences>, ApiError> {
    let parts = Multipart::from_request(request, &api).await;
    let mut parts =
        parts.map_err(|_| ApiError::new("HTTP-CONTENT-TYPE", "the body must be `multipart/form-data`"))?;
    let (mut form, mut begun) = (Form::default(), None);
    while let Some(part) = in_time(&api, parts.next_field()).await? {
        if part.file_name().is_none() {
            if begun.is_some() {
                return Err(multipart("the fields come before the files"));
            }
            form.take(&api, part).await?;
            continue;
        }
        let mut open = match begun.take() {
            Some(open) => open,
            None => Open::begin(&api, (&actor, party), std::mem::take(&mut form), &headers).await?,
        };
        open.take(&api, part).await?;
        begun = Some(open);
    }
    let Open { service, new, files, existing } = match begun {
        Some(open) => open,
        None => Open::begin(&api, (&actor, party), form, &headers).await?,
    };
    Ok(Json(send(&api, (&actor, party), &service, &new, (files, existing)).await?))
}

/// What is to be sent, once all fields of it are known.
struct Open {
    service: CorrespondenceService,
    new: NewCorrespondence,
    /// How many files there are.
    files: usize,
    /// Those that are there already.
    existing: Vec<Uuid>,
}

impl Open {
    /// Nothing is kept of the files of somebody who may not send.
    async fn begin(
        api: &Api,
        (actor, sender): (&Actor, PartyId),
        form: Form,
        headers: &HeaderMap,
    ) -> Result<Self, ApiError> {
        let asked = form.read(api)?;
        let service = sender_of(api, &asked, sender).await?;
        api.altinn().correspondences().may_send(actor, &service, sender).await?;
        let existing = asked.existing_attachments.clone();
        let new = asked.read(key_of(headers)?, api.synthetic_numbers())?;
        Ok(Self { service, new, files: 0, existing })
    }

    async fn take(&mut self, api: &Api, part: Field<'_>) -> Result<(), ApiError> {
        if self.files >= self.service.max_attachments() {
            let text = format!("the body has more than {} files", self.service.max_attachments());
            return Err(multipart(text).with_number(1038));
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        let content = kept(api, part, self.service.max_attachment_bytes()).await?;
        self.new = self.new.clone().with_attachment(NewAttachment::new(name, content));
        self.files += 1;
        Ok(())
    }
}

/// The fields that came one by one.
#[derive(Default)]
struct Form {
    value: Value,
    fields: usize,
    bytes: usize,
}

impl Form {
    async fn take(&mut self, api: &Api, mut part: Field<'_>) -> Result<(), ApiError> {
        let name = part.name().unwrap_or_default().to_owned();
        let content_type = part.content_type().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(piece) = in_time(api, part.chunk()).await? {
            self.bytes += piece.len();
            if self.bytes > api.limits().body {
                return Err(ApiError::new("HTTP-BODY-TOO-LARGE", "the fields are larger than what is taken"));
            }
            bytes.extend_from_slice(&piece);
        }
        self.fields += 1;
        if self.fields > MOST_FIELDS {
            return Err(multipart(format!("the body has more than {MOST_FIELDS} fields")));
        }
        if name == "request" && (content_type.is_empty() || is_json(&content_type)) {
            self.value = read_json(&bytes, api.limits().depth)?;
            return Ok(());
        }
        let text = String::from_utf8(bytes).map_err(|_| multipart("a field is no text in UTF-8"))?;
        put(&mut self.value, &name, text).ok_or_else(|| multipart("the name of a field is no path"))
    }

    fn read(self, api: &Api) -> Result<InitializeCorrespondences, ApiError> {
        let bytes = serde_json::to_vec(&self.value).map_err(|error| ApiError::new("INTERNAL", error))?;
        read_json(&bytes, api.limits().depth)
    }
}

/// Puts a text where the path of a field says: `Correspondence.Content.MessageTitle`, `Recipients[0]`.
fn put(value: &mut Value, path: &str, text: String) -> Option<()> {
    let mut at = value;
    let (mut last, mut is_item) = (String::new(), false);
    for step in path.split('.') {
        let (name, rest) = step.split_once('[').map_or((step, None), |(name, rest)| (name, Some(rest)));
        let name = small(name)?;
        if at.is_null() {
            *at = Value::Object(Map::new());
        }
        at = at.as_object_mut()?.entry(name.as_str()).or_insert(Value::Null);
        if let Some(index) = rest {
            let index: usize = index.strip_suffix(']')?.parse().ok()?;
            if at.is_null() {
                *at = Value::Array(Vec::new());
            }
            let items = at.as_array_mut()?;
            if index == items.len() {
                items.push(Value::Null);
            }
            at = items.get_mut(index)?;
        }
        (last, is_item) = (name, rest.is_some());
    }
    let read = match text.to_ascii_lowercase().as_str() {
        truth @ ("true" | "false") if TRUTHS.contains(&last.as_str()) => Value::Bool(truth == "true"),
        _ => Value::String(text),
    };
    // The same name again is the next of a list.
    let is_list = LISTS.contains(&last.as_str()) && !is_item;
    match at {
        at @ Value::Null if is_list => *at = Value::Array(vec![read]),
        Value::Array(items) if is_list => items.push(read),
        at @ Value::Null => *at = read,
        _ => return None,
    }
    Some(())
}

/// The name of a field, as JSON has it.
fn small(name: &str) -> Option<String> {
    let mut letters = name.chars();
    let first = letters.next()?.to_ascii_lowercase();
    let name: String = std::iter::once(first).chain(letters).collect();
    Some(if name == "linkUrl" { "linkURL".to_owned() } else { name })
}

/// Keeps a file as it comes.
async fn kept(api: &Api, mut part: Field<'_>, limit: u64) -> Result<StoredContent, ApiError> {
    let mut writer = api.altinn().archive().content_writer()?;
    match written(api, &mut part, &mut writer, limit).await {
        Ok(()) => Ok(writer.finish().await.map_err(ArchiveError::from)?),
        Err(error) => {
            // What stays behind is removed with all that no entry names.
            drop(writer.abort().await);
            Err(error)
        }
    }
}

async fn written(
    api: &Api,
    part: &mut Field<'_>,
    writer: &mut ContentWriter,
    limit: u64,
) -> Result<(), ApiError> {
    let mut size = 0;
    while let Some(piece) = in_time(api, part.chunk()).await? {
        size += piece.len() as u64;
        if size > limit {
            return Err(ApiError::new("HTTP-BODY-TOO-LARGE", format!("a file may have {limit} bytes"))
                .with_number(2004));
        }
        writer.write(&piece).await.map_err(ArchiveError::from)?;
    }
    Ok(())
}

/// What comes next of a body, unless nothing comes for too long.
async fn in_time<T>(api: &Api, next: impl Future<Output = Result<T, MultipartError>>) -> Result<T, ApiError> {
    match tokio::time::timeout(api.limits().time, next).await {
        Ok(Ok(part)) => Ok(part),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(ApiError::new("HTTP-BODY-TOO-LARGE", "the body is larger than what is taken"))
        }
        Ok(Err(_)) => Err(multipart("the parts of the body cannot be told apart")),
        Err(_) => Err(multipart("nothing came for too long")),
    }
}

fn multipart(text: impl std::fmt::Display) -> ApiError {
    ApiError::new("HTTP-MULTIPART", text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_put_where_their_paths_say() {
        let mut value = Value::Null;
        for (path, text) in [
            ("Correspondence.ResourceId", "a/b"),
            ("correspondence.content.messageTitle", "true"),
            ("Correspondence.IsConfirmationNeeded", "True"),
            ("Correspondence.ReplyOptions[0].LinkURL", "https://a"),
            ("Recipients[0]", "x"),
            ("recipients", "y"),
        ] {
            put(&mut value, path, text.to_owned()).unwrap();
        }
        let correspondence = json!({
            "resourceId": "a/b", "content": {"messageTitle": "true"}, "isConfirmationNeeded": true,
            "replyOptions": [{"linkURL": "https://a"}],
        });
        assert_eq!(value, json!({"correspondence": correspondence, "recipients": ["x", "y"]}));
        for path in ["", "Recipients[7]", "Recipients[x]", "Correspondence", "Recipients.A", "a..b"] {
            assert_eq!(put(&mut value, path, String::new()), None, "{path}");
        }
    }
}
