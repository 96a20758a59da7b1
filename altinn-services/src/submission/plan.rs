//! What one call does to an instance, worked out before anything is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use altinn_archive::StagedEntry;
use altinn_auth::decision::Access;
use altinn_core::store::Batch;
use altinn_core::{IdSource, InstanceId, PartyId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::author::Author;
use super::element::{DataElement, FORM};
use super::forms::Forms;
use super::history::History;
use super::pay::Settled;
use super::service_task::{NewWork, ServiceTaskDone, abandon_open};
use super::signing::{EVIDENCE, Given, Turn, data_type_of};
use super::{Instance, InstanceStatus, ReadStatus, Service, SubmissionError};
use crate::definition::DataType;
use crate::event::{EventError, EventFeed, NewEvent};
use crate::expression::OwnerKind;
use crate::form::{Issue, IssueCode, PrefillSources, Severity, wording};
use crate::inbox::{InboxKey, Place};
use crate::plug_ins::PlugIns;
use crate::process::{
    Effect, Event, MAX_ITERATIONS, Process, ProcessState, Refusal, ServiceWork, Step, Task, TaskKind, step,
    step_in,
};

/// How many events one version of an instance may have: their sequence follows from its version.
const EVENTS: i64 = 1_000;

/// The action that abandons a task: nothing is checked then.
pub(super) const REJECT: &str = "reject";

/// What a plan is made with.
#[derive(Debug, Clone)]
pub(crate) struct Tools<'a> {
    pub(crate) ids: &'a dyn IdSource,
    pub(crate) inbox: &'a InboxKey,
    pub(crate) plug_ins: Arc<PlugIns>,
    /// What is known of the party already, for the forms that are made.
    pub(crate) known: Arc<PrefillSources>,
    /// What the forms that are made hold from the start, by data type.
    pub(crate) given: Arc<BTreeMap<String, Value>>,
    /// What kind of party the owner is, where the app asks for it.
    pub(crate) owner: OwnerKind,
    pub(crate) now: DateTime<Utc>,
}

/// What one call does to an instance: how it will stand, what is added to it, and what is told of it.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) instance: Instance,
    pub(super) history: Vec<History>,
    pub(super) events: Vec<String>,
    /// From here on the elements are new.
    stored_elements: usize,
    /// Stored elements that have new content.
    changed_elements: Vec<Uuid>,
    /// Stored elements that are to be deleted.
    removed_elements: Vec<Uuid>,
    /// What the machine is to do next, outside of this commit.
    pub(super) work: Option<NewWork>,
    /// Whether work that the machine was to do is not to be done any more.
    abandons_work: bool,
    /// Where it goes in its party's inbox; none: it stays where it is.
    pub(super) place: Option<Place>,
    /// Whether it stood in a task with signees of its own, who have been let in for it.
    pub(super) had_signees: bool,
    /// A signature that has no seal yet.
    pub(super) given: Option<Given>,
    /// The entry of the archive, when it has come to its end.
    pub(super) staged: Option<StagedEntry>,
    /// The names of parties, as far as they were asked for.
    pub(super) names: BTreeMap<PartyId, String>,
    /// The data types of the instance whose elements whoever acts may not read.
    pub(super) unreadable: BTreeSet<String>,
    pub(super) author: Author,
    pub(super) service: &'a Service,
    pub(super) tools: Tools<'a>,
}

impl<'a> Plan<'a> {
    /// A new instance, of the party that was permitted, whose process has been started.
    pub(super) fn start(
        service: &'a Service,
        access: &Access,
        tools: Tools<'a>,
    ) -> Result<Self, SubmissionError> {
        let now = tools.now;
        let instance = Instance {
            id: InstanceId::new(access.party(), tools.ids.next_id()),
            service: service.id().clone(),
            process: ProcessState::not_started(),
            version: 1,
            created: now,
            changed: now,
            entry: None,
            status: InstanceStatus::default(),
            elements: Vec::new(),
        };
        let mut plan = Self::of(service, instance, tools, access.actor().into());
        plan.history.push(History::of_instance("Created", now));
        plan.events.push("app.instance.created".to_owned());
        plan.take(step(plan.process(), &ProcessState::not_started(), &Event::Start, now)?)?;
        Ok(plan)
    }

