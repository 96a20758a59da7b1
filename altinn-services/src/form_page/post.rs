//! What a browser sends back (`application/x-www-form-urlencoded`), read into the form's data.
//!
//! Only the fields of the page that can be written are read, each into the place that it is bound to; anything else
//! is refused by name. A field that was not sent stays as it is; one that was sent empty is taken away.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value};
use thiserror::Error;

use super::field::as_text;
use super::model::{Content, Control, Field, FormPage, Rows, Written};
use super::press::Press;
use super::time_of_day::time_in;

/// The name that buttons send what they do under.
pub(super) const DO: &str = "do";
/// What the names begin with under which it is sent what files are said to be.
const TAG: &str = "tag:";
/// The largest post, in bytes.
pub const MAX_POST_BYTES: usize = 1024 * 1024;
/// The most fields of a post.
const MAX_FIELDS: usize = 20_000;

/// What a browser sent back. Its `Debug` shows no value, since values may be personal.
#[derive(Clone, PartialEq, Eq)]
pub struct FormPost {
    fields: BTreeMap<String, Vec<String>>,
    own: BTreeMap<String, String>,
    press: Press,
}

/// Why a post can not be read. It repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PostError {
    /// It is larger than the limit.
    #[error("the post is {size} bytes; at most {MAX_POST_BYTES} are accepted")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// It has too many fields.
    #[error("the post has more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// It is not `application/x-www-form-urlencoded` in UTF-8.
    #[error("the post is not URL-encoded UTF-8 at field {field}")]
    NotEncoded {
        /// Which field, from 1.
        field: usize,
    },
    /// It names a field that the page does not have, or that can only be read.
    #[error("the page has no field `{name}` that can be written")]
    UnknownField {
        /// The name, as far as it can be shown.
        name: String,
    },
    /// A field that holds one value was sent several times.
    #[error("field `{name}` was sent more than once")]
    Twice {
        /// The name.
        name: String,
    },
    /// A value is none of those that can be chosen.
    #[error("what was sent for field `{name}` is none of its options")]
    NotAnOption {
        /// The name.
        name: String,
    },
    /// A button that the page does not have.
    #[error("the page has no such button")]
    UnknownButton,
    /// The data have another shape than the page: somebody changed them meanwhile.
    #[error("the data of the form are not those that the page shows")]
    Changed,
}

impl PostError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "POST-TOO-LARGE",
            Self::TooManyFields => "POST-TOO-MANY-FIELDS",
            Self::NotEncoded { .. } => "POST-NOT-ENCODED",
            Self::UnknownField { .. } => "POST-UNKNOWN-FIELD",
            Self::Twice { .. } => "POST-FIELD-TWICE",
            Self::NotAnOption { .. } => "POST-NOT-AN-OPTION",
            Self::UnknownButton => "POST-UNKNOWN-BUTTON",
            Self::Changed => "POST-CHANGED",
        }
    }
}

