//! Rights that are no roles of the party itself, and registers that do not tell.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use altinn_auth::decision::{
    Authorizer, DecisionLog, DecisionRecord, Delegated, Delegation, DelegationQuery, Delegations,
    DenialReason, Recipient, Registers, ServicePolicy,
};
use altinn_auth::register::{
    AccessPackages, HeldRoles, RegisterError, RightsVersion, RoleAssignment, RoleRegister,
};
use altinn_core::store::Batch;
use altinn_core::{AuthenticationLevel, Clock, InstanceId, Party, PartyId, PartyKind, SystemClock};
use async_trait::async_trait;
use uuid::Uuid;
use world::{World, person, person_at};

mod world;

/// A policy that permits reading to whoever has this attribute.
fn policy(attribute: &str, value: &str) -> String {
    let one = |category: &str, id: &str, value: &str| {
        format!(
            r#"<AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">
            <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{value}</AttributeValue>
            <AttributeDesignator Category="{category}" AttributeId="{id}" MustBePresent="false"
             DataType="http://www.w3.org/2001/XMLSchema#string"/></Match></AllOf></AnyOf>"#
        )
    };
    let subject = one("urn:oasis:names:tc:xacml:1.0:subject-category:access-subject", attribute, value);
    let action = one(
        "urn:oasis:names:tc:xacml:3.0:attribute-category:action",
        "urn:oasis:names:tc:xacml:1.0:action:action-id",
        "read",
    );
    format!(
        r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="given" Version="1.0"
         RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
        <Target/><Rule RuleId="given:1" Effect="Permit"><Target>{subject}{action}</Target></Rule></Policy>"#
    )
}

/// Delegations by who offered them.
#[derive(Debug, Default)]
struct Given(Vec<(PartyId, Delegation)>);

#[async_trait]
impl Delegations for Given {
    async fn delegations(&self, query: &DelegationQuery) -> Result<Vec<Delegation>, RegisterError> {
        let counts = |(offered_by, given): &&(PartyId, Delegation)| {
            query.is_offered_by(*offered_by) && query.is_covered_by(&given.to)
        };
        Ok(self.0.iter().filter(counts).map(|(_, given)| given.clone()).collect())
    }
}

fn to_person(party: &Party) -> Delegation {
    let policy =
        ServicePolicy::read_resource(policy("urn:altinn:person:uuid", &party.uuid.to_string())).unwrap();
    given(Recipient::Person(party.uuid), policy)
}

fn to_unit(unit: &Party) -> Delegation {
    let policy = ServicePolicy::read_resource(policy("urn:altinn:partyid", &unit.id.to_string())).unwrap();
    let to = Recipient::Organization { party: Some(unit.id), uuid: Some(unit.uuid) };
    given(to, policy)
}

fn given(to: Recipient, policy: ServicePolicy) -> Delegation {
    let what = Delegated::Policy(Arc::new(policy));
    Delegation { id: None, from: PartyId::new(1), to, instance: None, what, rights: Vec::new() }
}

fn authorizer(world: &World, given: Given) -> Authorizer {
    let registers =
        Registers::new(world.register.clone(), world.register.clone()).with_delegations(Arc::new(given));
    Authorizer::with_registers(world.policies.clone(), registers)
}

#[tokio::test]
async fn a_delegation_permits_what_no_role_does_and_the_evidence_says_so() {
    let world = World::new().await;
    let authorizer = authorizer(&world, Given(vec![(world.bakery.id, to_person(&world.ola))]));
    let access = authorizer.decide(&person(&world.ola), &world.to("read")).await.unwrap();
    assert!(access.reasons().delegation.is_some());
    assert_eq!(access.reasons().rule.as_ref().map(|rule| &*rule.rule), Some("given:1"));
    assert!(authorizer.decide(&person(&world.ola), &world.to("write")).await.is_err());
}

#[tokio::test]
async fn a_delegation_obliges_to_the_level_of_the_services_policy() {
    let world = World::new().await;
    let authorizer = authorizer(&world, Given(vec![(world.bakery.id, to_person(&world.ola))]));
    let weak = person_at(&world.ola, AuthenticationLevel::QuiteSensitive);
    let error = authorizer.decide(&weak, &world.to("read")).await.unwrap_err();
    assert_eq!(error.code(), "AUTH-DENIED-LEVEL");
}

#[tokio::test]
async fn a_delegation_of_an_instance_counts_for_it_alone() {
    let world = World::new().await;
    let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let delegation = Delegation { instance: Some(mine.to_string()), ..to_person(&world.ola) };
    let authorizer = authorizer(&world, Given(vec![(world.bakery.id, delegation)]));
    let on = |guid| world.to("read").on_instance(InstanceId::new(world.bakery.id, guid));
    assert!(authorizer.decide(&person(&world.ola), &on(mine)).await.is_ok());
    assert!(authorizer.decide(&person(&world.ola), &on(other)).await.is_err());
    assert!(authorizer.decide(&person(&world.ola), &world.to("read")).await.is_err());
}

