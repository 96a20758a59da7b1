//! Rights on single instances that an app gives by itself, checks and takes back; each case in an empty store.

use std::path::Path;
use std::sync::Arc;

use altinn_auth::decision::{Authorizer, Registers, Right, ServicePolicy, attribute};
use altinn_auth::delegation::{AccessManagement, DelegationError, Offer, Receiver, StoredDelegations, What};
use altinn_auth::register::{MIGRATIONS, RegisterKey, StoredRegister};
use altinn_auth::xacml::name::ACTION_ID;
use altinn_core::store::{Batch, Store};
use altinn_core::{InstanceId, Party, PartyIdentifier, ServiceId, SystemClock};
use serde_json::{Value, json as value};
use uuid::Uuid;

use super::outcome::{Case, Outcome, compare};
use super::rights::resource_of;
use super::world::World;
use super::{Failure, json};

/// What an app does in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Checks,
    Gives,
    TakesBack,
}

pub(crate) async fn cases(world: &Arc<World>) -> Result<Vec<Case>, Failure> {
    let folder = world.folder.join("Json/AppsInstanceDelegation");
    let mut cases = Vec::new();
    for path in json::files_below(&folder, "response.json") {
        let below: Vec<_> = path.strip_prefix(&folder)?.iter().map(|part| part.to_string_lossy()).collect();
        let (kind, doing) = match below.first().map(AsRef::as_ref) {
            Some("DelegationCheck") => ("instance delegation check", Doing::Checks),
            Some("Revoke") => ("instance revocation", Doing::TakesBack),
            _ => ("instance delegation", Doing::Gives),
        };
        let (Some(instance), Some(app)) = (below.iter().rev().nth(1), below.iter().rev().nth(2)) else {
            continue;
        };
        let app = app.strip_prefix("app_").and_then(|app| app.split_once('_'));
        let (org, app) = app.ok_or("a folder does not name an app")?;
        let case = InstanceCase { world, app: ServiceId::new(org, app)?, instance: instance.parse()? };
        let outcome = case.run(doing, &path).await.unwrap_or_else(|error| Outcome::Failed(error.to_string()));
        cases.push(Case::new(kind, path.display().to_string(), outcome));
    }
    Ok(cases)
}

struct InstanceCase<'a> {
    world: &'a Arc<World>,
    app: ServiceId,
    instance: Uuid,
}

