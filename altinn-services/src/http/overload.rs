//! No more at once than can be done, and no call for ever.

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Api;
use super::error::ApiError;

/// Refuses a call at once when as many as may be are worked on, rather than letting all of them wait; and ends one that
/// takes too long. What that had committed by then stays.
pub(super) async fn within_limits(api: &Api, request: Request, next: Next) -> Response {
    let Ok(_permit) = api.at_once().try_acquire() else {
        return ApiError::new("HTTP-OVERLOAD", "too many calls at once: come again").into_response();
    };
    if is_streamed(&request) {
        return next.run(request).await;
    }
    match tokio::time::timeout(api.limits().time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new("HTTP-TIME", "the call took too long: come again").into_response(),
    }
}

/// Takes a larger body than others, and refuses it when as many as may be are taken at once: each is held in memory while it
/// comes.
pub(super) async fn large_bodies(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let Ok(_permit) = api.uploads().try_acquire() else {
        return ApiError::new("HTTP-OVERLOAD", "too many files at once: come again").into_response();
    };
    DefaultBodyLimit::max(api.limits().upload).apply(&mut request);
    next.run(request).await
}

/// Whether a call takes a file as it comes, which may be for hours: it ends when nothing comes for too long.
fn is_streamed(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    (route.contains("/filetransfer/") && (route.ends_with("/upload") || route.ends_with("/tus")))
        || route.ends_with("/correspondence/upload")
        || route.ends_with("/attachment/{attachmentId}/upload")
}
