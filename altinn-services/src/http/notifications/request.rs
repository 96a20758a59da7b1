//! What is ordered, as Altinn's bodies say it.

use altinn_notify::{Order, OrderRequest};
use chrono::{DateTime, Utc};
use serde_json::Value;
use utoipa::ToSchema;

use super::Agency;
use crate::http::Api;
use crate::http::error::ApiError;
use crate::http::language::LanguageName;

/// An order of a notification, with its reminders.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "NotificationOrderChainRequest")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
pub(super) struct OrderChain {
    /// The same id twice is one order.
    #[schema(min_length = 1, max_length = 150)]
    idempotency_id: String,
    #[schema(max_length = 200)]
    senders_reference: Option<String>,
    /// When it is sent; at once where it is left out.
    requested_send_time: Option<DateTime<Utc>>,
    /// An address that is asked whether it is to be sent; it is not where that cannot be told.
    condition_endpoint: Option<String>,
    recipient: RecipientChoice,
    /// More recipients, who get the same words.
    recipients: Option<Vec<RecipientChoice>>,
    #[schema(max_items = 20)]
    reminders: Option<Vec<ReminderOrder>>,
    /// The language of the words.
    #[schema(inline)]
    language: Option<LanguageName>,
    /// What follows when it cannot be brought to its recipient: nothing, the other channel, or paper at last.
    #[schema(inline)]
    fallback: Option<FallbackName>,
    /// After how many seconds it is given up.
    #[schema(minimum = 1)]
    time_to_live_in_seconds: Option<u32>,
}

/// A reminder: a number of days after its order (one where nothing is said), or at a time.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "NotificationReminder")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
struct ReminderOrder {
    #[schema(max_length = 200)]
    senders_reference: Option<String>,
    condition_endpoint: Option<String>,
    #[schema(minimum = 1)]
    delay_days: Option<u32>,
    requested_send_time: Option<DateTime<Utc>>,
    /// Whom it reminds; those of the order where it is left out.
    recipient: Option<RecipientChoice>,
}

/// Who is told: one of the four.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "NotificationRecipient")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
struct RecipientChoice {
    recipient_email: Option<EmailRecipient>,
    recipient_sms: Option<SmsRecipient>,
    recipient_person: Option<PersonOrder>,
    recipient_organization: Option<OrganizationOrder>,
}

/// Whoever reads the mail at an address.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "RecipientEmail")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
pub(super) struct EmailRecipient {
    email_address: String,
    email_settings: EmailWords,
}

/// Whoever has a mobile number.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "RecipientSms")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
pub(super) struct SmsRecipient {
    phone_number: String,
    sms_settings: SmsWords,
}

/// A person, whose address a register knows.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "RecipientPerson")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
struct PersonOrder {
    #[schema(pattern = "^[0-9]{11}$")]
    national_identity_number: String,
    #[schema(inline)]
    channel_schema: Option<ChannelSchemaName>,
    ignore_reservation: Option<bool>,
    /// Whether addresses are used that have not been confirmed for 18 months.
    use_stale_contact_information: Option<bool>,
    email_settings: Option<EmailWords>,
    sms_settings: Option<SmsWords>,
}

/// An organization, whose addresses a register knows.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "RecipientOrganization")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
struct OrganizationOrder {
    #[schema(pattern = "^[0-9]{9}$")]
    org_number: String,
    /// What it is about: those are told too who may do something with it for the organization.
    resource_id: Option<String>,
    resource_action: Option<String>,
    #[schema(inline)]
    channel_schema: Option<ChannelSchemaName>,
    email_settings: Option<EmailWords>,
    sms_settings: Option<SmsWords>,
}

/// What a mail says.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "EmailSendingOptions")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
pub(super) struct EmailWords {
    sender_email_address: Option<String>,
    #[schema(min_length = 1, max_length = 500)]
    subject: String,
    #[schema(min_length = 1)]
    body: String,
    #[schema(inline)]
    content_type: Option<ContentTypeName>,
    #[schema(inline)]
    sending_time_policy: Option<PolicyName>,
}

/// What an SMS says.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "SmsSendingOptions")]
#[allow(dead_code, reason = "it describes `OrderRequest`")]
pub(super) struct SmsWords {
    #[schema(max_length = 11)]
    sender: Option<String>,
    #[schema(min_length = 1, max_length = 2144)]
    body: String,
    #[schema(inline)]
    sending_time_policy: Option<PolicyName>,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `ChannelSchema`")]
enum ChannelSchemaName {
    Email,
    Sms,
    EmailPreferred,
    SmsPreferred,
    EmailAndSms,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `ContentType`")]
enum ContentTypeName {
    Plain,
    Html,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `SendingTimePolicy`")]
enum PolicyName {
    Anytime,
    Daytime,
}

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes `Fallback`")]
enum FallbackName {
    None,
    NextChannel,
    Print,
}

/// The order that a body asks for, among those of the agency.
pub(super) fn read(api: &Api, agency: &Agency, mut body: Value) -> Result<Order, ApiError> {
    without_nulls(&mut body);
    let wrong = |text: &str| ApiError::new("HTTP-BODY", text);
    let fields = body.as_object_mut().ok_or_else(|| wrong("the body must be an object"))?;
    for own in ["attachments", "conditionName"] {
        // They name what the agency's own program knows, whoever it is of.
        if fields.remove(own).is_some() {
            return Err(wrong(&format!("`{own}` cannot be said from outside of the program")));
        }
    }
    let reminders = fields.get("reminders").and_then(Value::as_array);
    if reminders.is_some_and(|all| all.iter().any(|one| one.get("conditionName").is_some())) {
        return Err(wrong("`conditionName` cannot be said from outside of the program"));
    }
    match fields.get_mut("idempotencyId") {
        Some(Value::String(id)) if !id.is_empty() => *id = format!("{}{id}", agency.prefix),
        _ => return Err(wrong("`idempotencyId` must be given")),
    }
    let request: OrderRequest =
        serde_json::from_value(body).map_err(|_| wrong("the body is not what it must be"))?;
    Ok(request.into_order(api.synthetic_numbers())?)
}

/// What is null is left out.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}
