//! Rights given, passed on and taken back, on every back end.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use altinn_auth::decision::{AccessRequest, Right};
use altinn_auth::delegation::{
    ChangeKind, DelegationError, Detail, Offer, Period, Receiver, Share, Sharing, What,
};
use altinn_auth::register::{ResourceRules, StoredResources};
use altinn_core::store::{Batch, Store, fresh};
use altinn_core::{Actor, AuthenticationLevel, InstanceId, Language, Party, PartyKind, Subject};
use chrono::TimeDelta;
use giving::{Giving, person, role};
use uuid::Uuid;

mod giving;

async fn everywhere() -> Vec<Giving> {
    let mut all = Vec::new();
    for (_, store) in fresh::all().await.unwrap() {
        all.push(Giving::new(store).await);
    }
    all
}

fn system(id: u128) -> Actor {
    let owner = altinn_core::testing::SyntheticPeople::from_seed(8).organization_number();
    let subject = Subject::SystemUser { id: Uuid::from_u128(id), owner, system: "books".to_owned() };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

#[tokio::test]
async fn what_is_given_is_permitted_and_what_is_revoked_is_not() {
    for giving in everywhere().await {
        assert!(!giving.may(&giving.ola, "read").await);
        let given = giving.give(&giving.kari, &giving.ola, "read").await.unwrap();
        assert!(giving.may(&giving.ola, "read").await);
        assert!(!giving.may(&giving.ola, "write").await);
        assert!(!giving.may(&giving.per, "read").await);
        let revoked = giving.access.revoke(&person(&giving.kari), given.id).await.unwrap();
        assert!(!giving.may(&giving.ola, "read").await);
        // Once more changes nothing.
        assert_eq!(giving.access.revoke(&person(&giving.kari), given.id).await.unwrap(), revoked);
    }
}

#[tokio::test]
async fn an_explanation_names_the_delegation_that_decided() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let given = giving.give(&giving.kari, &giving.ola, "read").await.unwrap();
    let access = giving.authorizer.decide(&person(&giving.ola), &giving.request("read")).await.unwrap();
    let explanation = access.explanation().delegation.unwrap();
    assert_eq!((explanation.id, explanation.from), (Some(given.id), giving.bakery.id.get()));
    for language in [Language::Nb, Language::Nn, Language::En] {
        let words = access.explain(language);
        assert!(words.contains(&given.id.to_string()), "{words}");
        assert!(words.contains(&giving.bakery.id.to_string()), "{words}");
    }
}

#[tokio::test]
async fn giving_again_is_one_delegation_and_one_change() {
    for giving in everywhere().await {
        let offer = giving.offer(&giving.ola, "read").during(giving.minutes(10));
        let first = giving.access.delegate(&person(&giving.kari), &offer).await.unwrap();
        let again = giving.access.delegate(&person(&giving.kari), &offer).await.unwrap();
        assert_eq!(first, again);
        let longer = offer.during(giving.minutes(20));
        let changed = giving.access.delegate(&person(&giving.kari), &longer).await.unwrap();
        assert_eq!((changed.id, changed.period), (first.id, longer.period.unwrap()));
        giving.access.revoke(&person(&giving.kari), first.id).await.unwrap();
        let anew = giving.access.delegate(&person(&giving.kari), &longer).await.unwrap();
        assert_ne!(anew.id, first.id);
        let changes = giving.access.changes(&person(&giving.kari), giving.bakery.id, None).await.unwrap();
        let kinds: Vec<ChangeKind> = changes.iter().map(|change| change.kind).collect();
        let expected =
            [ChangeKind::Granted, ChangeKind::PeriodChanged, ChangeKind::Revoked, ChangeKind::Granted];
        assert_eq!(kinds, expected);
        assert_eq!(changes[0].by, person(&giving.kari).reference());
    }
}

#[tokio::test]
async fn a_delegation_begins_and_ends_with_its_period() {
    for giving in everywhere().await {
        let from = giving.now() + TimeDelta::minutes(5);
        let period = Period { from, to: Some(from + TimeDelta::minutes(10)) };
        let offer = giving.offer(&giving.ola, "read").during(period);
        giving.access.delegate(&person(&giving.kari), &offer).await.unwrap();
        for (minutes, expected) in [(0, false), (5, true), (9, true), (1, false)] {
            giving.clock.step(std::time::Duration::from_secs(60 * minutes));
            assert_eq!(giving.may(&giving.ola, "read").await, expected, "{}", giving.now());
        }
        let over = giving.access.delegate(&person(&giving.kari), &offer).await;
        assert!(matches!(over, Err(DelegationError::EmptyPeriod)), "{over:?}");
    }
}

