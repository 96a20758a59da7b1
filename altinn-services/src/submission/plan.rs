//! What one call does to an instance, worked out before anything is stored.

use altinn_auth::decision::Access;
use altinn_core::store::Batch;
use altinn_core::{Actor, IdSource, InstanceId, Language};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::element::{DataElement, FORM};
use super::history::History;
use super::receipt_document::ReceiptDocument;
use super::sign_document::SignDocument;
use super::{Instance, Service, SubmissionError};
use crate::event::{EventError, EventFeed, NewEvent};
use crate::form::{Issue, Severity};
use crate::process::{
    Effect, Event, MAX_ITERATIONS, Process, ProcessState, Refusal, ServiceWork, Step, Task, TaskKind, step,
};

/// The data type of the documents that show what was submitted, as Altinn names it.
const RECEIPT_DOCUMENT: &str = "ref-data-as-pdf";

/// How many events one version of an instance may have: their sequence follows from its version.
const EVENTS: i64 = 1_000;

/// The action that abandons a task: nothing is checked then.
const REJECT: &str = "reject";

/// What one call does to an instance: how it will stand, what is added to it, and what is told of it.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) instance: Instance,
    pub(super) history: Vec<History>,
    pub(super) events: Vec<String>,
    /// From here on the elements are new.
    stored_elements: usize,
    service: &'a Service,
    ids: &'a dyn IdSource,
    now: DateTime<Utc>,
}

impl<'a> Plan<'a> {
    /// A new instance, of the party that was permitted, whose process has been started.
    pub(super) fn start(
        service: &'a Service,
        access: &Access,
        ids: &'a dyn IdSource,
        now: DateTime<Utc>,
    ) -> Result<Self, SubmissionError> {
        let instance = Instance {
            id: InstanceId::new(access.party(), ids.next_id()),
            service: service.id().clone(),
            process: ProcessState::not_started(),
            version: 1,
            created: now,
            changed: now,
            entry: None,
            elements: Vec::new(),
        };
        let mut plan =
            Self { instance, history: Vec::new(), events: Vec::new(), stored_elements: 0, service, ids, now };
        plan.history.push(History::of_instance("Created", now));
        plan.events.push("app.instance.created".to_owned());
        plan.take(step(plan.process(), &ProcessState::not_started(), &Event::Start, now)?)?;
        Ok(plan)
    }

    /// The next version of an instance that is stored.
    pub(super) fn go_on(
        service: &'a Service,
        mut instance: Instance,
        ids: &'a dyn IdSource,
        now: DateTime<Utc>,
    ) -> Self {
        instance.version += 1;
        instance.changed = now;
        let stored_elements = instance.elements.len();
        Self { instance, history: Vec::new(), events: Vec::new(), stored_elements, service, ids, now }
    }

    fn process(&self) -> &'a Process {
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
    pub(super) fn leave(&mut self, access: &Access) -> Result<(), SubmissionError> {
        let (task, action) = (self.task()?, access.action());
        if action != REJECT {
            let issues = self.issues(task)?;
            if issues.iter().any(|issue| issue.severity == Severity::Error) {
                return Err(SubmissionError::Invalid(issues));
            }
        }
        let step = step(self.process(), &self.instance.process, &Event::next(action), self.now)?;
        if task.kind == TaskKind::Signing && action != REJECT {
            self.sign(task, access.actor())?;
        }
        self.take(step)
    }

    /// What is wrong with what a task's forms and attachments hold.
    pub(super) fn issues(&self, task: &Task) -> Result<Vec<Issue>, SubmissionError> {
        let app = self.service.definition();
        let mut issues = Vec::new();
        for form in self.service.forms_of(&task.id) {
            let Some(schema) = app.form_schema(&form.id) else { continue };
            for element in self.instance.elements.iter().filter(|element| element.data_type == form.id) {
                issues.extend(schema.validate(&element.form()?));
            }
        }
        let facts: Vec<_> = self.instance.elements.iter().map(DataElement::facts).collect();
        issues.extend(app.check_elements(&task.id, &facts));
        Ok(issues)
    }