    /// The next version of an instance that is stored.
    pub(super) fn go_on(
        service: &'a Service,
        mut instance: Instance,
        tools: Tools<'a>,
        author: Author,
    ) -> Self {
        instance.version += 1;
        instance.changed = tools.now;
        // Who acts for the agency has no party.
        if instance.status.read_status == ReadStatus::Read && author.party.is_none() {
            instance.status.read_status = ReadStatus::UpdatedSinceLastReview;
        }
        Self::of(service, instance, tools, author)
    }

    fn of(service: &'a Service, instance: Instance, tools: Tools<'a>, author: Author) -> Self {
        let task = instance.task().and_then(|task| service.definition().process().task(task));
        Self {
            had_signees: task.is_some_and(|task| data_type_of(task).is_some()),
            stored_elements: instance.elements.len(),
            instance,
            history: Vec::new(),
            events: Vec::new(),
            changed_elements: Vec::new(),
            removed_elements: Vec::new(),
            work: None,
            abandons_work: false,
            place: None,
            given: None,
            staged: None,
            names: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            author,
            service,
            tools,
        }
    }

    pub(super) fn process(&self) -> &'a Process {
        self.service.definition().process()
    }

    /// The task it stands in.
    ///
    /// # Errors
    /// A [`Refusal`] when it stands in none.
    pub(super) fn task(&self) -> Result<&'a Task, Refusal> {
        let Some(current) = self.instance.task() else {
            return Err(match &self.instance.process.end_event {
                Some(end_event) => Refusal::Ended { end_event: end_event.clone() },
                None => Refusal::NotStarted,
            });
        };
        let unknown = || Refusal::StateNotOfProcess { element: current.to_owned() };
        self.process().task(current).ok_or_else(unknown)
    }

    /// Leaves the task at hand by the action that was permitted: checks what was filled in, signs where the task asks
    /// for it, and moves on to the next task that waits for somebody, or to the end.
    pub(super) fn leave(
        &mut self,
        access: &Access,
        turn: Turn,
        payment: Settled,
    ) -> Result<(), SubmissionError> {
        let (task, action) = (self.task()?, access.action());
        let mut forms = Forms::of(self.service, &self.instance, &task.id, self.tools.owner)?;
        if action != REJECT {
            let issues = self.issues(task, &forms);
            if issues.iter().any(|issue| issue.severity == Severity::Error) {
                return Err(SubmissionError::Invalid(issues));
            }
            if self.finish_forms(task, &forms)? {
                forms = Forms::of(self.service, &self.instance, &task.id, self.tools.owner)?;
            }
        }
        let step = self.step_with(&forms, &Event::next(action))?;
        self.abandons_work = task.is_done_by_machine();
        if task.kind == TaskKind::Signing && action != REJECT {
            self.sign(task, access.actor(), turn)?;
            if !self.mark_signed(task, turn)? {
                return Ok(());
            }
            self.write_signed_document(task)?;
        }
        if action == REJECT {
            self.withdraw_signatures();
        }
        self.settle(task, payment)?;
        self.take(step)
    }

    /// Takes the outcome of a service task, and moves on.
    pub(super) fn finish_service_task(
        &mut self,
        task: &str,
        done: &ServiceTaskDone,
    ) -> Result<(), SubmissionError> {
        for made in &done.elements {
            let id = self.tools.ids.next_id();
            self.instance.elements.push(DataElement::new(
                id,
                &made.data_type,
                &made.content_type,
                made.content.clone(),
                self.tools.now,
            ));
        }
        let event = Event::ServiceTaskDone { task: task.to_owned(), action: done.action.clone() };
        self.take(self.step(task, &event)?)
    }

    /// Takes a step that a supporter asked for.
    pub(super) fn move_by(&mut self, step: Step) -> Result<(), SubmissionError> {
        self.abandons_work = true;
        self.withdraw_signatures();
        self.take(step)
    }

    /// Leaves work undone that the machine was to do.
    pub(super) fn abandon_work(&mut self) {
        self.abandons_work = true;
    }

    /// The step that an event is, out of a task: its conditions look at the forms as they are.
    fn step(&self, task: &str, event: &Event) -> Result<Step, SubmissionError> {
        let forms = Forms::of(self.service, &self.instance, task, self.tools.owner)?;
        self.step_with(&forms, event)
    }

    fn step_with(&self, forms: &Forms<'_>, event: &Event) -> Result<Step, SubmissionError> {
        let context = forms.of_process();
        Ok(step_in(self.process(), &self.instance.process, event, &context, self.tools.now)?)
    }

    /// What is wrong with what a task's forms and attachments hold.
    pub(super) fn issues(&self, task: &Task, forms: &Forms<'_>) -> Vec<Issue> {
        let mut issues = Vec::new();
        for element in self.forms_of(task) {
            if let Some(data) = forms.data_of(element) {
                issues.extend(self.told(&element.data_type, forms.issues(&element.data_type, data, None)));
            }
        }
        let of_app = self.instance.elements.iter().filter(|element| element.data_type != EVIDENCE);
        let facts: Vec<_> = of_app.map(DataElement::facts).collect();
        issues.extend(self.service.definition().check_elements(&task.id, &facts));
        issues
    }

    /// What is told of what was found in a form: of one that whoever acts may not read, that it is not in order.
    pub(super) fn told(&self, data_type: &str, found: Vec<Issue>) -> Vec<Issue> {
        if !self.unreadable.contains(data_type) {
            return found;
        }
        let is_wrong = found.iter().any(|issue| issue.severity == Severity::Error);
        let untold = || Issue::error(IssueCode::ElementNotInOrder, "", wording::element_not_in_order());
        is_wrong.then(untold).into_iter().collect()
    }

    /// The forms that are filled in in a task.
    fn forms_of(&self, task: &Task) -> impl Iterator<Item = &DataElement> {
        let of_task = |data_type: &str| self.service.forms_of(&task.id).any(|form| form.id == data_type);
        self.instance.elements.iter().filter(move |element| of_task(&element.data_type))
    }

    /// Brings the forms of a task that is done into the shape that is kept: without what is hidden where the app asks
    /// for it, and without the ids of rows. Says whether that changed any.
    fn finish_forms(&mut self, task: &Task, forms: &Forms<'_>) -> Result<bool, SubmissionError> {
        let mut finished = Vec::new();
        for element in self.forms_of(task) {
            let Some(data) = forms.data_of(element) else { continue };
            let data = forms.finished(&element.data_type, data);
            let data = data.map_err(|issue| SubmissionError::Invalid(vec![issue]))?;
            finished.extend(data.map(|data| (element.id, data)));
        }
        let is_changed = !finished.is_empty();
        for (element, data) in finished {
            self.change(element, data.to_string().into_bytes());
        }
        Ok(self.take_out_shadow_fields(task)? || is_changed)
    }

    /// Takes what a step gave: the state, the history, the work of service tasks and the steps that follow from it.
    fn take(&mut self, step: Step) -> Result<(), SubmissionError> {
        let mut next = Some(step);
        for _ in 0..MAX_ITERATIONS {
            let Some(Step { state, effects, .. }) = next.take() else { break };
            self.instance.process = state;
            if let Ok(task) = self.task() {
                self.tools.plug_ins.check(task)?;
                // Who signs is asked anew at each visit.
                if let Some(states) = data_type_of(task) {
                    self.forget_signees(|data_type| data_type == states);
                }
            }
            for effect in effects {
                match effect {
                    Effect::History(entry) => self.history.push(History::of_process(entry)),
                    Effect::Service(work) => next = self.do_work(&work)?,
                }
            }
        }
        if next.is_some() {
            let from = self.instance.task().unwrap_or_default().to_owned();
            return Err(Refusal::Loop { from, iterations: MAX_ITERATIONS }.into());
        }
        self.make_forms();
        self.events.push(match self.instance.task() {
            Some(task) => format!("app.instance.process.movedTo.{}", task.to_lowercase()),
            None => "app.instance.process.completed".to_owned(),
        });
        Ok(())
    }

    /// Does the work of a service task, and takes the step that follows; nothing when the work is done elsewhere, after
    /// this commit.
    fn do_work(&mut self, work: &ServiceWork) -> Result<Option<Step>, SubmissionError> {
        match work {
            ServiceWork::WriteReceiptDocument { task, filename_text_resource, tasks } => {
                self.write_receipt_document(task, filename_text_resource.as_deref(), tasks)?;
            }
            ServiceWork::WriteSubformDocuments { task, filename_text_resource, data_type } => {
                let file_name = filename_text_resource.as_deref();
                self.write_subform_documents(task, file_name, data_type.as_deref())?;
            }
            ServiceWork::Run { task, kind } => {
                if !self.process().task(task).is_some_and(|task| self.tools.plug_ins.is_left_out(task)) {
                    let flow = self.instance.process.current_task().map_or(0, |current| current.flow);
                    let (id, kind) = (self.tools.ids.next_id(), kind.name().to_owned());
                    self.work = Some(NewWork { id, task: task.clone(), flow, kind });
                    return Ok(None);
                }
            }
        }
        let done = Event::ServiceTaskDone { task: work.task().to_owned(), action: None };
        Ok(Some(self.step(work.task(), &done)?))
    }

    /// Makes the forms of the task at hand that the service wants to be there from the start.
    fn make_forms(&mut self) {
        let Some(task) = self.instance.task() else { return };
        let given = Arc::clone(&self.tools.given);
        let is_made = |form: &DataType| form.app_logic.as_ref().is_some_and(|logic| logic.auto_create);
        let wanted = self
            .service
            .forms_of(task)
            .filter(|form| (is_made(form) && form.task_id.is_some()) || given.contains_key(&form.id));
        let missing: Vec<_> = wanted
            .filter(|form| self.instance.element(&form.id).is_none())
            .map(|form| form.id.clone())
            .collect();
        for data_type in missing {
            let mut data = given.get(&data_type).cloned().unwrap_or_else(|| serde_json::json!({}));
            if let Some(prefill) = self.service.definition().prefill(&data_type) {
                prefill.fill(&mut data, &self.tools.known);
            }
            self.add_form(data_type, data.to_string().into_bytes());
        }
    }

    /// Adds a form that is not there yet; gives the id of its element.
    pub(super) fn add_form(&mut self, data_type: String, content: Vec<u8>) -> Uuid {
        let id = self.tools.ids.next_id();
        self.instance.elements.push(DataElement::new(id, data_type, FORM, content, self.tools.now));
        id
    }

    fn publish(&self, batch: &mut Batch) -> Result<(), EventError> {
        let about = (&self.instance.service, &self.instance.id);
        for (event_type, index) in self.events.iter().zip(0..) {
            let sequence = self.instance.version * EVENTS + index;
            let event = NewEvent::of_instance(self.tools.ids, about, event_type, self.tools.now, sequence)?;
            EventFeed::publish(batch, &event);
        }
        Ok(())
    }

    /// Gives an element new content.
    pub(super) fn change(&mut self, id: Uuid, content: Vec<u8>) {
        let Some(index) = self.instance.elements.iter().position(|element| element.id == id) else { return };
        if index < self.stored_elements && !self.changed_elements.contains(&id) {
            self.changed_elements.push(id);
        }
        if let Some(element) = self.instance.elements.get_mut(index) {
            element.content = content;
            element.changed = self.tools.now;
        }
    }

    /// Takes elements out of the instance.
    pub(super) fn remove(&mut self, is_to_go: impl Fn(&DataElement) -> bool) {
        let (mut index, mut stored_left) = (0, 0);
        let (stored, removed) = (self.stored_elements, &mut self.removed_elements);
        self.instance.elements.retain(|element| {
            let (goes, is_stored) = (is_to_go(element), index < stored);
            index += 1;
            if goes && is_stored {
                removed.push(element.id);
            }
            stored_left += usize::from(!goes && is_stored);
            !goes
        });
        self.stored_elements = stored_left;
    }

    /// Takes out what the service does not keep when the process ends (`autoDeleteOnProcessEnd`).
    pub(super) fn remove_what_goes_at_the_end(&mut self) {
        let metadata = self.service.definition().metadata();
        let goes = |id: &str| {
            let logic = metadata.data_type(id).and_then(|data_type| data_type.app_logic.as_ref());
            logic.is_some_and(|logic| logic.auto_delete_on_process_end)
        };
        self.remove(|element| goes(&element.data_type));
    }

    /// Adds all that the plan comes to, beside the row of the instance, to a batch.
    pub(super) fn add_traces(&self, batch: &mut Batch) -> Result<(), SubmissionError> {
        let instance = &self.instance;
        for (index, element) in instance.elements.iter().enumerate() {
            if index >= self.stored_elements {
                element.insert(batch, instance.id.guid);
            } else if self.changed_elements.contains(&element.id) {
                element.update(batch);
            }
        }
        self.removed_elements.iter().for_each(|id| DataElement::delete(batch, *id));
        if self.abandons_work {
            abandon_open(batch, instance.id.guid, self.tools.now);
        }
        if let Some(work) = &self.work {
            work.insert(batch, instance, &self.author);
        }
        self.show(batch);
        History::insert_all(&self.history, batch, &instance.id, instance.version, &self.author)?;
        Ok(self.publish(batch)?)
    }
}
