//! What stands in for others when a service is tested: synthetic people to act in it, and code that takes no money and sends
//! nothing. Not for real use.

mod business;
mod cast;
mod passing_folder;
mod stand_in;
mod stand_ins;
mod test_payment;
#[cfg(feature = "sqlite")]
mod test_world;

pub use business::business_with_leader;
pub use cast::{Cast, CastError};
pub use passing_folder::PassingFolder;
pub use stand_in::StandIn;
pub use stand_ins::stand_in;
pub use test_payment::TestPayment;
#[cfg(feature = "sqlite")]
pub use test_world::{TestWorld, TestWorldError};
