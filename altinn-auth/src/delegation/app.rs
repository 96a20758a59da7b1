//! What an app gives by itself, for a party whose instance it handles.

use altinn_core::store::params;
use altinn_core::{InstanceId, ServiceId};

use super::access_management::AccessManagement;
use super::entry::{Basis, DelegationEntry};
use super::error::DelegationError;
use super::offer::{Offer, What};
use super::passable::Detail;
use super::together::By;
use crate::decision::{PolicyRight, attribute};

/// Who gives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Giver<'a> {
    /// Somebody who manages access.
    Caller(&'a altinn_core::Actor),
    /// An app, on an instance of its own.
    App(&'a ServiceId),
}

impl Giver<'_> {
    /// The giver as it is kept.
    pub(super) fn reference(&self) -> String {
        match self {
            Self::Caller(actor) => actor.reference(),
            Self::App(service) => format!("{}:{}", attribute::RESOURCE, service.resource_id()),
        }
    }

    /// The same, and how surely they were identified.
    pub(super) fn by(&self) -> By {
        let level = match self {
            Self::Caller(actor) => actor.level().into(),
            Self::App(_) => 0,
        };
        (self.reference(), level)
    }
}

impl PolicyRight {
    /// Whether an app may give this right on its instances by itself: its policy says so, by a rule for
    /// `urn:altinn:resource:delegation`.
    pub fn is_given_by_app(&self, app: &ServiceId) -> bool {
        let resource = app.resource_id();
        let is_app = |(id, value): &(String, String)| {
            id == attribute::RESOURCE_DELEGATION && value == resource.as_str()
        };
        self.rules
            .iter()
            .flat_map(|rule| &rule.subjects)
            .any(|group| group.len() == 1 && group.iter().all(is_app))
    }
}

impl AccessManagement {
    /// The rights that an app may give on its instances by itself, as when it asks somebody to sign.
    ///
    /// # Errors
    /// [`DelegationError::Rights`] when the app has no policy.
    pub async fn check_for_app(&self, app: &ServiceId) -> Result<Vec<PolicyRight>, DelegationError> {
        let policy = self.authorizer.policy_of(&app.resource_id()).await?;
        Ok(policy.rights().iter().filter(|right| right.is_given_by_app(app)).cloned().collect())
    }

    /// Gives a right on an instance in the name of the app that handles it, on behalf of the party that owns it.
    ///
    /// The program that runs the app calls it; it asks nobody whether they may.
    ///
    /// # Errors
    /// [`DelegationError::NotDelegable`] when the app's policy does not let it give the right, or the right is not one
    /// on an instance of the app; else as [`delegate`](Self::delegate).
    pub async fn delegate_for_app(
        &self,
        app: &ServiceId,
        offer: &Offer,
    ) -> Result<DelegationEntry, DelegationError> {
        self.give(Giver::App(app), offer).await
    }

    /// Takes back what [`delegate_for_app`](Self::delegate_for_app) gave. What has been revoked already stays so.
    ///
    /// # Errors
    /// [`DelegationError::NotFound`] when the app has given no such right.
    pub async fn revoke_for_app(
        &self,
        app: &ServiceId,
        offer: &Offer,
    ) -> Result<DelegationEntry, DelegationError> {
        let is_of_app = offer.what.right().is_some_and(|right| right.resource == app.resource_id());
        let known = self.known(offer, &Basis::Party).await?.filter(|_| is_of_app);
        let given_by = Giver::App(app).by();
        let known = known.filter(|known| known.given_by == given_by.0).ok_or(DelegationError::NotFound)?;
        self.take_back(known, given_by).await
    }

    /// What an app has given on one of its instances, and nobody revoked.
    ///
    /// # Errors
    /// [`DelegationError::Store`].
    pub async fn given_by_app(
        &self,
        app: &ServiceId,
        instance: InstanceId,
    ) -> Result<Vec<DelegationEntry>, DelegationError> {
        let by = Giver::App(app).reference();
        let select = "select * from auth_delegation where instance = $1 and instance <> '' and given_by = $2 \
                      and revoked_at is null order by id";
        let rows = self.store.query(select, params![instance.to_string(), by]).await?;
        Ok(rows.iter().map(DelegationEntry::read).collect::<Result<_, _>>()?)
    }

    /// Refuses what an app may not give by itself.
    pub(super) async fn check_app(&self, app: &ServiceId, what: &What) -> Result<(), DelegationError> {
        let refused = Err(DelegationError::NotDelegable { details: vec![Detail::MissingRoleAccess] });
        let What::InstanceRight(right, _) = what else { return refused };
        if right.resource != app.resource_id() {
            return refused;
        }
        let rights = self.check_for_app(app).await?;
        let is_right = |known: &PolicyRight| known.of(&right.resource) == *right;
        if rights.iter().any(is_right) { Ok(()) } else { refused }
    }
}
