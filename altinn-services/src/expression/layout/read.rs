//! Reads layout files.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::error::LayoutError;
use super::{Binding, COMPONENTS, Component, Layouts, Page, Parent};
use crate::expression::path::FieldPath;
use crate::expression::tree::Expression;

/// How many components a form may have.
const MAX_COMPONENTS: usize = 20_000;
/// How deep components may be nested.
pub(super) const MAX_NESTING: usize = 32;

impl Layouts {
    /// Reads pages: each a name, and what its layout file holds.
    ///
    /// # Errors
    ///
    /// Says on which page and in which component something is wrong.
    pub fn read<'p>(pages: impl IntoIterator<Item = (&'p str, &'p Value)>) -> Result<Self, LayoutError> {
        let (layouts, faults) = Self::read_tolerant(pages)?;
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(layouts),
        }
    }

    /// Reads pages as [`read`](Self::read) does, and passes over children that are not there, ids that are there
    /// twice, and texts and properties of fields that are no expressions, as Altinn's front end does with the pages of
    /// a running app; what was passed over is told.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read) for all else.
    pub fn read_tolerant<'p>(
        pages: impl IntoIterator<Item = (&'p str, &'p Value)>,
    ) -> Result<(Self, Vec<LayoutError>), LayoutError> {
        let mut layouts = Self::default();
        let mut faults = Vec::new();
        for (name, file) in pages {
            layouts.read_page(name, file, &mut faults)?;
        }
        Ok((layouts, faults))
    }

    fn read_page(
        &mut self,
        name: &str,
        file: &Value,
        faults: &mut Vec<LayoutError>,
    ) -> Result<(), LayoutError> {
        let not_a_layout = || LayoutError::NotALayout { page: name.to_owned() };
        let data = file.get("data").ok_or_else(not_a_layout)?;
        let components = file.pointer(COMPONENTS).and_then(Value::as_array).ok_or_else(not_a_layout)?;
        let number = self.pages.len();
        let reader = PageReader { page: name, number };
        let first = self.components.len();
        let mut links = Vec::new();
        for (index, json) in components.iter().enumerate() {
            if self.components.len() >= MAX_COMPONENTS {
                return Err(LayoutError::TooMany { limit: MAX_COMPONENTS });
            }
            let mut component = reader.component(index, json, faults)?;
            component.index = self.components.len();
            if self.by_id.contains_key(&component.id) {
                faults.push(LayoutError::SameId { page: name.to_owned(), id: component.id });
                continue;
            }
            self.by_id.insert(component.id.clone(), component.index);
            self.components.push(component);
            links.push(children_of(json));
        }
        for (parent, children) in links.into_iter().enumerate() {
            for child in children {
                faults.extend(self.link(name, first + parent, child).err());
            }
        }
        let hidden = reader.expression(name, "hidden", data)?;
        let roots: Vec<usize> = (first..self.components.len()).filter(|index| self.is_root(*index)).collect();
        self.check_nesting(name, first)?;
        self.look_around(first, hidden.is_some());
        self.pages.push(Page { name: name.to_owned(), hidden, source: file.clone(), index: number, roots });
        Ok(())
    }

    fn is_root(&self, index: usize) -> bool {
        self.at(index).is_some_and(|component| component.parent.is_none())
    }

    fn link(&mut self, page: &str, parent: usize, link: Link) -> Result<(), LayoutError> {
        let number = self.pages.len();
        let id_of =
            |index| self.at(index).map(|component: &Component| component.id.clone()).unwrap_or_default();
        let known = self.by_id.get(&link.child).copied();
        let on_page = known.filter(|index| self.at(*index).is_some_and(|child| child.page == number));
        let Some(child) = on_page else {
            let component = id_of(parent);
            return Err(LayoutError::ChildMissing { page: page.to_owned(), component, child: link.child });
        };
        if let Some(first) = self.at(child).and_then(|child| child.parent) {
            let (first, second) = (id_of(first.index), id_of(parent));
            return Err(LayoutError::ChildOfTwo { page: page.to_owned(), child: link.child, first, second });
        }
        let in_row = self.components.get_mut(parent).is_some_and(|parent| {
            match link.place {
                Place::Before => parent.before_rows.push(child),
                Place::Within => parent.children.push(child),
                Place::After => parent.after_rows.push(child),
            }
            parent.is_repeating && link.place == Place::Within
        });
        if let Some(child) = self.components.get_mut(child) {
            child.parent = Some(Parent { index: parent, in_row });
        }
        Ok(())
    }

    /// Notes at every component of the page in which rows it is, and whether anything may hide it.
    fn look_around(&mut self, first: usize, page_may_be_hidden: bool) {
        for index in first..self.components.len() {
            let mut groups = Vec::new();
            let mut may_be_hidden = page_may_be_hidden;
            let mut at = self.at(index);
            while let Some(component) = at {
                may_be_hidden |= component.hidden.is_some();
                let parent = component.parent;
                at = parent.and_then(|parent| self.at(parent.index));
                if parent.is_some_and(|parent| parent.in_row) {
                    groups.extend(parent.map(|parent| parent.index));
                    may_be_hidden |= at.is_some_and(|group| group.hidden_row.is_some());
                }
            }
            groups.reverse();
            if let Some(component) = self.components.get_mut(index) {
                component.groups = groups;
                component.may_be_hidden = may_be_hidden;
            }
        }
    }

    /// Whether every component of the page is inside a root within the limit, so that none is inside itself.
    fn check_nesting(&self, page: &str, first: usize) -> Result<(), LayoutError> {
        for component in self.components.iter().skip(first) {
            let mut at = component.parent;
            let mut depth = 0;
            while let Some(parent) = at {
                depth += 1;
                if depth > MAX_NESTING {
                    let component = component.id.clone();
                    return Err(LayoutError::Nesting { page: page.to_owned(), component });
                }
                at = self.at(parent.index).and_then(|parent| parent.parent);
            }
        }
        Ok(())
    }
}

