//! What becomes of an instance beside its process: the same in the app API and in storage.

use std::collections::BTreeMap;

use altinn_core::{Actor, InstanceId};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::app::answered;
use super::error::ApiError;
use crate::submission::{Instance, Substatus, Values};

/// How an instance is deleted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Deletion {
    /// For good; into the bin where it is left out.
    #[serde(default)]
    #[param(required = false)]
    hard: bool,
}

/// What the agency says of how far an instance has come.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(title = "NewSubstatus")]
pub(super) struct NewSubstatus {
    /// In a few words.
    #[schema(min_length = 1, max_length = 255)]
    label: String,
    /// In more.
    description: Option<String>,
}

/// Texts that an instance is shown with.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct PresentationTexts {
    /// The texts by their ids; `null` takes one away.
    texts: BTreeMap<String, Option<String>>,
}

/// Values that are kept with an instance.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct DataValues {
    /// The values by their ids; `null` takes one away.
    values: BTreeMap<String, Option<String>>,
}

impl Deletion {
    /// Deletes an instance that the caller may read.
    pub(super) async fn of(
        &self,
        api: &Api,
        actor: &Actor,
        instance: &Instance,
    ) -> Result<Response, ApiError> {
        let submissions = api.altinn().submissions();
        if self.hard {
            submissions.delete_for_good(actor, instance.id()).await?;
            return answered(api, instance, StatusCode::OK).await;
        }
        let instance = submissions.delete(actor, instance.id()).await?;
        answered(api, &instance, StatusCode::OK).await
    }
}

/// Confirms that the agency has got what it needs.
pub(super) async fn complete(api: &Api, agency: &Actor, id: &InstanceId) -> Result<Response, ApiError> {
    let instance = api.altinn().submissions().confirm_complete(agency, id).await?;
    answered(api, &instance, StatusCode::OK).await
}

impl NewSubstatus {
    /// Says it of an instance.
    pub(super) async fn of(self, api: &Api, agency: &Actor, id: &InstanceId) -> Result<Response, ApiError> {
        if self.label.is_empty() || self.label.chars().count() > 255 {
            return Err(ApiError::new("HTTP-BODY", "`label` has 1 to 255 characters"));
        }
        let substatus = Substatus { label: self.label, description: self.description };
        let instance = api.altinn().submissions().set_substatus(agency, id, Some(substatus)).await?;
        answered(api, &instance, StatusCode::OK).await
    }
}

impl PresentationTexts {
    /// Sets them.
    pub(super) async fn of(self, api: &Api, actor: &Actor, id: &InstanceId) -> Result<Response, ApiError> {
        let texts: Values = self.texts;
        let instance = api.altinn().submissions().set_presentation_texts(actor, id, &texts).await?;
        answered(api, &instance, StatusCode::OK).await
    }
}

impl DataValues {
    /// Sets them.
    pub(super) async fn of(self, api: &Api, actor: &Actor, id: &InstanceId) -> Result<Response, ApiError> {
        let values: Values = self.values;
        let instance = api.altinn().submissions().set_data_values(actor, id, &values).await?;
        answered(api, &instance, StatusCode::OK).await
    }
}
