//! Calls to other machines (feature `http`): guarded, so that an address from elsewhere cannot reach inside.
//!
//! Every call of this SDK goes through an [`HttpClient`]: it knows where it may go ([`Destinations`], held against the
//! addresses after name resolution and after each redirect), how long it may take, and how much it may read.
//! TLS is by rustls on ring, with Mozilla's roots and those that the agency adds.
//!
//! ```no_run
//! use altinn_core::http::{Destinations, HttpClient, HttpRequest};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let client = HttpClient::builder(Destinations::public()).build()?;
//! let answer = client.send(HttpRequest::get("https://data.brreg.no/enhetsregisteret/api")?).await?;
//! println!("{}: {} bytes", answer.status(), answer.body().len());
//! # Ok::<(), altinn_core::http::HttpError>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod builder;
mod client;
mod destinations;
mod error;
mod request;
mod resolver;
mod response;

pub use builder::HttpClientBuilder;
pub use client::HttpClient;
pub use destinations::Destinations;
pub use error::HttpError;
pub use request::HttpRequest;
pub use reqwest::{Method, StatusCode, Url, header};
pub use response::HttpResponse;
