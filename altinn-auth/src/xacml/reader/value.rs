//! Reads attribute values.

use std::sync::Arc;

use super::super::error::XacmlFault;
use super::super::{DataType, Value, XPathExpression};
use super::Read;
use super::element::{Element, shortened};

/// The value that a text stands for in the data type of its element.
pub(super) fn parse(element: Element<'_, '_>, data_type: DataType, text: &str) -> Option<Value> {
    if data_type != DataType::XPathExpression {
        return Value::parse(data_type, text);
    }
    let category = element.attribute("XPathCategory")?;
    let expression = XPathExpression::new(text, category, element.namespaces());
    Some(Value::XPathExpression(Arc::new(expression)))
}

/// Refuses a path that cannot be evaluated; without the feature `xpath`, every path.
pub(super) fn check_path(element: Element<'_, '_>, path: &XPathExpression) -> Read<()> {
    #[cfg(feature = "xpath")]
    return super::super::xpath::check(path).map_err(|error| {
        let expected = format!("a path that can be evaluated ({error})");
        element.invalid(path.path(), expected)
    });
    #[cfg(not(feature = "xpath"))]
    {
        let _ = path;
        Err(element.error(XacmlFault::Unsupported("a path without the feature `xpath`")))
    }
}

/// The value of an element; what it is stays out of an error, since it may be personal.
pub(super) fn read(element: Element<'_, '_>, name: &'static str) -> Read<Value> {
    let uri = element.required(name, "DataType")?;
    let data_type =
        DataType::from_uri(uri).ok_or_else(|| element.error(XacmlFault::UnknownDataType(shortened(uri))))?;
    parse(element, data_type, &element.text()?)
        .ok_or_else(|| element.invalid("the value", format!("a value of type {data_type}")))
}
