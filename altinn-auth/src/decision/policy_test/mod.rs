//! Policies tested and compared, without any person or register.

mod assertion;
mod question;
mod what_if;

pub use assertion::{
    Expected, MAX_POLICY_TEST_BYTES, POLICY_TESTS, PolicyTest, PolicyTestError, PolicyTestOutcome,
    PolicyTestReport, PolicyTests,
};
pub use question::{PolicyAnswer, PolicyQuestion};
pub use what_if::{PolicyComparison, PolicyDifference};