/// That a component has a child.
struct Link {
    child: String,
    place: Place,
}

/// Where a child stands: before or after the rows of a repeating group, or within the component, for a group in each
/// row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Within,
    After,
}

/// The ids of the components inside another, each once, in the order in which they are shown.
fn children_of(json: &Value) -> Vec<Link> {
    let mut links = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |child: &str, place: Place| {
        if seen.insert(child.to_owned()) {
            links.push(Link { child: child.to_owned(), place });
        }
    };
    let on_pages = json.pointer("/edit/multiPage").is_some_and(|flag| flag == &Value::Bool(true));
    let repeats = is_repeating(json);
    cells(json, "rowsBefore").into_iter().for_each(|id| add(id, Place::Before));
    for child in ids(json.get("children")) {
        // The children of a group on several pages say their page: `0:name`.
        add(child.split_once(':').filter(|_| on_pages).map_or(child, |(_, id)| id), Place::Within);
    }
    for list in ["cards", "tabs"] {
        let parts = json.get(list).and_then(Value::as_array).into_iter().flatten();
        for part in parts {
            // A card shows a component above its others.
            let media = part.get("media").and_then(Value::as_str);
            media.into_iter().chain(ids(part.get("children"))).for_each(|id| add(id, Place::Within));
        }
    }
    cells(json, "rows").into_iter().filter(|_| !repeats).for_each(|id| add(id, Place::Within));
    cells(json, "rowsAfter").into_iter().for_each(|id| add(id, Place::After));
    links
}

fn ids(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The components in the cells of rows.
fn cells<'j>(json: &'j Value, rows: &str) -> Vec<&'j str> {
    let rows = json.get(rows).and_then(Value::as_array).into_iter().flatten();
    let cells = rows.filter_map(|row| row.get("cells").and_then(Value::as_array)).flatten();
    cells.filter_map(|cell| cell.get("component").and_then(Value::as_str)).collect()
}

