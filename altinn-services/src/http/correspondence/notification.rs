//! That a correspondence has come, as Altinn's bodies say how it is told.

use altinn_core::{Language, Text};
use altinn_notify::ChannelSchema;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::correspondence::Notification;
use crate::http::error::ApiError;

/// That recipients are told by mail or SMS when a correspondence is published.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "InitializeCorrespondenceNotification")]
pub(super) struct NotificationRequest {
    // The sender's own words, or those of the SDK.
    #[schema(inline)]
    notification_template: TemplateName,
    /// By which channels; mail, and SMS where there is no address, where it is left out.
    #[serde(default)]
    #[schema(inline, value_type = Option<ChannelName>)]
    notification_channel: ChannelSchema,
    /// The subject of the mail (`CustomMessage`).
    #[schema(max_length = 512)]
    email_subject: Option<String>,
    /// What the mail says (`CustomMessage`).
    #[schema(max_length = 10000)]
    email_body: Option<String>,
    /// What the SMS says (`CustomMessage`); what the mail says where it is left out.
    #[schema(max_length = 2144)]
    sms_body: Option<String>,
    /// Whether it is sent once more, in the same words, after seven days to those who have not read it then.
    #[serde(default)]
    send_reminder: bool,
    /// Refused where there are some: registers of contacts say where recipients are told.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    custom_recipients: Option<Vec<Value>>,
    /// Refused where it is true.
    #[serde(default)]
    override_registered_contact_information: bool,
}

/// Whose words are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
enum TemplateName {
    CustomMessage,
    GenericAltinnMessage,
}

/// The channels.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `ChannelSchema`")]
enum ChannelName {
    Email,
    Sms,
    EmailPreferred,
    SmsPreferred,
    EmailAndSms,
}

/// After how many days Altinn reminds.
const REMINDER_DAYS: u32 = 7;

impl NotificationRequest {
    pub(super) fn read(self, language: Language) -> Result<Notification, ApiError> {
        if self.override_registered_contact_information
            || self.custom_recipients.is_some_and(|some| !some.is_empty())
        {
            let text = "registers of contacts say where recipients are told: `customRecipients` and \
                        `overrideRegisteredContactInformation` are not known here";
            return Err(ApiError::new("HTTP-BODY", text));
        }
        let text = |words: Option<String>| Text::new(language, words.unwrap_or_default());
        let notification = match self.notification_template {
            TemplateName::GenericAltinnMessage => Notification::generic(),
            TemplateName::CustomMessage => {
                let (has_mail, has_sms) = (self.email_body.is_some(), self.sms_body.is_some());
                let mail = self.email_body.or_else(|| self.sms_body.clone());
                if !has_mail && !has_sms {
                    return Err(ApiError::new(
                        "HTTP-BODY",
                        "`CustomMessage` takes an `emailBody` or an `smsBody`",
                    ));
                }
                let custom = Notification::custom(text(self.email_subject), text(mail));
                if has_sms { custom.with_sms(text(self.sms_body)) } else { custom }
            }
        };
        let notification = notification.by(self.notification_channel);
        Ok(if self.send_reminder { notification.with_reminder(REMINDER_DAYS) } else { notification })
    }
}
