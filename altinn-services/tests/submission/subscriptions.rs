//! Subscriptions: instances that are made when they are due, once each, whatever happens to the worker.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, AuthenticationLevel, Clock, InstanceId, SteppableClock, Subject};
use altinn_services::submission::{
    InstanceSubscription, Interval, NewSubscription, Schedule, Service, SubscriptionState,
};
use chrono::NaiveDate;
use serde_json::json;

use crate::own_app::OwnApp;
use crate::scene::{Scene, everywhere_with};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn monthly(first: &str) -> Schedule {
    Schedule::Periodic {
        first: day(first),
        every: Interval::months(1),
        due_after: Some(Interval::days(9)),
        until: None,
    }
}

fn agency() -> Actor {
    let subject = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}

/// A form that is filled in and sent.
fn report(scene: &Scene) -> Service {
    OwnApp::new("report").flow("Fill", "End").publish(scene)
}

async fn on_the_31st_of_january(test: impl AsyncFn(Scene, Arc<SteppableClock>)) {
    let clock = Arc::new(SteppableClock::at("2027-01-31T10:00:00Z".parse().unwrap()));
    everywhere_with(
        |_, builder| {
            clock.set("2027-01-31T10:00:00Z".parse().unwrap());
            builder.clock(Arc::clone(&clock) as _)
        },
        async |scene| test(scene, Arc::clone(&clock)).await,
    )
    .await;
}

async fn run(scene: &Scene) -> u32 {
    let mut made = 0;
    loop {
        let report = scene.altinn.submissions().subscriptions().run_due(10).await.unwrap();
        made += report.made;
        if report.claimed == 0 {
            return made;
        }
    }
}

async fn instances(scene: &Scene, subscription: &InstanceSubscription) -> Vec<InstanceId> {
    let subscriptions = scene.altinn.submissions().subscriptions();
    let made = subscriptions.made(&agency(), subscription.id, 0).await.unwrap();
    assert_eq!(
        made.iter().map(|one| one.number).collect::<Vec<_>>(),
        (1..=made.len() as i64).collect::<Vec<_>>()
    );
    made.iter().map(|one| one.instance).collect()
}

#[tokio::test]
async fn each_month_has_its_instance_with_its_prefill_due_date_and_notice() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let contact = scene.leader.party().unwrap();
        let subscriptions = scene.altinn.submissions().subscriptions();
        let new =
            NewSubscription::new(monthly("2027-01-31")).with_prefill("form", json!({"kind": "monthly"}));
        let made = subscriptions.subscribe(&agency(), &service, contact, &new).await;
        assert!(made.is_ok(), "the agency subscribes whom it may: {made:?}");
        let subscription = made.unwrap();
        assert_eq!(run(&scene).await, 1, "the first one opened this morning");
        clock.set("2027-02-27T22:59:59Z".parse().unwrap());
        assert_eq!(run(&scene).await, 0);
        clock.set("2027-02-27T23:00:00Z".parse().unwrap());
        assert_eq!(run(&scene).await, 1, "28 February has begun in Norway");
        let ids = instances(&scene, &subscription).await;
        let second = scene.altinn.submissions().get(&agency(), &ids[1]).await.unwrap();
        assert_eq!(second.status().due_before, Some("2027-03-09T23:00:00Z".parse().unwrap()));
        assert_eq!(second.element("form").unwrap().form().unwrap(), json!({"kind": "monthly"}));
        assert_eq!(scene.rows().await.orders, 2);
        let now = subscriptions.get(&agency(), subscription.id).await.unwrap();
        assert_eq!((now.made, now.next_occasion().unwrap().opens), (2, day("2027-03-31")));
    })
    .await;
}

