//! Requests for rights, over HTTP.

use altinn_auth::delegation_request::{NewDelegationRequest, RequestedAccess};
use altinn_auth::register::RoleAssignment;
use altinn_core::http::{HttpResponse, Method};
use altinn_core::store::Batch;
use altinn_core::{Actor, AuthenticationLevel, Party, Subject};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, problem};

const REQUESTS: &str = "/accessmanagement/api/v1/enduser/request";
const RESOURCE: &str = "app_ttd_bakery-licence";

async fn put(world: &World, who: &str, path: &str) -> HttpResponse {
    world.send(world.request(Method::PUT, &format!("{REQUESTS}{path}")).bearer(who).unwrap()).await
}

async fn ask(world: &World, who: &Party, of: &Party, rights: Option<&Value>) -> HttpResponse {
    let path = format!("{REQUESTS}/resource?party={}&to={}&resource={RESOURCE}", who.uuid, of.uuid);
    let token = world.token(who);
    match rights {
        Some(rights) => world.send_json(Method::POST, &token, &path, rights).await,
        None => world.send(world.request(Method::POST, &path).bearer(&token).unwrap()).await,
    }
}

/// The stranger audits the bakery from now on, which lets them read nothing.
async fn audits(world: &World) {
    let role = RoleAssignment { role: "REVI".parse().unwrap(), of: world.bakery.id, to: world.stranger.id };
    let mut batch = Batch::new();
    world.api.altinn().register().grant_role(&mut batch, &role);
    world.api.altinn().store().commit(batch).await.unwrap();
}

