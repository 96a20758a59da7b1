//! Whether every state can be reached and left, every event be sent, and every transition be told from the others.

use std::collections::BTreeSet;

use super::{Definition, Transition, Trigger};

impl Definition {
    /// The first state that no way leads to, or that no way leads out of though it is not final, or that a way leads out
    /// of though it is; with what is wrong.
    pub(super) fn check_states(&self) -> Result<(), (String, String)> {
        let reached = self.reached();
        for (name, state) in &self.states {
            let ways = || self.transitions.iter().filter(|way| way.from == *name);
            let fault = |problem: &str| Err((name.clone(), format!("the state `{name}` {problem}")));
            if !reached.contains(name.as_str()) {
                return fault("cannot be reached");
            }
            if state.is_final && ways().next().is_some() {
                return fault("is final, and yet a way leads out of it");
            }
            if !state.is_final && ways().all(|way| way.to == *name) {
                return fault("is a dead end, and not final");
            }
        }
        Ok(())
    }

    /// The states that some way leads to, whatever its condition.
    fn reached(&self) -> BTreeSet<&str> {
        let mut reached = BTreeSet::from([self.initial.as_str()]);
        let mut open = vec![self.initial.as_str()];
        while let Some(state) = open.pop() {
            for way in self.transitions.iter().filter(|way| way.from == state) {
                if reached.insert(&way.to) {
                    open.push(&way.to);
                }
            }
        }
        reached
    }

    /// Refuses a transition whose event nobody sends.
    pub(super) fn check_trigger(&self, on: &Trigger) -> Result<(), String> {
        let nobody = || format!("nobody sends `{on}`");
        match on {
            Trigger::Member { member: name, event } => {
                let member = self.members.get(name).ok_or_else(|| format!("there is no member `{name}`"))?;
                if member.kind.sends(*event) && self.makes(name) { Ok(()) } else { Err(nobody()) }
            }
            Trigger::Custom(name) => {
                let event = self.events.get(name).ok_or_else(|| format!("there is no event `{name}`"))?;
                if event.agency || !event.participants.is_empty() { Ok(()) } else { Err(nobody()) }
            }
            Trigger::Deadline(name) if self.sets_deadline(name) => Ok(()),
            Trigger::Deadline(_) => Err(nobody()),
        }
    }

    /// Refuses a transition that an earlier one always takes the place of: it waits for the same, and has the same
    /// condition or none.
    pub(super) fn check_place(&self, index: usize, way: &Transition) -> Result<(), String> {
        let earlier = self.transitions.iter().take(index);
        let expression = |way: &Transition| way.condition.as_ref().map(|(_, expression)| expression.clone());
        let wins = |other: &Transition| {
            let same = other.from == way.from && other.on == way.on;
            same && (other.condition.is_none() || expression(other) == expression(way))
        };
        if earlier.into_iter().any(wins) {
            return Err(format!(
                "it cannot be told from an earlier transition from `{}` on `{}`",
                way.from, way.on
            ));
        }
        Ok(())
    }
}
