//! What a receipt or a promise shows of an entry.

use std::collections::BTreeSet;

use altinn_core::Digest;

use super::error::ReceiptError;
use crate::archive::Record;
use crate::entry::{EntryId, Field, Fields, Header, LABELS, Opening};

/// What a receipt or a promise shows of an entry: enough to calculate the leaf.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) entry: EntryId,
    pub(crate) fields: Fields,
    pub(super) openings: Vec<Field>,
}

impl Statement {
    /// Shows a record with these fields, but for the labels.
    pub(crate) fn new(record: &Record, fields: Fields) -> Self {
        let show = |opening: &Opening| match opening.name.as_str() {
            LABELS => Field::hide(opening),
            _ => Field::Open(opening.clone()),
        };
        let fields = Fields { labels: Default::default(), ..fields };
        Self { entry: record.header.entry, fields, openings: record.openings.iter().map(show).collect() }
    }

    /// The same without what it says of the elements of these data types.
    pub(crate) fn without_data_types(mut self, hidden: &BTreeSet<String>) -> Self {
        let is_hidden =
            |opening: &Opening| Fields::data_type_of(opening).is_some_and(|name| hidden.contains(name));
        for field in &mut self.openings {
            if let Field::Open(opening) = field
                && is_hidden(opening)
            {
                *field = Field::hide(opening);
            }
        }
        self.fields.elements.retain(|element| !hidden.contains(&element.data_type));
        self
    }

    /// The hash of the leaf that holds all that is shown.
    pub(crate) fn leaf_hash(&self) -> Digest {
        let commitments = self.openings.iter().map(Field::commitment).collect();
        Header { entry: self.entry, commitments }.leaf_hash()
    }

    /// What a document shows.
    pub(super) fn from_parts(entry: EntryId, openings: Vec<Field>) -> Result<Self, ReceiptError> {
        let shown = openings.iter().filter_map(|field| match field {
            Field::Open(opening) => Some(opening),
            Field::Hidden(_) => None,
        });
        let fields = Fields::from_openings(shown).map_err(|name| ReceiptError::Field { name })?;
        Ok(Self { entry, fields, openings })
    }
}
