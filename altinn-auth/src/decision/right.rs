//! Rights: what the rules of a policy permit, one action on one part of a resource at a time.

use std::sync::Arc;

use altinn_core::ResourceId;

use super::attribute;
use crate::xacml::model::{AllOf, Match, Rule};
use crate::xacml::{Effect, PolicyDocument, Request, RuleName, name};

/// The most rights that are told of one policy; what its rules would permit beyond them cannot be delegated.
pub const MAX_RIGHTS: usize = 10_000;

/// A right: an action on a resource, or on a part of it.
///
/// ```
/// use altinn_auth::decision::Right;
///
/// let read = Right::new("app_ttd_bakery-licence".parse()?, "read").within("urn:altinn:task", "Task_1");
/// assert_eq!(read.key(), "app_ttd_bakery-licence,Task_1:read");
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Right {
    /// The resource; an app's is `app_<org>_<app>`.
    pub resource: ResourceId,
    /// The part of the resource: attributes (id, value) such as a task or an end event, by id; none for all of it.
    pub within: Vec<(String, String)>,
    /// The action.
    pub action: String,
}

/// A right that rules of a policy permit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyRight {
    /// The attributes of the resource (id, value) as the policy has them, by id.
    pub attributes: Vec<(String, String)>,
    /// Those of them that tell the part of the resource.
    pub within: Vec<(String, String)>,
    /// The action.
    pub action: String,
    /// The rules that permit it.
    pub rules: Vec<RightRule>,
}

/// A rule that permits a right, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RightRule {
    /// The rule.
    pub rule: RuleName,
    /// The version of its policy.
    pub version: Arc<str>,
    /// To whom: whoever has all attributes (id, value) of any one of these. Empty for everybody.
    pub subjects: Vec<Vec<(String, String)>>,
}

impl Right {
    /// An action on all of a resource.
    pub fn new(resource: ResourceId, action: impl Into<String>) -> Self {
        Self { resource, within: Vec::new(), action: action.into() }
    }

    /// The same, on the part of the resource that has this attribute too.
    #[must_use]
    pub fn within(mut self, attribute: impl Into<String>, value: impl Into<String>) -> Self {
        self.within.push((attribute.into(), value.into()));
        self.within.sort();
        self
    }

    /// Its key: the values of the resource's attributes and the action.
    pub fn key(&self) -> String {
        let parts: Vec<&str> = self.within.iter().map(|(_, value)| value.as_str()).collect();
        key_of(std::iter::once(self.resource.as_str()).chain(parts), &self.action)
    }

    /// Whether it is a right to what a request asks for. The request's resource must be this one.
    pub(super) fn covers(&self, action: &str, request: &Request) -> bool {
        let names = |(id, value): &(String, String)| {
            request.values(name::RESOURCE, id).any(|named| named.as_text() == Some(value))
        };
        self.action == action && self.within.iter().all(names)
    }
}

impl PolicyRight {
    /// Its key as Altinn writes it: the values of the resource's attributes, by the attributes' ids, and the action.
    pub fn key(&self) -> String {
        key_of(self.attributes.iter().map(|(_, value)| value.as_str()), &self.action)
    }

    /// The same right of a resource.
    pub fn of(&self, resource: &ResourceId) -> Right {
        Right { resource: resource.clone(), within: self.within.clone(), action: self.action.clone() }
    }
}

fn key_of<'a>(values: impl Iterator<Item = &'a str>, action: &str) -> String {
    format!("{}:{action}", values.collect::<Vec<_>>().join(","))
}

/// The rights that the permitting rules of a policy tell, each once.
pub(super) fn of_policy(document: &PolicyDocument) -> Vec<PolicyRight> {
    let tree = document.tree();
    let mut rights: Vec<PolicyRight> = Vec::new();
    for rule in tree.rules().into_iter().filter(|rule| rule.effect == Effect::Permit) {
        let name = RuleName { policy: Arc::clone(tree.id()), rule: Arc::clone(&rule.id) };
        let subjects = groups(rule, name::ACCESS_SUBJECT);
        let told = RightRule { rule: name, version: Arc::clone(tree.version()), subjects };
        for (attributes, action) in places(rule) {
            let is_same = |right: &&mut PolicyRight| right.attributes == attributes && right.action == action;
            if let Some(right) = rights.iter_mut().find(is_same) {
                right.rules.push(told.clone());
                continue;
            }
            if rights.len() == MAX_RIGHTS {
                return rights;
            }
            let within = attributes.iter().filter(|(id, _)| !names_resource(id)).cloned().collect();
            rights.push(PolicyRight { attributes, within, action, rules: vec![told.clone()] });
        }
    }
    rights
}

/// The attributes that name the resource itself, and not a part of it.
fn names_resource(id: &str) -> bool {
    matches!(id, attribute::ORG | attribute::APP | attribute::RESOURCE)
}

/// Every part of the resource with every action that a rule names; at most [`MAX_RIGHTS`].
fn places(rule: &Rule) -> Vec<(Vec<(String, String)>, String)> {
    let mut resources = groups(rule, name::RESOURCE);
    if resources.is_empty() {
        resources.push(Vec::new());
    }
    let actions = groups(rule, name::ACTION);
    let actions = actions.iter().flatten().filter(|(id, _)| id == name::ACTION_ID).map(|(_, action)| action);
    let each = actions.flat_map(|action| resources.iter().map(move |part| (part.clone(), action.clone())));
    each.take(MAX_RIGHTS).collect()
}

/// What each `AllOf` of a rule's target says of a category: attributes (id, value), by id.
fn groups(rule: &Rule, category: &str) -> Vec<Vec<(String, String)>> {
    let all_ofs = rule.target.0.iter().flat_map(|any_of| &any_of.0);
    let of_category = |AllOf(matches): &AllOf| {
        let matches = matches.iter().filter(|one| &*one.attribute.category == category);
        let mut group: Vec<_> = matches.map(attribute_of).collect();
        group.sort();
        group
    };
    all_ofs.map(of_category).filter(|group| !group.is_empty()).collect()
}

fn attribute_of(one: &Match) -> (String, String) {
    (one.attribute.id.to_string(), one.value.to_string())
}
