//! What an entry can be found by.

use std::collections::BTreeSet;

use altinn_core::key::SecretKey;
use altinn_core::store::{FromValue, Value};
use ring::hmac;

use super::words;
use crate::entry::{EntryId, Fields};

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

    /// All entries of a party.
    pub(crate) fn party(&self, party: &str) -> Tag {
        self.tag("party", &[party])
    }

    /// All entries of a party in a service.
    pub(super) fn service_of(&self, party: &str, service: &str) -> Tag {
        self.tag("service", &[party, service])
    }

    /// All entries of a party with a label.
    pub(super) fn label_of(&self, party: &str, name: &str, value: &str) -> Tag {
        self.tag("label", &[party, name, value])
    }

    /// All entries of a party in whose title a word begins so.
    pub(super) fn word_of(&self, party: &str, beginning: &str) -> Tag {
        self.tag("word", &[party, beginning])
    }

    /// All entries that concern somebody, as party or as actor.
    pub(crate) fn person(&self, id: &str) -> Tag {
        self.tag("person", &[id])
    }

    /// All entries of a service.
    pub(crate) fn service(&self, service: &str) -> Tag {
        self.tag("service of all", &[service])
    }

    /// All entries of a service and an archive class.
    pub(crate) fn class(&self, service: &str, class: &str) -> Tag {
        self.tag("class", &[service, class])
    }

    /// One entry alone.
    pub(crate) fn entry(&self, entry: EntryId) -> Tag {
        self.tag("entry", &[&entry.to_string()])
    }

    /// Everything that an entry is found by.
    pub(crate) fn of_entry(&self, fields: &Fields) -> BTreeSet<Tag> {
        let (party, actor) = (fields.party.expose().0, fields.actor.expose().0);
        let labels = fields.labels.iter().map(|(name, value)| self.label_of(party, name, value));
        let words = words::beginnings(&fields.title);
        let words = words.iter().map(|word| self.word_of(party, word));
        let others = [
            self.party(party),
            self.service_of(party, &fields.service),
            self.person(party),
            self.person(actor),
            self.service(&fields.service),
            self.class(&fields.service, &fields.class),
        ];
        labels.chain(words).chain(others).collect()
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
