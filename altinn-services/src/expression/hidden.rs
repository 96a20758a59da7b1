//! Whether components are hidden: by themselves, with their group, row or page.

use std::collections::HashMap;

use super::evaluate::{Evaluator, Scope};
use super::failure::{Failure, FailureKind};
use super::layout::{Component, ComponentInstance, Layouts, Page};
use super::tree::Expression;

/// What may be hidden.
#[derive(Debug, Clone, Copy)]
enum Place<'r> {
    /// A page, by its place among all pages.
    Page(usize),
    /// A component, by its place among all, in a row of each repeating group around it.
    Component(usize, &'r [usize]),
}

/// Whether something is hidden, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
enum Answer {
    #[default]
    Unknown,
    BeingDecided,
    Hidden(bool),
}

/// What an evaluator has found out about what is hidden.
#[derive(Debug, Default)]
pub(super) struct KnownHidden {
    pages: Vec<Answer>,
    components: Vec<Answer>,
    in_rows: HashMap<(usize, Vec<usize>), Answer>,
}

impl KnownHidden {
    fn answer(&mut self, place: Place<'_>) -> &mut Answer {
        let (list, index) = match place {
            Place::Page(index) => (&mut self.pages, index),
            Place::Component(index, []) => (&mut self.components, index),
            Place::Component(index, rows) => return self.in_rows.entry((index, rows.to_vec())).or_default(),
        };
        if list.len() <= index {
            list.resize(index + 1, Answer::Unknown);
        }
        #[allow(clippy::indexing_slicing, reason = "the list reaches to the index")]
        &mut list[index]
    }
}

impl Evaluator<'_> {
    /// Whether a component is hidden, or something around it is.
    ///
    /// # Errors
    ///
    /// When an expression that decides it has no value.
    pub fn is_hidden(&self, instance: &ComponentInstance<'_>) -> Result<bool, Failure> {
        self.begin();
        self.is_hidden_at(instance.component, &instance.rows)
    }

    /// Whether a component is hidden in the row that a field is in, or in the row around it.
    pub(crate) fn is_hidden_in(&self, component: &Component, rows: &[usize]) -> Result<bool, Failure> {
        self.begin();
        self.is_hidden_at(component, rows.get(..component.groups_around().len()).unwrap_or(rows))
    }

    /// Whether a row of a repeating group is hidden by itself.
    pub(crate) fn is_row_hidden(&self, group: &ComponentInstance<'_>, row: usize) -> Result<bool, Failure> {
        self.begin();
        let rows: Vec<usize> = group.rows.iter().copied().chain([row]).collect();
        self.says(group.component.hidden_row.as_ref(), group.component, &rows)
    }

    /// Whether the data of a component are removed when it is hidden: they are, unless it says otherwise.
    pub(crate) fn is_removed_when_hidden(&self, instance: &ComponentInstance<'_>) -> Result<bool, Failure> {
        self.begin();
        let Some(removed) = &instance.component.remove_when_hidden else { return Ok(true) };
        let scope =
            Scope { component: Some(&instance.component.id), rows: &instance.rows, ..Scope::default() };
        Ok(self.evaluate(removed, &scope)? != serde_json::Value::Bool(false))
    }

    /// Whether a page is hidden.
    ///
    /// # Errors
    ///
    /// When the expression that decides it has no value.
    pub fn is_page_hidden(&self, page: &Page) -> Result<bool, Failure> {
        self.begin();
        self.is_page_hidden_within(page)
    }

    pub(super) fn is_hidden_at(&self, component: &Component, rows: &[usize]) -> Result<bool, Failure> {
        if !component.may_be_hidden() {
            return Ok(false);
        }
        let Some(layouts) = self.context.layouts() else { return Ok(false) };
        self.once(Place::Component(component.index(), rows), || self.decide(layouts, component, rows))
    }

    fn is_page_hidden_within(&self, page: &Page) -> Result<bool, Failure> {
        let Some(hidden) = &page.hidden else { return Ok(false) };
        self.once(Place::Page(page.index()), || self.truth_of(hidden, &Scope::default()))
    }

    /// Decides once for each place; asking again before it is decided is asking in a circle.
    fn once(
        &self,
        place: Place<'_>,
        decide: impl FnOnce() -> Result<bool, Failure>,
    ) -> Result<bool, Failure> {
        let before = std::mem::replace(self.hidden.borrow_mut().answer(place), Answer::BeingDecided);
        let decided = match before {
            Answer::Unknown => self.deeper(decide),
            Answer::Hidden(hidden) => Ok(hidden),
            Answer::BeingDecided => {
                let message = "Whether a component is hidden depends on itself";
                return Err(Failure::new(FailureKind::Circular, message));
            }
        };
        let answer = decided.as_ref().map_or(Answer::Unknown, |hidden| Answer::Hidden(*hidden));
        *self.hidden.borrow_mut().answer(place) = answer;
        decided
    }

    fn decide(&self, layouts: &Layouts, component: &Component, rows: &[usize]) -> Result<bool, Failure> {
        self.spend(1)?;
        let around = component.parent().and_then(|parent| Some((parent, layouts.at(parent.index)?)));
        let hidden_around = match around {
            None => match layouts.page_of(component) {
                Some(page) => self.is_page_hidden_within(page)?,
                None => false,
            },
            Some((parent, group)) if parent.in_row => {
                let outer = rows.get(..rows.len().saturating_sub(1)).unwrap_or_default();
                self.is_hidden_at(group, outer)? || self.says(group.hidden_row.as_ref(), group, rows)?
            }
            Some((_, group)) => self.is_hidden_at(group, rows)?,
        };
        Ok(hidden_around || self.says(component.hidden.as_ref(), component, rows)?)
    }

    /// What an expression of a component says in a row; false without one.
    pub(super) fn says(
        &self,
        expression: Option<&Expression>,
        component: &Component,
        rows: &[usize],
    ) -> Result<bool, Failure> {
        let scope = Scope { component: Some(&component.id), rows, ..Scope::default() };
        expression.map_or(Ok(false), |expression| self.truth_of(expression, &scope))
    }
}
