//! Form data to XML.

use serde_json::{Map, Value};

use super::{FieldModel, Place, ROW_ID, Scalar, TypeModel, XSI, XmlDataError, XmlModel};

impl XmlModel {
    /// Writes form data as XML, in the order of the model. Null is left out, or written as `xsi:nil` where the model
    /// allows it.
    ///
    /// # Errors
    ///
    /// When a field has no place in the XML, or holds another kind of value than the model says.
    pub fn write(&self, data: &Value) -> Result<String, XmlDataError> {
        let mut writer = Writer { model: self, xml: String::new(), path: Vec::new() };
        writer.xml.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        let mut declarations = String::new();
        if let Some(namespace) = &self.namespace {
            declarations.push_str(" xmlns=\"");
            escape(namespace, &mut declarations);
            declarations.push('"');
        }
        if self.types.iter().any(has_nillable) {
            declarations.push_str(&format!(" xmlns:xsi=\"{XSI}\""));
        }
        let object = data.as_object().ok_or_else(|| writer.refused())?;
        let fields = match self.type_at(self.root_type) {
            TypeModel::Fields(fields) => fields.as_slice(),
            TypeModel::Scalar(_) => &[],
        };
        writer.element(&self.root, &declarations, object, fields)?;
        Ok(writer.xml)
    }
}

fn has_nillable(model: &TypeModel) -> bool {
    matches!(model, TypeModel::Fields(fields) if fields.iter().any(|field| field.nillable))
}

struct Writer<'m> {
    model: &'m XmlModel,
    xml: String,
    path: Vec<String>,
}

impl Writer<'_> {
    fn refused(&self) -> XmlDataError {
        let steps = self.path.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1")));
        XmlDataError::NotWritable { path: steps.collect() }
    }

    fn element(
        &mut self,
        name: &str,
        declarations: &str,
        object: &Map<String, Value>,
        fields: &[FieldModel],
    ) -> Result<(), XmlDataError> {
        let known = |name: &String| name == ROW_ID || fields.iter().any(|field| field.name == *name);
        if let Some(unknown) = object.keys().find(|name| !known(name)) {
            self.path.push(unknown.clone());
            return Err(self.refused());
        }
        self.xml.push_str(&format!("<{name}{declarations}"));
        self.attributes(object, fields)?;
        self.xml.push('>');
        for field in fields.iter().filter(|field| field.place != Place::Attribute) {
            let Some(value) = object.get(&field.name) else { continue };
            self.path.push(field.name.clone());
            self.field(field, value)?;
            self.path.pop();
        }
        self.xml.push_str(&format!("</{name}>"));
        Ok(())
    }

    fn attributes(&mut self, object: &Map<String, Value>, fields: &[FieldModel]) -> Result<(), XmlDataError> {
        if let Some(id) = object.get(ROW_ID).and_then(Value::as_str)
            && !fields.iter().any(|field| field.name == ROW_ID)
        {
            self.attribute(ROW_ID, id)?;
        }
        for field in fields.iter().filter(|field| field.place == Place::Attribute) {
            let Some(value) = object.get(&field.name).filter(|value| !value.is_null()) else { continue };
            self.path.push(field.name.clone());
            let text = self.scalar_text(field, value)?;
            self.attribute(&field.name, &text)?;
            self.path.pop();
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) -> Result<(), XmlDataError> {
        self.xml.push_str(&format!(" {name}=\""));
        self.text(value)?;
        self.xml.push('"');
        Ok(())
    }

    fn field(&mut self, field: &FieldModel, value: &Value) -> Result<(), XmlDataError> {
        match (field.place, field.repeats, value) {
            (Place::Text, _, Value::Null) => Ok(()),
            (Place::Text, _, value) => {
                let text = self.scalar_text(field, value)?;
                self.text(&text)
            }
            (_, true, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(index.to_string());
                    self.one(field, item)?;
                    self.path.pop();
                }
                Ok(())
            }
            (_, true, Value::Null) => Ok(()),
            (_, true, _) | (_, false, Value::Array(_)) => Err(self.refused()),
            (_, false, value) => self.one(field, value),
        }
    }

    fn one(&mut self, field: &FieldModel, value: &Value) -> Result<(), XmlDataError> {
        let name = &field.name;
        let model = self.model;
        match (model.type_at(field.holds), value) {
            (_, Value::Null) if field.nillable => {
                self.xml.push_str(&format!("<{name} xsi:nil=\"true\"/>"));
                Ok(())
            }
            // A row that holds nothing keeps its place among the others.
            (_, Value::Null) if field.repeats => Err(self.refused()),
            (_, Value::Null) => Ok(()),
            (TypeModel::Fields(fields), Value::Object(object)) => self.element(name, "", object, fields),
            (TypeModel::Fields(_), _) => Err(self.refused()),
            (TypeModel::Scalar(_), value) => {
                let text = self.scalar_text(field, value)?;
                self.xml.push_str(&format!("<{name}>"));
                self.text(&text)?;
                self.xml.push_str(&format!("</{name}>"));
                Ok(())
            }
        }
    }

    fn scalar_text(&self, field: &FieldModel, value: &Value) -> Result<String, XmlDataError> {
        match (self.model.type_at(field.holds), value) {
            (TypeModel::Scalar(Scalar::Text), Value::String(text)) => Ok(text.clone()),
            (TypeModel::Scalar(Scalar::Integer), Value::Number(number)) if !number.is_f64() => {
                Ok(number.to_string())
            }
            (TypeModel::Scalar(Scalar::Decimal), Value::Number(number)) => Ok(number.to_string()),
            (TypeModel::Scalar(Scalar::Boolean), Value::Bool(flag)) => Ok(flag.to_string()),
            _ => Err(self.refused()),
        }
    }

    /// Text as it stands in XML; characters that no XML can hold are refused.
    fn text(&mut self, text: &str) -> Result<(), XmlDataError> {
        let in_xml = |letter: char| {
            matches!(letter, '\t' | '\n' | '\r')
                || (letter >= ' ' && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        };
        if !text.chars().all(in_xml) {
            return Err(self.refused());
        }
        escape(text, &mut self.xml);
        Ok(())
    }
}

fn escape(text: &str, into: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            // An attribute's white space and a text's line ends would be read as others.
            '\t' => into.push_str("&#9;"),
            '\n' => into.push_str("&#10;"),
            '\r' => into.push_str("&#13;"),
            other => into.push(other),
        }
    }
}
