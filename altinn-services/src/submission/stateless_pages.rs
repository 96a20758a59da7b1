//! The pages of a stateless service, worked out anew from what a browser sends each time.

use std::collections::BTreeMap;

use altinn_core::{Actor, Language, PartyId};

use super::forms::Forms;
use super::stateless::opens_on;
use super::{Service, StatelessForm, StatelessRequest, SubmissionError, Submissions};
use crate::definition::DataType;
use crate::form::{FormData, FormLimits};
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

impl Submissions<'_> {
    /// The pages that a stateless service opens on, for a party that the caller may `read` the service for, with what a
    /// browser sent from one of them filled in, by the page's name. What is wrong is shown when something was sent.
    ///
    /// # Errors
    /// As [`stateless`](Self::stateless); [`SubmissionError::NotFound`] when the service opens on no form;
    /// [`SubmissionError::Post`] when something was sent that the page does not have; [`SubmissionError::Pages`] when the
    /// layouts and the data do not go together.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn stateless_pages(
        &self,
        actor: &Actor,
        (service, party): (&Service, PartyId),
        request: &StatelessRequest,
        sent: Option<(&str, &FormPost)>,
        language: Language,
    ) -> Result<StatelessPages, SubmissionError> {
        let kind = front_form(service).ok_or(SubmissionError::NotFound)?;
        let form = self.stateless(actor, service, party, &kind.id, request).await?;
        let shown = self.pages_nowhere(service, party, kind, form, (language, false)).await?;
        let Some((page, post)) = sent else { return Ok(shown) };
        let page = shown.pages.page(page).ok_or(SubmissionError::Changed)?;
        let mut data = BTreeMap::from([(kind.id.clone(), shown.form.data.clone())]);
        post.fill_in(page, &mut data)?;
        let filled_in = data.remove(&kind.id).unwrap_or_default().to_string();
        let filled_in = FormData::parse(filled_in.as_bytes(), FormLimits::default())?;
        let request = StatelessRequest { form: Some(filled_in), query: request.query.clone() };
        let form = self.stateless(actor, service, party, &kind.id, &request).await?;
        self.pages_nowhere(service, party, kind, form, (language, true)).await
    }

    async fn pages_nowhere(
        &self,
        service: &Service,
        party: PartyId,
        kind: &DataType,
        form: StatelessForm,
        (language, shows_issues): (Language, bool),
    ) -> Result<StatelessPages, SubmissionError> {
        let owner = self.tools_of(service, party).await?.owner;
        let instance = self.kept_nowhere(service, party);
        let name = opens_on(service, kind);
        let forms = Forms::of(service, &instance, name, owner)?;
        let context = forms.of_process().with_language(language).with_model(&kind.id, &form.data);
        let context = context.with_allowed_action("read").with_allowed_action("write");
        let mut view = FormView::new(service.definition(), name, context);
        if shows_issues {
            view = view.with_issues(&kind.id, form.issues.clone());
        }
        let pages = view.pages()?;
        Ok(StatelessPages { form, pages })
    }
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
