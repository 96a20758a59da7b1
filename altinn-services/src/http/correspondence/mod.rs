//! Correspondence (melding), as Altinn 3 Melding takes and gives it.

mod answer;
mod at;
mod attachment;
mod form;
mod forward;
mod initialize;
mod list;
mod mailings;
mod notification;
mod overview;
mod receive;
mod reply;
mod request;
mod shared;
mod zipped;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};
use crate::correspondence::{AttachmentRefusal, CorrespondenceError, ForwardingRefusal, Refusal};
use crate::http::error::ApiError;

/// The correspondence API: messages with their files sent to one or many, listed, looked at, read, confirmed, forwarded, put
/// away and deleted; under `/v1` answers that are taken, receipts, and how mailings stand.
pub fn correspondence(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    // Files are never held in memory: what they may be at most is the service's to say.
    let streams = OpenApiRouter::new()
        .routes(routes!(form::upload))
        .routes(routes!(shared::upload))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(streams)
        .routes(routes!(initialize::initialize, list::list))
        .routes(routes!(overview::overview))
        .routes(routes!(overview::details))
        .routes(routes!(overview::content))
        .routes(routes!(receive::mark_as_read))
        .routes(routes!(receive::confirm))
        .routes(routes!(receive::archive))
        .routes(routes!(forward::forward))
        .routes(routes!(forward::check))
        .routes(routes!(receive::purge))
        .routes(routes!(attachment::fetch))
        .routes(routes!(zipped::fetch_all))
        .routes(routes!(reply::reply))
        .routes(routes!(reply::evidence))
        .routes(routes!(mailings::stuck))
        .routes(routes!(mailings::mailing))
        .routes(routes!(mailings::recipients))
        .routes(routes!(mailings::redrive))
        .routes(routes!(shared::initialize))
        .routes(routes!(shared::overview, shared::purge))
        .routes(routes!(shared::details))
        .routes(routes!(shared::download))
}

impl From<CorrespondenceError> for ApiError {
    fn from(error: CorrespondenceError) -> Self {
        let number = number_of(&error);
        let answer = match error {
            CorrespondenceError::Access(error) => return error.into(),
            CorrespondenceError::Invalid(faults) => {
                let code = CorrespondenceError::Invalid(Vec::new()).code();
                let told = faults.into_iter().map(|fault| {
                    let place = fault.position.map(|position| format!("{position}: ")).unwrap_or_default();
                    let detail = format!("{place}{}", fault.code);
                    altinn_core::ValidationError::new(fault.code.code(), detail).at(fault.path)
                });
                Self::with_faults(code, told.collect())
            }
            error => Self::new(error.code(), &error),
        };
        match number {
            Some(number) => answer.with_number(number),
            None => answer,
        }
    }
}

/// Altinn's number of an error, where it has one.
fn number_of(error: &CorrespondenceError) -> Option<u32> {
    match error {
        CorrespondenceError::NotFound => Some(1001),
        CorrespondenceError::Nothing(_) => Some(2001),
        CorrespondenceError::Attachment { reason } => match reason {
            AttachmentRefusal::Uploaded => Some(2003),
            AttachmentRefusal::Size => Some(2004),
            AttachmentRefusal::Linked => Some(2007),
            AttachmentRefusal::Checksum => Some(2008),
            AttachmentRefusal::BrokenOff | AttachmentRefusal::Together => None,
        },
        CorrespondenceError::Forwarding { reason } => Some(match reason {
            ForwardingRefusal::NotAllowed => 1063,
            ForwardingRefusal::Repeated => 1064,
            ForwardingRefusal::TextTooLong => 1066,
            ForwardingRefusal::TextNotPlain => 1067,
            ForwardingRefusal::Level => 1068,
            ForwardingRefusal::FilesTooLarge => 1069,
            ForwardingRefusal::Address => 3011,
        }),
        CorrespondenceError::Refused(refusal) => match refusal {
            Refusal::NoLongerWithdrawn => Some(1013),
            Refusal::Purged => Some(1014),
            Refusal::NotFetched => Some(1024),
            Refusal::ConfirmationNeeded => Some(1026),
            Refusal::Reserved => Some(1030),
            Refusal::AlreadyRead => Some(1040),
            Refusal::AlreadyConfirmed => Some(1041),
            _ => None,
        },
        _ => None,
    }
}

/// What somebody who wants to do something with a correspondence that is deleted is answered with; who only looks is told
/// that there is none.
fn done(error: CorrespondenceError) -> ApiError {
    match error {
        CorrespondenceError::Refused(Refusal::Purged) => {
            let text = Refusal::Purged.to_string();
            ApiError::with_status(StatusCode::BAD_REQUEST, Refusal::Purged.code())
                .saying(text)
                .with_number(1014)
        }
        error => error.into(),
    }
}
