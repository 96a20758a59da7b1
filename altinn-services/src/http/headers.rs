//! What every answer tells its reader's browser and those between.

use std::sync::LazyLock;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// With room for what most answers say themselves.
static DEFAULTS: LazyLock<HeaderMap> = LazyLock::new(|| {
    let mut headers = HeaderMap::with_capacity(12);
    headers.extend([
        // An answer that nothing else is said of may be personal: nobody keeps it.
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
        ),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    ]);
    headers
});

/// Adds what an answer does not say itself.
pub(super) fn add_to(headers: &mut HeaderMap) {
    // What it says goes into a map that has the room, rather than each default into one that must grow for it.
    let own = std::mem::replace(headers, DEFAULTS.clone());
    headers.extend(own);
}
