//! The components of a form as the data have them: once for each row of the groups that they are in.

use super::{Component, Layouts, Page};
use crate::expression::context::Context;
use crate::expression::failure::Failure;

/// How many components there may be, counting every row.
const MAX_INSTANCES: usize = 200_000;

/// A component in one row, with what is inside it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ComponentInstance<'l> {
    /// The component.
    pub component: &'l Component,
    /// The rows of the repeating groups that it is in, outermost first.
    pub rows: Vec<usize>,
    /// What is inside it: for a repeating group what stands before its rows, then row by row, then what stands after.
    pub children: Vec<ComponentInstance<'l>>,
}

impl Layouts {
    /// The components of a page, each as often as the data have rows for it.
    ///
    /// # Errors
    ///
    /// When a group is bound to a data type that is not there, or there are too many rows.
    pub fn instances<'l>(
        &'l self,
        page: &Page,
        context: &Context<'_>,
    ) -> Result<Vec<ComponentInstance<'l>>, Failure> {
        let mut walk = Walk { layouts: self, context, room: MAX_INSTANCES };
        walk.instances(&page.roots, &[])
    }
}

impl ComponentInstance<'_> {
    /// How many rows it has, when it is a repeating group.
    ///
    /// # Errors
    ///
    /// When it is bound to a data type that is not there.
    pub fn row_count(&self, context: &Context<'_>) -> Result<usize, Failure> {
        row_count(context, self.component, &self.rows)
    }
}

struct Walk<'l, 'c> {
    layouts: &'l Layouts,
    context: &'c Context<'c>,
    room: usize,
}

impl<'l> Walk<'l, '_> {
    fn instances(
        &mut self,
        indices: &[usize],
        rows: &[usize],
    ) -> Result<Vec<ComponentInstance<'l>>, Failure> {
        let layouts = self.layouts;
        let components = indices.iter().filter_map(|index| layouts.at(*index));
        components.map(|component| self.instance(component, rows)).collect()
    }

    fn instance(
        &mut self,
        component: &'l Component,
        rows: &[usize],
    ) -> Result<ComponentInstance<'l>, Failure> {
        self.room =
            self.room.checked_sub(1).ok_or_else(|| Failure::too_much("layouts have too many rows"))?;
        let mut children = self.instances(&component.before_rows, rows)?;
        if component.is_repeating {
            for row in 0..row_count(self.context, component, rows)? {
                let rows: Vec<usize> = rows.iter().copied().chain([row]).collect();
                children.extend(self.instances(&component.children, &rows)?);
            }
        } else {
            children.extend(self.instances(&component.children, rows)?);
        }
        children.extend(self.instances(&component.after_rows, rows)?);
        Ok(ComponentInstance { component, rows: rows.to_vec(), children })
    }
}

/// How many rows a repeating group has.
fn row_count(context: &Context<'_>, component: &Component, rows: &[usize]) -> Result<usize, Failure> {
    let Some(binding) = component.group_binding() else { return Ok(0) };
    let model = context.model(binding.data_type.as_deref())?;
    let group = model.and_then(|model| binding.path().get(model, rows));
    Ok(group.and_then(serde_json::Value::as_array).map_or(0, Vec::len))
}
