//! What is there without an answer.

use super::json;
use super::outcome::{Case, Outcome};
use super::world::World;

/// The requests to write, read and delete rules of delegation policies: the files hold no answers to them.
pub(crate) fn cases(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in ["AddRules", "GetRules", "DeleteRules", "DeletePolicies"] {
        for path in json::files(&world.folder.join("Json").join(folder), "json") {
            let outcome = Outcome::NotDecidable("there is no expected answer");
            cases.push(Case::new("rules of delegations", path.display().to_string(), outcome));
        }
    }
    cases
}
