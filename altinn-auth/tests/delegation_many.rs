//! Several things given at once, and all of it taken back at once; who read and who was refused stands in the trail.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::delegation::{AccessManagement, Of, Receiver, What};
use altinn_auth::trail::{Trail, TrailReader};
use altinn_core::RandomIds;
use altinn_core::store::fresh;
use giving::{Giving, person};

mod giving;

#[tokio::test]
async fn several_things_are_given_all_or_none_and_taken_back_together() {
    for (_, store) in fresh::all().await.unwrap() {
        let giving = Giving::new(store).await;
        let (kari, ola, bakery) = (person(&giving.kari), person(&giving.ola), giving.bakery.id);
        let offer = giving.offer(&giving.ola, "read");
        let right = |action: &str| What::Right(giving.right(action));
        let wrong = [right("read"), right("fly")];
        let refused = giving.access.delegate_all(&kari, &offer, &wrong).await.unwrap_err();
        assert_eq!(refused.code(), "AUTH-DELEGATION-NOT-DELEGABLE");
        assert!(!giving.may(&giving.ola, "read").await, "all or none");
        let all = [right("read"), right("write"), right("read")];
        assert_eq!(giving.access.delegate_all(&kari, &offer, &all).await.unwrap().len(), 2);
        assert!(giving.may(&giving.ola, "read").await && giving.may(&giving.ola, "write").await);

        let to = Receiver::Party(giving.ola.id);
        let given = giving.access.given_to(&kari, bakery, Some(to), None).await.unwrap();
        assert_eq!(given.delegations.len(), 2);
        let nobody = Some(Receiver::Party(giving.per.id));
        assert!(giving.access.given_to(&kari, bakery, nobody, None).await.unwrap().delegations.is_empty());
        let from = |party| giving.access.received_from(&ola, giving.ola.id, Some(party), None);
        assert_eq!(from(bakery).await.unwrap().delegations.len(), 2);
        assert!(from(giving.firm.id).await.unwrap().delegations.is_empty());

        let revoke = |who, of| {
            let access = giving.access.clone();
            async move { access.revoke_all(who, bakery, to, &of).await }
        };
        let per = person(&giving.per);
        assert!(revoke(&per, Of::Everything).await.is_err());
        assert_eq!(revoke(&kari, Of::Resource("app_ttd_other".parse().unwrap())).await.unwrap(), 0);
        assert_eq!(revoke(&kari, Of::Package("books".to_owned())).await.unwrap(), 0);
        assert_eq!(
            revoke(&ola, Of::Resource(giving.service.resource_id())).await.unwrap(),
            2,
            "the receiver may"
        );
        assert!(!giving.may(&giving.ola, "read").await);
        assert_eq!(revoke(&kari, Of::Everything).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn who_read_what_was_given_and_who_was_refused_stands_in_the_trail() {
    for (_, store) in fresh::all().await.unwrap() {
        let giving = Giving::new(store.clone()).await;
        let trail = Trail::with_clock(store.clone(), giving.clock.clone(), Arc::new(RandomIds));
        let authorizer = giving.authorizer.clone().with_trail(trail.clone());
        let access = AccessManagement::new(store, authorizer.clone(), giving.register.clone())
            .with_clock(giving.clock.clone(), Arc::new(RandomIds));
        let (kari, per, bakery) = (person(&giving.kari), person(&giving.per), giving.bakery.id);
        let given = access.delegate(&kari, &giving.offer(&giving.ola, "read")).await.unwrap();
        access.given(&kari, bakery, None).await.unwrap();
        assert!(access.given(&per, bakery, None).await.is_err());
        assert!(access.revoke(&per, given.id).await.is_err());
        assert!(access.changes(&per, bakery, None).await.is_err());
        let reader = TrailReader::new(&trail, &authorizer);
        assert!(reader.of(&per, bakery, None).await.is_err());
        let lines = reader.of(&kari, bakery, None).await.unwrap().entries;
        let told = |action: &str, who: &altinn_core::Actor, permitted: bool| {
            let is_it = |line: &&altinn_auth::trail::TrailEntry| {
                line.action == action && line.actor == who.reference() && line.permitted == permitted
            };
            assert_eq!(lines.iter().filter(is_it).count(), 1, "{action}: {lines:#?}");
        };
        told("delegate", &kari, true);
        told("delegation.given", &kari, true);
        told("delegation.given", &per, false);
        told("revoke", &per, false);
        told("delegation.changes", &per, false);
        told("read", &per, false);
    }
}
