//! What a user does in a task by its name.

use std::collections::BTreeMap;

use altinn_core::Actor;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::at::{InstancePath, answer_of};
use crate::definition::DataType;
use crate::http::Api;
use crate::http::altinn3::{InstanceAnswer, IssueAnswer};
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::language::language_of;
use crate::http::query::InPath;
use crate::submission::{Instance, Service};

/// What a user does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserAction {
    /// The action: `sign`, `pay`, or one that the task declares for the agency's code.
    action: String,
    /// The button that was pressed, where there are several for the action.
    button_id: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserActionAnswer {
    /// The instance as it is now.
    instance: InstanceAnswer,
    /// Where the user goes on, to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    /// The forms that the agency's code changed, by the ids of their elements.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, Object>, required = false)]
    updated_data_models: BTreeMap<Uuid, Value>,
    /// What is wrong with those forms now, by the ids of their elements and by what found it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    updated_validation_issues: BTreeMap<Uuid, BTreeMap<&'static str, Vec<IssueAnswer>>>,
    /// What the front end is to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, required = false)]
    client_actions: Vec<Value>,
}

/// Does something in the task at hand: `sign` signs, `pay` begins a payment and tells where it is made, and what the task
/// declares for the agency's code is done by it.
#[utoipa::path(post, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/actions",
    tag = "process", operation_id = "performAction", params(InstancePath), request_body = UserAction,
    responses((status = 200, description = "It was done", body = UserActionAnswer)))]
pub(super) async fn act(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<UserAction>,
) -> Result<Json<UserActionAnswer>, ApiError> {
    let (service, before) = at.read(&api, &actor).await?;
    let submissions = api.altinn().submissions();
    let mut answer = if is_of_code(&service, &before, &asked.action) {
        let done =
            submissions.user_action(&actor, &at.id(), &asked.action, asked.button_id.as_deref()).await?;
        let (instance, done) = done;
        let mut answer = UserActionAnswer::of(&api, &instance).await?;
        answer.client_actions = done.client_actions().to_vec();
        answer.updated_data_models = changed(&service, &before, &instance)?;
        answer
    } else if asked.action == "pay" {
        let payment = submissions.pay(&actor, &at.id()).await?;
        let mut answer = UserActionAnswer::of(&api, &submissions.get(&actor, &at.id()).await?).await?;
        answer.redirect_url = payment.payment_details.and_then(|details| details.redirect_url);
        answer
    } else {
        let instance = submissions.next(&actor, &at.id(), Some(&asked.action)).await?;
        UserActionAnswer::of(&api, &instance).await?
    };
    if !answer.updated_data_models.is_empty() {
        answer.add_issues(&api, &actor, &at, &headers).await?;
    }
    Ok(Json(answer))
}

/// Whether the task at hand declares an action that moves no process: the agency's code does it.
fn is_of_code(service: &Service, instance: &Instance, action: &str) -> bool {
    let task = instance.task().and_then(|task| service.definition().process().task(task));
    let mut actions = task.into_iter().flat_map(|task| &task.actions);
    actions.any(|declared| !declared.moves_process && declared.name == action)
}

/// The forms that are other than they were.
fn changed(service: &Service, before: &Instance, now: &Instance) -> Result<BTreeMap<Uuid, Value>, ApiError> {
    let metadata = service.definition().metadata();
    let mut changed = BTreeMap::new();
    for element in now.elements() {
        let was = before.elements().iter().find(|known| known.id() == element.id());
        let is_form = metadata.data_type(element.data_type()).is_some_and(DataType::is_form);
        if is_form && was.is_none_or(|was| was.content() != element.content()) {
            changed.insert(element.id(), element.form()?);
        }
    }
    Ok(changed)
}

impl UserActionAnswer {
    async fn of(api: &Api, instance: &Instance) -> Result<Self, ApiError> {
        Ok(Self {
            instance: answer_of(api, instance).await?,
            redirect_url: None,
            updated_data_models: BTreeMap::new(),
            updated_validation_issues: BTreeMap::new(),
            client_actions: Vec::new(),
        })
    }

    /// Adds what is wrong with the forms that were changed.
    async fn add_issues(
        &mut self,
        api: &Api,
        actor: &Actor,
        at: &InstancePath,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        let language = language_of(headers);
        let issues = api.altinn().submissions().validate(actor, &at.id()).await?;
        for element in self.updated_data_models.keys() {
            let of_form = issues.iter().filter(|issue| issue.element == Some(*element));
            let of_form = IssueAnswer::by_source(of_form, language);
            self.updated_validation_issues.insert(*element, of_form);
        }
        Ok(())
    }
}
