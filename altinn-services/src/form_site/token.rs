//! Forms are the portal's own: each carries a token that only its visitor's browser is given.

use altinn_core::Digest;
use altinn_core::key::{KeyError, SecretKey};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The field that carries the token.
pub const FORM_TOKEN: &str = "form_token";

/// The session, as the login names its cookie.
const SESSION: &str = "__Host-altinn-session=";

/// Makes the tokens of forms: a keyed digest of the session's cookie, so that a token ends with its session.
#[derive(Debug)]
pub struct FormTokens(SecretKey);

impl FormTokens {
    /// With a new key; forms that were shown under another are refused.
    ///
    /// # Errors
    /// [`KeyError`] when the machine gives no random bytes.
    pub fn new() -> Result<Self, KeyError> {
        Ok(Self(SecretKey::generate()?))
    }

    /// The token for whoever sent these headers. Cookies of the login have one length, so that no two of them meet in it.
    pub fn token_of(&self, headers: &HeaderMap) -> String {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).map(str::trim);
        let session = pairs.find_map(|pair| pair.strip_prefix(SESSION)).unwrap_or_default();
        let key = self.0.expose().as_slice();
        let inner = Digest::of(&[key, session.as_bytes()].concat());
        let outer = Digest::of(&[key, inner.as_bytes()].concat());
        URL_SAFE_NO_PAD.encode(outer.as_bytes())
    }

    /// Whether a form's token is the right one. Digests are compared, so that the time it takes tells nothing of the token.
    pub fn is_right(found: &str, right: &str) -> bool {
        Digest::of(found.as_bytes()) == Digest::of(right.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn another_session_or_another_key_has_another_token() {
        let headers = |cookie: &'static str| HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())]);
        let tokens = FormTokens(SecretKey::from_bytes([1; 32]));
        let token = tokens.token_of(&headers("language=nn; __Host-altinn-session=abc"));
        let same = tokens.token_of(&headers("__Host-altinn-session=abc; party=1"));
        assert!(FormTokens::is_right(&token, &same));
        assert!(!FormTokens::is_right(&token, &tokens.token_of(&headers("__Host-altinn-session=abd"))));
        let others = FormTokens(SecretKey::from_bytes([2; 32]));
        assert!(!FormTokens::is_right(&token, &others.token_of(&headers("__Host-altinn-session=abc"))));
    }
}
