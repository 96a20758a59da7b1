//! Values and nodes of the XML content of a request (XACML 3.0, 7.3.7 and A.3.15).

use std::borrow::Cow;
use std::cell::OnceCell;

use roxmltree::{Document, Node};

use super::super::function::{Operand, XPathFunction};
use super::super::model::Selector;
use super::super::request::{Content, Request};
use super::super::status::Fault;
use super::super::xpath::{self, PathError, PathNode};
use super::super::{DataType, Function, Value, XPathExpression, name};
use super::Evaluator;

/// The contents of a request, parsed when they are first looked into.
pub(super) struct Contents<'a> {
    request: &'a Request,
    documents: Vec<OnceCell<Option<Document<'a>>>>,
}

impl<'a> Contents<'a> {
    pub(super) fn of(request: &'a Request) -> Self {
        Self { request, documents: request.contents.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The root of a category's content.
    fn root<'s>(&'s self, category: &str) -> Result<Option<Node<'s, 'a>>, Fault> {
        let mut all = self.request.contents.iter().zip(&self.documents);
        let Some((content, cell)) = all.find(|(content, _)| content.category == category) else {
            return Ok(None);
        };
        let parsed = cell.get_or_init(|| parse(content));
        let document = parsed.as_ref().ok_or_else(|| Fault::syntax("the content of a category is no XML"))?;
        Ok(Some(document.root_element()))
    }
}

fn parse(content: &Content) -> Option<Document<'_>> {
    Document::parse(&content.xml).ok()
}

impl<'a> Evaluator<'a> {
    /// The values that a selector leads to.
    pub(super) fn selected(&self, selector: &Selector, data_type: DataType) -> Result<Vec<Value>, Fault> {
        let Some(root) = self.contents.root(selector.path.category())? else { return Ok(Vec::new()) };
        let from = selector.context.as_deref().map(|id| self.context_node(selector, id, root)).transpose()?;
        let nodes = xpath::select(&selector.path, root, from).map_err(|error| fault(&error))?;
        let value = |node: PathNode<'_, '_>| {
            Value::parse(data_type, &node.text())
                .ok_or_else(|| Fault::syntax(format!("a node of the content is no {data_type}")))
        };
        nodes.into_iter().map(value).collect()
    }

    /// The one node to which the path of an attribute leads.
    fn context_node<'s, 'i>(
        &self,
        selector: &Selector,
        id: &str,
        root: Node<'s, 'i>,
    ) -> Result<PathNode<'s, 'i>, Fault> {
        let mut paths = self.contents.request.values(selector.path.category(), id);
        let (Some(Value::XPathExpression(path)), None) = (paths.next(), paths.next()) else {
            return Err(Fault::syntax("the context of a selector is not one path"));
        };
        match xpath::select(path, root, None).map_err(|error| fault(&error))?.as_slice() {
            [node] => Ok(*node),
            _ => Err(Fault::syntax("the context of a selector is not one node")),
        }
    }

    pub(super) fn path_function(
        &self,
        kind: XPathFunction,
        function: &Function,
        operands: &[Operand<'_>],
    ) -> Result<Operand<'static>, Fault> {
        let paths = operands.iter().map(|operand| path(function, operand)).collect::<Result<Vec<_>, _>>()?;
        let sets = paths.iter().map(|path| self.nodes(path)).collect::<Result<Vec<_>, _>>()?;
        let same_content =
            paths.iter().all(|path| paths.first().is_some_and(|first| first.category() == path.category()));
        let related = |holds: fn(PathNode<'_, '_>, PathNode<'_, '_>) -> bool| match sets.as_slice() {
            [first, second] => {
                same_content && first.iter().any(|above| second.iter().any(|node| holds(*node, *above)))
            }
            _ => false,
        };
        Ok(match kind {
            XPathFunction::Count => {
                let count = sets.first().map_or(0, Vec::len);
                Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)).into()
            }
            XPathFunction::Equal => Value::Boolean(related(|node, other| node == other)).into(),
            XPathFunction::Match => Value::Boolean(related(xpath::is_within)).into(),
        })
    }

    fn nodes(&self, path: &XPathExpression) -> Result<Vec<PathNode<'_, 'a>>, Fault> {
        match self.contents.root(path.category())? {
            Some(root) => xpath::select(path, root, None).map_err(|error| fault(&error)),
            None => Ok(Vec::new()),
        }
    }
}

/// The path of an argument. As a text it leads into the content of the resource, the only one that XACML 1.0 and 2.0
/// knew, and its prefixes are those of the function's element.
fn path<'p>(function: &Function, operand: &'p Operand<'_>) -> Result<Cow<'p, XPathExpression>, Fault> {
    match operand.value()? {
        Value::XPathExpression(path) => Ok(Cow::Borrowed(path)),
        Value::String(text) => {
            Ok(Cow::Owned(XPathExpression::new(text, name::RESOURCE, function.namespaces())))
        }
        _ => Err(Fault::processing("expected a path")),
    }
}

fn fault(error: &PathError) -> Fault {
    match error {
        PathError::TooManyNodes => Fault::processing(error.to_string()),
        _ => Fault::syntax(error.to_string()),
    }
}
