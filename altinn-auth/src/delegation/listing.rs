//! What has been given and received, and what became of it.

use altinn_core::store::{Value, params};
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::access_management::AccessManagement;
use super::change::DelegationChange;
use super::entry::DelegationEntry;
use super::error::DelegationError;
use super::offer::Receiver;

/// The most delegations or changes that one page holds.
const PAGE: u32 = 100;

/// A delegation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The delegation.
    pub entry: DelegationEntry,
    /// Whether it stands now: neither it nor anything that it rests on has been revoked or is over.
    pub stands: bool,
}

/// Some delegations, by id, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPage {
    /// The delegations.
    pub delegations: Vec<Listed>,
    /// What to ask for the next page after; none when there is no more.
    pub after: Option<Uuid>,
}

impl AccessManagement {
    /// What a party has given and not revoked, to whoever manages its access: at most 100 after one.
    ///
    /// # Errors
    /// [`DelegationError::NotAccessManager`] for anybody else.
    pub async fn given(
        &self,
        actor: &Actor,
        from: PartyId,
        after: Option<Uuid>,
    ) -> Result<ListedPage, DelegationError> {
        self.given_to(actor, from, None, after).await
    }

    /// The same, of what somebody was given alone where one is named.
    ///
    /// # Errors
    /// As [`given`](Self::given).
    pub async fn given_to(
        &self,
        actor: &Actor,
        from: PartyId,
        to: Option<Receiver>,
        after: Option<Uuid>,
    ) -> Result<ListedPage, DelegationError> {
        self.passing_to(actor, (from, None), "delegation.given").await?;
        self.note_reading(actor, from, "delegation.given");
        let other = to.map(|to| ("recipient", to.key().into()));
        self.listed(("offered_by", from.into()), other, after).await
    }

    /// What a person or an organization has received and nobody revoked, to themselves or whoever manages the
    /// organization's clients: at most 100 after one.
    ///
    /// # Errors
    /// [`DelegationError::NotAccessManager`] for anybody else.
    pub async fn received(
        &self,
        actor: &Actor,
        to: PartyId,
        after: Option<Uuid>,
    ) -> Result<ListedPage, DelegationError> {
        self.received_from(actor, to, None, after).await
    }

    /// The same, of what a party has given alone where one is named.
    ///
    /// # Errors
    /// As [`received`](Self::received).
    pub async fn received_from(
        &self,
        actor: &Actor,
        to: PartyId,
        from: Option<PartyId>,
        after: Option<Uuid>,
    ) -> Result<ListedPage, DelegationError> {
        if actor.party() != Some(to) {
            self.passing_to(actor, (to, Some(to)), "delegation.received").await?;
            self.note_reading(actor, to, "delegation.received");
        }
        let other = from.map(|from| ("offered_by", from.into()));
        self.listed(("recipient", Receiver::Party(to).key().into()), other, after).await
    }

    async fn listed(
        &self,
        (column, key): (&'static str, Value),
        other: Option<(&'static str, Value)>,
        after: Option<Uuid>,
    ) -> Result<ListedPage, DelegationError> {
        let mut params = vec![key, after.unwrap_or(Uuid::nil()).into()];
        let of_other = other.as_ref().map_or_else(String::new, |(column, _)| format!("and {column} = $3"));
        params.extend(other.map(|(_, value)| value));
        params.push(PAGE.into());
        let select = format!(
            "select * from auth_delegation where {column} = $1 and id > $2 {of_other} and revoked_at is null \
             order by id limit ${}",
            params.len()
        );
        let rows = self.store.query(select, params).await?;
        let entries: Vec<DelegationEntry> =
            rows.iter().map(DelegationEntry::read).collect::<Result<_, _>>()?;
        let after = entries.last().filter(|_| entries.len() == PAGE as usize).map(|entry| entry.id);
        let standing = self.standing.of(entries.clone(), self.clock.now()).await?;
        let stands = |entry: &DelegationEntry| standing.iter().any(|(standing, _)| standing.id == entry.id);
        let delegations = entries.into_iter().map(|entry| Listed { stands: stands(&entry), entry }).collect();
        Ok(ListedPage { delegations, after })
    }

    /// What became of the delegations that a party gave, the earliest first, to whoever manages its access: at most 100
    /// after a time and a change.
    ///
    /// # Errors
    /// [`DelegationError::NotAccessManager`] for anybody else.
    pub async fn changes(
        &self,
        actor: &Actor,
        from: PartyId,
        after: Option<(DateTime<Utc>, Uuid)>,
    ) -> Result<Vec<DelegationChange>, DelegationError> {
        self.passing_to(actor, (from, None), "delegation.changes").await?;
        self.note_reading(actor, from, "delegation.changes");
        let (at, id) = after.unwrap_or((DateTime::UNIX_EPOCH, Uuid::nil()));
        let select = "select * from auth_delegation_change where offered_by = $1 and (at > $2 or at = $3 and id > $4) \
            order by at, id limit $5";
        let rows = self.store.query(select, params![from, at, at, id, PAGE]).await?;
        Ok(rows.iter().map(DelegationChange::read).collect::<Result<_, _>>()?)
    }
}
