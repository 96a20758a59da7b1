//! Collaboration (samhandling): services of one or several agencies as one case.
//!
//! A collaboration is a folder ([`ServiceFolder`](crate::definition::ServiceFolder)) with a policy and a
//! [`Definition`]: participants (roles of parties), members (other services), shared data, states, and the transitions
//! between them, each on an event and, where it says so, under a condition in Altinn's expression language. It is checked when it
//! is loaded: a state that cannot be reached or left, an event that nobody sends or a condition on data that is not
//! there is a fault with its place in the file.
//!
//! A case is opened for its participants ([`Collaborations::open`]). What happens to the members' instances is followed in the
//! feed of events; events of the collaboration's own come from the agency ([`Collaborations::notify_event`], Altinn II's
//! NotifyEvent) and from participants ([`Collaborations::raise`]). An event is answered with whether the state changed,
//! which condition was decisive and why nothing happened; the same event again gets the same answer. [`step`] is the machine: a
//! function that touches nothing. What an event comes to is stored in one batch; what follows from it (starting a
//! member's instance, a message, a notification) is done by workers, once.
//!
//! ```toml
//! type = "collaboration"
//! id = "ttd/opening"
//! title = { nb = "Åpne bakeri", nn = "Opne bakeri", en = "Open a bakery" }
//!
//! [collaboration]
//! owner = "business"                    # the participant whose case it is
//! initial = "applying"
//! opening = [{ start = "application" }, { deadline = { name = "apply", days = 30 } }]
//!
//! [collaboration.participants]
//! business = {}                         # named when a case is opened
//! inspectorate = { organization = "991825827" }   # the same in every case
//!
//! [collaboration.members.application]
//! service = "ttd/bakery-licence"
//! kind = "submission"                   # or "correspondence"
//! participant = "business"
//! data.plan = { path = "premises.plan", kind = "text" }   # what its events carry of the form
//!
//! [collaboration.data]                  # shared data: text, number or boolean
//! plan = "text"
//!
//! [collaboration.events.inspected]      # an event of its own, and who sends it
//! participants = ["inspectorate"]       # `agency = true`: the agency that owns the collaboration
//! data.passed = "boolean"
//!
//! [collaboration.states.applying]
//! title = { en = "Applying" }
//! turn = ["business"]
//!
//! [[collaboration.transitions]]         # the first that waits for the event and whose condition holds is taken
//! from = "applying"
//! on = { member = "application", event = "Archived" }   # or { event = "inspected" }, or { deadline = "apply" }
//! condition = "has-a-plan"
//! when = ["notEquals", ["dataModel", "plan", "event"], ""]
//! to = "inspecting"
//! do = [{ cancel = "apply" }, { copy = { plan = "plan" } }]
//! ```
//!
//! A case that comes into a state with `final = true` is closed.
//!
//! A case is a room as well: participants say something to each other ([`Collaborations::transmit`]), see how far the others
//! have read, what has happened ([`Collaborations::history`]) and whose turn it is.
//!
//! Shared data and what is said are sealed under a key of each case, wrapped by one of the agency's ([`CaseKeyring`]).

mod action;
mod case;
#[cfg(feature = "correspondence")]
mod correspondence_member;
mod definition;
mod error;
mod follow;
mod history;
mod inbox;
mod job;
mod member;
mod notify;
mod open;
mod record;
mod room;
mod seal;
mod service;
mod step;
mod submission_member;
mod trigger;
mod view;
mod work;

use altinn_auth::decision::{Access, AccessRequest};
use altinn_core::store::Store;
use altinn_core::{Actor, PartyId};

pub use action::{Action, Deadline, Message, Notice};
pub use case::{Case, CaseId};
#[cfg(feature = "correspondence")]
pub use correspondence_member::CorrespondenceMember;
pub use definition::{
    CustomEvent, DataKind, Definition, MemberDefinition, MemberField, MemberKind, ParticipantRole, State,
    Transition,
};
pub use error::CollaborationError;
pub use history::CaseHistory;
pub use job::PendingWork;
pub use member::{Begin, Look, Member, MemberError, Progress};
pub use notify::{Address, NewCaseEvent, Notified};
pub use open::NewCase;
pub use record::EventAnswer;
pub use room::{NewTransmission, Seen, Transmission};
pub use seal::{CaseKeyring, RotatedCases};
pub use service::{CollaborationService, Members};
pub use step::{CaseEvent, CaseState, Outcome, Refusal, Step, open, step};
pub use submission_member::SubmissionMember;
pub use trigger::{MemberEvent, Trigger};
pub use view::CasePage;

use crate::altinn::Altinn;

/// How often something is decided anew because what it rests on changed.
const TRIES: u32 = 8;

/// The topic that workers wait for.
pub(crate) const COLLABORATION_WORK: &str = "services_collaboration_work";

/// Collaborations. Every operation takes the caller, decides whether they may, and leaves a trace.
#[derive(Debug)]
pub struct Collaborations<'a> {
    altinn: &'a Altinn,
}

impl<'a> Collaborations<'a> {
    pub(crate) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn }
    }

    /// Where cases are kept, and under which keys.
    fn kept(&self) -> (&Store, &CaseKeyring) {
        (self.altinn.store(), self.altinn.case_keys())
    }

    /// Decides whether the caller may do something for a party.
    async fn permit(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        action: &str,
    ) -> Result<Access, CollaborationError> {
        let request = AccessRequest::new(action, service.id().clone(), party);
        Ok(self.altinn.permit(actor, &request).await?)
    }

    /// Decides whether the caller may do something with a case that a party takes part in. The party comes first: whoever
    /// has nothing to do with it is told the same, whatever there is.
    async fn permit_in_case(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        (party, action): (PartyId, &str),
        id: CaseId,
    ) -> Result<(Access, Case), CollaborationError> {
        let access = self.permit(actor, service, party, action).await?;
        let case = Case::of_party(self.kept(), service.id(), id, party).await?;
        Ok((access, case.ok_or(CollaborationError::NotFound)?))
    }

    /// Decides whether the agency may do something with a case: the policy is asked for the case's owner.
    async fn permit_agency(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        case: &Case,
        action: &str,
    ) -> Result<Access, CollaborationError> {
        if !service.is_agency(actor) {
            return Err(CollaborationError::NotFound);
        }
        let owner = case.stands.participants.get(service.definition().owner());
        let owner = owner.copied().ok_or(CollaborationError::NotFound)?;
        let request = AccessRequest::new(action, service.id().clone(), owner);
        Ok(self.altinn.authorizer().decide(actor, &request).await?)
    }
}
