//! What users keep with an element: tags, and values of their own (`userDefinedMetadata`).

use std::collections::BTreeSet;

use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{Actor, InstanceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::element_access::Writing;
use super::history::History;
use super::plan::Plan;
use super::{DataElement, SubmissionError, Submissions, TRIES};
use crate::definition::DataType;

/// The most tags of an element, and the most values.
const MOST: usize = 100;

/// The most characters of a tag and of a key.
const LONGEST_NAME: usize = 100;

/// The most characters of a value.
const LONGEST_VALUE: usize = 1_000;

/// What users keep with an element. It is not part of what is signed and archived.
///
/// `Debug` shows which values there are, and not the values.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ElementMetadata {
    /// The tags, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Values by their keys, each key once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_defined: Vec<(String, String)>,
}

impl std::fmt::Debug for ElementMetadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys: Vec<&str> = self.user_defined.iter().map(|(key, _)| key.as_str()).collect();
        f.debug_struct("ElementMetadata").field("tags", &self.tags).field("user_defined", &keys).finish()
    }
}

impl ElementMetadata {
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let text = row.text("metadata")?;
        Ok(text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
    }

    /// What the store keeps of it; nothing where there is nothing.
    pub(super) fn to_column(&self) -> Option<String> {
        (*self != Self::default()).then(|| serde_json::to_string(self).unwrap_or_default())
    }
}

/// What is changed of what users keep with an element.
#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    Tags(&'a [String]),
    AddTag(&'a str),
    RemoveTag(&'a str),
    UserDefined(&'a [(String, String)]),
}

impl Submissions<'_> {
    /// Gives an element these tags instead of those that it has; a tag that stands there twice is one. They may be given
    /// wherever the policy lets the caller write in the instance.
    ///
    /// # Errors
    /// [`SubmissionError::Tag`] when one is no tag, or there are too many; [`SubmissionError::NotFound`] when there is no
    /// such element; [`SubmissionError::Access`] and [`SubmissionError::NotAContributor`] when it is not the caller's to
    /// read and to write.
    pub async fn set_tags(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        tags: &[String],
    ) -> Result<DataElement, SubmissionError> {
        self.change_metadata(actor, id, element, Change::Tags(tags)).await
    }

    /// Gives an element a tag more; once more does nothing.
    ///
    /// # Errors
    /// As [`set_tags`](Self::set_tags).
    pub async fn add_tag(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        tag: &str,
    ) -> Result<DataElement, SubmissionError> {
        self.change_metadata(actor, id, element, Change::AddTag(tag)).await
    }

    /// Takes a tag from an element; one that it has not is none less.
    ///
    /// # Errors
    /// As [`set_tags`](Self::set_tags).
    pub async fn remove_tag(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        tag: &str,
    ) -> Result<DataElement, SubmissionError> {
        self.change_metadata(actor, id, element, Change::RemoveTag(tag)).await
    }

    /// Keeps these values with an element instead of those that are kept: under the keys that its data type allows
    /// (`allowedKeysForUserDefinedMetadata`), or under any where it names none.
    ///
    /// # Errors
    /// [`SubmissionError::UserDefinedMetadata`] names a key that is not allowed or stands there twice; else as
    /// [`set_tags`](Self::set_tags).
    pub async fn set_user_defined_metadata(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        values: &[(String, String)],
    ) -> Result<DataElement, SubmissionError> {
        self.change_metadata(actor, id, element, Change::UserDefined(values)).await
    }

    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    async fn change_metadata(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        change: Change<'_>,
    ) -> Result<DataElement, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_change_metadata(actor, id, element, change).await {
                // They do not depend on what else was changed meanwhile.
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_change_metadata(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        change: Change<'_>,
    ) -> Result<DataElement, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let access = self.permit(actor, &instance, "write").await?;
        let service = self.service_of(&instance)?;
        let known = instance.elements.iter().find(|known| known.id == element);
        let known = known.ok_or(SubmissionError::NotFound)?;
        let kind = service.definition().metadata().data_type(&known.data_type);
        let kind = kind.ok_or(SubmissionError::NotFound)?;
        self.permit_reading(actor, &instance, &kind.id).await?;
        let own = self.permit_writing(actor, &instance, kind, Writing::Change).await?;
        let mut changed = known.clone();
        change.make(&mut changed.metadata, kind)?;
        if changed.metadata == known.metadata {
            return Ok(changed);
        }
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        let mut batch: Batch = self.also.clone();
        [Some(access), own].iter().flatten().for_each(|access| access.guard(&mut batch));
        plan.history.push(History::of_instance("Saved", now));
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        batch.execute_one(
            "update services_data set metadata = $1 where id = $2",
            params![changed.metadata.to_column(), element],
        );
        self.altinn.store().commit(batch).await?;
        Ok(changed)
    }
}

impl Change<'_> {
    fn make(self, metadata: &mut ElementMetadata, kind: &DataType) -> Result<(), SubmissionError> {
        match self {
            Self::Tags(tags) => {
                metadata.tags.clear();
                tags.iter().try_for_each(|tag| add(&mut metadata.tags, tag))
            }
            Self::AddTag(tag) => add(&mut metadata.tags, tag),
            Self::RemoveTag(tag) => {
                metadata.tags.retain(|known| known != tag);
                Ok(())
            }
            Self::UserDefined(values) => {
                check(values, kind)?;
                metadata.user_defined = values.to_vec();
                Ok(())
            }
        }
    }
}

/// Adds a tag: letters, `-` and `_`, as Altinn's apps have them.
fn add(tags: &mut Vec<String>, tag: &str) -> Result<(), SubmissionError> {
    let is_known = tags.iter().any(|known| known == tag);
    let is_of_letters = tag.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '-' | '_'));
    let is_short = (1..=LONGEST_NAME).contains(&tag.chars().count());
    if !(is_of_letters && is_short) || (tags.len() >= MOST && !is_known) {
        return Err(SubmissionError::Tag { longest: LONGEST_NAME, most: MOST });
    }
    if !is_known {
        tags.push(tag.to_owned());
    }
    Ok(())
}

fn check(values: &[(String, String)], kind: &DataType) -> Result<(), SubmissionError> {
    let allowed = &kind.allowed_keys_for_user_defined_metadata;
    let mut seen = BTreeSet::new();
    for (key, value) in values {
        let is_allowed = allowed.is_empty() || allowed.contains(key);
        let is_short = (1..=LONGEST_NAME).contains(&key.chars().count());
        let is_new = seen.len() < MOST && seen.insert(key);
        if !(is_allowed && is_short && is_new) || value.chars().count() > LONGEST_VALUE {
            let key = key.chars().take(LONGEST_NAME).collect();
            return Err(SubmissionError::UserDefinedMetadata { key, data_type: kind.id.clone() });
        }
    }
    Ok(())
}