    fn sign(&mut self, task: &Task, actor: &Actor) -> Result<(), SubmissionError> {
        let config = task.signature.clone().unwrap_or_default();
        let signs = |element: &&DataElement| config.data_types_to_sign.contains(&element.data_type);
        let signed: Vec<_> = self.instance.elements.iter().filter(signs).collect();
        let id = self.ids.next_id();
        let document = SignDocument::new(id, self.instance.id.guid, actor, self.now, &signed);
        let content = serde_json::to_vec(&document).map_err(|error| SubmissionError::Stored {
            column: "signature".to_owned(),
            text: error.to_string(),
        })?;
        let data_type = config.signature_data_type.unwrap_or_else(|| "signature".to_owned());
        self.history.push(History::of_instance("Signed", self.now));
        self.instance.elements.push(DataElement::new(id, data_type, FORM, content, self.now));
        Ok(())
    }

    /// Takes what a step gave: the state, the history, the work of service tasks and the steps that follow from it.
    fn take(&mut self, step: Step) -> Result<(), SubmissionError> {
        let mut next = Some(step);
        for _ in 0..MAX_ITERATIONS {
            let Some(Step { state, effects, .. }) = next.take() else { break };
            self.instance.process = state;
            for effect in effects {
                match effect {
                    Effect::History(entry) => self.history.push(History::of_process(entry)),
                    Effect::Service(work) => next = Some(self.do_work(&work)?),
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

    fn do_work(&mut self, work: &ServiceWork) -> Result<Step, SubmissionError> {
        match work {
            ServiceWork::WriteReceiptDocument { filename_text_resource, tasks, .. } => {
                self.write_receipt_document(filename_text_resource.as_deref(), tasks)?;
            }
        }
        let done = Event::ServiceTaskDone { task: work.task().to_owned() };
        Ok(step(self.process(), &self.instance.process, &done, self.now)?)
    }

    fn write_receipt_document(
        &mut self,
        file_name: Option<&str>,
        tasks: &[String],
    ) -> Result<(), SubmissionError> {
        let app = self.service.definition();
        let mut forms: Vec<(&str, Value)> = Vec::new();
        for data_type in app.metadata().data_types().iter().filter(|data_type| data_type.is_form()) {
            let of_task = data_type.task_id.as_ref().is_some_and(|task| tasks.contains(task));
            if !data_type.enable_pdf_creation || !(tasks.is_empty() || of_task) {
                continue;
            }
            for element in self.instance.elements.iter().filter(|element| element.data_type == data_type.id) {
                forms.push((&data_type.id, element.form()?));
            }
        }
        let title = self.service.title(Language::Nb);
        let reference = self.instance.id.guid.to_string();
        let document = ReceiptDocument { title, reference: &reference, written: self.now, forms: &forms };
        let named = file_name.and_then(|resource| app.texts().text(resource));
        let name = named.map_or_else(|| title.to_owned(), |text| text.in_language(Language::Nb).to_owned());
        let id = self.ids.next_id();
        let mut pdf = DataElement::new(id, RECEIPT_DOCUMENT, "application/pdf", document.to_pdf(), self.now);
        pdf.file_name = Some(format!("{}.pdf", name.trim_end_matches(".pdf")));
        self.instance.elements.push(pdf);
        Ok(())
    }

    /// Makes the forms of the task at hand that the service wants to be there from the start.
    fn make_forms(&mut self) {
        let Some(task) = self.instance.task() else { return };
        let wanted = self
            .service
            .forms_of(task)
            .filter(|form| form.app_logic.as_ref().is_some_and(|logic| logic.auto_create));
        let missing: Vec<_> = wanted
            .filter(|form| self.instance.element(&form.id).is_none())
            .map(|form| form.id.clone())
            .collect();
        for data_type in missing {
            self.add_form(data_type, b"{}".to_vec());
        }
    }

    /// Adds a form that is not there yet.
    pub(super) fn add_form(&mut self, data_type: String, content: Vec<u8>) {
        let form = DataElement::new(self.ids.next_id(), data_type, FORM, content, self.now);
        self.instance.elements.push(form);
    }

    /// Adds the events to a batch.
    pub(super) fn publish(&self, batch: &mut Batch) -> Result<(), EventError> {
        let about = (&self.instance.service, &self.instance.id);
        for (event_type, index) in self.events.iter().zip(0..) {
            let sequence = self.instance.version * EVENTS + index;
            let event = NewEvent::of_instance(self.ids, about, event_type, self.now, sequence)?;
            EventFeed::publish(batch, &event);
        }
        Ok(())
    }

    /// The elements that are not stored yet.
    pub(super) fn new_elements(&self) -> &[DataElement] {
        self.instance.elements.get(self.stored_elements..).unwrap_or(&[])
    }
}
