//! How an instance stands in the inbox of its party.

use altinn_core::store::Batch;
use altinn_core::{Language, Text};

use super::Instance;
use super::plan::Plan;
use crate::inbox::{ElementKind, InboxElement, InboxStatus, Place, Scope};
use crate::process::TaskKind;

/// What is shown of an instance that has come to its end.
const ENDED: &str = "Archived";

impl Plan<'_> {
    /// Adds how the instance stands now to the inbox of its party, or that it is not in it any more: it is gone, or the
    /// service leaves it out (`messageBoxConfig.hideSettings`).
    pub(super) fn show(&self, batch: &mut Batch) {
        let instance = &self.instance;
        let (owner, id) = (instance.id.owner, instance.id.guid);
        let is_hidden = self.service.definition().metadata().hide_settings().hides(instance.task());
        if is_hidden || instance.status.hard_deleted.is_some() {
            return InboxElement::forget(batch, owner, id);
        }
        let (status, state) = self.stands();
        let scope = Scope::read(instance.service.clone(), ElementKind::Submission)
            .within(instance.task(), instance.process.end_event.as_deref());
        let title = title_of(self.service.definition().metadata().title(), instance);
        let element = InboxElement {
            // Who acts for the agency has no party.
            is_news: self.author.party.is_none(),
            place: self.place.or(instance.status.soft_deleted.map(|_| Place::Bin)),
            entry: instance.entry,
            created: instance.created,
            due: instance.status.due_before,
            visible_from: instance.status.visible_after,
            ..InboxElement::new((owner, id), scope, (status, state), &title, instance.changed)
        };
        element.put(self.tools.inbox, batch);
    }

    fn stands(&self) -> (InboxStatus, &str) {
        let said = self.instance.status.substatus.as_ref().map(|substatus| substatus.label.as_str());
        let Ok(task) = self.task() else { return (InboxStatus::Completed, said.unwrap_or(ENDED)) };
        let status = match task.kind {
            TaskKind::Data => InboxStatus::Draft,
            TaskKind::Feedback => InboxStatus::Awaiting,
            _ if task.is_done_by_machine() => InboxStatus::InProgress,
            _ => InboxStatus::RequiresAttention,
        };
        (status, said.unwrap_or(&task.id))
    }
}

/// The service's title, with the fields of the form that it shows in lists.
fn title_of(service: &Text, instance: &Instance) -> Text {
    let shown: Vec<_> = instance.status.presentation_texts.values().map(String::as_str).collect();
    let shown = shown.join(", ");
    let with = |language: Language| match (service.in_language(language), shown.as_str()) {
        (title, "") => title.to_owned(),
        (title, shown) => format!("{title}: {shown}"),
    };
    let in_languages = service.languages().map(|language| (language, with(language)));
    in_languages.fold(Text::default(), |text, (language, wording)| text.with(language, wording))
}
