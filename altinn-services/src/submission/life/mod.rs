//! What becomes of an instance beside its process: it is copied, deleted, restored, confirmed, read.
//!
//! The events `app.instance.deleted`, `app.instance.undeleted` and `app.instance.substatus.changed` are named in the manner
//! of those that Altinn's documentation lists; that Altinn names them so is not verified.

mod copy;
mod delete;
mod fields;
mod status;
mod tell;

pub use fields::Values;
pub use status::{CompleteConfirmation, InstanceStatus, ReadStatus, Substatus};
