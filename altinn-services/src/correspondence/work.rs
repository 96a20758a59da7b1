//! The work on mailings, shared by any number of workers on any number of nodes.
//!
//! A worker holds one mailing for some slices. Every slice commits with its place in the list of recipients and a guard
//! on the claim, so that it is done once, whoever dies in it.

use altinn_core::store::Batch;

use super::deadline::{delete, tell_who_has_not};
use super::expand::expand;
use super::mailing::{Mailing, Phase};
use super::publish::publish;
use super::{CorrespondenceError, Correspondences};

/// How many slices of one mailing a worker does before others get their turn.
const SLICES_AT_ONCE: u32 = 32;

impl Correspondences<'_> {
    /// Does what is due: gives recipients their correspondences, publishes, tells of deadlines that have passed, deletes,
    /// and writes down what was forwarded once its mail has gone out.
    /// Goes on until nothing is due or so many slices of recipients are done; gives how many it did. Workers call it
    /// ([`Altinn::run_workers`](crate::Altinn::run_workers)); several at once share the work.
    ///
    /// # Errors
    /// [`CorrespondenceError::Store`] when the store fails. What else fails is put off, and tried again by itself.
    pub async fn run_due(&self, limit: u32) -> Result<u32, CorrespondenceError> {
        let mut done = 0;
        while done < limit {
            let now = self.altinn.clock().now();
            let Some(mailing) = Mailing::claim_due(self.altinn.store(), now).await? else { break };
            done += self.work_on(mailing, (limit - done).min(SLICES_AT_ONCE)).await?;
        }
        while done < limit && self.follow_next_forwarding().await? {
            done += 1;
        }
        Ok(done)
    }

    /// Does so many slices of a phase at most; gives how many were tried.
    async fn work_on(&self, mut mailing: Mailing, limit: u32) -> Result<u32, CorrespondenceError> {
        let phase = mailing.phase;
        for done in 1..=limit {
            let before = mailing.clone();
            match self.do_slice(&mut mailing).await {
                Ok(()) if mailing.phase != phase => return Ok(done),
                Ok(()) => {}
                Err(error) => {
                    self.put_off(&before, &error).await?;
                    return Ok(done);
                }
            }
        }
        let now = self.altinn.clock().now();
        self.release(|batch| mailing.put_back(batch, now)).await?;
        Ok(limit)
    }

    async fn do_slice(&self, mailing: &mut Mailing) -> Result<(), CorrespondenceError> {
        let (altinn, now) = (self.altinn, self.altinn.clock().now());
        let mut batch = Batch::new();
        match mailing.phase {
            Phase::Expand => expand(altinn, mailing, &mut batch, now).await?,
            Phase::Publish => publish(altinn, mailing, &mut batch, now).await?,
            Phase::Deadline => tell_who_has_not(altinn, mailing, &mut batch, now).await?,
            Phase::Delete => delete(altinn, mailing, &mut batch, now).await?,
            Phase::Done => mailing.end_phase(&mut batch, now),
        }
        altinn.store().commit(batch).await?;
        Ok(())
    }

    /// Puts a mailing off. When somebody has changed one of its correspondences, it is tried again at once.
    async fn put_off(
        &self,
        mailing: &Mailing,
        error: &CorrespondenceError,
    ) -> Result<(), CorrespondenceError> {
        let now = self.altinn.clock().now();
        if let CorrespondenceError::Changed = error {
            return self.release(|batch| mailing.put_back(batch, now)).await;
        }
        tracing::warn!(code = error.code(), mailing = %mailing.id(), "a mailing did not go on");
        self.release(|batch| mailing.fail(batch, error.code(), now)).await
    }

    /// Frees a mailing, unless another worker holds it by now.
    async fn release(&self, with: impl FnOnce(&mut Batch) + Send) -> Result<(), CorrespondenceError> {
        let mut batch = Batch::new();
        with(&mut batch);
        match self.altinn.store().commit(batch).await {
            Err(error) if !error.is_conflict() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
