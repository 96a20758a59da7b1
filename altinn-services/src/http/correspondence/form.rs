//! A correspondence with its files, in one multipart body.

use altinn_core::{Actor, PartyId};
use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use utoipa::ToSchema;
use uuid::Uuid;

use super::initialize::{InitializedCorrespondences, send, sender_of};
use super::request::InitializeCorrespondences;
use crate::correspondence::{CorrespondenceService, NewAttachment, NewCorrespondence};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::fields::{Fields, Shape, in_time, multipart, parts};
use crate::http::idempotency::key_of;
use crate::http::stream::pieces;

/// A correspondence and its files. The fields may come as one part `request` in JSON, or one by one by their path, as
/// `Correspondence.Content.MessageTitle` and `Recipients[0]`; the files come after them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes a body that is read part by part")]
pub(super) struct CorrespondenceForm {
    request: InitializeCorrespondences,
    /// The files, each with its name.
    #[schema(value_type = Vec<Vec<u8>>, required = false)]
    attachments: Vec<Vec<u8>>,
}

const SHAPE: Shape = Shape {
    whole: Some("request"),
    lists: &["existingAttachments", "recipients"],
    truths: &[
        "allowForwarding",
        "ignoreReservation",
        "isConfidential",
        "isConfirmationNeeded",
        "overrideRegisteredContactInformation",
        "sendReminder",
    ],
};

/// Sends a correspondence with its files, streamed, to one or many. With `Idempotency-Key`, or `idempotentKey`, the same again is
/// the same correspondence.
#[utoipa::path(post, path = "/correspondence/api/v1/correspondence/upload", tag = "correspondence",
    operation_id = "uploadCorrespondences",
    params(OnBehalfOf, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body(content = CorrespondenceForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "It is sent", body = InitializedCorrespondences)))]
pub(super) async fn upload(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<InitializedCorrespondences>, ApiError> {
    let mut parts = parts(request, &api).await?;
    let (mut fields, mut begun) = (Some(Fields::new(SHAPE)), None);
    while let Some(part) = in_time(&api, parts.next_field()).await? {
        match (&mut fields, part.file_name().is_none()) {
            (Some(fields), true) => {
                fields.take(&api, part).await?;
                continue;
            }
            (None, true) => return Err(multipart("the fields come before the files")),
            (_, false) => {}
        }
        if let Some(fields) = fields.take() {
            begun = Some(Open::begin(&api, (&actor, party), fields, &headers).await?);
        }
        if let Some(open) = &mut begun {
            open.take(&api, part).await?;
        }
    }
    let Open { service, new, files, existing } = match (begun, fields) {
        (Some(open), _) => open,
        (None, fields) => {
            let fields = fields.unwrap_or_else(|| Fields::new(SHAPE));
            Open::begin(&api, (&actor, party), fields, &headers).await?
        }
    };
    Ok(Json(send(&api, (&actor, party), &service, &new, (files, existing)).await?))
}

/// What is to be sent, once all fields of it are known.
struct Open {
    service: CorrespondenceService,
    new: NewCorrespondence,
    /// How many files there are.
    files: usize,
    /// Those that are there already.
    existing: Vec<Uuid>,
}

impl Open {
    /// Nothing is kept of the files of somebody who may not send.
    async fn begin(
        api: &Api,
        (actor, sender): (&Actor, PartyId),
        fields: Fields,
        headers: &HeaderMap,
    ) -> Result<Self, ApiError> {
        let asked: InitializeCorrespondences = fields.read(api)?;
        let service = sender_of(api, &asked, sender).await?;
        api.altinn().correspondences().may_send(actor, &service, sender).await?;
        let existing = asked.existing_attachments.clone();
        let new = asked.read(key_of(headers)?, api.synthetic_numbers())?;
        Ok(Self { service, new, files: 0, existing })
    }

    async fn take(&mut self, api: &Api, part: Field<'_>) -> Result<(), ApiError> {
        if self.files >= self.service.max_attachments() {
            let text = format!("the body has more than {} files", self.service.max_attachments());
            return Err(multipart(text).with_number(1038));
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        let (bytes, limit) = (pieces(part, api.limits().time), self.service.max_attachment_bytes());
        let (content, _) = api.altinn().correspondences().kept(bytes, limit).await?;
        self.new = self.new.clone().with_attachment(NewAttachment::new(name, content));
        self.files += 1;
        Ok(())
    }
}
