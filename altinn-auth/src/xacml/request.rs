//! What is asked: the attributes of a request.

use std::borrow::Cow;
use std::sync::Arc;

use super::attribute_name::{AttributeName, ReadName};
use super::fingerprint::Fingerprint;
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
    /// Whether a value is to stand in the answer too.
    pub(crate) includes: bool,
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
    pub(crate) name: AttributeName,
    pub(crate) value: Value,
    /// Of the attribute and the value's text; of a value that is no text, it is not looked at.
    pub(crate) fingerprint: Fingerprint,
}

/// For how many values a new request has room: as many as fit into a kibibyte, which allocators hand out at once.
const ROOM: usize = 1024 / size_of::<RequestAttribute>();

impl RequestAttribute {
    #[inline]
    pub(crate) fn new(name: AttributeName, value: Value) -> Self {
        let fingerprint = Fingerprint::of(name.category(), name.id(), value.as_text().unwrap_or(""));
        Self { name, value, fingerprint }
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
        Self {
            attributes: Vec::with_capacity(ROOM),
            return_policy_ids: false,
            includes: false,
            contents: Vec::new(),
        }
    }

    /// Adds a value to an attribute.
    pub fn add(
        &mut self,
        category: impl Into<Cow<'static, str>>,
        id: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) {
        let name = AttributeName::new(category.into(), id.into());
        self.attributes.push(RequestAttribute::new(name, value.into()));
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
        let name =
            ReadName { category: category.into(), id: id.into(), issuer: None, include_in_result: true };
        self.includes = true;
        self.attributes.push(RequestAttribute::new(name.into(), value.into()));
    }

    /// Adds to attributes with these ids the text of every value that is none.
    pub(crate) fn add_texts(&mut self, is_meant: impl Fn(&str) -> bool) {
        let typed = |one: &&RequestAttribute| one.value.as_text().is_none() && is_meant(one.name.id());
        let text =
            |one: &RequestAttribute| RequestAttribute::new(one.name.clone(), one.value.to_string().into());
        let texts: Vec<_> = self.attributes.iter().filter(typed).map(text).collect();
        self.attributes.extend(texts);
    }

    /// Every value: its category, its attribute's id, and itself.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.attributes.iter().map(|one| (one.name.category(), one.name.id(), &one.value))
    }

    /// The values of an attribute.
    pub fn values<'a>(&'a self, category: &'a str, id: &'a str) -> impl Iterator<Item = &'a Value> {
        self.attributes
            .iter()
            .filter(move |attribute| attribute.name.id() == id && attribute.name.category() == category)
            .map(|attribute| &attribute.value)
    }
}

impl std::fmt::Debug for Request {
    /// Names the attributes; their values may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.attributes.iter().map(|attribute| attribute.name.id())).finish()
    }
}
