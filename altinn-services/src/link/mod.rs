//! Link (lenke): a user who may use another solution is sent on to it, and the solution can tell that it is so.
//!
//! A link service is a folder ([`ServiceFolder`](crate::definition::ServiceFolder)) with a policy and a list of targets. [`Links::open`]
//! decides here, at the level that the policy asks for, leaves a trace, and gives a
//! [hand-over](altinn_auth::hand_over): a form that the browser posts to the target, or a code in the target's address
//! that says nothing and that the target redeems behind the browser's back ([`Links::redeem`]). Either can be used
//! once, within a minute, by its target alone. Nobody is sent anywhere that the folder does not name.
//!
//! ```toml
//! type = "link"
//! id = "ttd/tax-card"
//! title = { nb = "Skattekort", nn = "Skattekort", en = "Tax card" }
//!
//! [link]
//! action = "access"             # what the policy is asked; `access` unless it is said
//!
//! [link.targets.main]
//! url = "https://target.example.no/start"
//! audience = "https://target.example.no"    # what the target calls itself; the beginning of the URL unless it is said
//! hand-over = "code"            # or "form", as when it is not said
//! organization = "991825827"    # who redeems the code
//! names-organization = true     # whether the target learns which organization it is about
//! ```

mod error;
mod hand_over;
mod links;
mod redeem;
mod service;
mod target;

pub use error::LinkError;
pub use hand_over::{HandOverCode, HandOverForm, Onward};
pub use links::{LinkRequest, Links};
pub use service::LinkService;
pub use target::{LinkTarget, TargetUrl, TargetUrlError};
