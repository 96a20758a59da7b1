//! Altinn's policy decision point: requests as its programs send them.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::ResourceId;

use super::asked::{Asked, Endpoint, RequestFault};
use super::enrichment;
use super::facts::{Facts, Question};
use super::gather::{Gatherer, unavailable};
use super::policy_source::{PolicySource, ServicePolicy};
use super::registers::Registers;
use super::ruling::{Need, Ruling, Step, rule};
use crate::register::RegisterError;
use crate::xacml::{Request, name};

/// Decides authorization requests as Altinn's policy decision point does.
///
/// A request names its subject and its resource by a few attributes. What they stand for is found out (the party of an
/// organization number, the app and task of an instance, the roles of a user, ...), the policy of the app or resource
/// decides, then delegations where no role permits it, and at last the service owner's access lists.
///
/// For an operation of your own, the [`Authorizer`](super::Authorizer) asks the same with types instead of attributes.
///
/// ```
/// # use std::sync::Arc;
/// # use altinn_auth::register::{MIGRATIONS, RegisterKey, StoredRegister};
/// # use altinn_core::store::Store;
/// use altinn_auth::decision::{DecisionPoint, Endpoint, Policies, Registers};
/// use altinn_auth::xacml::{Decision, Request, name};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let store = Store::open("sqlite::memory:").await?;
/// # store.migrate(&[MIGRATIONS]).await?;
/// # let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
/// # let policies = Policies::new();
/// # policies.put("ttd/bakery-licence".parse()?, include_str!("../../tests/policies/bakery_licence.xml"))?;
/// let point = DecisionPoint::new(Arc::new(policies), Registers::new(register.clone(), register));
/// let request = Request::new()
///     .with(name::ACCESS_SUBJECT, "urn:altinn:org", "ttd")
///     .with(name::RESOURCE, "urn:altinn:org", "ttd")
///     .with(name::RESOURCE, "urn:altinn:app", "bakery-licence")
///     .with(name::RESOURCE, "urn:altinn:partyid", "50001")
///     .with(name::RESOURCE, "urn:altinn:end-event", "EndEvent_1")
///     .with_action("complete");
/// let ruling = point.decide(request, Endpoint::Decision).await?;
/// assert_eq!(ruling.decision(), Decision::Permit);
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct DecisionPoint {
    pub(super) policies: Arc<dyn PolicySource>,
    pub(super) gatherer: Gatherer,
}

impl DecisionPoint {
    /// A decision point over policies and registers.
    pub fn new(policies: Arc<dyn PolicySource>, registers: Registers) -> Self {
        Self { policies, gatherer: Gatherer::new(registers) }
    }

    /// The same, with another time within which each register must answer; 5 seconds if nothing is said.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.gatherer.patience = patience;
        self
    }

    /// Decides one request, put at one of Altinn's endpoints.
    ///
    /// # Errors
    /// [`RequestFault`] when it cannot be decided; Altinn answers Indeterminate, with [`RequestFault::status`].
    pub async fn decide(&self, request: Request, endpoint: Endpoint) -> Result<Ruling, RequestFault> {
        let (request, question, policy, facts) = self.prepare(request, endpoint).await?;
        self.settle(&policy, &question, &request, facts).await.map_err(unavailable)
    }

    /// The request with all that is found out of its resource and subject, as the policy gets to see it.
    ///
    /// # Errors
    /// [`RequestFault`] when it cannot be decided.
    pub async fn enrich(&self, request: Request, endpoint: Endpoint) -> Result<Request, RequestFault> {
        self.prepare(request, endpoint).await.map(|(request, ..)| request)
    }

    async fn prepare(
        &self,
        mut request: Request,
        endpoint: Endpoint,
    ) -> Result<(Request, Question, Arc<ServicePolicy>, Facts), RequestFault> {
        let mut asked = Asked::of(&request, endpoint)?;
        enrichment::add_texts(&mut request);
        if let Some(party) = self.gatherer.party_of_resource(&asked).await.map_err(unavailable)? {
            request.add(name::RESOURCE, super::attribute::PARTY, party.to_string());
            asked.resource.party = Some(party);
        }
        if !asked.resource.is_complete()
            && let Some(fact) = self.gatherer.instance(&asked).await.map_err(unavailable)?
        {
            enrichment::add_instance(&mut request, &mut asked, &fact);
        }
        enrichment::add_instance_names(&mut request, &asked);
        let question = self.gatherer.question(&asked, endpoint).await?;
        enrichment::add_subject_names(&mut request, &asked, &question, endpoint);
        let policy = self.policy(&question.resource).await?;
        let facts = self.gatherer.facts(&question, &policy).await.map_err(unavailable)?;
        enrichment::add_rights(&mut request, &policy, &facts);
        Ok((request, question, policy, facts))
    }

    /// Decides an enriched request, and finds out what that needs besides.
    pub(super) async fn settle(
        &self,
        policy: &ServicePolicy,
        question: &Question,
        request: &Request,
        mut facts: Facts,
    ) -> Result<Ruling, RegisterError> {
        loop {
            match rule(policy, question, request, &facts) {
                Step::Ruled(ruling) => return Ok(*ruling),
                Step::Needs(Need::Delegations) => {
                    facts.delegations = Some(self.gatherer.delegations(question).await?);
                }
                Step::Needs(Need::Admission) => {
                    facts.admission = Some(self.gatherer.admission(question).await?);
                }
            }
        }
    }

    pub(super) async fn policy(&self, resource: &ResourceId) -> Result<Arc<ServicePolicy>, RequestFault> {
        let found = self.policies.policy(resource).await.map_err(|error| {
            tracing::warn!(code = error.code(), "a policy is unavailable");
            RequestFault::Unavailable { code: error.code() }
        })?;
        found.ok_or(RequestFault::NoPolicy)
    }
}
