//! The headers of pages for people.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Sets the headers of a page for people: nobody keeps it, nothing in it comes from elsewhere, no page frames it, and its forms
/// lead to the portal and to these addresses alone, such as the issuer's that people log in at.
pub fn put_headers(headers: &mut HeaderMap, forms_lead_to: &[&str]) {
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        forms_lead_to.join(" ")
    );
    let mut put = |name, value: &str| {
        HeaderValue::from_str(value).into_iter().for_each(|value| drop(headers.insert(&name, value)));
    };
    put(CONTENT_SECURITY_POLICY, &policy);
    put(CACHE_CONTROL, "no-store");
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // A form of a page without a referrer would say that it comes from nowhere, and be refused.
    put(REFERRER_POLICY, "same-origin");
    put(OPENER_POLICY, "same-origin");
}
