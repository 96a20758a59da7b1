//! Cookies: random ids that only this origin gets back.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The session. `__Host-` binds it to this origin over TLS (or to this machine).
pub(super) const SESSION: &str = "__Host-altinn-session";
/// The browser, while somebody logs in: an answer that was begun elsewhere does not end here.
pub(super) const BROWSER: &str = "__Host-altinn-login";

/// The value of a cookie that is one of ours: 43 characters of base64url.
pub(super) fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == name)?;
    let is_ours = value.len() == 43
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_ours.then_some(value)
}

/// A cookie for so many seconds; `Lax`, since the issuer sends people back from another site.
pub(super) fn set(name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// The same cookie, taken back.
pub(super) fn clear(name: &str) -> String {
    set(name, "", 0)
}