impl FormPost {
    /// Reads the body of a post. Fields that are the portal's own, such as a token against forged requests, are named
    /// in `own` and left out of what is filled in; [`own`](Self::own) gives them.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(body: &[u8], own: &[&str]) -> Result<Self, PostError> {
        if body.len() > MAX_POST_BYTES {
            return Err(PostError::TooLarge { size: body.len() });
        }
        let mut fields = Vec::new();
        let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        for (index, pair) in pairs.enumerate() {
            if index >= MAX_FIELDS {
                return Err(PostError::TooManyFields);
            }
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let mut part = || decoded(parts.next().unwrap_or_default());
            let (Some(name), Some(value)) = (part(), part()) else {
                return Err(PostError::NotEncoded { field: index + 1 });
            };
            fields.push((name, value));
        }
        Self::of_fields(fields, own)
    }

    /// The same of fields that were read already, such as those of `multipart/form-data`, as a form with files is sent.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn of_fields(
        fields: impl IntoIterator<Item = (String, String)>,
        own: &[&str],
    ) -> Result<Self, PostError> {
        let mut post = Self { fields: BTreeMap::new(), own: BTreeMap::new(), press: Press::default() };
        let mut size = 0;
        for (index, (name, value)) in fields.into_iter().enumerate() {
            size += name.len() + value.len();
            if index >= MAX_FIELDS {
                return Err(PostError::TooManyFields);
            }
            if size > MAX_POST_BYTES {
                return Err(PostError::TooLarge { size });
            }
            if name == DO {
                post.press = Press::read(&value).ok_or(PostError::UnknownButton)?;
            } else if own.contains(&name.as_str()) {
                post.own.insert(name, value);
            } else {
                post.fields.entry(name).or_default().push(value);
            }
        }
        Ok(post)
    }

    /// A field of the portal's own; empty when it was not sent.
    pub fn own(&self, name: &str) -> &str {
        self.own.get(name).map_or("", String::as_str)
    }

    /// The button that was pressed.
    pub fn press(&self) -> &Press {
        &self.press
    }

    /// Fills in what was sent from a page: into the forms by data type, which hold what the page was worked out from.
    /// Gives the data types whose form was changed.
    ///
    /// # Errors
    /// Says what does not belong to the page; nothing is filled in then.
    pub fn fill_in(
        &self,
        page: &FormPage,
        forms: &mut BTreeMap<String, Value>,
    ) -> Result<BTreeSet<String>, PostError> {
        let fields: BTreeMap<&str, &Field> = page
            .fields()
            .filter(|field| !field.read_only)
            .map(|field| (field.name.as_str(), field))
            .collect();
        let mut filled_in = forms.clone();
        for (name, values) in &self.fields {
            let unknown = || PostError::UnknownField { name: shown(name) };
            if name.starts_with(TAG) {
                tag_of(page, name, values)?;
                continue;
            }
            let field = fields.get(name.as_str()).ok_or_else(unknown)?;
            let value = field.read(values)?;
            if value == field.value || (field.is_empty() && value.is_null()) {
                continue;
            }
            let pointer = field.pointer.as_deref().ok_or_else(unknown)?;
            let form = filled_in.get_mut(&field.data_type).ok_or(PostError::Changed)?;
            put(form, pointer, value).ok_or(PostError::Changed)?;
        }
        self.change_rows(page, &mut filled_in)?;
        let changed = |name: &&String| filled_in.get(*name) != forms.get(*name);
        let changed = filled_in.keys().filter(changed).cloned().collect();
        *forms = filled_in;
        Ok(changed)
    }

    /// The files of a page that are said to be something else than before, by the ids of their data elements, each with its
    /// tag; what was sent is checked by [`fill_in`](Self::fill_in).
    pub fn tags<'s>(&'s self, page: &'s FormPage) -> impl Iterator<Item = (&'s str, &'s str)> {
        let items = page.all_items().into_iter();
        let lists = items.filter_map(|item| match &item.content {
            Content::Attachments(files) if !files.read_only => Some(files),
            _ => None,
        });
        lists.flat_map(|files| &files.files).filter_map(move |file| {
            let tag = self.tag(&file.id).filter(|tag| file.tag.as_deref() != Some(tag))?;
            Some((file.id.as_str(), tag))
        })
    }

    /// What the file that was sent for a data type, or a file of an id, is said to be.
    pub(crate) fn tag(&self, of: &str) -> Option<&str> {
        let sent = self.fields.get(&tag_field(of))?.first()?;
        Some(sent.as_str()).filter(|tag| !tag.is_empty())
    }

    fn change_rows(&self, page: &FormPage, forms: &mut BTreeMap<String, Value>) -> Result<(), PostError> {
        let (Press::AddRow(id) | Press::RemoveRow(id, _)) = &self.press else { return Ok(()) };
        let group = page.all_items().into_iter().find(|item| item.id == *id);
        let Some(Content::Rows(group)) = group.map(|item| &item.content) else {
            return Err(PostError::UnknownButton);
        };
        let pointer = group.pointer.as_deref().ok_or(PostError::UnknownButton)?;
        let form = forms.get_mut(&group.data_type).ok_or(PostError::Changed)?;
        match &self.press {
            Press::RemoveRow(_, row) => remove_row(form, group, pointer, *row),
            _ if !group.can_add => Err(PostError::UnknownButton),
            _ => add_row(form, pointer, group.new_row.clone()).ok_or(PostError::Changed),
        }
    }
}

/// The name under which it is sent what a file is said to be: by the id of its data element, or by its data type for the one
/// that is sent with it.
pub(super) fn tag_field(of: &str) -> String {
    format!("{TAG}{of}")
}

/// Refuses what was sent for the tag of a file where the page does not offer it.
fn tag_of(page: &FormPage, name: &str, values: &[String]) -> Result<(), PostError> {
    let of = name.strip_prefix(TAG).unwrap_or_default();
    let [tag] = values else { return Err(PostError::Twice { name: shown(name) }) };
    let items = page.all_items();
    let found = items.iter().find_map(|item| match &item.content {
        Content::Attachments(files) if !files.read_only => {
            let file = files.files.iter().find(|file| file.id == of);
            let tags = files.tags.as_ref().filter(|_| file.is_some() || files.data_type == of)?;
            Some((tags, file.and_then(|file| file.tag.as_deref())))
        }
        _ => None,
    });
    let (tags, stored) = found.ok_or_else(|| PostError::UnknownField { name: shown(name) })?;
    if tag.is_empty() || tags.offers(tag) || stored == Some(tag) {
        Ok(())
    } else {
        Err(PostError::NotAnOption { name: shown(name) })
    }
}

impl std::fmt::Debug for FormPost {
    /// Leaves out what was sent: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FormPost")
            .field("fields", &self.fields.len())
            .field("press", &self.press)
            .finish_non_exhaustive()
    }
}

