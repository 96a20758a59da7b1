//! The OASIS conformance cases of XACML 3.0 (in AuthzForce's form), where they are at hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests fail by panicking and say what ran"
)]

use altinn_core::testing::report;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use altinn_auth::xacml::{CompiledPolicy, Evaluation, PolicyDocument, Request, Surroundings};
use roxmltree::{Document, Node};

mod corpus;

#[test]
fn the_mandatory_cases_of_the_standard_are_decided_as_expected() {
    all_in("mandatory", 221);
}

#[test]
fn the_optional_cases_for_both_formats_are_decided_as_expected() {
    all_in("optional/xml+json", 2);
}

#[test]
fn ids_references_and_obligations_are_handled_as_expected() {
    all_in("others", 11);
}

/// Runs every case of a folder; so many must pass.
fn all_in(group: &str, at_least: usize) {
    let Some(folder) = corpus::folder(&format!("xacml3-conformance/authzforce/{group}")) else { return };
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "the folder holds no case");
    let mut by_expected: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut failed = Vec::new();
    for case in &cases {
        let (expected, result) = run(case);
        let counts = by_expected.entry(expected).or_default();
        counts.1 += 1;
        match result {
            Ok(()) => counts.0 += 1,
            Err(why) => failed.push(format!("  {}: {why}", case.file_name().unwrap().display())),
        }
    }
    for (expected, (passed, total)) in &by_expected {
        report(format_args!("{group}: {expected}: {passed} of {total}"));
    }
    report(format_args!(
        "{group}: {} of {} cases decided as expected",
        cases.len() - failed.len(),
        cases.len()
    ));
    report(format_args!("{}", failed.join("\n")));
    assert!(cases.len() - failed.len() >= at_least, "{group}: fewer cases pass than did before");
}

fn run(case: &Path) -> (String, Result<(), String>) {
    let policy = load(case);
    let Some(response) = file(case, "response.xml") else {
        let refused = policy.map_or(Ok(()), |_| Err("the policy must be refused".to_owned()));
        return ("refused".to_owned(), refused);
    };
    let response = fs::read_to_string(response).unwrap();
    let response = Document::parse(&response).unwrap();
    let expected = child(response.root_element(), "Result").unwrap();
    let decision = text(child(expected, "Decision").unwrap());
    let result = policy.and_then(|policy| {
        let request = fs::read(file(case, "request.xml").unwrap()).unwrap();
        let requests = Request::read_xml(request).map_err(|error| error.to_string())?;
        let now = Surroundings { now: Some(chrono::Utc::now()), attributes: None };
        compare(expected, &policy.evaluate_in(requests.first().unwrap(), &now))
    });
    (decision, result)
}

/// The policy of a case: a file of its own, or one of a folder that holds what it refers to.
fn load(case: &Path) -> Result<CompiledPolicy, String> {
    let read = |path: &Path| PolicyDocument::read(fs::read(path).unwrap()).map_err(|error| error.to_string());
    let folder = file(case, "policies").unwrap_or_else(|| case.to_owned());
    let root_file = file(&folder, "policy.xml").expect("a case has a policy");
    let others = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let others: Vec<PathBuf> = others.filter(|path| folder != case && *path != root_file).collect();
    let others = others.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    CompiledPolicy::compile_with(&read(&root_file)?, &others).map_err(|error| error.to_string())
}

/// A file or folder by its name in lower case.
fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.find(|entry| entry.file_name().to_string_lossy().to_lowercase() == name).map(|entry| entry.path())
}

fn compare(expected: Node<'_, '_>, found: &Evaluation) -> Result<(), String> {
    let same = |what: &str, expected: String, found: String| {
        if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected}, found {found}")) }
    };
    let status = found.status();
    same("decision", text(child(expected, "Decision").unwrap()), format!("{}", found.decision()))
        .map_err(|why| format!("{why} ({status})"))?;
    if let Some(status) = child(expected, "Status") {
        let code = child(status, "StatusCode").unwrap().attribute("Value").unwrap();
        same("status", code.to_owned(), found.status().code().urn().to_owned())?;
    }
    let duties = |parent: &str, id: &str| -> String {
        let duties =
            child(expected, parent).into_iter().flat_map(|parent| parent.children()).filter(Node::is_element);
        duties
            .map(|duty| {
                let assignments: Vec<String> = duty
                    .children()
                    .filter(Node::is_element)
                    .map(|node| format!("{}={}", node.attribute("AttributeId").unwrap(), text(node)))
                    .collect();
                format!("{}({})", duty.attribute(id).unwrap(), assignments.join(","))
            })
            .collect::<Vec<_>>()
            .join(";")
    };
    let found_duties = |duties: &[altinn_auth::xacml::Obligation]| -> String {
        duties
            .iter()
            .map(|duty| {
                let assignments: Vec<String> =
                    duty.assignments.iter().map(|a| format!("{}={}", a.id, a.value)).collect();
                format!("{}({})", duty.id, assignments.join(","))
            })
            .collect::<Vec<_>>()
            .join(";")
    };
    same("obligations", duties("Obligations", "ObligationId"), found_duties(found.obligations()))?;
    same("advice", duties("AssociatedAdvice", "AdviceId"), found_duties(found.advice()))?;
    let policies: Vec<String> = child(expected, "PolicyIdentifierList")
        .into_iter()
        .flat_map(|list| list.children())
        .filter(Node::is_element)
        .map(text)
        .collect();
    let mut found_policies: Vec<String> = found.policies().iter().map(|name| name.id.to_string()).collect();
    found_policies.sort();
    let mut policies = policies;
    policies.sort();
    same("policies", policies.join(","), found_policies.join(","))
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text(node: Node<'_, '_>) -> String {
    node.text().unwrap_or("").trim().to_owned()
}