#[tokio::test]
async fn what_was_missed_is_made_up_and_what_was_over_before_is_not() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let subscriptions = scene.altinn.submissions().subscriptions();
        // Since November; that of 31 December was due on 9 January.
        let new = NewSubscription::new(monthly("2026-10-31")).untold();
        let subscription =
            subscriptions.subscribe(&scene.leader, &service, scene.bakery.id, &new).await.unwrap();
        assert_eq!(run(&scene).await, 1);
        clock.set("2027-05-31T12:00:00Z".parse().unwrap());
        assert_eq!(run(&scene).await, 4, "February to May");
        let dues: Vec<String> = {
            let mut dues = Vec::new();
            for id in instances(&scene, &subscription).await {
                let instance = scene.altinn.submissions().get(&scene.leader, &id).await.unwrap();
                dues.push(instance.status().due_before.unwrap().format("%F %R").to_string());
            }
            dues
        };
        let wanted = [
            "2027-02-09 23:00",
            "2027-03-09 23:00",
            "2027-04-09 22:00",
            "2027-05-09 22:00",
            "2027-06-09 22:00",
        ];
        assert_eq!(dues, wanted);
        assert_eq!(scene.rows().await.orders, 0, "nobody is told where nobody is to be");
    })
    .await;
}

#[tokio::test]
async fn a_schedule_that_is_over_makes_no_more_and_says_so() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let subscriptions = scene.altinn.submissions().subscriptions();
        let bakery = scene.bakery.id;
        let once = NewSubscription::new(Schedule::Once { opens: day("2027-02-01"), due: None });
        let once = subscriptions.subscribe(&scene.leader, &service, bakery, &once).await.unwrap();
        let deadlines = Schedule::Deadlines {
            due: vec![day("2027-02-10"), day("2027-04-12")],
            opens_before: Interval::days(14),
        };
        let deadlines = NewSubscription::new(deadlines);
        let deadlines = subscriptions.subscribe(&scene.leader, &service, bakery, &deadlines).await.unwrap();
        assert_eq!(run(&scene).await, 1, "the first deadline is less than 14 days ahead");
        clock.set("2027-06-01T12:00:00Z".parse().unwrap());
        assert_eq!(run(&scene).await, 2);
        for id in [once.id, deadlines.id] {
            let over = subscriptions.get(&scene.leader, id).await.unwrap();
            assert_eq!((over.state, over.due, over.next_occasion()), (SubscriptionState::Done, None, None));
        }
        let past = NewSubscription::new(Schedule::Once { opens: day("2027-05-31"), due: None });
        let refused = subscriptions.subscribe(&scene.leader, &service, bakery, &past).await.unwrap_err();
        assert_eq!(refused.code(), "SCHEDULE-OVER");
    })
    .await;
}

#[tokio::test]
async fn who_may_start_an_instance_may_subscribe_and_nobody_else() {
    on_the_31st_of_january(async |scene, _| {
        let service = report(&scene);
        let subscriptions = scene.altinn.submissions().subscriptions();
        let (new, bakery) = (NewSubscription::new(monthly("2027-02-28")), scene.bakery.id);
        let other = Subject::ServiceOwner { org: "skd".to_owned(), number: None };
        let other = Actor::new(other, AuthenticationLevel::VerySensitive);
        for who in [&scene.stranger, &other] {
            let refused = subscriptions.subscribe(who, &service, bakery, &new).await.unwrap_err();
            assert_eq!(refused.code(), "AUTH-DENIED-NOT-GRANTED");
        }
        let made = subscriptions.subscribe(&scene.filler, &service, bakery, &new).await.unwrap();
        assert_eq!(subscriptions.get(&scene.leader, made.id).await.unwrap(), made);
        let strange = [
            subscriptions.get(&scene.stranger, made.id).await.unwrap_err(),
            subscriptions.end(&scene.stranger, made.id).await.unwrap_err(),
            subscriptions.change(&scene.stranger, made.id, &new, 1).await.unwrap_err(),
            subscriptions.list(&scene.leader, &service, None, None).await.unwrap_err(),
        ];
        assert!(strange.iter().all(|error| error.code() == "SUBMISSION-NOT-FOUND"));
        assert_eq!(subscriptions.list(&scene.leader, &service, Some(bakery), None).await.unwrap().len(), 1);
        assert_eq!(subscriptions.list(&agency(), &service, None, None).await.unwrap().len(), 1);
        let sql = "select count(*) as number from auth_trail where action = 'subscribe' and element = $1";
        let element = format!("subscription/{}", made.id);
        let row = scene.altinn.store().query_one(sql, params![element]).await.unwrap();
        assert_eq!(row.get::<i64>("number").unwrap(), 1);
        let unknown = new.with_prefill("letter", json!({}));
        let refused = subscriptions.subscribe(&scene.leader, &service, bakery, &unknown).await.unwrap_err();
        assert_eq!(refused.code(), "SUBMISSION-UNKNOWN-FORM");
    })
    .await;
}

