//! Forms of stateless services: prefilled, calculated and checked, and kept nowhere.
//!
//! A service that opens on pages of its own (`onEntry.show`), a calculator or a register that is looked up in, makes no
//! instance. Its front end asks for a form, sends it as it is filled in, and gets it back each time with what follows from
//! it (Altinn's `/v1/data`).

use std::collections::BTreeMap;

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, InstanceId, PartyId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::forms::Forms;
use super::hooks::Form;
use super::{Instance, InstanceStatus, NOBODY, Service, SubmissionError, Submissions};
use crate::definition::DataType;
use crate::expression::OwnerKind;
use crate::form::{FormData, Issue};
use crate::process::ProcessState;

/// The source of prefill that the address of a page fills in (Altinn's `QueryParameters`).
const QUERY: &str = "QueryParameters";

/// What a form of a stateless service is asked for with. `Debug` shows of what is filled in where it goes.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct StatelessRequest {
    /// The form as it is filled in so far; none: a new one.
    pub form: Option<FormData>,
    /// What the address of the page says, for the fields that the app's prefill takes from it (`QueryParameters`).
    pub query: BTreeMap<String, String>,
}

impl StatelessRequest {
    /// A form as it is filled in so far.
    pub fn of(form: FormData) -> Self {
        Self { form: Some(form), ..Self::default() }
    }
}

impl std::fmt::Debug for StatelessRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatelessRequest").field("query", &self.query.keys()).finish_non_exhaustive()
    }
}

/// A form of a stateless service, worked out. `Debug` leaves out what it holds.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct StatelessForm {
    /// The form, prefilled and with what the agency's code worked out.
    pub data: Value,
    /// What is wrong with it.
    pub issues: Vec<Issue>,
}

impl std::fmt::Debug for StatelessForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatelessForm").field("issues", &self.issues).finish_non_exhaustive()
    }
}

impl Submissions<'_> {
    /// A form of a stateless service, for a party that the caller may `read` the service for: a new one, or one that is
    /// sent along, prefilled from what is known of the party and worked out by the agency's code. Nothing is stored but who
    /// has asked.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not; [`SubmissionError::UnknownForm`] when the service has no such
    /// form; [`SubmissionError::Form`] when what was sent is none.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn stateless(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
        data_type: &str,
        request: &StatelessRequest,
    ) -> Result<StatelessForm, SubmissionError> {
        let asked = AccessRequest::new("read", service.id().clone(), party);
        self.altinn.authorizer().decide(actor, &asked).await?;
        let kind = form_of(service, data_type)?;
        let owner = self.altinn.register().party(party).await?.ok_or(SubmissionError::NotFound)?;
        let mut data = data_of(request);
        if let Some(prefill) = service.definition().prefill(&kind.id) {
            let known = self.known_of(service, party).await?;
            prefill.fill(&mut data, &(*known).clone().with(QUERY, json!(request.query)));
        }
        self.without_instance(service, kind, (party, owner.kind.into()), data, request).await
    }

    /// A form of a stateless service for whoever has not logged in, where its data type is open to anyone
    /// (`allowAnonymousOnStateless`): no prefill, since nobody is known.
    ///
    /// # Errors
    /// [`SubmissionError::UnknownForm`] when the service has no such form; [`SubmissionError::NotOpenToAnyone`] when it is
    /// not for everybody.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn stateless_anonymous(
        &self,
        service: &Service,
        data_type: &str,
        request: &StatelessRequest,
    ) -> Result<StatelessForm, SubmissionError> {
        let kind = form_of(service, data_type)?;
        if !service.definition().metadata().is_open_to_anyone(kind) {
            return Err(SubmissionError::NotOpenToAnyone { data_type: kind.id.clone() });
        }
        self.without_instance(service, kind, (NOBODY, OwnerKind::Unknown), data_of(request), request).await
    }

    /// What stands in the place of the instance of a form that belongs to none.
    pub(super) fn kept_nowhere(&self, service: &Service, party: PartyId) -> Instance {
        let now = self.altinn.clock().now();
        Instance {
            id: InstanceId::new(party, Uuid::nil()),
            service: service.id().clone(),
            process: ProcessState::not_started(),
            version: 0,
            created: now,
            changed: now,
            entry: None,
            status: InstanceStatus::default(),
            elements: Vec::new(),
        }
    }

    /// Works out a form that belongs to no instance.
    async fn without_instance(
        &self,
        service: &Service,
        kind: &DataType,
        (party, owner): (PartyId, OwnerKind),
        data: Value,
        request: &StatelessRequest,
    ) -> Result<StatelessForm, SubmissionError> {
        let instance = self.kept_nowhere(service, party);
        let forms = Forms::of(service, &instance, opens_on(service, kind), owner)?;
        let form = Form { service, instance: &instance, data_type: &kind.id };
        let sent = request.form.as_ref().filter(|sent| *sent.value() == data);
        let (worked_out, issues) = self.calculated(&form, &forms, data.clone(), sent).await?;
        Ok(StatelessForm { data: worked_out.unwrap_or(data), issues })
    }
}

/// The name of the layouts that a form is shown by: those that the app opens on, else those of the form's task.
pub(super) fn opens_on<'s>(service: &'s Service, kind: &'s DataType) -> &'s str {
    let metadata = service.definition().metadata();
    let front = metadata.on_entry().filter(|_| metadata.is_stateless());
    front.or(kind.task_id.as_deref()).unwrap_or_default()
}

fn form_of<'s>(service: &'s Service, data_type: &str) -> Result<&'s DataType, SubmissionError> {
    let unknown = || SubmissionError::UnknownForm { data_type: data_type.to_owned() };
    let kind = service.definition().metadata().data_type(data_type);
    kind.filter(|kind| kind.is_form()).ok_or_else(unknown)
}

/// What is sent along, or nothing yet.
fn data_of(request: &StatelessRequest) -> Value {
    request.form.as_ref().map_or_else(|| json!({}), |form| form.value().clone())
}
