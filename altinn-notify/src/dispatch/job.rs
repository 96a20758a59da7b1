//! A claimed notification.

use std::sync::Arc;
use std::time::Instant;

use altinn_core::Language;
use altinn_core::store::{Claim, Row, StoreError};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::channel::ChannelKind;
use crate::order::Spec;
use crate::rules::Route;
use crate::status::{decode, status};
use crate::{NotificationStatus, OrderId, Reason};

/// A notification that this dispatcher holds until its lease ends.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) claim: Claim,
    /// When it was claimed, by this machine's own stopwatch: never later than the store's clock says.
    pub(super) claimed_at: Instant,
    pub(super) order: OrderId,
    pub(super) number: u32,
    pub(super) route_number: u32,
    pub(super) channel: ChannelKind,
    pub(super) status: NotificationStatus,
    /// How many attempts have begun.
    pub(super) attempts: u32,
    /// How many of them ended unknown.
    pub(super) unknown_outcomes: u32,
    /// The place of the last transition in the history.
    pub(super) sequence: u32,
    pub(super) message_id: String,
    pub(super) send_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) recipient: Option<String>,
    pub(super) language: Language,
    /// The route, or why it cannot be read.
    pub(super) route: Result<Route, Reason>,
    pub(super) fallbacks: Vec<Route>,
    /// How its order is to be carried out, or why that cannot be read.
    pub(super) spec: Result<Arc<Spec>, Reason>,
    /// Whether an attempt before this one was left open.
    pub(super) recovered: bool,
}

impl Job {
    pub(super) fn from_row(row: &Row, claimed_at: Instant) -> Result<Self, StoreError> {
        let channel = decode(row, "channel", "a channel", ChannelKind::named)?;
        let address: Option<String> = row.get("address")?;
        let unread = || Reason::new("column `address` does not hold an address of its channel");
        let fallbacks: Option<String> = row.get("fallbacks")?;
        Ok(Self {
            claim: Claim::from_row(row)?,
            claimed_at,
            order: OrderId::from(row.get::<Uuid>("order_id")?),
            number: row.get("number")?,
            route_number: row.get("route")?,
            channel,
            status: status(row, "status")?,
            attempts: row.get("attempts")?,
            unknown_outcomes: row.get("unknown_outcomes")?,
            sequence: row.get("sequence")?,
            message_id: row.get("message_id")?,
            send_at: row.get("send_at")?,
            expires_at: row.get("expires_at")?,
            recipient: row.get("recipient")?,
            language: decode(row, "language", "a language", |code| code.parse().ok())?,
            route: Route::of(channel, address.as_deref()).ok_or_else(unread),
            fallbacks: fallbacks.map(|lines| Route::from_lines(&lines)).unwrap_or_default(),
            spec: Err(Reason::new("the order is not there")),
            recovered: false,
        })
    }

    /// Whether an attempt has begun whose end nobody recorded.
    pub(super) fn has_open_attempt(&self) -> bool {
        self.status == NotificationStatus::Sending
    }
}