#[tokio::test]
async fn a_key_makes_one_subscription_and_a_change_needs_the_version_that_was_read() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let subscriptions = scene.altinn.submissions().subscriptions();
        let (new, bakery) = (NewSubscription::new(monthly("2027-01-31")).once("key"), scene.bakery.id);
        let made = subscriptions.subscribe(&scene.leader, &service, bakery, &new).await.unwrap();
        let again = subscriptions.subscribe(&scene.leader, &service, bakery, &new).await.unwrap();
        assert_eq!(again, made);
        let other = NewSubscription::new(monthly("2027-02-28")).once("key");
        let refused = subscriptions.subscribe(&scene.leader, &service, bakery, &other).await.unwrap_err();
        assert_eq!(refused.code(), "IDEMPOTENCY-DIFFERENT-REQUEST");

        assert_eq!(run(&scene).await, 1);
        // The occasion that has its instance gets no other one by a change in the middle of it.
        let changed = subscriptions.change(&scene.filler, made.id, &new, 1).await.unwrap();
        assert_eq!((changed.version, run(&scene).await), (2, 0));
        let late = subscriptions.change(&scene.filler, made.id, &new, 1).await.unwrap_err();
        assert_eq!(late.code(), "SUBMISSION-CHANGED");
        let ended = subscriptions.end(&scene.leader, made.id).await.unwrap();
        assert_eq!(ended.state, SubscriptionState::Ended);
        assert_eq!(subscriptions.end(&scene.leader, made.id).await.unwrap().version, ended.version);
        clock.set("2028-01-31T12:00:00Z".parse().unwrap());
        assert_eq!(run(&scene).await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_has_lost_the_right_makes_no_more_until_it_is_theirs_again() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let subscriptions = scene.altinn.submissions().subscriptions();
        let new = NewSubscription::new(monthly("2027-02-28"));
        let made = subscriptions.subscribe(&scene.filler, &service, scene.bakery.id, &new).await.unwrap();
        let mut batch = Batch::new();
        scene.altinn.register().revoke_role(&mut batch, &scene.assignment("UTINN", &scene.filler));
        scene.altinn.store().commit(batch).await.unwrap();
        clock.set("2027-02-28T12:00:00Z".parse().unwrap());
        assert_eq!(run(&scene).await, 0);
        let stands = subscriptions.get(&scene.leader, made.id).await.unwrap();
        assert!(stands.reason.unwrap().starts_with("AUTH-DENIED-NOT-GRANTED"));
        let mut batch = Batch::new();
        scene.altinn.register().grant_role(&mut batch, &scene.assignment("UTINN", &scene.filler));
        scene.altinn.store().commit(batch).await.unwrap();
        clock.step(Duration::from_secs(61));
        assert_eq!(run(&scene).await, 1);
        assert_eq!(subscriptions.get(&scene.leader, made.id).await.unwrap().reason, None);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_dies_anywhere_leaves_no_double_and_no_gap() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let submissions = scene.altinn.submissions();
        let new = NewSubscription::new(monthly("2027-01-31"));
        let made = submissions
            .subscriptions()
            .subscribe(&scene.leader, &service, scene.bakery.id, &new)
            .await
            .unwrap();
        clock.set("2027-12-31T12:00:00Z".parse().unwrap());
        // A worker is dropped after so many polls: what it had committed by then stands.
        for polls in 0..40 {
            let subscriptions = submissions.subscriptions();
            let mut going = Box::pin(subscriptions.run_due(3));
            for _ in 0..polls {
                if tokio::time::timeout(Duration::from_micros(200), &mut going).await.is_ok() {
                    break;
                }
            }
            drop(going);
            let mut batch = Batch::new();
            batch.execute("update services_instance_subscription set lease_until = 0", params![]);
            scene.altinn.store().commit(batch).await.unwrap();
        }
        run(&scene).await;
        let ids = instances(&scene, &made).await;
        assert_eq!((ids.len(), scene.rows().await.instances), (12, 12));
        let now = submissions.subscriptions().get(&scene.leader, made.id).await.unwrap();
        assert_eq!((now.made, now.next_occasion().unwrap().opens), (12, day("2028-01-31")));
    })
    .await;
}

