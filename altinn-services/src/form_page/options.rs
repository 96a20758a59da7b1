//! What can be chosen: from files, from layouts, and from the agency's code, which is asked with what the form holds.
//!
//! Source: Altinn's documentation of options from code (`optionsId` with `queryParameters` or `mapping`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::field::as_text;
use super::model::FieldOption;
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use super::view::FormView;
use crate::definition::Choice;
use crate::expression::{Component, ComponentInstance, Expression, FieldPath, Scope};

/// How many options a field shows.
const MAX_OPTIONS: usize = 5_000;
/// How many lists the agency's code is asked for, for the pages of a form.
const MAX_ASKED: usize = 100;

/// A list of options that is in no file of the app: its id, and what the agency's code is asked for it with. `Debug` leaves
/// out what the form holds.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct AskedOptions {
    /// The id of the list.
    pub id: String,
    /// What it is asked with, by name.
    pub parameters: BTreeMap<String, String>,
}

impl AskedOptions {
    /// A list that is asked for with nothing more.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), parameters: BTreeMap::new() }
    }

    /// With a parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }
}

impl fmt::Debug for AskedOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.parameters.keys().collect();
        f.debug_struct("AskedOptions").field("id", &self.id).field("parameters", &names).finish()
    }
}

impl FormView<'_> {
    /// The lists of options that the pages offer and that are in no file of the app, each as it is asked for: at most 100.
    pub fn options_of_code(&self) -> BTreeSet<AskedOptions> {
        let mut all = BTreeSet::new();
        let Some(set) = self.set else { return all };
        let resolver = Resolver::new(self, set);
        for page in set.layouts.pages() {
            if set.layouts.components_of(page).any(|component| resolver.is_of_code(component)) {
                let instances = set.layouts.instances(page, &self.context).unwrap_or_default();
                instances.iter().for_each(|instance| resolver.add_asked(instance, &mut all));
            }
        }
        all
    }
}

impl Resolver<'_, '_> {
    fn is_of_code(&self, component: &Component) -> bool {
        let is_listed = |id: &str| self.view.app.options(id).is_some();
        component.options.is_empty() && component.options_id.as_deref().is_some_and(|id| !is_listed(id))
    }

    fn add_asked(&self, instance: &ComponentInstance<'_>, all: &mut BTreeSet<AskedOptions>) {
        let at = At { component: instance.component, rows: &instance.rows };
        if all.len() < MAX_ASKED {
            all.extend(self.asked(at));
        }
        instance.children.iter().for_each(|child| self.add_asked(child, all));
    }

    /// The list that a component offers, if it is in no file: with what its expressions (`queryParameters`) and the fields
    /// that it names (`mapping`) hold now. What is not filled in is left out.
    fn asked(&self, at: At<'_>) -> Option<AskedOptions> {
        let id = at.component.options_id.clone().filter(|_| self.is_of_code(at.component))?;
        let object = |name: &str| self.property(at, name).and_then(Value::as_object).into_iter().flatten();
        let by_expression = object("queryParameters").filter_map(|(name, stated)| {
            let stated = Expression::from_json(stated).ok()?;
            let value = self.evaluator.evaluate(&stated, &at.scope()).ok()?;
            Some((name.clone(), as_text(&value)))
        });
        let by_field = object("mapping")
            .filter_map(|(field, name)| Some((name.as_str()?.to_owned(), self.mapped(field, at)?)));
        let parameters = by_expression.chain(by_field).filter(|(_, value)| !value.is_empty()).collect();
        Some(AskedOptions { id, parameters })
    }

    /// What a field holds that a mapping names; rows stand in it as `[{0}]`.
    fn mapped(&self, field: &str, at: At<'_>) -> Option<String> {
        let in_rows = |field: String, (index, row): (usize, &usize)| {
            field.replace(&format!("[{{{index}}}]"), &format!("[{row}]"))
        };
        let field = at.rows.iter().enumerate().fold(field.to_owned(), in_rows);
        let data_type = self.set.data_type.as_deref().or_else(|| self.view.context.first_data_type());
        let model = self.view.context.model(data_type).ok().flatten()?;
        FieldPath::new(&field).get(model, at.rows).map(as_text)
    }

    pub(super) fn options(&self, at: At<'_>, value: &Value) -> Vec<FieldOption> {
        let id = at.component.options_id.as_deref();
        let listed = id.and_then(|id| self.view.app.options(id)).and_then(Value::as_array);
        let of_code = self.asked(at).and_then(|asked| self.view.options.get(&asked));
        let of_code = of_code.map(|all| all.iter().filter_map(|option| serde_json::to_value(option).ok()));
        let of_code: Option<Vec<Value>> = of_code.map(Iterator::collect);
        let stated = listed.or(of_code.as_ref()).unwrap_or(&at.component.options);
        let chosen = Chosen::of(value);
        let mut options = Vec::new();
        for option in stated.iter().take(MAX_OPTIONS) {
            let Ok(choice) = serde_json::from_value::<Choice>(option.clone()) else { continue };
            let scope = Scope { option: Some(option), ..at.scope() };
            let filter = at.component.option_filter.as_ref();
            if !filter.is_none_or(|filter| self.evaluator.is_true(filter, &scope).unwrap_or(true)) {
                continue;
            }
            options.push(FieldOption {
                chosen: chosen.holds(&choice.value),
                label: self.option_text(&choice.label, at),
                description: choice.description.map(|text| self.option_text(&text, at)),
                value: choice.value,
            });
        }
        options
    }

    pub(super) fn option_text(&self, id: &str, at: At<'_>) -> RichText {
        let text = self.evaluator.markdown_of(id, &at.scope()).ok().flatten();
        text.map_or_else(|| RichText::markdown(id), |text| RichText::markdown(&text))
    }
}

/// What is chosen: a value, several in a list, or several in a text with commas between.
enum Chosen<'v> {
    Value(&'v Value),
    Several(Vec<String>),
}

impl<'v> Chosen<'v> {
    fn of(value: &'v Value) -> Self {
        match value {
            Value::Array(items) => Self::Several(items.iter().map(as_text).collect()),
            Value::String(text) if text.contains(',') => {
                let parts = text.split(',').map(|part| part.trim().to_owned());
                Self::Several(parts.chain([text.clone()]).collect())
            }
            one => Self::Value(one),
        }
    }

    fn holds(&self, option: &Value) -> bool {
        match self {
            Self::Value(Value::Null) => false,
            Self::Value(value) => as_text(value) == as_text(option),
            Self::Several(values) => values.contains(&as_text(option)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn several_values_are_chosen_from_a_list_or_a_text() {
        for value in [json!(["a", "c"]), json!("a, c")] {
            let chosen = Chosen::of(&value);
            assert!(chosen.holds(&json!("a")) && chosen.holds(&json!("c")) && !chosen.holds(&json!("b")));
        }
        assert!(Chosen::of(&json!(true)).holds(&json!("true")));
        assert!(!Chosen::of(&Value::Null).holds(&json!("")));
    }
}
