//! An order as Altinn's API writes it.

use altinn_core::{IdentifierError, NationalIdentityNumber, OrganizationNumber, SyntheticNumbers};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use thiserror::Error;

use super::{Condition, Content, Fallback, Order, OrderError, Reminder};
use crate::channel::SenderIdError;
use crate::rules::SendingTimePolicy;
use crate::{
    Attachment, ChannelSchema, ContentType, EmailAddressError, OrganizationRecipient, PersonRecipient,
    PhoneNumberError, Recipient, Recipients,
};

/// An order as the request of Altinn's order chain writes it (`POST future/orders`), with what is more here:
/// `recipients` beside `recipient`, `language`, `attachments`, `fallback` and `timeToLiveInSeconds`; a condition of the
/// program by `conditionName`.
///
/// Subject and body stand with the recipient, as there. The recipients of one order get the same words: those of the
/// first recipient that has settings for a channel. `Debug` hides everything.
///
/// ```
/// use altinn_core::SyntheticNumbers;
/// use altinn_notify::OrderRequest;
///
/// let request: OrderRequest = serde_json::from_str(
///     r#"{
///         "idempotencyId": "permit/4711/granted",
///         "recipient": {
///             "recipientEmail": {
///                 "emailAddress": "ola@example.com",
///                 "emailSettings": { "subject": "Your permit", "body": "It is granted." }
///             }
///         },
///         "reminders": [{ "delayDays": 7, "conditionEndpoint": "https://agency.example.com/unread" }]
///     }"#,
/// )?;
/// let order = request.into_order(SyntheticNumbers::Refused)?;
/// assert_eq!(order.recipients().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderRequest {
    idempotency_id: String,
    senders_reference: Option<String>,
    requested_send_time: Option<DateTime<Utc>>,
    condition_endpoint: Option<String>,
    condition_name: Option<String>,
    recipient: Option<RecipientRequest>,
    #[serde(default)]
    recipients: Vec<RecipientRequest>,
    #[serde(default)]
    reminders: Vec<ReminderRequest>,
    language: Option<altinn_core::Language>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    fallback: Option<Fallback>,
    time_to_live_in_seconds: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReminderRequest {
    senders_reference: Option<String>,
    condition_endpoint: Option<String>,
    condition_name: Option<String>,
    delay_days: Option<u32>,
    requested_send_time: Option<DateTime<Utc>>,
    recipient: Option<RecipientRequest>,
}

