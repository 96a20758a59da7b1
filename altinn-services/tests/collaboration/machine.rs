//! The machine against a naive model, on random definitions and histories.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use altinn_core::PartyId;
use altinn_services::collaboration::{
    Action, CaseEvent, CaseState, CollaborationService, Members, Trigger, open, step,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Map, json};
use tempfile::TempDir;

/// One way of a random definition: conditions compare a field with a number.
#[derive(Debug, Clone)]
struct Way {
    from: usize,
    to: usize,
    on: On,
    /// Shared data or the event's, and what it must be greater than.
    condition: Option<(bool, i64)>,
    copies: bool,
    sets: Option<(usize, u32)>,
    cancels: Option<usize>,
    starts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum On {
    Event(usize),
    Deadline(usize),
}

#[derive(Debug, Clone)]
struct Random {
    states: usize,
    ways: Vec<Way>,
}

/// What happens in a random history: an event with a number or without, or days that pass.
#[derive(Debug, Clone)]
enum Happens {
    Event(usize, Option<i64>),
    Deadline(usize),
    Days(i64),
}

fn on() -> impl Strategy<Value = On> {
    prop_oneof![(0..3_usize).prop_map(On::Event), (0..2_usize).prop_map(On::Deadline)]
}

fn way(states: usize) -> impl Strategy<Value = Way> {
    let ends = (0..states - 1, 0..states, on());
    let condition = prop::option::of((any::<bool>(), 0..6_i64));
    let sets = prop::option::of((0..2_usize, 1..5_u32));
    (ends, condition, any::<bool>(), sets, prop::option::of(0..2_usize), any::<bool>()).prop_map(
        |((from, to, on), condition, copies, sets, cancels, starts)| Way {
            from,
            to,
            on,
            condition,
            copies,
            sets,
            cancels,
            starts,
        },
    )
}

/// Some states in a row, the last of them final, with a way from each to the next, and more ways before and after.
fn random() -> impl Strategy<Value = Random> {
    (2..6_usize).prop_flat_map(|states| {
        let more = |most| prop::collection::vec(way(states), 0..most);
        let row = prop::collection::vec((on(), way(states)), states - 1);
        let is_repaired = prop::bool::weighted(0.8);
        (more(6), row, more(2), is_repaired).prop_map(move |(before, row, after, is_repaired)| {
            let row =
                row.into_iter().enumerate().map(|(from, (on, way))| Way { from, to: from + 1, on, ..way });
            let random = Random { states, ways: before.into_iter().chain(row).chain(after).collect() };
            if is_repaired { random.repaired() } else { random }
        })
    })
}

fn history() -> impl Strategy<Value = Vec<Happens>> {
    let happens = prop_oneof![
        4 => (0..3_usize, prop::option::of(0..8_i64)).prop_map(|(event, number)| Happens::Event(event, number)),
        2 => (0..2_usize).prop_map(Happens::Deadline),
        2 => (0..4_i64).prop_map(Happens::Days),
    ];
    prop::collection::vec(happens, 0..40)
}

impl Way {
    fn toml(&self) -> String {
        let mut text =
            format!("[[collaboration.transitions]]\nfrom = \"s{}\"\nto = \"s{}\"\n", self.from, self.to);
        match self.on {
            On::Event(event) => writeln!(text, "on = {{ event = \"e{event}\" }}").unwrap(),
            On::Deadline(name) => writeln!(text, "on = {{ deadline = \"d{name}\" }}").unwrap(),
        }
        if let Some((shared, than)) = self.condition {
            let field = if shared { "[\"dataModel\", \"n\"]" } else { "[\"dataModel\", \"n\", \"event\"]" };
            writeln!(text, "condition = \"c\"\nwhen = [\"greaterThan\", {field}, {than}]").unwrap();
        }
        let mut actions = Vec::new();
        if self.copies {
            actions.push("{ copy = { n = \"n\" } }".to_owned());
        }
        if let Some((name, days)) = self.sets {
            actions.push(format!("{{ deadline = {{ name = \"d{name}\", days = {days} }} }}"));
        }
        if let Some(name) = self.cancels {
            actions.push(format!("{{ cancel = \"d{name}\" }}"));
        }
        if self.starts {
            actions.push("{ start = \"m\" }".to_owned());
        }
        writeln!(text, "do = [{}]", actions.join(", ")).unwrap();
        text
    }

