//! Deadlines and what follows from transitions: once, whatever breaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use altinn_core::store::params;
use altinn_core::{InstanceId, SteppableClock};
use altinn_services::collaboration::{
    Begin, CaseId, Look, Member, MemberError, Members, NewCaseEvent, Progress,
};
use async_trait::async_trait;
use futures_util::FutureExt as _;

use crate::scene;
use crate::stage::{Stage, everywhere, members};

#[tokio::test]
async fn a_deadline_that_passes_is_an_event_and_one_that_was_cancelled_is_none() {
    everywhere(async |stage| {
        let abandoned = stage.opened().await;
        stage.work().await;
        stage.days(29);
        stage.work().await;
        assert_eq!(stage.case(abandoned).await.stands.state, "applying");
        stage.days(1);
        stage.work().await;
        assert_eq!(stage.case(abandoned).await.stands.state, "abandoned");
        assert_eq!(stage.history(abandoned).await.last().unwrap().0, "deadline apply");

        let id = stage.opened().await;
        stage.work().await;
        stage.raise(&stage.bakery, id, &NewCaseEvent::new("withdrawn", "1")).await.unwrap();
        assert_eq!(stage.pending(id).await, Vec::<String>::new(), "nothing is waited for any more");
        stage.days(100);
        stage.work().await;
        assert_eq!(stage.history(id).await.last().unwrap().0, "withdrawn");
    })
    .await;
}

#[tokio::test]
async fn a_deadline_sets_itself_anew_and_notifies_each_time() {
    everywhere(async |stage| {
        let id = stage.inspecting().await;
        for orders in 1..=3 {
            stage.days(14);
            stage.work().await;
            let pending =
                stage.altinn.collaborations().pending(&stage.agency, &stage.service, id).await.unwrap();
            assert!(matches!(pending.as_slice(), [one] if one.what == "deadline inspect"), "{pending:?}");
            assert_eq!(stage.count("notify_order").await, orders);
        }
    })
    .await;
}

/// A member whose every call but the last fails.
#[derive(Debug, Default, Clone)]
struct Failing {
    calls: Arc<AtomicU32>,
}

#[async_trait]
impl Member for Failing {
    async fn begin(&self, begin: &Begin<'_>) -> Result<InstanceId, MemberError> {
        match self.calls.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Err(MemberError::new("TEST-DOWN")),
            _ => crate::stage::Silent.begin(begin).await,
        }
    }

    async fn progress(&self, look: &Look<'_>) -> Result<Progress, MemberError> {
        crate::stage::Silent.progress(look).await
    }
}

#[tokio::test]
async fn what_fails_is_shown_and_tried_again_later() {
    for (builder, folder) in scene::builders().await {
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let altinn = builder.clock(clock.clone()).build().await.unwrap();
        let failing = Failing::default();
        let members = members().with("application", failing.clone());
        let stage = Stage::set(altinn, clock, folder, members).await;
        let id = stage.opened().await;
        for attempts in 1..=2 {
            stage.work().await;
            let pending =
                stage.altinn.collaborations().pending(&stage.agency, &stage.service, id).await.unwrap();
            let start = pending.iter().find(|work| work.what == "start application").unwrap();
            assert_eq!((start.attempts, start.problem.as_deref()), (attempts, Some("TEST-DOWN")));
            stage.clock.step(Duration::from_secs(60));
        }
        stage.work().await;
        assert_eq!(stage.pending(id).await, ["deadline apply"]);
        assert_eq!(failing.calls.load(Ordering::SeqCst), 3);
        assert_eq!(stage.history(id).await.len(), 1);
    }
}

/// A member that fails for as long as it is said to.
#[derive(Debug, Clone)]
struct Down(Arc<AtomicBool>);

#[async_trait]
impl Member for Down {
    async fn begin(&self, begin: &Begin<'_>) -> Result<InstanceId, MemberError> {
        if self.0.load(Ordering::SeqCst) {
            return Err(MemberError::new("TEST-DOWN"));
        }
        crate::stage::Silent.begin(begin).await
    }

    async fn progress(&self, look: &Look<'_>) -> Result<Progress, MemberError> {
        crate::stage::Silent.progress(look).await
    }
}

