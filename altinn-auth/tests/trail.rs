//! Every permit and every refusal is in the trail, once, and whoever it was for can read it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::MIGRATIONS;
use altinn_auth::trail::{Deed, MAX_NOTED, Trail, TrailEntry, TrailReader};
use altinn_core::store::{Batch, fresh};
use altinn_core::{Party, RandomIds};
use giving::{Giving, person, role};

mod giving;

struct Watched {
    giving: Giving,
    trail: Trail,
}

impl Watched {
    async fn everywhere() -> Vec<Self> {
        let mut all = Vec::new();
        for (_, store) in fresh::all().await.unwrap() {
            let giving = Giving::new(store.clone()).await;
            let trail = Trail::with_clock(store, giving.clock.clone(), Arc::new(RandomIds));
            let authorizer = giving.authorizer.clone().with_trail(trail.clone());
            all.push(Self { giving: Giving { authorizer, ..giving }, trail });
        }
        all
    }

    /// What the bakery's leader reads; time goes by, so that the lines have an order.
    async fn lines(&self) -> Vec<TrailEntry> {
        let kari = person(&self.giving.kari);
        self.reader().of(&kari, self.giving.bakery.id, None).await.unwrap().entries
    }

    fn reader(&self) -> TrailReader<'_> {
        TrailReader::new(&self.trail, &self.giving.authorizer)
    }

    async fn decides(&self, who: &Party, action: &str, expected: bool) {
        self.giving.clock.step(std::time::Duration::from_secs(1));
        assert_eq!(self.giving.may(who, action).await, expected);
    }
}

#[tokio::test]
async fn permits_and_refusals_are_there_with_all_that_decided() {
    for watched in Watched::everywhere().await {
        let giving = &watched.giving;
        let given = giving.give(&giving.kari, &giving.ola, "read").await.unwrap();
        watched.decides(&giving.kari, "write", true).await;
        watched.decides(&giving.ola, "read", true).await;
        watched.decides(&giving.per, "read", false).await;
        let lines = watched.lines().await;
        assert_eq!(lines.len(), 3);
        let [refused, delegated, by_role] = [&lines[0], &lines[1], &lines[2]];
        assert_eq!((refused.permitted, refused.code.as_str()), (false, "AUTH-DENIED-NOT-GRANTED"));
        assert_eq!(refused.actor, person(&giving.per).reference());
        assert_eq!((delegated.permitted, delegated.delegation), (true, Some(given.id)));
        assert_eq!((delegated.level, delegated.resource.as_str()), (4, "app_ttd_bakery-licence"));
        assert!(by_role.rule.as_ref().unwrap().ends_with("ruleid:1"), "{by_role:?}");
        assert_eq!((by_role.code.as_str(), by_role.action.as_str()), ("AUTH-PERMITTED", "write"));
        assert!(lines.iter().all(|line| line.policy_version.is_some() && line.party == giving.bakery.id));
        // What repeats is one line with a count; a line that is written is no longer added to.
        for _ in 0..3 {
            watched.decides(&giving.per, "read", false).await;
        }
        let lines = watched.lines().await;
        assert_eq!((lines.len(), lines[0].times, lines[1].times), (4, 3, 1));
        // Nobody else reads it, and nobody hears whether there is one.
        let of = |who, party| {
            let reader = watched.reader();
            async move { reader.of(&person(who), party, None).await.unwrap_err().code() }
        };
        assert_eq!(of(&giving.per, giving.bakery.id).await, "AUTH-TRAIL-NOT-FOUND");
        assert_eq!(of(&giving.per, altinn_core::PartyId::new(1)).await, "AUTH-TRAIL-NOT-FOUND");
    }
}

#[tokio::test]
async fn what_is_done_by_a_permit_commits_with_its_line_or_not_at_all() {
    for watched in Watched::everywhere().await {
        let giving = &watched.giving;
        let kari = person(&giving.kari);
        let access = giving.authorizer.decide(&kari, &giving.request("write")).await.unwrap();
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::to("lookup/1").because("a complaint"));
        giving.store.commit(batch).await.unwrap();
        drop(access);
        let lines = watched.lines().await;
        assert_eq!((lines.len(), lines[0].times, lines[0].action.as_str()), (1, 1, "write"));
        assert_eq!(
            (lines[0].element.as_deref(), lines[0].purpose.as_deref()),
            (Some("lookup/1"), Some("a complaint"))
        );
        // A right is revoked before the commit: neither the change nor its line is there.
        let access = giving.authorizer.decide(&kari, &giving.request("write")).await.unwrap();
        let mut batch = Batch::new();
        access.guard(&mut batch);
        giving.assign(&role("REGNA", &giving.bakery, &giving.ola), true).await;
        assert!(giving.store.commit(batch).await.unwrap_err().is_conflict());
        drop(access);
        assert_eq!(watched.lines().await, lines);
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_written_later_and_once() {
    for (_, without_tables) in fresh::all().await.unwrap() {
        let giving = Giving::new(fresh::sqlite().await.unwrap()).await;
        let trail = Trail::new(without_tables.clone());
        let authorizer = giving.authorizer.clone().with_trail(trail.clone());
        let watched = Watched { giving: Giving { authorizer, ..giving }, trail };
        let giving = &watched.giving;
        watched.decides(&giving.kari, "read", true).await;
        watched.decides(&giving.per, "read", false).await;
        assert!(watched.trail.flush().await.is_err());
        watched.decides(&giving.per, "read", false).await;
        without_tables.migrate(&[MIGRATIONS]).await.unwrap();
        // Whoever writes is broken off; what was on its way is there once all the same.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, watched.trail.flush()).await;
        let times: Vec<i64> = watched.lines().await.iter().map(|line| line.times).collect();
        assert_eq!(times, [2, 1]);
    }
}

#[tokio::test]
async fn nobody_keeps_lines_out_of_the_trail_by_what_no_store_keeps() {
    for watched in Watched::everywhere().await {
        let giving = &watched.giving;
        watched.decides(&giving.per, "read", false).await;
        watched.decides(&giving.per, "write\0", false).await;
        watched.decides(&giving.per, &"x".repeat(10_000), false).await;
        assert_eq!(watched.trail.flush().await.unwrap(), 3);
        let access = giving.authorizer.decide(&person(&giving.kari), &giving.request("write")).await.unwrap();
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::to("lookup/1").because("a\0complaint"));
        giving.store.commit(batch).await.unwrap();
        drop(access);
        let lines = watched.lines().await;
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().any(|line| line.action == "write\u{fffd}"), "{lines:?}");
        assert!(lines.iter().any(|line| line.purpose.as_deref() == Some("a\u{fffd}complaint")), "{lines:?}");
    }
}

#[tokio::test]
async fn memory_is_bounded_and_what_found_no_room_is_told() {
    let watched = Watched::everywhere().await.remove(0);
    let giving = &watched.giving;
    for number in 0..MAX_NOTED + 7 {
        let unknown =
            AccessRequest::new(format!("a{number}"), "ttd/unknown".parse().unwrap(), giving.bakery.id);
        assert!(giving.authorizer.decide(&person(&giving.per), &unknown).await.is_err());
    }
    assert_eq!(watched.trail.flush().await.unwrap(), MAX_NOTED + 1);
    let row =
        giving.store.query_one("select times from auth_trail where code = 'AUTH-TRAIL-LOST'", Vec::new());
    assert_eq!(row.await.unwrap().get::<i64>("times").unwrap(), 7);
}
