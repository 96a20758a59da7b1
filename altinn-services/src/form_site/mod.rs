//! Form pages in a browser: routes that a portal mounts beside its own (feature `axum`).
//!
//! [`routes`] begins a submission, shows and fills in the pages of its task from the app's own layouts, takes files, does
//! what a task's buttons say (signing, confirming, paying, ...), and shows the receipt. All of it works without JavaScript.
//! The portal says who visits ([`FormVisitor`], and [`FormGuest`] for those who have not logged in): extractors of its own,
//! which also draw the page around what is shown, so that the pages look like the portal's others.
//!
//! | address | |
//! |---|---|
//! | `GET`, `POST /forms/{org}/{app}` | what the form is, and begins it; of a stateless service its pages, and fills them in |
//! | `GET`, `POST /instances/{party}/{instance}` | the page of the task at hand, or the receipt; does an action of the task |
//! | `POST .../pages/{page}` | fills in a page, and takes the files that are sent with it |
//! | `GET .../forms/{element}`, `POST .../forms/{element}/pages/{page}` | the same of a form below another (`Subform`) |
//! | `GET .../files/{element}` | gives a file |
//! | `GET .../draft.pdf` | what is filled in so far, marked as a draft (feature `pdf`) |
//! | `GET .../receipt.json`, `GET .../receipt.pdf` | the receipt, for programs and (feature `pdf`) for people |
//!
//! **Security.** Every form carries the visitor's token ([`FormTokens`] makes them), without which nothing is changed; all that
//! comes from apps and data is escaped; [`put_headers`] sets the headers that such pages need. What somebody may do is
//! decided by every call.

mod actions;
mod answer;
mod begin;
mod files;
mod headers;
mod onward;
mod pages;
mod place;
mod receipt;
mod refused;
mod stateless;
mod token;
mod visitor;
mod words;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::response::Response;
use axum::routing::{get, post};

pub use headers::put_headers;
pub use token::{FORM_TOKEN, FormTokens};
pub use visitor::{FormGuest, FormSitePage, FormTrouble, FormVisitor};

/// How the pages look: a style sheet that a portal may serve, or replace by its own.
pub const STYLE: &str = include_str!("style.css");

/// The routes. `V` is the portal's extractor for whoever has logged in; it answers itself when nobody has. `G` is its extractor
/// for anybody at all, who may use the stateless services that are open to anyone; a portal that has nothing for them names
/// `V` here too.
pub fn routes<V, G, S>() -> Router<S>
where
    V: FormVisitor + FromRequestParts<S, Rejection = Response>,
    G: FormGuest + FromRequestParts<S>,
    S: Clone + Send + Sync + 'static,
{
    let with_files = || DefaultBodyLimit::max(files::MAX_BODY_BYTES);
    let (page, page_below) = (post(pages::fill_in::<V>), post(pages::fill_in_below::<V>));
    let router = Router::new()
        .route("/forms/{org}/{app}", get(begin::explain::<G, V>).post(begin::start::<G, V>))
        .route("/instances/{owner}/{guid}", get(pages::show::<V>).post(actions::act::<V>))
        .route("/instances/{owner}/{guid}/pages/{page}", page.layer(with_files()))
        .route("/instances/{owner}/{guid}/forms/{element}", get(pages::show_below::<V>))
        .route("/instances/{owner}/{guid}/forms/{element}/pages/{page}", page_below.layer(with_files()))
        .route("/instances/{owner}/{guid}/files/{element}", get(files::download::<V>))
        .route("/instances/{owner}/{guid}/receipt.json", get(receipt::as_json::<V>));
    #[cfg(feature = "pdf")]
    let router = router
        .route("/instances/{owner}/{guid}/receipt.pdf", get(receipt::as_document::<V>))
        .route("/instances/{owner}/{guid}/draft.pdf", get(receipt::as_draft::<V>));
    router
}
