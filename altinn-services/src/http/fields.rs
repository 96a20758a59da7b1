//! Multipart bodies: fields that are put together as JSON would have them, and files that follow as they come.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Api;
use super::body::{is_json, read_json};
use super::error::ApiError;

/// The most fields that are read.
const MOST_FIELDS: usize = 10_000;

/// The most steps of a path.
const MOST_STEPS: usize = 8;

/// What is known of fields beside their paths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The field that may have all of them in JSON. Any other that comes as JSON is put where its name says.
    pub(super) whole: Option<&'static str>,
    /// Fields that are lists of texts.
    pub(super) lists: &'static [&'static str],
    /// Fields that are true or false.
    pub(super) truths: &'static [&'static str],
}

/// The fields that came one by one.
pub(super) struct Fields {
    shape: Shape,
    value: Value,
    fields: usize,
    bytes: usize,
}

/// The parts of a body.
pub(super) async fn parts(request: Request, api: &Api) -> Result<Multipart, ApiError> {
    let parts = Multipart::from_request(request, api).await;
    parts.map_err(|_| ApiError::new("HTTP-CONTENT-TYPE", "the body must be `multipart/form-data`"))
}

impl Fields {
    pub(super) fn new(shape: Shape) -> Self {
        Self { shape, value: Value::Null, fields: 0, bytes: 0 }
    }

    /// Takes a field where its name says.
    pub(super) async fn take(&mut self, api: &Api, mut part: Field<'_>) -> Result<(), ApiError> {
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
        if self.shape.whole == Some(name.as_str()) && (content_type.is_empty() || is_json(&content_type)) {
            self.value = read_json(&bytes, api.limits().depth)?;
            return Ok(());
        }
        let put = if is_json(&content_type) {
            put_json(&mut self.value, &name, read_json(&bytes, api.limits().depth)?)
        } else {
            let text = String::from_utf8(bytes).map_err(|_| multipart("a field is no text in UTF-8"))?;
            put(&mut self.value, &name, text, self.shape)
        };
        put.ok_or_else(|| multipart("the name of a field is no path"))
    }

    /// All of them, as one.
    pub(super) fn read<T: DeserializeOwned>(self, api: &Api) -> Result<T, ApiError> {
        let bytes = serde_json::to_vec(&self.value).map_err(|error| ApiError::new("INTERNAL", error))?;
        read_json(&bytes, api.limits().depth)
    }
}

/// The place that the path of a field names, and whether it is one of a list: `Correspondence.Content.MessageTitle`,
/// `Recipients[0]`, `PropertyList[case]`.
fn place<'v>(value: &'v mut Value, path: &str) -> Option<(&'v mut Value, String, bool)> {
    let (mut at, mut last, mut is_item) = (value, String::new(), false);
    for (steps, step) in path.split('.').enumerate() {
        if steps == MOST_STEPS {
            return None;
        }
        let (name, rest) = step.split_once('[').map_or((step, None), |(name, rest)| (name, Some(rest)));
        let name = small(name)?;
        at = field(at, &name)?;
        if let Some(rest) = rest {
            let key = rest.strip_suffix(']')?;
            at = match key.parse() {
                Ok(index) => item(at, index)?,
                Err(_) => field(at, key)?,
            };
        }
        (last, is_item) = (name, rest.is_some());
    }
    Some((at, last, is_item))
}

fn field<'v>(at: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    if at.is_null() {
        *at = Value::Object(Map::new());
    }
    Some(at.as_object_mut()?.entry(name).or_insert(Value::Null))
}

fn item(at: &mut Value, index: usize) -> Option<&mut Value> {
    if at.is_null() {
        *at = Value::Array(Vec::new());
    }
    let items = at.as_array_mut()?;
    if index == items.len() {
        items.push(Value::Null);
    }
    items.get_mut(index)
}

/// Puts a text where the path of a field says.
fn put(value: &mut Value, path: &str, text: String, shape: Shape) -> Option<()> {
    let (at, last, is_item) = place(value, path)?;
    let read = match text.to_ascii_lowercase().as_str() {
        truth @ ("true" | "false") if shape.truths.contains(&last.as_str()) => Value::Bool(truth == "true"),
        _ => Value::String(text),
    };
    // The same name again is the next of a list.
    let is_list = shape.lists.contains(&last.as_str()) && !is_item;
    match at {
        at @ Value::Null if is_list => *at = Value::Array(vec![read]),
        Value::Array(items) if is_list => items.push(read),
        at @ Value::Null => *at = read,
        _ => return None,
    }
    Some(())
}

/// Puts JSON where the path of a field says, and nothing stands yet.
fn put_json(value: &mut Value, path: &str, json: Value) -> Option<()> {
    let (at, ..) = place(value, path)?;
    at.is_null().then(|| *at = json)
}

/// The name of a field, as JSON has it.
fn small(name: &str) -> Option<String> {
    let mut letters = name.chars();
    let first = letters.next()?.to_ascii_lowercase();
    let name: String = std::iter::once(first).chain(letters).collect();
    Some(if name == "linkUrl" { "linkURL".to_owned() } else { name })
}

/// What comes next of a body, unless nothing comes for too long.
pub(super) async fn in_time<T>(
    api: &Api,
    next: impl Future<Output = Result<T, MultipartError>>,
) -> Result<T, ApiError> {
    match tokio::time::timeout(api.limits().time, next).await {
        Ok(Ok(part)) => Ok(part),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(ApiError::new("HTTP-BODY-TOO-LARGE", "the body is larger than what is taken"))
        }
        Ok(Err(_)) => Err(multipart("the parts of the body cannot be told apart")),
        Err(_) => Err(multipart("nothing came for too long")),
    }
}

/// What is wrong with the parts of a body.
pub(super) fn multipart(text: impl std::fmt::Display) -> ApiError {
    ApiError::new("HTTP-MULTIPART", text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::json;

    use super::*;

    const SHAPE: Shape =
        Shape { whole: Some("request"), lists: &["recipients"], truths: &["isConfirmationNeeded"] };

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
            ("PropertyList[case]", "4711"),
        ] {
            put(&mut value, path, text.to_owned(), SHAPE).unwrap();
        }
        let correspondence = json!({
            "resourceId": "a/b", "content": {"messageTitle": "true"}, "isConfirmationNeeded": true,
            "replyOptions": [{"linkURL": "https://a"}],
        });
        assert_eq!(
            value,
            json!({"correspondence": correspondence, "recipients": ["x", "y"], "propertyList": {"case": "4711"}})
        );
        let deep = "a.".repeat(100_000) + "a";
        assert_eq!(put(&mut value, &deep, String::new(), SHAPE), None);
        for path in ["", "Recipients[7]", "Recipients[x]", "Correspondence", "Recipients.A", "a..b"] {
            assert_eq!(put(&mut value, path, String::new(), SHAPE), None, "{path}");
        }
    }
}
