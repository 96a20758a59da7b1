//! Which elements of an instance a caller may read, add, change and remove: the one place that decides it.
//!
//! Beside what the policy lets a caller do with the instance (`read`, `write`), a data type may ask for an action of its own
//! (`actionRequiredToRead`, `actionRequiredToWrite`), name who contributes its elements (`allowedContributors`), and keep
//! users from adding or deleting them (`disallowUserCreate`, `disallowUserDelete`). A data type that says nothing of it
//! costs no decision.

use std::collections::{BTreeMap, BTreeSet};

use altinn_archive::ReceiptState;
use altinn_auth::decision::{Access, AccessRequest};
use altinn_core::{Actor, InstanceId, Subject};
use uuid::Uuid;

use super::{DataElement, Instance, SubmissionError, Submissions, is_agency};
use crate::definition::DataType;

/// What is done to the elements of a data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Add,
    Change,
    Remove,
}

impl Submissions<'_> {
    /// Reads one element of an instance, and the instance around it.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] as [`Submissions::get`], and when the instance has no such element;
    /// [`SubmissionError::Access`] when its data type asks for an action that the caller may not do.
    pub async fn element(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
    ) -> Result<(Instance, DataElement), SubmissionError> {
        let found = self.find_element(actor, id, |known| known.id == element).await?;
        found.ok_or(SubmissionError::NotFound)
    }

    /// As [`element`](Self::element), of the first element that is meant; none where there is none.
    pub(super) async fn find_element(
        &self,
        actor: &Actor,
        id: &InstanceId,
        is_meant: impl Fn(&DataElement) -> bool,
    ) -> Result<Option<(Instance, DataElement)>, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        let Some(found) = instance.elements.iter().find(|known| is_meant(known)).cloned() else {
            return Ok(None);
        };
        self.permit_reading(actor, &instance, &found.data_type).await?;
        Ok(Some((self.shown_to(actor, instance).await?, found)))
    }

    /// An instance as a caller sees it: without the elements that they may not read, and without any where its end deleted
    /// it for all but its agency.
    pub(super) async fn shown_to(
        &self,
        actor: &Actor,
        mut instance: Instance,
    ) -> Result<Instance, SubmissionError> {
        if instance.was_deleted_by_its_end() && !is_agency(actor, &instance.service) {
            instance.elements.clear();
            instance.status.presentation_texts.clear();
            instance.status.data_values.clear();
            return Ok(instance);
        }
        let hidden = self.hidden_from(actor, &instance).await?;
        if !hidden.is_empty() {
            instance.elements.retain(|element| !hidden.contains(&element.data_type));
        }
        Ok(instance)
    }

    /// The data types of which an instance has elements that a caller may not read. That something is hidden from somebody
    /// has no line in the trail; that something is shown which takes an action of its own has one.
    pub(super) async fn hidden_from(
        &self,
        actor: &Actor,
        instance: &Instance,
    ) -> Result<BTreeSet<String>, SubmissionError> {
        let Ok(service) = self.service_of(instance) else {
            // What its data types ask for is not known.
            return Ok(instance.elements.iter().map(|element| element.data_type.clone()).collect());
        };
        let (mut hidden, mut decided) = (BTreeSet::new(), BTreeMap::new());
        for data_type in service.definition().metadata().data_types() {
            let Some(action) = data_type.action_to_read() else { continue };
            if instance.element(&data_type.id).is_none() {
                continue;
            }
            let may = match decided.get(action) {
                Some(may) => *may,
                None => self.may(actor, &request(instance, action)).await?,
            };
            decided.insert(action, may);
            if !may {
                hidden.insert(data_type.id.clone());
            }
        }
        Ok(hidden)
    }

    async fn may(&self, actor: &Actor, asked: &AccessRequest) -> Result<bool, SubmissionError> {
        let authorizer = self.altinn.authorizer();
        Ok(authorizer.foresees(actor, asked).await? && authorizer.decide(actor, asked).await.is_ok())
    }

    /// Permits a caller who may read an instance to read the elements of a data type.
    pub(super) async fn permit_reading(
        &self,
        actor: &Actor,
        instance: &Instance,
        data_type: &str,
    ) -> Result<(), SubmissionError> {
        let service = self.service_of(instance)?;
        let data_type = service.definition().metadata().data_type(data_type);
        if let Some(action) = data_type.and_then(DataType::action_to_read) {
            self.permit(actor, instance, action).await?;
        }
        Ok(())
    }

    /// Permits a caller who may write in an instance to write elements of a data type. What it rests on, where that is more
    /// than the right to write in the instance, guards the batch with it.
    pub(super) async fn permit_writing(
        &self,
        actor: &Actor,
        instance: &Instance,
        data_type: &DataType,
        writing: Writing,
    ) -> Result<Option<Access>, SubmissionError> {
        if !contributes(actor, data_type) || !does(actor, data_type, writing) {
            return Err(SubmissionError::NotAContributor { data_type: data_type.id.clone() });
        }
        match data_type.action_to_write() {
            Some(action) => self.permit(actor, instance, action).await.map(Some),
            None => Ok(None),
        }
    }

    /// A receipt as a caller sees it, without what it says of elements that they may not read.
    pub(super) async fn receipt_shown_to(
        &self,
        actor: &Actor,
        instance: &Instance,
        receipt: ReceiptState,
    ) -> Result<ReceiptState, SubmissionError> {
        let hidden = self.hidden_from(actor, instance).await?;
        Ok(if hidden.is_empty() { receipt } else { receipt.without_data_types(&hidden) })
    }
}

/// What is asked of the policy about an instance, where it stands.
pub(super) fn request(instance: &Instance, action: &str) -> AccessRequest {
    let mut request = AccessRequest::new(action, instance.service.clone(), instance.id.owner);
    request.instance = Some(instance.id);
    request.task = instance.task().map(str::to_owned);
    request.end_event.clone_from(&instance.process.end_event);
    request
}

/// Whether somebody is one of those who contribute elements of a data type: `org:ttd` an agency, `orgno:{number}` an
/// organization; whatever else is named there (`app:owned`) is nobody who calls.
fn contributes(actor: &Actor, data_type: &DataType) -> bool {
    let mut named = data_type.allowed_contributors().peekable();
    if named.peek().is_none() {
        return true;
    }
    let (org, number) = match actor.subject() {
        Subject::ServiceOwner { org, number } => (Some(org.as_str()), number.as_ref()),
        Subject::Organization { number, .. } | Subject::SystemUser { owner: number, .. } => {
            (None, Some(number))
        }
        Subject::Person { .. } | Subject::SelfIdentified { .. } => (None, None),
    };
    let number = number.map(ToString::to_string);
    named.any(|contributor| match contributor.split_once(':') {
        Some((kind, name)) if kind.eq_ignore_ascii_case("org") => {
            org.is_some_and(|org| org.eq_ignore_ascii_case(name))
        }
        Some((kind, name)) if kind.eq_ignore_ascii_case("orgno") => number.as_deref() == Some(name),
        _ => false,
    })
}

/// Whether somebody may add or remove elements of a data type at all: of some only the agency may.
fn does(actor: &Actor, data_type: &DataType, writing: Writing) -> bool {
    let Some(logic) = &data_type.app_logic else { return true };
    let is_barred = match writing {
        Writing::Add => logic.disallow_user_create,
        Writing::Change => false,
        Writing::Remove => logic.disallow_user_delete,
    };
    !is_barred || matches!(actor.subject(), Subject::ServiceOwner { .. })
}
