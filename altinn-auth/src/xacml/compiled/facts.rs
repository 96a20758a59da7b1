//! The comparisons with texts that targets mostly consist of, answered for a whole request at once.

use super::super::attribute_names::AttributeNames;
use super::super::function::eq_ignore_case;
use super::super::model::Designator;
use super::super::signature::{BySignature, each_folded_signature, folded_signature};
use super::super::{DataType, Request, Value};
use super::Test;
use super::needs::Asked;

/// The comparisons of a policy, numbered; each compares the values of an attribute with a text.
#[derive(Debug, Default)]
pub(crate) struct FactTable {
    names: AttributeNames,
    facts: Vec<Fact>,
    /// The numbers of the comparisons by their text and attribute.
    by_text: BySignature,
}

#[derive(Debug, PartialEq, Eq)]
struct Fact {
    name: u32,
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
        let name = self.names.add(&attribute.category, &attribute.id);
        let fact = Fact { name, data_type: attribute.data_type, ignores_case, text: text.into() };
        let signature = folded_signature(text) ^ seed(name);
        if let Some(known) =
            self.by_text.find(signature, |number| self.facts.get(index(number)) == Some(&fact))
        {
            return Some(known);
        }
        let number = u32::try_from(self.facts.len()).ok()?;
        self.by_text.insert(signature, number);
        self.facts.push(fact);
        Some(number)
    }

    /// The comparisons that hold for a request.
    pub(crate) fn of(&self, request: &Request) -> Facts {
        let mut facts = Facts::default();
        if self.facts.len() > 64 {
            facts.more.resize((self.facts.len() - 1) / 64, 0);
        }
        for attribute in &request.attributes {
            let Some(text) = attribute.value.as_text() else { continue };
            let Some(name) = self.names.number(attribute) else { continue };
            let (data_type, seed) = (attribute.value.data_type(), seed(name));
            each_folded_signature(text, |signature| {
                self.by_text.find(signature ^ seed, |number| {
                    if self.facts.get(index(number)).is_some_and(|fact| fact.holds(name, data_type, text)) {
                        facts.set(number);
                    }
                    false
                });
            });
        }
        facts
    }

    /// What a comparison asks for.
    pub(super) fn asked(&self, number: u32) -> Option<Asked<'_>> {
        let fact = self.facts.get(index(number))?;
        let (category, id) = self.names.get(fact.name)?;
        Some(Asked { category, id, text: &fact.text })
    }

    /// What all comparisons ask for.
    pub(super) fn all(&self) -> impl Iterator<Item = Asked<'_>> {
        (0..).zip(&self.facts).filter_map(|(number, _)| self.asked(number))
    }
}

impl Fact {
    fn holds(&self, name: u32, data_type: DataType, text: &str) -> bool {
        let same = if self.ignores_case {
            self.text.eq_ignore_ascii_case(text) || !text.is_ascii() && eq_ignore_case(&self.text, text)
        } else {
            *self.text == *text
        };
        same && self.name == name && self.data_type == data_type
    }
}

impl Facts {
    /// Whether a comparison holds.
    pub(crate) fn holds(&self, number: u32) -> bool {
        let word = if number < 64 {
            self.first
        } else {
            self.more.get(index(number / 64 - 1)).copied().unwrap_or(0)
        };
        word >> (number % 64) & 1 == 1
    }

    /// Whether all of these among the first 64 hold, by their bits.
    pub(crate) fn hold_all(&self, mask: u64) -> bool {
        self.first & mask == mask
    }

    fn set(&mut self, number: u32) {
        let word =
            if number < 64 { Some(&mut self.first) } else { self.more.get_mut(index(number / 64 - 1)) };
        if let Some(word) = word {
            *word |= 1 << (number % 64);
        }
    }
}

/// Tells the texts of one attribute from those of another.
fn seed(name: u32) -> u64 {
    u64::from(name) << 32
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
