//! Systems and system users, from the register to the call, as a vendor and a customer go through it.

use altinn_auth::delegation::AccessPackage;
use altinn_auth::register::RoleAssignment;
use altinn_core::http::Method;
use altinn_core::store::Batch;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{World, everywhere_with, json, named, problem};

const REGISTER: &str = "/authentication/api/v1/systemregister";
const USERS: &str = "/authentication/api/v1/systemuser";
const SCOPES: &str =
    "altinn:authentication/systemregister.write altinn:authentication/systemuser.request.write";
const PORTAL: &str = "https://portal.example.no/systemuser?id=";

async fn everywhere(test: impl AsyncFn(World)) {
    everywhere_with(|api| api.confirm_at(PORTAL), test).await;
}

fn rights(resources: &[&str]) -> Value {
    resources
        .iter()
        .map(|value| json!({"resource": [{"id": "urn:altinn:resource", "value": value}]}))
        .collect()
}

fn packages(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"urn": format!("urn:altinn:accesspackage:{name}")})).collect()
}

/// The vendor is the accountant's organization; its system fills in applications and keeps books.
struct Vendor<'w> {
    world: &'w World,
    token: String,
    number: String,
    system: String,
}

impl<'w> Vendor<'w> {
    fn of(world: &'w World) -> Self {
        let name = named(&world.accountant);
        let number = name.split_once(':').unwrap().1.to_owned();
        let token = world.organization(&world.accountant, SCOPES);
        Self { world, token, system: format!("{number}_books"), number }
    }

    fn registration(&self) -> Value {
        json!({
            "id": self.system, "vendor": {"ID": format!("0192:{}", self.number)},
            "name": {"nb": "Bøkene", "en": "The books"}, "description": {"nb": "Fører bøker."},
            "rights": rights(&["app_ttd_bakery-licence"]), "accessPackages": packages(&["regnskap"]),
            "clientId": ["client-1"], "allowedredirecturls": ["https://books.example/done"], "isVisible": true,
        })
    }

    async fn post(&self, path: &str, body: &Value) -> altinn_core::http::HttpResponse {
        self.world.send_json(Method::POST, &self.token, path, body).await
    }

    async fn register(&self) {
        json(&self.post(&format!("{REGISTER}/vendor"), &self.registration()).await, 201);
    }

    /// Asks the bakery for a system user.
    fn asked(&self, reference: &str) -> Value {
        json!({
            "externalRef": reference, "systemId": self.system, "partyOrgNo": self.world.number(&self.world.bakery),
            "rights": rights(&["app_ttd_bakery-licence"]), "redirectUrl": "https://books.example/done",
        })
    }
}

async fn post(world: &World, token: &str, path: &str) -> altinn_core::http::HttpResponse {
    world.send(world.request(Method::POST, path).bearer(token).unwrap()).await
}

