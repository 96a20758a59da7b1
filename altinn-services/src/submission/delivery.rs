//! Delivery to the agency: what an instance holds, with digests, and all of it once more on demand.
//!
//! An agency is told of an instance by the event feed or a webhook, reads what it holds with [`Submissions::contents`],
//! compares what it stored with the digests, and [confirms](Submissions::confirm_complete) that it has taken over. What
//! was lost on its side is delivered again on its word.

use altinn_auth::trail::Deed;
use altinn_core::{Actor, Digest, InstanceId, canonical_json};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{DataElement, Instance, SubmissionError, Submissions};

/// What an instance holds, with digests, of one version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct InstanceContents {
    /// The instance.
    #[cfg_attr(feature = "axum", schema(value_type = String))]
    pub instance: InstanceId,
    /// The version that it is of.
    pub version: i64,
    /// Its elements, in the order in which they were made.
    pub elements: Vec<ElementContents>,
    /// The SHA-256 over all of it: over the canonical JSON (RFC 8785) of the list of the elements' ids and digests.
    #[serde(serialize_with = "in_hex")]
    #[cfg_attr(feature = "axum", schema(value_type = String))]
    pub sha256: Digest,
}

/// One element of an instance, with its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct ElementContents {
    /// Its id.
    pub id: Uuid,
    /// Its data type.
    pub data_type: String,
    /// Its content type.
    pub content_type: String,
    /// Its size, in bytes.
    pub size: u64,
    /// The SHA-256 of its bytes.
    #[serde(serialize_with = "in_hex")]
    #[cfg_attr(feature = "axum", schema(value_type = String))]
    pub sha256: Digest,
}

/// What became of the wish to have an instance delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct DeliveredAgain {
    /// How many events are sent again to the end points that the agency subscribed.
    pub events: usize,
    /// What the instance holds, to be downloaded again.
    pub contents: InstanceContents,
}

impl Submissions<'_> {
    /// What an instance holds for the caller to read, with digests; its bytes are those of [`element_content`](Self::element_content).
    ///
    /// # Errors
    /// As [`Submissions::get`].
    pub async fn contents(
        &self,
        actor: &Actor,
        id: &InstanceId,
    ) -> Result<InstanceContents, SubmissionError> {
        Ok(contents_of(&self.get(actor, id).await?))
    }

    /// One element of an instance with its bytes and digest, in one read.
    ///
    /// # Errors
    /// As [`Submissions::element`].
    pub async fn element_content(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
    ) -> Result<(DataElement, Digest), SubmissionError> {
        let (_, found) = self.element(actor, id, element).await?;
        let digest = Digest::of(&found.content);
        Ok((found, digest))
    }

    /// Delivers an instance to the service's agency again: every event of it is sent once more to the end points that the
    /// agency subscribed (as `/org/{org}`) and whose filters let it through, and what it holds is told again. It stands in
    /// the trail, with the reason.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when the caller is not the service's agency, [`SubmissionError::Access`] when the
    /// policy does not let it `read`.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn deliver_again(
        &self,
        agency: &Actor,
        id: &InstanceId,
        reason: &str,
    ) -> Result<DeliveredAgain, SubmissionError> {
        let (instance, access) = self.of_agency(agency, id, "read").await?;
        let mut batch = self.also.clone();
        let why: String = reason.chars().take(500).collect();
        access.guard_with(&mut batch, &Deed::called("deliver-again").because(why));
        #[cfg(feature = "webhooks")]
        let events = match self.altinn.webhooks() {
            Some(webhooks) => {
                let consumer = format!("/org/{}", instance.service.org());
                webhooks.deliver_again(&mut batch, &consumer, instance.id.guid).await?
            }
            None => 0,
        };
        #[cfg(not(feature = "webhooks"))]
        let events = 0;
        self.altinn.store().commit(batch).await?;
        let instance = self.shown_to(agency, instance).await?;
        Ok(DeliveredAgain { events, contents: contents_of(&instance) })
    }
}

fn in_hex<S: serde::Serializer>(digest: &Digest, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(digest)
}

fn contents_of(instance: &Instance) -> InstanceContents {
    let contents = |element: &DataElement| ElementContents {
        id: element.id,
        data_type: element.data_type.clone(),
        content_type: element.content_type.clone(),
        size: element.content.len() as u64,
        sha256: Digest::of(&element.content),
    };
    let elements: Vec<ElementContents> = instance.elements.iter().map(contents).collect();
    let listed: Vec<_> = elements
        .iter()
        .map(|element| json!({"id": element.id, "sha256": element.sha256.to_string()}))
        .collect();
    let sha256 = Digest::of(&canonical_json(&json!(listed)));
    InstanceContents { instance: instance.id, version: instance.version, elements, sha256 }
}
