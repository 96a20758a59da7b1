//! Resources of the resource registry and their policies: what is read, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use altinn_auth::decision::{Policies, PolicySourceError, ServicePolicy, attribute};
use altinn_auth::register::{ResourceDocument, ResourceDocumentError, ResourceRules};
use altinn_auth::xacml::{Decision, PolicyDocument, Request, name};
use altinn_core::testing::report;
use altinn_core::{Language, ResourceId};
use serde_json::json;

mod corpus;

const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

/// A policy of rules, each for the resources that it names.
fn policy(rules: &[&[&str]]) -> String {
    let one = |resource: &&str| {
        format!(
            "<AnyOf><AllOf><Match MatchId='urn:oasis:names:tc:xacml:1.0:function:string-equal'>\
             <AttributeValue DataType='http://www.w3.org/2001/XMLSchema#string'>{resource}</AttributeValue>\
             <AttributeDesignator Category='{}' AttributeId='{}' MustBePresent='false' \
             DataType='http://www.w3.org/2001/XMLSchema#string'/></Match></AllOf></AnyOf>",
            name::RESOURCE,
            attribute::RESOURCE
        )
    };
    let rule = |(index, resources): (usize, &&[&str])| {
        let target: String = resources.iter().map(one).collect();
        format!("<Rule RuleId='r{index}' Effect='Permit'>\n<Target>{target}</Target></Rule>\n")
    };
    let rules: String = rules.iter().enumerate().map(rule).collect();
    format!(
        "<Policy xmlns='{NAMESPACE}' PolicyId='p' Version='1.0' RuleCombiningAlgId=\
         'urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides'>\n<Target/>\n{rules}</Policy>"
    )
}

#[test]
fn a_policy_is_kept_only_if_every_rule_is_for_its_resource() {
    let (policies, resource) = (Policies::new(), "ttd-report".parse::<ResourceId>().unwrap());
    policies.put_resource(resource.clone(), policy(&[&["ttd-report"], &["ttd-report"]])).unwrap();
    for rules in [&[&["ttd-report"] as &[&str], &["ttd-other"]], &[&["ttd-report"], &[]]] {
        let error = policies.put_resource(resource.clone(), policy(rules)).unwrap_err();
        assert_eq!(error.code(), "AUTH-XACML-OTHER-RESOURCE");
        let PolicySourceError::Policy { error, .. } = &error else { panic!("{error}") };
        assert_eq!(error.position().line, 5);
        assert_eq!(error.fault().to_string(), "rule `r1` is not for the resource `ttd-report`");
    }
}

#[test]
fn a_resource_is_read_with_what_holds_of_it_and_keeps_the_rest() {
    let text = json!({
        "identifier": "skd_Report", "title": {"nb-NO": "Melding", "EN": "Report", "sma": "Bïevnese"},
        "HasCompetentAuthority": {"orgcode": "SKD", "organization": "974761076"}, "resourceType": "Consent",
        "delegable": false, "AccessListMode": "Enabled", "consentText": {"nb": "Ja"},
    });
    let resource = ResourceDocument::read(&format!("\u{feff}{text}")).unwrap();
    assert_eq!((resource.id.as_str(), resource.org.as_str()), ("skd_Report", "skd"));
    assert_eq!(resource.title.in_language(Language::En), "Report");
    assert_eq!(resource.kind.as_deref(), Some("Consent"));
    assert_eq!(resource.rules, ResourceRules { delegable: false, access_list_mode: true });
    assert_eq!(resource.raw(), &text);
    let older = r#"{"identifier": "brg_x1", "title": [{"title": "Melding", "language": "nb-NO"}],
        "hasCompetentAuthority": {"orgcode": "brg"}}"#;
    let older = ResourceDocument::read(older).unwrap();
    assert_eq!((older.title.in_language(Language::Nb), older.rules), ("Melding", ResourceRules::default()));
}