impl InstanceCase<'_> {
    async fn run(&self, doing: Doing, response: &Path) -> Result<Outcome, Failure> {
        let expected = json::read(response)?;
        let request = response.with_file_name("request.json");
        if doing == Doing::Checks {
            let access = self.access(&[]).await?;
            return Ok(compare(&expected, &self.check(&access).await?));
        }
        if !request.is_file() {
            return Ok(Outcome::NotDecidable(
                "up to how many delegations an instance's are all revoked is not said",
            ));
        }
        let request = json::read(&request)?;
        let (Some(from), Some(to)) = (self.party(&request, "from"), self.party(&request, "to")) else {
            return Ok(Outcome::NotDecidable("a party is not among the files"));
        };
        let access = self.access(&[&from, &to]).await?;
        if doing == Doing::TakesBack {
            self.give_what_stands(&access, &from, &to).await?;
        }
        let mut rights = Vec::new();
        for asked in json::list(&request, "rights") {
            rights.push(self.right(&access, doing, &from, &to, asked).await?);
        }
        let found = self.answer(&request, rights);
        Ok(match compare(&expected, &found) {
            Outcome::Failed(_) if is_refused(&expected) && !is_refused(&found) => Outcome::NotDecidable(
                "the policy lets the app give the right, and why it was not given is not among the files",
            ),
            outcome => outcome,
        })
    }

    /// Access management over a store with these parties, and the policies of the world.
    async fn access(&self, parties: &[&Party]) -> Result<AccessManagement, Failure> {
        let store = Store::open("sqlite::memory:").await?;
        store.migrate(&[MIGRATIONS]).await?;
        let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
        let mut batch = Batch::new();
        for party in parties {
            register.put_party(&mut batch, party)?;
        }
        store.commit(batch).await?;
        let delegations = StoredDelegations::new(store.clone(), register.clone(), Arc::new(SystemClock));
        let registers =
            Registers::new(register.clone(), register.clone()).with_delegations(Arc::new(delegations));
        let authorizer = Authorizer::with_registers(self.world.clone(), registers);
        Ok(AccessManagement::new(store, authorizer, register))
    }

    fn party(&self, request: &Value, side: &str) -> Option<Party> {
        let named = json::field(request, side)?;
        let (id, text) = (json::text(named, "type")?, json::text(named, "value")?);
        let is_it = |party: &&Party| match &party.identifier {
            PartyIdentifier::Organization(number) if id == attribute::ORGANIZATION => {
                number.to_string() == text
            }
            _ => id == attribute::PARTY_UUID && text.parse() == Ok(party.uuid),
        };
        self.world.parties.iter().find(is_it).cloned()
    }

    fn offer(&self, from: &Party, to: &Party, right: Right) -> Offer {
        let instance = InstanceId::new(from.id, self.instance);
        Offer::new(from.id, Receiver::Party(to.id), What::InstanceRight(right, instance))
    }

    /// What the files say was given on the instance before; they go by the last digits of the UUIDs.
    async fn give_what_stands(
        &self,
        access: &AccessManagement,
        from: &Party,
        to: &Party,
    ) -> Result<(), Failure> {
        let short = |uuid: Uuid| uuid.simple().to_string().to_uppercase().split_off(20);
        let folder = self.world.folder.join("blobs/input/Instance").join(self.app.resource_id().as_str());
        let folder = folder.join(short(self.instance));
        for path in json::files_below(&folder, "delegationpolicy.xml") {
            if !path.iter().any(|part| part.to_string_lossy() == short(to.uuid)) {
                continue;
            }
            let policy = ServicePolicy::read_resource(std::fs::read(&path)?)?;
            for known in policy.rights() {
                let mut right = known.of(&self.app.resource_id());
                right.within.retain(|(id, _)| id != attribute::RESOURCE_INSTANCE);
                access.delegate_for_app(&self.app, &self.offer(from, to, right)).await?;
            }
        }
        Ok(())
    }

    /// One right of the answer.
    async fn right(
        &self,
        access: &AccessManagement,
        doing: Doing,
        from: &Party,
        to: &Party,
        asked: &Value,
    ) -> Result<Value, Failure> {
        let resource = resource_of(asked, "resource").ok_or("a right names no resource")?;
        let action = json::field(asked, "action").and_then(|action| json::text(action, "value"));
        let mut right = Right::new(resource, action.unwrap_or_default());
        for named in json::list(asked, "resource") {
            let (id, text) = (json::text(named, "type"), json::text(named, "value"));
            if let (Some(id), Some(text)) = (id, text)
                && !matches!(id.as_str(), attribute::ORG | attribute::APP | attribute::RESOURCE)
            {
                right = right.within(id, text);
            }
        }
        let offer = self.offer(from, to, right);
        let (outcome, done, refused) = match doing {
            Doing::TakesBack => (access.revoke_for_app(&self.app, &offer).await, "Revoked", "NotRevoked"),
            _ => (access.delegate_for_app(&self.app, &offer).await, "Delegated", "NotDelegated"),
        };
        let status = match outcome {
            Ok(_) => done,
            Err(DelegationError::NotDelegable { .. } | DelegationError::NotFound) => refused,
            Err(error) => return Err(error.into()),
        };
        let mut resource: Vec<Value> = json::list(asked, "resource").cloned().collect();
        if resource.iter().any(|named| json::text(named, "type").as_deref() == Some(attribute::APP)) {
            // The older form of the answer names the instance among the attributes.
            resource.push(value!({"type": attribute::RESOURCE_INSTANCE, "value": self.instance}));
        }
        let action = json::field(asked, "action").cloned().unwrap_or_default();
        Ok(value!({"resource": resource, "action": action, "status": status}))
    }

    fn answer(&self, request: &Value, rights: Vec<Value>) -> Value {
        let mut answer = value!({
            "from": json::field(request, "from"),
            "to": json::field(request, "to"),
            "resourceid": self.app.resource_id().as_str(),
            "instanceid": self.instance,
            "rights": rights,
        });
        if let (Some(mode), Some(answer)) =
            (json::field(request, "instanceDelegationMode"), answer.as_object_mut())
        {
            answer.insert("instanceDelegationMode".to_owned(), mode.clone());
        }
        answer
    }

    async fn check(&self, access: &AccessManagement) -> Result<Value, Failure> {
        let rights = access.check_for_app(&self.app).await?;
        let right = |right: &altinn_auth::decision::PolicyRight| {
            let named = |(id, text): &(String, String)| value!({"type": id, "value": text});
            value!({
                "rightKey": right.key(),
                "resource": right.attributes.iter().map(named).collect::<Vec<_>>(),
                "action": {"type": ACTION_ID, "value": right.action},
                "status": "Delegable",
            })
        };
        Ok(value!({"links": {"next": null}, "data": rights.iter().map(right).collect::<Vec<_>>()}))
    }
}

/// Whether an answer gives none of its rights.
fn is_refused(answer: &Value) -> bool {
    json::list(answer, "rights").all(|right| json::text(right, "status").as_deref() == Some("NotDelegated"))
}
