//! The trail of decisions: who wanted to do what on whose behalf, by which right, and whether they might.
//!
//! An [`Authorizer`](crate::decision::Authorizer) with a [`DecisionTrail`] notes every permit and every refusal. A party
//! reads its own, and sees who has looked.
//!
//! **What is guaranteed.** A permit by which something was changed is a row of the very batch that changes it
//! ([`Access::guard`](crate::decision::Access::guard)): there is no change without it. All else, that is permits to read
//! and refusals, is noted in memory without waiting for anything, what repeats with a count, and written in one
//! batch by [`DecisionTrail::flush`], which [`DecisionTrail::run`] calls every second. So a crash loses at most what was
//! decided since; and what found no room is not lost silently: how much it was becomes a row itself.
//! Whoever must not give an answer before the trail has it calls `flush` first.

mod buffer;
mod decision_trail;
mod entry;
mod noted;

pub use buffer::MAX_NOTED;
pub use decision_trail::{DecisionTrail, TrailError, TrailPage};
pub use entry::TrailEntry;
pub(crate) use noted::Noted;
