//! A claimed notification.

use std::sync::Arc;
use std::time::Instant;

use altinn_core::Language;
use altinn_core::store::{Claim, Row, StoreError};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::channel::ChannelKind;
use crate::order::OpenOrder;
use crate::rules::Route;
use crate::seal::Place;
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
    /// What its recipient is found by.
    pub(super) recipient: Option<Vec<u8>>,
    pub(super) language: Language,
    sealed_routes: Option<Vec<u8>>,
    /// Its order and its routes, or why they cannot be opened.
    pub(super) opened: Result<Opened, Reason>,
    /// Whether an attempt before this one was left open.
    pub(super) recovered: bool,
}

/// What is sealed of a notification and its order.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) order: Arc<OpenOrder>,
    pub(super) route: Route,
    /// The routes that follow when this one fails.
    pub(super) fallbacks: Vec<Route>,
}

impl Job {
    /// The notification of a row; [`open`](Self::open) opens it.
    pub(super) fn from_row(row: &Row, claimed_at: Instant) -> Result<Self, StoreError> {
        Ok(Self {
            claim: Claim::from_row(row)?,
            claimed_at,
            order: OrderId::from(row.get::<Uuid>("order_id")?),
            number: row.get("number")?,
            route_number: row.get("route")?,
            channel: decode(row, "channel", "a channel", ChannelKind::named)?,
            status: status(row, "status")?,
            attempts: row.get("attempts")?,
            unknown_outcomes: row.get("unknown_outcomes")?,
            sequence: row.get("sequence")?,
            message_id: row.get("message_id")?,
            send_at: row.get("send_at")?,
            expires_at: row.get("expires_at")?,
            recipient: row.get("recipient")?,
            language: decode(row, "language", "a language", |code| code.parse().ok())?,
            sealed_routes: row.get("routes")?,
            opened: Err(Reason::new("it is sealed")),
            recovered: false,
        })
    }

    /// Opens its routes by its order, or keeps why neither can be.
    pub(super) fn open(&mut self, order: Result<Arc<OpenOrder>, Reason>) {
        let sealed = self.sealed_routes.take();
        self.opened = order.and_then(|order| {
            let place = Place::Routes(self.claim.id);
            let lines = order.key.open(place, sealed.unwrap_or_default());
            let lines = lines.map_err(|error| Reason::new(&error.to_string()))?;
            let mut routes = Route::from_lines(&lines).into_iter();
            let unreadable = || Reason::new("its routes cannot be read");
            let route = routes.next().filter(|route| route.channel() == self.channel);
            Ok(Opened { route: route.ok_or_else(unreadable)?, fallbacks: routes.collect(), order })
        });
    }

    /// Whether an attempt has begun whose end nobody recorded.
    pub(super) fn has_open_attempt(&self) -> bool {
        self.status == NotificationStatus::Sending
    }
}
