//! Reads requests from XML, and takes requests for several decisions apart (Multiple Decision Profile).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::attribute_name::{AttributeName, ReadName};
use super::super::error::{Lines, XacmlError, XacmlFault};
use super::super::name::NAMESPACE;
use super::super::request::{Content, RequestAttribute};
use super::super::{Request, RequestDocument};
use super::element::Element;
use super::{Read, parse_xml, text_of, value};

/// The most decisions that one request may ask for.
pub const MAX_DECISIONS: usize = 10_000;

/// The most values that the decisions of one request may have in all, each counted where it is used.
const MAX_VALUES: usize = 1_000_000;

const NAME: &str = "Request";

/// What a request says of one category.
pub(super) struct Group {
    pub(super) category: String,
    pub(super) attributes: Vec<RequestAttribute>,
    pub(super) content: Option<Arc<str>>,
}

impl Request {
    /// Reads the requests for one decision each; see [`RequestDocument::read_xml`].
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read_xml(bytes: impl AsRef<[u8]>) -> Result<Vec<Self>, XacmlError> {
        RequestDocument::read_xml(bytes).map(|document| document.requests)
    }
}

impl Request {
    /// The same request, with what is written in `xml` instead of all that it says of a category: the content of an
    /// `Attributes` element.
    pub(crate) fn with_category(&self, category: &str, xml: &str) -> Result<Self, XacmlError> {
        let text = format!("<Attributes xmlns=\"{NAMESPACE}\">{xml}</Attributes>");
        let text = text_of(text.as_bytes())?;
        let xml = parse_xml(text)?;
        let group = group_of(category, Element::new(xml.root_element()));
        let group = group.map_err(|error| Lines::of(text).locate(error))?;
        let kept = self.attributes.iter().filter(|attribute| attribute.name.category() != category);
        let contents = self.contents.iter().filter(|content| content.category != category);
        let content = group.content.map(|xml| Content { category: category.to_owned(), xml });
        Ok(Self {
            attributes: kept.cloned().chain(group.attributes).collect(),
            contents: contents.cloned().chain(content).collect(),
            ..Self::default()
        })
    }
}

impl RequestDocument {
    /// Reads a request; one that repeats a category, or has `MultiRequests`, asks for several decisions.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read_xml(bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        let text = text_of(bytes.as_ref())?;
        let xml = parse_xml(text)?;
        read(Element::new(xml.root_element())).map_err(|error| Lines::of(text).locate(error))
    }
}

fn read(root: Element<'_, '_>) -> Read<RequestDocument> {
    if root.name() != NAME {
        return Err(root.unexpected("`Request` of XACML 3.0"));
    }
    let wants_ids = root.boolean("ReturnPolicyIdList")?.unwrap_or(false);
    let (mut groups, mut by_id, mut references) = (Vec::new(), BTreeMap::new(), Vec::new());
    for child in root.children() {
        match child.name() {
            "Attributes" => {
                if let Some(id) = child.xml_id() {
                    by_id.insert(id.to_owned(), groups.len());
                }
                groups.push(group(child)?);
            }
            "MultiRequests" => references.extend(child.children()),
            "RequestDefaults" => {}
            _ => return Err(child.unexpected("`Attributes` or `MultiRequests`")),
        }
    }
    let references =
        references.into_iter().map(|reference| referred(reference, &by_id)).collect::<Read<_>>()?;
    let requests = requests_of(&groups, references, wants_ids).map_err(|fault| root.error(fault))?;
    let combined_decision = root.boolean("CombinedDecision")?.unwrap_or(false);
    Ok(RequestDocument { requests, combined_decision })
}

/// The requests of these groups: those that are referred to, or without references one of every combination.
pub(super) fn requests_of(
    groups: &[Group],
    references: Vec<Vec<usize>>,
    return_policy_ids: bool,
) -> Result<Vec<Request>, XacmlFault> {
    let choices = if references.is_empty() { combinations(groups) } else { Some(references) };
    let choices = choices.filter(|choices| choices.len() <= MAX_DECISIONS);
    let choices = choices.ok_or(XacmlFault::TooManyDecisions { limit: MAX_DECISIONS })?;
    let values = choices.iter().flatten().filter_map(|index| groups.get(*index));
    let found = values.map(|group| group.attributes.len()).sum();
    if found > MAX_VALUES {
        return Err(XacmlFault::TooManyValues { found, limit: MAX_VALUES });
    }
    Ok(choices.iter().map(|choice| request_of(groups, choice, return_policy_ids)).collect())
}

fn request_of(groups: &[Group], choice: &[usize], return_policy_ids: bool) -> Request {
    let chosen = || choice.iter().filter_map(|index| groups.get(*index));
    let attributes: Vec<_> = chosen().flat_map(|group| group.attributes.iter().cloned()).collect();
    let includes = attributes.iter().any(|attribute| attribute.name.is_included());
    let contents = chosen()
        .filter_map(|group| Some(Content { category: group.category.clone(), xml: group.content.clone()? }));
    Request { attributes, return_policy_ids, includes, contents: contents.collect() }
}

/// Every way to take one group of each category.
fn combinations(groups: &[Group]) -> Option<Vec<Vec<usize>>> {
    let mut by_category: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        by_category.entry(&group.category).or_default().push(index);
    }
    let mut choices = vec![Vec::new()];
    for indexes in by_category.values() {
        if choices.len() * indexes.len() > MAX_DECISIONS {
            return None;
        }
        let with = |choice: &Vec<usize>, index: &usize| [choice.as_slice(), &[*index]].concat();
        choices = choices.iter().flat_map(|choice| indexes.iter().map(move |i| with(choice, i))).collect();
    }
    Some(choices)
}

fn referred(element: Element<'_, '_>, by_id: &BTreeMap<String, usize>) -> Read<Vec<usize>> {
    if element.name() != "RequestReference" {
        return Err(element.unexpected("`RequestReference`"));
    }
    let index = |child: Element<'_, '_>| {
        let id = child.required("AttributesReference", "ReferenceId")?;
        by_id.get(id).copied().ok_or_else(|| child.invalid(id, "the xml:id of an `Attributes` element"))
    };
    element.children().map(index).collect()
}

fn group(element: Element<'_, '_>) -> Read<Group> {
    group_of(element.required("Attributes", "Category")?, element)
}

/// What an element says of a category.
fn group_of(category: &str, element: Element<'_, '_>) -> Read<Group> {
    let mut group = Group { category: category.to_owned(), attributes: Vec::new(), content: None };
    for child in element.children() {
        match child.name() {
            "Attribute" => attribute(child, &mut group)?,
            "Content" => group.content = Some(child.standalone().into()),
            _ => return Err(child.unexpected("`Attribute` or `Content`")),
        }
    }
    Ok(group)
}

fn attribute(element: Element<'_, '_>, group: &mut Group) -> Read<()> {
    let id = element.required("Attribute", "AttributeId")?;
    let name = AttributeName::from(ReadName {
        category: group.category.clone().into(),
        id: id.to_owned().into(),
        issuer: element.attribute("Issuer").map(str::to_owned),
        include_in_result: element.boolean("IncludeInResult")?.unwrap_or(false),
    });
    for child in element.children() {
        if child.name() != "AttributeValue" {
            return Err(child.unexpected("`AttributeValue`"));
        }
        let value = value::read(child, "AttributeValue")?;
        group.attributes.push(RequestAttribute::new(name.clone(), value));
    }
    Ok(())
}
