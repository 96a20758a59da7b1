//! Receipts of the archive.

use altinn_archive::ReceiptState;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

/// A receipt: proved (200), or the log's signed promise of it (202), which the same call soon turns into the proved one.
pub(super) fn receipt(state: ReceiptState) -> Response {
    let (status, text) = match state {
        ReceiptState::Proved(receipt) => (StatusCode::OK, receipt.to_json()),
        ReceiptState::Promised(promise) => (StatusCode::ACCEPTED, promise.to_json()),
    };
    (status, [(CONTENT_TYPE, "application/json")], text).into_response()
}
