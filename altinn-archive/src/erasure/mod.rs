//! Forgetting what an entry said, without a gap in the log: its keys are destroyed, and another entry says so.

mod destroy;
mod erase;
mod note;
mod on_erasure;
mod reapply;
mod rotate;
mod slice;

pub use destroy::Destroyed;
pub use erase::{Erasure, ErasureOrder};
pub(crate) use note::{ErasureNote, verify_destruction};
pub use on_erasure::OnErasure;
pub use rotate::Rotated;
pub(crate) use slice::SLICE;
