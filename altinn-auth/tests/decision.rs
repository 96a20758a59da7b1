//! What the authorizer lets through, what it refuses, and what it says about it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::decision::{Authorizer, DenialReason, Grant, Policies};
use altinn_auth::register::{HeldRole, HeldRoles, RegisterError, Role, RoleRegister};
use altinn_auth::xacml::StatusCode;
use altinn_core::store::Batch;
use altinn_core::{AuthenticationLevel, Language, PartyId};
use async_trait::async_trait;
use world::{POLICY, World, person, person_at, service_owner};

mod world;

#[tokio::test]
async fn a_leader_writes_for_the_business_and_the_evidence_says_by_which_rule() {
    let world = World::new().await;
    let access = world.authorizer.decide(&person(&world.kari), &world.to("write")).await.unwrap();
    assert_eq!((access.action(), access.party()), ("write", world.bakery.id));
    assert_eq!(access.service(), &world.service);
    let reasons = access.reasons();
    assert_eq!(&*reasons.rule.as_ref().unwrap().rule, "urn:altinn:resource:app_ttd_bakery-licence:ruleid:1");
    assert!(reasons.description.as_ref().unwrap().contains("fill in"));
    assert_eq!(reasons.roles, [HeldRole { role: role("DAGL"), through: None }]);
}

#[tokio::test]
async fn somebody_without_a_role_is_told_which_roles_would_do() {
    let world = World::new().await;
    let denial = world.refusal(&person(&world.ola), &world.to("write")).await;
    let DenialReason::NotGranted { would_help } = denial.reason() else { panic!("{denial}") };
    let grants: Vec<&Grant> = would_help.iter().map(|remedy| &remedy.grant).collect();
    assert_eq!(grants, [&Grant::Role(role("DAGL")), &Grant::Role(role("REGNA")), &Grant::Role(role("PRIV"))]);
    assert_eq!(
        denial.explain(Language::Nb),
        "Du kan ikke skrive i tjenesten ttd/bakery-licence. Det kan den som er eller har: \
         Daglig leder (DAGL), Regnskapsmedarbeider (REGNA) eller Privatperson (PRIV)."
    );
    assert!(denial.explain(Language::Nn).starts_with("Du kan ikkje skrive i tenesta"));
    assert!(denial.explain(Language::En).starts_with("You cannot write in the service"));
}

#[tokio::test]
async fn a_task_rule_counts_only_in_its_task() {
    let world = World::new().await;
    let kari = person(&world.kari);
    assert!(world.authorizer.decide(&kari, &world.to("sign").in_task("Task_2")).await.is_ok());
    let reason = world.reason(&kari, &world.to("sign").in_task("Task_1")).await;
    assert_eq!(reason, DenialReason::NotGranted { would_help: vec![] });
}

#[tokio::test]
async fn a_person_is_a_private_person_for_themselves_only() {
    let world = World::new().await;
    let mut request = world.to("instantiate");
    request.party = world.ola.id;
    assert!(world.authorizer.decide(&person(&world.ola), &request).await.is_ok());
    assert!(world.authorizer.decide(&person(&world.kari), &request).await.is_err());
}

#[tokio::test]
async fn a_level_below_the_policys_refuses_and_names_both() {
    let world = World::new().await;
    let weak = person_at(&world.kari, AuthenticationLevel::QuiteSensitive);
    let denial = world.refusal(&weak, &world.to("write")).await;
    let (found, required) = (AuthenticationLevel::QuiteSensitive, AuthenticationLevel::Sensitive);
    assert_eq!(denial.reason(), &DenialReason::LevelTooLow { found, required });
    assert!(denial.explain(Language::En).contains("level 3 is needed"));
}

#[tokio::test]
async fn the_level_for_service_owners_counts_for_service_owners_alone() {
    let world = World::new().await;
    let request = world.to("complete").at_end_event("EndEvent_1");
    let agency = service_owner(AuthenticationLevel::QuiteSensitive);
    assert!(world.authorizer.decide(&agency, &request).await.is_ok());
    let reason = world.reason(&service_owner(AuthenticationLevel::NotSensitive), &request).await;
    assert!(matches!(reason, DenialReason::LevelTooLow { .. }), "{reason}");
}

#[tokio::test]
async fn another_agency_is_not_the_service_owner() {
    let world = World::new().await;
    let subject = altinn_core::Subject::ServiceOwner { org: "nav".to_owned(), number: None };
    let other = altinn_core::Actor::new(subject, AuthenticationLevel::VerySensitive);
    let reason = world.reason(&other, &world.to("complete").at_end_event("EndEvent_1")).await;
    let DenialReason::NotGranted { would_help } = reason else { panic!("{reason}") };
    assert_eq!(would_help.first().map(|remedy| &remedy.grant), Some(&Grant::ServiceOwner("ttd".to_owned())));
}

