//! How a form is written as XML, from its XSD.
//!
//! Read is what says order, names and kinds of values: elements, attributes, sequences, choices, groups, extensions
//! and references. Facets are the JSON Schema's business.

use std::collections::HashMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::{FieldModel, Place, Scalar, TypeModel, VALUE, XmlModel, XmlModelError};
use crate::definition::Position;

const XS: &str = "http://www.w3.org/2001/XMLSchema";
const MAX_TYPES: usize = 20_000;
const MAX_NODES: u32 = 1_000_000;
const MAX_DEPTH: usize = 64;

/// A part of the XSD.
type Part<'d> = Node<'d, 'd>;

impl XmlModel {
    /// From the text of an XSD; its first element is the root.
    ///
    /// # Errors
    ///
    /// Says what is wrong when it is no XSD of a form.
    pub fn from_xsd(text: &str) -> Result<Self, XmlModelError> {
        let options =
            ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text.trim_start_matches('\u{feff}'), options);
        let document = document.map_err(|error| XmlModelError::NotXml {
            at: Position::new(error.pos().row, error.pos().col),
            problem: error.to_string().chars().take(200).collect(),
        })?;
        let schema = document.root_element();
        let root = parts(schema, "element").next().ok_or(XmlModelError::NoRoot)?;
        let mut reader = Reader { schema, types: Vec::new(), by_name: HashMap::new(), depth: 0 };
        let root_type = reader.type_of_element(root)?;
        let qualified = schema.attribute("elementFormDefault") == Some("qualified");
        let namespace = schema.attribute("targetNamespace").filter(|_| qualified).map(str::to_owned);
        let root = root.attribute("name").ok_or(XmlModelError::NoRoot)?.to_owned();
        Ok(Self { root, namespace, root_type, types: reader.types })
    }
}

fn parts<'d>(node: Part<'d>, name: &'static str) -> impl Iterator<Item = Part<'d>> {
    node.children().filter(move |child| child.has_tag_name((XS, name)))
}

fn part<'d>(node: Part<'d>, name: &'static str) -> Option<Part<'d>> {
    parts(node, name).next()
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

struct Reader<'d> {
    schema: Part<'d>,
    types: Vec<TypeModel>,
    by_name: HashMap<&'d str, usize>,
    depth: usize,
}

impl<'d> Reader<'d> {
    fn global(&self, kind: &'static str, name: &str) -> Option<Part<'d>> {
        parts(self.schema, kind).find(|part| part.attribute("name") == Some(local(name)))
    }

    fn add(&mut self, model: TypeModel) -> Result<usize, XmlModelError> {
        if self.types.len() >= MAX_TYPES {
            return Err(XmlModelError::TooMany { limit: MAX_TYPES });
        }
        self.types.push(model);
        Ok(self.types.len() - 1)
    }

    fn type_of_element(&mut self, element: Part<'d>) -> Result<usize, XmlModelError> {
        if let Some(name) = element.attribute("type") {
            return self.named_type(name);
        }
        if let Some(complex) = part(element, "complexType") {
            let fields = self.fields_of_type(complex)?;
            return self.add(TypeModel::Fields(fields));
        }
        let scalar = self.scalar_of_element(element);
        self.add(TypeModel::Scalar(scalar))
    }

    fn named_type(&mut self, name: &'d str) -> Result<usize, XmlModelError> {
        if let Some(known) = self.by_name.get(name) {
            return Ok(*known);
        }
        let index = self.add(TypeModel::Scalar(self.scalar_named(name, 0)))?;
        // Known before it is read, so that a type may hold itself.
        self.by_name.insert(name, index);
        if let Some(complex) = self.global("complexType", name) {
            let fields = self.fields_of_type(complex)?;
            if let Some(place) = self.types.get_mut(index) {
                *place = TypeModel::Fields(fields);
            }
        }
        Ok(index)
    }

    /// Attributes, what is inherited, and elements of a complex type.
    fn fields_of_type(&mut self, complex: Part<'d>) -> Result<Vec<FieldModel>, XmlModelError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(XmlModelError::TooMany { limit: MAX_TYPES });
        }
        let mut fields = Vec::new();
        let content = part(complex, "simpleContent").or_else(|| part(complex, "complexContent"));
        let derived =
            content.and_then(|content| part(content, "extension").or_else(|| part(content, "restriction")));
        if let (Some(content), Some(derived)) = (content, derived) {
            let base = derived.attribute("base").unwrap_or_default();
            match self.global("complexType", base) {
                Some(base) => fields.extend(self.fields_of_type(base)?),
                None if content.has_tag_name((XS, "simpleContent")) => {
                    let holds = self.add(TypeModel::Scalar(self.scalar_named(base, 0)))?;
                    fields.push(field(VALUE, Place::Text, holds));
                }
                None => {}
            }
        }
        let body = derived.unwrap_or(complex);
        self.elements(body, false, &mut fields)?;
        self.attributes(body, &mut fields)?;
        self.depth -= 1;
        Ok(fields)
    }

