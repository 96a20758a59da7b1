//! What stands in for others when a service is tested: it takes no money and sends nothing. Not for real use.

mod stand_in;
mod test_payment;

pub use stand_in::StandIn;
pub use test_payment::TestPayment;
