//! Telling a signee that their signature is waited for.

use altinn_core::Language;
use altinn_core::store::Batch;
use altinn_notify::{Content, Order, Recipient};

use super::communication::text_or;
use super::{Call, Signee, wording};
use crate::process::Task;
use crate::submission::plan::Plan;
use crate::submission::{Service, SubmissionError, Submissions};

impl Submissions<'_> {
    /// Orders mail or SMS to a signee who has not been told yet; says whether it was ordered. A signee whom nobody can
    /// reach has the reason.
    pub(super) async fn tell(
        &self,
        plan: &Plan<'_>,
        task: &Task,
        signee: &mut Signee,
        batch: &mut Batch,
    ) -> Result<bool, SubmissionError> {
        if signee.has_been_messaged_for_call_to_sign {
            return Ok(false);
        }
        let (recipients, language) = self.addresses_of(signee).await?;
        let content = content(plan.service, signee, language);
        let reference = plan.instance.id.guid.to_string();
        signee.call_to_sign_failed_reason = recipients.is_empty().then(|| "no address is known".to_owned());
        for (number, recipient) in recipients.into_iter().enumerate() {
            let key = format!("submission/{reference}/{}/{number}", key_of(plan, task, signee));
            let order = Order::new(key, recipient, content.clone())
                .with_language(language)
                .with_senders_reference(&reference);
            match self.altinn.notifier().order(batch, &order) {
                Ok(_) => signee.has_been_messaged_for_call_to_sign = true,
                Err(error) => signee.call_to_sign_failed_reason = Some(error.code().to_owned()),
            }
        }
        Ok(signee.has_been_messaged_for_call_to_sign)
    }

    /// Where a signee is told: where the provider says, else where the contact register does.
    async fn addresses_of(&self, signee: &Signee) -> Result<(Vec<Recipient>, Language), SubmissionError> {
        let contact = self.altinn.contact_of(Some(signee.party)).await?;
        let language = contact.as_ref().map_or(Language::Nb, |contact| contact.language);
        let notification = signee.communication_config.as_ref().map(|config| &config.notification);
        let email = notification.and_then(|told| told.email.as_ref()?.email_address.as_ref());
        let sms = notification.and_then(|told| told.sms.as_ref()?.mobile_number.as_ref());
        let email = email.and_then(|address| address.expose().parse().ok()).map(Recipient::Email);
        let sms = sms.and_then(|number| number.expose().parse().ok()).map(Recipient::Sms);
        let given: Vec<Recipient> = email.into_iter().chain(sms).collect();
        let known = contact.filter(|_| given.is_empty()).map(|contact| contact.recipient);
        Ok((given.into_iter().chain(known).collect(), language))
    }

    /// Whether a task sends correspondences to its signees.
    pub(super) fn sends_correspondences(&self, plan: &Plan<'_>, task: &Task) -> bool {
        resource_of(plan, task).is_some()
    }

    /// Sends a signee the correspondence of the task, once for a visit of the process to it.
    pub(super) async fn send_correspondence(&self, plan: &Plan<'_>, task: &Task, signee: &mut Signee) {
        let Some(resource) = resource_of(plan, task) else { return };
        let outcome = match plan.tools.plug_ins.calls_to_sign.get(resource) {
            Some(plug_in) => {
                let texts = plan.service.definition().texts();
                let message = signee.communication_config.as_ref().map(|config| &config.inbox_message);
                let key = |key: fn(&super::InboxMessage) -> Option<&String>| message.and_then(key);
                let call = Call {
                    altinn: self.altinn,
                    service: plan.service,
                    instance: &plan.instance,
                    task,
                    signee,
                    key: format!("{}/{}", plan.instance.id.guid, key_of(plan, task, signee)),
                    title: text_or(
                        texts,
                        key(|message| message.title_text_resource_key.as_ref()),
                        wording::title(plan.service),
                    ),
                    summary: text_or(
                        texts,
                        key(|message| message.summary_text_resource_key.as_ref()),
                        altinn_core::Text::default(),
                    ),
                    body: text_or(
                        texts,
                        key(|message| message.body_text_resource_key.as_ref()),
                        wording::body(plan.service),
                    ),
                };
                plug_in.send(&call).await.map_err(|error| error.reason)
            }
            None => Err(format!("no `CallToSign` is registered for `{resource}`")),
        };
        match outcome {
            Ok(id) => {
                signee.cta_correspondence_id = Some(id);
                signee.has_been_messaged_for_call_to_sign = true;
                signee.call_to_sign_failed_reason = None;
            }
            Err(reason) => signee.call_to_sign_failed_reason = Some(reason),
        }
    }
}

/// The correspondence resource of a task, where the service runs.
pub(super) fn resource_of<'a>(plan: &Plan<'_>, task: &'a Task) -> Option<&'a str> {
    task.signature.as_ref()?.correspondence_resource(plan.tools.plug_ins.environment)
}

/// What tells a call to a signee from others of its instance.
fn key_of(plan: &Plan<'_>, task: &Task, signee: &Signee) -> String {
    let flow = plan.instance.process.current_task().map_or(0, |current| current.flow);
    format!("sign/{}/{flow}/{}", task.id, signee.party)
}

fn content(service: &Service, signee: &Signee, language: Language) -> Content {
    let texts = service.definition().texts();
    let notification = signee.communication_config.as_ref().map(|config| &config.notification);
    let (email, sms) =
        (notification.and_then(|told| told.email.as_ref()), notification.and_then(|told| told.sms.as_ref()));
    let subject = email.and_then(|email| email.subject_text_resource_key.as_ref());
    let body = email.and_then(|email| email.body_text_resource_key.as_ref());
    let sms = sms.and_then(|sms| sms.body_text_resource_key.as_ref());
    let subject = text_or(texts, subject, wording::title(service));
    let body = text_or(texts, body, wording::body(service));
    let sms = text_or(texts, sms, wording::body(service));
    Content::text(subject.in_language(language), body.in_language(language))
        .with_sms(sms.in_language(language))
}
