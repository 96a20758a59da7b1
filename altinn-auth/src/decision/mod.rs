//! Decides who may do what, as Altinn does, and says why.
//!
//! The [`Authorizer`] finds the service's policy and the roles that the caller holds for the party, lets the policy
//! decide, and checks the level of authentication that the policy asks for. Only Permit passes, and gives an
//! [`Access`]; everything else, an error in between included, is a [`Denial`] that says what was missing.

mod access;
mod access_request;
mod altinn_reading;
mod asked;
pub mod attribute;
mod authorizer;
mod decision_log;
mod decision_point;
mod delegation;
mod denial;
mod enrichment;
mod explanation;
mod facts;
mod gather;
mod grant;
mod level;
mod one_call;
mod passing;
mod policy_source;
mod policy_test;
mod registers;
mod resource_names;
mod right;
mod rights;
mod ruling;
mod who_can;

pub use access::{Access, DecidingDelegation, Reasons};
pub use access_request::AccessRequest;
pub use asked::{Endpoint, RequestFault};
pub use authorizer::Authorizer;
pub(crate) use authorizer::own_role_for;
pub use decision_log::{DecisionLog, DecisionRecord};
pub use decision_point::DecisionPoint;
pub use delegation::{Delegated, Delegation, DelegationQuery, Delegations, Recipient};
pub use denial::{AccessError, Denial, DenialReason, Remedy};
pub(crate) use explanation::PERMITTED;
pub use explanation::{ExplainedDelegation, ExplainedLevel, ExplainedRight, ExplainedRule, Explanation};
pub use grant::Grant;
pub(crate) use passing::PassableRight;
pub use policy_source::{Policies, PolicySource, PolicySourceError, ServicePolicy};
pub use policy_test::{
    Expected, MAX_POLICY_TEST_BYTES, POLICY_TESTS, PolicyAnswer, PolicyComparison, PolicyDifference,
    PolicyQuestion, PolicyTest, PolicyTestError, PolicyTestOutcome, PolicyTestReport, PolicyTests,
};
pub use registers::Registers;
pub(crate) use resource_names::ResourceNames;
pub use right::{MAX_RIGHTS, PolicyRight, Right, RightRule};
pub use rights::{HeldRight, RightSource, RightsCount, RightsHolder, RightsQuery};
pub use ruling::Ruling;
pub use who_can::{HolderData, WhoCan, WhoCanData};
