//! The policies of real Altinn apps and resources, where they are at hand: each loads and decides.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking and say what ran")]

use altinn_core::testing::report;
use std::fs;
use std::path::{Path, PathBuf};

use altinn_auth::xacml::model::PolicyTree;
use altinn_auth::xacml::{CompiledPolicy, Decision, Placeholders, PolicyDocument, Request, name};

mod corpus;

const PLACEHOLDERS: Placeholders<'_> = Placeholders { org: "ttd", app: "test-app" };

#[test]
fn every_app_policy_loads_and_permits_a_role_that_it_names_what_it_names() {
    let Some(folder) = corpus::folder("altinn-apps") else { return };
    let files = policies_below(&folder);
    assert!(!files.is_empty(), "the folder holds no policy");
    for file in &files {
        let document = PolicyDocument::read_for_app(fs::read(file).unwrap(), &PLACEHOLDERS)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let policy = CompiledPolicy::compile(&document).unwrap();
        assert_eq!(policy.evaluate(&Request::new()).decision(), Decision::NotApplicable);
        let permitted = document.tree().rules().into_iter().filter(|rule| {
            let request = rule.target.matches().fold(Request::new(), |request, one| {
                let attribute = &one.attribute;
                request.with(attribute.category.to_string(), attribute.id.to_string(), one.value.clone())
            });
            policy.evaluate(&request).decision() == Decision::Permit
        });
        assert_eq!(permitted.count(), document.tree().rules().len(), "{}", file.display());
    }
    report(format_args!("{} policies of apps loaded and decided", files.len()));
}

#[test]
fn every_other_altinn_policy_loads() {
    let mut count = 0;
    for group in ["altinn-authorization", "resource-registry", "access-management"] {
        let Some(folder) = corpus::folder(group) else { continue };
        let files = policies_below(&folder);
        assert!(!files.is_empty(), "{group} holds no policy");
        for file in files.iter().filter(|file| !file.to_string_lossy().contains("nvalid")) {
            let document = PolicyDocument::read_for_app(fs::read(file).unwrap(), &PLACEHOLDERS)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            CompiledPolicy::compile(&document).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(matches!(document.tree(), PolicyTree::Policy(_)));
            count += 1;
        }
    }
    report(format_args!("{count} policies of resources, delegations and apps loaded"));
}

#[test]
fn a_policy_template_has_no_placeholder_left() {
    let Some(folder) = corpus::folder("altinn-apps/forer-legeerklaering/src/App") else { return };
    let bytes = fs::read(folder.join("config/authorization/policy.xml")).unwrap();
    let policy =
        CompiledPolicy::compile(&PolicyDocument::read_for_app(bytes, &PLACEHOLDERS).unwrap()).unwrap();
    assert_eq!(policy.id(), "urn:altinn:resource:app_ttd_test-app:policyid:1");
    let request = Request::new()
        .with(name::ACCESS_SUBJECT, "urn:altinn:org", "ttd")
        .with(name::RESOURCE, "urn:altinn:org", "ttd")
        .with(name::RESOURCE, "urn:altinn:app", "test-app")
        .with_action("complete");
    let evaluation = policy.evaluate(&request);
    assert_eq!(evaluation.decision(), Decision::Permit);
    assert_eq!(evaluation.obligations().len(), 2);
}

fn policies_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(policies_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "xml")
            && path.to_string_lossy().contains("olicy")
            && String::from_utf8_lossy(&fs::read(&path).unwrap()).contains("Policy ")
        {
            files.push(path);
        }
    }
    files
}
