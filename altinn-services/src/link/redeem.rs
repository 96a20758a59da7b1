//! Codes, and redeeming them.

use altinn_auth::hand_over::HandOver;
use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, StoreError, params};
use altinn_core::{Actor, Digest, OrganizationNumber, Subject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use super::{HandOverCode, LinkError, LinkTarget, Links};

/// The most bytes of a code that are looked at.
const MAX_CODE_BYTES: usize = 64;

/// A new code for a hand-over. What has run out is forgotten with it.
pub(super) fn new_code(
    batch: &mut Batch,
    target: &LinkTarget,
    hand_over: &HandOver,
    now: DateTime<Utc>,
) -> Result<HandOverCode, LinkError> {
    let code = URL_SAFE_NO_PAD.encode(SecretKey::generate()?.expose());
    let organization = target.organization().map(|number| number.to_string());
    let kept = serde_json::to_string(hand_over).map_err(|_| unreadable())?;
    batch.execute("delete from services_link_code where expires_at <= $1", params![now]);
    batch.execute_one(
        "insert into services_link_code (digest, organization, hand_over, expires_at) values ($1, $2, $3, $4)",
        params![Digest::of(code.as_bytes()).as_bytes().to_vec(), organization, kept, hand_over.expires_at],
    );
    Ok(HandOverCode { location: target.url().with_code(&code), code })
}

impl Links<'_> {
    /// Tells a target's organization, by its own system (Maskinporten), who has come with a code. A code is redeemed once,
    /// within a minute, by the organization that the service names.
    ///
    /// # Errors
    /// [`LinkError::NoSuchCode`], whatever is wrong with it.
    #[tracing::instrument(skip_all, err(level = "debug"))]
    pub async fn redeem(&self, actor: &Actor, code: &str) -> Result<HandOver, LinkError> {
        let organization = organization_of(actor).ok_or(LinkError::NoSuchCode)?;
        if code.len() > MAX_CODE_BYTES {
            return Err(LinkError::NoSuchCode);
        }
        let mut batch = Batch::new();
        let taken = batch.returning(
            "delete from services_link_code where digest = $1 and organization = $2 and expires_at > $3 \
             returning hand_over",
            params![
                Digest::of(code.as_bytes()).as_bytes().to_vec(),
                organization.to_string(),
                self.altinn().clock().now()
            ],
        );
        let committed = self.altinn().store().commit(batch).await?;
        let row = committed.rows(taken).first().ok_or(LinkError::NoSuchCode)?;
        let hand_over: HandOver =
            serde_json::from_str(&row.get::<String>("hand_over")?).map_err(|_| unreadable())?;
        tracing::info!(altinn.service = %hand_over.service, %organization, "a code was redeemed");
        Ok(hand_over)
    }
}

/// The organization whose system is calling.
fn organization_of(actor: &Actor) -> Option<OrganizationNumber> {
    match actor.subject() {
        Subject::Organization { number, .. } => Some(*number),
        Subject::ServiceOwner { number, .. } => *number,
        _ => None,
    }
}

fn unreadable() -> LinkError {
    StoreError::Decode { column: "hand_over".to_owned(), expected: "a hand-over" }.into()
}
