//! The pages of a stateless service, worked out anew from what a browser sends each time.

use std::collections::BTreeMap;

use altinn_core::{Actor, Language, PartyId};

use super::forms::Forms;
use super::stateless::opens_on;
use super::{NOBODY, Service, StatelessForm, StatelessRequest, SubmissionError, Submissions};
use crate::definition::DataType;
use crate::expression::OwnerKind;
use crate::form::{FormData, FormLimits, Issue, IssueCode};
use crate::form_page::{FormPages, FormPost, FormView};

/// A form of a stateless service, and the pages that it is filled in on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StatelessPages {
    /// The form: whoever fills it in sends it along each time.
    pub form: StatelessForm,
    /// Its pages; none where the service has no layouts that it opens on.
    pub pages: FormPages,
}

/// Whom a stateless service is opened for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StatelessFor<'a> {
    /// A party, by somebody who may `read` the service for it.
    Party(&'a Actor, PartyId),
    /// Anyone, where the service is open to those who have not logged in.
    Anyone,
}

impl StatelessFor<'_> {
    fn party(self) -> PartyId {
        match self {
            Self::Party(_, party) => party,
            Self::Anyone => NOBODY,
        }
    }
}

impl Submissions<'_> {
    /// The pages that a stateless service opens on, for a party that the caller may `read` the service for, with what a
    /// browser sent from one of them filled in, by the page's name. What is wrong is shown when something was sent.
    ///
    /// # Errors
    /// As [`stateless`](Self::stateless); [`SubmissionError::NotFound`] when the service opens on no form;
    /// [`SubmissionError::Post`] when something was sent that the page does not have; [`SubmissionError::Pages`] when the
    /// layouts and the data do not go together.
    pub async fn stateless_pages(
        &self,
        actor: &Actor,
        (service, party): (&Service, PartyId),
        request: &StatelessRequest,
        sent: Option<(&str, &FormPost)>,
        language: Language,
    ) -> Result<StatelessPages, SubmissionError> {
        let of = StatelessFor::Party(actor, party);
        self.stateless_pages_for(of, service, request, sent, language).await
    }

    /// The same for whoever has not logged in, where the form is open to anyone (`allowAnonymousOnStateless`).
    ///
    /// # Errors
    /// As [`stateless_anonymous`](Self::stateless_anonymous) and [`stateless_pages`](Self::stateless_pages).
    pub async fn stateless_pages_anonymous(
        &self,
        service: &Service,
        request: &StatelessRequest,
        sent: Option<(&str, &FormPost)>,
        language: Language,
    ) -> Result<StatelessPages, SubmissionError> {
        self.stateless_pages_for(StatelessFor::Anyone, service, request, sent, language).await
    }

    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub(crate) async fn stateless_pages_for(
        &self,
        of: StatelessFor<'_>,
        service: &Service,
        request: &StatelessRequest,
        sent: Option<(&str, &FormPost)>,
        language: Language,
    ) -> Result<StatelessPages, SubmissionError> {
        let kind = front_form(service).ok_or(SubmissionError::NotFound)?;
        let form = self.stateless_for(of, service, kind, request).await?;
        let shown = self.pages_nowhere((service, of), kind, form, (language, false)).await?;
        let Some((page, post)) = sent else { return Ok(shown) };
        let page = shown.pages.page(page).ok_or(SubmissionError::Changed)?;
        let mut data = BTreeMap::from([(kind.id.clone(), shown.form.data.clone())]);
        post.fill_in(page, &mut data)?;
        let filled_in = data.remove(&kind.id).unwrap_or_default().to_string();
        let filled_in = FormData::parse(filled_in.as_bytes(), FormLimits::default())?;
        let request = StatelessRequest { form: Some(filled_in), query: request.query.clone() };
        let form = self.stateless_for(of, service, kind, &request).await?;
        self.pages_nowhere((service, of), kind, form, (language, true)).await
    }

    async fn stateless_for(
        &self,
        of: StatelessFor<'_>,
        service: &Service,
        kind: &DataType,
        request: &StatelessRequest,
    ) -> Result<StatelessForm, SubmissionError> {
        match of {
            StatelessFor::Party(actor, party) => {
                self.stateless(actor, service, party, &kind.id, request).await
            }
            StatelessFor::Anyone => self.stateless_anonymous(service, &kind.id, request).await,
        }
    }

    async fn pages_nowhere(
        &self,
        (service, of): (&Service, StatelessFor<'_>),
        kind: &DataType,
        form: StatelessForm,
        (language, shows_issues): (Language, bool),
    ) -> Result<StatelessPages, SubmissionError> {
        let owner = match of {
            StatelessFor::Party(_, party) => self.tools_of(service, party).await?.owner,
            StatelessFor::Anyone => OwnerKind::Unknown,
        };
        let instance = self.kept_nowhere(service, of.party());
        let name = opens_on(service, kind);
        let forms = Forms::of(service, &instance, name, owner)?;
        let context = forms.of_process().with_language(language).with_model(&kind.id, &form.data);
        let context = context.with_allowed_action("read").with_allowed_action("write");
        let mut view =
            FormView::new(service.definition(), name, context).kept_nowhere().with_today(self.today());
        view = self.with_options_of_code(view, (service, None), language).await;
        if shows_issues {
            view = view.with_issues(&kind.id, form.issues.clone());
            // What nobody has come to yet is not told to be missing.
            let is_told = |issue: &Issue| {
                let is_known = form.issues.iter().any(|known| known.path == issue.path);
                issue.code != IssueCode::Required && !is_known
            };
            for (of, issue) in view.pages()?.unmet().into_iter().filter(|(_, issue)| is_told(issue)) {
                view = view.with_issues(&of, [issue]);
            }
        }
        let pages = view.pages()?;
        Ok(StatelessPages { form, pages })
    }
}

/// Whether a service opens on a form that anyone may fill in, without logging in.
#[cfg(feature = "axum")]
pub(crate) fn opens_to_anyone(service: &Service) -> bool {
    let metadata = service.definition().metadata();
    front_form(service).is_some_and(|kind| metadata.is_open_to_anyone(kind))
}

/// The form that a stateless service opens on: that of its layouts, else its first one.
fn front_form(service: &Service) -> Option<&DataType> {
    let app = service.definition();
    let metadata = app.metadata();
    let front = metadata.on_entry().filter(|_| metadata.is_stateless())?;
    let named = app.layouts_of(front).and_then(|set| set.data_type.as_deref());
    let named = named.and_then(|name| metadata.data_type(name));
    named.or_else(|| metadata.data_types().iter().find(|data_type| data_type.is_form()))
}
