//! Extractors for axum: who calls, as an argument of the handler.

use std::marker::PhantomData;

use altinn_core::{Actor, AuthenticationLevel, OrganizationNumber, PartyId, Subject};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::callers::Caller;
use super::{Callers, NotLetIn};

/// The person who calls. Somebody who has not logged in is sent to do so; a system is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person's own party.
    pub party: PartyId,
    /// The caller.
    pub actor: Actor,
}

/// The organization that calls: by its own system, by a system user that acts for it, or by somebody who logged in at
/// Ansattporten and chose to represent it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The organization's number.
    pub number: OrganizationNumber,
    /// The caller.
    pub actor: Actor,
}

/// Whoever calls, identified at least at level `L`. Somebody who has logged in at a lower one is sent to log in again
/// (step-up); a token of a lower one is refused as RFC 9470 says.
///
/// ```
/// use altinn_auth::login::{AtLeast, High, Login};
/// use axum::{Router, routing::get};
///
/// async fn health_record(AtLeast(actor, ..): AtLeast<High>) -> String {
///     format!("at level {}", actor.level())
/// }
///
/// fn app(login: Login) -> Router {
///     Router::new().route("/journal", get(health_record)).with_state(login.clone()).merge(login.router())
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtLeast<L>(pub Actor, pub PhantomData<L>);

/// A level that an [`AtLeast`] asks for.
pub trait Level {
    /// The level.
    const LEVEL: AuthenticationLevel;
}

/// Level 3, `idporten-loa-substantial`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substantial;

/// Level 4, `idporten-loa-high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct High;

impl Level for Substantial {
    const LEVEL: AuthenticationLevel = AuthenticationLevel::Sensitive;
}

impl Level for High {
    const LEVEL: AuthenticationLevel = AuthenticationLevel::VerySensitive;
}

impl<S: Send + Sync> FromRequestParts<S> for Person
where
    Callers: FromRef<S>,
{
    type Rejection = NotLetIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotLetIn> {
        let Caller { actor, .. } = Callers::from_ref(state).caller(parts).await?;
        match actor.subject() {
            Subject::Person { party, .. } => Ok(Self { party: *party, actor }),
            _ => Err(NotLetIn::NotAPerson),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Organization
where
    Callers: FromRef<S>,
{
    type Rejection = NotLetIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotLetIn> {
        let Caller { actor, .. } = Callers::from_ref(state).caller(parts).await?;
        let number = match (actor.subject(), actor.represents()) {
            (Subject::Organization { number, .. }, _) => Some(*number),
            (Subject::SystemUser { owner, .. }, _) => Some(*owner),
            (Subject::ServiceOwner { number, .. }, _) => *number,
            (Subject::Person { .. }, [number]) => Some(*number),
            _ => None,
        };
        Ok(Self { number: number.ok_or(NotLetIn::NotAnOrganization)?, actor })
    }
}

impl<S: Send + Sync, L: Level> FromRequestParts<S> for AtLeast<L>
where
    Callers: FromRef<S>,
{
    type Rejection = NotLetIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotLetIn> {
        let callers = Callers::from_ref(state);
        let Caller { actor, by_token } = callers.caller(parts).await?;
        if actor.level() >= L::LEVEL {
            return Ok(Self(actor, PhantomData));
        }
        match callers.log_in(parts, Some(L::LEVEL)) {
            step_up @ NotLetIn::LogIn { .. } if !by_token => Err(step_up),
            _ => Err(NotLetIn::TooLow { asked: L::LEVEL }),
        }
    }
}
