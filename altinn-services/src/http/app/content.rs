//! The content of an element: in the format and the part that was asked for.

use axum::body::Bytes;
use axum::http::header::{
    ACCEPT, ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, RANGE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::content_disposition::attachment;
use crate::definition::DataType;
use crate::form::FormFormat;
use crate::http::condition::etag;
use crate::http::error::ApiError;
use crate::http::range::{Part, part_of};
use crate::submission::{DataElement, Instance, Service};

const JSON: &str = "application/json";
const XML: &str = "application/xml";

/// Answers with what an element holds; a form in its usual format unless another is asked for.
pub(in crate::http) fn content(
    element: &DataElement,
    instance: &Instance,
    service: &Service,
    asked: &HeaderMap,
    usual: FormFormat,
) -> Result<Response, ApiError> {
    let data_type = service.definition().metadata().data_type(element.data_type());
    if data_type.is_some_and(DataType::is_form) {
        // Nobody who says nothing is refused for a form that is no XML.
        let is_xml =
            usual == FormFormat::Xml && service.definition().xml_model(element.data_type()).is_some();
        let format = format_of(asked, if is_xml { XML } else { JSON })?;
        return form(element, instance, service, format);
    }
    let name = element.file_name().unwrap_or(element.data_type());
    let mut response = part(element.content(), asked)?;
    let headers = response.headers_mut();
    let kept = HeaderValue::from_str(element.content_type());
    headers.insert(CONTENT_TYPE, kept.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(CONTENT_DISPOSITION, attachment(name));
    headers.insert(ETAG, etag(instance.version()));
    Ok(response)
}

/// A form: JSON or XML.
fn form(
    element: &DataElement,
    instance: &Instance,
    service: &Service,
    content_type: &'static str,
) -> Result<Response, ApiError> {
    let bytes = service.write_form(element, content_type)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (ETAG, etag(instance.version())),
        (VARY, HeaderValue::from_static("accept")),
    ];
    Ok((headers, bytes).into_response())
}

/// The format that `Accept` prefers, of the two that there are; the usual one where it does not say.
fn format_of(asked: &HeaderMap, usual: &'static str) -> Result<&'static str, ApiError> {
    let accepted = asked.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    for range in accepted.split(',') {
        match range.split(';').next().unwrap_or_default().trim() {
            "application/xml" | "text/xml" => return Ok(XML),
            "application/json" => return Ok(JSON),
            "application/*" | "*/*" | "" => return Ok(usual),
            _ => {}
        }
    }
    Err(ApiError::new("HTTP-ACCEPT", "a form is `application/json` or `application/xml`"))
}

/// The whole of a content, or the part that `Range` asks for.
fn part(content: &[u8], asked: &HeaderMap) -> Result<Response, ApiError> {
    let accepts = (ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    match part_of(asked.get(RANGE), content.len() as u64)? {
        Part::Whole => Ok(([accepts], Bytes::copy_from_slice(content)).into_response()),
        Part::Of { first, last, range } => {
            let bounds = usize::try_from(first).ok().zip(usize::try_from(last).ok());
            let piece = bounds.and_then(|(first, last)| content.get(first..=last)).unwrap_or_default();
            let headers = [accepts, (CONTENT_RANGE, range)];
            Ok((StatusCode::PARTIAL_CONTENT, headers, Bytes::copy_from_slice(piece)).into_response())
        }
    }
}
