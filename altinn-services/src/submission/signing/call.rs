//! Asking who signs, and telling them.

use altinn_core::Language;
use altinn_core::store::Batch;
use altinn_notify::{Content, Order};

use super::states::{data_type_of, signees_of};
use super::{Signee, SigneeContext};
use crate::process::{Task, TaskKind};
use crate::submission::plan::Plan;
use crate::submission::{SubmissionError, Submissions};

impl Submissions<'_> {
    /// When a plan has come to a signing task with signees of its own: asks who they are, and orders that those whose
    /// turn it is are told, in the batch of the step.
    pub(in crate::submission) async fn call_signees(
        &self,
        plan: &mut Plan<'_>,
        batch: &mut Batch,
    ) -> Result<(), SubmissionError> {
        let Ok(task) = plan.task() else { return Ok(()) };
        if task.kind != TaskKind::Signing || data_type_of(task).is_none() {
            return Ok(());
        }
        let mut signees = match signees_of(&plan.instance, task)? {
            Some(signees) => signees,
            None => self.ask_for_signees(plan, task).await?,
        };
        let turn = signees.iter().filter(|signee| !signee.has_signed()).map(|signee| signee.order).min();
        for signee in &mut signees {
            let waits = Some(signee.order) == turn && !signee.has_signed();
            if waits && !signee.has_been_messaged_for_call_to_sign {
                signee.has_been_messaged_for_call_to_sign = self.tell(plan, task, signee, batch).await?;
            }
        }
        plan.keep_signees(task, &signees)
    }

    async fn ask_for_signees(&self, plan: &Plan<'_>, task: &Task) -> Result<Vec<Signee>, SubmissionError> {
        let provider =
            task.signature.as_ref().and_then(|config| config.signee_provider.clone()).unwrap_or_default();
        let plug_ins = &plan.tools.plug_ins;
        let missing =
            || SubmissionError::SigneeProviderMissing { task: task.id.clone(), provider: provider.clone() };
        let plug_in = plug_ins.signees.get(&provider).ok_or_else(missing)?;
        let context = SigneeContext { service: plan.service, instance: &plan.instance, task };
        Ok(plug_in.signees(&context).await?)
    }

    /// Orders a message to a signee; gives whether anybody knows how to reach them.
    async fn tell(
        &self,
        plan: &Plan<'_>,
        task: &Task,
        signee: &Signee,
        batch: &mut Batch,
    ) -> Result<bool, SubmissionError> {
        let Some(contact) = self.altinn.contact_of(Some(signee.party)).await? else { return Ok(false) };
        let flow = plan.instance.process.current_task().map_or(0, |current| current.flow);
        let (subject, body) = wording(plan.service.title(contact.language), contact.language);
        let reference = plan.instance.id.guid.to_string();
        let key = format!("submission/{reference}/sign/{}/{flow}/{}", task.id, signee.party);
        let order = Order::new(key, contact.recipient, Content::text(subject, body))
            .with_language(contact.language)
            .with_senders_reference(reference);
        self.altinn.notifier().order(batch, &order)?;
        Ok(true)
    }
}

/// The call for a signature. Nothing of what is to be signed stands in it.
fn wording(title: &str, language: Language) -> (String, String) {
    match language {
        Language::Nn => (
            format!("Til signering: {title}"),
            format!("Signaturen din trengst på «{title}». Logg inn for å lese og signere.\n"),
        ),
        Language::En => (
            format!("To be signed: {title}"),
            format!("Your signature is needed on \"{title}\". Log in to read and sign.\n"),
        ),
        _ => (
            format!("Til signering: {title}"),
            format!("Signaturen din trengs på «{title}». Logg inn for å lese og signere.\n"),
        ),
    }
}