#[tokio::test]
async fn nobody_gives_what_they_may_not_or_do_not_hold() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let refused = |outcome: Result<_, DelegationError>| outcome.map(|_| ()).unwrap_err();
    // Who manages nothing for the bakery; who was given a right themselves; a stranger's firm.
    giving.give(&giving.kari, &giving.ola, "read").await.unwrap();
    for by in [&giving.ola, &giving.per, &giving.nina] {
        let error = refused(giving.give(by, &giving.per, "read").await);
        assert!(matches!(error, DelegationError::NotAccessManager | DelegationError::ToItself), "{error}");
    }
    // An access manager who lacks the right: the policy gives it to the service owner alone, or to nobody.
    let complete = giving.right("complete").within("urn:altinn:end-event", "EndEvent_1");
    let offers = [complete.clone(), Right::new(giving.service.resource_id(), "fly")];
    for (right, detail) in offers.into_iter().zip([Detail::MissingRoleAccess, Detail::UnknownRight]) {
        let offer = Offer::new(giving.bakery.id, Receiver::Party(giving.ola.id), What::Right(right));
        match refused(giving.access.delegate(&person(&giving.kari), &offer).await) {
            DelegationError::NotDelegable { details } => assert!(details.contains(&detail), "{details:?}"),
            error => unreachable!("{error}"),
        }
    }
    // An access manager without a role that the policy knows.
    giving.assign(&role("ADMAI", &giving.bakery, &giving.per), true).await;
    let error = refused(giving.give(&giving.per, &giving.nina, "read").await);
    assert_eq!(error.code(), "AUTH-DELEGATION-NOT-DELEGABLE");
    // A main administrator passes on what the bakery's people have.
    giving.assign(&role("HADM", &giving.bakery, &giving.per), true).await;
    giving.give(&giving.per, &giving.nina, "sign").await.unwrap();
    assert!(!giving.may(&giving.per, "sign").await);
    // A machine manages nothing, whatever its organization is.
    let error = refused(giving.access.delegate(&system(3), &giving.offer(&giving.ola, "read")).await);
    assert_eq!(error.code(), "AUTH-DELEGATION-NOT-ACCESS-MANAGER");
}

#[tokio::test]
async fn a_level_that_is_too_low_to_use_a_right_is_too_low_to_give_it() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let subject = person(&giving.kari).subject().clone();
    let weak = Actor::new(subject, AuthenticationLevel::QuiteSensitive);
    let resource = giving.service.resource_id();
    let checks = giving.access.check(&weak, giving.bakery.id, &resource, None, None).await.unwrap();
    let read = checks.iter().find(|check| check.right == giving.right("read")).unwrap();
    assert!(!read.is_delegable);
    assert_eq!(read.details, [Detail::RoleAccess, Detail::InsufficientAuthenticationLevel]);
    let error = giving.access.delegate(&weak, &giving.offer(&giving.ola, "read")).await.unwrap_err();
    assert_eq!(error.code(), "AUTH-DELEGATION-NOT-DELEGABLE");
}

#[tokio::test]
async fn the_check_tells_of_every_right_of_the_policy() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let resource = giving.service.resource_id();
    let kari = person(&giving.kari);
    let checks = giving.access.check(&kari, giving.bakery.id, &resource, None, None).await.unwrap();
    let delegable = |check: &&altinn_auth::delegation::RightCheck| check.is_delegable;
    let mut keys: Vec<&str> = checks.iter().filter(delegable).map(|check| check.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "bakery-licence,ttd,Task_2:sign",
            "bakery-licence,ttd:instantiate",
            "bakery-licence,ttd:read",
            "bakery-licence,ttd:write"
        ]
    );
    assert_eq!(checks.len(), 6);
    // A resource that nobody may delegate.
    let mut batch = Batch::new();
    let rules = ResourceRules { delegable: false, ..ResourceRules::default() };
    StoredResources::new(giving.store.clone()).put(&mut batch, &resource, rules);
    giving.store.commit(batch).await.unwrap();
    let checks = giving.access.check(&kari, giving.bakery.id, &resource, None, None).await.unwrap();
    assert!(checks.iter().all(|check| !check.is_delegable));
    assert!(checks[0].details.contains(&Detail::ResourceNotDelegable));
}

