//! Whether components are hidden: by themselves, with their group, row or page.

use super::evaluate::{Evaluator, Scope};
use super::failure::{Failure, FailureKind};
use super::layout::{Component, ComponentInstance, Layouts, Page};
use super::tree::Expression;

/// What may be hidden.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A page, by its name.
    Page(String),
    /// A component in a row of each repeating group around it.
    Component(usize, Vec<usize>),
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
        let groups = self.context.layouts().map_or(0, |layouts| layouts.groups_around(component).len());
        self.is_hidden_at(component, rows.get(..groups).unwrap_or(rows))
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
        let Some(layouts) = self.context.layouts() else { return Ok(false) };
        let Some(index) = layouts.index_of(&component.id) else { return Ok(false) };
        self.once(Place::Component(index, rows.to_vec()), || self.decide(layouts, component, rows))
    }

    fn is_page_hidden_within(&self, page: &Page) -> Result<bool, Failure> {
        let Some(hidden) = &page.hidden else { return Ok(false) };
        self.once(Place::Page(page.name.clone()), || self.truth_of(hidden, &Scope::default()))
    }

    /// Decides once for each place; asking again before it is decided is asking in a circle.
    fn once(&self, place: Place, decide: impl FnOnce() -> Result<bool, Failure>) -> Result<bool, Failure> {
        let known = self.hidden.borrow().get(&place).copied();
        match known {
            Some(Some(hidden)) => return Ok(hidden),
            Some(None) => {
                let message = "Whether a component is hidden depends on itself";
                return Err(Failure::new(FailureKind::Circular, message));
            }
            None => {}
        }
        self.hidden.borrow_mut().insert(place.clone(), None);
        let decided = self.deeper(decide);
        match decided {
            Ok(hidden) => self.hidden.borrow_mut().insert(place, Some(hidden)),
            Err(_) => self.hidden.borrow_mut().remove(&place),
        };
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
