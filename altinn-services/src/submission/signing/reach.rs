//! Letting signees in, and telling them that their signature is waited for.

use altinn_auth::delegation::{Receiver, Share, Sharing};
use altinn_core::store::Batch;

use super::states::{data_type_of, signees_of};
use super::{CALL_TO_SIGN, Signee};
use crate::process::Task;
use crate::submission::history::History;
use crate::submission::plan::Plan;
use crate::submission::service_task::NewWork;
use crate::submission::{SubmissionError, Submissions};

/// What a signee does with an instance, and what must be given for it.
const ACTIONS: [&str; 3] = ["read", "sign", "reject"];
const NEEDED: [&str; 2] = ["read", "sign"];

const TASK: &str = "urn:altinn:task";

/// What is left to be done for the signees of a task: nothing, or why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::submission) struct Outstanding(Option<String>);

impl Outstanding {
    /// Why something is left to be done.
    pub(in crate::submission) fn reason(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn add(&mut self, reason: Option<String>) {
        self.0 = self.0.take().or(reason);
    }
}

impl Submissions<'_> {
    /// Adds to the batch of a step that the signees of the task it came to are let in, that those of the task it left are
    /// not any more, and that those whose turn it is are told. What cannot be done in the batch, or failed, is work for
    /// the machine.
    pub(in crate::submission) async fn reach_signees(
        &self,
        plan: &mut Plan<'_>,
        batch: &mut Batch,
    ) -> Result<(), SubmissionError> {
        let outstanding = self.let_in_and_tell(plan, batch).await?;
        let current = plan.instance.process.current_task();
        if let Some(current) = current.filter(|_| outstanding.reason().is_some()) {
            let (id, task, flow) = (plan.tools.ids.next_id(), current.element_id.clone(), current.flow);
            plan.work = Some(NewWork { id, task, flow, kind: CALL_TO_SIGN.to_owned() });
        }
        Ok(())
    }

    /// As [`reach_signees`](Self::reach_signees), and gives what is left to be done.
    pub(in crate::submission) async fn let_in_and_tell(
        &self,
        plan: &mut Plan<'_>,
        batch: &mut Batch,
    ) -> Result<Outstanding, SubmissionError> {
        let is_there = plan.instance.status.hard_deleted.is_none();
        let task = plan.task().ok().filter(|task| data_type_of(task).is_some() && is_there);
        let mut signees = match task {
            Some(task) => signees_of(&plan.instance, task)?.unwrap_or_default(),
            None => Vec::new(),
        };
        if task.is_some() || plan.had_signees {
            self.let_in(plan, task, &mut signees, batch).await?;
        }
        let Some(task) = task else { return Ok(Outstanding::default()) };
        let turn = signees.iter().filter(|signee| !signee.has_signed()).map(|signee| signee.order).min();
        let (mut outstanding, mut is_told) = (Outstanding::default(), false);
        for signee in signees.iter_mut().filter(|signee| !signee.has_signed()) {
            if signee.has_failed_to_get_in() {
                outstanding.add(signee.delegation_failed_reason.clone());
            } else if Some(signee.order) == turn {
                is_told |= self.tell(plan, task, signee, batch).await?;
                let is_sent = signee.cta_correspondence_id.is_some();
                if !is_sent && self.sends_correspondences(plan, task) {
                    let not_yet = || "the correspondence is not sent yet".to_owned();
                    outstanding.add(Some(signee.call_to_sign_failed_reason.clone().unwrap_or_else(not_yet)));
                }
                outstanding.add(signee.call_to_sign_failed_reason.clone());
            }
        }
        if is_told {
            plan.history.push(History::of_instance("SentToSign", plan.tools.now));
        }
        plan.keep_signees(task, &signees)?;
        Ok(outstanding)
    }

    /// Gives signees what they need on the instance, for as long as their task lasts.
    async fn let_in(
        &self,
        plan: &Plan<'_>,
        task: Option<&Task>,
        signees: &mut [Signee],
        batch: &mut Batch,
    ) -> Result<(), SubmissionError> {
        let access = self.altinn.access_management();
        let (app, owner) = (plan.service.id(), plan.instance.id.owner);
        let resource = app.resource_id();
        let mut rights: Vec<_> = match task {
            Some(_) => access.check_for_app(app).await?.iter().map(|right| right.of(&resource)).collect(),
            None => Vec::new(),
        };
        rights.retain(|right| {
            let is_of_task = right
                .within
                .iter()
                .all(|(id, value)| id == TASK && task.is_some_and(|task| task.id == *value));
            ACTIONS.contains(&right.action.as_str()) && is_of_task
        });
        let missing = NEEDED.iter().find(|action| !rights.iter().any(|right| right.action == **action));
        let mut shares = Vec::new();
        for signee in signees.iter().filter(|signee| signee.party != owner && missing.is_none()) {
            let to = Receiver::Party(signee.party);
            shares.extend(rights.iter().map(|right| Share { to, right: right.clone() }));
        }
        let sharing = Sharing { app, instance: plan.instance.id, actions: &ACTIONS, shares };
        let answers = access.share_for_app(batch, &sharing).await?;
        for signee in signees {
            let to = Receiver::Party(signee.party);
            let own = sharing.shares.iter().zip(&answers).filter(|(share, _)| share.to == to);
            let refused = own.filter_map(|(_, answer)| answer.as_ref().err()).next();
            signee.delegation_failed_reason = match (missing, refused) {
                _ if signee.party == owner => None,
                (Some(action), _) => Some(format!("{NOT_OF_POLICY}`{action}`")),
                (None, refused) => refused.map(ToString::to_string),
            };
            signee.is_access_delegated = signee.delegation_failed_reason.is_none();
        }
        Ok(())
    }
}

/// Why nobody is let in by the app: those who sign have the rights by themselves, and are told all the same.
const NOT_OF_POLICY: &str = "the policy does not let the app give ";

impl Signee {
    /// Whether the app was to let them in and could not: what they would be told of they could not open.
    pub(super) fn has_failed_to_get_in(&self) -> bool {
        self.delegation_failed_reason.as_ref().is_some_and(|reason| !reason.starts_with(NOT_OF_POLICY))
    }
}
