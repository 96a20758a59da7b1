//! The statuses follow one machine, whatever happens in whatever order.

use altinn_services::correspondence::{
    CorrespondenceEvent as Event, CorrespondenceStatus as Status, Reached, Refusal, Terms, step,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::scene::start;

/// The rules once more, as a list of what has happened and plain questions to it.
#[derive(Default)]
struct Naive {
    happened: Vec<Event>,
}

impl Naive {
    fn was(&self, event: Event) -> bool {
        self.happened.contains(&event)
    }

    /// Why it cannot happen; nothing when it can.
    fn refuses(&self, event: Event, needs_confirmation: bool, is_early: bool) -> Option<Refusal> {
        let purged = [Event::PurgeByRecipient, Event::PurgeBySender, Event::DeleteBySystem];
        if purged.iter().any(|event| self.was(*event)) {
            return Some(Refusal::Purged);
        }
        let before = [Event::Ready, Event::Reserve, Event::Fail, Event::Publish];
        let sent = self.was(Event::Initialize);
        if event == Event::Initialize {
            return sent.then_some(Refusal::OutOfTurn);
        }
        if before.contains(&event) || event == Event::PurgeBySender || event == Event::DeleteBySystem {
            if !sent {
                return Some(Refusal::OutOfTurn);
            }
            if event == Event::DeleteBySystem {
                return None;
            }
            if self.was(Event::Reserve) {
                return Some(Refusal::Reserved);
            }
            if event == Event::PurgeBySender {
                return self.was(Event::Publish).then_some(Refusal::NoLongerWithdrawn);
            }
            if self.was(Event::Fail) {
                return Some(Refusal::Failed);
            }
            if self.was(Event::Publish) || (event == Event::Ready && self.was(Event::Ready)) {
                return Some(Refusal::OutOfTurn);
            }
            if event == Event::Publish && !self.was(Event::Ready) {
                return Some(Refusal::OutOfTurn);
            }
            return (event == Event::Publish && is_early).then_some(Refusal::TooEarly);
        }
        if !self.was(Event::Publish) {
            return Some(Refusal::NotPublished);
        }
        match event {
            Event::MarkAsRead | Event::Confirm if !self.was(Event::Fetch) => Some(Refusal::NotFetched),
            Event::MarkAsRead if self.was(Event::MarkAsRead) => Some(Refusal::AlreadyRead),
            Event::Confirm if self.was(Event::Confirm) => Some(Refusal::AlreadyConfirmed),
            Event::Reply | Event::Archive | Event::Forward if !self.was(Event::MarkAsRead) => {
                Some(Refusal::NotRead)
            }
            Event::PurgeByRecipient if needs_confirmation && !self.was(Event::Confirm) => {
                Some(Refusal::ConfirmationNeeded)
            }
            _ => None,
        }
    }
}

fn run(events: &[Event], needs_confirmation: bool, publish_at: DateTime<Utc>) -> Reached {
    let terms = Terms { is_confirmation_needed: needs_confirmation, publish_at };
    let (mut naive, mut reached) = (Naive::default(), Reached::default());
    for (minute, event) in (0..).zip(events) {
        let now = start() + TimeDelta::minutes(minute);
        let expected = naive.refuses(*event, needs_confirmation, now < publish_at);
        match step(reached, *event, &terms, now) {
            Err(refusal) => assert_eq!(Some(refusal), expected, "{event:?} after {:?}", naive.happened),
            Ok(status) => {
                assert_eq!(expected, None, "{event:?} after {:?}", naive.happened);
                assert_eq!(status, (!naive.was(*event)).then_some(event.status()), "{event:?}");
                naive.happened.push(*event);
                reached = reached.with(event.status());
            }
        }
    }
    let numbers =
        naive.happened.iter().map(|event| event.status()).filter(|status| *status != Status::Fetched);
    assert_eq!(reached.highest(), numbers.max());
    reached
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn the_machine_and_a_naive_model_agree(
        events in proptest::collection::vec(proptest::sample::select(Event::ALL.to_vec()), 0..40),
        begun in any::<bool>(), needs_confirmation in any::<bool>(), early in 0_i64..20,
    ) {
        let first = [Event::Initialize, Event::Ready].into_iter().filter(|_| begun);
        let events: Vec<_> = first.chain(events).collect();
        run(&events, needs_confirmation, start() + TimeDelta::minutes(early));
    }
}

#[test]
fn the_names_and_numbers_are_altinns() {
    let all = Status::ALL.map(|status| (status.number(), status.name()));
    assert_eq!(all[4], (4, "Read"));
    assert_eq!(all[12], (12, "AttachmentsDownloaded"));
    assert_eq!(all[13], (13, "Forwarded"));
    assert!(all.iter().zip(0..).all(|((number, _), place)| *number == place));
    for status in Status::ALL {
        assert_eq!(Status::named(status.name()), Some(status));
        assert_eq!(Status::numbered(status.number().into()), Some(status));
    }
}

#[test]
fn the_highest_status_is_not_the_latest() {
    let events = [
        Event::Initialize,
        Event::Ready,
        Event::Publish,
        Event::Fetch,
        Event::MarkAsRead,
        Event::Archive,
        Event::PurgeByRecipient,
    ];
    let reached = run(&events, false, start());
    assert_eq!(reached.highest(), Some(Status::Archived));
    assert!(reached.is_purged());
    assert_eq!(run(&events[..4], false, start()).highest(), Some(Status::Published));
}
