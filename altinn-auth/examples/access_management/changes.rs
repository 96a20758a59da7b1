//! Delegations: which there are, and which of them count for whom.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use altinn_auth::decision::{Delegated, Delegation, DelegationQuery, Delegations, Recipient, ServicePolicy};
use altinn_auth::register::{RegisterError, UserId};
use altinn_core::{PartyId, ResourceId};
use async_trait::async_trait;
use serde_json::Value;

use super::outcome::{Case, Outcome};
use super::world::World;
use super::{Failure, json};

const KIND: &str = "delegations that count";

/// Who received what from whom, and where its policy stands.
struct Given {
    from: PartyId,
    to: Recipient,
    policy: PathBuf,
    /// What Altinn knows the last change of it by, where there is one.
    change: Option<String>,
}

#[async_trait]
impl Delegations for World {
    async fn delegations(&self, query: &DelegationQuery) -> Result<Vec<Delegation>, RegisterError> {
        let unavailable = |error: String| RegisterError::Unavailable { reason: error };
        let mut found = Vec::new();
        for given in self.counting(query) {
            let bytes = std::fs::read(&given.policy).map_err(|error| unavailable(error.to_string()))?;
            let policy =
                ServicePolicy::read_resource(bytes).map_err(|error| unavailable(error.to_string()))?;
            let what = Delegated::Policy(Arc::new(policy));
            let (from, to) = (given.from, given.to);
            found.push(Delegation { id: None, from, to, instance: None, what, rights: Vec::new() });
        }
        Ok(found)
    }
}

impl World {
    fn counting(&self, query: &DelegationQuery) -> Vec<Given> {
        let given = query.resource.as_ref().map(|resource| self.given(resource)).unwrap_or_default();
        given
            .into_iter()
            .filter(|given| query.is_offered_by(given.from) && query.is_covered_by(&given.to))
            .collect()
    }

    /// All that has been given of a resource: of an app, as its policies stand by giver and receiver; of another
    /// resource, as its changes say.
    fn given(&self, resource: &ResourceId) -> Vec<Given> {
        let blobs = self.folder.join("blobs/input");
        let app = resource.as_str().strip_prefix("app_").and_then(|app| app.split_once('_'));
        if let Some((org, app)) = app {
            let policies = json::files_below(&blobs.join(org).join(app), "delegationpolicy.xml");
            return policies.into_iter().filter_map(of_path).collect();
        }
        let folder = self.folder.join("ResourceRegistryDelegationChanges").join(resource.as_str());
        let changes = json::files_below(&folder, "delegationchange.json");
        let mut given: Vec<Given> =
            changes.iter().filter_map(|path| of_change(&json::read(path).ok()?, &blobs)).collect();
        given.dedup_by(|one, other| one.policy == other.policy);
        given
    }
}

/// `{giver}/u{user}/delegationpolicy.xml`, or `p{party}` in place of the user.
fn of_path(policy: PathBuf) -> Option<Given> {
    let mut parts = policy.iter().rev().skip(1).map(|part| part.to_string_lossy().into_owned());
    let (to, from) = (parts.next()?, parts.next()?);
    let number = |prefix| to.strip_prefix(prefix)?.parse::<i64>().ok();
    let to = match (number('u'), number('p')) {
        (Some(user), _) => Recipient::User(UserId(user)),
        (None, Some(party)) => organization(party),
        _ => return None,
    };
    Some(Given { from: from.parse().ok()?, to, policy, change: None })
}

fn of_change(change: &Value, blobs: &Path) -> Option<Given> {
    let number = |name| json::text(change, name)?.parse::<i64>().ok();
    let to = match (number("coveredbyuserid"), number("coveredbypartyid")) {
        (Some(user), _) => Recipient::User(UserId(user)),
        (None, Some(party)) => organization(party),
        _ => return None,
    };
    Some(Given {
        from: PartyId::new(number("offeredbypartyid")?),
        to,
        policy: blobs.join(json::text(change, "blobstoragepolicypath")?),
        change: json::text(change, "resourceregistrydelegationchangeid"),
    })
}

fn organization(party: i64) -> Recipient {
    Recipient::Organization { party: Some(PartyId::new(party)), uuid: None }
}

/// The cases: which changes count for a user who acts for a party.
pub(crate) fn cases(world: &World) -> Result<Vec<Case>, Failure> {
    let folder = world.folder.join("ResourceRegistryDelegationChanges/ExpectedResponses");
    let mut cases = Vec::new();
    for path in json::files_below(&folder, ".json") {
        let below: Vec<String> =
            path.strip_prefix(&folder)?.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let outcome = match below.as_slice() {
            [resource, from, user, _] => run(world, resource, from, user, &json::read(&path)?)?,
            _ => Outcome::NotDecidable("it is not said who asks for whom"),
        };
        cases.push(Case::new(KIND, path.display().to_string(), outcome));
    }
    for path in json::files(&world.folder.join("PolicyInformationPoint/Requests"), "json") {
        let reason = "the delegation that the answer tells of is not among the files";
        cases.push(Case::new(KIND, path.display().to_string(), Outcome::NotDecidable(reason)));
    }
    Ok(cases)
}

fn run(world: &World, resource: &str, from: &str, user: &str, expected: &Value) -> Result<Outcome, Failure> {
    let (party, user): (PartyId, UserId) = (from.parse()?, UserId(user.parse()?));
    let query = DelegationQuery {
        resource: Some(resource.parse()?),
        party,
        main_unit: world.parties.iter().find(|known| known.id == party).and_then(|party| party.parent),
        subject: Recipient::User(user),
        own_party: None,
        key_role_units: world.units_of(user)?,
    };
    let mut found: Vec<String> =
        world.counting(&query).into_iter().filter_map(|given| given.change).collect();
    let changes = json::elements(expected).into_iter();
    let mut expected: Vec<String> =
        changes.filter_map(|change| json::text(change, "resourceregistrydelegationchangeid")).collect();
    for list in [&mut found, &mut expected] {
        list.sort();
        list.dedup();
    }
    if found == expected {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed(format!("expected the changes {expected:?}, found {found:?}")))
}
