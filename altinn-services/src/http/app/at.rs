//! What a path of the app API names.

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, InstanceId, PartyId, ServiceId};
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::http::Api;
use crate::http::altinn3::InstanceAnswer;
use crate::http::condition::etag;
use crate::http::error::ApiError;
use crate::submission::{DataElement, Instance, Service, SubmissionError};

/// A service: `/{org}/{app}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct ServicePath {
    /// The service owner: `ttd`.
    org: String,
    /// The app: `bakery-licence`.
    app: String,
}

/// An instance: `/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct InstancePath {
    /// The service owner.
    pub(super) org: String,
    /// The app.
    pub(super) app: String,
    /// The party that the instance is of.
    pub(super) instance_owner_party_id: i64,
    /// The instance.
    pub(super) instance_guid: Uuid,
}

/// An element of an instance: `.../data/{dataGuid}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct ElementPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// The party that the instance is of.
    instance_owner_party_id: i64,
    /// The instance.
    instance_guid: Uuid,
    /// The data element.
    pub(super) data_guid: Uuid,
}

impl ServicePath {
    pub(in crate::http) fn new(org: String, app: String) -> Self {
        Self { org, app }
    }

    /// The service that it names.
    pub(in crate::http) fn service(&self, api: &Api) -> Result<Service, ApiError> {
        service(api, &self.org, &self.app)
    }
}

impl InstancePath {
    /// The service that it names.
    pub(in crate::http) fn service(&self, api: &Api) -> Result<Service, ApiError> {
        service(api, &self.org, &self.app)
    }

    /// The instance's id; whether there is one is for the operation to find out.
    pub(in crate::http) fn id(&self) -> InstanceId {
        InstanceId::new(PartyId::new(self.instance_owner_party_id), self.instance_guid)
    }

    /// The instance, where the caller may read it and it is one of the service's.
    pub(super) async fn read(&self, api: &Api, actor: &Actor) -> Result<(Service, Instance), ApiError> {
        let service = self.service(api)?;
        let instance = api.altinn().submissions().get(actor, &self.id()).await?;
        of_service(&service, &instance)?;
        Ok((service, instance))
    }

    /// As [`read`](Self::read), also what is left of an instance that its end deleted.
    pub(super) async fn read_or_left(
        &self,
        api: &Api,
        actor: &Actor,
    ) -> Result<(Service, Instance), ApiError> {
        let service = self.service(api)?;
        let instance = api.altinn().submissions().get_or_left(actor, &self.id()).await?;
        of_service(&service, &instance)?;
        Ok((service, instance))
    }
}

impl ElementPath {
    /// An element of an instance of an app.
    pub(super) fn new((org, app): (String, String), (owner, guid): (i64, Uuid), data_guid: Uuid) -> Self {
        Self { org, app, instance_owner_party_id: owner, instance_guid: guid, data_guid }
    }

    pub(super) fn instance(&self) -> InstancePath {
        InstancePath {
            org: self.org.clone(),
            app: self.app.clone(),
            instance_owner_party_id: self.instance_owner_party_id,
            instance_guid: self.instance_guid,
        }
    }

    /// The element that it names, where the caller may read it, with its service and its instance.
    pub(super) async fn read(
        &self,
        api: &Api,
        actor: &Actor,
    ) -> Result<(Service, Instance, DataElement), ApiError> {
        let at = self.instance();
        let service = at.service(api)?;
        let (instance, element) = api.altinn().submissions().element(actor, &at.id(), self.data_guid).await?;
        of_service(&service, &instance)?;
        Ok((service, instance, element))
    }
}

fn service(api: &Api, org: &str, app: &str) -> Result<Service, ApiError> {
    let id: Option<ServiceId> = format!("{org}/{app}").parse().ok();
    id.and_then(|id| api.altinn().service(&id)).ok_or_else(not_found)
}

/// An instance of another service is none under this one's paths.
pub(in crate::http) fn of_service(service: &Service, instance: &Instance) -> Result<(), ApiError> {
    if instance.service() == service.id() { Ok(()) } else { Err(not_found()) }
}

pub(in crate::http) fn not_found() -> ApiError {
    SubmissionError::NotFound.into()
}

/// An instance as it is answered.
pub(in crate::http) async fn answer_of(api: &Api, instance: &Instance) -> Result<InstanceAnswer, ApiError> {
    let owner = api.altinn().register().party(instance.id().owner).await?;
    let service = api.altinn().service(instance.service());
    Ok(InstanceAnswer::of(instance, service.as_ref(), owner.as_ref()))
}

/// An answer with an instance, and the version that it is of.
pub(in crate::http) async fn answered(
    api: &Api,
    instance: &Instance,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let body = answer_of(api, instance).await?;
    Ok((status, [(ETAG, etag(instance.version()))], Json(body)).into_response())
}
