//! How Altinn reads the target of a rule, where that differs from the standard.
//!
//! Altinn matches the attributes of one category at a time: a rule applies when for each category that it names some
//! `AllOf`, of whichever `AnyOf`, matches in that category. The standard asks every `AnyOf` to match. The two agree on a
//! rule that has one `AnyOf` a category, as almost all have; where two of them name subjects, Altinn takes either.

use std::sync::Arc;

use crate::xacml::PolicyDocument;
use crate::xacml::model::{AllOf, AnyOf, Match, Policy, PolicyTree, Target};

/// The policy in the standard's terms as Altinn reads it, and the rules that it reads otherwise than the standard.
pub(super) fn read(document: &PolicyDocument) -> (PolicyDocument, Vec<Arc<str>>) {
    let mut document = document.clone();
    let mut otherwise = Vec::new();
    // Altinn has policies only; a policy set is the standard's.
    if let PolicyTree::Policy(Policy { rules, .. }) = &mut document.tree {
        for rule in rules.iter_mut().filter(|rule| !is_by_category(&rule.target)) {
            rule.target = by_category(&rule.target);
            otherwise.push(Arc::clone(&rule.id));
        }
    }
    (document, otherwise)
}

/// Whether every `AnyOf` is of one category, and every category has one `AnyOf`.
fn is_by_category(target: &Target) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    target.0.iter().all(|any_of| {
        let mut categories = any_of.0.iter().flat_map(|all_of| &all_of.0).map(category);
        let Some(first) = categories.next() else { return false };
        let is_new = !seen.contains(&first);
        seen.push(first);
        is_new && categories.all(|other| other == first) && any_of.0.iter().all(|all_of| !all_of.0.is_empty())
    })
}

/// One `AnyOf` a category, with what each `AllOf` says of that category.
fn by_category(target: &Target) -> Target {
    let mut any_ofs: Vec<(&str, Vec<AllOf>)> = Vec::new();
    for all_of in target.0.iter().flat_map(|any_of| &any_of.0) {
        let mut parts: Vec<(&str, Vec<Match>)> = Vec::new();
        for one in &all_of.0 {
            match parts.iter_mut().find(|(name, _)| *name == category(one)) {
                Some((_, matches)) => matches.push(one.clone()),
                None => parts.push((category(one), vec![one.clone()])),
            }
        }
        for (name, matches) in parts {
            match any_ofs.iter_mut().find(|(known, _)| *known == name) {
                Some((_, all_ofs)) => all_ofs.push(AllOf(matches)),
                None => any_ofs.push((name, vec![AllOf(matches)])),
            }
        }
    }
    Target(any_ofs.into_iter().map(|(_, all_ofs)| AnyOf(all_ofs)).collect())
}

fn category(one: &Match) -> &str {
    &one.attribute.category
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::xacml::{CompiledPolicy, Decision, Request, name};

    /// Category, attribute id and value.
    type Test<'a> = (&'a str, &'a str, &'a str);

    fn policy(any_ofs: &[&[&[Test<'_>]]]) -> PolicyDocument {
        let one = |(category, id, value): &Test<'_>| {
            format!(
                r#"<Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
                <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{value}</AttributeValue>
                <AttributeDesignator Category="{category}" AttributeId="{id}" MustBePresent="false"
                 DataType="http://www.w3.org/2001/XMLSchema#string"/></Match>"#
            )
        };
        let all_of =
            |matches: &&[Test<'_>]| format!("<AllOf>{}</AllOf>", matches.iter().map(one).collect::<String>());
        let any_of = |all_ofs: &&[&[Test<'_>]]| {
            format!("<AnyOf>{}</AnyOf>", all_ofs.iter().map(all_of).collect::<String>())
        };
        let target: String = any_ofs.iter().map(any_of).collect();
        PolicyDocument::read(format!(
            r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0"
             RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
            <Target/><Rule RuleId="r" Effect="Permit"><Target>{target}</Target></Rule></Policy>"#
        ))
        .unwrap()
    }

    fn permits(document: &PolicyDocument, request: &Request) -> bool {
        CompiledPolicy::compile(document).unwrap().evaluate(request).decision() == Decision::Permit
    }

    #[test]
    fn two_lists_of_subjects_are_one_list_to_altinn() {
        let document = policy(&[
            &[&[(name::ACCESS_SUBJECT, "org", "skd")]],
            &[&[(name::ACCESS_SUBJECT, "org", "nav")]],
            &[&[(name::ACTION, name::ACTION_ID, "read")]],
        ]);
        let (read, otherwise) = read(&document);
        let request = Request::new().with(name::ACCESS_SUBJECT, "org", "nav").with_action("read");
        assert_eq!((permits(&document, &request), permits(&read, &request)), (false, true));
        assert_eq!(otherwise, ["r".into()]);
        let other = Request::new().with(name::ACCESS_SUBJECT, "org", "nav").with_action("write");
        assert!(!permits(&read, &other));
    }

    #[test]
    fn an_ordinary_rule_is_left_as_it_is() {
        let document = policy(&[
            &[&[(name::ACCESS_SUBJECT, "role", "a")], &[(name::ACCESS_SUBJECT, "role", "b")]],
            &[&[(name::RESOURCE, "org", "x"), (name::RESOURCE, "app", "y")]],
        ]);
        assert_eq!(read(&document).1, []);
    }
}
