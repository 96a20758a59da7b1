//! XML to form data.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Number, Value};

use super::{FieldModel, Place, ROW_ID, Scalar, TypeModel, XSI, XmlDataError, XmlModel};
use crate::definition::Position;
use crate::form::FormLimits;

type Element<'d> = Node<'d, 'd>;

impl XmlModel {
    /// Reads form data from XML.
    ///
    /// Elements may come in any order. What the form does not have is refused with its place, and so is a value that
    /// is not of its type; namespaces and attributes of `xsi` are passed over.
    ///
    /// # Errors
    ///
    /// Says where and why it is no data of the form, or which limit is passed.
    pub fn read(&self, xml: &str, limits: FormLimits) -> Result<Value, XmlDataError> {
        if xml.len() > limits.max_bytes {
            return Err(XmlDataError::TooLarge { size: xml.len(), limit: limits.max_bytes });
        }
        let nodes_limit = u32::try_from(limits.max_values.saturating_mul(4)).unwrap_or(u32::MAX);
        let options = ParsingOptions { allow_dtd: false, nodes_limit, ..ParsingOptions::default() };
        let document = Document::parse_with_options(xml.trim_start_matches('\u{feff}'), options);
        let document = document.map_err(|error| XmlDataError::NotXml {
            at: Position::new(error.pos().row, error.pos().col),
            problem: "it is not well-formed, has a DTD, or has too many elements".to_owned(),
        })?;
        let root = document.root_element();
        let reader = Reader { model: self, limits };
        if root.tag_name().name() != self.root {
            return Err(XmlDataError::Root { at: position(root), expected: self.root.clone() });
        }
        let fields = match self.type_at(self.root_type) {
            TypeModel::Fields(fields) => fields.as_slice(),
            TypeModel::Scalar(_) => &[],
        };
        reader.object(root, fields, 0)
    }
}

struct Reader<'m> {
    model: &'m XmlModel,
    limits: FormLimits,
}

impl Reader<'_> {
    fn object(
        &self,
        element: Element<'_>,
        fields: &[FieldModel],
        depth: usize,
    ) -> Result<Value, XmlDataError> {
        if depth > self.limits.max_depth {
            return Err(XmlDataError::TooDeep { at: position(element), limit: self.limits.max_depth });
        }
        let mut object = Map::new();
        self.attributes(element, fields, &mut object)?;
        for child in element.children().filter(Element::is_element) {
            let name = child.tag_name().name();
            let field = fields.iter().find(|field| field.place == Place::Element && field.name == name);
            let field = field.ok_or_else(|| unknown(child, name))?;
            let value = self.value(child, field, depth)?;
            if field.repeats {
                let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                list.as_array_mut().into_iter().for_each(|list| list.push(value.clone()));
            } else if object.insert(name.to_owned(), value).is_some() {
                return Err(XmlDataError::Twice { at: position(child), name: name.to_owned() });
            }
        }
        match fields.iter().find(|field| field.place == Place::Text) {
            Some(field) => {
                object.insert(field.name.clone(), self.scalar(field, &text_of(element), element)?);
            }
            None if !text_of(element).trim().is_empty() => {
                return Err(unknown(element, element.tag_name().name()));
            }
            None => {}
        }
        Ok(Value::Object(object))
    }

    fn attributes(
        &self,
        element: Element<'_>,
        fields: &[FieldModel],
        object: &mut Map<String, Value>,
    ) -> Result<(), XmlDataError> {
        for attribute in element.attributes().filter(|attribute| attribute.namespace() != Some(XSI)) {
            let name = attribute.name();
            let field = fields.iter().find(|field| field.place == Place::Attribute && field.name == name);
            let value = match field {
                Some(field) => self.scalar(field, attribute.value(), element)?,
                None if name == ROW_ID => Value::from(attribute.value()),
                None => return Err(unknown(element, name)),
            };
            object.insert(name.to_owned(), value);
        }
        Ok(())
    }

    fn value(&self, element: Element<'_>, field: &FieldModel, depth: usize) -> Result<Value, XmlDataError> {
        if matches!(element.attribute((XSI, "nil")), Some("true" | "1")) {
            return Ok(Value::Null);
        }
        match self.model.type_at(field.holds) {
            TypeModel::Fields(fields) => self.object(element, fields, depth + 1),
            TypeModel::Scalar(_) => {
                if let Some(child) = element.children().find(Element::is_element) {
                    return Err(unknown(child, child.tag_name().name()));
                }
                self.scalar(field, &text_of(element), element)
            }
        }
    }

    fn scalar(&self, field: &FieldModel, text: &str, element: Element<'_>) -> Result<Value, XmlDataError> {
        let TypeModel::Scalar(scalar) = self.model.type_at(field.holds) else { return Ok(Value::Null) };
        let (value, expected) = match scalar {
            Scalar::Text => return Ok(Value::from(text)),
            Scalar::Integer => (integer(text.trim()), "a whole number"),
            Scalar::Decimal => (decimal(text.trim()), "a number"),
            Scalar::Boolean => (boolean(text.trim()), "true or false"),
        };
        let name = field.name.clone();
        value.ok_or_else(|| XmlDataError::Type { at: position(element), name, expected })
    }
}

fn text_of(element: Element<'_>) -> String {
    element.children().filter(Node::is_text).filter_map(|child| child.text()).collect()
}

fn integer(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let number =
        unsigned.parse::<i64>().map(Number::from).or_else(|_| unsigned.parse::<u64>().map(Number::from));
    number.ok().map(Value::Number)
}

fn decimal(text: &str) -> Option<Value> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    integer(text).or_else(|| Number::from_f64(text.parse().ok()?).map(Value::Number))
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" | "1" => Some(Value::Bool(true)),
        "false" | "0" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn unknown(element: Element<'_>, name: &str) -> XmlDataError {
    XmlDataError::UnknownField { at: position(element), name: name.chars().take(100).collect() }
}

fn position(element: Element<'_>) -> Position {
    let at = element.document().text_pos_at(element.range().start);
    Position::new(at.row, at.col)
}
