//! SMS: what it takes, who it is from, and a gateway over HTTP.

#[cfg(feature = "http")]
mod gateway;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod json_gateway;
mod segments;
mod sender_id;

#[cfg(feature = "http")]
pub use gateway::{GatewayRequest, SmsGateway};
#[cfg(feature = "http")]
pub use http::{HttpSms, HttpSmsError};
#[cfg(feature = "http")]
pub use json_gateway::JsonGateway;
pub use segments::{SmsEncoding, SmsSegments};
pub use sender_id::{SenderId, SenderIdError};
