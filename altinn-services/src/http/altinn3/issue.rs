//! `ValidationIssueWithSource` of Altinn's apps.

use std::collections::BTreeMap;

use altinn_core::Language;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::form::{Issue, Severity};
use crate::submission::ElementIssue;

/// What is wrong with an instance, and where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "ValidationIssue")]
pub(in crate::http) struct IssueAnswer {
    /// Error 1, warning 2, information 3, success 5.
    severity: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_element_id: Option<Uuid>,
    /// The field, as layouts name it: `applicant.name`, `ovens[0].kind`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The stable code for programs.
    code: String,
    /// What is wrong, in the language that was asked for.
    description: String,
    /// What found it.
    source: &'static str,
}

/// What finds issues: forms and their rules, and the rules on an instance's elements.
pub(in crate::http) const ISSUE_SOURCES: [&str; 2] = ["Form", "DataElements"];

impl IssueAnswer {
    pub(in crate::http) fn of(found: &ElementIssue, language: Language) -> Self {
        let [form, elements] = ISSUE_SOURCES;
        let source = if found.element.is_some() { form } else { elements };
        Self::said(&found.issue, found.element, source, language)
    }

    /// Issues by what found them.
    pub(in crate::http) fn by_source<'i>(
        found: impl Iterator<Item = &'i ElementIssue>,
        language: Language,
    ) -> BTreeMap<&'static str, Vec<Self>> {
        let mut by_source: BTreeMap<&'static str, Vec<Self>> = BTreeMap::new();
        for issue in found.map(|issue| Self::of(issue, language)) {
            by_source.entry(issue.source).or_default().push(issue);
        }
        by_source
    }

    /// An issue of a form.
    pub(in crate::http) fn of_form(issue: &Issue, element: Uuid, language: Language) -> Self {
        let [form, _] = ISSUE_SOURCES;
        Self::said(issue, Some(element), form, language)
    }

    fn said(issue: &Issue, element: Option<Uuid>, source: &'static str, language: Language) -> Self {
        Self {
            severity: match issue.severity {
                Severity::Error => 1,
                Severity::Warning => 2,
                Severity::Info => 3,
                Severity::Success => 5,
            },
            data_element_id: element,
            field: (!issue.path.is_empty()).then(|| field_of(&issue.path)),
            code: issue.code.as_str().to_owned(),
            description: issue.detail.in_language(language).to_owned(),
            source,
        }
    }
}

/// The name of a field in layouts, from its JSON pointer.
fn field_of(pointer: &str) -> String {
    let mut field = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            field.push('[');
            field.push_str(&part);
            field.push(']');
        } else {
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(&part);
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use super::field_of;

    #[test]
    fn a_pointer_becomes_the_name_that_layouts_have() {
        assert_eq!(field_of("/applicant/name"), "applicant.name");
        assert_eq!(field_of("/ovens/0/kind"), "ovens[0].kind");
    }
}
