//! Whether a reminder is still to be sent.

use altinn_core::store::{Store, params};
use altinn_notify::{PendingOrder, Reason, SendCondition, Verdict};
use async_trait::async_trait;
use uuid::Uuid;

use super::{CorrespondenceStatus, Reached};

/// The condition of reminders: the correspondence is neither read nor deleted.
#[derive(Debug)]
pub(crate) struct StillUnread {
    store: Store,
}

impl StillUnread {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl SendCondition for StillUnread {
    async fn ask(&self, order: &PendingOrder) -> Verdict {
        let id = order.senders_reference.as_deref().and_then(|id| id.parse::<Uuid>().ok());
        let Some(id) = id else {
            return Verdict::Failed(Reason::new("the order names no correspondence"));
        };
        let sql = "select reached from services_correspondence where id = $1";
        let reached = match self.store.query_one(sql, params![id]).await.and_then(|row| row.get("reached")) {
            Ok(bits) => Reached::from_bits(bits),
            Err(error) => {
                return Verdict::Failed(Reason::new(&format!("the correspondence: {}", error.code())));
            }
        };
        match reached {
            None => Verdict::Failed(Reason::new("the correspondence is not stored as it must be")),
            Some(reached) if reached.is_purged() => {
                Verdict::NotMet(Reason::new("the correspondence is deleted"))
            }
            Some(reached) if reached.contains(CorrespondenceStatus::Read) => {
                Verdict::NotMet(Reason::new("the correspondence is read"))
            }
            Some(_) => Verdict::Met,
        }
    }
}
