//! The agency's keys: the ones above all others, which never leave whoever keeps them.
//!
//! Every object has a random key, which is kept wrapped by a key of its party and archive class, which is kept wrapped
//! by the agency's key. The agency's key has generations: new keys are wrapped by the current one, and what was erased
//! is gone for good, also from every backup, once the generation above it is [destroyed](KeyProvider::destroy).

mod folder;
mod generation;
mod memory;
mod provider;

pub use folder::KeyFolder;
pub use generation::KeyGeneration;
pub use memory::MemoryKeys;
pub use provider::{KeyProvider, KeyProviderError};
