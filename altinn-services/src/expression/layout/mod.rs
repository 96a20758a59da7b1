//! Layouts: the pages of a form, the components on them, and where each component's value goes.
//!
//! Source: Altinn's JSON Schema of layouts, and its documentation of pages, grouping components and data model
//! bindings.

mod error;
mod read;
mod rows;

use std::collections::{BTreeMap, HashMap};

pub use error::LayoutError;
pub use rows::ComponentInstance;
use serde_json::Value;

use super::path::FieldPath;
use super::tree::Expression;

/// Where the components stand in a layout file.
const COMPONENTS: &str = "/data/layout";

/// The pages of a form with their components, checked: every child is there, and belongs to one component.
///
/// ```
/// use altinn_services::expression::Layouts;
/// use serde_json::json;
///
/// let page = json!({"data": {"layout": [
///     {"id": "name", "type": "Input", "dataModelBindings": {"simpleBinding": "person.name"}}
/// ]}});
/// let layouts = Layouts::read([("first", &page)])?;
/// assert_eq!(layouts.component("name").map(|name| name.kind.as_str()), Some("Input"));
/// # Ok::<(), altinn_services::expression::LayoutError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layouts {
    pages: Vec<Page>,
    components: Vec<Component>,
    by_id: HashMap<String, usize>,
}

/// A page of a form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// Its name: that of its file.
    pub name: String,
    /// Whether it is hidden.
    pub hidden: Option<Expression>,
    source: Value,
    index: usize,
    roots: Vec<usize>,
}

/// A component of a form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Component {
    /// Its id, which expressions name.
    pub id: String,
    /// What kind of component it is: `Input`, `RepeatingGroup`, ...
    pub kind: String,
    /// Where its values go in the data model, by the name of the binding.
    pub bindings: BTreeMap<String, Binding>,
    /// Whether it is hidden.
    pub hidden: Option<Expression>,
    /// Whether a row of it is hidden, for a repeating group.
    pub hidden_row: Option<Expression>,
    /// Whether its data are removed when it is hidden; they are when nothing is said.
    pub remove_when_hidden: Option<Expression>,
    /// Whether it must be filled in.
    pub required: Option<Expression>,
    /// Whether it can only be read.
    pub read_only: Option<Expression>,
    /// Which of its options can be chosen.
    pub option_filter: Option<Expression>,
    /// Its texts (`title`, `description`, `help`, ...): expressions whose value is the key of a text, or the text.
    pub texts: BTreeMap<String, Expression>,
    /// The list of options that its value is one of.
    pub options_id: Option<String>,
    /// The options that its value is one of, written in the layout.
    pub options: Vec<Value>,
    index: usize,
    page: usize,
    on_page: usize,
    parent: Option<Parent>,
    groups: Vec<usize>,
    may_be_hidden: bool,
    is_repeating: bool,
    children: Vec<usize>,
    before_rows: Vec<usize>,
    after_rows: Vec<usize>,
}

/// The component around another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) index: usize,
    /// Whether the child is in the rows of a repeating group, once in each.
    pub(super) in_row: bool,
}

/// Where a value goes in the data model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Binding {
    /// The field.
    pub field: String,
    /// The data type, where it is another than the layout's own.
    pub data_type: Option<String>,
    path: FieldPath<'static>,
}

impl Layouts {
    /// The pages.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// Every component, page by page.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The component with an id.
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.get(*self.by_id.get(id)?)
    }

    /// The components of a page, in the order of its file.
    pub fn components_of(&self, page: &Page) -> impl Iterator<Item = &Component> {
        let number = page.index;
        self.components.iter().filter(move |component| component.page == number)
    }

    /// What the layout file says of a component, its properties that are read nowhere else included.
    pub fn source(&self, component: &Component) -> &Value {
        let components = self.page_of(component).and_then(|page| page.source.pointer(COMPONENTS));
        components.and_then(|all| all.get(component.on_page)).unwrap_or(&Value::Null)
    }

    /// The id of the layouts of the form that is filled in below a component (`Subform`).
    pub fn sub_form(&self, component: &Component) -> Option<&str> {
        let is_sub_form = component.kind.eq_ignore_ascii_case("Subform");
        self.source(component).get("layoutSet").and_then(Value::as_str).filter(|_| is_sub_form)
    }

    pub(super) fn at(&self, index: usize) -> Option<&Component> {
        self.components.get(index)
    }

    /// The page that a component is on.
    pub fn page_of(&self, component: &Component) -> Option<&Page> {
        self.pages.get(component.page)
    }
}

impl Page {
    /// What its file holds.
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// Its place among all pages.
    pub(super) fn index(&self) -> usize {
        self.index
    }
}

impl Component {
    /// Whether it has a row for each item of a list.
    pub fn is_repeating(&self) -> bool {
        self.is_repeating
    }

    /// Where the one value of a simple component goes.
    pub fn simple_binding(&self) -> Option<&Binding> {
        self.bindings.get("simpleBinding")
    }

    /// Where the rows of a repeating group are.
    pub fn group_binding(&self) -> Option<&Binding> {
        self.bindings.get("group")
    }

    pub(super) fn parent(&self) -> Option<Parent> {
        self.parent
    }

    /// Its place among all components.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// The repeating groups in whose rows it is, outermost first.
    pub(super) fn groups_around(&self) -> &[usize] {
        &self.groups
    }

    /// Whether an expression decides if it is shown: its own, or one of what is around it.
    pub(super) fn may_be_hidden(&self) -> bool {
        self.may_be_hidden
    }
}

impl Binding {
    /// The names and indices that lead to the field, in these rows; none when they do not reach.
    pub(crate) fn steps(&self, model: &Value, rows: &[usize]) -> Option<Vec<String>> {
        self.path.steps(model, rows)
    }

    /// The binding to a field of the items of the list that this one leads to.
    pub(crate) fn below(&self, name: &str) -> Self {
        let field = format!("{}.{name}", self.field);
        Self { path: FieldPath::compiled(&field), field, data_type: self.data_type.clone() }
    }

    pub(super) fn path(&self) -> &FieldPath<'static> {
        &self.path
    }
}
