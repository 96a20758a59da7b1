//! Who is calling and what they may do: tokens, policies, roles and decisions as Altinn has them.

pub mod decision;
pub mod register;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod xacml;
