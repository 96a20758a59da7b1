//! What tests share that kill a program again and again.

use std::time::{Duration, SystemTime};

use altinn_core::testing::report;

use super::Place;

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
