//! Writes XML (XACML 3.0, 5.42 to 5.57).

use super::super::name::NAMESPACE;
use super::super::{
    IncludedAttribute, Obligation, PolicyName, Request, Response, ResponseResult, Status, Value,
};
use super::markup::Markup;

impl Response {
    /// The response as XML.
    ///
    /// ```
    /// use altinn_auth::xacml::{Decision, Response, ResponseResult, Status, StatusCode};
    ///
    /// let result = ResponseResult::new(Decision::Permit, Status::of(StatusCode::Ok));
    /// let xml = Response::new(vec![result]).to_xml();
    /// assert!(xml.contains("<Result><Decision>Permit</Decision>"));
    /// ```
    pub fn to_xml(&self) -> String {
        let mut xml = Markup::default();
        xml.element("Response", &[("xmlns", Some(NAMESPACE))], |xml| {
            for one in &self.results {
                xml.element("Result", &[], |xml| result(xml, one));
            }
        });
        xml.into_string()
    }
}

fn result(xml: &mut Markup, result: &ResponseResult) {
    xml.element("Decision", &[], |xml| xml.text(&result.decision.to_string()));
    status(xml, &result.status);
    if !result.obligations.is_empty() {
        xml.element("Obligations", &[], |xml| duties(xml, "Obligation", "ObligationId", &result.obligations));
    }
    if !result.advice.is_empty() {
        xml.element("AssociatedAdvice", &[], |xml| duties(xml, "Advice", "AdviceId", &result.advice));
    }
    attributes(xml, &result.attributes, &[]);
    if !result.policies.is_empty() {
        xml.element("PolicyIdentifierList", &[], |xml| {
            for policy in &result.policies {
                policy_name(xml, policy);
            }
        });
    }
}

fn status(xml: &mut Markup, status: &Status) {
    xml.element("Status", &[], |xml| {
        xml.element("StatusCode", &[("Value", Some(status.code().urn()))], |_| {});
        if !status.message().is_empty() {
            xml.element("StatusMessage", &[], |xml| xml.text(status.message()));
        }
        if let Some(missing) = status.missing() {
            let data_type = missing.data_type.uri();
            let named = [
                ("Category", Some(missing.category.as_str())),
                ("AttributeId", Some(&missing.id)),
                ("DataType", Some(&data_type)),
            ];
            xml.element("StatusDetail", &[], |xml| xml.element("MissingAttributeDetail", &named, |_| {}));
        }
    });
}

fn duties(xml: &mut Markup, name: &str, id: &str, duties: &[Obligation]) {
    for duty in duties {
        xml.element(name, &[(id, Some(&duty.id))], |xml| {
            for one in duty.assignments.iter() {
                let attributes = [
                    ("AttributeId", Some(&*one.id)),
                    ("Category", one.category.as_deref()),
                    ("Issuer", one.issuer.as_deref()),
                ];
                value(xml, "AttributeAssignment", &attributes, &one.value);
            }
        });
    }
}

fn policy_name(xml: &mut Markup, policy: &PolicyName) {
    let name = if policy.is_set { "PolicySetIdReference" } else { "PolicyIdReference" };
    xml.element(name, &[("Version", Some(&policy.version))], |xml| xml.text(&policy.id));
}

/// An `Attributes` element for each category, with its content, in the order in which they come first.
fn attributes(xml: &mut Markup, attributes: &[IncludedAttribute], contents: &[(&str, &str)]) {
    let mut categories: Vec<&str> = Vec::new();
    let named =
        attributes.iter().map(|one| one.category.as_str()).chain(contents.iter().map(|(name, _)| *name));
    for category in named {
        if !categories.contains(&category) {
            categories.push(category);
        }
    }
    for category in categories {
        xml.element("Attributes", &[("Category", Some(category))], |xml| {
            for (_, content) in contents.iter().filter(|(name, _)| *name == category) {
                xml.raw(content);
            }
            for one in attributes.iter().filter(|one| one.category == category) {
                let include = if one.include_in_result { "true" } else { "false" };
                let named = [
                    ("AttributeId", Some(one.id.as_str())),
                    ("Issuer", one.issuer.as_deref()),
                    ("IncludeInResult", Some(include)),
                ];
                xml.element("Attribute", &named, |xml| value(xml, "AttributeValue", &[], &one.value));
            }
        });
    }
}

fn value(xml: &mut Markup, name: &str, attributes: &[(&str, Option<&str>)], value: &Value) {
    let data_type = value.data_type().uri();
    let mut attributes = attributes.to_vec();
    attributes.push(("DataType", Some(&data_type)));
    let mut declared: Vec<(String, &str)> = Vec::new();
    if let Value::XPathExpression(path) = value {
        attributes.push(("XPathCategory", Some(path.category())));
        let prefixes = path.namespaces().filter(|(prefix, _)| !matches!(*prefix, "" | "xml"));
        declared.extend(prefixes.map(|(prefix, uri)| (format!("xmlns:{prefix}"), uri)));
    }
    attributes.extend(declared.iter().map(|(name, uri)| (name.as_str(), Some(*uri))));
    xml.element(name, &attributes, |xml| xml.text(&value.to_string()));
}

impl Request {
    /// The request as XML.
    pub fn to_xml(&self) -> String {
        let mut xml = Markup::default();
        let wants_ids = if self.return_policy_ids { "true" } else { "false" };
        let named = [
            ("xmlns", Some(NAMESPACE)),
            ("ReturnPolicyIdList", Some(wants_ids)),
            ("CombinedDecision", Some("false")),
        ];
        let own: Vec<IncludedAttribute> = self.attributes.iter().map(IncludedAttribute::from).collect();
        let contents: Vec<(&str, &str)> =
            self.contents.iter().map(|content| (content.category.as_str(), &*content.xml)).collect();
        xml.element("Request", &named, |xml| attributes(xml, &own, &contents));
        xml.into_string()
    }
}
