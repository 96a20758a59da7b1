//! Under what an element is authorised.

use altinn_auth::decision::AccessRequest;
use altinn_core::store::{Row, StoreError};
use altinn_core::{InstanceId, PartyId, ServiceId};
use uuid::Uuid;

use super::ElementKind;

/// Under what an element is authorised: a service, the action that lets it be seen, and the part of the service that it
/// stands in. Elements of one scope and one party are decided together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    pub(super) service: ServiceId,
    pub(super) kind: ElementKind,
    action: &'static str,
    part: Part,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Whole,
    Task(String),
    EndEvent(String),
}

/// The actions by which elements are seen.
const ACTIONS: [&str; 2] = ["read", "write"];

impl Scope {
    /// A service, for those who may `read`.
    pub(crate) fn read(service: ServiceId, kind: ElementKind) -> Self {
        Self { service, kind, action: ACTIONS[0], part: Part::Whole }
    }

    /// A service, for those who may `write`: what was sent.
    #[cfg(feature = "broker")]
    pub(crate) fn write(service: ServiceId, kind: ElementKind) -> Self {
        Self { service, kind, action: ACTIONS[1], part: Part::Whole }
    }

    /// A task of a service, or the end event by which its process ended.
    pub(crate) fn within(mut self, task: Option<&str>, end_event: Option<&str>) -> Self {
        self.part = match (task, end_event) {
            (Some(task), _) => Part::Task(task.to_owned()),
            (None, Some(end_event)) => Part::EndEvent(end_event.to_owned()),
            (None, None) => Part::Whole,
        };
        self
    }

    /// As it is stored beside the service.
    pub(super) fn text(&self) -> String {
        let action = self.action;
        match &self.part {
            Part::Whole => action.to_owned(),
            Part::Task(task) => format!("{action}/task/{task}"),
            Part::EndEvent(end_event) => format!("{action}/end/{end_event}"),
        }
    }

    /// The scope in the columns `service`, `scope` and `kind`.
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let unreadable = |column: &str, expected| StoreError::Decode { column: column.to_owned(), expected };
        let (service, kind): (String, String) = (row.get("service")?, row.get("kind")?);
        let service = service.parse().map_err(|_| unreadable("service", "the id of a service"))?;
        let kind = ElementKind::named(&kind).ok_or_else(|| unreadable("kind", "a kind of element"))?;
        let text: String = row.get("scope")?;
        let mut parts = text.splitn(3, '/');
        let action = parts.next().and_then(|found| ACTIONS.into_iter().find(|action| *action == found));
        let part = match (parts.next(), parts.next()) {
            (None, None) => Some(Part::Whole),
            (Some("task"), Some(task)) => Some(Part::Task(task.to_owned())),
            (Some("end"), Some(end_event)) => Some(Part::EndEvent(end_event.to_owned())),
            _ => None,
        };
        match (action, part) {
            (Some(action), Some(part)) => Ok(Self { service, kind, action, part }),
            _ => Err(unreadable("scope", "a scope of elements")),
        }
    }

    /// What is asked to see all its elements that a party has.
    pub(super) fn request(&self, party: PartyId) -> AccessRequest {
        let mut request = AccessRequest::new(self.action, self.service.clone(), party);
        match &self.part {
            Part::Whole => {}
            Part::Task(task) => request.task = Some(task.clone()),
            Part::EndEvent(end_event) => request.end_event = Some(end_event.clone()),
        }
        request
    }

    /// What is asked to see one of them.
    pub(super) fn request_of(&self, party: PartyId, id: Uuid) -> AccessRequest {
        let mut request = self.request(party);
        request.instance = self.kind.is_instance().then(|| InstanceId::new(party, id));
        request
    }
}
