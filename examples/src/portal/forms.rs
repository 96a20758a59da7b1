//! Forms: the pages of `altinn_services::form_site`, for the portal's own visitors.

use altinn_archive::EntryId;
use altinn_core::{Actor, InstanceId, Language, PartyId};
use altinn_services::Altinn;
use altinn_services::form_site::{self, FormGuest, FormSitePage, FormTrouble, FormVisitor};
use axum::Router;
use axum::response::Response;
use minijinja::{Value, context};

use super::app::App;
use super::trouble::Trouble;
use super::visitor::{Member, Visitor};

pub(super) fn routes() -> Router<App> {
    form_site::routes::<Member, Visitor, App>()
}

/// Where an instance is shown.
pub(super) fn address(id: &InstanceId) -> String {
    format!("/instances/{id}")
}

impl FormGuest for Visitor {
    fn altinn(&self) -> &Altinn {
        &self.app.altinn
    }

    fn language(&self) -> Language {
        self.language
    }

    fn form_token(&self) -> &str {
        &self.form_token
    }

    fn page(&self, page: FormSitePage) -> Response {
        // What apps and data say has been escaped in it.
        let values = context! { title => page.title, main => Value::from_safe_string(page.main) };
        self.page_with(page.status, "site.html", values)
    }

    fn trouble(&self, trouble: FormTrouble) -> Response {
        Trouble::from(trouble).page(self)
    }
}

impl FormGuest for Member {
    fn altinn(&self) -> &Altinn {
        &self.app().altinn
    }

    fn language(&self) -> Language {
        self.visitor.language
    }

    fn form_token(&self) -> &str {
        &self.visitor.form_token
    }

    fn page(&self, page: FormSitePage) -> Response {
        FormGuest::page(&self.visitor, page)
    }

    fn trouble(&self, trouble: FormTrouble) -> Response {
        FormGuest::trouble(&self.visitor, trouble)
    }
}

impl FormVisitor for Member {
    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn party(&self) -> PartyId {
        self.party.id
    }

    fn proof_address(&self, entry: EntryId) -> Option<String> {
        Some(format!("/archive/{entry}"))
    }
}

impl From<FormTrouble> for Trouble {
    fn from(trouble: FormTrouble) -> Self {
        match trouble {
            FormTrouble::Denied(error) => Self::Denied(error),
            FormTrouble::ForeignForm => Self::ForeignForm,
            FormTrouble::Wrong(what) => Self::Told { is_late: false, what },
            FormTrouble::Late(what) => Self::Told { is_late: true, what },
            FormTrouble::Unavailable(code) => Self::Unavailable(code),
            _ => Self::NotFound,
        }
    }
}
