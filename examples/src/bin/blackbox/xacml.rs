//! `xacml.load` and `xacml.decide`: the policy engine by itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use altinn_auth::xacml::model::{Member, PolicyTree};
use altinn_auth::xacml::{
    CombiningAlgorithm, CompiledPolicy, JsonSpelling, PolicyDocument, PolicyIndex, RequestDocument, Response,
    Surroundings, XacmlError,
};
use altinn_core::Clock;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::world::World;

/// How the policies that stand side by side are combined.
const DENY_OVERRIDES: &str = "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides";

#[derive(Deserialize)]
pub(crate) struct Load {
    name: String,
    /// Policies as XML texts.
    #[serde(default)]
    policies: Vec<String>,
    /// A folder of policies, instead.
    folder: Option<String>,
    /// The URN of the combining algorithm.
    algorithm: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Decide {
    name: String,
    /// A text of XML, or an object.
    request: Value,
    /// Whether a JSON answer is spelled as Altinn's.
    #[serde(default)]
    altinn: bool,
}

/// Loads policies under a name, in the place of those that had it.
pub(crate) async fn load(world: &World, asked: Load) -> Result<Value, Failure> {
    let texts = match &asked.folder {
        Some(folder) => texts_of(Path::new(folder))?,
        None => asked.policies,
    };
    if texts.is_empty() {
        return Err(Failure::bad_command("there is neither `policies` nor a `folder` with any"));
    }
    let urn = asked.algorithm.as_deref().unwrap_or(DENY_OVERRIDES);
    let algorithm = CombiningAlgorithm::from_policy_urn(urn)
        .ok_or_else(|| Failure::new("AUTH-XACML-UNKNOWN-COMBINING-ALGORITHM", "`algorithm` is unknown"))?;
    let documents = texts.iter().map(PolicyDocument::read).collect::<Result<Vec<_>, _>>().map_err(refuse)?;
    let index = PolicyIndex::new(algorithm, compile(documents).map_err(refuse)?);
    let ids: Vec<&str> = index.policies().iter().map(CompiledPolicy::id).collect();
    let answer = json!({"name": asked.name, "policies": ids});
    world.policies.lock().await.insert(asked.name, Arc::new(index));
    Ok(answer)
}

/// Decides a request by the policies of a name.
pub(crate) async fn decide(world: &World, asked: Decide) -> Result<Value, Failure> {
    let policies = world.policies.lock().await.get(&asked.name).cloned();
    let policies = policies
        .ok_or_else(|| Failure::new("BLACKBOX-NOT-LOADED", "no policies are loaded under this name"))?;
    let surroundings = Surroundings { now: Some(world.clock.now()), attributes: None };
    let answer = |request: &RequestDocument| request.answer(|one| policies.evaluate_in(one, &surroundings));
    let (response, written) = match &asked.request {
        Value::String(xml) => {
            let response = answer(&RequestDocument::read_xml(xml).map_err(refuse)?);
            let written = Value::from(response.to_xml());
            (response, written)
        }
        json => {
            let response = answer(&RequestDocument::read_json(json.to_string()).map_err(refuse)?);
            let spelling = if asked.altinn { JsonSpelling::Altinn } else { JsonSpelling::Standard };
            let written = response.to_json(spelling);
            (response, written)
        }
    };
    let decisions = decisions_of(&response);
    Ok(json!({"decision": decisions.first(), "decisions": decisions, "response": written}))
}

fn decisions_of(response: &Response) -> Vec<String> {
    response.results.iter().map(|result| result.decision.to_string()).collect()
}

/// Compiles every policy that no other refers to.
fn compile(documents: Vec<PolicyDocument>) -> Result<Vec<CompiledPolicy>, XacmlError> {
    let mut referred = BTreeSet::new();
    documents.iter().for_each(|document| collect_references(document.tree(), &mut referred));
    let (others, roots): (Vec<_>, Vec<_>) =
        documents.into_iter().partition(|document| referred.contains(&**document.tree().id()));
    if let ([first, ..], []) = (others.as_slice(), roots.as_slice()) {
        // All refer to one another: compiling any of them tells of the circle.
        return CompiledPolicy::compile_with(first, others.get(1..).unwrap_or(&[]))
            .map(|policy| vec![policy]);
    }
    roots.iter().map(|root| CompiledPolicy::compile_with(root, &others)).collect()
}

fn collect_references(tree: &PolicyTree, found: &mut BTreeSet<String>) {
    let PolicyTree::PolicySet(set) = tree else { return };
    for member in &set.members {
        match member {
            Member::Inline(tree) => collect_references(tree, found),
            Member::PolicyReference(reference) | Member::PolicySetReference(reference) => {
                found.insert(reference.id.to_string());
            }
        }
    }
}

/// The files of a folder that end in `.xml`, by name.
fn texts_of(folder: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |_| Failure::new("BLACKBOX-FILE", "the folder or a file in it cannot be read");
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml")));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).map_err(unreadable)).collect()
}

fn refuse(error: XacmlError) -> Failure {
    Failure::new(error.code(), error)
}
