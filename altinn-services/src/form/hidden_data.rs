//! The data of what is hidden, which Altinn removes when a task is done and the app asks for it
//! (`AppSettings:RemoveHiddenData`).
//!
//! Source: Altinn's documentation of expressions. A field is removed when every component that it is bound to is
//! hidden, unless one says `removeWhenHidden: false`; a hidden row of a repeating group is removed whole. Fields
//! without a component stay.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::expression::{ComponentInstance, Context, Evaluator, Failure, FieldPath, Layouts};

/// A place in form data: the names and indices that lead to it.
type Steps = Vec<String>;

/// What is hidden in a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HiddenData {
    hidden: BTreeSet<Steps>,
    shown: BTreeSet<Steps>,
}

impl HiddenData {
    /// Finds what is hidden in the data of a data type.
    pub(crate) fn find(data_type: &str, layouts: &Layouts, context: &Context<'_>) -> Result<Self, Failure> {
        let Some(model) = context.model(Some(data_type))? else { return Ok(Self::default()) };
        let evaluator = Evaluator::new(context);
        let is_own = |other: Option<&str>| other.or(context.first_data_type()) == Some(data_type);
        let mut found = Self::default();
        for page in layouts.pages() {
            for instance in layouts.instances(page, context)? {
                found.add(&instance, model, &evaluator, &is_own)?;
            }
        }
        Ok(found)
    }

    fn add(
        &mut self,
        instance: &ComponentInstance<'_>,
        model: &Value,
        evaluator: &Evaluator<'_>,
        is_own: &dyn Fn(Option<&str>) -> bool,
    ) -> Result<(), Failure> {
        let removed = evaluator.is_hidden(instance)? && evaluator.is_removed_when_hidden(instance)?;
        for binding in instance.component.bindings.values() {
            if !is_own(binding.data_type.as_deref()) {
                continue;
            }
            let Some(steps) = FieldPath::new(&binding.field).steps(model, &instance.rows) else { continue };
            if instance.component.is_repeating() && !removed {
                self.add_rows(instance, &steps, model, evaluator)?;
            }
            if removed { &mut self.hidden } else { &mut self.shown }.insert(steps);
        }
        for child in &instance.children {
            self.add(child, model, evaluator, is_own)?;
        }
        Ok(())
    }

    /// The rows of a repeating group that are hidden.
    fn add_rows(
        &mut self,
        group: &ComponentInstance<'_>,
        steps: &Steps,
        model: &Value,
        evaluator: &Evaluator<'_>,
    ) -> Result<(), Failure> {
        let rows = value_at(model, steps).and_then(Value::as_array).map_or(0, Vec::len);
        for row in 0..rows {
            if evaluator.is_row_hidden(group, row)? {
                let mut steps = steps.clone();
                steps.push(row.to_string());
                self.hidden.insert(steps);
            }
        }
        Ok(())
    }

    /// Whether a place, as a JSON pointer, is hidden or inside what is.
    pub(crate) fn holds(&self, pointer: &str) -> bool {
        let steps: Steps =
            pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        let around = (1..=steps.len()).filter_map(|length| steps.get(..length));
        around.into_iter().any(|steps| self.hidden.contains(steps) && !self.is_shown(steps))
    }

    /// Removes what is hidden from the data; says whether anything was there.
    pub(crate) fn remove_from(&self, data: &mut Value) -> bool {
        let mut changed = false;
        // The last first, so that the indices of the rows before stay true.
        let mut places: Vec<_> = self.hidden.iter().filter(|steps| !self.is_shown(steps)).collect();
        places.sort_by(|first, second| order(second, first));
        for steps in places {
            let Some((last, parent)) = steps.split_last() else { continue };
            changed |= match value_at_mut(data, parent) {
                Some(Value::Object(fields)) => fields.remove(last).is_some(),
                Some(Value::Array(rows)) => {
                    let index = last.parse().ok().filter(|index: &usize| *index < rows.len());
                    index.map(|index| rows.remove(index)).is_some()
                }
                _ => false,
            };
        }
        changed
    }

    /// Whether something that is shown is bound to a field itself; a row is shown only as a row.
    fn is_shown(&self, steps: &[String]) -> bool {
        self.shown.contains(steps)
    }
}

/// The order of places, with rows by their number.
fn order(first: &[String], second: &[String]) -> std::cmp::Ordering {
    let by_number =
        |(first, second): (&String, &String)| match (first.parse::<usize>(), second.parse::<usize>()) {
            (Ok(first), Ok(second)) => first.cmp(&second),
            _ => first.cmp(second),
        };
    let different = first.iter().zip(second).map(by_number).find(|order| order.is_ne());
    different.unwrap_or_else(|| first.len().cmp(&second.len()))
}

fn value_at<'v>(data: &'v Value, steps: &[String]) -> Option<&'v Value> {
    steps.iter().try_fold(data, |at, step| match at {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

fn value_at_mut<'v>(data: &'v mut Value, steps: &[String]) -> Option<&'v mut Value> {
    steps.iter().try_fold(data, |at, step| match at {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        other => other.get_mut(step),
    })
}
