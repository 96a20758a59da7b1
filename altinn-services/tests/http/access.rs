//! Access management: what parties give each other, and the trail of it.

use altinn_auth::delegation::AccessPackage;
use altinn_core::Party;
use altinn_core::http::Method;
use altinn_core::store::Batch;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{World, everywhere, json, named, problem};

const CONNECTIONS: &str = "/accessmanagement/api/v1/enduser/connections";
const RESOURCE: &str = "app_ttd_bakery-licence";
const INSTANCES: &str = "/ttd/bakery-licence/instances";

/// Between the bakery and somebody.
fn between(world: &World, to: &Party) -> String {
    format!("party={}&from={}&to={}", world.bakery.uuid, world.bakery.uuid, to.uuid)
}

async fn may_begin(world: &World, who: &str) -> u16 {
    let path = format!("{INSTANCES}?instanceOwnerPartyId={}", world.bakery.id);
    world.send(world.request(Method::POST, &path).bearer(who).unwrap()).await.status().as_u16()
}

async fn delete(world: &World, who: &str, path: &str) -> u16 {
    world.send(world.request(Method::DELETE, path).bearer(who).unwrap()).await.status().as_u16()
}

/// The keys that a check says can be given.
fn keys(check: &Value) -> Vec<String> {
    let rights = check["rights"].as_array().or(check.as_array()).unwrap();
    let delegable = rights.iter().filter(|right| right["result"] == true);
    delegable.map(|right| right["right"]["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rights_are_checked_given_seen_and_taken_back() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let check = format!(
            "{CONNECTIONS}/resources/delegationcheck?party={}&resource={RESOURCE}",
            world.bakery.uuid
        );
        let keys = keys(&json(&world.get(&leader, &check).await, 200));
        assert!(keys.contains(&format!("{RESOURCE}:instantiate")), "{keys:?}");
        assert_eq!(problem(&world.get(&stranger, &check).await, 403), "AUTH-DELEGATION-NOT-ACCESS-MANAGER");
        assert_eq!(may_begin(&world, &stranger).await, 403);

        let between = between(&world, &world.stranger);
        let rules = format!("{CONNECTIONS}/resources/rules?{between}&resource={RESOURCE}");
        let give = async |keys: Value| {
            world.send_json(Method::POST, &leader, &rules, &json!({"directRuleKeys": keys})).await
        };
        let some = json!([format!("{RESOURCE}:instantiate"), format!("{RESOURCE}:read")]);
        assert_eq!(problem(&give(json!([format!("{RESOURCE}:fly")])).await, 400), "HTTP-BODY");
        assert_eq!(give(some.clone()).await.status().as_u16(), 201);
        assert_eq!(give(some).await.status().as_u16(), 201, "once more is the same");
        assert_eq!(may_begin(&world, &stranger).await, 201);

        let told = json(&world.get(&leader, &rules).await, 200);
        assert_eq!(told["directRules"].as_array().unwrap().len(), 2, "{told}");
        let connections = json(&world.get(&leader, &format!("{CONNECTIONS}?{between}")).await, 200);
        let one = &connections["data"][0];
        assert_eq!(
            (&one["party"]["id"], &one["party"]["type"]),
            (&json!(world.stranger.uuid), &json!("Person"))
        );
        assert_eq!(one["resources"], json!([{"value": RESOURCE}]));
        let own = format!("{CONNECTIONS}?party={0}&to={0}", world.stranger.uuid);
        let received = json(&world.get(&stranger, &own).await, 200);
        assert_eq!(received["data"][0]["party"]["partyId"], world.bakery.id.get());
        let resources = json(&world.get(&leader, &format!("{CONNECTIONS}/resources?{between}")).await, 200);
        assert_eq!(resources["data"][0]["permissions"].as_array().unwrap().len(), 1);

        let resource = format!("{CONNECTIONS}/resources?{between}&resource={RESOURCE}");
        assert_eq!(delete(&world, &leader, &resource).await, 204);
        assert_eq!(may_begin(&world, &stranger).await, 403);
        assert_eq!(
            json(&world.get(&leader, &format!("{CONNECTIONS}?{between}")).await, 200)["data"],
            json!([])
        );
        assert_eq!(
            problem(&world.get(&leader, &format!("{CONNECTIONS}?party={}", world.bakery.uuid)).await, 400),
            "HTTP-QUERY"
        );
    })
    .await;
}

