//! The trail: who wanted to do what on whose behalf, by which right, whether they might, and what they did by it.
//!
//! An [`Authorizer`](crate::decision::Authorizer) with a [`Trail`] notes every permit and every refusal. A party
//! reads its own, and sees who has looked.
//!
//! **What is guaranteed.** A permit by which something was changed is a row of the very batch that changes it
//! ([`Access::guard`](crate::decision::Access::guard)): there is no change without it. A service that says more of what is
//! done (the element, the purpose) gives a [`Deed`], and has them in the same row. All else, that is permits to read
//! and refusals, is noted in memory without waiting for anything, what repeats with a count, and written in one
//! batch by [`Trail::flush`], which [`Trail::run`] calls every second. So a crash loses at most what was
//! decided since; and what found no room is not lost silently: how much it was becomes a row itself.
//! Whoever must not give an answer before the trail has it calls `flush` first.

mod buffer;
mod deed;
mod entry;
mod kept;
mod noted;
mod reader;

pub use buffer::MAX_NOTED;
pub use deed::Deed;
pub use entry::TrailEntry;
pub use kept::Trail;
pub(crate) use noted::Noted;
pub use reader::{TrailError, TrailPage, TrailReader};
