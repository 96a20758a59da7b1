//! Form data as it was sent in: JSON within limits, with places for what is wrong in it.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

use super::place::{self, Excess};
use super::xml::{XmlDataError, XmlModel};
use crate::definition::{Position, json_fault};

/// What form data may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormLimits {
    /// The size of the text, in bytes.
    pub max_bytes: usize,
    /// How deep objects and lists may be nested.
    pub max_depth: usize,
    /// How many values (fields, items, objects and lists) there may be.
    pub max_values: usize,
}

impl Default for FormLimits {
    /// 10 MiB, nested 64 deep, 100,000 values.
    fn default() -> Self {
        Self { max_bytes: 10 * 1024 * 1024, max_depth: 64, max_values: 100_000 }
    }
}

impl FormLimits {
    /// The same limits with another size, in bytes.
    #[must_use]
    pub fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

/// Form data that was read from text. Its `Debug` shows no value, since values may be personal.
///
/// ```
/// use altinn_services::form::{FormData, FormLimits};
///
/// let data = FormData::parse(b"{\n  \"name\": \"Ada\"\n}", FormLimits::default())?;
/// let position = data.position("/name").map(|at| (at.line, at.column));
/// assert_eq!(position, Some((2, 11)));
/// # Ok::<(), altinn_services::form::FormDataError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct FormData {
    text: String,
    value: Value,
    /// Whether the text is what was sent in, so that places in it mean something.
    has_places: bool,
}

/// How form data are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormFormat {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

impl FormFormat {
    /// The format of a content type: `application/json`, `application/xml`, `text/xml`, and what is derived from them.
    ///
    /// # Errors
    ///
    /// When it is another.
    pub fn of(content_type: &str) -> Result<Self, FormDataError> {
        let bare = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match bare.as_str() {
            json if json == "application/json" || json.ends_with("+json") => Ok(Self::Json),
            xml if xml == "application/xml" || xml == "text/xml" || xml.ends_with("+xml") => Ok(Self::Xml),
            other => Err(FormDataError::ContentType { content_type: other.chars().take(100).collect() }),
        }
    }
}

/// Why a text is no form data. It never repeats what is in the text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormDataError {
    /// It is larger than the limit.
    #[error("the form data is {size} bytes; at most {limit} are accepted")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// It is nested deeper than the limit.
    #[error("the form data is nested deeper than {limit} at {at}")]
    TooDeep {
        /// Where.
        at: Position,
        /// The limit.
        limit: usize,
    },
    /// It holds more values than the limit.
    #[error("the form data holds more than {limit} values at {at}")]
    TooMany {
        /// Where.
        at: Position,
        /// The limit.
        limit: usize,
    },
    /// It is not UTF-8.
    #[error("the form data is not UTF-8 from byte {valid_up_to} on")]
    NotUtf8 {
        /// How many bytes are in order.
        valid_up_to: usize,
    },
    /// It is not JSON, or a field is there twice.
    #[error("the form data is not JSON with each field once at {at}: {problem}")]
    NotJson {
        /// Where.
        at: Position,
        /// What the reader found.
        problem: String,
    },
    /// It is XML, but not the form's.
    #[error(transparent)]
    Xml(#[from] XmlDataError),
    /// It is XML, and nothing says how the form is written as XML.
    #[error("the form has no XSD and no schema that says how it is written as XML")]
    NoXmlModel,
    /// It is neither JSON nor XML.
    #[error("`{content_type}` is neither JSON nor XML")]
    ContentType {
        /// The content type, shortened.
        content_type: String,
    },
    /// It is JSON, but no object.
    #[error("the form data is not a JSON object")]
    NotAnObject,
}

impl FormDataError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "FORM-DATA-TOO-LARGE",
            Self::TooDeep { .. } => "FORM-DATA-TOO-DEEP",
            Self::TooMany { .. } => "FORM-DATA-TOO-MANY",
            Self::NotUtf8 { .. } => "FORM-DATA-NOT-UTF8",
            Self::NotJson { .. } => "FORM-DATA-NOT-JSON",
            Self::Xml(error) => error.code(),
            Self::NoXmlModel => "FORM-DATA-NO-XML-MODEL",
            Self::ContentType { .. } => "FORM-DATA-CONTENT-TYPE",
            Self::NotAnObject => "FORM-DATA-NOT-AN-OBJECT",
        }
    }

    /// Where in the text, for what has a place.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::TooDeep { at, .. } | Self::TooMany { at, .. } | Self::NotJson { at, .. } => Some(*at),
            Self::Xml(error) => error.position(),
            Self::TooLarge { .. }
            | Self::NotUtf8 { .. }
            | Self::NoXmlModel
            | Self::ContentType { .. }
            | Self::NotAnObject => None,
        }
    }
}

impl FormData {
    /// Reads form data: strict JSON, one object, each field once.
    ///
    /// # Errors
    ///
    /// Says where and why when it is not, or when a limit is passed.
    pub fn parse(bytes: &[u8], limits: FormLimits) -> Result<Self, FormDataError> {
        if bytes.len() > limits.max_bytes {
            return Err(FormDataError::TooLarge { size: bytes.len(), limit: limits.max_bytes });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| FormDataError::NotUtf8 { valid_up_to: error.valid_up_to() })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match place::excess(text, limits.max_depth, limits.max_values) {
            Some(Excess::Depth(at)) => return Err(FormDataError::TooDeep { at, limit: limits.max_depth }),
            Some(Excess::Values(at)) => return Err(FormDataError::TooMany { at, limit: limits.max_values }),
            None => {}
        }
        let EachFieldOnce(value) = serde_json::from_str(text).map_err(|error| {
            let fault = json_fault(text, &error);
            FormDataError::NotJson { at: fault.at, problem: fault.problem }
        })?;
        if !value.is_object() {
            return Err(FormDataError::NotAnObject);
        }
        Ok(Self { text: text.to_owned(), value, has_places: true })
    }

    /// Reads form data from XML; it is kept as the JSON that it is.
    ///
    /// # Errors
    ///
    /// Says where and why when it is not the form's XML, or when a limit is passed.
    pub fn parse_xml(bytes: &[u8], model: &XmlModel, limits: FormLimits) -> Result<Self, FormDataError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| FormDataError::NotUtf8 { valid_up_to: error.valid_up_to() })?;
        let value = model.read(text, limits)?;
        Ok(Self { text: value.to_string(), value, has_places: false })
    }

    /// The data.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The data as JSON text: as it was sent in, where it was JSON.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The data, without its text.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// Where the value at a JSON pointer begins, or the nearest one around it that is there; none in what came as XML.
    pub fn position(&self, pointer: &str) -> Option<Position> {
        place::of(&self.text, pointer).filter(|_| self.has_places)
    }
}

/// JSON within the limits that [`FormLimits`] begins with.
impl FromStr for FormData {
    type Err = FormDataError;

    fn from_str(json: &str) -> Result<Self, FormDataError> {
        Self::parse(json.as_bytes(), FormLimits::default())
    }
}

impl fmt::Debug for FormData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormData").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// JSON in which no object has a field twice: two readers of it can not disagree.
struct EachFieldOnce(Value);

impl<'de> Deserialize<'de> for EachFieldOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor).map(Self)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(EachFieldOnce(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, EachFieldOnce(value))) = fields.next_entry::<String, _>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a field is there twice"));
            }
        }
        Ok(Value::Object(object))
    }
}
