//! A synthetic business for a service to be used by.

use altinn_auth::register::RoleAssignment;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Party, Subject};

use super::CastError;
use crate::Altinn;

/// Puts a business and its general manager (`DAGL`) into the register: the business, and the manager at level 4.
///
/// # Errors
/// [`CastError::Register`] and [`CastError::Store`].
pub async fn business_with_leader(
    altinn: &Altinn,
    people: &mut SyntheticPeople,
) -> Result<(Party, Actor), CastError> {
    let (business, leader) = (people.organization(), people.person());
    let role = "DAGL".parse()?;
    let mut batch = Batch::new();
    altinn.register().put_party(&mut batch, &business)?;
    altinn.register().put_party(&mut batch, &leader)?;
    altinn.register().grant_role(&mut batch, &RoleAssignment { role, of: business.id, to: leader.id });
    altinn.store().commit(batch).await?;
    let subject = Subject::Person { party: leader.id, uuid: leader.uuid, number: None };
    Ok((business, Actor::new(subject, AuthenticationLevel::VerySensitive)))
}
