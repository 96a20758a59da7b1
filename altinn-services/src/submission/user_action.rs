//! Actions of users that move no process: what the agency's code does when a button is pressed.

use altinn_core::{Actor, InstanceId};
use serde_json::Value;

use super::history::History;
use super::plan::Plan;
use super::{Instance, Service, SubmissionError, Submissions, TRIES};
use crate::process::Refusal;

/// An action of a user that the agency's code is asked to do.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct UserAction<'a> {
    /// The service.
    pub service: &'a Service,
    /// The instance, as it is stored.
    pub instance: &'a Instance,
    /// The action, as the drawing declares it.
    pub action: &'a str,
    /// The button that was pressed, where there are several for the action.
    pub button: Option<&'a str>,
}

/// What an action of a user came to. Its `Debug` shows which forms it changes.
#[derive(Clone, Default, PartialEq)]
pub struct UserActionDone {
    forms: Vec<(String, Value)>,
    client_actions: Vec<Value>,
}

impl UserActionDone {
    /// It is done, and nothing changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a form as it is from now on; it is kept as it was when it is no form of the task at hand.
    #[must_use]
    pub fn with_form(mut self, data_type: impl Into<String>, data: Value) -> Self {
        self.forms.push((data_type.into(), data));
        self
    }

    /// The same with something that the front end is to do (Altinn's `clientActions`), such as `{"id": "nextPage"}`.
    #[must_use]
    pub fn with_client_action(mut self, action: Value) -> Self {
        self.client_actions.push(action);
        self
    }

    /// What the front end is to do.
    pub fn client_actions(&self) -> &[Value] {
        &self.client_actions
    }
}

impl std::fmt::Debug for UserActionDone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let forms: Vec<&str> = self.forms.iter().map(|(data_type, _)| data_type.as_str()).collect();
        f.debug_struct("UserActionDone").field("forms", &forms).finish_non_exhaustive()
    }
}

impl Submissions<'_> {
    /// Does an action that the drawing of the task at hand declares and that moves no process (`serverAction`), by the
    /// agency's code ([`Submission::user_action`](super::Submission::user_action)). What it changes of forms is stored.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the policy does not let the caller do it; [`SubmissionError::Process`] when the
    /// task does not declare it; [`SubmissionError::UserActionMissing`] when no code does it;
    /// [`SubmissionError::UserActionFailed`] with what the code says; [`SubmissionError::Changed`] when somebody else
    /// wrote at the same time.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn user_action(
        &self,
        actor: &Actor,
        id: &InstanceId,
        action: &str,
        button: Option<&str>,
    ) -> Result<(Instance, UserActionDone), SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let mut tries = 1;
        loop {
            match self.try_user_action(actor, instance.clone(), action, button).await {
                // The rights changed, and are decided anew.
                Err(SubmissionError::Changed) if tries < TRIES && self.is_unchanged(&instance).await? => {
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_user_action(
        &self,
        actor: &Actor,
        instance: Instance,
        action: &str,
        button: Option<&str>,
    ) -> Result<(Instance, UserActionDone), SubmissionError> {
        let access = self.permit(actor, &instance, action).await?;
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        let task = plan.task()?;
        if !task.actions.iter().any(|declared| !declared.moves_process && declared.name == action) {
            let declared = task.actions.iter().filter(|declared| !declared.moves_process);
            let allowed = declared.map(|declared| declared.name.clone()).collect();
            let (task, action) = (task.id.clone(), action.to_owned());
            return Err(Refusal::ActionNotAllowed { task, action, allowed }.into());
        }
        let missing = || SubmissionError::UserActionMissing { action: action.to_owned() };
        let hooks = self.altinn.plug_ins().submission(service.id()).ok_or_else(missing)?;
        let asked = UserAction { service: &service, instance: &plan.instance, action, button };
        let done = hooks.user_action(&asked).await.ok_or_else(missing)?;
        let done = done.map_err(SubmissionError::UserActionFailed)?;
        let mut batch = self.also.clone();
        access.guard(&mut batch);
        for (data_type, data) in &done.forms {
            let is_of_task = service.forms_of(&task.id).any(|form| form.id == *data_type);
            let element = plan.instance.element(data_type).filter(|_| is_of_task).map(|element| element.id);
            if let Some(element) = element {
                plan.withdraw_signatures_on(element);
                plan.change(element, data.to_string().into_bytes());
            }
        }
        plan.history.push(History::of_instance("Saved", now));
        plan.keep_fields()?;
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok((self.shown_to(actor, plan.instance).await?, done))
    }
}