async fn delete(world: &World, token: &str, path: &str) -> u16 {
    world.send(world.request(Method::DELETE, path).bearer(token).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn a_vendor_keeps_its_systems_and_customers_see_them() {
    everywhere(async |world: World| {
        let vendor = Vendor::of(&world);
        let (own, other) = (format!("{REGISTER}/vendor/{}", vendor.system), world.organization(&world.bakery, SCOPES));
        let leader = world.token(&world.leader);
        let refused = world.send_json(Method::POST, &leader, &format!("{REGISTER}/vendor"), &vendor.registration()).await;
        assert_eq!(problem(&refused, 403), "AUTH-SYSTEM-USER-NOT-A-VENDOR");
        vendor.register().await;
        let again = vendor.post(&format!("{REGISTER}/vendor"), &vendor.registration()).await;
        assert_eq!(problem(&again, 409), "AUTH-SYSTEM-USER-TAKEN");
        let mut foreign = vendor.registration();
        foreign["id"] = json!("999999999_books");
        assert_eq!(problem(&vendor.post(&format!("{REGISTER}/vendor"), &foreign).await, 400), "HTTP-BODY");

        let seen = json(&world.get(&leader, &format!("{REGISTER}/{}", vendor.system)).await, 200);
        assert_eq!((&seen["name"]["en"], &seen["systemVendorOrgNumber"]), (&json!("The books"), &json!(vendor.number)));
        assert!(seen["clientId"].is_null(), "clients are the vendor's: {seen}");
        assert_eq!(json(&world.get(&leader, REGISTER).await, 200).as_array().unwrap().len(), 1);
        assert_eq!(json(&world.get(&leader, &format!("{REGISTER}/{}/rights", vendor.system)).await, 200), rights(&["app_ttd_bakery-licence"]));
        assert_eq!(json(&world.get(&leader, &format!("{REGISTER}/{}/accesspackages", vendor.system)).await, 200), packages(&["regnskap"]));
        let told = json(&world.get(&vendor.token, &own).await, 200);
        assert_eq!(told["clientId"], json!(["client-1"]));
        problem(&world.get(&other, &own).await, 404);

        let put = async |path: &str, body: &Value| world.send_json(Method::PUT, &vendor.token, path, body).await;
        let more = rights(&["app_ttd_bakery-licence", "app_ttd_more"]);
        assert_eq!(json(&put(&format!("{own}/rights"), &more).await, 200)["rights"], more);
        assert_eq!(json(&put(&format!("{own}/accesspackages"), &json!([])).await, 200)["rights"], more);
        let below = json!([{"resource": [{"id": "urn:altinn:resource", "value": "a_b_c"}, {"id": "urn:altinn:task", "value": "1"}]}]);
        assert_eq!(problem(&put(&format!("{own}/rights"), &below).await, 400), "HTTP-BODY");
        let mut hidden = vendor.registration();
        hidden["isVisible"] = json!(false);
        json(&put(&own, &hidden).await, 200);
        problem(&world.get(&leader, &format!("{REGISTER}/{}", vendor.system)).await, 404);
        assert_eq!(json(&world.get(&leader, REGISTER).await, 200), json!([]));
        assert_eq!(delete(&world, &other, &own).await, 404);
        assert_eq!(delete(&world, &vendor.token, &own).await, 204);
        problem(&world.get(&vendor.token, &own).await, 404);
        let changes = json(&world.get(&vendor.token, &format!("{own}/changelog")).await, 200);
        let changes: Vec<_> = changes.as_array().unwrap().iter().map(|change| change["changeType"].clone()).collect();
        assert_eq!(changes, ["register", "update", "update", "update", "delete"]);
    })
    .await;
}

#[tokio::test]
async fn an_approved_system_user_begins_instances_until_it_is_deleted() {
    everywhere(async |world: World| {
        let vendor = Vendor::of(&world);
        vendor.register().await;
        let (leader, filler, stranger) =
            (world.token(&world.leader), world.token(&world.filler), world.token(&world.stranger));
        let asked = vendor.post(&format!("{USERS}/request/vendor"), &vendor.asked("one")).await;
        let request = json(&asked, 201);
        let id = request["id"].as_str().unwrap();
        assert_eq!((&request["status"], &request["confirmUrl"]), (&json!("New"), &json!(format!("{PORTAL}{id}"))));
        assert_eq!(request["partyOrgNo"], world.number(&world.bakery));
        assert_eq!(json(&vendor.post(&format!("{USERS}/request/vendor"), &vendor.asked("one")).await, 201)["id"], id);
        let mut elsewhere = vendor.asked("two");
        elsewhere["redirectUrl"] = json!("https://evil.example");
        let refused = vendor.post(&format!("{USERS}/request/vendor"), &elsewhere).await;
        assert_eq!(problem(&refused, 400), "AUTH-SYSTEM-USER-NOT-OF-SYSTEM");
        let by_reference = format!("{USERS}/request/vendor/byexternalref/{}/{}/one", vendor.system, world.number(&world.bakery));
        assert_eq!(json(&world.get(&vendor.token, &by_reference).await, 200)["id"], id);
        let by_system = format!("{USERS}/request/vendor/bysystem/{}", vendor.system);
        assert_eq!(json(&world.get(&vendor.token, &by_system).await, 200)["data"][0]["id"], id);

        // The customer: who represents it sees it and escalates it, who manages its access answers.
        let party = world.bakery.id;
        let to_party = format!("{USERS}/request/{party}/{id}");
        problem(&world.get(&stranger, &to_party).await, 404);
        problem(&post(&world, &stranger, &format!("{to_party}/approve")).await, 404);
        assert_eq!(json(&world.get(&filler, &to_party).await, 200)["id"], id);
        assert_eq!(problem(&post(&world, &filler, &format!("{to_party}/approve")).await, 403), "AUTH-DELEGATION-NOT-ACCESS-MANAGER");
        json(&post(&world, &filler, &format!("{to_party}/escalate")).await, 200);
        let waiting = json(&world.get(&leader, &format!("/v1/systemuser/requests/{party}")).await, 200);
        assert_eq!((&waiting[0]["id"], &waiting[0]["escalated"]), (&json!(id), &json!(true)));
        assert_eq!(json(&post(&world, &leader, &format!("{to_party}/approve")).await, 200), true);
        assert_eq!(problem(&post(&world, &leader, &format!("{to_party}/reject")).await, 409), "AUTH-SYSTEM-USER-SETTLED");
        assert_eq!(json(&world.get(&vendor.token, &format!("{USERS}/request/vendor/{id}")).await, 200)["status"], "Accepted");

        let users = json(&world.get(&leader, &format!("{USERS}/{party}")).await, 200);
        let user = users[0]["id"].as_str().unwrap().to_owned();
        assert_eq!((&users[0]["integrationTitle"], &users[0]["userType"]), (&json!("Bøkene"), &json!("standard")));
        let by_query = format!("{USERS}/vendor/byquery?system-id={}&orgno={}&external-ref=one", vendor.system, world.number(&world.bakery));
        assert_eq!(json(&world.get(&vendor.token, &by_query).await, 200)["id"], user.as_str());
        let by_system = format!("{USERS}/vendor/bysystem/{}", vendor.system);
        assert_eq!(json(&world.get(&vendor.token, &by_system).await, 200)["data"][0]["id"], user.as_str());
        let external = format!(
            "{USERS}/byExternalId?clientId=client-1&systemProviderOrgNo={}&systemUserOwnerOrgNo={}&externalRef=one",
            vendor.number, world.number(&world.bakery)
        );
        assert_eq!(problem(&world.get(&leader, &external).await, 403), "HTTP-SCOPE");
        let maskinporten = world.organization(&world.authority, "altinn:maskinporten/systemuser.read");
        assert_eq!(json(&world.get(&maskinporten, &external).await, 200)["id"], user.as_str());

        // It calls, until it is deleted.
        let system = world.system_user(&world.accountant, &world.bakery, user.parse().unwrap(), &vendor.system);
        let begin = format!("/ttd/bakery-licence/instances?instanceOwnerPartyId={party}");
        json(&post(&world, &system, &begin).await, 201);
        let one = format!("{USERS}/{party}/{user}");
        problem(&world.get(&stranger, &one).await, 403);
        assert_eq!(delete(&world, &leader, &one).await, 202);
        assert_eq!(post(&world, &system, &begin).await.status().as_u16(), 403);
        problem(&world.get(&leader, &one).await, 404);
        assert_eq!(json(&world.get(&leader, &format!("{USERS}/{party}")).await, 200), json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_change_is_asked_for_under_the_vendors_id_and_an_open_request_is_withdrawn() {
    everywhere(async |world: World| {
        let vendor = Vendor::of(&world);
        vendor.register().await;
        let (leader, party) = (world.token(&world.leader), world.bakery.id);
        let ask = async |reference: &str| {
            let asked = vendor.post(&format!("{USERS}/request/vendor"), &vendor.asked(reference)).await;
            json(&asked, 201)["id"].as_str().unwrap().to_owned()
        };
        let id = ask("one").await;
        json(&post(&world, &leader, &format!("{USERS}/request/{party}/{id}/approve")).await, 200);
        let users = json(&world.get(&leader, &format!("{USERS}/{party}")).await, 200);
        let user = users[0]["id"].as_str().unwrap();

        let correlation = Uuid::from_u128(0x7000_8000_0000_0001);
        let path = format!("{USERS}/changerequest/vendor?correlation-id={correlation}&system-user-id={user}");
        let body = json!({"unwantedRights": rights(&["app_ttd_bakery-licence"]), "redirectUrl": ""});
        let change = json(&vendor.post(&path, &body).await, 201);
        assert_eq!((&change["id"], &change["systemUserId"]), (&json!(correlation), &json!(user)));
        assert_eq!(json(&vendor.post(&path, &body).await, 201)["id"], json!(correlation));
        let taken = format!("{USERS}/changerequest/vendor?correlation-id={id}&system-user-id={user}");
        assert_eq!(problem(&vendor.post(&taken, &body).await, 409), "AUTH-SYSTEM-USER-TAKEN");
        let other = format!("{USERS}/changerequest/vendor?system-user-id={}", Uuid::nil());
        problem(&vendor.post(&other, &body).await, 404);
        let at_party = format!("{USERS}/changerequest/{party}/{correlation}");
        assert_eq!(json(&world.get(&leader, &at_party).await, 200)["status"], "New");
        problem(&world.get(&leader, &format!("{USERS}/request/{party}/{correlation}")).await, 404);
        json(&post(&world, &leader, &format!("{at_party}/approve")).await, 200);
        let told = json(
            &world.get(&vendor.token, &format!("{USERS}/changerequest/vendor/{correlation}")).await,
            200,
        );
        assert_eq!(told["status"], "Accepted");
        assert_eq!(
            json(&world.get(&leader, &format!("{USERS}/{party}/{user}")).await, 200)["rights"],
            json!([])
        );

        let second = ask("two").await;
        let at_vendor = format!("{USERS}/request/vendor/{second}");
        assert_eq!(delete(&world, &world.organization(&world.bakery, SCOPES), &at_vendor).await, 404);
        assert_eq!(delete(&world, &vendor.token, &at_vendor).await, 204);
        problem(&world.get(&vendor.token, &at_vendor).await, 404);
        let third = ask("two").await;
        json(&post(&world, &leader, &format!("{USERS}/request/{party}/{third}/reject")).await, 200);
        assert_eq!(delete(&world, &vendor.token, &format!("{USERS}/request/vendor/{third}")).await, 409);
    })
    .await;
}

#[tokio::test]
async fn an_agent_acts_for_the_clients_that_its_organization_gives_it() {
    everywhere(async |world: World| {
        let altinn = world.api.altinn();
        let mut batch = Batch::new();
        let roles = vec!["REGN".parse().unwrap()];
        let (name, area) = ("regnskap".to_owned(), "økonomi".to_owned());
        altinn.access_packages().put(&mut batch, &AccessPackage { name, area, is_delegable: true, roles });
        let client =
            RoleAssignment { role: "REGN".parse().unwrap(), of: world.accountant.id, to: world.bakery.id };
        altinn.register().grant_role(&mut batch, &client);
        altinn.store().commit(batch).await.unwrap();
        let vendor = Vendor::of(&world);
        vendor.register().await;
        let (leader, stranger, party) =
            (world.token(&world.leader), world.token(&world.stranger), world.bakery.id);
        let mut asked = vendor.asked("agent");
        let refused = vendor.post(&format!("{USERS}/request/vendor/agent"), &asked).await;
        assert_eq!(problem(&refused, 400), "AUTH-SYSTEM-USER-INVALID");
        (asked["rights"], asked["accessPackages"]) = (json!([]), packages(&["regnskap"]));
        let request = json(&vendor.post(&format!("{USERS}/request/vendor/agent"), &asked).await, 201);
        assert_eq!(request["userType"], "agent");
        let id = request["id"].as_str().unwrap();
        // It is found where agents are, and nowhere else.
        let (own, others) =
            (format!("{USERS}/request/agent/{party}/{id}"), format!("{USERS}/request/{party}/{id}"));
        assert_eq!(json(&world.get(&leader, &own).await, 200)["id"], json!(id));
        problem(&world.get(&leader, &others).await, 404);
        problem(&world.get(&vendor.token, &format!("{USERS}/request/vendor/{id}")).await, 404);
        for elsewhere in [others, format!("{USERS}/changerequest/{party}/{id}")] {
            for answer in ["approve", "reject", "escalate"] {
                problem(&post(&world, &leader, &format!("{elsewhere}/{answer}")).await, 404);
            }
        }
        json(&post(&world, &leader, &format!("{own}/approve")).await, 200);
        let agents = format!("/authentication/api/v1/enduser/systemuser/agents?party={}", world.bakery.uuid);
        let agent = json(&world.get(&leader, &agents).await, 200)[0]["id"].as_str().unwrap().to_owned();

        let clients = format!("/authentication/api/v1/enduser/systemuser/clients?agent={agent}");
        let one = |client: Uuid| format!("{clients}&client={client}");
        assert_eq!(json(&world.get(&leader, &clients).await, 200)["data"], json!([]));
        problem(&post(&world, &leader, &one(world.stranger.uuid)).await, 403);
        assert_eq!(
            json(&post(&world, &leader, &one(Uuid::nil())).await, 403)["code"],
            json(&post(&world, &leader, &one(world.stranger.uuid)).await, 403)["code"],
            "a client that there is not is answered as one that is not theirs"
        );
        json(&post(&world, &leader, &one(world.accountant.uuid)).await, 200);
        assert_eq!(
            json(&world.get(&leader, &clients).await, 200)["data"][0]["clientId"],
            json!(world.accountant.uuid)
        );
        problem(&world.get(&stranger, &clients).await, 403);
        assert_eq!(delete(&world, &leader, &one(world.accountant.uuid)).await, 200);
        assert_eq!(delete(&world, &leader, &one(world.accountant.uuid)).await, 404);
        assert_eq!(json(&world.get(&leader, &clients).await, 200)["data"], json!([]));
    })
    .await;
}