#[tokio::test]
async fn an_instance_is_given_alone() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let [mine, other] = [1, 2].map(|guid| InstanceId::new(giving.bakery.id, Uuid::from_u128(guid)));
    let what = What::InstanceRight(giving.right("read"), mine);
    let offer = Offer::new(giving.bakery.id, Receiver::Party(giving.ola.id), what);
    let given = giving.access.delegate(&person(&giving.kari), &offer).await.unwrap();
    let may = |request: AccessRequest| async {
        let request = request;
        giving.authorizer.decide(&person(&giving.ola), &request).await.is_ok()
    };
    assert!(may(giving.request("read").on_instance(mine)).await);
    assert!(!may(giving.request("read").on_instance(other)).await);
    assert!(!may(giving.request("read")).await);
    let page = giving.access.received(&person(&giving.ola), giving.ola.id, None).await.unwrap();
    assert_eq!(page.delegations[0].entry, given);
}

#[tokio::test]
async fn a_chain_falls_with_its_root() {
    for giving in everywhere().await {
        let root = giving.give(&giving.kari, &giving.firm, "sign").await.unwrap();
        assert!(giving.may(&giving.nina, "sign").await);
        let to_ola = giving.offer(&giving.ola, "sign").acting_for(giving.firm.id);
        let passed_on = giving.access.delegate(&person(&giving.nina), &to_ola).await.unwrap();
        assert_eq!(passed_on.depth, 2);
        assert!(giving.may(&giving.ola, "sign").await);
        giving.access.revoke(&person(&giving.kari), root.id).await.unwrap();
        assert!(!giving.may(&giving.ola, "sign").await);
        // The same given anew is another root.
        giving.give(&giving.kari, &giving.firm, "sign").await.unwrap();
        assert!(!giving.may(&giving.ola, "sign").await);
        let given = giving.access.given(&person(&giving.kari), giving.bakery.id, None).await.unwrap();
        let stands: Vec<bool> = given.delegations.iter().map(|listed| listed.stands).collect();
        assert_eq!(stands, [false, true]);
    }
}

#[tokio::test]
async fn what_a_clients_role_gave_falls_with_the_role() {
    for giving in everywhere().await {
        let books = role("REGNA", &giving.bakery, &giving.firm);
        let to_ola = giving.offer(&giving.ola, "write").acting_for(giving.firm.id);
        let error = giving.access.delegate(&person(&giving.nina), &to_ola).await.unwrap_err();
        assert_eq!(error.code(), "AUTH-DELEGATION-NOT-DELEGABLE");
        giving.assign(&books, true).await;
        giving.access.delegate(&person(&giving.nina), &to_ola).await.unwrap();
        assert!(giving.may(&giving.ola, "write").await);
        giving.assign(&books, false).await;
        assert!(!giving.may(&giving.ola, "write").await);
    }
}

#[tokio::test]
async fn nothing_is_passed_on_for_longer_than_it_is_held_or_further_than_allowed() {
    for giving in everywhere().await {
        let half_an_hour = giving.offer(&giving.firm, "sign").during(giving.minutes(30));
        let root = giving.access.delegate(&person(&giving.kari), &half_an_hour).await.unwrap();
        let nina = person(&giving.nina);
        let to_other = |minutes| {
            let offer = giving.offer(&giving.other, "sign").acting_for(giving.firm.id);
            offer.during(giving.minutes(minutes))
        };
        match giving.access.delegate(&nina, &to_other(31)).await {
            Err(DelegationError::BeyondPeriod { until }) => assert_eq!(Some(until), root.period.to),
            outcome => unreachable!("{outcome:?}"),
        }
        giving.access.delegate(&nina, &to_other(30)).await.unwrap();
        let third = giving.offer(&giving.ola, "sign").acting_for(giving.other.id).during(giving.minutes(5));
        match giving.access.delegate(&person(&giving.tor), &third).await {
            Err(DelegationError::ChainTooLong { max }) => assert_eq!(max, 2),
            outcome => unreachable!("{outcome:?}"),
        }
        // The root is made shorter: what rests on it ends with it.
        let shorter = giving.offer(&giving.firm, "sign").during(giving.minutes(10));
        giving.access.delegate(&person(&giving.kari), &shorter).await.unwrap();
        giving.clock.step(std::time::Duration::from_secs(9 * 60));
        assert!(giving.may(&giving.tor, "sign").await);
        giving.clock.step(std::time::Duration::from_secs(60));
        assert!(!giving.may(&giving.tor, "sign").await);
    }
}

