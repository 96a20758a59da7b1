//! Form data as XML, both ways: the order, the attributes and the namespace of the app's XSD, or the order of its JSON
//! Schema where it has no XSD.
//!
//! What Altinn's generated classes do is done here: an attribute and an element are fields with their names, the text
//! of an element that has attributes is the field `value`, an element that may be there several times is a list, and
//! `altinnRowId` is an attribute of a row.

mod error;
mod from_schema;
mod from_xsd;
mod ordered;
mod read;
mod write;

pub use error::{XmlDataError, XmlModelError};

/// The text of an element that has attributes too.
const VALUE: &str = "value";
/// The id of a row of a repeating group.
pub(crate) const ROW_ID: &str = "altinnRowId";
/// What says that an element is null.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// How a form is written as XML.
///
/// ```
/// use altinn_services::form::{FormLimits, XmlModel};
/// use serde_json::json;
///
/// let model = XmlModel::from_xsd(r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
///   <xs:element name="person"><xs:complexType><xs:sequence>
///     <xs:element name="name" type="xs:string"/><xs:element name="age" type="xs:integer"/>
///   </xs:sequence></xs:complexType></xs:element></xs:schema>"#)?;
/// let xml = model.write(&json!({"age": 36, "name": "Ada"}))?;
/// assert!(xml.ends_with("<person><name>Ada</name><age>36</age></person>"));
/// assert_eq!(model.read(&xml, FormLimits::default())?, json!({"age": 36, "name": "Ada"}));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlModel {
    root: String,
    namespace: Option<String>,
    root_type: usize,
    types: Vec<TypeModel>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum TypeModel {
    Scalar(Scalar),
    Fields(Vec<FieldModel>),
}

/// A field of an element, in the order of the XSD.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldModel {
    name: String,
    place: Place,
    /// Whether it may be there several times.
    repeats: bool,
    /// Whether null is written, with `xsi:nil`.
    nillable: bool,
    holds: usize,
}

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Element,
    Attribute,
    /// The text of the element itself.
    Text,
}

/// What kind of value a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scalar {
    Text,
    Integer,
    Decimal,
    Boolean,
}

impl XmlModel {
    fn type_at(&self, index: usize) -> &TypeModel {
        // An index comes from the list itself; text is what everything is at the least.
        self.types.get(index).unwrap_or(&TypeModel::Scalar(Scalar::Text))
    }

    /// The name of the root element.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The namespace of the elements; none when they are in no namespace.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }
}
