//! Notification (varsling): orders of templated mail, put into the same batch as their cause, sent through a durable
//! queue, with a history that can be read afterwards.
//!
//! ```
//! use std::sync::Arc;
//! use altinn_core::SystemClock;
//! use altinn_core::key::SecretKey;
//! use altinn_core::store::{Batch, Store};
//! use altinn_notify::channel::{Smtp, SmtpSettings, TlsMode};
//! use altinn_notify::testing::SmtpSink;
//! use altinn_notify::{Content, Keyring, MIGRATIONS, Notifier, Order, OrderStatus, Recipient};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let sink = SmtpSink::start().await?; // a mail server for tests
//! let store = Store::open("sqlite::memory:").await?;
//! store.migrate(&[MIGRATIONS]).await?;
//! let smtp = Smtp::new(SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None))?;
//! let sender = "noreply@example.com".parse()?;
//! let keyring = Keyring::new(&SecretKey::generate()?); // for good: from a file of the agency, `SecretKey::read_file`
//! let notifier = Notifier::new(store.clone(), keyring, sender, Arc::new(SystemClock)).with_email_channel(smtp);
//!
//! let mut batch = Batch::new(); // what causes the notification goes into it too
//! let recipient = Recipient::Email("ola@example.com".parse()?);
//! let order = Order::new("permit/4711/granted", recipient, Content::text("Your permit", "It is granted."));
//! let id = notifier.order(&mut batch, &order)?;
//! store.commit(batch).await?;
//!
//! notifier.dispatch(100).await?; // or `notifier.run(shutdown)` in a task of its own
//! assert_eq!(sink.mails()[0].subject().as_deref(), Some("Your permit"));
//! assert_eq!(notifier.status(id).await?.status, OrderStatus::Completed);
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is promised
//! - An order is stored with its cause or not at all. Ordered twice under one idempotency id, it is one order.
//! - What can be wrong with an order (address, template, variables, size) is found when it is ordered.
//! - A stored order is sent at least once, or its history says why not. Each notification is in one dispatcher's hands
//!   at a time, the beginning of an attempt is durable before its first byte, and a dispatcher that was paused cannot
//!   record anything late. A mail is sent a second time only where nobody can know whether the first one arrived; it
//!   then bears the same Message-ID, and the history shows [`OutcomeUnknown`](NotificationStatus::OutcomeUnknown).
//! - What fails in a way that may pass is tried again, after waits that grow from seconds to an hour, for 48 hours.
//! - Recipients, texts and stored contacts are sealed in the store under the agency's keys (a [`Keyring`]), and found by keyed digests.
//! - Addresses and texts never appear in `Debug`, logs and errors; what a mail server answers is masked before it is
//!   kept.
//!
//! # Features
//! | feature | default | what for |
//! |---|---|---|
//! | `sqlite` | yes | the embedded store |
//! | `postgres` | | PostgreSQL as the store |
//! | `smtp` | yes | [`channel::Smtp`] |
//! | `testing` | | [`testing::SmtpSink`], a mail server for tests, and [`channel::Capture`] |

mod cancel;
pub mod channel;
mod condition;
pub mod contact;
mod dispatch;
mod email_address;
mod erasure;
mod key;
mod notifier;
mod order;
mod parked;
mod phone_number;
mod plan_recipients;
mod preview;
mod print_queue;
mod reason;
mod receipt;
mod recipient;
pub mod rules;
mod seal;
mod status;
mod table;
mod template;
#[cfg(feature = "testing")]
pub mod testing;

pub use cancel::{CancelError, Cancelled};
pub use condition::{PendingOrder, SendCondition, Verdict};
pub use dispatch::{DispatchError, DispatchReport};
pub use email_address::{EmailAddress, EmailAddressError};
pub use key::{SendingKey, Team};
pub use notifier::Notifier;
pub use order::{
    Attachment, Condition, Content, Fallback, NotificationId, Order, OrderError, OrderId, OrderRequest,
    OrderRequestError, Reminder,
};
pub use parked::{ParkedOrder, RedriveError};
pub use phone_number::{PhoneNumber, PhoneNumberError};
pub use preview::{PreviewError, PreviewedNotification};
pub use print_queue::Letter;
pub use reason::Reason;
pub use receipt::{DeliveryReport, ReceiptError};
pub use recipient::{
    ChannelSchema, OrganizationRecipient, PersonRecipient, Recipient, RecipientKey, Recipients,
};
pub use seal::{Keyring, KeyringError, Rotated, SealError};
pub use status::{
    Address, FeedEntry, FeedPage, NotificationState, NotificationStatus, OrderState, OrderStatus, Transition,
};
pub use table::MIGRATIONS;
pub use template::{ContentType, Rendered, Template, TemplateError, Variables};
