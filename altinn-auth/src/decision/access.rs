//! The evidence of a permission.

use altinn_core::store::Batch;
use altinn_core::{Actor, AuthenticationLevel, InstanceId, Language, PartyId, ServiceId};
use uuid::Uuid;

use super::delegation::{Delegated, Delegation};
use super::explanation::{self, Explanation, PERMITTED, way_of};
use super::{AccessRequest, Grant, Ruling, ServicePolicy};
use crate::register::{HeldRole, HeldRoles, ListVersion, RightsVersion, Through};
use crate::trail::{Deed, Noted, Trail, TrailEntry};
use crate::xacml::{Request, RuleName};

/// The evidence that somebody may do something: only the [`Authorizer`](super::Authorizer) makes it.
///
/// What needs a permission asks for this value and takes actor, action and target from it, so that a forgotten check
/// does not compile. Its guards go into the batch, so that what was revoked in between refuses the commit.
///
/// ```
/// use altinn_auth::decision::Access;
/// use altinn_core::store::Batch;
///
/// /// Strikes out a case: whoever calls it must have been permitted to.
/// fn strike_out(access: Access, batch: &mut Batch) {
///     access.guard(batch);
///     batch.execute_one("update cases set struck_out_by = $1", vec![access.actor().reference().into()]);
/// }
/// ```
///
/// There is no other way to get one than a decision:
///
/// ```compile_fail
/// # use altinn_auth::decision::Access;
/// # use altinn_core::store::Batch;
/// # fn strike_out(access: Access, batch: &mut Batch) {}
/// # fn nobody_asked(mut batch: Batch) {
/// strike_out(&mut batch);
/// # }
/// ```
///
/// ```compile_fail
/// # use altinn_auth::decision::{Access, AccessRequest};
/// # use altinn_core::Actor;
/// # fn made_up(actor: Actor, request: AccessRequest) -> Access {
/// Access { actor, request, reasons: Default::default(), rights: Vec::new() }
/// # }
/// ```
///
/// And what was decided once is used once:
///
/// ```compile_fail
/// # use altinn_auth::decision::Access;
/// # use altinn_core::store::Batch;
/// # fn strike_out(access: Access, batch: &mut Batch) {}
/// # fn twice(access: Access, mut batch: Batch) {
/// strike_out(access, &mut batch);
/// strike_out(access, &mut batch);
/// # }
/// ```
#[derive(Debug)]
pub struct Access {
    actor: Actor,
    request: AccessRequest,
    reasons: Reasons,
    rights: Vec<RightsVersion>,
    list: Option<ListVersion>,
    noted: Option<Noted>,
}

/// Why something was permitted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reasons {
    /// The rule that permits it; none when the policy permits without a rule.
    pub rule: Option<RuleName>,
    /// What the rule is for, in the words of the policy.
    pub description: Option<String>,
    /// The roles that the caller holds for the party, as far as the policy asks for any.
    pub roles: Vec<HeldRole>,
    /// The delegation that permits it, when no role does; the rule is then the delegation's, where that has any.
    pub delegation: Option<DecidingDelegation>,
    /// The rights that the rule asks for and the caller has; none for a delegation.
    pub granted_by: Vec<Grant>,
    /// The lowest level of authentication that will do, where the policy asks for one.
    pub required_level: Option<AuthenticationLevel>,
}

/// The delegation that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecidingDelegation {
    /// Its id, where it is kept under one.
    pub id: Option<Uuid>,
    /// The party that gave it.
    pub from: PartyId,
}

impl DecidingDelegation {
    fn of(delegation: &Delegation) -> Self {
        Self { id: delegation.id, from: delegation.from }
    }
}

impl Reasons {
    pub(super) fn of(
        policy: &ServicePolicy,
        request: &Request,
        ruling: &Ruling,
        roles: &HeldRoles,
        required_level: Option<AuthenticationLevel>,
    ) -> Self {
        let rule = ruling.decided_by().cloned();
        let decided_in = match ruling.delegation().map(|delegation| &delegation.what) {
            Some(Delegated::Policy(own)) => own,
            _ => policy,
        };
        let description = rule.as_ref().and_then(|rule| decided_in.description(&rule.rule));
        let granted_by = match (&rule, ruling.delegation()) {
            (Some(rule), None) => {
                let asked = policy.grants_of(&rule.rule).iter();
                asked.filter(|grant| grant.is_held(request)).cloned().collect()
            }
            _ => Vec::new(),
        };
        Self {
            rule,
            description,
            roles: roles.held().to_vec(),
            delegation: ruling.delegation().map(DecidingDelegation::of),
            granted_by,
            required_level,
        }
    }

    /// By what way the caller holds a right, when it is a role that was not given directly.
    pub fn through(&self, grant: &Grant) -> Option<Through> {
        way_of(grant, &self.roles)
    }
}

impl Access {
    pub(super) fn new(
        actor: Actor,
        request: AccessRequest,
        reasons: Reasons,
        (rights, list): (Vec<RightsVersion>, Option<ListVersion>),
    ) -> Self {
        Self { actor, request, reasons, rights, list, noted: None }
    }

    /// Who may do it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What they may do.
    pub fn action(&self) -> &str {
        &self.request.action
    }

    /// On which service.
    pub fn service(&self) -> &ServiceId {
        &self.request.service
    }

    /// On whose behalf.
    pub fn party(&self) -> PartyId {
        self.request.party
    }

    /// On which instance; none when it was decided without one.
    pub fn instance(&self) -> Option<&InstanceId> {
        self.request.instance.as_ref()
    }

    /// In which task; none when it was decided without one.
    pub fn task(&self) -> Option<&str> {
        self.request.task.as_deref()
    }

    /// Why they may.
    pub fn reasons(&self) -> &Reasons {
        &self.reasons
    }

    /// Why they may, in plain words; in Northern Sami, as in bokmål.
    pub fn explain(&self, language: Language) -> String {
        explanation::of_access(self, language)
    }

    /// Why they may, as data.
    pub fn explanation(&self) -> Explanation {
        Explanation::of_access(self)
    }

    pub(super) fn request(&self) -> &AccessRequest {
        &self.request
    }

    /// Has the trail tell of it: with what is done by it, else by itself.
    pub(super) fn note_in(&mut self, trail: &Trail, asked: TrailEntry) {
        let entry = TrailEntry {
            permitted: true,
            code: PERMITTED.to_owned(),
            rule: self.reasons.rule.as_ref().map(|rule| rule.rule.to_string()),
            delegation: self.reasons.delegation.and_then(|delegation| delegation.id),
            ..asked
        };
        self.noted = Some(Noted::new(trail.clone(), entry));
    }

    /// Makes a batch conflict when the rights that this rests on have changed since. Where a trail is kept, the batch
    /// has a line of it too: there is no change without one.
    pub fn guard(&self, batch: &mut Batch) {
        self.guard_with(batch, &Deed::default());
    }

    /// As [`guard`](Self::guard), and the line tells what is done by it.
    pub fn guard_with(&self, batch: &mut Batch, deed: &Deed) {
        for rights in &self.rights {
            rights.guard(batch);
        }
        if let Some(list) = &self.list {
            list.guard(batch);
        }
        if let Some(noted) = &self.noted {
            noted.insert(batch, deed);
        }
    }
}