#[tokio::test]
async fn a_circle_of_firms_gives_nobody_a_longer_right() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let giving = Giving { access: giving.access.clone().with_max_chain(10), ..giving };
    let root = giving.give(&giving.kari, &giving.firm, "sign").await.unwrap();
    let (nina, tor) = (person(&giving.nina), person(&giving.tor));
    for _ in 0..3 {
        let to_other = giving.offer(&giving.other, "sign").acting_for(giving.firm.id);
        giving.access.delegate(&nina, &to_other).await.unwrap();
        let back = giving.offer(&giving.firm, "sign").acting_for(giving.other.id);
        giving.access.delegate(&tor, &back).await.unwrap();
    }
    giving.access.revoke(&person(&giving.kari), root.id).await.unwrap();
    assert!(!giving.may(&giving.nina, "sign").await);
    assert!(!giving.may(&giving.tor, "sign").await);
}

#[tokio::test]
async fn only_those_whom_it_concerns_revoke_and_others_hear_of_nothing() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let unknown = giving.access.revoke(&person(&giving.per), Uuid::from_u128(9)).await.unwrap_err();
    for by in [&giving.kari, &giving.ola, &giving.nina] {
        giving.give(&giving.kari, &giving.firm, "sign").await.unwrap();
        let offer = giving.offer(&giving.ola, "sign").acting_for(giving.firm.id);
        let given = giving.access.delegate(&person(&giving.nina), &offer).await.unwrap();
        for stranger in [&giving.per, &giving.tor] {
            let error = giving.access.revoke(&person(stranger), given.id).await.unwrap_err();
            assert_eq!(error.to_string(), unknown.to_string());
        }
        giving.access.revoke(&person(by), given.id).await.unwrap();
        assert!(!giving.may(&giving.ola, "sign").await);
    }
    assert!(giving.access.given(&person(&giving.ola), giving.bakery.id, None).await.is_err());
    assert!(giving.access.changes(&person(&giving.ola), giving.bakery.id, None).await.is_err());
    assert!(giving.access.received(&person(&giving.ola), giving.firm.id, None).await.is_err());
}

#[tokio::test]
async fn a_system_user_uses_what_it_was_given() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let to = Receiver::SystemUser(Uuid::from_u128(77));
    let offer = Offer::new(giving.bakery.id, to, What::Right(giving.right("write")));
    giving.access.delegate(&person(&giving.kari), &offer).await.unwrap();
    assert!(giving.authorizer.decide(&system(77), &giving.request("write")).await.is_ok());
    assert!(giving.authorizer.decide(&system(78), &giving.request("write")).await.is_err());
}

#[tokio::test]
async fn what_is_revoked_between_decision_and_commit_refuses_the_commit() {
    for giving in everywhere().await {
        let given = giving.give(&giving.kari, &giving.firm, "sign").await.unwrap();
        let nina = person(&giving.nina);
        let access = giving.authorizer.decide(&nina, &giving.request("sign")).await.unwrap();
        giving.access.revoke(&person(&giving.kari), given.id).await.unwrap();
        let mut batch = Batch::new();
        access.guard(&mut batch);
        assert!(giving.store.commit(batch).await.unwrap_err().is_conflict());
    }
}

/// Two nodes over one database: what one revokes, the other's next decision refuses.
#[tokio::test]
async fn a_revocation_is_seen_at_once_on_another_node() {
    let folder = tempfile::tempdir().unwrap();
    let mut urls = vec![format!("sqlite:{}", folder.path().join("shared.db").display())];
    #[cfg(feature = "postgres")]
    urls.extend(fresh::postgres_url().await.unwrap());
    for url in urls {
        let here = Giving::new(Store::open(&url).await.unwrap()).await;
        let there = here.on_another_node(Store::open(&url).await.unwrap());
        for _ in 0..5 {
            let given = here.give(&here.kari, &here.ola, "read").await.unwrap();
            assert!(there.may(&there.ola, "read").await);
            here.access.revoke(&person(&here.kari), given.id).await.unwrap();
            assert!(!there.may(&there.ola, "read").await);
        }
    }
}

