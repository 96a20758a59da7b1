//! Who has signed, and whose turn it is.

use altinn_core::{Actor, PartyId};

use super::Signee;
use crate::process::{Task, TaskKind};
use crate::submission::element::{DataElement, FORM};
use crate::submission::plan::Plan;
use crate::submission::{Instance, SubmissionError, Submissions};

/// For whom a caller signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::submission) enum Turn {
    /// The task has no signees of its own: one signature does.
    Anyone,
    /// For this signee.
    Signee(PartyId),
}

impl Submissions<'_> {
    /// Who signs in the task at hand, and who has; none where one signature of anybody who may does.
    ///
    /// # Errors
    /// As [`Submissions::get`].
    pub async fn signees(
        &self,
        actor: &Actor,
        id: &altinn_core::InstanceId,
    ) -> Result<Vec<Signee>, SubmissionError> {
        // The list is the service's own, whoever may read the element that it is kept in.
        let instance = self.load_for(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        let service = self.service_of(&instance)?;
        let task = instance.task().and_then(|task| service.definition().process().task(task));
        let signees = task.map(|task| signees_of(&instance, task)).transpose()?.flatten();
        let shown = |signee: Signee| Signee { communication_config: None, ..signee };
        Ok(signees.unwrap_or_default().into_iter().map(shown).collect())
    }

    /// For whom a caller signs in a task: a signee that they are or act for, whose turn it is.
    pub(in crate::submission) async fn turn(
        &self,
        actor: &Actor,
        instance: &Instance,
        task: &Task,
    ) -> Result<Turn, SubmissionError> {
        if task.kind != TaskKind::Signing {
            return Ok(Turn::Anyone);
        }
        signed_before(actor, instance, task)?;
        let Some(signees) = signees_of(instance, task)? else {
            return if counts_signatures(task) && has_signed_here(actor, instance, task)? {
                Err(SubmissionError::NotYourTurn { task: task.id.clone() })
            } else {
                Ok(Turn::Anyone)
            };
        };
        let now = signees.iter().filter(|signee| !signee.has_signed()).map(|signee| signee.order).min();
        let mut is_signee = false;
        for signee in &signees {
            let own = actor.party() == Some(signee.party);
            if !own && !self.altinn.authorizer().represents(actor, signee.party).await? {
                continue;
            }
            is_signee = true;
            if !signee.has_signed() && Some(signee.order) == now {
                return Ok(Turn::Signee(signee.party));
            }
        }
        let task = task.id.clone();
        Err(if is_signee {
            SubmissionError::NotYourTurn { task }
        } else {
            SubmissionError::NotASignee { task }
        })
    }
}

