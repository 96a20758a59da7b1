//! Where new ids come from.

use std::fmt::Debug;

use uuid::Uuid;

/// Gives ids that nobody has had: UUIDs of version 7, whose order is roughly that of time.
///
/// An id is never a cursor: two nodes may hand them out in another order than they commit.
pub trait IdSource: Debug + Send + Sync {
    /// A new id.
    fn next_id(&self) -> Uuid;
}

/// Ids from the machine's clock and random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
