//! What is done about transfers by itself, when its time has come.

use std::time::Duration;

use altinn_archive::{ArchiveError, ErasureOrder, Participant};
use altinn_core::AuthenticationLevel;
use altinn_core::store::{Batch, Claim, WorkTable, params};
use chrono::TimeDelta;

use super::{Broker, BrokerError, RecipientStatus, Transfer, TransferId, TransferStatus};

static TRANSFERS: WorkTable = WorkTable::new("services_broker_transfer");

/// How long a worker may take for those that it has claimed.
const LEASE: Duration = Duration::from_secs(120);

/// After how long a file is looked at again that a legal hold keeps.
const HELD_FOR: TimeDelta = TimeDelta::days(1);

/// After how long work is tried again that failed: twice as long every time, six hours at most.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);

impl Broker<'_> {
    /// Fails uploads that have stood still for a day, and purges files that have outlived their time, a few at a time;
    /// gives how many it took up. What fails is put off, keeps nothing else from being done, and is told to the agency
    /// ([`Broker::stuck`]). For a worker, of which there may be any number.
    ///
    /// # Errors
    /// [`BrokerError::Store`] when the store fails; what was due stays due.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn run_due(&self, limit: u32) -> Result<u64, BrokerError> {
        let mut batch = Batch::new();
        let claimed = TRANSFERS.claim(&mut batch, self.altinn.clock().now(), limit, LEASE);
        let committed = self.altinn.store().commit(batch).await?;
        let mut count = 0;
        for row in committed.rows(claimed) {
            let claim = Claim::from_row(row)?;
            match self.do_due(&claim).await {
                // Somebody has gone on with it: then it is not due any more.
                Ok(()) | Err(BrokerError::Changed) => {}
                Err(error) => self.put_off(&claim, row.get("failures")?, &error).await?,
            }
            count += 1;
        }
        Ok(count)
    }

    /// Puts off what failed, unless another worker holds it.
    async fn put_off(&self, claim: &Claim, failures: i32, error: &BrokerError) -> Result<(), BrokerError> {
        tracing::warn!(code = error.code(), transfer = %claim.id, "work on a file transfer is put off");
        let pause = FIRST_PAUSE * 2_i32.saturating_pow(u32::try_from(failures.clamp(0, 10)).unwrap_or(10));
        let mut batch = Batch::new();
        batch.execute(
            "update services_broker_transfer set failures = failures + 1, problem = $1 \
             where id = $2 and lease_generation = $3",
            params![error.code(), claim.id, claim.generation],
        );
        TRANSFERS.put_back(&mut batch, claim, self.altinn.clock().now() + pause.min(LONGEST_PAUSE));
        match self.commit(batch).await {
            Ok(()) | Err(BrokerError::Changed) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn do_due(&self, claim: &Claim) -> Result<(), BrokerError> {
        let now = self.altinn.clock().now();
        let mut transfer = Transfer::load(self.altinn.store(), TransferId::new(claim.id)).await?;
        let mut batch = Batch::new();
        TRANSFERS.guard(&mut batch, claim);
        let due = match transfer.status {
            status if status.gives_bytes() => {
                match self.erase(&transfer).await {
                    Err(BrokerError::Archive(ArchiveError::Held { .. })) => {
                        TRANSFERS.put_back(&mut batch, claim, now + HELD_FOR);
                        return self.commit(batch).await;
                    }
                    outcome => outcome?,
                }
                // What its sender has said of it is gone with the entry.
                transfer = Transfer::load(self.altinn.store(), transfer.id).await?;
                self.purge(&mut batch, &mut transfer)
            }
            status if status.takes_bytes() || status == TransferStatus::UploadProcessing => {
                let reason = Some("the upload stood still for a day");
                self.give_up(&mut batch, &mut transfer, TransferStatus::Failed, now, reason).await
            }
            _ => Ok(()),
        };
        due?;
        batch.execute_one(
            "update services_broker_transfer set failures = 0, problem = null where id = $1",
            params![claim.id],
        );
        TRANSFERS.finish(&mut batch, claim);
        self.commit(batch).await
    }

    /// Erases the file in the archive, once; a proof stays in the log.
    async fn erase(&self, transfer: &Transfer) -> Result<(), BrokerError> {
        let Some(entry) = transfer.entry else { return Ok(()) };
        let agency = Participant::new(format!("urn:altinn:org:{}", transfer.service.org()), "");
        let order =
            ErasureOrder::new(agency, AuthenticationLevel::VerySensitive, "the file transfer has expired");
        self.altinn.archive().erase(entry, &order).await?;
        Ok(())
    }

    /// Adds that a file is gone, and who never said that it had it.
    fn purge(&self, batch: &mut Batch, transfer: &mut Transfer) -> Result<(), BrokerError> {
        let now = self.altinn.clock().now();
        transfer.file_name = None;
        transfer.reference = None;
        transfer.properties.clear();
        transfer.step(batch, TransferStatus::Purged, now, None);
        self.tell(batch, transfer, transfer.sender, "filepurged", now)?;
        for recipient in &transfer.recipients {
            if recipient.status != RecipientStatus::DownloadConfirmed {
                self.tell(batch, transfer, recipient.party, "fileneverconfirmeddownloaded", now)?;
            }
        }
        Ok(())
    }
}
