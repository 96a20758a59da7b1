//! Paper: what the agency fetches, prints and sends itself.

use altinn_core::Language;
use altinn_core::store::{Row, StoreError, params};
use uuid::Uuid;

use crate::order::OpenOrder;
use crate::receipt::{ReceiptError, Received};
use crate::seal::{KeyringError, Place};
use crate::status::decode;
use crate::{ContentType, Keyring, NotificationId, NotificationStatus, Notifier, OrderId, Reason, Recipient};

/// A letter that waits to be printed. `Debug` hides who gets it and what it says.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Letter {
    /// The notification's id.
    pub id: NotificationId,
    /// The order's id.
    pub order: OrderId,
    /// Who is to get it, as it was ordered.
    pub recipient: Recipient,
    /// The language.
    pub language: Language,
    /// The subject; empty when the order has words for SMS alone.
    pub subject: String,
    /// The body.
    pub body: String,
    /// How the body is written.
    pub content_type: ContentType,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).finish_non_exhaustive()
    }
}

const QUEUE: &str = "select n.id as id, n.order_id as order_id, n.language as language, n.number as number, \
    o.sealed_under as sealed_under, o.wrapped_key as wrapped_key, o.spec as spec, o.recipients_of as recipients_of, \
    r.slice as slice, r.recipients as recipients \
    from (select * from notify_notification where channel = 'print' and status = 'New' and id > $1 order by id limit $2) n \
    join notify_order o on o.id = n.order_id \
    join notify_recipients r on r.order_id = o.recipients_of and r.slice = n.number / 500 order by n.id";

impl Notifier {
    /// The letters that wait to be printed: those after an id (none: from the start), at most `limit` and at most 100.
    /// They stay in the queue until [`printed`](Self::printed) says that they are.
    ///
    /// # Errors
    /// [`KeyringError`] when the store fails, or the keyring does not open a letter.
    pub async fn print_queue(
        &self,
        after: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<Letter>, KeyringError> {
        let after = after.map_or(Uuid::nil(), NotificationId::as_uuid);
        let rows = self.store().query(QUEUE, params![after, limit.min(100)]).await?;
        rows.iter().map(|row| letter(&self.keyring, row)).collect()
    }

    /// Records that a letter is printed and sent. To say so twice is to say it once.
    ///
    /// # Errors
    /// [`ReceiptError::NotFound`] when no such letter is in the queue or was.
    pub async fn printed(&self, letter: NotificationId) -> Result<(), ReceiptError> {
        let received = Received {
            status: NotificationStatus::Succeeded,
            reason: Reason::new("printed by the agency"),
            from: &[NotificationStatus::New],
            channel: crate::channel::ChannelKind::Print,
            message_id: None,
        };
        self.receive(letter, received).await.map(drop)
    }
}

fn letter(keyring: &Keyring, row: &Row) -> Result<Letter, KeyringError> {
    let missing = |column: &str, expected| StoreError::Decode { column: column.to_owned(), expected };
    let order: Uuid = row.get("order_id")?;
    let OpenOrder { spec, key } = OpenOrder::from_row(keyring, order, row)?;
    let language = decode(row, "language", "a language", |code| code.parse().ok())?;
    let (language, text) = spec.texts.in_language(language).ok_or_else(|| missing("spec", "a text"))?;
    let (subject, body) =
        text.email.clone().unwrap_or_else(|| (String::new(), text.sms.clone().unwrap_or_default()));
    let number = row.get::<u32>("number")? as usize % crate::Recipients::SLICE;
    let place = Place::Slice(row.get("recipients_of")?, row.get("slice")?);
    let lines = key.open(place, row.get("recipients")?)?;
    let recipient = lines.lines().nth(number).and_then(Recipient::from_line);
    Ok(Letter {
        id: row.get::<Uuid>("id")?.into(),
        order: order.into(),
        recipient: recipient.ok_or_else(|| missing("recipients", "a recipient"))?,
        language,
        subject,
        body,
        content_type: spec.texts.content_type,
    })
}
