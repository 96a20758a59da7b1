//! Pages that a browser sent back, filled in and stored.

use std::collections::BTreeMap;

use altinn_core::{Actor, InstanceId, Language};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{FormOf, Instance, SubmissionError, Submissions};
use crate::form::{FormData, FormLimits};
use crate::form_page::FormPost;

impl Submissions<'_> {
    /// Fills in what a browser sent from a page of the task that an instance stands in, and stores it as a draft; what
    /// files are said to be becomes the tags of their data elements. A post that changes nothing stores nothing.
    ///
    /// # Errors
    /// As [`save`](Submissions::save); [`SubmissionError::Post`] when something was sent that the page does not have;
    /// [`SubmissionError::Changed`] when the page is not there any more.
    pub async fn fill_in(
        &self,
        actor: &Actor,
        id: &InstanceId,
        page: &str,
        post: &FormPost,
    ) -> Result<Instance, SubmissionError> {
        self.fill_in_version(actor, id, page, post, None).await
    }

    /// Fills in a page of the version of an instance that the person saw, so that nobody overwrites what another has
    /// changed since.
    ///
    /// # Errors
    /// As [`fill_in`](Self::fill_in); [`SubmissionError::Changed`] when something is to be stored and the instance has
    /// another version.
    pub async fn fill_in_version(
        &self,
        actor: &Actor,
        id: &InstanceId,
        page: &str,
        post: &FormPost,
        seen: Option<i64>,
    ) -> Result<Instance, SubmissionError> {
        self.fill_in_at(actor, id, None, page, post, seen).await
    }

    /// Fills in a page of a form below those of the task (`Subform`), by its element.
    ///
    /// # Errors
    /// As [`fill_in_version`](Self::fill_in_version); [`SubmissionError::NotFound`] when the element is no such form.
    pub async fn fill_in_sub_form(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        page: &str,
        post: &FormPost,
        seen: Option<i64>,
    ) -> Result<Instance, SubmissionError> {
        self.fill_in_at(actor, id, Some(element), page, post, seen).await
    }

    pub(crate) async fn fill_in_at(
        &self,
        actor: &Actor,
        id: &InstanceId,
        below: Option<Uuid>,
        page: &str,
        post: &FormPost,
        seen: Option<i64>,
    ) -> Result<Instance, SubmissionError> {
        let ground = self.ground(actor, id).await?.ok_or(SubmissionError::Changed)?;
        let forms = ground.forms()?;
        let view = self.view(actor, &ground, &forms, Language::Nb).await?;
        let below = match below {
            Some(element) => Some(ground.below(&forms, element).ok_or(SubmissionError::NotFound)?),
            None => None,
        };
        let view = match &below {
            Some((set, form)) => view.below(set, form),
            None => ground.all_below(&forms).fold(view, |view, (_, form)| view.with_sub_form(form)),
        };
        let pages = ground.pages(&self.with_options_of_code(view, ground.of(), Language::Nb).await)?;
        let page = pages.page(page).ok_or(SubmissionError::Changed)?;
        let mut data: BTreeMap<String, Value> =
            forms.models().map(|(data_type, data)| (data_type.to_owned(), data.clone())).collect();
        for form in ground.service.forms_of(&ground.task) {
            data.entry(form.id.clone()).or_insert_with(|| Value::Object(Map::new()));
        }
        if let Some((_, form)) = &below {
            data.insert(form.data_type.to_owned(), form.data.clone());
        }
        let tags: Vec<(Uuid, String)> = post
            .tags(page)
            .filter_map(|(element, tag)| Some((element.parse().ok()?, tag.to_owned())))
            .collect();
        let mut version = seen.unwrap_or(ground.instance.version());
        let mut stored = None;
        for data_type in post.fill_in(page, &mut data)? {
            let form = data.remove(&data_type).unwrap_or_default().to_string();
            let form = FormData::parse(form.as_bytes(), FormLimits::default())?;
            let own = below.as_ref().filter(|(_, below)| below.data_type == data_type);
            let of = own.map_or(FormOf::Type(&data_type), |(_, below)| FormOf::Element(below.element));
            let instance = self.save_version(actor, id, of, &form, Some(version)).await?.instance;
            version = instance.version();
            stored = Some(instance);
        }
        for (element, tag) in &tags {
            self.set_tags(actor, id, *element, std::slice::from_ref(tag)).await?;
        }
        match stored {
            _ if !tags.is_empty() => self.get(actor, id).await,
            Some(instance) => Ok(instance),
            None => Ok(ground.instance),
        }
    }
}
