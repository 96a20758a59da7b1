//! A tamper-evident archive: entries with their content, a Merkle log with signed checkpoints, and receipts that anyone
//! verifies offline.
//!
//! ```
//! use altinn_archive::{Archive, ArchiveKeys, LogKey, MIGRATIONS, MemoryKeys, NewElement, NewEntry, Objects, Participant};
//! use altinn_core::{AuthenticationLevel, store::Store};
//!
//! # async fn quick_start() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let objects = folder.path();
//! let store = Store::open("sqlite::memory:").await?; // or `sqlite:archive.db`
//! store.migrate(&[MIGRATIONS]).await?;
//! let log_key = LogKey::generate("archive.example.no/log")?; // or one that is kept: `LogKey::new`
//! let keys = ArchiveKeys::new(log_key, MemoryKeys::generate()?); // or those of a `KeyFolder`, or of a KMS
//! let archive = Archive::open(store, Objects::folder(objects)?, keys).await?;
//!
//! let party = Participant::new("50001", "Bakeriet AS");
//! let actor = Participant::new("50002", "Kari Nordmann");
//! let entry = NewEntry::new("ttd/bakery-licence", party, actor, AuthenticationLevel::VerySensitive)
//!     .with_element(NewElement::new("form", "application/json", b"{}".to_vec()));
//!
//! let receipt = archive.append(entry).await?; // durable, and in the log
//! receipt.verify(archive.verifier_key())?; // anyone, offline
//! receipt.verify_content("form", b"{}")?;
//! assert_eq!(archive.content(receipt.entry(), "form").await?.bytes(1024).await?, "{}");
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(quick_start())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An entry can also be [staged](Archive::stage) into a batch with other changes, all of which commit or none, and
//! [proved](Archive::prove) afterwards.
//!
//! # What is proved
//! The log's leaf is a commitment to every field with a salt of its own ([`Fields`]), so a receipt opens what its
//! reader may see, and once the salts are gone nothing of an entry can be guessed from the log.

mod access;
mod archive;
#[cfg(feature = "asic")]
pub mod asic;
mod audit;
mod cipher;
mod content;
mod entry;
mod erasure;
mod error;
pub mod evidence;
#[cfg(any(feature = "asic", feature = "noark"))]
pub mod export;
pub mod keys;
mod listing;
pub mod log;
mod migrations;
#[cfg(feature = "noark")]
pub mod noark;
#[cfg(all(test, feature = "postgres"))]
mod plans;
mod receipt;
mod retention;
pub mod seal;
#[cfg(any(feature = "asic", feature = "noark"))]
mod xml_writer;

pub use access::{AccessPage, Kept, Read, Reader, Reading};
pub use altinn_core::Digest;
pub use archive::{Archive, ArchiveKeys, Consistency, Integrated, ReceiptState, StagedEntry};
pub use audit::{Anchor, AuditReport, Fault, Rollback};
pub use content::{ContentError, ContentReader, ContentWriter, Objects, StoredContent};
pub use entry::{
    Element, EntryError, EntryId, Fields, NewElement, NewEntry, NoRandomNumbers, Participant, SaltSource,
    SystemSalts,
};
pub use erasure::{Destroyed, Erasure, ErasureOrder, OnErasure, Rotated};
pub use error::ArchiveError;
pub use keys::{KeyFolder, KeyProvider, MemoryKeys};
pub use listing::{Cursor, InvalidCursor, Listed, Listing, Page};
pub use log::{LogKey, VerifierKey};
pub use migrations::MIGRATIONS;
pub use receipt::{Promise, Receipt, ReceiptError};
pub use retention::{HoldId, HoldScope, RetentionRule};
