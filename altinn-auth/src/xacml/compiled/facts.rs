//! The comparisons with texts that targets mostly consist of, answered for a whole request at once.

use std::sync::Arc;

use super::super::fingerprint::{ByFingerprint, Fingerprint};
use super::super::model::Designator;
use super::super::request::RequestAttribute;
use super::super::small_letters::equal_in_small;
use super::super::{DataType, Request, Value};
use super::Test;
use super::needs::Asked;

/// The comparisons of a policy, numbered; each compares the values of an attribute with a text.
#[derive(Debug, Default)]
pub(crate) struct FactTable {
    facts: Vec<Fact>,
    /// The numbers of the comparisons by their attribute and text.
    by_text: ByFingerprint,
}

#[derive(Debug, PartialEq, Eq)]
struct Fact {
    category: Arc<str>,
    id: Arc<str>,
    data_type: DataType,
    ignores_case: bool,
    text: Box<str>,
}

/// Which comparisons hold for a request.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The first 64, so that most policies need no memory for them.
    first: u64,
    more: Vec<u64>,
}

impl FactTable {
    /// The number of a match, if it is a comparison with a text.
    pub(super) fn add(&mut self, attribute: &Designator, value: &Value, test: &Test) -> Option<u32> {
        let (text, ignores_case) = match test {
            Test::Equal => (value.as_text()?, false),
            Test::EqualIgnoreCase => (value.as_text().filter(|text| text.is_ascii())?, true),
            _ => return None,
        };
        if attribute.issuer.is_some() || attribute.selector.is_some() {
            return None;
        }
        let fingerprint = Fingerprint::of(&attribute.category, &attribute.id, text);
        let same = |fact: &Fact| {
            *fact.text == *text
                && fact.ignores_case == ignores_case
                && fact.data_type == attribute.data_type
                && *fact.id == *attribute.id
                && *fact.category == *attribute.category
        };
        let mut filed = self.by_text.get(fingerprint).iter();
        if let Some(known) = filed.find(|number| self.fact(**number).is_some_and(same)) {
            return Some(*known);
        }
        let number = u32::try_from(self.facts.len()).ok()?;
        self.by_text.insert(fingerprint, number);
        self.facts.push(Fact {
            category: Arc::clone(&attribute.category),
            id: Arc::clone(&attribute.id),
            data_type: attribute.data_type,
            ignores_case,
            text: text.into(),
        });
        Some(number)
    }

    /// The comparisons that hold for a request.
    pub(crate) fn of(&self, request: &Request) -> Facts {
        let mut facts = Facts::default();
        if self.facts.len() > 64 {
            facts.more.resize((self.facts.len() - 1) / 64, 0);
        }
        for attribute in &request.attributes {
            for number in self.by_text.get(attribute.fingerprint) {
                if self.fact(*number).is_some_and(|fact| fact.holds(attribute)) {
                    facts.set(*number);
                }
            }
        }
        facts
    }

    fn fact(&self, number: u32) -> Option<&Fact> {
        self.facts.get(index(number))
    }

    /// What a comparison asks for.
    pub(super) fn asked(&self, number: u32) -> Option<Asked<'_>> {
        self.fact(number).map(Fact::asked)
    }

    /// What all comparisons ask for.
    pub(super) fn all(&self) -> impl Iterator<Item = Asked<'_>> {
        self.facts.iter().map(Fact::asked)
    }
}

impl Fact {
    fn holds(&self, attribute: &RequestAttribute) -> bool {
        let Some(text) = attribute.value.as_text() else { return false };
        let same_text =
            if self.ignores_case { equal_in_small(&self.text, text) } else { *self.text == *text };
        same_text
            && self.data_type == attribute.value.data_type()
            && *self.id == *attribute.name.id()
            && *self.category == *attribute.name.category()
    }

    fn asked(&self) -> Asked<'_> {
        Asked { category: &self.category, id: &self.id, text: &self.text }
    }
}

impl Facts {
    /// Whether a comparison holds.
    #[inline]
    pub(crate) fn holds(&self, number: u32) -> bool {
        let word = if number < 64 {
            self.first
        } else {
            self.more.get(index(number / 64 - 1)).copied().unwrap_or(0)
        };
        word >> (number % 64) & 1 == 1
    }

    /// Which of the first 64 hold, as bits.
    #[inline]
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    fn set(&mut self, number: u32) {
        let word =
            if number < 64 { Some(&mut self.first) } else { self.more.get_mut(index(number / 64 - 1)) };
        if let Some(word) = word {
            *word |= 1 << (number % 64);
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
