//! Roles that are given for a time count in it, and nothing has to be done when it is over.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use altinn_auth::register::{PartyRegister as _, RoleRegister as _};
use altinn_core::store::{Batch, fresh};
use chrono::TimeDelta;
use giving::{Giving, person, role};

mod giving;

const MINUTE: Duration = Duration::from_secs(60);

async fn everywhere() -> Vec<Giving> {
    let mut all = Vec::new();
    for (_, store) in fresh::all().await.unwrap() {
        all.push(Giving::new(store).await);
    }
    all
}

#[tokio::test]
async fn a_role_counts_from_its_beginning_up_to_its_end() {
    for giving in everywhere().await {
        let mut period = giving.minutes(20);
        period.from += TimeDelta::minutes(10);
        let leads = role("DAGL", &giving.bakery, &giving.ola);
        let mut batch = Batch::new();
        giving.register.grant_role_during(&mut batch, &leads, period);
        giving.store.commit(batch).await.unwrap();
        assert!(!giving.may(&giving.ola, "write").await, "it has not begun");
        giving.clock.step(10 * MINUTE);
        assert!(giving.may(&giving.ola, "write").await);
        assert!(giving.register.key_role_units(giving.ola.id).await.unwrap().contains(&giving.bakery.id));
        giving.clock.step(10 * MINUTE);
        assert!(!giving.may(&giving.ola, "write").await, "it is over");
        assert!(giving.register.key_role_units(giving.ola.id).await.unwrap().is_empty());
        assert!(giving.register.held_by(giving.ola.id).await.unwrap().is_empty());
        let holders = giving.register.holders(giving.bakery.id).await.unwrap().unwrap();
        assert!(holders.iter().all(|holder| holder.holder != giving.ola.id));
        // Given again, it is for the new time; without a time, for good.
        let mut batch = Batch::new();
        giving.register.grant_role(&mut batch, &leads);
        giving.store.commit(batch).await.unwrap();
        giving.clock.step(100_000 * MINUTE);
        assert!(giving.may(&giving.ola, "write").await);
        assert!(giving.register.party(giving.ola.id).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn what_a_unit_holds_is_its_leaders_for_as_long_as_both_roles_last() {
    for giving in everywhere().await {
        let mut batch = Batch::new();
        let books = role("REGNA", &giving.bakery, &giving.firm);
        giving.register.grant_role_during(&mut batch, &books, giving.minutes(30));
        giving.register.revoke_role(&mut batch, &role("DAGL", &giving.firm, &giving.nina));
        let leads = role("DAGL", &giving.firm, &giving.nina);
        giving.register.grant_role_during(&mut batch, &leads, giving.minutes(20));
        giving.store.commit(batch).await.unwrap();
        assert!(giving.may(&giving.nina, "read").await);
        // What she passes on falls with the role that it rests on.
        let offer = giving.offer(&giving.per, "read").acting_for(giving.firm.id);
        giving.access.delegate(&person(&giving.nina), &offer).await.unwrap();
        giving.clock.step(20 * MINUTE);
        assert!(!giving.may(&giving.nina, "read").await, "she leads the firm no longer");
        assert!(giving.may(&giving.per, "read").await, "the firm keeps the books");
        giving.clock.step(10 * MINUTE);
        assert!(!giving.may(&giving.per, "read").await);
    }
}