    /// Whether only events of a kind carry what it asks for.
    fn is_sound(&self) -> bool {
        let of_event = self.copies || self.condition.is_some_and(|(shared, _)| !shared);
        !(of_event && matches!(self.on, On::Deadline(_)))
    }
}

impl Random {
    /// The same without what is wrong with single ways.
    fn repaired(mut self) -> Self {
        let set: BTreeSet<usize> =
            self.ways.iter().filter_map(|way| way.sets.map(|(name, _)| name)).collect();
        let mut kept: Vec<Way> = Vec::new();
        for mut way in self.ways {
            way.cancels = way.cancels.filter(|name| set.contains(name));
            if let On::Deadline(name) = way.on {
                if set.contains(&name) {
                    way.copies = false;
                    way.condition = way.condition.map(|(_, than)| (true, than));
                } else {
                    way.on = On::Event(name);
                }
            }
            let hides = |other: &Way| {
                let same = other.from == way.from && other.on == way.on;
                same && (other.condition.is_none() || other.condition == way.condition)
            };
            if !kept.iter().any(hides) {
                kept.push(way);
            }
        }
        self.ways = kept;
        self
    }

    fn load(&self) -> Result<CollaborationService, String> {
        let mut text = "type = \"collaboration\"\nid = \"ttd/random\"\ntitle = { en = \"Random\" }\n\n\
            [collaboration]\nowner = \"one\"\ninitial = \"s0\"\n\n[collaboration.participants]\none = {}\n\n\
            [collaboration.members.m]\nservice = \"ttd/app\"\nkind = \"submission\"\nparticipant = \"one\"\n\n\
            [collaboration.data]\nn = \"number\"\n"
            .to_owned();
        for event in 0..3 {
            write!(text, "\n[collaboration.events.e{event}]\nagency = true\ndata.n = \"number\"\n").unwrap();
        }
        for state in 0..self.states {
            let is_final = state == self.states - 1;
            write!(text, "\n[collaboration.states.s{state}]\ntitle = {{ en = \"S\" }}\nfinal = {is_final}\n")
                .unwrap();
        }
        for way in &self.ways {
            text.push_str(&way.toml());
        }
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("service.toml"), text).unwrap();
        fs::write(folder.path().join("policy.xml"), "").unwrap();
        CollaborationService::load(folder.path(), Members::none()).map_err(|error| error.to_string())
    }

    /// Whether it is in order, found out by trying: every state reached, every deadline set, nothing twice.
    fn is_in_order(&self) -> bool {
        let mut reached = BTreeSet::from([0]);
        for _ in 0..self.states {
            for way in &self.ways {
                if reached.contains(&way.from) {
                    reached.insert(way.to);
                }
            }
        }
        let set = |name: usize| self.ways.iter().any(|way| way.sets.is_some_and(|(set, _)| set == name));
        let all_set = self.ways.iter().all(|way| {
            let waits = match way.on {
                On::Deadline(name) => set(name),
                On::Event(_) => true,
            };
            waits && way.cancels.is_none_or(set)
        });
        let apart = self.ways.iter().enumerate().all(|(index, way)| {
            self.ways[..index].iter().all(|other| {
                let same = other.from == way.from && other.on == way.on;
                !same || (other.condition.is_some() && other.condition != way.condition)
            })
        });
        let left = (0..self.states - 1)
            .all(|state| self.ways.iter().any(|way| way.from == state && way.to != state));
        reached.len() == self.states && all_set && apart && left && self.ways.iter().all(Way::is_sound)
    }
}

