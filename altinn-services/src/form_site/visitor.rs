//! Who visits form pages, and how what they see is drawn.

use altinn_archive::EntryId;
use altinn_auth::decision::AccessError;
use altinn_core::{Actor, Language, PartyId};
use axum::http::StatusCode;
use axum::response::Response;

use crate::Altinn;

/// Whoever visits form pages, known or not, and how what they see is drawn.
pub trait FormGuest: Send + Sync + 'static {
    /// Where the submissions are.
    fn altinn(&self) -> &Altinn;

    /// The language of what is shown.
    fn language(&self) -> Language;

    /// The token that each of their forms carries, and that nobody else knows.
    fn form_token(&self) -> &str;

    /// The portal's page around what is shown.
    fn page(&self, page: FormSitePage) -> Response;

    /// The portal's page when something is refused or goes wrong.
    fn trouble(&self, trouble: FormTrouble) -> Response;
}

/// Somebody who has logged in, as the portal knows them.
pub trait FormVisitor: FormGuest {
    /// Who it is.
    fn actor(&self) -> &Actor;

    /// Whom they begin a form for.
    fn party(&self) -> PartyId;

    /// The address at which the portal shows the proof of an archived entry; none where it does not.
    fn proof_address(&self, _entry: EntryId) -> Option<String> {
        None
    }
}

/// What a page shows.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormSitePage {
    /// The status that it is answered with.
    pub status: StatusCode,
    /// What it is called.
    pub title: String,
    /// HTML for the page's main part, with its only `h1`. It may be put into a page as it is.
    pub main: String,
}

impl std::fmt::Debug for FormSitePage {
    /// Leaves out what is shown: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FormSitePage").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why somebody does not get what they asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum FormTrouble {
    /// There is no such thing, or they may not know of it.
    NotFound,
    /// They may not: why, and what would help.
    Denied(Box<AccessError>),
    /// The form that they sent is not one of theirs.
    ForeignForm,
    /// What they sent is not in order: what is wrong, in their language.
    Wrong(String),
    /// Something has changed meanwhile, or is to be done by others first: what, in their language.
    Late(String),
    /// It does not work now; the code is for whoever runs it.
    Unavailable(&'static str),
}
