//! Paying: starting a payment, and seeing to it that it was made.

use std::sync::Arc;

use altinn_auth::decision::Access;
use altinn_core::{Actor, InstanceId};
use serde_json::Value;
use uuid::Uuid;

use super::element::{DataElement, FORM};
use super::history::History;
use super::payment::{Payment, PaymentContext, PaymentInformation, PaymentStatus};
use super::plan::{Plan, REJECT};
use super::{Instance, Service, SubmissionError, Submissions, TRIES};
use crate::process::{Refusal, Task, TaskKind};

/// The data type of a payment whose task names none.
const PAYMENT: &str = "paymentInformation";

/// What became of the payment of a task that is to be left.
#[derive(Debug)]
pub(super) enum Settled {
    /// The task is no payment task.
    None,
    /// It was made, as the element of this id is to say.
    Made(Uuid, Box<PaymentInformation>),
    /// It was ended, and nothing is to be left of it.
    Cancelled,
}

impl Submissions<'_> {
    /// Starts the payment of the task at hand (`pay`), and says where the payer is sent. Asked again it is the same
    /// payment, as it then stands; a payment that failed or was ended is followed by another one.
    ///
    /// # Errors
    /// [`SubmissionError::Process`] when the task is no payment task, [`SubmissionError::Payment`] when the provider does
    /// not start it: sent again it is the same payment.
    pub async fn pay(&self, actor: &Actor, id: &InstanceId) -> Result<PaymentInformation, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_pay(actor, id).await {
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_pay(&self, actor: &Actor, id: &InstanceId) -> Result<PaymentInformation, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let access = self.permit(actor, &instance, "pay").await?;
        let service = self.service_of(&instance)?;
        let task = self.payment_task(&service, &instance)?;
        let payment = self.payment(task)?;
        let (key, mut information, instance) = match open_payment(&*payment, &instance, task).await? {
            Some((_, known)) if known.payment_details.is_some() => return Ok(known),
            Some((key, known)) => (key, known, instance),
            None => {
                let key = self.altinn.ids().next_id();
                let context = PaymentContext { key, service: &service, instance: &instance, task };
                let new = PaymentInformation::new(&task.id, payment.order(&context).await?);
                let instance = self.keep_payment(actor, instance, &access, (key, &new)).await?;
                (key, new, instance)
            }
        };
        if information.status == PaymentStatus::Skipped {
            return Ok(information);
        }
        let context = PaymentContext { key, service: &service, instance: &instance, task };
        information.payment_details = Some(payment.start(&context, &information.order_details).await?);
        information.status = PaymentStatus::Created;
        self.keep_payment(actor, instance, &access, (key, &information)).await?;
        Ok(information)
    }

    /// What is known of the payment of the task at hand, as it now stands at the provider: before it is started, what is to
    /// be paid. Nothing is started or stored.
    ///
    /// # Errors
    /// As [`Submissions::get`]; [`SubmissionError::Process`] when the task is no payment task, [`SubmissionError::Payment`]
    /// when the provider does not say.
    pub async fn payment_information(
        &self,
        actor: &Actor,
        id: &InstanceId,
    ) -> Result<PaymentInformation, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        let service = self.service_of(&instance)?;
        let task = self.payment_task(&service, &instance)?;
        let payment = self.payment(task)?;
        if let Some((_, mut known)) = stored(&instance, task)? {
            refresh(&*payment, &mut known).await?;
            return Ok(known);
        }
        let key = self.altinn.ids().next_id();
        let context = PaymentContext { key, service: &service, instance: &instance, task };
        Ok(PaymentInformation::new(&task.id, payment.order(&context).await?))
    }

    /// Stores what is known of a payment; what was known of an earlier one goes.
    async fn keep_payment(
        &self,
        actor: &Actor,
        instance: Instance,
        access: &Access,
        (key, information): (Uuid, &PaymentInformation),
    ) -> Result<Instance, SubmissionError> {
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        let data_type = data_type_of(self.payment_task(&service, &plan.instance)?).to_owned();
        plan.remove(|element| element.data_type == data_type && element.id != key);
        plan.keep_payment(key, data_type, information)?;
        plan.history.push(History::of_instance("SentToPayment", now));
        let mut batch = self.also.clone();
        access.guard(&mut batch);
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok(plan.instance)
    }

    /// Sees to it that the payment of a task was made, or is ended, before the task is left.
    pub(super) async fn settle_payment(
        &self,
        instance: &Instance,
        task: &Task,
        action: &str,
    ) -> Result<Settled, SubmissionError> {
        if task.kind != TaskKind::Payment {
            return Ok(Settled::None);
        }
        let payment = self.payment(task)?;
        let known = stored(instance, task)?;
        let started = known.as_ref().and_then(|(_, known)| known.payment_details.as_ref());
        if action == REJECT {
            if let Some(details) = started {
                payment.cancel(&details.payment_id).await?;
            }
            return Ok(Settled::Cancelled);
        }
        let not_made = |status| SubmissionError::PaymentNotMade { status };
        let (key, mut known) = known.ok_or(not_made(PaymentStatus::Uninitialized))?;
        let status = refresh(&*payment, &mut known).await?;
        if !status.is_settled() {
            return Err(not_made(status));
        }
        Ok(Settled::Made(key, Box::new(known)))
    }

    fn payment_task<'s>(
        &self,
        service: &'s Service,
        instance: &Instance,
    ) -> Result<&'s Task, SubmissionError> {
        let task = instance.task().and_then(|task| service.definition().process().task(task));
        let task = task.ok_or(Refusal::NotStarted)?;
        if task.kind == TaskKind::Payment {
            return Ok(task);
        }
        let allowed = task.allowed_actions().into_iter().map(str::to_owned).collect();
        Err(Refusal::ActionNotAllowed { task: task.id.clone(), action: "pay".to_owned(), allowed }.into())
    }

    fn payment(&self, task: &Task) -> Result<Arc<dyn Payment>, SubmissionError> {
        let missing = || SubmissionError::PaymentMissing { task: task.id.clone() };
        self.altinn.plug_ins().payment.clone().ok_or_else(missing)
    }
}

