//! An instance with its forms and files, in one multipart body.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use utoipa::ToSchema;

use super::instantiation::{Begun, InstanceTemplate};
use crate::form::FormLimits;
use crate::http::Api;
use crate::http::body::{is_json, read_json};
use crate::http::error::ApiError;
use crate::submission::{Attachment, Service};

/// The parts of a body that an instance begins with: `instance`, and one for each form or file, named by its data type.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it describes a body that is read part by part")]
pub(super) struct InstanceForm {
    /// Whom it is of.
    instance: Option<InstanceTemplate>,
}

/// The most parts that are read.
const MOST_PARTS: usize = 64;

/// Reads the parts.
pub(super) async fn read(mut parts: Multipart, service: &Service, api: &Api) -> Result<Begun, ApiError> {
    let mut begun = Begun::default();
    let mut count = 0;
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        count += 1;
        if count > MOST_PARTS {
            return Err(ApiError::new(
                "HTTP-MULTIPART",
                format!("the body has more than {MOST_PARTS} parts"),
            ));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let file_name = part.file_name().unwrap_or(name.as_str()).to_owned();
        let content = part.bytes().await.map_err(broken)?;
        if name == "instance" {
            if !is_json(&content_type) {
                return Err(ApiError::new("HTTP-MULTIPART", "the part `instance` must be JSON"));
            }
            let template = Begun::from(read_json::<InstanceTemplate>(&content, api.limits().depth)?);
            begun = Begun { forms: begun.forms, attachments: begun.attachments, ..template };
            continue;
        }
        let data_type = service.definition().metadata().data_type(&name);
        let data_type =
            data_type.ok_or_else(|| ApiError::new("HTTP-MULTIPART", "a part is named by no data type"))?;
        if data_type.is_form() {
            let form = service.read_form(&name, &content_type, &content, FormLimits::default())?;
            begun.forms.push((name, form));
        } else {
            begun.attachments.push((name, Attachment { file_name, content_type, content: content.to_vec() }));
        }
    }
    Ok(begun)
}

fn broken(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new("HTTP-BODY-TOO-LARGE", "the body is larger than what is taken");
    }
    ApiError::new("HTTP-MULTIPART", "the parts of the body cannot be told apart")
}
