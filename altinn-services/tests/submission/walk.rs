//! Random walks: whatever is called in whatever order by whomever, the store agrees with a naive model.

use altinn_core::{Actor, InstanceId};
use altinn_services::submission::SubmissionError;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::scene::{FILL_IN, FORM, Rows, SIGN, Scene, everywhere, invalid, valid};

#[derive(Debug, Clone, Copy)]
enum Operation {
    Start,
    SaveValid,
    SaveInvalid,
    Next,
    Reject,
    Submit,
    Get,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Leader,
    Filler,
    Stranger,
}

type Call = (Operation, Who);

fn call() -> impl Strategy<Value = Call> {
    use Operation::{Get, Next, Reject, SaveInvalid, SaveValid, Start, Submit};
    let operation =
        prop::sample::select(vec![Start, SaveValid, SaveValid, SaveInvalid, Next, Next, Reject, Submit, Get]);
    (operation, prop::sample::select(vec![Who::Leader, Who::Leader, Who::Filler, Who::Stranger]))
}

/// What is thought of one instance: its task, whether its form is valid, and what is stored.
#[derive(Debug, Clone, Copy)]
struct Model {
    task: Option<&'static str>,
    valid: bool,
    rows: Rows,
}

impl Model {
    /// Whether a call goes through; what it changes is then changed here.
    fn take(&mut self, (operation, who): Call) -> bool {
        let (leads, acts) = (who == Who::Leader, who != Who::Stranger);
        let (filling, signing) = (self.task == Some(FILL_IN), self.task == Some(SIGN));
        let allowed = match operation {
            Operation::Get | Operation::Start => acts,
            Operation::SaveValid | Operation::SaveInvalid => acts && filling,
            Operation::Next => (acts && filling && self.valid) || (leads && signing),
            Operation::Reject => leads && signing,
            Operation::Submit if self.task.is_none() => acts,
            Operation::Submit => leads && (signing || self.valid),
        };
        let reads = matches!(operation, Operation::Get)
            || (matches!(operation, Operation::Submit) && self.task.is_none());
        if allowed && !reads {
            self.change(operation, filling);
        }
        allowed
    }

    fn change(&mut self, operation: Operation, filling: bool) {
        let (mut history, mut events, mut ends) = (1, 0, false);
        match operation {
            Operation::Start => {
                self.rows.instances += 1;
                self.rows.data += 1;
                (history, events) = (3, 2);
            }
            Operation::SaveValid | Operation::SaveInvalid => {
                self.valid = matches!(operation, Operation::SaveValid);
            }
            Operation::Next if filling => (self.task, history, events) = (Some(SIGN), 2, 1),
            Operation::Reject => (self.task, history, events) = (Some(FILL_IN), 2, 1),
            _ => {
                // Signed, end of signing, the receipt's start and end, the end; before it what is left of filling in.
                (history, events, ends) = if filling { (7, 2, true) } else { (5, 1, true) };
            }
        }
        if ends {
            self.task = None;
            self.rows.entries += 1;
            self.rows.orders += 1;
            self.rows.data += 3;
        }
        self.rows.versions += 1;
        self.rows.history += history;
        self.rows.events += events;
    }
}

async fn make(scene: &Scene, actor: &Actor, id: &InstanceId, call: Operation) -> Result<(), SubmissionError> {
    let submissions = scene.altinn.submissions();
    match call {
        Operation::Start => submissions.start(actor, &scene.service, scene.bakery.id).await.map(drop),
        Operation::SaveValid => submissions.save(actor, id, FORM, &valid()).await.map(drop),
        Operation::SaveInvalid => submissions.save(actor, id, FORM, &invalid()).await.map(drop),
        Operation::Next => submissions.next(actor, id, None).await.map(drop),
        Operation::Reject => submissions.next(actor, id, Some("reject")).await.map(drop),
        Operation::Submit => submissions.submit(actor, id).await.map(drop),
        Operation::Get => submissions.get(actor, id).await.map(drop),
    }
}

async fn walk(scene: &Scene, calls: &[Call]) {
    let id = *scene.started().await.id();
    let mut model = Model { task: Some(FILL_IN), valid: false, rows: scene.rows().await };
    for (number, call) in calls.iter().enumerate() {
        let actor = match call.1 {
            Who::Leader => &scene.leader,
            Who::Filler => &scene.filler,
            Who::Stranger => &scene.stranger,
        };
        let outcome = make(scene, actor, &id, call.0).await;
        let seen = &calls[..=number];
        assert_eq!(outcome.is_ok(), model.take(*call), "{seen:?}: {outcome:?}");
        assert_eq!(scene.rows().await, model.rows, "{seen:?}");
    }
    let now = scene.altinn.submissions().get(&scene.leader, &id).await.unwrap();
    assert_eq!(now.task(), model.task, "{calls:?}");
    assert_eq!(now.archive_entry().is_some(), model.task.is_none());
}

#[tokio::test]
async fn whatever_is_called_by_whomever_the_store_agrees_with_a_naive_model() {
    everywhere(async |scene| {
        let mut runner = TestRunner::new(Config::default());
        let strategy = prop::collection::vec(call(), 1..25);
        for _ in 0..30 {
            let calls = strategy.new_tree(&mut runner).unwrap().current();
            walk(&scene, &calls).await;
        }
    })
    .await;
}