impl Plan<'_> {
    fn keep_payment(
        &mut self,
        key: Uuid,
        data_type: String,
        information: &PaymentInformation,
    ) -> Result<(), SubmissionError> {
        let content = to_json(information)?;
        if self.instance.elements.iter().any(|element| element.id == key) {
            self.change(key, content);
        } else {
            self.instance.elements.push(DataElement::new(key, data_type, FORM, content, self.tools.now));
        }
        Ok(())
    }

    /// Takes what became of the payment of the task that is left: the receipt is written when it was made.
    pub(super) fn settle(&mut self, task: &Task, payment: Settled) -> Result<(), SubmissionError> {
        let config = task.payment.clone().unwrap_or_default();
        match payment {
            Settled::None => {}
            Settled::Cancelled => self.remove(|element| element.data_type == data_type_of(task)),
            Settled::Made(key, information) => {
                self.change(key, to_json(&information)?);
                if let Some(receipt) = &config.receipt_pdf_data_type {
                    let shown = serde_json::to_value(&*information).unwrap_or(Value::Null);
                    self.write_document(&task.id, receipt, None, &[(data_type_of(task), shown)]);
                }
            }
        }
        Ok(())
    }
}

fn data_type_of(task: &Task) -> &str {
    task.payment.as_ref().and_then(|config| config.payment_data_type.as_deref()).unwrap_or(PAYMENT)
}

/// What an instance knows of the payment of a task, and the id of the element that says so.
fn stored(instance: &Instance, task: &Task) -> Result<Option<(Uuid, PaymentInformation)>, SubmissionError> {
    let Some(element) = instance.element(data_type_of(task)) else { return Ok(None) };
    let information = serde_json::from_slice(&element.content).map_err(|error| SubmissionError::Stored {
        column: element.data_type.clone(),
        text: error.to_string(),
    })?;
    Ok(Some((element.id, information)))
}

/// The payment of a task that was begun and is not over without having been made, as it stands now.
async fn open_payment(
    payment: &dyn Payment,
    instance: &Instance,
    task: &Task,
) -> Result<Option<(Uuid, PaymentInformation)>, SubmissionError> {
    let Some((key, mut known)) = stored(instance, task)? else { return Ok(None) };
    let status = refresh(payment, &mut known).await?;
    let over = matches!(status, PaymentStatus::Failed | PaymentStatus::Cancelled);
    Ok((!over).then_some((key, known)))
}

/// Asks the provider how a payment stands.
async fn refresh(
    payment: &dyn Payment,
    known: &mut PaymentInformation,
) -> Result<PaymentStatus, SubmissionError> {
    if let Some(details) = &known.payment_details {
        known.status = payment.status(&details.payment_id).await?;
    }
    Ok(known.status)
}

fn to_json(information: &PaymentInformation) -> Result<Vec<u8>, SubmissionError> {
    serde_json::to_vec(information)
        .map_err(|error| SubmissionError::Stored { column: PAYMENT.to_owned(), text: error.to_string() })
}
