//! Decisions explained, in words and as data, and who can do what.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::register::{HeldRole, RoleAssignment, RoleHolder, Through};
use altinn_core::store::Batch;
use altinn_core::{AuthenticationLevel, Language};
use serde_json::{Value, json};
use world::{World, person, person_at};

mod world;

#[tokio::test]
async fn a_permission_says_by_which_rule_and_role_and_at_which_level() {
    let world = World::new().await;
    let access = world.authorizer.decide(&person(&world.kari), &world.to("write")).await.unwrap();
    let data = serde_json::to_value(access.explanation()).unwrap();
    assert_eq!(data["code"], "AUTH-PERMITTED");
    assert_eq!(data["grantedBy"], json!([{ "attribute": "urn:altinn:rolecode", "value": "DAGL" }]));
    assert_eq!(data["level"], json!({ "found": 4, "required": 3 }));
    assert!(data["rule"]["id"].as_str().unwrap().contains("ruleid:1"), "{data}");
    let words = access.explain(Language::En);
    assert_eq!(
        words,
        "You can write in the service ttd/bakery-licence. The right comes from: Managing director (DAGL). \
         Security level 3 is needed, and you are logged in at level 4."
    );
    assert!(access.explain(Language::Nb).contains("Daglig leder"));
    assert!(access.explain(Language::Nn).contains("Dagleg leiar"));
}

#[tokio::test]
async fn a_refusal_says_what_would_change_it() {
    let world = World::new().await;
    let denial = world.refusal(&person(&world.ola), &world.to("write")).await;
    let data = serde_json::to_value(denial.explanation()).unwrap();
    assert_eq!((&data["permitted"], &data["code"]), (&json!(false), &json!("AUTH-DENIED-NOT-GRANTED")));
    let values: Vec<&Value> =
        data["wouldHelp"].as_array().unwrap().iter().map(|right| &right["value"]).collect();
    assert_eq!(values, ["DAGL", "REGNA", "PRIV"]);
    assert!(data["wouldHelp"][0]["rule"]["id"].is_string());

    let weak = person_at(&world.kari, AuthenticationLevel::QuiteSensitive);
    let denial = world.refusal(&weak, &world.to("write")).await;
    let data = serde_json::to_value(denial.explanation()).unwrap();
    assert_eq!(data["level"], json!({ "found": 2, "required": 3 }));
}

#[tokio::test]
async fn nothing_personal_stands_in_an_explanation() {
    let world = World::new().await;
    let access = world.authorizer.decide(&person(&world.kari), &world.to("write")).await.unwrap();
    let denial = world.refusal(&person(&world.ola), &world.to("write")).await;
    let all = format!(
        "{}{}{}{}",
        serde_json::to_string(&access.explanation()).unwrap(),
        serde_json::to_string(&denial.explanation()).unwrap(),
        access.explain(Language::Nb),
        denial.explain(Language::Nb)
    );
    for party in [&world.kari, &world.ola] {
        let altinn_core::PartyIdentifier::Person(number) = &party.identifier else { panic!() };
        assert!(!all.contains(number.expose()) && !all.contains(&party.name));
    }
}

#[tokio::test]
async fn who_can_names_the_rights_the_holders_and_the_level() {
    let world = World::new().await;
    let mut batch = Batch::new();
    let clerk = RoleAssignment { role: "REGNA".parse().unwrap(), of: world.bakery.id, to: world.ola.id };
    let other = RoleAssignment { role: "REVI".parse().unwrap(), of: world.bakery.id, to: world.ola.id };
    world.register.grant_role(&mut batch, &clerk);
    world.register.grant_role(&mut batch, &other);
    world.store.commit(batch).await.unwrap();

    let who_can = world.authorizer.who_can(&world.to("write")).await.unwrap();
    let holder = |party: &altinn_core::Party, code: &str| RoleHolder {
        holder: party.id,
        held: HeldRole { role: code.parse().unwrap(), through: None },
    };
    let mut expected = [holder(&world.kari, "DAGL"), holder(&world.ola, "REGNA")];
    expected.sort_by_key(|holder| holder.holder);
    assert_eq!(who_can.holders.as_deref(), Some(expected.as_slice()));
    assert_eq!(who_can.required_level, Some(AuthenticationLevel::Sensitive));
    assert_eq!(who_can.required_level_of_org, Some(AuthenticationLevel::QuiteSensitive));
    assert!(who_can.explain(Language::En).contains("Managing director (DAGL)"));
    let data = serde_json::to_value(who_can.data()).unwrap();
    assert_eq!(data["holders"].as_array().unwrap().len(), 2);

    let nobody = world.authorizer.who_can(&world.to("juggle")).await.unwrap();
    assert_eq!((nobody.rights.len(), nobody.holders), (0, Some(vec![])));
}

#[tokio::test]
async fn whoever_has_a_key_role_in_a_unit_holds_what_the_unit_was_given() {
    let world = World::new().await;
    let mut people = altinn_core::testing::SyntheticPeople::from_seed(1);
    let _those_of_the_world = (people.person(), people.person(), people.organization());
    let firm = people.organization();
    let mut batch = Batch::new();
    world.register.put_party(&mut batch, &firm).unwrap();
    let given = |code: &str, of: &altinn_core::Party, to: &altinn_core::Party| RoleAssignment {
        role: code.parse().unwrap(),
        of: of.id,
        to: to.id,
    };
    world.register.grant_role(&mut batch, &given("REGNA", &world.bakery, &firm));
    world.register.grant_role(&mut batch, &given("DAGL", &firm, &world.ola));
    world.store.commit(batch).await.unwrap();

    let access = world.authorizer.decide(&person(&world.ola), &world.to("write")).await.unwrap();
    assert!(access.explain(Language::En).contains("through an organization in which you have a key role"));
    let data = serde_json::to_value(access.explanation()).unwrap();
    assert_eq!(data["grantedBy"][0]["through"], "keyRole");
    let holders = world.authorizer.who_can(&world.to("write")).await.unwrap().holders.unwrap();
    let through = Some(Through::KeyRole(firm.id));
    assert!(holders.iter().any(|holder| holder.holder == world.ola.id && holder.held.through == through));
}
