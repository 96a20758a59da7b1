//! The attributes that a compiled policy looks at, by number.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::model::{Designator, Selector};
use super::super::{DataType, name};

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

/// The attributes of a policy, numbered in the order they were met.
#[derive(Debug, Default)]
pub(crate) struct AttributeTable {
    keys: Vec<AttributeKey>,
    /// The numbers, sorted by the attribute's name.
    by_name: Vec<u32>,
    /// The attributes that the time of the decision can supply.
    pub(crate) of_clock: Vec<u32>,
}

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
        let keys: Vec<AttributeKey> = numbered.into_iter().map(|(key, _)| key).collect();
        let numbers = || keys.iter().zip(0_u32..);
        let mut by_name: Vec<(&AttributeKey, u32)> = numbers().collect();
        by_name.sort_by(|(a, _), (b, _)| name_order((&a.id, &a.category), (&b.id, &b.category)));
        let by_name = by_name.into_iter().map(|(_, number)| number).collect();
        let of_clock = numbers().filter(|(key, _)| is_of_clock(key)).map(|(_, number)| number).collect();
        AttributeTable { keys, by_name, of_clock }
    }
}

impl AttributeTable {
    pub(crate) fn has_selectors(&self) -> bool {
        self.keys.iter().any(|key| key.selector.is_some())
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn key(&self, number: u32) -> Option<&AttributeKey> {
        usize::try_from(number).ok().and_then(|index| self.keys.get(index))
    }

    /// The numbers of the attributes with this id and category; they differ in type or issuer.
    pub(crate) fn named<'a>(
        &'a self,
        category: &'a str,
        id: &'a str,
    ) -> impl Iterator<Item = (u32, &'a AttributeKey)> {
        let order = move |number: &u32| {
            self.key(*number)
                .map_or(Ordering::Less, |key| name_order((&key.id, &key.category), (id, category)))
        };
        let start = self.by_name.partition_point(|number| order(number) == Ordering::Less);
        let from_start = self.by_name.get(start..).unwrap_or(&[]);
        from_start
            .iter()
            .take_while(move |number| order(number) == Ordering::Equal)
            .filter_map(|number| Some((*number, self.key(*number)?)))
    }
}

/// An order of names that mostly needs to compare lengths only.
fn name_order((a_id, a_category): (&str, &str), (b_id, b_category): (&str, &str)) -> Ordering {
    let lengths = (a_id.len(), a_category.len()).cmp(&(b_id.len(), b_category.len()));
    lengths.then_with(|| a_id.cmp(b_id)).then_with(|| a_category.cmp(b_category))
}

fn is_of_clock(key: &AttributeKey) -> bool {
    let expected = match &*key.id {
        name::CURRENT_TIME => DataType::Time,
        name::CURRENT_DATE => DataType::Date,
        name::CURRENT_DATE_TIME => DataType::DateTime,
        _ => return false,
    };
    &*key.category == name::ENVIRONMENT && key.data_type == expected && key.issuer.is_none()
}
