//! Reads matches, expressions and assignments.

#[cfg(feature = "xpath")]
use std::sync::Arc;

#[cfg(feature = "xpath")]
use super::super::XPathExpression;
use super::super::error::XacmlFault;
#[cfg(feature = "xpath")]
use super::super::model::Selector;
use super::super::model::{AssignmentExpression, Designator, Expression, ExpressionKind, Match};
use super::super::{DataType, Function, Value};
use super::element::{Element, shortened};
use super::policy::{PolicyReader, check_depth};
use super::{Read, value};

const AN_EXPRESSION: &str = "an expression, such as `Apply` or `AttributeValue`";

impl PolicyReader<'_> {
    pub(super) fn a_match(&self, element: Element<'_, '_>) -> Read<Match> {
        let function = function(element, element.required("Match", "MatchId")?)?;
        let (mut value, mut attribute) = (None, None);
        for child in element.children() {
            match child.name() {
                "AttributeValue" => value = Some(self.value(child)?),
                "AttributeDesignator" => attribute = Some(self.designator(child)?),
                "AttributeSelector" => attribute = Some(self.selector(child)?),
                _ => {
                    return Err(
                        child.unexpected("`AttributeValue`, `AttributeDesignator` or `AttributeSelector`")
                    );
                }
            }
        }
        let missing = |missing| element.error(XacmlFault::Missing { element: "Match", missing });
        Ok(Match {
            function,
            value: value.ok_or_else(|| missing("`AttributeValue`"))?,
            attribute: attribute.ok_or_else(|| missing("`AttributeDesignator`"))?,
            offset: element.offset(),
        })
    }

    pub(super) fn assignment(&self, element: Element<'_, '_>) -> Read<AssignmentExpression> {
        const NAME: &str = "AttributeAssignmentExpression";
        Ok(AssignmentExpression {
            id: self.filled(element.required(NAME, "AttributeId")?),
            category: element.attribute("Category").map(|category| self.filled(category)),
            issuer: element.attribute("Issuer").map(Into::into),
            expression: self.only_expression(element, NAME)?,
        })
    }

    /// The one expression that stands in an element.
    pub(super) fn only_expression(&self, element: Element<'_, '_>, name: &'static str) -> Read<Expression> {
        let mut children = element.children();
        let missing = || element.error(XacmlFault::Missing { element: name, missing: "expression" });
        let expression = self.expression(children.next().ok_or_else(missing)?, 0)?;
        match children.next() {
            None => Ok(expression),
            Some(second) => Err(second.unexpected("nothing after the expression")),
        }
    }

    fn expression(&self, element: Element<'_, '_>, depth: usize) -> Read<Expression> {
        check_depth(element, depth)?;
        let kind = match element.name() {
            "AttributeValue" => ExpressionKind::Value(self.value(element)?),
            "AttributeDesignator" => ExpressionKind::Attribute(self.designator(element)?),
            "Apply" => self.apply(element, depth)?,
            "VariableReference" => {
                let id = element.required("VariableReference", "VariableId")?;
                ExpressionKind::Variable(self.filled(id))
            }
            "Function" => {
                let id = element.required("Function", "FunctionId")?;
                ExpressionKind::Function(function(element, id)?)
            }
            "AttributeSelector" => ExpressionKind::Attribute(self.selector(element)?),
            _ => return Err(element.unexpected(AN_EXPRESSION)),
        };
        Ok(Expression { kind, offset: element.offset() })
    }

    fn apply(&self, element: Element<'_, '_>, depth: usize) -> Read<ExpressionKind> {
        let function = function(element, element.required("Apply", "FunctionId")?)?;
        let mut arguments = Vec::new();
        for child in element.children() {
            if child.name() != "Description" {
                arguments.push(self.expression(child, depth + 1)?);
            }
        }
        Ok(ExpressionKind::Apply { function, arguments })
    }

    fn value(&self, element: Element<'_, '_>) -> Read<Value> {
        let data_type = data_type(element, "AttributeValue")?;
        let text = element.text()?;
        let text = self.placeholders.map_or_else(|| text.clone(), |names| names.fill(&text));
        let parsed = value::parse(element, data_type, &text)
            .ok_or_else(|| element.invalid(&text, format!("a value of type {data_type}")))?;
        if let Value::XPathExpression(path) = &parsed {
            value::check_path(element, path)?;
        }
        Ok(parsed)
    }

    fn designator(&self, element: Element<'_, '_>) -> Read<Designator> {
        const NAME: &str = "AttributeDesignator";
        let must_be_present = element.boolean("MustBePresent")?;
        let missing = || element.error(XacmlFault::Missing { element: NAME, missing: "MustBePresent" });
        Ok(Designator {
            category: self.filled(element.required(NAME, "Category")?),
            id: self.filled(element.required(NAME, "AttributeId")?),
            data_type: data_type(element, NAME)?,
            issuer: element.attribute("Issuer").map(Into::into),
            must_be_present: must_be_present.ok_or_else(missing)?,
            selector: None,
        })
    }

    #[cfg(feature = "xpath")]
    fn selector(&self, element: Element<'_, '_>) -> Read<Designator> {
        const NAME: &str = "AttributeSelector";
        let category = self.filled(element.required(NAME, "Category")?);
        let path = XPathExpression::new(element.required(NAME, "Path")?, &category, element.namespaces());
        value::check_path(element, &path)?;
        let context = element.attribute("ContextSelectorId").map(|id| self.filled(id));
        let must_be_present = element.boolean("MustBePresent")?;
        let missing = || element.error(XacmlFault::Missing { element: NAME, missing: "MustBePresent" });
        Ok(Designator {
            category,
            id: "".into(),
            data_type: data_type(element, NAME)?,
            issuer: None,
            must_be_present: must_be_present.ok_or_else(missing)?,
            selector: Some(Arc::new(Selector { path, context })),
        })
    }

    #[cfg(not(feature = "xpath"))]
    #[allow(clippy::unused_self, reason = "the feature `xpath` needs it")]
    fn selector(&self, element: Element<'_, '_>) -> Read<Designator> {
        Err(element.error(XacmlFault::Unsupported("`AttributeSelector` without the feature `xpath`")))
    }
}

fn function(element: Element<'_, '_>, urn: &str) -> Read<Function> {
    let function = Function::from_urn(urn);
    #[cfg(feature = "xpath")]
    let function = function.map(|function| function.within(element.namespaces()));
    function.ok_or_else(|| element.error(XacmlFault::UnknownFunction(shortened(urn))))
}

fn data_type(element: Element<'_, '_>, name: &'static str) -> Read<DataType> {
    let uri = element.required(name, "DataType")?;
    DataType::from_uri(uri).ok_or_else(|| element.error(XacmlFault::UnknownDataType(shortened(uri))))
}
