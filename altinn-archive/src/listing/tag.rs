//! What an entry can be found by.

use altinn_core::key::SecretKey;
use altinn_core::store::{FromValue, Value};
use ring::hmac;

/// What an entry can be found by, as it stands in the index: 16 bytes that say nothing without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tag([u8; 16]);

/// Makes tags: the first half of an HMAC-SHA-256 over what is to be found.
#[derive(Debug, Clone)]
pub(crate) struct TagKey(hmac::Key);

impl TagKey {
    pub(crate) fn new(key: &SecretKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
    }

    /// The tag of parts, each with its length before it, so that no others have the same.
    fn tag(&self, kind: &str, parts: &[&str]) -> Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [kind].iter().chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut tag = [0; 16];
        tag.iter_mut().zip(context.sign().as_ref()).for_each(|(byte, signed)| *byte = *signed);
        Tag(tag)
    }

    /// Whose wrapping key it is.
    pub(crate) fn owner(&self, party: &str, class: &str) -> Tag {
        self.tag("owner", &[party, class])
    }
}

impl From<Tag> for Value {
    fn from(tag: Tag) -> Self {
        tag.0.into()
    }
}

impl FromValue for Tag {
    const NAME: &'static str = "a tag of 16 bytes";

    fn from_value(value: &Value) -> Option<Self> {
        FromValue::from_value(value).map(Self)
    }
}
