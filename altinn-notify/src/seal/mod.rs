//! Personal data in the store: sealed, and found by keyed digests.
//!
//! Every order has a random key, shared with its reminders, under which its texts, its recipients and the routes to them
//! are sealed. That key stands in the order's row, wrapped by the agency's key, which is never in the store. What
//! must be found again, a recipient and a repeated order, is found by HMACs. A contact that is kept in the store is sealed
//! in its row under a key that follows from the agency's and from whom it is of.

mod error;
mod keyring;
mod order_key;
mod rotate;

pub use altinn_core::key::SealError;
pub use error::KeyringError;
pub use keyring::Keyring;
pub(crate) use keyring::SealedContact;
pub(crate) use order_key::{OrderKey, Place};
pub use rotate::Rotated;
pub(crate) use rotate::{check_keys, claim};