async fn may_begin(world: &World, who: &str) -> u16 {
    let path = format!("/ttd/bakery-licence/instances?instanceOwnerPartyId={}", world.bakery.id);
    world.send(world.request(Method::POST, &path).bearer(who).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn a_right_is_asked_for_seen_and_given() {
    everywhere(async |world: World| {
        let (auditor, leader) = (world.token(&world.stranger), world.token(&world.leader));
        let strange = ask(&world, &world.stranger, &world.bakery, None).await;
        assert_eq!(problem(&strange, 403), "AUTH-DELEGATION-REQUEST-NOT-CONNECTED");
        audits(&world).await;
        let rights = json!(["instantiate"]);
        assert_eq!(
            problem(&ask(&world, &world.stranger, &world.bakery, Some(&json!(["fly"]))).await, 403),
            "AUTH-DELEGATION-NOT-DELEGABLE"
        );
        let asked = json(&ask(&world, &world.stranger, &world.bakery, Some(&rights)).await, 200);
        assert_eq!((&asked["status"], &asked["type"]), (&json!("Pending"), &json!("resource")));
        assert_eq!(asked["resource"]["referenceId"], RESOURCE);
        assert_eq!(asked["from"]["id"], json!(world.bakery.uuid));
        assert_eq!(asked["to"]["id"], json!(world.stranger.uuid));
        assert_eq!(asked["rights"], json!([format!("{RESOURCE}:instantiate")]));
        let again = json(&ask(&world, &world.stranger, &world.bakery, Some(&rights)).await, 200);
        assert_eq!(again["id"], asked["id"]);
        assert_eq!(may_begin(&world, &auditor).await, 403);

        let of = format!("party={}&id={}", world.bakery.uuid, asked["id"].as_str().unwrap());
        let mine = format!("party={}&id={}", world.stranger.uuid, asked["id"].as_str().unwrap());
        let received =
            format!("{REQUESTS}/received?party={}&status=Pending&status=Approved", world.bakery.uuid);
        let listed = json(&world.get(&leader, &received).await, 200);
        assert_eq!(listed["data"], json!([asked]));
        let sent =
            format!("{REQUESTS}/sent?party={}&to={}&type=resource", world.stranger.uuid, world.bakery.uuid);
        assert_eq!(json(&world.get(&auditor, &sent).await, 200)["data"], json!([asked]));
        for (path, count) in [("status=Pending", 1), ("status=Rejected", 0), ("type=package", 0)] {
            let path = format!("{REQUESTS}/received/count?party={}&{path}", world.bakery.uuid);
            assert_eq!(json(&world.get(&leader, &path).await, 200), json!(count), "{path}");
        }
        for wrong in ["status=Gone", "type=other", "from=nobody"] {
            let path = format!("{REQUESTS}/received?party={}&{wrong}", world.bakery.uuid);
            assert_eq!(problem(&world.get(&leader, &path).await, 400), "HTTP-QUERY");
        }
        assert_eq!(json(&world.get(&leader, &format!("{REQUESTS}?{of}")).await, 200), asked);
        for path in [format!("/received/approve?{of}"), format!("/received/reject?{of}")] {
            let refused = put(&world, &auditor, &path).await;
            assert_eq!(problem(&refused, 403), "AUTH-DELEGATION-NOT-ACCESS-MANAGER");
        }
        assert_eq!(
            problem(&put(&world, &auditor, &format!("/received/approve?{mine}")).await, 404),
            "AUTH-DELEGATION-REQUEST-NOT-FOUND"
        );

        for _ in 0..2 {
            let approved = json(&put(&world, &leader, &format!("/received/approve?{of}")).await, 200);
            assert_eq!(approved["status"], "Approved");
        }
        assert_eq!(may_begin(&world, &auditor).await, 201);
        assert_eq!(
            problem(&put(&world, &auditor, &format!("/sent/withdraw?{mine}")).await, 400),
            "AUTH-DELEGATION-REQUEST-SETTLED"
        );
    })
    .await;
}

#[tokio::test]
async fn requests_are_rejected_taken_back_and_confirmed() {
    everywhere(async |world: World| {
        audits(&world).await;
        let (auditor, leader) = (world.token(&world.stranger), world.token(&world.leader));
        let id = async |answer: HttpResponse| json(&answer, 200)["id"].as_str().unwrap().to_owned();
        let asked = id(ask(&world, &world.stranger, &world.bakery, None).await).await;
        let rejected =
            put(&world, &leader, &format!("/received/reject?party={}&id={asked}", world.bakery.uuid)).await;
        assert_eq!(json(&rejected, 200)["status"], "Rejected");
        let asked = id(ask(&world, &world.stranger, &world.bakery, None).await).await;
        let withdrawn =
            put(&world, &auditor, &format!("/sent/withdraw?party={}&id={asked}", world.stranger.uuid)).await;
        assert_eq!(json(&withdrawn, 200)["status"], "Withdrawn");

        let subject = Subject::Person { party: world.stranger.id, uuid: world.stranger.uuid, number: None };
        let actor = Actor::new(subject, AuthenticationLevel::Sensitive);
        let what = RequestedAccess::all_of(RESOURCE.parse().unwrap());
        let draft = NewDelegationRequest::new(world.bakery.id, world.stranger.id, what).as_draft();
        let draft = world.api.altinn().delegation_requests().ask(&actor, &draft).await.unwrap().id;
        let seen = json(&world.get(&auditor, &format!("{REQUESTS}/draft?id={draft}")).await, 200);
        assert_eq!(seen["status"], "Draft");
        let of_bakery = format!("{REQUESTS}?party={}&id={draft}", world.bakery.uuid);
        assert_eq!(problem(&world.get(&leader, &of_bakery).await, 404), "AUTH-DELEGATION-REQUEST-NOT-FOUND");
        let confirm = format!("/draft/confirm?party={}&id={draft}", world.stranger.uuid);
        assert_eq!(json(&put(&world, &auditor, &confirm).await, 200)["status"], "Pending");
        assert_eq!(json(&world.get(&leader, &of_bakery).await, 200)["status"], "Pending");
        assert_eq!(
            problem(&world.get(&auditor, &format!("{REQUESTS}/draft?id={draft}")).await, 404),
            "AUTH-DELEGATION-REQUEST-NOT-FOUND"
        );
        let package = format!(
            "{REQUESTS}/package?party={}&to={}&package=urn:altinn:accesspackage:ukjent",
            world.stranger.uuid, world.bakery.uuid
        );
        let request = world.request(Method::POST, &package).bearer(&auditor).unwrap();
        assert_eq!(problem(&world.send(request).await, 403), "AUTH-DELEGATION-NOT-DELEGABLE");
    })
    .await;
}
