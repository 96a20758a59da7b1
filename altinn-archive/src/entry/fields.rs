//! The fields of an entry.

use std::collections::BTreeMap;
use std::fmt;

use altinn_core::Digest;
use altinn_core::{AuthenticationLevel, Text};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::field::Opening;
use super::participant::Participant;
use super::salt::{NoRandomNumbers, Salt, SaltSource};

/// What an archived entry says. Title, labels and participants may be personal data and do not show in its `Debug`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Fields {
    /// The service that the entry comes from, such as `ttd/bakery-licence`.
    pub service: String,
    /// When the entry was made.
    pub time: DateTime<Utc>,
    /// Whose entry it is (avgiver).
    pub party: Participant,
    /// Who made it.
    pub actor: Participant,
    /// How surely the actor was who they said.
    pub level: AuthenticationLevel,
    /// What the entry is called.
    pub title: Text,
    /// The archive class (arkivklasse), by which rules of retention go; `default` unless the service says otherwise.
    pub class: String,
    /// What the service notes about it; a receipt does not show them.
    pub labels: BTreeMap<String, String>,
    /// The data elements, in their order.
    pub elements: Vec<Element>,
}

/// A data element of an archived entry. The name of its file may be personal and does not show in its `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Element {
    /// The name, which no other element of the entry has.
    pub name: String,
    /// The data type in the service's definition.
    pub data_type: String,
    /// The media type, such as `application/pdf`.
    pub content_type: String,
    /// The name of the file, when it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The number of bytes.
    pub size: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Digest,
}

/// The names of the fields that stand before the elements, in their order.
const NAMES: [&str; 8] = ["service", "time", "party", "actor", "level", "title", "class", "labels"];

/// The name of the field of every element.
const ELEMENT: &str = "element";

/// The field that a receipt does not show.
pub(crate) const LABELS: &str = "labels";

impl Fields {
    /// The fields with a salt each.
    pub(crate) fn open(&self, salts: &dyn SaltSource) -> Result<Vec<Opening>, NoRandomNumbers> {
        let time = self.time.to_rfc3339_opts(SecondsFormat::Micros, true);
        let values = [
            json!(self.service),
            json!(time),
            json!(self.party),
            json!(self.actor),
            json!(self.level),
            json!(self.title),
            json!(self.class),
            json!(self.labels),
        ];
        let elements = self.elements.iter().map(|element| (ELEMENT, json!(element)));
        let named: Vec<_> = NAMES.into_iter().zip(values).chain(elements).collect();
        let salts = Salt::many(named.len(), salts)?;
        let open =
            |((name, value), salt): ((&str, Value), Salt)| Opening { name: name.to_owned(), salt, value };
        Ok(named.into_iter().zip(salts).map(open).collect())
    }

    /// The fields from their openings; the field that is wrong or missing otherwise. Without labels when those are
    /// hidden.
    pub(crate) fn from_openings<'a>(
        openings: impl IntoIterator<Item = &'a Opening>,
    ) -> Result<Self, &'static str> {
        let mut named: BTreeMap<&str, &Value> = BTreeMap::new();
        let mut elements: Vec<Element> = Vec::new();
        for opening in openings {
            match NAMES.iter().find(|name| **name == opening.name) {
                Some(name) if named.insert(name, &opening.value).is_none() => {}
                Some(name) => return Err(name),
                None if opening.name == ELEMENT => elements.push(decode(&opening.value).ok_or(ELEMENT)?),
                None => return Err("unknown"),
            }
        }
        let value = |name: &'static str| named.get(name).copied().ok_or(name);
        let duplicate = |(place, element): (usize, &Element)| {
            elements.iter().take(place).any(|other| other.name == element.name)
        };
        if elements.iter().enumerate().any(duplicate) {
            return Err(ELEMENT);
        }
        Ok(Self {
            service: read(value, "service")?,
            time: read(value, "time")?,
            party: read(value, "party")?,
            actor: read(value, "actor")?,
            level: read(value, "level")?,
            title: read(value, "title")?,
            class: read(value, "class")?,
            labels: value(LABELS).map_or(Some(BTreeMap::new()), decode).ok_or(LABELS)?,
            elements,
        })
    }

    /// The data type of the element that a field is; none of another field.
    pub(crate) fn data_type_of(opening: &Opening) -> Option<&str> {
        (opening.name == ELEMENT).then(|| opening.value.get("dataType")?.as_str()).flatten()
    }

    /// The element of this name.
    pub fn element(&self, name: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.name == name)
    }
}

fn read<'a, T: DeserializeOwned>(
    value: impl Fn(&'static str) -> Result<&'a Value, &'static str>,
    name: &'static str,
) -> Result<T, &'static str> {
    decode(value(name)?).ok_or(name)
}

fn decode<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields")
            .field("service", &self.service)
            .field("time", &self.time)
            .field("level", &self.level)
            .field("elements", &self.elements.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Element")
            .field("name", &self.name)
            .field("data_type", &self.data_type)
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
