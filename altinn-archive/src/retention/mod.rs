//! How long what is archived is kept: rules, legal holds, and the erasing of what is due.

mod hold;
mod rule;
mod worker;

pub use hold::{HoldId, HoldScope};
pub use rule::RetentionRule;