impl Field {
    /// The value of what was sent, as the data have it.
    fn read(&self, values: &[String]) -> Result<Value, PostError> {
        let chosen: Vec<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
        let known = |value: &str| {
            let is_stored = as_text(&self.value).split(',').any(|part| part.trim() == value);
            is_stored
                || as_text(&self.value) == value
                || self.options.iter().any(|option| as_text(&option.value) == value)
        };
        let is_choice = matches!(self.control, Control::Dropdown | Control::Radio | Control::Checkboxes);
        if is_choice && !chosen.iter().all(|value| known(value)) {
            return Err(PostError::NotAnOption { name: self.name.clone() });
        }
        if self.control == Control::Checkboxes {
            return Ok(self.several(&chosen));
        }
        match values {
            [value] if value.is_empty() => Ok(Value::Null),
            [value] => Ok(self.one(value)),
            _ => Err(PostError::Twice { name: self.name.clone() }),
        }
    }

    fn several(&self, chosen: &[&str]) -> Value {
        match (self.written, chosen) {
            (_, []) => Value::Null,
            (Written::List, _) => {
                let stored = |value: &&str| {
                    let option = self.options.iter().find(|option| as_text(&option.value) == **value);
                    option.map_or_else(|| Value::from(*value), |option| option.value.clone())
                };
                Value::Array(chosen.iter().map(stored).collect())
            }
            (Written::Text | Written::Timestamp | Written::Time(_), _) => Value::from(chosen.join(",")),
            (_, [first, ..]) => self.one(first),
        }
    }

    /// A value by the type that the schema says; what is not of it is kept as text, so that the person sees what they
    /// wrote beside what is wrong with it.
    fn one(&self, text: &str) -> Value {
        match self.written {
            Written::Integer | Written::Number => {
                number(text).map_or_else(|| Value::from(text), Value::Number)
            }
            Written::Boolean => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
            Written::List => Value::Array(vec![Value::from(text)]),
            Written::Timestamp => match &self.value {
                Value::String(stored) if stored.get(..10) == Some(text) => self.value.clone(),
                _ => Value::from(format!("{text}T00:00:00.000Z")),
            },
            Written::Time(written) => match time_in(text) {
                Some(time) => Value::from(written.written(time, self.value.as_str())),
                None => Value::from(text),
            },
            // Browsers end lines by two characters; data have one.
            Written::Geometry(_) => Value::from(text.trim().replace("\r\n", "\n")),
            Written::Text if self.control == Control::Lines => Value::from(text.replace("\r\n", "\n")),
            Written::Text if self.control == Control::Decimal => {
                Value::from(number(text).map_or_else(|| text.to_owned(), |number| number.to_string()))
            }
            Written::Text => Value::from(text),
        }
    }
}

/// A number as people write it: with spaces between thousands and a comma, or as JSON has it.
fn number(text: &str) -> Option<Number> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let digits = digits.replace(',', ".").replace('\u{2212}', "-");
    if let Ok(whole) = digits.parse::<i64>() {
        return Some(whole.into());
    }
    let is_plain = digits.chars().all(|letter| letter.is_ascii_digit() || "+-.eE".contains(letter));
    digits.parse().ok().filter(|_| is_plain).and_then(Number::from_f64)
}

/// Puts a value where a pointer leads, with the objects on the way; null takes what is there away. None when the data
/// have another shape.
fn put(form: &mut Value, pointer: &str, value: Value) -> Option<()> {
    let steps: Vec<String> =
        pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    let (last, around) = steps.split_last()?;
    let mut at = form;
    for step in around {
        at = match at {
            Value::Array(rows) => rows.get_mut(step.parse::<usize>().ok()?)?,
            Value::Object(fields) => fields.entry(step.as_str()).or_insert(Value::Null),
            _ => return None,
        };
        if at.is_null() {
            *at = Value::Object(Map::new());
        }
    }
    match (at, value) {
        (Value::Object(fields), Value::Null) => {
            fields.remove(last);
        }
        (Value::Object(fields), value) => {
            fields.insert(last.clone(), value);
        }
        (Value::Array(rows), value) => *rows.get_mut(last.parse::<usize>().ok()?)? = value,
        _ => return None,
    }
    Some(())
}

fn add_row(form: &mut Value, pointer: &str, row: Map<String, Value>) -> Option<()> {
    if form.pointer(pointer).is_none_or(Value::is_null) {
        put(form, pointer, Value::Array(Vec::new()))?;
    }
    form.pointer_mut(pointer)?.as_array_mut()?.push(Value::Object(row));
    Some(())
}

fn remove_row(form: &mut Value, group: &Rows, pointer: &str, row: usize) -> Result<(), PostError> {
    if !group.rows.iter().any(|shown| shown.index == row && shown.can_remove) {
        return Err(PostError::UnknownButton);
    }
    let rows = form.pointer_mut(pointer).and_then(Value::as_array_mut).filter(|rows| row < rows.len());
    rows.ok_or(PostError::Changed)?.remove(row);
    Ok(())
}

/// A part of a URL-encoded body, decoded; none when it is not UTF-8 or breaks off.
fn decoded(part: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut ahead = part.iter();
    while let Some(byte) = ahead.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(*ahead.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The name of a field as an error may show it: short, and with no number in it that may be somebody's.
fn shown(name: &str) -> String {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_plain = name.chars().all(|letter| letter.is_alphanumeric() || "-_.:".contains(letter));
    if digits < 9 && is_plain && name.len() <= 100 { name.to_owned() } else { "...".to_owned() }
}
