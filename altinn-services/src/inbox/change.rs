//! Moving, labelling, reading.

use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId};
use uuid::Uuid;

use super::element::InboxElement;
use super::scope::Scope;
use super::{Inbox, InboxError, OwnLabel, Place};

/// What is done with an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelChange {
    /// It goes somewhere, for all who represent the party.
    Move(Place),
    /// It gets a label of the caller's own.
    Add(OwnLabel),
    /// It loses one.
    Remove(OwnLabel),
}

/// How many labels of their own somebody gives to one element, at the most.
const MOST_LABELS: usize = 20;

impl Inbox<'_> {
    /// Moves an element, or gives or takes a label of the caller's own. Doing so again changes nothing.
    ///
    /// Where an element is is the party's matter, and whoever may see it may move it, as in Dialogporten; that they did is in
    /// the party's trail. Labels of one's own are nobody else's matter.
    ///
    /// # Errors
    /// [`InboxError::NotFound`] when there is no such element, or the caller may not see it;
    /// [`InboxError::TooManyLabels`] with the 21st of the caller's own.
    #[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn label(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
        change: &LabelChange,
    ) -> Result<(), InboxError> {
        let mut batch = self.begin(actor, party, id).await?;
        let (owner, key) = (actor.reference(), self.altinn.inbox_key());
        match change {
            LabelChange::Move(place) => InboxElement::move_to(&mut batch, (party, id), *place),
            LabelChange::Add(label) => {
                let tag = key.tag(&owner, label.as_str());
                self.check_labels(party, id, (&owner, &tag)).await?;
                batch.execute(
                    "insert into services_inbox_label (party, id, owner, tag, name) values ($1, $2, $3, $4, $5) \
                     on conflict do nothing",
                    params![party, id, owner, tag, key.seal(party, id, label.as_str().as_bytes())],
                );
            }
            LabelChange::Remove(label) => batch.execute(
                "delete from services_inbox_label where party = $1 and id = $2 and owner = $3 and tag = $4",
                params![party, id, owner.as_str(), key.tag(&owner, label.as_str())],
            ),
        }
        self.altinn.store().commit(batch).await?;
        Ok(())
    }

    /// Says that the caller has seen all of an element, or wants it to be as if they had not. It is theirs alone: others
    /// who represent the party have seen what they have seen.
    ///
    /// # Errors
    /// [`InboxError::NotFound`] when there is no such element, or the caller may not see it.
    #[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn read(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
        is_read: bool,
    ) -> Result<(), InboxError> {
        let mut batch = self.begin(actor, party, id).await?;
        InboxElement::mark(&mut batch, (party, id), &actor.reference(), is_read);
        self.altinn.store().commit(batch).await?;
        Ok(())
    }

    /// A batch for something that the caller does with an element that they may see.
    async fn begin(&self, actor: &Actor, party: PartyId, id: Uuid) -> Result<Batch, InboxError> {
        let select =
            "select service, scope, kind from services_inbox where party = $1 and id = $2 and place <> $3";
        let row = self.altinn.store().query_opt(select, params![party, id, InboxElement::ERASED]).await?;
        let Some(row) = row else {
            self.altinn.as_if_refused(actor, party, Some(id)).await?;
            return Err(InboxError::NotFound);
        };
        let request = Scope::from_row(&row)?.request_of(party, id);
        let Ok(access) = self.altinn.authorizer().decide(actor, &request).await else {
            return Err(InboxError::NotFound);
        };
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::to(format!("inbox/{id}")));
        Ok(batch)
    }

    async fn check_labels(
        &self,
        party: PartyId,
        id: Uuid,
        (owner, tag): (&str, &[u8]),
    ) -> Result<(), InboxError> {
        let select = "select tag from services_inbox_label where party = $1 and id = $2 and owner = $3";
        let rows = self.altinn.store().query(select, params![party, id, owner]).await?;
        let tags = rows.iter().map(|row| row.get::<Vec<u8>>("tag")).collect::<Result<Vec<_>, _>>()?;
        if tags.len() >= MOST_LABELS && !tags.iter().any(|found| found.as_slice() == tag) {
            return Err(InboxError::TooManyLabels { limit: MOST_LABELS });
        }
        Ok(())
    }
}
