//! Who is calling and what they may do: tokens, policies, roles and decisions as Altinn has them.
//!
//! A token becomes an [`Actor`](altinn_core::Actor) ([`token`]), the register tells which roles the actor holds for a
//! party ([`register`]), and the service's own XACML policy decides ([`xacml`], [`decision`]). Only a permission gives
//! [`Access`](decision::Access), the evidence that writing asks for; a refusal says what was missing, as data and in
//! plain words.
//!
//! ```
//! # #[cfg(feature = "testing")]
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # use std::sync::Arc;
//! # use altinn_auth::decision::{AccessError, AccessRequest, Authorizer, Policies};
//! # use altinn_auth::register::{MIGRATIONS, RegisterKey, RoleAssignment, StoredRegister};
//! # use altinn_auth::testing::FakeIssuer;
//! # use altinn_auth::token::TokenVerifier;
//! # use altinn_core::store::{Batch, Store};
//! # use altinn_core::{Language, ServiceId, SyntheticNumbers, SystemClock, testing::SyntheticPeople};
//! # let policy_xml = include_str!("../tests/policies/bakery_licence.xml");
//! # let store = Store::open("sqlite::memory:").await?;
//! # store.migrate(&[MIGRATIONS]).await?;
//! # let mut people = SyntheticPeople::from_seed(1);
//! # let (kari, bakery) = (people.person(), people.organization());
//! # let id_porten = FakeIssuer::id_porten(Arc::new(SystemClock))?;
//! # let bearer = id_porten.log_in(&kari)?;
//! let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
//! let mut batch = Batch::new();
//! register.put_party(&mut batch, &kari)?;
//! register.put_party(&mut batch, &bakery)?;
//! register.grant_role(&mut batch, &RoleAssignment { role: "DAGL".parse()?, of: bakery.id, to: kari.id });
//! store.commit(batch).await?;
//!
//! let service: ServiceId = "ttd/bakery-licence".parse()?;
//! let policies = Arc::new(Policies::new());
//! policies.put(service.clone(), policy_xml)?;
//! let authorizer = Authorizer::new(policies, register.clone(), register.clone());
//! let tokens = TokenVerifier::new(Arc::new(SystemClock), register)
//!     .trusting(id_porten.profile()?)
//!     .with_synthetic_numbers(SyntheticNumbers::Accepted);
//!
//! let actor = tokens.verify(&bearer).await?;
//! let access = authorizer.decide(&actor, &AccessRequest::new("write", service.clone(), bakery.id)).await?;
//! assert_eq!(access.party(), bakery.id);
//!
//! let request = AccessRequest::new("complete", service, bakery.id).at_end_event("EndEvent_1");
//! let Err(AccessError::Denied(denial)) = authorizer.decide(&actor, &request).await else { panic!() };
//! assert!(denial.explain(Language::En).ends_with("can: the service owner ttd."));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | feature | what it adds |
//! |---|---|
//! | `sqlite` (default), `postgres` | the back ends of the store |
//! | `xpath` | attribute selectors and the XPath functions of XACML |
//! | `http` | keys that are fetched from their issuer, tokens from Maskinporten (`maskinporten`), settings by Nais' names (`environment`) |
//! | `login` | login of people to a portal, and extractors for axum (`login`) |
//! | `testing` | issuers that sign tokens with real keys, an ID-porten and a Maskinporten on this machine |
//!
//! **Security.** Everything fails closed: a policy that is missing, cannot decide or asks for what is not known, and
//! a register that does not answer, refuse. Parsers have limits of size, count and depth, and read no document type
//! definitions. National identity numbers are stored sealed, and neither they nor tokens appear in errors or `Debug`.
//!
//! Parties give rights to others for a time, never more than they hold, and take them back ([`delegation`]); what was
//! revoked is refused by the next decision on every node.

pub mod access_list;
pub mod decision;
pub mod delegation;
pub mod delegation_request;
#[cfg(feature = "http")]
pub mod environment;
pub mod hand_over;
pub mod issuing;
#[cfg(feature = "login")]
pub mod login;
#[cfg(feature = "http")]
pub mod maskinporten;
pub mod register;
mod single_flight;
pub mod system_user;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod trail;
pub mod xacml;
