//! ID tokens in the store: sealed under the browser's own cookie, which the store does not know.

use altinn_core::key::KeyError;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

/// Seals an ID token. Each cookie is random and seals one token, so the nonce need not change.
pub(super) fn seal(cookie: &str, id_token: &str) -> Result<Vec<u8>, KeyError> {
    let mut sealed = id_token.as_bytes().to_vec();
    let key = key(cookie).ok_or(KeyError::NoRandomness)?;
    key.seal_in_place_append_tag(nonce(), Aad::empty(), &mut sealed).map_err(|_| KeyError::NoRandomness)?;
    Ok(sealed)
}

/// The ID token; none when it was sealed under another cookie.
pub(super) fn open(cookie: &str, mut sealed: Vec<u8>) -> Option<String> {
    let opened = key(cookie)?.open_in_place(nonce(), Aad::empty(), &mut sealed).ok()?;
    String::from_utf8(opened.to_vec()).ok()
}

fn key(cookie: &str) -> Option<LessSafeKey> {
    let secret = Salt::new(HKDF_SHA256, b"altinn-auth session").extract(cookie.as_bytes());
    let key = secret.expand(&[b"id token"], &AES_256_GCM).ok()?;
    Some(LessSafeKey::new(UnboundKey::from(key)))
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use super::{open, seal};

    #[test]
    fn a_sealed_token_opens_with_its_own_cookie_alone() {
        let sealed = seal("cookie", "a.b.c").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"a.b.c"));
        assert_eq!(open("cookie", sealed.clone()).as_deref(), Some("a.b.c"));
        assert_eq!(open("other", sealed), None);
    }
}
