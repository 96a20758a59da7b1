//! Buttons that begin a submission with what is filled in on their page (`InstantiationButton`).
//!
//! Source: Altinn's documentation of stateless apps: `mapping` names fields of the form that the button is in, and for each
//! the field of the new instance's form that it fills in.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::model::{Button, Content, FormPage, Purpose};
use super::resolve::{At, Resolver};
use crate::expression::FieldPath;

/// The fields that are filled in already in a submission that a button begins.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FilledIn(BTreeMap<String, Value>);

impl FilledIn {
    /// Them, by their names in layouts: `applicant.name`.
    pub fn fields(&self) -> &BTreeMap<String, Value> {
        &self.0
    }
}

impl fmt::Debug for FilledIn {
    /// Leaves out what was filled in: it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Resolver<'_, '_> {
    /// `InstantiationButton`. What is not filled in is left out.
    pub(super) fn instantiation(&self, at: At<'_>) -> Content {
        let stated = self.property(at, "mapping").and_then(Value::as_object).into_iter().flatten();
        let form = self.set.data_type.as_deref().or_else(|| self.view.context.first_data_type());
        let form = self.view.context.model(form).ok().flatten();
        let filled_in = stated.filter_map(|(from, to)| {
            let value = FieldPath::new(&in_rows(from, at.rows)).get(form?, at.rows)?.clone();
            Some((to.as_str()?.to_owned(), value)).filter(|(_, value)| !value.is_null())
        });
        Content::Button(Button {
            label: self.label(at, "title", self.view.words().begin()),
            purpose: Purpose::Begin(FilledIn(filled_in.collect())),
            primary: true,
        })
    }
}

/// A field of a mapping with the rows that the button is in, where the mapping asks for them: `people[{0}].name`.
fn in_rows(field: &str, rows: &[usize]) -> String {
    rows.iter().enumerate().fold(field.to_owned(), |field, (depth, row)| {
        field.replace(&format!("[{{{depth}}}]"), &format!("[{row}]"))
    })
}

impl FormPage {
    /// What is filled in already in the submission that a button of the page begins, by the button's id on the page; none
    /// where the page has no such button.
    pub fn filled_in_by(&self, button: &str) -> Option<&FilledIn> {
        let item = self.all_items().into_iter().find(|item| item.id == button)?;
        match &item.content {
            Content::Button(Button { purpose: Purpose::Begin(filled_in), .. }) => Some(filled_in),
            _ => None,
        }
    }

    /// Whether a button on it begins a submission.
    #[cfg(feature = "axum")]
    pub(crate) fn begins(&self) -> bool {
        self.has_button(|purpose| matches!(purpose, Purpose::Begin(_)))
    }
}
