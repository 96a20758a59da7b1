//! What an app shares of an instance, for as long as a step of its process lasts.

use altinn_core::store::Batch;
use altinn_core::{InstanceId, ServiceId};
use chrono::{DateTime, SubsecRound, Utc};

use super::access_management::{AccessManagement, check_size, raise};
use super::app::Giver;
use super::change::ChangeKind;
use super::entry::{Basis, DelegationEntry};
use super::error::DelegationError;
use super::offer::{MICROSECONDS, Offer, Period, Receiver, What};
use crate::decision::Right;

/// A right on an app's instance for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Who receives it.
    pub to: Receiver,
    /// The right; its resource is the app.
    pub right: Right,
}

/// What an app shares of an instance from now on.
#[derive(Debug, Clone)]
pub struct Sharing<'a> {
    /// The app. It gives in its own name, on behalf of the party that owns the instance.
    pub app: &'a ServiceId,
    /// The instance.
    pub instance: InstanceId,
    /// The actions that this is about: what the app has given on the instance for others of them stays as it is.
    pub actions: &'a [&'a str],
    /// Who has which right from now on. What the app gave for one of the actions before, and is not among them, is
    /// taken back.
    pub shares: Vec<Share>,
}

impl AccessManagement {
    /// Adds to a batch of the caller's that an app shares an instance in this way from now on, so that rights come and go
    /// with the step of the process that they are for. What is so already adds nothing.
    ///
    /// The answers are in the order of the [shares](Sharing::shares): a share that cannot be given keeps no other from
    /// being given. The batch conflicts when the rights of the instance's owner have changed meanwhile; it holds one such
    /// change of an owner at most, after all guards of permissions for the same owner.
    ///
    /// # Errors
    /// [`DelegationError::Rights`] when the app has no policy; [`DelegationError::NotFound`] when the register does not
    /// have the owner; [`DelegationError::Store`] and [`DelegationError::Register`] when they do not answer. A share's own
    /// answer is an error as [`delegate_for_app`](Self::delegate_for_app) has it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn share_for_app(
        &self,
        batch: &mut Batch,
        sharing: &Sharing<'_>,
    ) -> Result<Vec<Result<(), DelegationError>>, DelegationError> {
        let now = self.clock.now().trunc_subsecs(MICROSECONDS);
        let by = Giver::App(sharing.app).by();
        let mut stands = self.shared(sharing).await?;
        let (mut answers, mut new) = (Vec::new(), Vec::new());
        for share in &sharing.shares {
            let what = What::InstanceRight(share.right.clone(), sharing.instance);
            let is_share = |entry: &DelegationEntry| entry.to == share.to && entry.what == what;
            if let Some(known) = stands.iter().position(is_share) {
                stands.swap_remove(known);
                answers.push(Ok(()));
            } else if new.iter().any(is_share) {
                answers.push(Ok(()));
            } else {
                answers.push(match self.share(sharing, share.to, what, &by.0, now).await {
                    Ok(entry) => {
                        new.extend(entry);
                        Ok(())
                    }
                    Err(error) => Err(of_this_share(error)?),
                });
            }
        }
        if stands.is_empty() && new.is_empty() {
            return Ok(answers);
        }
        raise(batch, self.version_of(sharing.instance.owner).await?);
        for entry in &stands {
            self.put_back(batch, entry, by.clone());
        }
        for entry in &new {
            entry.insert(batch);
            self.note(batch, by.clone(), entry, ChangeKind::Granted);
        }
        Ok(answers)
    }

    /// What the app has given on the instance for the actions.
    async fn shared(&self, sharing: &Sharing<'_>) -> Result<Vec<DelegationEntry>, DelegationError> {
        let mut given = self.given_by_app(sharing.app, sharing.instance).await?;
        given.retain(|entry| {
            entry.what.right().is_some_and(|right| sharing.actions.contains(&right.action.as_str()))
        });
        Ok(given)
    }

    /// A delegation that is not stored yet; none when somebody else has given the same already, which stays theirs.
    async fn share(
        &self,
        sharing: &Sharing<'_>,
        to: Receiver,
        what: What,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<DelegationEntry>, DelegationError> {
        check_size(&what)?;
        let offer = Offer::new(sharing.instance.owner, to, what);
        let recipient_kind = self.recipient_kind(&offer).await?;
        self.check_app(sharing.app, &offer.what).await?;
        if self.known(&offer, &Basis::Party).await?.is_some() {
            return Ok(None);
        }
        Ok(Some(DelegationEntry {
            id: self.ids.next_id(),
            from: offer.from,
            to,
            what: offer.what,
            period: Period { from: now, to: None },
            basis: Basis::Party,
            depth: 1,
            given_by: by.to_owned(),
            given_at: now,
            revoked_at: None,
            recipient_kind,
        }))
    }
}

/// An error that is of one share alone; any other is one of all.
fn of_this_share(error: DelegationError) -> Result<DelegationError, DelegationError> {
    match error {
        DelegationError::NotFound
        | DelegationError::NotDelegable { .. }
        | DelegationError::ToItself
        | DelegationError::TooLong { .. } => Ok(error),
        _ => Err(error),
    }
}
