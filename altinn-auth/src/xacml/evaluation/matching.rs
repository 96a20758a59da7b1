//! Whether a target applies: yes, no, or undecided (XACML 3.0, 7.6 to 7.8).

use std::borrow::Cow;

use super::super::Value;
use super::super::compiled::{AllOf, AnyOf, Match, Target, Test};
use super::super::function::{Operand, pattern_matches};
use super::super::small_letters::equal_in_small;
use super::super::status::Fault;
use super::Evaluator;

/// Whether something matches; undecided is a fault.
pub(super) type Matched = Result<bool, Fault>;

impl<'a> Evaluator<'a> {
    /// Whether the facts alone say that a target does not match, as they mostly do of most rules.
    #[inline]
    pub(super) fn is_ruled_out(&self, target: &Target) -> bool {
        self.by_facts(target) == Some(false)
    }

    /// Whether a target matches, if the facts alone say so.
    #[inline]
    fn by_facts(&self, target: &Target) -> Option<bool> {
        let bits = target.bits.as_ref().filter(|_| self.source.is_none())?;
        Some(bits.iter().all(|alternatives| alternatives.one_holds(self.facts.first())))
    }

    pub(super) fn target(&'a self, target: &'a Target) -> Matched {
        if let Some(known) = self.by_facts(target) {
            return Ok(known);
        }
        every(&target.every, |any_of| self.any_of(any_of))
    }

    pub(super) fn any_of(&'a self, any_of: &'a AnyOf) -> Matched {
        let mut fault = None;
        for all_of in &any_of.0 {
            match self.all_of(all_of) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(found) => fault = fault.or(Some(found)),
            }
        }
        fault.map_or(Ok(false), Err)
    }

    pub(super) fn all_of(&'a self, all_of: &'a AllOf) -> Matched {
        every(&all_of.0, |a_match| self.a_match(a_match))
    }

    pub(super) fn a_match(&'a self, a_match: &'a Match) -> Matched {
        if let Some(fact) = a_match.fact {
            if self.facts.holds(fact) {
                return Ok(true);
            }
            if self.source.is_none() && !a_match.attribute.must_be_present {
                return Ok(false);
            }
        }
        let values = self.attribute(a_match.attribute)?;
        match (&a_match.test, &a_match.value) {
            (Test::Equal, wanted) => Ok(values.contains(wanted)),
            (Test::EqualIgnoreCase, wanted) => {
                let wanted = wanted.as_text().unwrap_or("");
                let equal = |value: &Value| value.as_text().is_some_and(|text| equal_in_small(text, wanted));
                Ok(values.iter().any(equal))
            }
            (Test::Matches(pattern), _) => Ok(values.iter().any(|value| pattern_matches(pattern, value))),
            (Test::Function(function), wanted) => {
                let mut fault = None;
                for value in values {
                    let operands =
                        [Operand::Value(Cow::Borrowed(wanted)), Operand::Value(Cow::Borrowed(value))];
                    match self.call(function, &operands).and_then(|result| result.boolean()) {
                        Ok(true) => return Ok(true),
                        Ok(false) => {}
                        Err(found) => fault = fault.or(Some(found)),
                    }
                }
                fault.map_or(Ok(false), Err)
            }
        }
    }
}

/// Whether all match: one that does not settles it, else one that is undecided does.
fn every<'a, T>(parts: &'a [T], mut matches: impl FnMut(&'a T) -> Matched) -> Matched {
    let mut fault = None;
    for part in parts {
        match matches(part) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    fault.map_or(Ok(true), Err)
}
