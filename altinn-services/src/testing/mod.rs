//! What stands in for others when a service is tested: it takes no money and sends nothing. Not for real use.

mod stand_in;
mod test_payment;
#[cfg(feature = "sqlite")]
mod test_world;

pub use stand_in::StandIn;
pub use test_payment::TestPayment;
#[cfg(feature = "sqlite")]
pub use test_world::{TestWorld, TestWorldError};
