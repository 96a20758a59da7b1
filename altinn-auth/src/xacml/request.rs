//! What is asked: the attributes of a request.

use std::borrow::Cow;
use std::sync::Arc;

use super::signature::signature;
use super::{Value, name};

/// A request for one decision: attributes of the subject, the resource, the action and what is around them.
///
/// ```
/// use altinn_auth::xacml::{Request, name};
///
/// let request = Request::new()
///     .with(name::ACCESS_SUBJECT, "urn:altinn:rolecode", "DAGL")
///     .with(name::RESOURCE, "urn:altinn:app", "bakery-licence")
///     .with_action("read");
/// assert_eq!(request.values(name::RESOURCE, "urn:altinn:app").count(), 1);
/// ```
#[derive(Clone, Default)]
pub struct Request {
    pub(crate) attributes: Vec<RequestAttribute>,
    pub(crate) return_policy_ids: bool,
    #[cfg_attr(not(feature = "xpath"), allow(dead_code, reason = "only selectors look into it"))]
    pub(crate) contents: Vec<Content>,
}

/// The XML content of a category, below a root that stands for the document.
#[cfg_attr(not(feature = "xpath"), allow(dead_code, reason = "only selectors look into it"))]
#[derive(Clone)]
pub(crate) struct Content {
    pub(crate) category: String,
    pub(crate) xml: Arc<str>,
}

/// One value of an attribute.
#[derive(Clone)]
pub(crate) struct RequestAttribute {
    pub(crate) category: Cow<'static, str>,
    pub(crate) id: Cow<'static, str>,
    pub(crate) issuer: Option<String>,
    pub(crate) value: Value,
    pub(crate) include_in_result: bool,
    /// The signature of its id.
    pub(crate) signature: u64,
}

impl RequestAttribute {
    pub(crate) fn new(category: Cow<'static, str>, id: Cow<'static, str>, value: Value) -> Self {
        let signature = signature(&id);
        Self { category, id, issuer: None, value, include_in_result: false, signature }
    }
}

impl Content {
    /// The XML without the root that stands for the document.
    pub(crate) fn inner(&self) -> &str {
        let after = self.xml.split_once('>').map_or("", |(_, after)| after);
        after.strip_suffix("</Content>").unwrap_or(after)
    }
}

impl Request {
    /// A request without attributes.
    pub fn new() -> Self {
        Self { attributes: Vec::with_capacity(16), return_policy_ids: false, contents: Vec::new() }
    }

    /// Adds a value to an attribute.
    pub fn add(
        &mut self,
        category: impl Into<Cow<'static, str>>,
        id: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) {
        self.attributes.push(RequestAttribute::new(category.into(), id.into(), value.into()));
    }

    /// The request with one value more.
    #[must_use]
    pub fn with(
        mut self,
        category: impl Into<Cow<'static, str>>,
        id: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Self {
        self.add(category, id, value);
        self
    }

    /// The request for this action.
    #[must_use]
    pub fn with_action(self, action: &str) -> Self {
        self.with(name::ACTION, name::ACTION_ID, action)
    }

    /// The request, with the list of the policies that applied wanted in the answer (`ReturnPolicyIdList`).
    #[must_use]
    pub fn returning_policy_ids(mut self) -> Self {
        self.return_policy_ids = true;
        self
    }

    /// Adds a value to an attribute that is to stand in the answer too (`IncludeInResult`).
    pub(crate) fn add_included(&mut self, category: &'static str, id: &'static str, value: impl Into<Value>) {
        self.add(category, id, value);
        if let Some(attribute) = self.attributes.last_mut() {
            attribute.include_in_result = true;
        }
    }

    /// Every value: its category, its attribute's id, and itself.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.attributes.iter().map(|attribute| (&*attribute.category, &*attribute.id, &attribute.value))
    }

    /// The values of an attribute.
    pub fn values<'a>(&'a self, category: &'a str, id: &'a str) -> impl Iterator<Item = &'a Value> {
        self.attributes
            .iter()
            .filter(move |attribute| attribute.id == id && attribute.category == category)
            .map(|attribute| &attribute.value)
    }
}

impl std::fmt::Debug for Request {
    /// Names the attributes; their values may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.attributes.iter().map(|attribute| &attribute.id)).finish()
    }
}