/// Whether a component is a repeating group, or an older group that may be there several times.
fn is_repeating(json: &Value) -> bool {
    let kind = json.get("type").and_then(Value::as_str).unwrap_or_default();
    let several = json.get("maxCount").and_then(Value::as_f64).is_some_and(|count| count > 1.0);
    kind.eq_ignore_ascii_case("RepeatingGroup") || (kind.eq_ignore_ascii_case("Group") && several)
}

struct PageReader<'p> {
    page: &'p str,
    number: usize,
}

impl PageReader<'_> {
    fn component(
        &self,
        index: usize,
        json: &Value,
        faults: &mut Vec<LayoutError>,
    ) -> Result<Component, LayoutError> {
        let field = |field: &'static str| {
            let missing = || LayoutError::FieldMissing { page: self.page.to_owned(), index, field };
            json.get(field).and_then(Value::as_str).map(str::to_owned).ok_or_else(missing)
        };
        let (id, kind) = (field("id")?, field("type")?);
        let options = json.get("options").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(Component {
            bindings: bindings(json),
            hidden: self.expression(&id, "hidden", json)?,
            hidden_row: self.expression(&id, "hiddenRow", json)?,
            remove_when_hidden: self.expression(&id, "removeWhenHidden", json)?,
            required: self.tolerant(&id, "required", json.get("required"), faults),
            read_only: self.tolerant(&id, "readOnly", json.get("readOnly"), faults),
            option_filter: self.tolerant(&id, "optionFilter", json.get("optionFilter"), faults),
            texts: self.texts(&id, json, faults),
            options_id: json.get("optionsId").and_then(Value::as_str).map(str::to_owned),
            options,
            index: 0,
            page: self.number,
            on_page: index,
            parent: None,
            groups: Vec::new(),
            may_be_hidden: false,
            is_repeating: is_repeating(json),
            children: Vec::new(),
            before_rows: Vec::new(),
            after_rows: Vec::new(),
            id,
            kind,
        })
    }

    fn expression(
        &self,
        element: &str,
        property: &'static str,
        json: &Value,
    ) -> Result<Option<Expression>, LayoutError> {
        self.read(element, property, json.get(property))
    }

    fn read(
        &self,
        element: &str,
        property: &'static str,
        json: Option<&Value>,
    ) -> Result<Option<Expression>, LayoutError> {
        let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(None) };
        Expression::from_json(json).map(Some).map_err(|source| {
            let (page, element) = (self.page.to_owned(), element.to_owned());
            LayoutError::Expression { page, element, property, source: Box::new(source) }
        })
    }

    fn tolerant(
        &self,
        element: &str,
        property: &'static str,
        json: Option<&Value>,
        faults: &mut Vec<LayoutError>,
    ) -> Option<Expression> {
        self.read(element, property, json).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        })
    }

    fn texts(
        &self,
        element: &str,
        json: &Value,
        faults: &mut Vec<LayoutError>,
    ) -> BTreeMap<String, Expression> {
        let all = json.get("textResourceBindings").and_then(Value::as_object).into_iter().flatten();
        let read = all.filter_map(|(name, text)| {
            let text = self.tolerant(element, "textResourceBindings", Some(text), faults)?;
            Some((name.clone(), text))
        });
        read.collect()
    }
}

/// A component's bindings: a field, or an object with the field and its data type.
fn bindings(json: &Value) -> BTreeMap<String, Binding> {
    let all = json.get("dataModelBindings").and_then(Value::as_object).into_iter().flatten();
    let read = all.filter_map(|(name, binding)| {
        let field = binding.as_str().or_else(|| binding.get("field").and_then(Value::as_str))?;
        let data_type = binding.get("dataType").and_then(Value::as_str).map(str::to_owned);
        let path = FieldPath::compiled(field);
        Some((name.clone(), Binding { field: field.to_owned(), data_type, path }))
    });
    read.collect()
}
