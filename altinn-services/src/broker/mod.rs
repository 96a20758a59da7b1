//! Broker (formidling): files of any size from one organization to others, through the agency and unread by it.
//!
//! A broker service is a folder ([`ServiceFolder`](crate::definition::ServiceFolder)) with a policy that says who may
//! send (`write`) and who may receive (`read`). A sender [initialises](Broker::initialise) a transfer, [uploads](Broker::upload)
//! it as a stream, and goes on from where it was when the connection, or the node, broke down; when the last byte is
//! there and the checksum is right, it is published, archived and proved by a receipt. Each recipient downloads it,
//! also in ranges, and confirms, which leaves a receipt of its own. What has outlived its time is purged.
//!
//! Names, states and rules are those of Altinn 3 Formidling; uploading follows tus 1.0 (offsets, conflicts) without HTTP.
//!
//! ```toml
//! type = "broker"
//! id = "ttd/annual-accounts"
//! title = { nb = "Årsregnskap", nn = "Årsrekneskap", en = "Annual accounts" }
//!
//! [broker]
//! max-size = 107374182400       # bytes of one file; 100 GiB unless it is said
//! time-to-live-days = 30        # after which a file is purged; 30 unless it is said, at most 365
//! purge-when-confirmed = true   # whether a file is purged when all have confirmed, after
//! grace-hours = 2               # so many hours; 2 unless it is said, at most 24
//! access-list = ["991825827"]   # who may receive; anybody whom the policy lets, unless it is said
//! ```
//!
//! Where the agency says of the resource that only those on an access list get in
//! ([`ResourceRules::access_list_mode`](altinn_auth::register::ResourceRules)), recipients are on one that lets them `read` when
//! the file is announced and when it is downloaded, and senders on one that lets them `write`.

mod checksum;
mod confirm;
mod details;
mod download;
mod due;
mod error;
mod file_name;
mod find;
mod inbox;
mod initialise;
mod publish;
mod receipt;
mod segment;
mod service;
mod status;
mod stuck;
mod transfer;
mod upload;

use crate::altinn::Altinn;

pub use checksum::{Checksum, Hashed, Hasher, InvalidChecksum};
pub use details::{Place, TransferPage};
pub use download::Download;
pub use error::BrokerError;
pub use file_name::{FileName, FileNameError};
pub use find::TransferQuery;
pub use initialise::NewTransfer;
pub use service::BrokerService;
pub use status::{RecipientStatus, TransferStatus};
pub use stuck::StuckTransfer;
pub(crate) use transfer::forget_file;
pub use transfer::{Recipient, Transfer, TransferId, Transition};

/// How often something is decided anew because what it rests on changed.
const TRIES: u32 = 8;

/// Broker services. Every operation takes the caller, decides whether they may, and leaves a trace.
#[derive(Debug)]
pub struct Broker<'a> {
    altinn: &'a Altinn,
}

impl<'a> Broker<'a> {
    pub(crate) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn }
    }
}
