//! Counts outcomes.

use std::collections::BTreeMap;
use std::fmt;

use crate::case::Case;
use crate::run::{Outcome, Verdict};

/// How many cases went how, by expected outcome.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    rows: BTreeMap<String, Row>,
    failures: Vec<String>,
    not_decidable: Vec<String>,
}

#[derive(Debug, Default)]
struct Row {
    passed: usize,
    failed: usize,
    not_decidable: usize,
}

impl Summary {
    pub(crate) fn add(&mut self, case: &Case, outcome: &Outcome) {
        let row = self.rows.entry(outcome.expected.clone()).or_default();
        match &outcome.verdict {
            Verdict::Passed => row.passed += 1,
            Verdict::Failed(difference) => {
                row.failed += 1;
                self.failures.push(format!("FAILED {}: {difference}", case.name));
            }
            Verdict::NotDecidable(why) => {
                row.not_decidable += 1;
                self.not_decidable.push(format!("not decidable {}: {why}", case.name));
            }
        }
    }

    pub(crate) fn passed(&self) -> usize {
        self.rows.values().map(|row| row.passed).sum()
    }

    pub(crate) fn failed(&self) -> usize {
        self.rows.values().map(|row| row.failed).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.failures.iter().chain(&self.not_decidable) {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "{:<20} {:>8} {:>8} {:>14}", "expected", "passed", "failed", "not decidable")?;
        for (expected, row) in &self.rows {
            writeln!(f, "{expected:<20} {:>8} {:>8} {:>14}", row.passed, row.failed, row.not_decidable)?;
        }
        write!(f, "{} passed, {} failed", self.passed(), self.failed())
    }
}
