//! Starting a submission.

use std::collections::BTreeMap;

use altinn_auth::decision::{Access, AccessRequest};
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::{Actor, Digest, Idempotency, IdempotencyAnswer, InstanceId, Party, PartyId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::element_access::Writing;
use super::forms::Forms;
use super::plan::Plan;
use super::save::{Change, Worked};
use super::{Attachment, Instance, Service, SubmissionError, Submissions, TRIES, is_agency};
use crate::form::{FormData, put};

/// What may be said when a submission is started.
///
/// `Debug` shows of what is filled in already where it goes.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct StartOptions {
    /// The same key twice starts one instance, and gives it both times.
    pub idempotency_key: Option<String>,
    /// When it is to be sent in (`dueBefore`).
    pub due_before: Option<DateTime<Utc>>,
    /// From when on it is shown in lists (`visibleAfter`).
    pub visible_after: Option<DateTime<Utc>>,
    /// Forms that are filled in already, by data type; what is wrong with them is for later.
    pub forms: Vec<(String, FormData)>,
    /// Files that are attached already, by data type.
    pub attachments: Vec<(String, Attachment)>,
    /// Fields of the forms that are filled in already, by their names in layouts: `applicant.name`.
    pub prefill: BTreeMap<String, Value>,
}

impl std::fmt::Debug for StartOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StartOptions")
            .field("idempotency_key", &self.idempotency_key)
            .field("prefill", &self.prefill.keys())
            .field("due_before", &self.due_before)
            .field("visible_after", &self.visible_after)
            .finish()
    }
}

impl StartOptions {
    /// Options with an idempotency key.
    pub fn idempotent(key: impl Into<String>) -> Self {
        Self { idempotency_key: Some(key.into()), ..Self::default() }
    }
}

impl StartOptions {
    /// What is asked for, by which the same request is known again.
    fn asked(&self, service: &Service, earlier: Option<&Instance>) -> String {
        let forms = self.forms.iter().map(|(data_type, form)| json!([data_type, form.text()]));
        let files = self.attachments.iter().map(|(data_type, file)| {
            json!([data_type, file.file_name, file.content_type, Digest::of(&file.content).to_string()])
        });
        let mut asked = json!({
            "service": service.id().to_string(),
            "forms": forms.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
            "prefill": self.prefill,
            "due": self.due_before,
            "visible": self.visible_after,
        });
        if let (Some(earlier), Value::Object(fields)) = (earlier, &mut asked) {
            fields.insert("copyOf".to_owned(), json!(earlier.id.to_string()));
        }
        asked.to_string()
    }
}

