//! What a form is filled in with from the register, whom a caller may represent, and which apps there are.

use altinn_core::PartyIdentifier;
use altinn_core::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{World, everywhere, json, problem};

const LOOKUP: &str = "/ttd/bakery-licence/api/v1/lookup";

#[tokio::test]
async fn an_organization_is_looked_up_by_its_number() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let number = world.number(&world.accountant);
        let at = |number: &str| format!("{LOOKUP}/organisation/{number}");
        let found = json(&world.get(&leader, &at(&number)).await, 200);
        assert_eq!(
            found,
            json!({"success": true, "organisationDetails": {"orgNr": number, "name": world.accountant.name}})
        );
        let nobody = json(&world.get(&leader, &at("312345005")).await, 200);
        assert_eq!(nobody, json!({"success": false}));
        assert_eq!(problem(&world.get(&leader, &at("12")).await, 400), "HTTP-PATH");
        let without = world.send(world.request(Method::GET, &at(&number))).await;
        assert_eq!(without.status(), StatusCode::UNAUTHORIZED);
        let elsewhere = format!("/ttd/nothing/api/v1/lookup/organisation/{number}");
        problem(&world.get(&leader, &elsewhere).await, 404);
    })
    .await;
}

#[tokio::test]
async fn a_person_is_looked_up_by_number_and_last_name_and_not_by_the_number_alone() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let PartyIdentifier::Person(number) = &world.stranger.identifier else { panic!("a person") };
        let ask = async |number: &str, last_name: &str| {
            let body = json!({"socialSecurityNumber": number, "lastName": last_name});
            world.send_json(Method::POST, &leader, &format!("{LOOKUP}/person"), &body).await
        };
        let name = &world.stranger.name;
        let last_name = name.rsplit(' ').next().unwrap();
        let found = json(&ask(number.expose(), &last_name.to_uppercase()).await, 200);
        assert_eq!((&found["success"], &found["personDetails"]["name"]), (&json!(true), &json!(name)));
        assert_eq!(found["personDetails"]["lastName"], last_name);
        let nobody = json!({"success": false});
        assert_eq!(json(&ask(number.expose(), "Annen").await, 200), nobody);
        assert_eq!(json(&ask("30108299939", last_name).await, 200), nobody);
        assert_eq!(problem(&ask("1", last_name).await, 400), "HTTP-BODY");
    })
    .await;
}

#[tokio::test]
async fn a_party_is_told_to_be_the_callers_or_not() {
    everywhere(async |world: World| {
        let is_of = async |token: &str, party: i64| {
            let path = format!("/authorization/api/v1/parties/{party}/validate");
            json(&world.get(token, &path).await, 200)
        };
        let bakery = world.bakery.id.get();
        assert_eq!(is_of(&world.token(&world.leader), bakery).await, true);
        assert_eq!(is_of(&world.token(&world.leader), world.leader.id.get()).await, true);
        assert_eq!(is_of(&world.token(&world.stranger), bakery).await, false);
        assert_eq!(is_of(&world.token(&world.leader), 987_654_321).await, false);
    })
    .await;
}

#[tokio::test]
async fn storage_tells_which_apps_there_are_and_what_an_instance_holds() {
    everywhere(async |world: World| {
        let get = async |path: &str| world.send(world.request(Method::GET, path)).await;
        let applications = "/storage/api/v1/applications";
        let ids = |answer: &Value| {
            let all = answer["applications"].as_array().unwrap().iter();
            all.map(|app| app["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for path in [applications.to_owned(), format!("{applications}/ttd")] {
            assert_eq!(ids(&json(&get(&path).await, 200)), ["ttd/bakery-licence"], "{path}");
        }
        assert_eq!(ids(&json(&get(&format!("{applications}/skd")).await, 200)), Vec::<String>::new());
        let texts = json(&get(&format!("{applications}/ttd/bakery-licence/texts/nb")).await, 200);
        let of_app = json(&get("/ttd/bakery-licence/api/v1/texts/nb").await, 200);
        assert_eq!(texts, of_app);
        problem(&get(&format!("{applications}/ttd/bakery-licence/texts/xx")).await, 404);

        let leader = world.token(&world.leader);
        let path = format!("/ttd/bakery-licence/instances?instanceOwnerPartyId={}", world.bakery.id);
        let begun = json(&world.send(world.request(Method::POST, &path).bearer(&leader).unwrap()).await, 201);
        let instances = "/storage/api/v1/instances";
        let elements = format!("{instances}/{}/dataelements", begun["id"].as_str().unwrap());
        let listed = json(&world.get(&leader, &elements).await, 200);
        assert_eq!(listed["dataElements"][0]["id"], begun["data"][0]["id"]);
        problem(&world.get(&world.token(&world.stranger), &elements).await, 404);
        let nothing = format!("{instances}/{}/{}/dataelements", world.bakery.id, Uuid::nil());
        problem(&world.get(&leader, &nothing).await, 404);
    })
    .await;
}
