//! Cases.

use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, problem};

const CASES: &str = "/v1/cases/ttd/opening";

/// A case of the bakery's, whose inspectorate is the accountant: its path.
async fn opened(world: &World) -> String {
    let participants = json!({"business": world.bakery.id.get(), "inspectorate": world.accountant.id.get()});
    let body = json!({ "participants": participants });
    let answer = post(world, &world.agency(), CASES, &body, Some("opening-1")).await;
    let id = json(&answer, 201)["caseId"].as_str().unwrap().to_owned();
    assert_eq!(answer.header(&header::LOCATION), Some(format!("{CASES}/{id}").as_str()));
    let again = post(world, &world.agency(), CASES, &body, Some("opening-1")).await;
    assert_eq!(json(&again, 201)["caseId"], id);
    format!("{CASES}/{id}")
}

async fn post(world: &World, token: &str, path: &str, body: &Value, key: Option<&str>) -> HttpResponse {
    let request = world.request(Method::POST, path).bearer(token).unwrap().json(body).unwrap();
    world
        .send(match key {
            Some(key) => request.header("idempotency-key".parse().unwrap(), key).unwrap(),
            None => request,
        })
        .await
}

#[tokio::test]
async fn a_participant_sees_its_cases_and_whose_turn_it_is() {
    everywhere(async |world: World| {
        let (case, leader) = (opened(&world).await, world.token(&world.leader));
        let of = format!("partyId={}", world.bakery.id);
        let list = json(&world.get(&leader, &format!("{CASES}?{of}")).await, 200);
        let listed = &list["cases"][0];
        assert!(case.ends_with(listed["caseId"].as_str().unwrap()));
        assert_eq!(json(&world.get(&leader, &format!("{case}?{of}")).await, 200), *listed);
        assert_eq!(listed["currentStateName"], "applying");
        assert_eq!(listed["currentStateFriendlyName"]["nb"], "Søker");
        assert_eq!(listed["participants"]["inspectorate"], world.accountant.id.get());
        assert_eq!(listed["turn"], json!([world.bakery.id.get()]));
        assert!(listed["deadlines"]["apply"].is_string(), "{listed}");
        let turn = json(&world.get(&leader, &format!("{case}/turn?{of}")).await, 200);
        assert_eq!(turn["parties"], listed["turn"]);
        assert_eq!(problem(&world.get(&leader, &case).await, 400), "HTTP-QUERY");
        let list = json(
            &world.get(&leader, &format!("{CASES}?{of}&before={}", listed["caseId"].as_str().unwrap())).await,
            200,
        );
        assert_eq!(list["cases"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn an_event_is_answered_with_what_it_came_to_and_why_and_once() {
    everywhere(async |world: World| {
        let (case, leader) = (opened(&world).await, world.token(&world.leader));
        let events = format!("{case}/events?partyId={}", world.bakery.id);
        let inspected = json!({"event": "inspected", "data": {"passed": true}});
        let to_inspectorate = format!("{case}/events?partyId={}", world.accountant.id);
        let inspector = world.token(&world.accountant_leader);
        let early = json(&post(&world, &inspector, &to_inspectorate, &inspected, None).await, 200);
        assert_eq!(early["isStateChanged"], false);
        assert_eq!(early["currentStateName"], "applying");
        assert!(early["exceptionDetail"].is_string() && early["errorCode"].is_string(), "{early}");
        assert_eq!(
            problem(&post(&world, &leader, &events, &inspected, None).await, 403),
            "COLLABORATION-NO-SUCH-EVENT"
        );
        let wrong = json!({"event": "inspected", "data": {"passed": "yes"}});
        let wrong = post(&world, &inspector, &to_inspectorate, &wrong, None).await;
        assert_eq!(problem(&wrong, 400), "COLLABORATION-EVENT-DATA");

        let withdrawn = json!({"event": "withdrawn"});
        let closed = json(&post(&world, &leader, &events, &withdrawn, Some("w-1")).await, 200);
        assert_eq!(
            (&closed["isStateChanged"], &closed["currentStateName"]),
            (&json!(true), &json!("abandoned"))
        );
        assert_eq!(json(&post(&world, &leader, &events, &withdrawn, Some("w-1")).await, 200), closed);
        let history =
            json(&world.get(&leader, &format!("{case}/history?partyId={}", world.bakery.id)).await, 200);
        let happened: Vec<_> = history.as_array().unwrap().iter().map(|entry| &entry["happened"]).collect();
        assert_eq!(happened, [&json!("inspected"), &json!("withdrawn")]);
        assert_eq!(history[1]["answer"], closed);
    })
    .await;
}

#[tokio::test]
async fn the_agency_tells_one_case_or_all_of_them() {
    everywhere(async |world: World| {
        let (case, agency) = (opened(&world).await, world.agency());
        let path = format!("{CASES}/events");
        let all = json!({"event": "withdrawn"});
        let told = json(&post(&world, &agency, &path, &all, Some("all-1")).await, 200);
        assert_eq!(told["answers"][0]["currentStateName"], "abandoned");
        assert!(told.get("next").is_none());
        let id = case.rsplit('/').next().unwrap();
        let one = json!({"event": "withdrawn", "caseId": id});
        let again = json(&post(&world, &agency, &path, &one, Some("all-1")).await, 200);
        assert_eq!(again["answers"], told["answers"]);
        let late = json(&post(&world, &agency, &path, &one, None).await, 200);
        assert_eq!(late["answers"][0]["isStateChanged"], false);
        let leader = world.token(&world.leader);
        assert_eq!(problem(&post(&world, &leader, &path, &all, None).await, 404), "COLLABORATION-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn participants_write_to_each_other_and_see_how_far_the_others_have_read() {
    everywhere(async |world: World| {
        let case = opened(&world).await;
        let (leader, inspector) = (world.token(&world.leader), world.token(&world.accountant_leader));
        let room = |party: altinn_core::PartyId| format!("{case}/transmissions?partyId={party}");
        let question = json!({"title": "Vasken", "body": "Må den være av stål?"});
        let said = post(&world, &leader, &room(world.bakery.id), &question, Some("q-1")).await;
        assert_eq!(json(&said, 201)["number"], 1);
        let again = post(&world, &leader, &room(world.bakery.id), &question, Some("q-1")).await;
        assert_eq!(json(&again, 201)["number"], 1);
        let empty = json!({"title": "", "body": "x"});
        assert_eq!(
            problem(&post(&world, &leader, &room(world.bakery.id), &empty, None).await, 400),
            "COLLABORATION-TEXT"
        );

        let read = json(&world.get(&inspector, &room(world.accountant.id)).await, 200);
        assert_eq!((&read[0]["title"], &read[0]["party"]), (&json!("Vasken"), &json!(world.bakery.id.get())));
        let after = format!("{}&after=1", room(world.accountant.id));
        assert_eq!(json(&world.get(&inspector, &after).await, 200), json!([]));
        let seen = format!("{case}/seenlog?partyId={}", world.bakery.id);
        let seen = json(&world.get(&leader, &seen).await, 200);
        assert_eq!((&seen[0]["party"], &seen[0]["number"]), (&json!(world.accountant.id.get()), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn anothers_case_is_answered_as_one_that_is_not_there() {
    everywhere(async |world: World| {
        let (case, stranger) = (opened(&world).await, world.token(&world.stranger));
        let nothing = format!("{CASES}/00000000-0000-4000-8000-000000000000");
        for party in [world.bakery.id, world.stranger.id] {
            for path in [&case, &nothing] {
                for part in ["", "/history", "/turn", "/transmissions", "/seenlog"] {
                    let answer = world.get(&stranger, &format!("{path}{part}?partyId={party}")).await;
                    assert!([403, 404].contains(&answer.status().as_u16()));
                    let other = world.get(&stranger, &format!("{nothing}{part}?partyId={party}")).await;
                    let mut said: [Value; 2] = [answer, other].map(|answer| answer.json().unwrap());
                    said.iter_mut().for_each(|body| body["traceId"] = json!(""));
                    assert_eq!(said[0], said[1]);
                }
                let events = format!("{path}/events?partyId={party}");
                let raised = post(&world, &stranger, &events, &json!({"event": "withdrawn"}), None).await;
                assert!([403, 404].contains(&raised.status().as_u16()));
            }
        }
        let unknown =
            world.get(&stranger, &format!("/v1/cases/ttd/closing?partyId={}", world.bakery.id)).await;
        assert_eq!(problem(&unknown, 404), "COLLABORATION-NOT-FOUND");
    })
    .await;
}