impl Submissions<'_> {
    /// Whether a plan stands in a task whose signees are others than the caller, or sign before them.
    pub(in crate::submission) async fn waits_for_others(
        &self,
        plan: &mut Plan<'_>,
        actor: &Actor,
    ) -> Result<bool, SubmissionError> {
        let Ok(task) = plan.task() else { return Ok(false) };
        if data_type_of(task).is_none() {
            return Ok(false);
        }
        self.ask_for_signees(plan).await?;
        match self.turn(actor, &plan.instance, task).await {
            Ok(_) => Ok(false),
            Err(SubmissionError::NotASignee { .. } | SubmissionError::NotYourTurn { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

impl Plan<'_> {
    /// Marks a signee as having signed; gives whether the task is done.
    pub(in crate::submission) fn mark_signed(
        &mut self,
        task: &Task,
        turn: Turn,
    ) -> Result<bool, SubmissionError> {
        let Turn::Signee(party) = turn else { return Ok(self.has_enough_signatures(task)) };
        let mut signees = signees_of(&self.instance, task)?.unwrap_or_default();
        if let Some(signee) = signees.iter_mut().find(|signee| signee.party == party && !signee.has_signed())
        {
            signee.signed_time = Some(self.tools.now);
        }
        self.keep_signees(task, &signees)?;
        Ok(signees.iter().all(Signee::has_signed) && self.has_enough_signatures(task))
    }

    /// Whether there are as many signatures as their data type asks for, where the task has them counted
    /// (`runDefaultValidator`).
    fn has_enough_signatures(&self, task: &Task) -> bool {
        let data_type = task.signature.as_ref().and_then(|config| config.signature_data_type.as_deref());
        let Some(data_type) = data_type.filter(|_| counts_signatures(task)) else { return true };
        let least =
            self.service.definition().metadata().data_type(data_type).map_or(0, |kind| kind.min_count);
        let given = self.instance.elements().iter().filter(|element| element.data_type() == data_type);
        given.count() as u64 >= least
    }

    /// Keeps what is known of the signees of a task.
    pub(in crate::submission) fn keep_signees(
        &mut self,
        task: &Task,
        signees: &[Signee],
    ) -> Result<(), SubmissionError> {
        let Some(data_type) = data_type_of(task) else { return Ok(()) };
        let content = serde_json::to_vec(signees).map_err(|error| SubmissionError::Stored {
            column: data_type.to_owned(),
            text: error.to_string(),
        })?;
        match self.instance.element(data_type).map(|element| element.id) {
            Some(id) => self.change(id, content),
            None => {
                let id = self.tools.ids.next_id();
                let states = DataElement::new(id, data_type, FORM, content, self.tools.now);
                self.instance.elements.push(states);
            }
        }
        Ok(())
    }
}

/// The data type that the states of a task's signees are kept in, where the task has signees of its own.
pub(in crate::submission) fn data_type_of(task: &Task) -> Option<&str> {
    let config = task.signature.as_ref().filter(|config| config.signee_provider.is_some())?;
    if task.kind != TaskKind::Signing {
        return None;
    }
    config.signee_states_data_type.as_deref()
}

/// The signees of a task, once they are known.
pub(in crate::submission) fn signees_of(
    instance: &Instance,
    task: &Task,
) -> Result<Option<Vec<Signee>>, SubmissionError> {
    let element = data_type_of(task).and_then(|data_type| instance.element(data_type));
    let Some(element) = element else { return Ok(None) };
    let signees = serde_json::from_slice(element.content()).map_err(|error| SubmissionError::Stored {
        column: element.data_type().to_owned(),
        text: error.to_string(),
    })?;
    Ok(Some(signees))
}

/// Whether the signatures of a task are counted.
fn counts_signatures(task: &Task) -> bool {
    task.signature.as_ref().is_some_and(|config| config.run_default_validator)
}

/// Whether somebody has given one of the signatures of a task.
fn has_signed_here(actor: &Actor, instance: &Instance, task: &Task) -> Result<bool, SubmissionError> {
    let data_type = task.signature.as_ref().and_then(|config| config.signature_data_type.as_deref());
    has_signed_in(actor, instance, |element| Some(element.data_type()) == data_type)
}

/// Who has signed in certain data types may not sign in this task (`uniqueFromSignaturesInDataTypes`).
fn signed_before(actor: &Actor, instance: &Instance, task: &Task) -> Result<(), SubmissionError> {
    let Some(config) = &task.signature else { return Ok(()) };
    let is_meant =
        |element: &DataElement| config.unique_from_signatures_in.iter().any(|id| id == element.data_type());
    match has_signed_in(actor, instance, is_meant)? {
        true => Err(SubmissionError::SignedBefore { task: task.id.clone() }),
        false => Ok(()),
    }
}

fn has_signed_in(
    actor: &Actor,
    instance: &Instance,
    is_meant: impl Fn(&DataElement) -> bool,
) -> Result<bool, SubmissionError> {
    let reference = actor.reference();
    for element in instance.elements().iter().filter(|element| is_meant(element)) {
        if element.form()?.get("signedBy").and_then(serde_json::Value::as_str) == Some(&reference) {
            return Ok(true);
        }
    }
    Ok(false)
}