#[test]
fn what_describes_no_resource_says_where() {
    let with = |field: &str, value: serde_json::Value| {
        let mut whole =
            json!({"identifier": "brg_x1", "title": {}, "hasCompetentAuthority": {"orgcode": "brg"}});
        whole.as_object_mut().unwrap().insert(field.to_owned(), value);
        ResourceDocument::read(&whole.to_string())
    };
    assert!(with("status", json!(null)).is_ok());
    for (field, value, at) in [
        ("identifier", json!("with space"), "/identifier"),
        ("title", json!(null), "/title"),
        ("hasCompetentAuthority", json!({"orgcode": " "}), "/hasCompetentAuthority/orgcode"),
        ("resourceType", json!(1), "/resourceType"),
        ("delegable", json!("yes"), "/delegable"),
        ("accessListMode", json!("Perhaps"), "/accessListMode"),
    ] {
        let error = with(field, value).unwrap_err();
        assert!(matches!(error, ResourceDocumentError::Form { path, .. } if path == at), "{field}: {error}");
    }
    assert_eq!(ResourceDocument::read("{").unwrap_err().code(), "AUTH-RESOURCE-NOT-JSON");
}

#[test]
fn every_resource_of_the_corpus_is_read_or_refused_as_its_name_says() {
    let Some(folder) = corpus::folder("resource-registry/Resources") else { return };
    let (mut read, mut refused) = (0, 0);
    for file in files_below(&folder, &["json"]) {
        match ResourceDocument::read(&fs::read_to_string(&file).unwrap()) {
            Ok(resource) => {
                assert!(!is_invalid(&file), "{} must be refused", file.display());
                let again = ResourceDocument::read(&resource.raw().to_string()).unwrap();
                assert_eq!(again, resource);
                read += 1;
            }
            Err(error) => {
                assert!(is_invalid(&file), "{}: {error}", file.display());
                refused += 1;
            }
        }
    }
    report(format_args!("{read} resources read, {refused} refused"));
    assert!(read > 0, "the folder holds no resource");
}

#[test]
fn every_policy_of_the_corpus_decides_or_is_refused_as_its_name_says() {
    let Some(folder) = corpus::folder("resource-registry") else { return };
    let (mut decided, mut refused) = (0, 0);
    for part in ["ResourcePolicies", "test"] {
        for file in files_below(&folder.join(part), &["xml", "xacml"]) {
            let bytes = fs::read(&file).unwrap();
            let document = PolicyDocument::read(&bytes);
            let resource = document.as_ref().ok().and_then(resource_of);
            let policy = resource.map(|resource| ServicePolicy::read_registered(&resource, &bytes));
            if is_invalid(&file) {
                assert!(!matches!(policy, Some(Ok(_))), "{} must be refused", file.display());
                refused += 1;
                continue;
            }
            // One that is for an app names its owner and its name instead.
            let policy = policy.unwrap_or_else(|| ServicePolicy::read_resource(&bytes));
            let policy = policy.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for rule in policy.document().tree().rules() {
                let asked = rule.target.matches().fold(Request::new(), |request, one| {
                    let attribute = &one.attribute;
                    request.with(attribute.category.to_string(), attribute.id.to_string(), one.value.clone())
                });
                let decision = policy.compiled().evaluate(&asked).decision();
                assert_eq!(decision, Decision::Permit, "{}: {}", file.display(), rule.id);
            }
            decided += 1;
        }
    }
    report(format_args!("{decided} policies of resources decided, {refused} refused"));
    assert!(decided > 0, "the folder holds no policy");
}

/// The resource that the first rule of a policy is for.
fn resource_of(document: &PolicyDocument) -> Option<ResourceId> {
    let rules = document.tree().rules();
    let mut matches = rules.iter().flat_map(|rule| rule.target.matches());
    matches.find(|one| &*one.attribute.id == attribute::RESOURCE)?.value.as_text()?.parse().ok()
}

fn is_invalid(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().to_lowercase().contains("invalid"))
}

fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, endings));
        } else if path.extension().is_some_and(|found| endings.iter().any(|ending| found == *ending)) {
            files.push(path);
        }
    }
    files.sort();
    files
}
