//! What an agency's own code adds to the forms of a service.

use altinn_core::{Party, Text};
use async_trait::async_trait;
use serde_json::Value;

use super::plan::Plan;
use super::{Instance, OptionsAsked, Service, SubmissionError, Submissions, UserAction, UserActionDone};
use crate::definition::Choice;
use crate::form::Issue;

/// What an agency's own code adds to the forms of a service: rules, calculation and what it knows already. All that is
/// not overridden does nothing; the rest comes from the app's folder.
///
/// The calls are made while a form is worked on, outside of any transaction, and may be repeated: they must have no
/// effect elsewhere.
///
/// ```
/// use altinn_services::form::Issue;
/// use altinn_services::submission::{Form, Submission};
/// use serde_json::{Value, json};
///
/// #[derive(Debug)]
/// struct BakeryLicence;
///
/// #[async_trait::async_trait]
/// impl Submission for BakeryLicence {
///     async fn calculate(&self, _form: &Form<'_>, data: &mut Value) {
///         let ovens = data["ovens"].as_array().map_or(0, Vec::len);
///         data["fee"] = json!(ovens * 500);
///     }
/// }
///
/// # fn example(builder: altinn_services::AltinnBuilder, id: altinn_core::ServiceId) -> altinn_services::AltinnBuilder {
/// builder.submission(id, BakeryLicence)
/// # }
/// ```
#[async_trait]
pub trait Submission: std::fmt::Debug + Send + Sync {
    /// What is wrong with a form by the agency's own rules; asked when it is saved, and before its task is left.
    async fn validate(&self, _form: &Form<'_>, _data: &Value) -> Vec<Issue> {
        Vec::new()
    }

    /// Works out the fields of a form that follow from others; asked when it is saved.
    async fn calculate(&self, _form: &Form<'_>, _data: &mut Value) {}

    /// Whether an instance may be started for a party, beside what the policy says; asked for every instance that is to be
    /// made, also by a subscription (Altinn's `IInstantiationValidator`).
    ///
    /// # Errors
    /// Why not, as whoever starts it is told.
    async fn may_start(&self, _service: &Service, _owner: &Party) -> Result<(), Text> {
        Ok(())
    }

    /// The choices of a list that no file of `options` holds (Altinn's `IAppOptionsProvider` and, with an instance,
    /// `IInstanceAppOptionsProvider`); none when there is no such list.
    async fn options(&self, _id: &str, _asked: &OptionsAsked<'_>) -> Option<Vec<Choice>> {
        None
    }

    /// What happens when a user does an action that moves no process (`serverAction`), by its name (Altinn's
    /// `IUserAction`); none when there is no such action.
    async fn user_action(&self, _action: &UserAction<'_>) -> Option<Result<UserActionDone, Text>> {
        None
    }

    /// What a source that the app's `prefill.json` names knows of the party that an instance is for; asked when the
    /// instance is made. What the registers give for `ER`, `DSF` and `UserProfile` is replaced by it.
    async fn prefill(&self, _service: &Service, _source: &str, _owner: &Party) -> Option<Value> {
        None
    }
}

impl Submissions<'_> {
    /// Refuses to start an instance that the agency's own code does not let be started.
    pub(super) async fn check_with_hooks(
        &self,
        service: &Service,
        owner: &Party,
    ) -> Result<(), SubmissionError> {
        match self.altinn.plug_ins().submission(service.id()) {
            Some(hooks) => hooks.may_start(service, owner).await.map_err(SubmissionError::MayNotStart),
            None => Ok(()),
        }
    }

    /// What is wrong with the forms of a task by the agency's own rules.
    pub(super) async fn issues_of_hooks(
        &self,
        plan: &Plan<'_>,
        task: &str,
    ) -> Result<Vec<Issue>, SubmissionError> {
        let (service, instance) = (plan.service, &plan.instance);
        let Some(hooks) = self.altinn.plug_ins().submission(service.id()) else { return Ok(Vec::new()) };
        let mut issues = Vec::new();
        for element in instance.elements() {
            let data_type = element.data_type();
            if service.forms_of(task).any(|form| form.id == data_type) {
                let form = Form { service, instance, data_type };
                let found = hooks.validate(&form, &element.form()?).await;
                issues.extend(plan.told(data_type, found));
            }
        }
        Ok(issues)
    }
}

/// The form that the agency's code is asked about.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Form<'a> {
    /// The service.
    pub service: &'a Service,
    /// The instance, as it is stored; of the form of a stateless service one that is kept nowhere
    /// ([`Instance::is_stateless`]).
    pub instance: &'a Instance,
    /// The form's data type.
    pub data_type: &'a str,
}
