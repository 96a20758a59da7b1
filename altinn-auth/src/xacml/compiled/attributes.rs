//! The attributes that a compiled policy looks at, by number.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::DataType;
use super::super::model::{Designator, Selector};

/// What identifies an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AttributeKey {
    pub(crate) category: Arc<str>,
    pub(crate) id: Arc<str>,
    pub(crate) data_type: DataType,
    pub(crate) issuer: Option<Arc<str>>,
    /// Equal paths in places where their prefixes differ are told apart by where they stand.
    pub(crate) selector: Option<SelectorKey>,
}

/// A path by its identity: no two are taken for the same.
#[derive(Debug, Clone)]
pub(crate) struct SelectorKey(pub(crate) Arc<Selector>);

impl SelectorKey {
    fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl PartialEq for SelectorKey {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}

impl Eq for SelectorKey {}

impl PartialOrd for SelectorKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SelectorKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.address().cmp(&other.address())
    }
}

/// The attributes of a policy, numbered in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct AttributeTable(Vec<AttributeKey>);

/// Collects attributes while a policy is compiled.
#[derive(Debug, Default)]
pub(super) struct AttributeNumbers(BTreeMap<AttributeKey, u32>);

impl AttributeNumbers {
    pub(super) fn number(&mut self, designator: &Designator) -> u32 {
        let key = AttributeKey {
            category: Arc::clone(&designator.category),
            id: Arc::clone(&designator.id),
            data_type: designator.data_type,
            issuer: designator.issuer.clone(),
            selector: designator.selector.clone().map(SelectorKey),
        };
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(key).or_insert(next)
    }

    pub(super) fn into_table(self) -> AttributeTable {
        let mut numbered: Vec<(AttributeKey, u32)> = self.0.into_iter().collect();
        numbered.sort_by_key(|(_, number)| *number);
        AttributeTable(numbered.into_iter().map(|(key, _)| key).collect())
    }
}

impl AttributeTable {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The attributes with this id and category; they differ in type or issuer.
    pub(crate) fn named(&self, category: &str, id: &str) -> impl Iterator<Item = &AttributeKey> {
        self.0.iter().filter(move |key| *key.id == *id && *key.category == *category)
    }

    pub(crate) fn key(&self, number: u32) -> Option<&AttributeKey> {
        usize::try_from(number).ok().and_then(|index| self.0.get(index))
    }
}