/// Many give and revoke at once: each gets an answer that fits what is kept afterwards.
#[tokio::test]
async fn many_at_once_leave_one_delegation_of_a_kind() {
    for giving in everywhere().await {
        let kari = person(&giving.kari);
        let offers: Vec<Offer> = ["read", "write", "sign", "read"]
            .iter()
            .map(|action| giving.offer(&giving.ola, action))
            .collect();
        let calls = offers.iter().map(|offer| giving.access.delegate(&kari, offer));
        let ids: Vec<Uuid> = futures_util::future::join_all(calls)
            .await
            .into_iter()
            .map(|outcome| outcome.unwrap().id)
            .collect();
        assert_eq!(ids[0], ids[3]);
        let page = giving.access.given(&kari, giving.bakery.id, None).await.unwrap();
        assert_eq!(page.delegations.len(), 3);
    }
}

#[tokio::test]
async fn everybody_sees_whom_they_may_represent() {
    for giving in everywhere().await {
        let branch =
            Party { kind: PartyKind::SubUnit, parent: Some(giving.bakery.id), ..another(&giving.ola) };
        let mut batch = Batch::new();
        giving.register.put_party(&mut batch, &branch).unwrap();
        giving.store.commit(batch).await.unwrap();
        giving.assign(&role("REGNA", &giving.bakery, &giving.firm), true).await;
        giving.give(&giving.kari, &giving.ola, "read").await.unwrap();
        // Nina leads the firm, which has a role for the bakery; that counts for its branch too.
        let parties = giving.access.authorized_parties(&person(&giving.nina)).await.unwrap();
        let mut ids: Vec<_> = parties.iter().map(|one| one.party.id).collect();
        let mut expected = vec![giving.nina.id, giving.firm.id, giving.bakery.id];
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected);
        let bakery = parties.iter().find(|one| one.party.id == giving.bakery.id).unwrap();
        assert_eq!(
            bakery.by.roles.iter().map(altinn_auth::register::Role::code).collect::<Vec<_>>(),
            ["REGNA"]
        );
        assert_eq!((bakery.subunits[0].party.id, &bakery.subunits[0].by), (branch.id, &bakery.by));
        // Ola has himself, and the bakery by a right.
        let parties = giving.access.authorized_parties(&person(&giving.ola)).await.unwrap();
        let bakery = parties.iter().find(|one| one.party.id == giving.bakery.id).unwrap();
        assert_eq!(bakery.by.resources.iter().collect::<Vec<_>>(), [&giving.service.resource_id()]);
        assert!(parties.iter().any(|one| one.party.id == giving.ola.id));
        // For the branch alone: the bakery is there for its sake.
        let right = What::Right(giving.right("read"));
        let offer = Offer::new(branch.id, Receiver::Party(giving.per.id), right);
        giving.assign(&role("DAGL", &branch, &giving.kari), true).await;
        let given = giving.access.delegate(&person(&giving.kari), &offer).await.unwrap();
        let of_per = giving.access.authorized_parties(&person(&giving.per)).await.unwrap();
        let bakery = of_per.iter().find(|one| one.party.id == giving.bakery.id).unwrap();
        assert!(bakery.only_hierarchy_element_with_no_access && bakery.by.is_empty());
        assert_eq!(bakery.subunits.len(), 1);
        giving.access.revoke(&person(&giving.kari), given.id).await.unwrap();
        let of_per = giving.access.authorized_parties(&person(&giving.per)).await.unwrap();
        assert_eq!(of_per.len(), 1);
    }
}

/// A party that is like another and is not it.
fn another(party: &Party) -> Party {
    let mut people = altinn_core::testing::SyntheticPeople::from_seed(99);
    Party { id: altinn_core::PartyId::new(party.id.get() + 1_000_000), ..people.organization() }
}

