//! Asking whether what was ordered is still to be sent.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Condition, OrderId, Reason};

/// A condition of the program, asked when an order is due.
///
/// ```
/// use altinn_notify::{PendingOrder, Reason, SendCondition, Verdict};
/// use async_trait::async_trait;
///
/// /// Whether the letter that an order reminds of is still unread.
/// #[derive(Debug)]
/// struct StillUnread;
///
/// #[async_trait]
/// impl SendCondition for StillUnread {
///     async fn ask(&self, order: &PendingOrder) -> Verdict {
///         match order.senders_reference.as_deref() {
///             Some(_letter) => Verdict::Met, // ask the store whether it was read
///             None => Verdict::Failed(Reason::new("the order names no letter")),
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait SendCondition: fmt::Debug + Send + Sync {
    /// Whether the order is to be sent. Only [`Verdict::Met`] lets it.
    async fn ask(&self, order: &PendingOrder) -> Verdict;
}

/// An order that is due, as a condition sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingOrder {
    /// The order's id: of a reminder, its own.
    pub id: OrderId,
    /// The idempotency id of the order, or of the one that it reminds of.
    pub idempotency_id: String,
    /// The agency's own reference.
    pub senders_reference: Option<String>,
    /// 0, or the number of the reminder.
    pub reminder: u32,
}

impl PendingOrder {
    pub(crate) fn new(
        id: OrderId,
        idempotency_id: String,
        senders_reference: Option<String>,
        reminder: u32,
    ) -> Self {
        Self { id, idempotency_id, senders_reference, reminder }
    }
}

/// What a condition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is met: the order is sent.
    Met,
    /// It is not met: the order is not sent, now and later.
    NotMet(Reason),
    /// Nobody can say. It is asked again some times; then the order is not sent.
    Failed(Reason),
}

/// The conditions that a notifier can ask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    named: BTreeMap<String, Arc<dyn SendCondition>>,
    #[cfg(feature = "http")]
    client: Option<altinn_core::http::HttpClient>,
}

impl Conditions {
    pub(crate) fn insert(&mut self, name: String, condition: Arc<dyn SendCondition>) {
        self.named.insert(name, condition);
    }

    #[cfg(feature = "http")]
    pub(crate) fn set_client(&mut self, client: altinn_core::http::HttpClient) {
        self.client = Some(client);
    }

    /// Asks; without a condition, everything is met.
    pub(crate) async fn ask(&self, condition: Option<&Condition>, order: &PendingOrder) -> Verdict {
        match condition {
            None => Verdict::Met,
            Some(Condition::Named(name)) => match self.named.get(name) {
                Some(condition) => condition.ask(order).await,
                None => Verdict::Failed(Reason::new("the notifier was given no condition of that name")),
            },
            Some(Condition::Endpoint(url)) => self.ask_endpoint(url, order).await,
        }
    }

    #[cfg(not(feature = "http"))]
    async fn ask_endpoint(&self, _: &str, _: &PendingOrder) -> Verdict {
        Verdict::Failed(Reason::new("this program asks no endpoints"))
    }

    /// GET with the order's id and the agency's reference, as Altinn asks.
    #[cfg(feature = "http")]
    async fn ask_endpoint(&self, url: &str, order: &PendingOrder) -> Verdict {
        use altinn_core::http::HttpRequest;

        let Some(client) = &self.client else {
            return Verdict::Failed(Reason::new("the notifier was given no client to ask endpoints with"));
        };
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}orderId={}", order.id);
        let answer = match HttpRequest::get(&url) {
            Ok(request) => client.send(request.accept("application/json")).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) if answer.status().is_success() => verdict(answer.body()),
            Ok(answer) => {
                Verdict::Failed(Reason::new(&format!("the condition endpoint answered {}", answer.status())))
            }
            Err(error) => Verdict::Failed(Reason::new(&format!("the condition endpoint: {error}"))),
        }
    }
}

/// Reads `{"sendNotification": true}`; anything that is not clearly a yes or a no says nothing.
#[cfg(feature = "http")]
fn verdict(body: &[u8]) -> Verdict {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        send_notification: bool,
    }
    match serde_json::from_slice(body) {
        Ok(Answer { send_notification: true }) => Verdict::Met,
        Ok(Answer { send_notification: false }) => {
            Verdict::NotMet(Reason::new("the condition endpoint said no"))
        }
        Err(_) => Verdict::Failed(Reason::new("the condition endpoint's answer has no `sendNotification`")),
    }
}
