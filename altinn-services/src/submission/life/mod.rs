//! What becomes of an instance beside its process: it is copied, deleted, restored, confirmed, read.

mod copy;
mod delete;
mod fields;
mod status;
mod tell;

pub use status::{CompleteConfirmation, InstanceStatus, ReadStatus, Substatus};
