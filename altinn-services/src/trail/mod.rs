//! The trail: who did what for whom, and by which right; and who has looked.
//!
//! What somebody's own insight depends on is written in the batch of the read itself: an answer leaves the program only
//! when the trail says so. A party reads its own trail.

mod entry;
mod reader;

pub use entry::TrailEntry;
pub use reader::{Trail, TrailError, TrailPage};