    fn attributes(&mut self, body: Part<'d>, fields: &mut Vec<FieldModel>) -> Result<(), XmlModelError> {
        for group in parts(body, "attributeGroup") {
            let named = group.attribute("ref").and_then(|name| self.global("attributeGroup", name));
            if let Some(named) = named.filter(|_| self.depth < MAX_DEPTH) {
                self.depth += 1;
                self.attributes(named, fields)?;
                self.depth -= 1;
            }
        }
        for attribute in parts(body, "attribute") {
            let target = attribute.attribute("ref").and_then(|name| self.global("attribute", name));
            let target = target.unwrap_or(attribute);
            let Some(name) = target.attribute("name") else { continue };
            let scalar = match target.attribute("type") {
                Some(name) => self.scalar_named(name, 0),
                None => self.scalar_of_element(target),
            };
            let holds = self.add(TypeModel::Scalar(scalar))?;
            put(fields, field(name, Place::Attribute, holds));
        }
        Ok(())
    }

    /// The elements of a sequence, a choice, a group, and of those inside it.
    fn elements(
        &mut self,
        body: Part<'d>,
        repeats: bool,
        fields: &mut Vec<FieldModel>,
    ) -> Result<(), XmlModelError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(XmlModelError::TooMany { limit: MAX_TYPES });
        }
        for child in body.children().filter(|child| child.tag_name().namespace() == Some(XS)) {
            let repeats = repeats || may_repeat(child);
            match child.tag_name().name() {
                "sequence" | "choice" | "all" => self.elements(child, repeats, fields)?,
                "group" => {
                    if let Some(group) = child.attribute("ref").and_then(|name| self.global("group", name)) {
                        self.elements(group, repeats, fields)?;
                    }
                }
                "element" => {
                    let element = self.element(child, repeats)?;
                    put(fields, element);
                }
                _ => {}
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn element(&mut self, element: Part<'d>, repeats: bool) -> Result<FieldModel, XmlModelError> {
        let target = match element.attribute("ref") {
            Some(name) => {
                self.global("element", name).ok_or_else(|| XmlModelError::Unresolved(name.to_owned()))?
            }
            None => element,
        };
        let name = target.attribute("name").ok_or(XmlModelError::NoRoot)?;
        let nillable = [element, target].iter().any(|part| part.attribute("nillable") == Some("true"));
        let holds = self.type_of_element(target)?;
        Ok(FieldModel { name: name.to_owned(), place: Place::Element, repeats, nillable, holds })
    }

    fn scalar_of_element(&self, element: Part<'d>) -> Scalar {
        let restriction = part(element, "simpleType").and_then(|simple| part(simple, "restriction"));
        let base = restriction.and_then(|restriction| restriction.attribute("base"));
        base.map_or(Scalar::Text, |base| self.scalar_named(base, 0))
    }

    /// What kind of value a simple type is: that of the type that it restricts.
    fn scalar_named(&self, name: &str, depth: usize) -> Scalar {
        if depth < MAX_DEPTH
            && let Some(simple) = self.global("simpleType", name)
        {
            let base = part(simple, "restriction").and_then(|restriction| restriction.attribute("base"));
            return base.map_or(Scalar::Text, |base| self.scalar_named(base, depth + 1));
        }
        match local(name) {
            "boolean" => Scalar::Boolean,
            "decimal" | "double" | "float" => Scalar::Decimal,
            "integer" | "int" | "long" | "short" | "byte" | "positiveInteger" | "nonNegativeInteger"
            | "negativeInteger" | "nonPositiveInteger" | "unsignedInt" | "unsignedLong" | "unsignedShort"
            | "unsignedByte" => Scalar::Integer,
            _ => Scalar::Text,
        }
    }
}

fn may_repeat(part: Part<'_>) -> bool {
    let most = part.attribute("maxOccurs").unwrap_or("1");
    most == "unbounded" || most.parse::<u64>().is_ok_and(|most| most > 1)
}

fn field(name: &str, place: Place, holds: usize) -> FieldModel {
    FieldModel { name: name.to_owned(), place, repeats: false, nillable: false, holds }
}

/// Adds a field; one that stands in two branches of a choice is one field.
fn put(fields: &mut Vec<FieldModel>, field: FieldModel) {
    if !fields.iter().any(|known| known.name == field.name && known.place == field.place) {
        fields.push(field);
    }
}