#[tokio::test]
async fn an_app_gives_what_its_policy_says_and_takes_back_its_own() {
    let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
    let instance = InstanceId::new(giving.bakery.id, Uuid::from_u128(4));
    let what = What::InstanceRight(giving.right("sign"), instance);
    let offer = Offer::new(giving.bakery.id, Receiver::Party(giving.ola.id), what);
    // This policy lets the app give nothing.
    let error = giving.access.delegate_for_app(&giving.service, &offer).await.unwrap_err();
    assert_eq!(error.code(), "AUTH-DELEGATION-NOT-DELEGABLE");
    // This one lets it give the right to sign.
    let subject = r#"<xacml:AttributeDesignator AttributeId="urn:altinn:external-role:ccr""#;
    let app = r#"<xacml:AttributeDesignator AttributeId="urn:altinn:resource:delegation""#;
    let lets = giving::POLICY.replace("daglig-leder", "app_ttd_bakery-licence").replace(subject, app);
    assert_ne!(lets, giving::POLICY);
    giving.policies.put(giving.service.clone(), lets).unwrap();
    giving.access.delegate_for_app(&giving.service, &offer).await.unwrap();
    let request = giving.request("sign").on_instance(instance);
    assert!(giving.authorizer.decide(&person(&giving.ola), &request).await.is_ok());
    assert!(!giving.may(&giving.ola, "sign").await);
    let whole =
        Offer::new(giving.bakery.id, Receiver::Party(giving.ola.id), What::Right(giving.right("sign")));
    assert!(giving.access.delegate_for_app(&giving.service, &whole).await.is_err());
    giving.access.revoke_for_app(&giving.service, &offer).await.unwrap();
    assert!(giving.authorizer.decide(&person(&giving.ola), &request).await.is_err());
    let error = giving.access.revoke_for_app(&giving.service, &offer).await.unwrap_err();
    assert_eq!(error.code(), "AUTH-DELEGATION-NOT-FOUND");
}

#[tokio::test]
async fn what_an_app_shares_of_an_instance_comes_and_goes_with_the_batch_of_its_step() {
    for giving in everywhere().await {
        let subject = r#"<xacml:AttributeDesignator AttributeId="urn:altinn:external-role:ccr""#;
        let app = r#"<xacml:AttributeDesignator AttributeId="urn:altinn:resource:delegation""#;
        let lets = giving::POLICY.replace("daglig-leder", "app_ttd_bakery-licence").replace(subject, app);
        giving.policies.put(giving.service.clone(), lets).unwrap();
        let instance = InstanceId::new(giving.bakery.id, Uuid::from_u128(4));
        let share = |to: &Party, action| Share { to: Receiver::Party(to.id), right: giving.right(action) };
        let sharing = |shares| Sharing { app: &giving.service, instance, actions: &["read", "sign"], shares };
        let asked = giving.request("sign").on_instance(instance);
        let may = async |who: &Party| giving.authorizer.decide(&person(who), &asked).await.is_ok();

        // Nothing counts before the batch commits, and one share that cannot be given keeps no other from it.
        let mut batch = Batch::new();
        let nobody = another(&giving.ola);
        let shares = [&giving.ola, &giving.per, &nobody, &giving.bakery].map(|to| share(to, "sign"));
        let answers = giving.access.share_for_app(&mut batch, &sharing(shares.to_vec())).await.unwrap();
        let codes: Vec<_> =
            answers.iter().map(|answer| answer.as_ref().err().map(DelegationError::code)).collect();
        let (unknown, own) = (Some("AUTH-DELEGATION-NOT-FOUND"), Some("AUTH-DELEGATION-TO-ITSELF"));
        assert_eq!(codes, [None, None, unknown, own]);
        assert!(!may(&giving.ola).await);
        giving.store.commit(batch).await.unwrap();
        assert!(may(&giving.ola).await && may(&giving.per).await);

        // Once more adds nothing; somebody who is not among them any more loses it, and the others keep theirs.
        let mut batch = Batch::new();
        giving.access.share_for_app(&mut batch, &sharing(shares[..2].to_vec())).await.unwrap();
        assert!(batch.is_empty());
        giving.access.share_for_app(&mut batch, &sharing(shares[1..2].to_vec())).await.unwrap();
        giving.store.commit(batch).await.unwrap();
        assert!(!may(&giving.ola).await && may(&giving.per).await);

        // Two cannot both take it back.
        let (mut one, mut other) = (Batch::new(), Batch::new());
        giving.access.share_for_app(&mut one, &sharing(vec![])).await.unwrap();
        giving.access.share_for_app(&mut other, &sharing(vec![])).await.unwrap();
        giving.store.commit(one).await.unwrap();
        assert!(giving.store.commit(other).await.unwrap_err().is_conflict());
        assert!(!may(&giving.per).await);
    }
}
