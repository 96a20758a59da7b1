//! Sending on.

use altinn_auth::decision::{Access, AccessRequest};
use altinn_auth::hand_over::{HandOver, HandOverIssuer, NewHandOver};
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::store::Batch;
use altinn_core::{Actor, Language, Party, PartyId, PartyIdentifier};

use super::target::Way;
use super::{HandOverForm, LinkError, LinkService, LinkTarget, Onward, redeem};
use crate::altinn::Altinn;

/// How often a hand-over is decided anew because the rights that it rests on changed.
const TRIES: u32 = 5;

/// Where to go, and in which language.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkRequest {
    /// The name of the target; not needed where there is only one.
    pub target: Option<String>,
    /// The language that the target is told of.
    pub language: Language,
}

impl LinkRequest {
    /// To the service's only target.
    pub fn new(language: Language) -> Self {
        Self { target: None, language }
    }

    /// The same to a target by name.
    #[must_use]
    pub fn to(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }
}

/// Link services. Every hand-over takes the caller, decides whether they may, and leaves a trace.
#[derive(Debug)]
pub struct Links<'a> {
    altinn: &'a Altinn,
}

impl<'a> Links<'a> {
    pub(crate) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn }
    }

    pub(super) fn altinn(&self) -> &'a Altinn {
        self.altinn
    }

    /// Sends somebody on, on behalf of a party. The answer is given once the trail says that it was.
    ///
    /// # Errors
    /// [`LinkError::Access`] says why the caller may not, and at which level they might, to those who represent the
    /// party; all others get [`LinkError::NotFound`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn open(
        &self,
        actor: &Actor,
        service: &LinkService,
        party: PartyId,
        request: &LinkRequest,
    ) -> Result<Onward, LinkError> {
        let issuer = self.altinn.hand_overs().ok_or(LinkError::NoIssuer)?;
        let mut tries = 1;
        loop {
            match self.try_open(actor, service, party, request, issuer).await {
                Err(LinkError::Store(error)) if error.is_conflict() && tries < TRIES => tries += 1,
                Err(LinkError::Store(error)) if error.is_conflict() => return Err(LinkError::Changed),
                outcome => return outcome,
            }
        }
    }

    async fn try_open(
        &self,
        actor: &Actor,
        service: &LinkService,
        party: PartyId,
        request: &LinkRequest,
        issuer: &HandOverIssuer,
    ) -> Result<Onward, LinkError> {
        let access = self.permit(actor, service, party).await?;
        let party = self.altinn.register().party(party).await?.ok_or(LinkError::NotFound)?;
        let Some((name, target)) = service.target(request.target.as_deref()) else {
            let targets = service.targets().map(|(name, _)| name.to_owned()).collect();
            return Err(LinkError::Target { targets });
        };
        let hand_over = hand_over(issuer, &access, &party, target, request.language);
        let now = self.altinn.clock().now();
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::to(format!("link/{name}")));
        let onward = match target.way() {
            Way::Form => {
                let (action, token) = (target.url().as_str().to_owned(), issuer.sign(&hand_over)?);
                Onward::Form(HandOverForm { action, token })
            }
            Way::Code => Onward::Code(redeem::new_code(&mut batch, target, &hand_over, now)?),
        };
        self.altinn.store().commit(batch).await?;
        Ok(onward)
    }

    /// Decides whether the caller may use the service for the party.
    async fn permit(
        &self,
        actor: &Actor,
        service: &LinkService,
        party: PartyId,
    ) -> Result<Access, LinkError> {
        let request = AccessRequest::new(service.action(), service.id().clone(), party);
        Ok(self.altinn.permit(actor, &request).await?)
    }
}

/// What the target is told.
fn hand_over(
    issuer: &HandOverIssuer,
    access: &Access,
    party: &Party,
    target: &LinkTarget,
    language: Language,
) -> HandOver {
    let audience = target.audience();
    let to = NewHandOver::new(access.actor(), access.service(), &audience)
        .on_behalf_of(party.uuid)
        .in_language(language);
    match &party.identifier {
        PartyIdentifier::Organization(number) if target.names_organization() => {
            issuer.hand_over(&to.naming(*number))
        }
        _ => issuer.hand_over(&to),
    }
}
