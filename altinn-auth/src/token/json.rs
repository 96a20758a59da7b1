//! JSON that says nothing twice.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// Whether it is a JSON object in which no name stands twice: what two readers could read in two ways is refused
/// (RFC 7515, section 4; RFC 7519, section 4).
pub(crate) fn without_duplicates(json: &[u8]) -> bool {
    serde_json::from_slice::<DistinctNames>(json).is_ok()
}

struct DistinctNames;

impl<'de> Deserialize<'de> for DistinctNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamesVisitor)
    }
}

struct NamesVisitor;

/// More names than any token has.
const MAX_NAMES: usize = 256;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = DistinctNames;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object whose names are distinct")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DistinctNames, A::Error> {
        let mut names: Vec<Cow<'de, str>> = Vec::with_capacity(16);
        while let Some(Name(name)) = map.next_key()? {
            if names.len() >= MAX_NAMES || names.contains(&name) {
                return Err(A::Error::custom("too many names, or one that stands there twice"));
            }
            names.push(name);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(DistinctNames)
    }
}

/// A name that is not copied unless it is written with escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::without_duplicates;

    #[test]
    fn a_name_counts_once_however_it_is_written() {
        assert!(without_duplicates(br#"{"a": 1, "b": {"a": 2}}"#));
        assert!(without_duplicates(b"{}"));
        assert!(!without_duplicates(br#"{"a": 1, "b": 2, "a": 1}"#));
        assert!(!without_duplicates(br#"{"iss": 1, "\u0069ss": 2}"#));
        for other in ["", "[]", "null", "{", "{} {}"] {
            assert!(!without_duplicates(other.as_bytes()), "{other}");
        }
    }
}
