//! How a form is written as XML, from its JSON Schema: the order of the properties, and the marks that Altinn's
//! converter leaves (`@xsdRootElement`, `@xsdAttribute`, `@xsdText`, `@xsdNillable`).

use std::collections::HashMap;

use super::ordered::Ordered;
use super::{FieldModel, Place, Scalar, TypeModel, XmlModel, XmlModelError};
use crate::definition::blank_comments_and_trailing_commas;

/// How many types a form may have.
const MAX_TYPES: usize = 20_000;
/// How many references may lead from one to the next.
const MAX_REFERENCES: usize = 32;

impl XmlModel {
    /// From the text of a JSON Schema. `root` is the name of the root element where the schema does not say it.
    ///
    /// # Errors
    ///
    /// When it is no JSON, or refers to what is not there.
    pub fn from_json_schema(text: &str, root: &str) -> Result<Self, XmlModelError> {
        let strict = blank_comments_and_trailing_commas(text.trim_start_matches('\u{feff}'));
        let schema: Ordered =
            serde_json::from_str(&strict).map_err(|error| XmlModelError::NotJson(error.to_string()))?;
        let mut reader = Reader { schema: &schema, types: Vec::new(), by_reference: HashMap::new() };
        let (root, root_schema) = reader.root(root);
        let root_type = reader.type_of(root_schema, 0)?;
        let namespace = schema.get("@xsdTargetNamespace").and_then(Ordered::text).map(str::to_owned);
        Ok(Self { root, namespace, root_type, types: reader.types })
    }
}

struct Reader<'s> {
    schema: &'s Ordered,
    types: Vec<TypeModel>,
    by_reference: HashMap<&'s str, usize>,
}

impl<'s> Reader<'s> {
    /// The name of the root element, and what it holds.
    fn root(&self, otherwise: &str) -> (String, &'s Ordered) {
        let schema = self.schema;
        let info = |field: &str| schema.get("info").and_then(|info| info.get(field)).and_then(Ordered::text);
        if let Some(message) = info("meldingsnavn")
            && let Some(property) = schema.get("properties").and_then(|properties| properties.get(message))
        {
            return (message.to_owned(), property);
        }
        let named = schema.get("@xsdRootElement").and_then(Ordered::text);
        let node = info("rootNode").and_then(|reference| self.resolve(reference));
        (named.unwrap_or(otherwise).to_owned(), node.unwrap_or(schema))
    }

    fn resolve(&self, reference: &str) -> Option<&'s Ordered> {
        let steps = reference.strip_prefix("#/")?.split('/');
        steps
            .into_iter()
            .try_fold(self.schema, |at, step| at.get(&step.replace("~1", "/").replace("~0", "~")))
    }

    /// The type of a schema, which may refer to another or be one of a single one.
    fn type_of(&mut self, schema: &'s Ordered, references: usize) -> Result<usize, XmlModelError> {
        if references > MAX_REFERENCES || self.types.len() >= MAX_TYPES {
            return Err(XmlModelError::TooMany { limit: MAX_TYPES });
        }
        if let Some(reference) = schema.get("$ref").and_then(Ordered::text) {
            if let Some(known) = self.by_reference.get(reference) {
                return Ok(*known);
            }
            let target =
                self.resolve(reference).ok_or_else(|| XmlModelError::Unresolved(reference.to_owned()))?;
            if target.get("properties").is_none() {
                return self.type_of(target, references + 1);
            }
            // Known before it is read, so that a type may hold itself.
            let index = self.add(TypeModel::Scalar(Scalar::Text));
            self.by_reference.insert(reference, index);
            let fields = self.fields(target, references + 1)?;
            if let Some(place) = self.types.get_mut(index) {
                *place = TypeModel::Fields(fields);
            }
            return Ok(index);
        }
        if schema.get("properties").is_some() {
            let fields = self.fields(schema, references + 1)?;
            return Ok(self.add(TypeModel::Fields(fields)));
        }
        let inner = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|keyword| schema.get(keyword));
        let mut inner = inner.flat_map(Ordered::items);
        match inner.find(|inner| !is_null_type(inner)) {
            Some(inner) => self.type_of(inner, references + 1),
            None => Ok(self.add(TypeModel::Scalar(scalar_of(schema)))),
        }
    }

    fn add(&mut self, model: TypeModel) -> usize {
        self.types.push(model);
        self.types.len() - 1
    }

    fn fields(&mut self, schema: &'s Ordered, references: usize) -> Result<Vec<FieldModel>, XmlModelError> {
        let properties = schema.get("properties").map_or(&[][..], Ordered::fields);
        properties.iter().map(|(name, property)| self.field(name, property, references)).collect()
    }

    fn field(
        &mut self,
        name: &str,
        property: &'s Ordered,
        references: usize,
    ) -> Result<FieldModel, XmlModelError> {
        let says = |mark: &str| property.get(mark).is_some_and(Ordered::is_true);
        let place = match (says("@xsdAttribute"), says("@xsdText")) {
            (true, _) => Place::Attribute,
            (_, true) => Place::Text,
            _ => Place::Element,
        };
        let items = property.get("items");
        Ok(FieldModel {
            name: name.to_owned(),
            place,
            repeats: items.is_some(),
            nillable: says("@xsdNillable") || may_be_null(property),
            holds: self.type_of(items.unwrap_or(property), references)?,
        })
    }
}

fn types(schema: &Ordered) -> Vec<&str> {
    match schema.get("type") {
        Some(Ordered::Text(kind)) => vec![kind],
        Some(list) => list.items().iter().filter_map(Ordered::text).collect(),
        None => Vec::new(),
    }
}

fn may_be_null(schema: &Ordered) -> bool {
    let listed = types(schema);
    let either = ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema.get(keyword));
    listed.contains(&"null") || either.flat_map(Ordered::items).any(is_null_type)
}

fn is_null_type(schema: &Ordered) -> bool {
    types(schema) == ["null"]
}

fn scalar_of(schema: &Ordered) -> Scalar {
    let types = types(schema);
    let is = |kind: &str| types.contains(&kind);
    match () {
        () if is("string") => Scalar::Text,
        () if is("integer") => Scalar::Integer,
        () if is("number") => Scalar::Decimal,
        () if is("boolean") => Scalar::Boolean,
        () => Scalar::Text,
    }
}