#[tokio::test]
async fn a_rule_that_forbids_is_named() {
    let world = World::new().await;
    let reason = world.reason(&person(&world.kari), &world.to("delete").at_end_event("EndEvent_1")).await;
    let DenialReason::Forbidden { rule, description } = reason else { panic!("{reason}") };
    assert!(rule.rule.ends_with("ruleid:4"));
    assert_eq!(description.as_deref(), Some("Nobody deletes what has been archived."));
}

#[tokio::test]
async fn a_service_without_a_policy_refuses_everything() {
    let world = World::new().await;
    let mut request = world.to("read");
    request.service = "ttd/unknown".parse().unwrap();
    assert_eq!(world.reason(&person(&world.kari), &request).await, DenialReason::PolicyMissing);
}

#[tokio::test]
async fn an_obligation_that_nobody_knows_refuses() {
    let world = World::new().await;
    let strange = POLICY.replace("urn:altinn:minimum-authenticationlevel\"", "urn:example:wear-a-hat\"");
    world.policies.put(world.service.clone(), strange).unwrap();
    let reason = world.reason(&person(&world.kari), &world.to("write")).await;
    let id = "urn:altinn:obligation:authenticationLevel1".to_owned();
    assert_eq!(reason, DenialReason::UnknownObligation { id });
}

#[tokio::test]
async fn a_policy_that_cannot_decide_refuses_with_the_status() {
    let world = World::new().await;
    let demanding = POLICY.replace("MustBePresent=\"false\"", "MustBePresent=\"true\"");
    world.policies.put(world.service.clone(), demanding).unwrap();
    let reason = world.reason(&person(&world.kari), &world.to("sign")).await;
    assert!(
        matches!(reason, DenialReason::Undecided { status: StatusCode::MissingAttribute, .. }),
        "{reason}"
    );
}

#[tokio::test]
async fn what_is_revoked_between_decision_and_commit_refuses_the_commit() {
    let world = World::new().await;
    let access = world.authorizer.decide(&person(&world.kari), &world.to("write")).await.unwrap();
    let mut revocation = Batch::new();
    world.register.revoke_role(&mut revocation, &world.leader());
    world.store.commit(revocation).await.unwrap();

    let mut write = Batch::new();
    access.guard(&mut write);
    assert!(world.store.commit(write).await.unwrap_err().is_conflict());
    assert!(world.authorizer.decide(&person(&world.kari), &world.to("write")).await.is_err());
}

#[tokio::test]
async fn what_still_holds_lets_the_commit_through() {
    let world = World::new().await;
    let access = world.authorizer.decide(&person(&world.kari), &world.to("write")).await.unwrap();
    let mut write = Batch::new();
    access.guard(&mut write);
    assert_eq!(write.len(), 1);
    world.store.commit(write).await.unwrap();
}

#[derive(Debug)]
struct Down;

#[async_trait]
impl RoleRegister for Down {
    async fn roles(&self, _: PartyId, _: PartyId) -> Result<HeldRoles, RegisterError> {
        Err(RegisterError::Unavailable { reason: "no answer".to_owned() })
    }
}

#[tokio::test]
async fn a_register_that_is_down_refuses_and_is_said_to_be_temporary() {
    let world = World::new().await;
    let policies = Arc::new(Policies::new());
    policies.put(world.service.clone(), POLICY).unwrap();
    let authorizer = Authorizer::new(policies, Arc::new(Down), world.register.clone());
    let error = authorizer.decide(&person(&world.kari), &world.to("write")).await.unwrap_err();
    assert_eq!(error.code(), "AUTH-DENIED-REGISTER-UNAVAILABLE");
    let altinn_auth::decision::AccessError::Denied(denial) = error;
    assert!(denial.reason().is_temporary());
}

#[tokio::test]
async fn the_roles_for_an_action_follow_from_the_policy() {
    let world = World::new().await;
    let roles_for =
        async |action, task| world.authorizer.roles_for(action, &world.service, task).await.unwrap();
    assert_eq!(roles_for("write", None).await, [role("DAGL"), role("REGNA"), role("PRIV")]);
    assert_eq!(roles_for("sign", Some("Task_2")).await, [role("DAGL")]);
    assert_eq!(roles_for("sign", Some("Task_1")).await, []);
}

fn role(code: &str) -> Role {
    code.parse().unwrap()
}