impl Submissions<'_> {
    /// Starts a submission for a party: makes an instance that stands in the first task of the service.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not; [`SubmissionError::PartyKindNotAllowed`] when the service
    /// is not for such a party, [`SubmissionError::OnlyForAgency`] when users start none of it,
    /// [`SubmissionError::OutsideValidity`] when none are made at this time; [`SubmissionError::MayNotStart`] with what the
    /// agency's code says.
    pub async fn start(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
    ) -> Result<Instance, SubmissionError> {
        self.start_with(actor, service, party, &StartOptions::default()).await
    }

    /// Starts a submission with [options](StartOptions).
    ///
    /// # Errors
    /// As [`Submissions::start`]; [`SubmissionError::Idempotency`] when the key was used for something else.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn start_with(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
        options: &StartOptions,
    ) -> Result<Instance, SubmissionError> {
        self.begin(actor, (service, party), options, None).await
    }

    /// Makes an instance that begins with what the options say, and with what an earlier one held, where there is one.
    pub(super) async fn begin(
        &self,
        actor: &Actor,
        of: (&Service, PartyId),
        options: &StartOptions,
        earlier: Option<&Instance>,
    ) -> Result<Instance, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_begin(actor, of, options, earlier).await {
                // The rights changed, or another call with the same key was first: both are seen by the next try.
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                outcome => return self.shown_to(actor, outcome?).await,
            }
        }
    }

    async fn try_begin(
        &self,
        actor: &Actor,
        (service, party): (&Service, PartyId),
        options: &StartOptions,
        earlier: Option<&Instance>,
    ) -> Result<Instance, SubmissionError> {
        let request = AccessRequest::new("instantiate", service.id().clone(), party);
        let access = self.altinn.authorizer().decide(actor, &request).await?;
        let owner = self.altinn.register().party(party).await?.ok_or(SubmissionError::NotFound)?;
        let asked = options.asked(service, earlier);
        let once = options.idempotency_key.as_ref().map(|key| {
            Idempotency::new(actor.subject(), owner.uuid, "submission.start", key, asked.as_bytes())
        });
        let once = once.transpose()?;
        if let Some(begun) = self.started_before(once.as_ref(), party).await? {
            return Ok(begun);
        }
        self.check_start(actor, service, &owner).await?;
        let mut plan = Plan::start(service, &access, self.tools_for(service, party).await?)?;
        let mut batch = self.also.clone();
        access.guard_with(&mut batch, &Deed::to(plan.instance.id.to_string()));
        if let Some(once) = &once {
            once.claim(&mut batch, plan.instance.id.guid, plan.tools.now);
        }
        let mut rests_on = match earlier {
            Some(earlier) => self.take_over(actor, &mut plan, earlier).await?,
            None => Vec::new(),
        };
        rests_on.extend(self.begin_with(actor, &mut plan, options).await?);
        rests_on.iter().for_each(|own| own.guard(&mut batch));
        self.ask_for_signees(&mut plan).await?;
        self.reach_signees(&mut plan, &mut batch).await?;
        plan.instance.status.due_before = options.due_before;
        plan.instance.status.visible_after = options.visible_after;
        plan.keep_fields()?;
        plan.instance.insert(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        self.drive(plan.instance).await
    }

    /// Refuses to start an instance that the service is not for: by whom, for whom and when, and by the agency's own code.
    pub(super) async fn check_start(
        &self,
        actor: &Actor,
        service: &Service,
        owner: &Party,
    ) -> Result<(), SubmissionError> {
        is_for(actor, service, owner)?;
        let validity = service.definition().metadata().validity();
        if !validity.holds_at(self.altinn.clock().now()) {
            return Err(SubmissionError::OutsideValidity(validity));
        }
        self.check_with_hooks(service, owner).await
    }

    /// Fills in what the caller sends along, and gives what that rests on beside the right to start.
    async fn begin_with(
        &self,
        actor: &Actor,
        plan: &mut Plan<'_>,
        options: &StartOptions,
    ) -> Result<Vec<Access>, SubmissionError> {
        if options.forms.is_empty() && options.attachments.is_empty() && options.prefill.is_empty() {
            return Ok(Vec::new());
        }
        let (service, task) = (plan.service, plan.task()?);
        let mut rests_on = Vec::new();
        let unknown = |data_type: &str| SubmissionError::UnknownForm { data_type: data_type.to_owned() };
        for (data_type, form) in &options.forms {
            let kind = service.forms_of(&task.id).find(|known| known.id == *data_type);
            let kind = kind.ok_or_else(|| unknown(data_type))?;
            rests_on.extend(self.permit_writing(actor, &plan.instance, kind, Writing::Add).await?);
            let forms = Forms::of(service, &plan.instance, &task.id, plan.tools.owner)?;
            let at = Worked { service, instance: &plan.instance, forms: &forms, data_type, element: None };
            let (data, _) = self.worked_out(at, Change::To(form)).await?;
            let content = data.map_or_else(|| form.text().to_owned(), |data| data.to_string()).into_bytes();
            match plan.instance.element(data_type).map(|element| element.id) {
                Some(element) => plan.change(element, content),
                None => {
                    plan.add_form(data_type.clone(), content);
                }
            }
        }
        self.fill_in_fields(actor, plan, &options.prefill, &mut rests_on).await?;
        for (data_type, attachment) in &options.attachments {
            let kind = plan.attachable(data_type, task).ok_or_else(|| unknown(data_type))?;
            rests_on.extend(self.permit_writing(actor, &plan.instance, kind, Writing::Add).await?);
            plan.attach(kind, attachment)?;
        }
        Ok(rests_on)
    }

    /// Fills in fields of every form that there is, but for those that are not the caller's to write.
    async fn fill_in_fields(
        &self,
        actor: &Actor,
        plan: &mut Plan<'_>,
        prefill: &BTreeMap<String, Value>,
        rests_on: &mut Vec<Access>,
    ) -> Result<(), SubmissionError> {
        let metadata = plan.service.definition().metadata();
        let mut filled = Vec::new();
        for element in plan.instance.elements.iter().filter(|_| !prefill.is_empty()) {
            let kind = metadata.data_type(&element.data_type).filter(|kind| kind.is_form());
            let Some(kind) = kind else { continue };
            match self.permit_writing(actor, &plan.instance, kind, Writing::Change).await {
                Ok(own) => rests_on.extend(own),
                Err(SubmissionError::Access(_) | SubmissionError::NotAContributor { .. }) => continue,
                Err(error) => return Err(error),
            }
            let mut data = element.form()?;
            prefill.iter().for_each(|(field, value)| put(&mut data, field, value, true));
            filled.push((element.id, data.to_string().into_bytes()));
        }
        filled.into_iter().for_each(|(element, content)| plan.change(element, content));
        Ok(())
    }

    async fn started_before(
        &self,
        once: Option<&Idempotency>,
        party: PartyId,
    ) -> Result<Option<Instance>, SubmissionError> {
        let Some(once) = once else { return Ok(None) };
        match once.lookup(self.altinn.store(), self.altinn.clock().now()).await? {
            IdempotencyAnswer::Repeated(guid) => {
                Ok(Some(self.load_left(&InstanceId::new(party, guid)).await?))
            }
            IdempotencyAnswer::Fresh => Ok(None),
        }
    }
}

/// Whether a service is for a party, and its instances are started by a caller.
pub(super) fn is_for(actor: &Actor, service: &Service, owner: &Party) -> Result<(), SubmissionError> {
    let metadata = service.definition().metadata();
    if metadata.disallow_user_instantiation() && !is_agency(actor, service.id()) {
        return Err(SubmissionError::OnlyForAgency);
    }
    if !metadata.party_types_allowed().allows(owner.kind) {
        return Err(SubmissionError::PartyKindNotAllowed);
    }
    Ok(())
}
