//! Looking at cases.

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId};
use uuid::Uuid;

use super::{
    Case, CaseHistory, CaseId, CollaborationError, CollaborationService, Collaborations, PendingWork,
};

/// How many cases a page has.
const PAGE: usize = 100;
/// How many events of a case are shown, the latest.
const HISTORY: i64 = 1_000;

/// Some cases of a party, the latest first (GetCaseList).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CasePage {
    /// The cases, the latest first.
    pub cases: Vec<Case>,
    /// Where the next page begins, if there is one.
    pub before: Option<CaseId>,
}

impl Collaborations<'_> {
    /// A case, for a party that takes part in it. That it was looked at is in the party's trail.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] for everybody else; [`CollaborationError::Access`].
    pub async fn case(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
    ) -> Result<Case, CollaborationError> {
        let (access, case) = self.permit_in_case(actor, service, (party, "read"), id).await?;
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &case.deed());
        self.altinn.store().commit(batch).await?;
        Ok(case)
    }

    /// Whose turn it is in a case: the parties in the roles that the state names; nobody's when it is closed.
    ///
    /// # Errors
    /// As [`Collaborations::case`].
    pub async fn turn(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
    ) -> Result<Vec<PartyId>, CollaborationError> {
        let (_, case) = self.permit_in_case(actor, service, (party, "read"), id).await?;
        let state = service.definition().states().get(&case.stands.state);
        let roles = state.map(|state| state.turn.as_slice()).unwrap_or_default();
        Ok(roles.iter().filter_map(|role| case.stands.participants.get(role).copied()).collect())
    }

    /// What has happened in a case, for a party that takes part in it: its latest 1,000 events, in their order.
    ///
    /// # Errors
    /// As [`Collaborations::case`].
    pub async fn history(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
    ) -> Result<Vec<CaseHistory>, CollaborationError> {
        self.permit_in_case(actor, service, (party, "read"), id).await?;
        let select =
            "select * from services_collaboration_history where case_id = $1 order by version desc limit $2";
        let rows = self.altinn.store().query(select, params![id, HISTORY]).await?;
        let history = rows.iter().rev().map(|row| CaseHistory::from_row(id, row));
        Ok(history.collect::<Result<_, _>>()?)
    }

    /// A party's cases in a service, the latest first, page by page.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] when the caller has nothing to do with the party; [`CollaborationError::Access`].
    pub async fn list(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        before: Option<CaseId>,
    ) -> Result<CasePage, CollaborationError> {
        self.permit(actor, service, party, "read").await?;
        let select = "select c.* from services_collaboration_case c where c.service = $1 and c.id in \
                      (select p.case_id from services_collaboration_participant p where p.party = $2 and p.case_id < $3) \
                      order by c.id desc limit $4";
        let before = before.map_or(Uuid::max(), CaseId::as_uuid);
        let found = params![service.id().to_string(), party, before, PAGE as i64 + 1];
        let rows = self.altinn.store().query(select, found).await?;
        let mut cases: Vec<Case> =
            rows.iter().map(|row| Case::from_row(row, self.altinn.case_keys())).collect::<Result<_, _>>()?;
        let has_more = cases.len() > PAGE;
        cases.truncate(PAGE);
        Ok(CasePage { before: cases.last().map(|case| case.id).filter(|_| has_more), cases })
    }

    /// What is still to be done in a case, for the agency that owns the collaboration: deadlines, and what follows from
    /// transitions, with what was wrong the last time that it was tried.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] for everybody else; [`CollaborationError::Access`].
    pub async fn pending(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        id: CaseId,
    ) -> Result<Vec<PendingWork>, CollaborationError> {
        let case = Case::of_service(self.kept(), service.id(), id).await?;
        let case = case.ok_or(CollaborationError::NotFound)?;
        self.permit_agency(actor, service, &case, "read").await?;
        let select =
            "select * from services_collaboration_work where case_id = $1 order by due_at, id limit $2";
        let rows = self.altinn.store().query(select, params![id, HISTORY]).await?;
        Ok(rows.iter().map(PendingWork::from_row).collect::<Result<_, _>>()?)
    }

    /// The cases of a service in which something has been given up, for the agency that owns the collaboration; by id, at
    /// most 100 after one.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] for everybody else.
    pub async fn stuck(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        after: Option<CaseId>,
    ) -> Result<Vec<CaseId>, CollaborationError> {
        if !service.is_agency(actor) {
            return Err(CollaborationError::NotFound);
        }
        let select = "select distinct work.case_id as id from services_collaboration_work work \
                      join services_collaboration_case c on c.id = work.case_id \
                      where work.due_at >= $1 and c.service = $2 and work.case_id > $3 order by work.case_id limit $4";
        let after = after.map_or(Uuid::nil(), CaseId::as_uuid);
        let found = params![super::job::NEVER, service.id().to_string(), after, PAGE as i64];
        let rows = self.altinn.store().query(select, found).await?;
        Ok(rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?)
    }

    /// Has all tried again that was given up in a case, from the beginning, by the agency that owns the collaboration;
    /// gives how much that is.
    ///
    /// # Errors
    /// As [`pending`](Self::pending).
    pub async fn redrive(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        id: CaseId,
    ) -> Result<usize, CollaborationError> {
        let case = Case::of_service(self.kept(), service.id(), id).await?;
        let case = case.ok_or(CollaborationError::NotFound)?;
        let access = self.permit_agency(actor, service, &case, "write").await?;
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &case.deed());
        let again = super::job::redrive(&mut batch, id, self.altinn.clock().now());
        let committed = self.altinn.store().commit(batch).await?;
        Ok(committed.rows(again).len())
    }
}
