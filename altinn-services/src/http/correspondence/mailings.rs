//! Mailings (utsendinger): what one call has sent to all its recipients, for whoever sent it. Altinn 3 has no such API, so it
//! stands under `/v1`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::StatusName;
use super::at::service;
use crate::correspondence::{
    CorrespondenceService, CorrespondenceStatus, MailingOverview, RecipientOverview, StuckMailing,
};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::http::tried_again::TriedAgain;

/// A service: `/v1/mailings/{org}/{service}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SenderPath {
    /// The service owner.
    org: String,
    /// The correspondence service.
    service: String,
}

/// A mailing: `/v1/mailings/{org}/{service}/{mailingId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct MailingPath {
    /// The service owner.
    org: String,
    /// The correspondence service.
    service: String,
    /// The mailing.
    mailing_id: Uuid,
}

/// Which mailings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AfterMailing {
    /// Those after this one.
    after: Option<Uuid>,
}

/// Which recipients.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AfterRecipient {
    /// Those after this number; from the first where it is left out.
    after: Option<u64>,
    /// At most so many; 1,000 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// How a mailing stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Mailing")]
pub(super) struct MailingAnswer {
    mailing_id: Uuid,
    senders_reference: String,
    /// How many recipients there are.
    recipient_count: u64,
    /// How many have come how far, by the highest status.
    #[schema(value_type = BTreeMap<String, u64>)]
    counts: BTreeMap<&'static str, u64>,
    created: DateTime<Utc>,
    requested_publish_time: DateTime<Utc>,
}

/// Some recipients of a mailing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MailingRecipients {
    recipients: Vec<MailingRecipient>,
    /// What to ask for `after` to go on; nothing when there are no more for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<u64>,
}

/// How far a recipient of a mailing has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MailingRecipient {
    correspondence_id: Uuid,
    /// The place among the recipients, from 0, without those who were named twice.
    number: u64,
    #[schema(inline, value_type = StatusName)]
    status: CorrespondenceStatus,
    status_changed: DateTime<Utc>,
}

/// A mailing on which work has failed that is tried again by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "StuckMailing")]
pub(super) struct StuckMailingAnswer {
    mailing_id: Uuid,
    /// What was to be done: `expand`, `publish`, `deadline` or `delete`.
    work: String,
    /// How often it has failed.
    attempts: u32,
    /// The code of what was wrong the last time.
    problem: String,
    /// When it is tried again.
    due_at: DateTime<Utc>,
}

impl SenderPath {
    fn service(&self, api: &Api) -> Result<CorrespondenceService, ApiError> {
        service(api, &format!("{}/{}", self.org, self.service))
    }
}

impl MailingPath {
    fn service(&self, api: &Api) -> Result<CorrespondenceService, ApiError> {
        service(api, &format!("{}/{}", self.org, self.service))
    }
}

/// How a mailing stands, for its sender.
#[utoipa::path(get, path = "/v1/mailings/{org}/{service}/{mailingId}", tag = "correspondence", operation_id = "getMailing",
    params(MailingPath, OnBehalfOf), responses((status = 200, description = "How it stands", body = MailingAnswer)))]
pub(super) async fn mailing(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<MailingPath>,
) -> Result<Json<MailingAnswer>, ApiError> {
    let service = path.service(&api)?;
    let mailing = api.altinn().correspondences().mailing(&actor, &service, party, path.mailing_id).await?;
    Ok(Json(mailing.into()))
}

/// The recipients of a mailing and how far each has come, for its sender, in the order in which they were named.
#[utoipa::path(get, path = "/v1/mailings/{org}/{service}/{mailingId}/recipients", tag = "correspondence",
    operation_id = "listMailingRecipients", params(MailingPath, OnBehalfOf, AfterRecipient),
    responses((status = 200, description = "The recipients", body = MailingRecipients)))]
pub(super) async fn recipients(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<MailingPath>,
    Asked(AfterRecipient { after, limit }): Asked<AfterRecipient>,
) -> Result<Json<MailingRecipients>, ApiError> {
    let limit = limit.unwrap_or(MOST_RECIPIENTS);
    if !(1..=MOST_RECIPIENTS).contains(&limit) {
        return Err(ApiError::new("HTTP-QUERY", "`limit` is 1 to 1,000"));
    }
    let service = path.service(&api)?;
    let letters = api.altinn().correspondences();
    let page = letters.recipients(&actor, &service, party, path.mailing_id, after, limit).await?;
    let recipients = page.recipients.into_iter().map(MailingRecipient::from).collect();
    Ok(Json(MailingRecipients { recipients, after: page.after }))
}

/// The mailings of the caller's party on which work has failed that is tried again by itself; at most 100.
#[utoipa::path(get, path = "/v1/mailings/{org}/{service}/stuck", tag = "correspondence", operation_id = "listStuckMailings",
    params(SenderPath, OnBehalfOf, AfterMailing),
    responses((status = 200, description = "The mailings", body = Vec<StuckMailingAnswer>)))]
pub(super) async fn stuck(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<SenderPath>,
    Asked(AfterMailing { after }): Asked<AfterMailing>,
) -> Result<Json<Vec<StuckMailingAnswer>>, ApiError> {
    let service = path.service(&api)?;
    let stuck = api.altinn().correspondences().stuck(&actor, &service, party, after).await?;
    Ok(Json(stuck.into_iter().map(StuckMailingAnswer::from).collect()))
}

/// Has the work on a mailing that has failed tried again at once.
#[utoipa::path(post, path = "/v1/mailings/{org}/{service}/{mailingId}/redrive", tag = "correspondence",
    operation_id = "redriveMailing", params(MailingPath, OnBehalfOf),
    responses((status = 200, description = "How much is tried again", body = TriedAgain)))]
pub(super) async fn redrive(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<MailingPath>,
) -> Result<Json<TriedAgain>, ApiError> {
    let service = path.service(&api)?;
    let again = api.altinn().correspondences().redrive(&actor, &service, party, path.mailing_id).await?;
    Ok(Json(TriedAgain { again: again.into() }))
}

/// The most recipients of a page.
const MOST_RECIPIENTS: u32 = 1_000;

impl From<MailingOverview> for MailingAnswer {
    fn from(mailing: MailingOverview) -> Self {
        Self {
            mailing_id: mailing.id,
            senders_reference: mailing.senders_reference,
            recipient_count: mailing.recipients,
            counts: mailing.counts,
            created: mailing.created,
            requested_publish_time: mailing.publish_at,
        }
    }
}

impl From<RecipientOverview> for MailingRecipient {
    fn from(recipient: RecipientOverview) -> Self {
        Self {
            correspondence_id: recipient.id,
            number: recipient.number,
            status: recipient.status,
            status_changed: recipient.changed,
        }
    }
}

impl From<StuckMailing> for StuckMailingAnswer {
    fn from(stuck: StuckMailing) -> Self {
        let (mailing_id, work, problem) = (stuck.id, stuck.work, stuck.problem);
        Self { mailing_id, work, attempts: stuck.attempts, problem, due_at: stuck.due_at }
    }
}