/// The main unit has delegated to a firm that Ola leads; he reads for the branch.
#[tokio::test]
async fn what_a_main_unit_gave_a_firm_is_held_for_its_branch_by_the_firms_leader() {
    let world = World::new().await;
    let mut people = altinn_core::testing::SyntheticPeople::from_seed(1);
    let _those_of_the_world = (people.person(), people.person(), people.organization());
    let firm = people.organization();
    let branch = Party { kind: PartyKind::SubUnit, parent: Some(world.bakery.id), ..people.organization() };
    let mut batch = Batch::new();
    for party in [&firm, &branch] {
        world.register.put_party(&mut batch, party).unwrap();
    }
    let leads = RoleAssignment { role: "DAGL".parse().unwrap(), of: firm.id, to: world.ola.id };
    world.register.grant_role(&mut batch, &leads);
    world.store.commit(batch).await.unwrap();

    let authorizer = authorizer(&world, Given(vec![(world.bakery.id, to_unit(&firm))]));
    let mut request = world.to("read");
    request.party = branch.id;
    assert!(authorizer.decide(&person(&world.ola), &request).await.unwrap().reasons().delegation.is_some());
    let stranger = people.person();
    assert!(authorizer.decide(&person(&stranger), &request).await.is_err());
}

#[tokio::test]
async fn a_delegation_that_is_revoked_before_the_commit_refuses_it() {
    let world = World::new().await;
    let rights = vec![RightsVersion { party: world.bakery.id, version: 999 }];
    let delegation = Delegation { rights, ..to_person(&world.ola) };
    let authorizer = authorizer(&world, Given(vec![(world.bakery.id, delegation)]));
    let access = authorizer.decide(&person(&world.ola), &world.to("read")).await.unwrap();
    let mut batch = Batch::new();
    access.guard(&mut batch);
    assert!(world.store.commit(batch).await.unwrap_err().is_conflict());
}

#[derive(Debug)]
struct Packages(Uuid, Uuid);

#[async_trait]
impl AccessPackages for Packages {
    async fn packages(&self, holder: Uuid, party: Uuid) -> Result<Vec<String>, RegisterError> {
        Ok(if (holder, party) == (self.0, self.1) { vec!["baking".to_owned()] } else { Vec::new() })
    }
}

#[tokio::test]
async fn an_access_package_counts_where_the_policy_names_it() {
    let world = World::new().await;
    world.policies.put(world.service.clone(), policy("urn:altinn:accesspackage", "baking")).unwrap();
    let registers = Registers::new(world.register.clone(), world.register.clone())
        .with_access_packages(Arc::new(Packages(world.ola.uuid, world.bakery.uuid)));
    let authorizer = Authorizer::with_registers(world.policies.clone(), registers);
    assert!(authorizer.decide(&person(&world.ola), &world.to("read")).await.is_ok());
    assert!(authorizer.decide(&person(&world.kari), &world.to("read")).await.is_err());
}

/// A register outside of the store: it answers late, or with what it was told some time ago.
#[derive(Debug)]
struct Elsewhere {
    after: Duration,
    told: chrono::DateTime<chrono::Utc>,
}

#[async_trait]
impl RoleRegister for Elsewhere {
    async fn roles(&self, _: PartyId, _: PartyId) -> Result<HeldRoles, RegisterError> {
        tokio::time::sleep(self.after).await;
        Ok(HeldRoles::new(["DAGL".parse().unwrap()]).as_of(self.told))
    }
}

async fn reason_of(world: &World, register: Elsewhere) -> Result<(), DenialReason> {
    let authorizer = Authorizer::new(world.policies.clone(), Arc::new(register), world.register.clone())
        .with_patience(Duration::from_millis(50))
        .with_max_role_age(Duration::from_secs(60));
    match authorizer.decide(&person(&world.kari), &world.to("write")).await {
        Ok(_) => Ok(()),
        Err(altinn_auth::decision::AccessError::Denied(denial)) => Err(denial.reason().clone()),
    }
}

#[tokio::test]
async fn a_register_that_is_slow_refuses() {
    let world = World::new().await;
    let slow = Elsewhere { after: Duration::from_secs(60), told: SystemClock.now() };
    let reason = reason_of(&world, slow).await.unwrap_err();
    assert_eq!(reason, DenialReason::RegisterUnavailable { code: "AUTH-REGISTER-TOO-SLOW" });
}

#[tokio::test]
async fn roles_that_were_told_too_long_ago_refuse_and_fresh_ones_do_not() {
    let world = World::new().await;
    let told = |ago| SystemClock.now() - chrono::TimeDelta::seconds(ago);
    let stale = Elsewhere { after: Duration::ZERO, told: told(61) };
    let reason = reason_of(&world, stale).await.unwrap_err();
    assert!(matches!(reason, DenialReason::RolesTooOld { .. }) && reason.is_temporary(), "{reason}");
    let fresh = Elsewhere { after: Duration::ZERO, told: told(5) };
    assert_eq!(reason_of(&world, fresh).await, Ok(()));
}

#[derive(Debug, Default)]
struct Trail(Mutex<Vec<String>>);

impl DecisionLog for Trail {
    fn decided(&self, record: &DecisionRecord<'_>) {
        let outcome = match record.outcome {
            Ok(access) => access.reasons().rule.as_ref().map_or("no rule", |rule| &*rule.rule).to_owned(),
            Err(denial) => denial.reason().code().to_owned(),
        };
        self.0.lock().unwrap().push(format!("{} {outcome}", record.request.action));
    }
}

#[tokio::test]
async fn every_decision_is_told_to_the_log() {
    let world = World::new().await;
    let trail = Arc::new(Trail::default());
    let authorizer = world.authorizer.clone().with_log(trail.clone());
    let _ = authorizer.decide(&person(&world.kari), &world.to("write")).await;
    let _ = authorizer.decide(&person(&world.ola), &world.to("write")).await;
    let seen = trail.0.lock().unwrap();
    let [permitted, denied] = seen.as_slice() else { panic!("{seen:?}") };
    assert!(permitted.starts_with("write ") && permitted.contains("ruleid"), "{permitted}");
    assert_eq!(denied, "write AUTH-DENIED-NOT-GRANTED");
}