#[tokio::test]
async fn many_workers_at_once_make_one_instance_each() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let submissions = scene.altinn.submissions();
        for _ in 0..5 {
            let new = NewSubscription::new(monthly("2027-01-31"));
            let subscriptions = submissions.subscriptions();
            subscriptions.subscribe(&scene.leader, &service, scene.bakery.id, &new).await.unwrap();
        }
        clock.set("2027-03-01T12:00:00Z".parse().unwrap());
        let workers = (0..4).map(|_| run(&scene));
        let made: u32 = futures_util::future::join_all(workers).await.into_iter().sum();
        assert_eq!((made, scene.rows().await.instances), (10, 10));
    })
    .await;
}

#[tokio::test]
async fn what_is_started_by_hand_may_hold_something_from_the_start_too() {
    on_the_31st_of_january(async |scene, clock| {
        let service = report(&scene);
        let mut options = altinn_services::submission::StartOptions::idempotent("key");
        options.prefill.insert("name".to_owned(), json!("Bakeriet"));
        assert!(!format!("{options:?}").contains("Bakeriet"));
        let submissions = scene.altinn.submissions();
        let started =
            submissions.start_with(&scene.leader, &service, scene.bakery.id, &options).await.unwrap();
        assert_eq!(started.element("form").unwrap().form().unwrap(), json!({"name": "Bakeriet"}));
        assert_eq!(started.created(), clock.now());
        options.prefill.clear();
        let other =
            submissions.start_with(&scene.leader, &service, scene.bakery.id, &options).await.unwrap_err();
        assert_eq!(other.code(), "IDEMPOTENCY-DIFFERENT-REQUEST");
    })
    .await;
}

#[tokio::test]
async fn no_instance_is_made_when_the_service_makes_none() {
    on_the_31st_of_january(async |scene, clock| {
        let app = |to: &str| OwnApp::new("report").flow("Fill", "End").metadata("validTo", json!(to));
        let service = app("2027-01-31T11:00:00Z").publish(&scene);
        let subscriptions = scene.altinn.submissions().subscriptions();
        let new = NewSubscription::new(monthly("2027-01-31"));
        let made = subscriptions.subscribe(&agency(), &service, scene.bakery.id, &new).await.unwrap();
        clock.set("2027-01-31T11:00:00Z".parse().unwrap());
        assert_eq!(run(&scene).await, 0);
        let waits = subscriptions.get(&agency(), made.id).await.unwrap();
        assert!(waits.reason.unwrap().starts_with("SUBMISSION-OUTSIDE-VALIDITY"));
        // What was missed is made up when the agency lets it.
        app("2028-01-01").publish(&scene);
        clock.set("2027-01-31T13:00:00Z".parse().unwrap());
        assert_eq!(run(&scene).await, 1);
    })
    .await;
}