#[derive(Deserialize)]
enum RecipientRequest {
    #[serde(rename = "recipientEmail")]
    Email(EmailRequest),
    #[serde(rename = "recipientSms")]
    Sms(SmsRequest),
    #[serde(rename = "recipientPerson")]
    Person(PersonRequest),
    #[serde(rename = "recipientOrganization")]
    Organization(OrganizationRequest),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmailRequest {
    email_address: String,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SmsRequest {
    phone_number: String,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersonRequest {
    national_identity_number: String,
    #[serde(default)]
    channel_schema: ChannelSchema,
    #[serde(default)]
    ignore_reservation: bool,
    #[serde(default)]
    use_stale_contact_information: bool,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationRequest {
    org_number: String,
    #[serde(default)]
    channel_schema: ChannelSchema,
    resource_id: Option<String>,
    resource_action: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Settings {
    email_settings: Option<EmailSettings>,
    sms_settings: Option<SmsSettings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmailSettings {
    sender_email_address: Option<String>,
    subject: String,
    body: String,
    #[serde(default)]
    content_type: ContentType,
    sending_time_policy: Option<SendingTimePolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SmsSettings {
    sender: Option<String>,
    body: String,
    sending_time_policy: Option<SendingTimePolicy>,
}

/// Why a request is no order. What was to be told, and to whom, never appears in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OrderRequestError {
    /// A national identity number or an organization number is not one.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
    /// A mail address is not one.
    #[error(transparent)]
    EmailAddress(#[from] EmailAddressError),
    /// A mobile number is not one.
    #[error(transparent)]
    PhoneNumber(#[from] PhoneNumberError),
    /// A sender of SMS is not one.
    #[error(transparent)]
    SenderId(#[from] SenderIdError),
    /// A reminder says both or neither of when it is due, or a condition is given twice.
    #[error("of {fields} exactly one must be given")]
    OneOf {
        /// The fields.
        fields: &'static str,
    },
    /// The order itself is wrong.
    #[error(transparent)]
    Order(#[from] OrderError),
}

impl OrderRequestError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Identifier(error) => error.code(),
            Self::EmailAddress(error) => error.code(),
            Self::PhoneNumber(error) => error.code(),
            Self::SenderId(error) => error.code(),
            Self::OneOf { .. } => "NOTIFY-REQUEST-ONE-OF",
            Self::Order(error) => error.code(),
        }
    }
}

impl std::fmt::Debug for OrderRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrderRequest(***)")
    }
}

impl OrderRequest {
    /// The order.
    ///
    /// # Errors
    /// [`OrderRequestError`] says what is wrong with the request; what is wrong with the order is found when it is ordered.
    pub fn into_order(self, synthetic: SyntheticNumbers) -> Result<Order, OrderRequestError> {
        let requests: Vec<_> = self.recipient.into_iter().chain(self.recipients).collect();
        let words = Words::of(&requests).ok_or(OrderError::NoText { channel: "any channel" })?;
        let recipients = recipients(&requests, synthetic)?;
        let mut order = words.onto(Order::new(self.idempotency_id, recipients, words.content()))?;
        order.senders_reference = self.senders_reference;
        order.requested_send_time = self.requested_send_time;
        order.condition = condition(self.condition_endpoint, self.condition_name)?;
        order.language = self.language.unwrap_or(order.language);
        order.attachments = self.attachments;
        order.fallback = self.fallback.unwrap_or_default();
        order.time_to_live = self.time_to_live_in_seconds.map(|seconds| TimeDelta::seconds(seconds.into()));
        for reminder in self.reminders {
            order.reminders.push(reminder.into_reminder(synthetic)?);
        }
        Ok(order)
    }
}

impl ReminderRequest {
    fn into_reminder(self, synthetic: SyntheticNumbers) -> Result<Reminder, OrderRequestError> {
        let mut reminder = match (self.delay_days, self.requested_send_time) {
            (None, Some(time)) => Reminder::at(time),
            (days, None) => Reminder::after_days(days.unwrap_or(1)),
            (Some(_), Some(_)) => {
                return Err(OrderRequestError::OneOf { fields: "`delayDays` and `requestedSendTime`" });
            }
        };
        reminder.senders_reference = self.senders_reference;
        reminder.condition = condition(self.condition_endpoint, self.condition_name)?;
        if let Some(request) = self.recipient {
            let requests = [request];
            reminder.content = Words::of(&requests).map(|words| words.content());
            reminder.recipients = Some(recipients(&requests, synthetic)?);
        }
        Ok(reminder)
    }
}

impl RecipientRequest {
    fn settings(&self) -> &Settings {
        match self {
            Self::Email(email) => &email.settings,
            Self::Sms(sms) => &sms.settings,
            Self::Person(person) => &person.settings,
            Self::Organization(organization) => &organization.settings,
        }
    }

    fn recipient(&self, synthetic: SyntheticNumbers) -> Result<Recipient, OrderRequestError> {
        Ok(match self {
            Self::Email(email) => Recipient::Email(email.email_address.parse()?),
            Self::Sms(sms) => Recipient::Sms(sms.phone_number.parse()?),
            Self::Person(person) => Recipient::Person(PersonRecipient {
                national_identity_number: NationalIdentityNumber::parse(
                    &person.national_identity_number,
                    synthetic,
                )?,
                channel_schema: person.channel_schema,
                ignore_reservation: person.ignore_reservation,
                use_stale_contact_information: person.use_stale_contact_information,
            }),
            Self::Organization(organization) => Recipient::Organization(OrganizationRecipient {
                organization_number: OrganizationNumber::parse(&organization.org_number, synthetic)?,
                channel_schema: organization.channel_schema,
                resource_id: organization.resource_id.clone(),
                resource_action: organization.resource_action.clone(),
            }),
        })
    }
}

/// The words of an order: those of the first recipient that has some, for each channel.
struct Words<'a> {
    email: Option<&'a EmailSettings>,
    sms: Option<&'a SmsSettings>,
}

impl<'a> Words<'a> {
    fn of(requests: &'a [RecipientRequest]) -> Option<Self> {
        let email = requests.iter().find_map(|request| request.settings().email_settings.as_ref());
        let sms = requests.iter().find_map(|request| request.settings().sms_settings.as_ref());
        (email.is_some() || sms.is_some()).then_some(Self { email, sms })
    }

    fn content(&self) -> Content {
        let sms = self.sms.map_or("", |sms| &sms.body);
        let Some(email) = self.email else { return Content::sms(sms) };
        let content = match email.content_type {
            ContentType::Plain => Content::text(&email.subject, &email.body),
            ContentType::Html => Content::html(&email.subject, &email.body),
        };
        if self.sms.is_some() { content.with_sms(sms) } else { content }
    }

    fn onto(&self, mut order: Order) -> Result<Order, OrderRequestError> {
        if let Some(email) = self.email {
            order.sender = email.sender_email_address.as_deref().map(str::parse).transpose()?;
            order.email_policy = email.sending_time_policy.unwrap_or(order.email_policy);
        }
        if let Some(sms) = self.sms {
            order.sms_sender = sms.sender.as_deref().map(str::parse).transpose()?;
            order.sms_policy = sms.sending_time_policy.unwrap_or(order.sms_policy);
        }
        Ok(order)
    }
}

fn recipients(
    requests: &[RecipientRequest],
    synthetic: SyntheticNumbers,
) -> Result<Recipients, OrderRequestError> {
    requests.iter().map(|request| request.recipient(synthetic)).collect()
}

fn condition(endpoint: Option<String>, name: Option<String>) -> Result<Option<Condition>, OrderRequestError> {
    match (endpoint, name) {
        (Some(_), Some(_)) => {
            Err(OrderRequestError::OneOf { fields: "`conditionEndpoint` and `conditionName`" })
        }
        (endpoint, name) => Ok(endpoint.map(Condition::Endpoint).or(name.map(Condition::Named))),
    }
}
