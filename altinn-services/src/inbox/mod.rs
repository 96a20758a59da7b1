//! The inbox (arbeidsflate): one list of all that a person may see for themselves and those they represent, whatever the
//! type of the service.
//!
//! Each service type writes its elements into the parties' inboxes in the very batch of its own change: there is no element
//! without what it is of, and none that stands otherwise. A row is found by party, service and the part of the service that it
//! is authorised under, so that what a caller may not see is not even looked at ([`Inbox::list`]).
//!
//! **Read** is each person's own: two who represent a business have each seen what they have seen, as in Dialogporten's
//! log of who has seen what. **Where** an element is (inbox, archive, bin) is the party's, and all who represent it see it
//! there; something new in it brings it back. **Own labels** are each person's own, and nobody else sees them.
//!
//! Titles and labels are sealed under a key that follows from the register's; no word of them stands in an index. A
//! search for a title opens those that it looks at.
//!
//! ```no_run
//! # use altinn_core::{Actor, Language};
//! # use altinn_services::{Altinn, inbox::InboxError};
//! use altinn_services::inbox::InboxQuery;
//!
//! # async fn example(altinn: &Altinn, person: &Actor) -> Result<(), InboxError> {
//! let page = altinn.inbox().list(person, &InboxQuery::new().unread()).await?;
//! for item in &page.items {
//!     println!("{}: {}", item.title.in_language(Language::Nb), item.status.title().in_language(Language::Nb));
//! }
//! # Ok(())
//! # }
//! ```

mod change;
mod element;
mod error;
mod item;
mod kind;
mod label;
mod list;
#[cfg(test)]
mod plans;
mod query;
mod scope;
mod seal;
mod select;
mod sight;
mod status;

pub use change::LabelChange;
pub use error::InboxError;
pub use item::{InboxCount, InboxItem, InboxPage};
pub use kind::ElementKind;
pub use label::{InvalidLabel, OwnLabel, Place};
pub use query::{InboxCursor, InboxQuery, InvalidCursor, Sort};
pub use status::InboxStatus;

pub(crate) use element::InboxElement;
pub(crate) use scope::Scope;
pub(crate) use seal::InboxKey;
pub(crate) use sight::represented;

use crate::altinn::Altinn;

/// Inboxes. Every operation takes the caller, and decides what they may see.
#[derive(Debug)]
pub struct Inbox<'a> {
    altinn: &'a Altinn,
}

impl<'a> Inbox<'a> {
    pub(crate) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn }
    }
}