/// A case as simple as can be.
#[derive(Debug, Default)]
struct Naive {
    state: usize,
    n: Option<i64>,
    deadlines: BTreeMap<usize, i64>,
    started: usize,
}

impl Naive {
    /// Takes an event at a day; gives whether it went anywhere.
    fn take(&mut self, random: &Random, on: On, number: Option<i64>, day: i64) -> bool {
        if self.state == random.states - 1 {
            return false;
        }
        if let On::Deadline(name) = on {
            match self.deadlines.get(&name) {
                Some(due) if *due <= day => self.deadlines.remove(&name),
                _ => return false,
            };
        }
        for way in &random.ways {
            let holds = match way.condition {
                None => true,
                Some((true, than)) => self.n.is_some_and(|n| n > than),
                Some((false, than)) => number.is_some_and(|n| n > than),
            };
            if way.from != self.state || way.on != on || !holds {
                continue;
            }
            self.state = way.to;
            if way.copies {
                self.n = number;
            }
            if let Some((name, days)) = way.sets {
                self.deadlines.insert(name, day + i64::from(days));
            }
            if let Some(name) = way.cancels {
                self.deadlines.remove(&name);
            }
            self.started += usize::from(way.starts);
            if self.state == random.states - 1 {
                self.deadlines.clear();
            }
            return true;
        }
        false
    }
}

fn start() -> DateTime<Utc> {
    "2026-12-01T08:00:00Z".parse().unwrap()
}

fn agree(case: &CaseState, naive: &Naive) {
    assert_eq!(case.state, format!("s{}", naive.state));
    assert_eq!(case.data.get("n").and_then(serde_json::Value::as_i64), naive.n);
    let day = |due: &DateTime<Utc>| (*due - start()).num_days();
    let deadlines: BTreeMap<String, i64> =
        case.deadlines.iter().map(|(name, due)| (name.clone(), day(due))).collect();
    let expected: BTreeMap<String, i64> =
        naive.deadlines.iter().map(|(name, due)| (format!("d{name}"), *due)).collect();
    assert_eq!(deadlines, expected);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("ALTINN_TEST_LONG").is_some() { 20_000 } else { 400 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_machine_goes_as_a_naive_one(random in random(), history in history()) {
        let loaded = random.load();
        prop_assert_eq!(loaded.is_ok(), random.is_in_order(), "{:?}", loaded.err());
        let Ok(service) = loaded else { return Ok(()) };
        let definition = service.definition();
        let participants = BTreeMap::from([("one".to_owned(), PartyId::new(1))]);
        let mut case = open(definition, participants, start()).next;
        let (mut naive, mut day, mut started) = (Naive::default(), 0, 0);
        for happens in history {
            let (on, number, trigger) = match happens {
                Happens::Days(days) => { day += days; continue }
                Happens::Event(event, number) => (On::Event(event), number, Trigger::Custom(format!("e{event}"))),
                Happens::Deadline(name) => (On::Deadline(name), None, Trigger::Deadline(format!("d{name}"))),
            };
            let data = number.map(|number| ("n".to_owned(), json!(number))).into_iter().collect::<Map<_, _>>();
            let step = step(definition, &case, &CaseEvent::new(trigger, data), start() + TimeDelta::days(day));
            prop_assert_eq!(step.is_taken(), naive.take(&random, on, number, day));
            prop_assert!(step.is_taken() || step.actions.is_empty());
            started += step.actions.iter().filter(|action| matches!(action, Action::Start(_))).count();
            case = step.next;
            agree(&case, &naive);
            prop_assert_eq!(started, naive.started);
        }
    }
}

#[test]
fn many_random_definitions_are_in_order_and_many_are_not() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut in_order = 0;
    for _ in 0..400 {
        in_order += usize::from(random().new_tree(&mut runner).unwrap().current().is_in_order());
    }
    assert!((40..360).contains(&in_order), "{in_order} of 400");
}
