//! The feed: every transition of every order and notification, in an order that never changes.

use altinn_core::store::{Batch, Row, StoreError, params};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::channel::ChannelKind;
use crate::{NotificationId, Notifier, OrderId};

/// How many transitions are numbered in one batch.
const NUMBERED_AT_ONCE: i64 = 1_000;
/// The most transitions that one page holds.
const PAGE: u32 = 1_000;

/// Some transitions, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FeedPage {
    /// The transitions, in the order of the feed.
    pub entries: Vec<FeedEntry>,
    /// What to ask for the next page after; the same as before when there is nothing new.
    pub next: i64,
}

/// A status that an order or a notification came into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FeedEntry {
    /// The entry's place in the feed, from 1.
    pub position: i64,
    /// The order.
    pub order: OrderId,
    /// The notification; nothing when it is the order itself that came into the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<NotificationId>,
    /// The channel of the notification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelKind>,
    /// The transition's place among those of its order or notification, from 0.
    pub sequence: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// The status, as [`OrderStatus`](crate::OrderStatus) and [`NotificationStatus`](crate::NotificationStatus) spell it.
    pub status: String,
    /// Why, in words without personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The transitions of which a condition holds, with the channel of each notification.
macro_rules! page_of {
    ($condition:literal) => {
        concat!(
            "select t.*, n.channel as channel from notify_transition t ",
            "left join notify_notification n on n.id = t.subject where ",
            $condition
        )
    };
}

const PAGE_OF_ALL: &str = page_of!("t.position > $1 order by t.position limit $2");

const PAGE_BEFORE: &str = page_of!("t.position < $1 order by t.position desc limit $2");

const PAGE_OF_ORDER: &str = page_of!("t.order_id = $1 and t.position > $2 order by t.position limit $3");

const PAGE_OF_PREFIX: &str = page_of!(
    "t.position > $1 and exists (select 1 from notify_order o where o.id = t.order_id \
     and substr(o.idempotency_id, 1, $2) = $3) order by t.position limit $4"
);

const UNNUMBERED: &str = "select subject, sequence from notify_transition where position is null \
    order by sequence, at limit $1";

impl Notifier {
    /// The transitions after a place (0: from the start), at most `limit` and at most 1,000. What was committed before
    /// the call is in this page or a later one; a page that was read never changes.
    ///
    /// # Errors
    /// What the store says.
    pub async fn feed(&self, after: i64, limit: u32) -> Result<FeedPage, StoreError> {
        self.number_transitions().await?;
        let rows = self.store().query(PAGE_OF_ALL, params![after, limit.min(PAGE)]).await?;
        page(&rows, after)
    }

    /// The transitions before a place (`i64::MAX`: before the end), the latest first, at most `limit` and at most 1,000;
    /// `next` is the place to go on before.
    ///
    /// # Errors
    /// What the store says.
    pub async fn feed_back(&self, before: i64, limit: u32) -> Result<FeedPage, StoreError> {
        self.number_transitions().await?;
        page(&self.store().query(PAGE_BEFORE, params![before, limit.min(PAGE)]).await?, before)
    }

    /// As [`Notifier::feed`], of one order alone.
    ///
    /// # Errors
    /// What the store says.
    pub async fn feed_of_order(
        &self,
        order: OrderId,
        after: i64,
        limit: u32,
    ) -> Result<FeedPage, StoreError> {
        self.number_transitions().await?;
        let rows =
            self.store().query(PAGE_OF_ORDER, params![order.as_uuid(), after, limit.min(PAGE)]).await?;
        page(&rows, after)
    }

    /// As [`Notifier::feed`], of those orders alone whose idempotency id begins with a prefix.
    ///
    /// # Errors
    /// What the store says.
    pub async fn feed_of_prefix(&self, prefix: &str, after: i64, limit: u32) -> Result<FeedPage, StoreError> {
        self.number_transitions().await?;
        let length = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
        let values = params![after, length, prefix, limit.min(PAGE)];
        page(&self.store().query(PAGE_OF_PREFIX, values).await?, after)
    }

    /// Gives transitions that have been committed their places. Any number of nodes may do so at once: those who lose
    /// the race number nothing. Earlier transitions of a notification come first whatever page is taken, since the
    /// lowest sequences are numbered first.
    async fn number_transitions(&self) -> Result<(), StoreError> {
        let head = "select position from notify_feed_head where id = 1";
        let head: i64 = self.store().query_one(head, params![]).await?.get("position")?;
        let pending = self.store().query(UNNUMBERED, params![NUMBERED_AT_ONCE]).await?;
        if pending.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::new();
        let last = head + i64::try_from(pending.len()).unwrap_or(0);
        batch.execute_one(
            "update notify_feed_head set position = $1 where position = $2",
            params![last, head],
        );
        for (row, position) in pending.iter().zip(head + 1..) {
            batch.execute(
                "update notify_transition set position = $1 where subject = $2 and sequence = $3 and position is null",
                params![position, row.get::<Uuid>("subject")?, row.get::<i64>("sequence")?],
            );
        }
        crate::table::is_lost(self.store().commit(batch).await).map(drop)
    }
}

fn page(rows: &[Row], after: i64) -> Result<FeedPage, StoreError> {
    let entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let next = entries.last().map_or(after, |entry| entry.position);
    Ok(FeedPage { entries, next })
}

fn entry(row: &Row) -> Result<FeedEntry, StoreError> {
    let (subject, order): (Uuid, Uuid) = (row.get("subject")?, row.get("order_id")?);
    let channel: Option<String> = row.get("channel")?;
    Ok(FeedEntry {
        position: row.get("position")?,
        order: OrderId::from(order),
        notification: (subject != order).then(|| NotificationId::from(subject)),
        channel: channel.as_deref().and_then(ChannelKind::named),
        sequence: row.get("sequence")?,
        at: row.get("at")?,
        status: row.get("status")?,
        reason: row.get("reason")?,
    })
}