#[tokio::test]
async fn access_packages_are_given_to_organizations_and_taken_back_by_either_side() {
    everywhere(async |world: World| {
        let altinn = world.api.altinn();
        let mut batch = Batch::new();
        for (name, is_delegable) in [("skattegrunnlag", true), ("hemmelig", false)] {
            let (name, area) = (name.to_owned(), "skatt".to_owned());
            let roles = vec!["DAGL".parse().unwrap()];
            altinn.access_packages().put(&mut batch, &AccessPackage { name, area, is_delegable, roles });
        }
        altinn.store().commit(batch).await.unwrap();
        let (leader, accountant) = (world.token(&world.leader), world.token(&world.accountant_leader));
        let catalogue = json(&world.get(&leader, "/v1/access/packages").await, 200);
        assert_eq!((&catalogue[0]["name"], &catalogue[1]["roles"]), (&json!("hemmelig"), &json!(["DAGL"])));
        assert_eq!(
            json(&world.get(&leader, "/v1/access/packages?after=hemmelig").await, 200)
                .as_array()
                .unwrap()
                .len(),
            1
        );

        let check = format!("{CONNECTIONS}/accesspackages/delegationcheck?party={}", world.bakery.uuid);
        let checks = json(&world.get(&leader, &check).await, 200);
        assert_eq!(
            (&checks["data"][0]["result"], &checks["data"][1]["result"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(checks["data"][0]["reasons"][0]["reasonKey"], "PackageNotDelegable");

        let between = between(&world, &world.accountant);
        let package =
            format!("{CONNECTIONS}/accesspackages?{between}&package=urn:altinn:accesspackage:skattegrunnlag");
        let given = world.send(world.request(Method::POST, &package).bearer(&leader).unwrap()).await;
        assert_eq!(json(&given, 200)["accessPackage"], "urn:altinn:accesspackage:skattegrunnlag");
        let secret = format!("{CONNECTIONS}/accesspackages?{between}&package=hemmelig");
        let refused = world.send(world.request(Method::POST, &secret).bearer(&leader).unwrap()).await;
        assert_eq!(problem(&refused, 403), "AUTH-DELEGATION-NOT-DELEGABLE");
        let list = format!("{CONNECTIONS}/accesspackages?{between}");
        let told = json(&world.get(&leader, &list).await, 200);
        assert_eq!(
            told["data"][0]["permissions"][0]["to"]["organizationIdentifier"].as_str().map(str::len),
            Some(9)
        );

        // Whoever leads the receiver gives it back.
        let theirs =
            format!("{CONNECTIONS}?party={1}&from={0}&to={1}", world.bakery.uuid, world.accountant.uuid);
        assert_eq!(delete(&world, &world.token(&world.stranger), &theirs).await, 403);
        assert_eq!(delete(&world, &accountant, &theirs).await, 204);
        assert_eq!(json(&world.get(&leader, &list).await, 200)["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_delegation_is_for_a_time_passed_on_listed_and_revoked_by_its_id() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let accountant = world.token(&world.accountant_leader);
        let offered = format!("/v1/access/{}/offered", world.bakery.id);
        let body = |to: Value, more: Value| {
            let mut body =
                json!({"to": to, "resource": RESOURCE, "rights": [format!("{RESOURCE}:instantiate")]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let give = async |who: &str, body: &Value| world.send_json(Method::POST, who, &offered, body).await;
        let over = body(json!({"party": world.stranger.uuid}), json!({"validTo": "2020-01-01T00:00:00Z"}));
        assert_eq!(problem(&give(&leader, &over).await, 400), "AUTH-DELEGATION-EMPTY-PERIOD");
        let number = named(&world.accountant);
        let until = body(json!({"organizationNumber": number}), json!({"validTo": "2040-01-01T00:00:00Z"}));
        let given = json(&give(&leader, &until).await, 201)["data"][0].clone();
        assert_eq!((&given["restsOn"], &given["validTo"]), (&json!("party"), &json!("2040-01-01T00:00:00Z")));

        // The accountant passes it on, and no longer than they have it.
        let acting = json!({"actingFor": world.accountant.id.get()});
        let forever = body(json!({"party": world.stranger.uuid}), acting);
        assert_eq!(problem(&give(&accountant, &forever).await, 400), "AUTH-DELEGATION-BEYOND-PERIOD");
        let acting = json!({"actingFor": world.accountant.id.get(), "validTo": "2039-01-01T00:00:00Z"});
        let passed_on = body(json!({"party": world.stranger.uuid}), acting);
        let passed_on = json(&give(&accountant, &passed_on).await, 201)["data"][0].clone();
        assert_eq!((&passed_on["restsOn"], &passed_on["parent"]), (&json!("delegation"), &given["id"]));
        assert_eq!(may_begin(&world, &stranger).await, 201);
        let listed = json(&world.get(&leader, &offered).await, 200);
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
        let received = format!("/v1/access/{}/received", world.stranger.id);
        assert_eq!(json(&world.get(&stranger, &received).await, 200)["data"][0]["id"], passed_on["id"]);

        // What it rests on is revoked: it falls, and is listed as fallen.
        let revoke = format!("/v1/access/delegations/{}", given["id"].as_str().unwrap());
        assert_eq!(delete(&world, &stranger, &revoke).await, 404);
        assert_eq!(delete(&world, &leader, &revoke).await, 204);
        assert_eq!(delete(&world, &leader, &revoke).await, 204);
        assert_eq!(may_begin(&world, &stranger).await, 403);
        assert_eq!(json(&world.get(&leader, &offered).await, 200)["data"][0]["stands"], false);
        let changes = format!("/v1/access/{}/changes", world.bakery.id);
        let told = json(&world.get(&leader, &changes).await, 200);
        let told: Vec<_> = told.as_array().unwrap().iter().map(|change| change["change"].clone()).collect();
        assert_eq!(told, ["granted", "granted", "revoked"]);

        // A check for one instance; and bodies that say nothing.
        let check = format!(
            "/v1/access/{}/check?resource={RESOURCE}&instance={}/{}",
            world.bakery.id,
            world.bakery.id,
            Uuid::nil()
        );
        assert!(!keys(&json(&world.get(&leader, &check).await, 200)).is_empty());
        for wrong in [json!({"to": {"party": world.stranger.uuid}}), json!({"to": {"party": 7}})] {
            assert_eq!(problem(&give(&leader, &wrong).await, 400), "HTTP-BODY");
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_gives_on_its_instances_what_its_policy_lets_it() {
    everywhere(async |world: World| {
        let (leader, agency) = (world.token(&world.leader), world.agency());
        let path = format!("{INSTANCES}?instanceOwnerPartyId={}", world.bakery.id);
        let begun = json(&world.send(world.request(Method::POST, &path).bearer(&leader).unwrap()).await, 201);
        let guid = begun["id"].as_str().unwrap().split_once('/').unwrap().1.to_owned();
        let at = |what: &str, guid: &str| {
            format!("/accessmanagement/api/v1/app/{what}/resource/{RESOURCE}/instance/{guid}")
        };
        let checks = json(&world.get(&agency, &at("delegationcheck", &guid)).await, 200);
        let party = |party: &Party| json!({"type": "urn:altinn:party:uuid", "value": party.uuid});
        let right = |action: &str| {
            json!({
                "resource": [{"type": "urn:altinn:org", "value": "ttd"}, {"type": "urn:altinn:app", "value": "bakery-licence"}],
                "action": {"type": "urn:oasis:names:tc:xacml:1.0:action:action-id", "value": action},
            })
        };
        let body = |rights: Value| json!({"from": party(&world.bakery), "to": party(&world.stranger), "rights": rights});
        let post = async |who: &str, path: &str, body: &Value| world.send_json(Method::POST, who, path, body).await;
        // What the policy does not let the app give is answered right by right.
        let partial = json(&post(&agency, &at("delegations", &guid), &body(json!([right("fly")]))).await, 206);
        assert_eq!(partial["rights"][0]["status"], "NotDelegated");
        if let Some(delegable) = checks["data"].as_array().unwrap().first() {
            let rights = json!([{"resource": delegable["resource"], "action": delegable["action"]}]);
            let given = json(&post(&agency, &at("delegations", &guid), &body(rights.clone())).await, 200);
            assert_eq!(given["rights"][0]["status"], "Delegated");
            let listed = json(&world.get(&agency, &at("delegations", &guid)).await, 200);
            assert_eq!(listed["data"][0]["to"], party(&world.stranger));
            let revoked = json(&post(&agency, &at("delegationrevoke", &guid), &body(rights.clone())).await, 200);
            assert_eq!(revoked["rights"][0]["status"], "Revoked");
            json(&post(&agency, &at("delegations", &guid), &body(rights)).await, 200);
            let all = world.request(Method::DELETE, &at("delegationrevoke", &guid)).bearer(&agency).unwrap();
            assert_eq!(json(&world.send(all).await, 200)["data"][0]["rights"][0]["status"], "Revoked");
        }
        assert_eq!(json(&world.get(&agency, &at("delegations", &guid)).await, 200)["data"], json!([]));
        // Of another's app or as somebody else: no. An instance that there is not: none.
        assert_eq!(problem(&world.get(&world.authority(), &at("delegations", &guid)).await, 403), "HTTP-SCOPE");
        assert_eq!(problem(&world.get(&leader, &at("delegations", &guid)).await, 403), "HTTP-SCOPE");
        let none = at("delegations", &Uuid::nil().to_string());
        assert_eq!(problem(&world.get(&agency, &none).await, 404), "AUTH-DELEGATION-NOT-FOUND");
        let wrong_owner = json!({"from": party(&world.accountant), "to": party(&world.stranger), "rights": []});
        let refused = post(&agency, &at("delegations", &guid), &wrong_owner).await;
        assert_eq!(problem(&refused, 404), "AUTH-DELEGATION-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_answered_as_if_there_were_no_such_party() {
    everywhere(async |world: World| {
        let stranger = world.token(&world.stranger);
        let nobody = Uuid::from_u128(7);
        for path in [
            format!("{CONNECTIONS}?party=UUID&from=UUID"),
            format!("{CONNECTIONS}/accesspackages?party=UUID&to=UUID"),
            format!("{CONNECTIONS}/resources?party=UUID&from=UUID"),
            format!("{CONNECTIONS}/resources/rules?party=UUID&from=UUID&resource={RESOURCE}"),
            format!("{CONNECTIONS}/resources/delegationcheck?party=UUID&resource={RESOURCE}"),
            format!("{CONNECTIONS}/accesspackages/delegationcheck?party=UUID"),
            "/v1/access/ID/offered".to_owned(),
            "/v1/access/ID/received".to_owned(),
            "/v1/access/ID/changes".to_owned(),
            format!("/v1/access/ID/check?resource={RESOURCE}"),
            "/v1/trail/ID".to_owned(),
            "/v1/systemuser/requests/ID".to_owned(),
            "/authentication/api/v1/systemuser/ID".to_owned(),
            "/authentication/api/v1/enduser/systemuser/agents?party=UUID".to_owned(),
        ] {
            let ask = async |uuid: Uuid, id: i64| {
                let path = path.replace("UUID", &uuid.to_string()).replace("ID", &id.to_string());
                let answer = world.get(&stranger, &path).await;
                let mut body: Value = answer.json().unwrap();
                body.as_object_mut().unwrap().remove("traceId");
                (answer.status(), body)
            };
            let there = ask(world.bakery.uuid, world.bakery.id.get()).await;
            assert!(there.0.is_client_error(), "{path}: {there:?}");
            assert_eq!(there, ask(nobody, 987_654_321).await, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_party_reads_who_has_looked_and_who_was_refused() {
    everywhere(async |world: World| {
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        assert_eq!(may_begin(&world, &leader).await, 201);
        assert_eq!(may_begin(&world, &stranger).await, 403);
        json(&world.get(&leader, &format!("/v1/access/{}/offered", world.bakery.id)).await, 200);
        let trail = format!("/v1/trail/{}", world.bakery.id);
        assert_eq!(problem(&world.get(&stranger, &trail).await, 404), "AUTH-TRAIL-NOT-FOUND");
        let lines = json(&world.get(&leader, &trail).await, 200);
        let lines = lines["data"].as_array().unwrap();
        let find = |action: &str, permitted: bool| {
            let is_it = |line: &&Value| line["action"] == action && line["permitted"] == permitted;
            lines.iter().find(is_it).unwrap_or_else(|| panic!("{action}: {lines:#?}"))
        };
        let begun = find("instantiate", true);
        assert_eq!(begun["actorName"], world.leader.name.as_str());
        assert!(begun["rule"].is_string() && begun["policyVersion"].is_string(), "{begun}");
        assert_eq!((&begun["party"], &begun["level"]), (&json!(world.bakery.id.get()), &json!(4)));
        let refused = find("instantiate", false);
        assert_eq!(
            (&refused["actorName"], &refused["code"]),
            (&json!(world.stranger.name), &json!("AUTH-DENIED-NOT-GRANTED"))
        );
        // Whoever read what the party has given stands there, and who wanted to read the trail.
        assert_eq!(find("delegation.given", true)["actorName"], world.leader.name.as_str());
        assert_eq!(find("read", false)["resource"], "trail");
        assert_eq!(problem(&world.get(&leader, &format!("{trail}?before=x")).await, 400), "HTTP-QUERY");
    })
    .await;
}
