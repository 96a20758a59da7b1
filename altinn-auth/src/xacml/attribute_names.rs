//! Attributes by category and id, numbered.

use std::sync::Arc;

use super::request::RequestAttribute;
use super::signature::{BySignature, signature};

/// Attributes by category and id, numbered from 0 in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct AttributeNames {
    names: Vec<(Arc<str>, Arc<str>)>,
    by_signature: BySignature,
}

impl AttributeNames {
    /// The number of an attribute, which may be new.
    pub(crate) fn add(&mut self, category: &Arc<str>, id: &Arc<str>) -> u32 {
        let signature = signature(id);
        if let Some(number) = self.find(category, id, signature) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push((Arc::clone(category), Arc::clone(id)));
        self.by_signature.insert(signature, number);
        number
    }

    /// The number of a request's attribute, if it is known.
    pub(crate) fn number(&self, attribute: &RequestAttribute) -> Option<u32> {
        self.find(&attribute.category, &attribute.id, attribute.signature)
    }

    fn find(&self, category: &str, id: &str, signature: u64) -> Option<u32> {
        self.by_signature.find(signature, |number| {
            self.get(number).is_some_and(|name| *name.1 == *id && *name.0 == *category)
        })
    }

    /// The category and id of a number.
    pub(crate) fn get(&self, number: u32) -> Option<&(Arc<str>, Arc<str>)> {
        usize::try_from(number).ok().and_then(|index| self.names.get(index))
    }

    /// Every attribute with its number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str, u32)> {
        self.names.iter().zip(0..).map(|((category, id), number)| (&**category, &**id, number))
    }
}
