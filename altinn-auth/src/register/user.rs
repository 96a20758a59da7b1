//! Altinn's users: whoever logs in has a number besides that of their party.

use std::fmt;

use altinn_core::{PartyId, UncheckedNationalIdentityNumber};
use async_trait::async_trait;
use uuid::Uuid;

use super::RegisterError;

/// The number of a user (`urn:altinn:userid`); not that of the user's party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A user and the party that the user is.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The user's number.
    pub id: UserId,
    /// The user's own party.
    pub party: PartyId,
    /// The same party's UUID, where it is known.
    pub uuid: Option<Uuid>,
    /// The national identity number, for a person.
    pub person: Option<UncheckedNationalIdentityNumber>,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("party", &self.party).finish_non_exhaustive()
    }
}

/// Tells who users are. Needed only where requests name users by their numbers, as Altinn's do.
#[async_trait]
pub trait UserRegister: fmt::Debug + Send + Sync {
    /// The user with this number; none when the register does not know it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn user(&self, id: UserId) -> Result<Option<User>, RegisterError>;

    /// The user who is this person; none when the register does not know them.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn user_by_person(
        &self,
        number: &UncheckedNationalIdentityNumber,
    ) -> Result<Option<User>, RegisterError>;
}
