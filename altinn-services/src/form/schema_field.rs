//! What a form's schema says of one field.

use serde_json::Value;

use super::FormSchema;

/// How many references are followed on the way to a field.
const MAX_REFERENCES: usize = 64;

impl FormSchema {
    /// What the schema says of a field (`person.names[0].first`): each place that the field may be described in, through
    /// references, combinations and lists; none when the form has no such field.
    pub fn field(&self, path: &str) -> Vec<&Value> {
        let root = self.document();
        let names = path
            .split('.')
            .map(|name| name.split('[').next().unwrap_or(name))
            .filter(|name| !name.is_empty());
        let mut at = vec![root];
        for name in names {
            at = at.iter().flat_map(|place| below(root, place, name, MAX_REFERENCES)).collect();
        }
        at
    }

    /// What the schema says of a field, with what it refers to: the field itself first.
    pub(crate) fn facts(&self, path: &str) -> Vec<&Value> {
        with_references(self.document(), self.field(path))
    }

    /// The names of the fields that the items of a list may have, and of those that they must have.
    pub(crate) fn fields_of_items(&self, list: &str) -> (Vec<&str>, Vec<&str>) {
        let root = self.document();
        let items = self.facts(list).into_iter().filter_map(|said| said.get("items"));
        let (mut names, mut required) = (Vec::new(), Vec::new());
        for said in items.flat_map(|items| with_references(root, vec![items])) {
            let properties = said.get("properties").and_then(Value::as_object).into_iter().flatten();
            names.extend(properties.map(|(name, _)| name.as_str()));
            let musts = said.get("required").and_then(Value::as_array).into_iter().flatten();
            required.extend(musts.filter_map(Value::as_str));
        }
        names.sort_unstable();
        names.dedup();
        (names, required)
    }
}

/// What places of the schema say, with what they refer to.
fn with_references<'s>(root: &'s Value, mut ahead: Vec<&'s Value>) -> Vec<&'s Value> {
    let mut facts = Vec::new();
    while let Some(place) = ahead.pop() {
        if facts.len() >= MAX_REFERENCES {
            break;
        }
        facts.push(place);
        ahead.extend(referred(root, place));
        for combination in ["allOf", "anyOf", "oneOf"] {
            ahead.extend(place.get(combination).and_then(Value::as_array).into_iter().flatten());
        }
    }
    facts
}

fn referred<'s>(root: &'s Value, place: &Value) -> Option<&'s Value> {
    let reference = place.get("$ref").and_then(Value::as_str)?;
    root.pointer(reference.strip_prefix('#')?)
}

/// What a field may be, through references, combinations and lists.
fn below<'s>(root: &'s Value, place: &'s Value, name: &str, references: usize) -> Vec<&'s Value> {
    if references == 0 {
        return Vec::new();
    }
    let mut found = Vec::new();
    found.extend(
        referred(root, place).into_iter().flat_map(|target| below(root, target, name, references - 1)),
    );
    for combination in ["allOf", "anyOf", "oneOf"] {
        let members = place.get(combination).and_then(Value::as_array).into_iter().flatten();
        found.extend(members.flat_map(|member| below(root, member, name, references - 1)));
    }
    if let Some(items) = place.get("items") {
        found.extend(below(root, items, name, references - 1));
    }
    let properties = place.get("properties").and_then(Value::as_object);
    let exact = properties.and_then(|fields| fields.get(name));
    let in_any_case =
        || properties?.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    found.extend(exact.or_else(in_any_case));
    found
}