#[tokio::test]
async fn what_never_succeeds_is_given_up_shown_and_driven_again() {
    for (builder, folder) in scene::builders().await {
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let altinn = builder.clock(clock.clone()).build().await.unwrap();
        let is_down = Arc::new(AtomicBool::new(true));
        let members = members().with("application", Down(Arc::clone(&is_down)));
        let stage = Stage::set(altinn, clock, folder, members).await;
        let id = stage.opened().await;
        let collaborations = stage.altinn.collaborations();
        let start = async || {
            let pending = collaborations.pending(&stage.agency, &stage.service, id).await.unwrap();
            pending.into_iter().find(|work| work.what == "start application")
        };
        let mut hours = 0;
        while !start().await.unwrap().is_given_up() {
            assert!(hours < 48, "it is tried for ever");
            assert!(collaborations.stuck(&stage.agency, &stage.service, None).await.unwrap().is_empty());
            stage.work().await;
            stage.clock.step(Duration::from_secs(3_600));
            hours += 1;
        }
        let given_up = start().await.unwrap();
        assert_eq!(given_up.problem.as_deref(), Some("TEST-DOWN"));
        stage.clock.step(Duration::from_secs(24 * 3_600));
        assert_eq!(collaborations.run_due(10).await.unwrap(), 0);
        assert_eq!(start().await.unwrap().attempts, given_up.attempts, "it is tried no more");
        assert_eq!(collaborations.stuck(&stage.agency, &stage.service, None).await.unwrap(), [id]);
        assert!(collaborations.stuck(&stage.stranger.1, &stage.service, None).await.is_err());
        assert!(collaborations.redrive(&stage.stranger.1, &stage.service, id).await.is_err());
        is_down.store(false, Ordering::SeqCst);
        assert_eq!(collaborations.redrive(&stage.agency, &stage.service, id).await.unwrap(), 1);
        stage.work().await;
        assert!(start().await.is_none(), "it is done");
        assert_eq!(collaborations.redrive(&stage.agency, &stage.service, id).await.unwrap(), 0);
    }
}

/// Frees everything that a worker held who is gone, as the end of its lease does.
async fn end_leases(stage: &Stage) {
    let mut batch = altinn_core::store::Batch::new();
    batch.execute("update services_collaboration_work set lease_until = 0", params![]);
    stage.altinn.store().commit(batch).await.unwrap();
}

/// Everything that workers do, each call dropped after it was polled so many times; then all of it to the end.
async fn interrupted(stage: &Stage, polls: usize) {
    for _ in 0..6 {
        for is_following in [true, false] {
            let collaborations = stage.altinn.collaborations();
            let mut call = if is_following {
                Box::pin(async { collaborations.follow().await.map(|_| ()) }.boxed())
            } else {
                Box::pin(async { collaborations.run_due(10).await.map(|_| ()) }.boxed())
            };
            for _ in 0..polls {
                if (&mut call).now_or_never().is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            drop(call);
            end_leases(stage).await;
        }
    }
    stage.work().await;
}

#[tokio::test]
async fn a_worker_that_dies_anywhere_leaves_a_case_that_goes_on() {
    everywhere(async |stage| {
        let mut all: Vec<CaseId> = Vec::new();
        for polls in 0..7 {
            all.push(stage.opened().await);
            interrupted(&stage, polls).await;
            assert_eq!(
                stage.instances().await.len(),
                all.len(),
                "one application a case, after {polls} polls"
            );
        }
        stage.apply().await;
        for polls in 0..7 {
            interrupted(&stage, polls).await;
        }
        for id in all {
            assert_eq!(stage.case(id).await.stands.state, "inspecting");
            assert_eq!(stage.history(id).await.len(), 3, "each event once");
            assert_eq!(stage.pending(id).await, ["deadline inspect"]);
        }
    })
    .await;
}

#[tokio::test]
async fn workers_at_the_same_time_do_each_thing_once() {
    everywhere(async |stage| {
        let mut all = Vec::new();
        for _ in 0..5 {
            all.push(stage.opened().await);
        }
        let together = async || {
            let worker = || async {
                let collaborations = stage.altinn.collaborations();
                for _ in 0..6 {
                    collaborations.follow().await.unwrap();
                    collaborations.run_due(2).await.unwrap();
                }
            };
            futures_util::future::join_all((0..4).map(|_| worker())).await;
            stage.work().await;
        };
        together().await;
        assert_eq!(stage.instances().await.len(), 5);
        stage.apply().await;
        together().await;
        for id in all {
            assert_eq!(
                (stage.case(id).await.stands.state.as_str(), stage.history(id).await.len()),
                ("inspecting", 3)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn participants_at_the_same_time_are_one_after_the_other() {
    everywhere(async |stage| {
        let id = stage.inspecting().await;
        let before = stage.case(id).await.version;
        let raise = |number: usize| {
            let event = NewCaseEvent::new("inspected", format!("i-{}", number / 2)).with("passed", false);
            let stage = &stage;
            async move { stage.raise(&stage.inspectorate, id, &event).await.unwrap() }
        };
        let answers = futures_util::future::join_all((0..8).map(raise)).await;
        assert!(answers.iter().all(|answer| answer.is_state_changed));
        assert_eq!(stage.case(id).await.version, before + 4, "each of the four events once");
    })
    .await;
}

/// Nothing answers for it unless it is plugged in.
#[tokio::test]
async fn a_collaboration_with_a_member_that_nobody_answers_for_is_not_published() {
    let refused =
        altinn_services::collaboration::CollaborationService::load(scene::sample("opening"), Members::none());
    assert!(refused.unwrap_err().to_string().contains("nobody answers for the member `decision`"));
}
