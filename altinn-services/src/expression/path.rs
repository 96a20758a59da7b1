//! Fields of a data model: `person.names[0].first`.

use std::borrow::Cow;

use serde_json::Value;

/// How many fields one path may stand for.
pub(crate) const MAX_FIELDS: usize = 100_000;

/// A path into a data model, as data model bindings spell it: names with dots between, and an index where one row of
/// a repeating group is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldPath<'a> {
    segments: Vec<Segment<'a>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment<'a> {
    name: Cow<'a, str>,
    index: Option<usize>,
}

/// A field that is there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field<'v> {
    /// Its path with every index.
    pub(crate) path: String,
    /// The rows of the repeating groups that it is in, outermost first.
    pub(crate) rows: Vec<usize>,
    /// What it holds.
    pub(crate) value: &'v Value,
}

impl<'a> FieldPath<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { segments: text.split('.').map(Segment::new).collect() }
    }

    /// The path read once, to be kept beside what names it.
    pub(crate) fn compiled(text: &str) -> FieldPath<'static> {
        let owned = |segment: Segment<'_>| Segment {
            name: Cow::Owned(segment.name.into_owned()),
            index: segment.index,
        };
        FieldPath { segments: text.split('.').map(Segment::new).map(owned).collect() }
    }

    /// What the field holds. Where a repeating group has no index, `rows` says which row is meant, outermost first;
    /// behind an index that the path itself gives, the rows of the place where it is used mean nothing any more.
    pub(crate) fn get<'v>(&self, model: &'v Value, rows: &[usize]) -> Option<&'v Value> {
        let mut rows = rows.iter().copied();
        let mut at = model;
        let last = self.segments.len().checked_sub(1)?;
        for (position, segment) in self.segments.iter().enumerate() {
            at = at.as_object()?.get(&*segment.name)?;
            if let Some(index) = segment.index {
                rows = [].iter().copied();
                at = at.get(index)?;
            } else if at.is_array() && position < last {
                at = at.get(rows.next()?)?;
            }
        }
        Some(at)
    }

    /// Takes the field out of a model, in every row of the repeating groups that the path has no index for.
    pub(crate) fn clear(&self, model: &mut Value) {
        clear(&self.segments, model);
    }

    /// The names and indices that lead to the field, with the rows of `rows` where the path has no index; none when
    /// they do not reach.
    pub(crate) fn steps(&self, model: &Value, rows: &[usize]) -> Option<Vec<String>> {
        let mut rows = rows.iter().copied();
        let mut at = Some(model);
        let mut steps = Vec::new();
        let last = self.segments.len().checked_sub(1)?;
        for (position, segment) in self.segments.iter().enumerate() {
            steps.push(segment.name.clone().into_owned());
            at = at.and_then(|value| value.get(&*segment.name));
            let index = match segment.index {
                Some(index) => Some(index),
                None if position < last && at.is_some_and(Value::is_array) => Some(rows.next()?),
                None => None,
            };
            if let Some(index) = index {
                steps.push(index.to_string());
                at = at.and_then(|value| value.get(index));
            }
        }
        Some(steps)
    }

    /// Every field that the path stands for: one for each row of each repeating group that it has no index for.
    pub(crate) fn all<'v>(&self, model: &'v Value) -> Vec<Field<'v>> {
        let mut found = vec![Field { path: String::new(), rows: Vec::new(), value: model }];
        for (position, segment) in self.segments.iter().enumerate() {
            let is_last = position + 1 == self.segments.len();
            let mut next = Vec::new();
            for field in found {
                field.enter(segment, is_last, &mut next);
            }
            found = next;
        }
        found
    }
}

fn clear(segments: &[Segment<'_>], model: &mut Value) {
    let Some((segment, rest)) = segments.split_first() else { return };
    let Some(fields) = model.as_object_mut() else { return };
    if rest.is_empty() && segment.index.is_none() {
        fields.remove(&*segment.name);
        return;
    }
    match (fields.get_mut(&*segment.name), segment.index) {
        (Some(Value::Array(rows)), Some(index)) => {
            rows.get_mut(index).into_iter().for_each(|row| clear(rest, row));
        }
        (Some(Value::Array(rows)), None) => rows.iter_mut().for_each(|row| clear(rest, row)),
        (Some(field), None) => clear(rest, field),
        _ => {}
    }
}

impl<'a> Segment<'a> {
    /// A name, with an index or without. What is no index is part of the name, which then is nowhere.
    fn new(text: &'a str) -> Self {
        let indexed = text.strip_suffix(']').and_then(|text| text.split_once('['));
        match indexed.and_then(|(name, index)| Some((name, index.parse().ok()?))) {
            Some((name, index)) => Self { name: Cow::Borrowed(name), index: Some(index) },
            None => Self { name: Cow::Borrowed(text), index: None },
        }
    }
}

impl<'v> Field<'v> {
    fn enter(self, segment: &Segment<'_>, is_last: bool, into: &mut Vec<Self>) {
        let Some(value) = self.value.get(&*segment.name) else { return };
        let mut path = self.path;
        push_name(&mut path, &segment.name);
        let row = |index: usize| {
            let value = value.get(index)?;
            let rows = self.rows.iter().copied().chain([index]).collect();
            Some(Field { path: format!("{path}[{index}]"), rows, value })
        };
        match (segment.index, value.as_array()) {
            (Some(index), _) => into.extend(row(index)),
            (None, Some(items)) if !is_last => {
                let room = MAX_FIELDS.saturating_sub(into.len());
                into.extend((0..items.len().min(room)).filter_map(row));
            }
            (None, _) => into.push(Field { path, rows: self.rows, value }),
        }
    }
}

fn push_name(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn get<'v>(model: &'v Value, path: &str, rows: &[usize]) -> Option<&'v Value> {
        FieldPath::new(path).get(model, rows)
    }

    #[test]
    fn rows_of_the_place_fill_the_indices_that_are_not_given() {
        let model = json!({"a": [{"b": [{"c": 1}, {"c": 2}]}, {"b": [{"c": 3}, {"c": 4}]}]});
        assert_eq!(get(&model, "a.b.c", &[1, 0]), Some(&json!(3)));
        assert_eq!(get(&model, "a[0].b[1].c", &[1, 0]), Some(&json!(2)));
        assert_eq!(get(&model, "a.b[1].c", &[1, 0]), Some(&json!(4)));
        assert_eq!(get(&model, "a[0].b.c", &[0, 0]), None);
        assert_eq!(get(&model, "a.b.c", &[]), None);
        assert_eq!(get(&model, "a[x].b", &[0]), None);
        assert_eq!(get(&model, "a[1].b", &[0]), Some(&json!([{"c": 3}, {"c": 4}])));
    }

    #[test]
    fn a_field_is_taken_out_of_every_row() {
        let mut model = json!({"a": [{"b": 1, "c": 2}, {"b": 3}], "d": {"e": 4}, "f": 5});
        for path in ["a.b", "d.e", "f", "g.h", "f.x"] {
            FieldPath::new(path).clear(&mut model);
        }
        assert_eq!(model, json!({"a": [{"c": 2}, {}], "d": {}}));
    }

    #[test]
    fn every_row_is_found_with_its_path() {
        let model = json!({"a": [{"b": [{"c": 1}, {}]}, {"b": [{"c": null}]}]});
        let fields = FieldPath::new("a.b.c").all(&model);
        let paths: Vec<_> = fields.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(paths, ["a[0].b[0].c", "a[1].b[0].c"]);
        assert_eq!(fields.last().map(|field| field.rows.clone()), Some(vec![1, 0]));
    }
}
