//! Asking who signs.

use std::collections::BTreeSet;

use super::states::{data_type_of, signees_of};
use super::{Signee, SigneeContext, SigneeError};
use crate::process::Task;
use crate::submission::plan::Plan;
use crate::submission::{SubmissionError, Submissions};

impl Submissions<'_> {
    /// When a plan has come to a signing task with signees of its own: asks who they are.
    pub(in crate::submission) async fn ask_for_signees(
        &self,
        plan: &mut Plan<'_>,
    ) -> Result<(), SubmissionError> {
        let Ok(task) = plan.task() else { return Ok(()) };
        if data_type_of(task).is_none() || signees_of(&plan.instance, task)?.is_some() {
            return Ok(());
        }
        let signees = self.signees_by_provider(plan, task).await?;
        plan.keep_signees(task, &signees)
    }

    async fn signees_by_provider(
        &self,
        plan: &Plan<'_>,
        task: &Task,
    ) -> Result<Vec<Signee>, SubmissionError> {
        let provider =
            task.signature.as_ref().and_then(|config| config.signee_provider.clone()).unwrap_or_default();
        let plug_ins = &plan.tools.plug_ins;
        let missing =
            || SubmissionError::SigneeProviderMissing { task: task.id.clone(), provider: provider.clone() };
        let plug_in = plug_ins.signees.get(&provider).ok_or_else(missing)?;
        let register = self.altinn.register();
        let context = SigneeContext { service: plan.service, instance: &plan.instance, task, register };
        let mut signees = plug_in.signees(&context).await?;
        let mut seen = BTreeSet::new();
        signees.retain(|signee| seen.insert(signee.party));
        if signees.is_empty() {
            return Err(SigneeError::new(format!("`{provider}` names nobody for task `{}`", task.id)).into());
        }
        Ok(signees)
    }
}
