//! What tests share that kill a program again and again.

use std::fmt::Display;
use std::time::{Duration, Instant, SystemTime};

use altinn_core::testing::report;
use serde_json::Value;

use super::{Driver, Place};

/// What is sent to programs that are killed, and what is known by the answers that came.
pub(crate) trait Ledger {
    /// The next command.
    fn next(&mut self) -> Value;

    /// Keeps an answer.
    fn keep(&mut self, answer: &Value);
}

/// How programs are killed, one after the other, each at any moment of its life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kill {
    /// How many rounds there are: ordinarily, and with `ALTINN_TEST_LONG`.
    pub(crate) rounds: (usize, usize),
    /// How long a program lives at most, in microseconds.
    pub(crate) life: u64,
    /// How many commands a program has in its pipe at most: by chance, from one on.
    pub(crate) in_pipe: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Killed {
    rounds: usize,
    /// How many answers came before a kill.
    pub(crate) in_time: usize,
    began: Instant,
}

impl Kill {
    /// Starts a program, keeps commands in its pipe until the moment of the kill, and looks at what is there afterwards; and
    /// all of it again, in every round. What left a program before it was killed is an answer too.
    pub(crate) fn again_and_again<L: Ledger>(
        &self,
        ledger: &mut L,
        mut start: impl FnMut(&mut Chance) -> Driver,
        mut afterwards: impl FnMut(&mut L),
    ) -> Killed {
        let (ordinary, long) = self.rounds;
        let (began, mut chance) = (Instant::now(), Chance::new());
        let mut killed = Killed { rounds: rounds(ordinary, long), in_time: 0, began };
        for _ in 0..killed.rounds {
            let mut driver = start(&mut chance);
            let deadline = Instant::now() + chance.life(self.life);
            for _ in 0..=chance.below(self.in_pipe) {
                driver.send(&ledger.next());
            }
            while let Some(answer) = driver.answer_by(deadline) {
                killed.in_time += 1;
                ledger.keep(&answer);
                driver.send(&ledger.next());
            }
            driver.kill().iter().for_each(|answer| ledger.keep(answer));
            afterwards(ledger);
        }
        killed
    }
}

impl Killed {
    /// Tells of it, and of what there is in the end.
    pub(crate) fn report(&self, store: &str, there_is: impl Display) {
        let Self { rounds, in_time, began } = self;
        report(format_args!(
            "{store}: {rounds} rounds, {in_time} answers before a kill, {there_is}; {:.1} s",
            began.elapsed().as_secs_f64()
        ));
    }
}

/// How many rounds there are: more with `ALTINN_TEST_LONG`.
pub(crate) fn rounds(ordinary: usize, long: usize) -> usize {
    if std::env::var_os("ALTINN_TEST_LONG").is_some() { long } else { ordinary }
}

/// A small generator (SplitMix64): the same numbers for the same seed.
pub(crate) struct Chance(u64);

impl Chance {
    /// From the seed of `ALTINN_TEST_SEED`, or another one each time; it is printed.
    pub(crate) fn new() -> Self {
        let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed = std::env::var("ALTINN_TEST_SEED").map_or_else(|_| now(), |seed| seed.parse().unwrap());
        report(format_args!("ALTINN_TEST_SEED={seed}"));
        Self(seed)
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// How long a program lives, in less than so many microseconds.
    pub(crate) fn life(&mut self, at_most: u64) -> Duration {
        Duration::from_micros(self.below(at_most))
    }
}

/// Runs a test on a database in a file.
pub(crate) fn on_sqlite(test: impl FnOnce(&str, &Place<'_>)) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    test("SQLite", &Place::folder(folder.path()));
}

/// Runs a test on a new schema of the PostgreSQL that the tests are given; says so when there is none.
#[cfg(feature = "postgres")]
pub(crate) fn on_postgresql(test: impl FnOnce(&str, &Place<'_>)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(store) = runtime.block_on(altinn_core::store::fresh::postgres_url()).unwrap() else {
        report("skipped: ALTINN_TEST_POSTGRES names no server");
        return;
    };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    test("PostgreSQL", &Place { store: Some(&store), ..Place::folder(folder.path()) });
}
