//! What an instance may hold.

use serde::{Deserialize, Deserializer};

/// A data type of an app: a form, an attachment, a signature or a document, and the limits on its elements.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DataType {
    /// The id.
    pub id: String,
    /// What it is, in the words of whoever made the service.
    #[serde(default)]
    pub description: Option<std::collections::BTreeMap<String, Option<String>>>,
    /// The content types its elements may have (`application/pdf`, ...); none: any.
    #[serde(default, deserialize_with = "or_default")]
    pub allowed_content_types: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    allowed_contributors: Vec<String>,
    /// The spelling of older apps.
    #[serde(default, deserialize_with = "or_default")]
    allowed_contributers: Vec<String>,
    #[serde(default)]
    action_required_to_read: Option<String>,
    #[serde(default)]
    action_required_to_write: Option<String>,
    /// What makes it a form.
    #[serde(default)]
    pub app_logic: Option<AppLogic>,
    /// The task its elements belong to.
    #[serde(default)]
    pub task_id: Option<String>,
    /// The largest element, in megabytes (1024 times 1024 bytes); none or 0: no limit of the app's.
    #[serde(default, deserialize_with = "count")]
    pub max_size: u64,
    /// The most elements; 0, or left out: no limit.
    #[serde(default, deserialize_with = "count")]
    pub max_count: u64,
    /// The fewest elements when the task is done; 0, or left out: none need be there.
    #[serde(default, deserialize_with = "count")]
    pub min_count: u64,
    /// The group that the inbox shows its elements in.
    #[serde(default)]
    pub grouping: Option<String>,
    /// Whether the form is shown in documents that are written automatically.
    #[serde(default = "yes", deserialize_with = "yes_or")]
    pub enable_pdf_creation: bool,
    /// Whether its elements are scanned for malware.
    #[serde(default, deserialize_with = "or_default")]
    pub enable_file_scan: bool,
    /// Whether a scan that is not finished stands in the way of the process.
    #[serde(default, deserialize_with = "or_default")]
    pub validation_error_on_pending_file_scan: bool,
    /// The code of the app that looks into its files, by name.
    #[serde(default, deserialize_with = "or_default")]
    pub enabled_file_analysers: Vec<String>,
    /// The code of the app that judges its files, by name.
    #[serde(default, deserialize_with = "or_default")]
    pub enabled_file_validators: Vec<String>,
    /// The keys of metadata that users may add to its elements.
    #[serde(default, deserialize_with = "or_default")]
    pub allowed_keys_for_user_defined_metadata: Vec<String>,
}

impl DataType {
    /// The largest element in bytes, where the app sets a limit.
    pub fn max_bytes(&self) -> Option<u64> {
        (self.max_size > 0).then(|| self.max_size.saturating_mul(1024 * 1024))
    }

    /// Who may add elements (`app:owned`, `org:xxx`, ...); none: anyone who may write.
    pub fn allowed_contributors(&self) -> impl Iterator<Item = &str> {
        self.allowed_contributors.iter().chain(&self.allowed_contributers).map(String::as_str)
    }

    /// The action that reading an element takes beside `read` (`actionRequiredToRead`); none: `read` does.
    pub fn action_to_read(&self) -> Option<&str> {
        self.action_required_to_read.as_deref().map(str::trim).filter(|action| !action.is_empty())
    }

    /// The action that adding, changing or removing an element takes beside `write` (`actionRequiredToWrite`); none:
    /// `write` does.
    pub fn action_to_write(&self) -> Option<&str> {
        self.action_required_to_write.as_deref().map(str::trim).filter(|action| !action.is_empty())
    }

    /// Whether its elements are forms.
    pub fn is_form(&self) -> bool {
        self.class_ref().is_some()
    }

    /// The class that the app's own code gives the form (`appLogic.classRef`).
    pub fn class_ref(&self) -> Option<&str> {
        self.app_logic.as_ref()?.class_ref.as_deref().filter(|name| !name.is_empty())
    }

    /// Whether elements of this content type are allowed. Parameters (`; charset=...`) and case are passed over.
    pub fn allows_content_type(&self, content_type: &str) -> bool {
        let bare = |name: &str| name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let offered = bare(content_type);
        self.allowed_content_types.is_empty()
            || self.allowed_content_types.iter().any(|allowed| bare(allowed) == offered)
    }
}

/// What makes a data type a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppLogic {
    /// Whether an empty form is made when its task begins.
    #[serde(default, deserialize_with = "or_default")]
    pub auto_create: bool,
    /// The class that the app's own code gives the form.
    #[serde(default)]
    pub class_ref: Option<String>,
    /// The JSON Schema of the form, where it is not found by the data type's id.
    #[serde(default)]
    pub schema_ref: Option<String>,
    /// Whether anyone may use the form of a stateless app.
    #[serde(default, deserialize_with = "or_default")]
    pub allow_anonymous_on_stateless: bool,
    /// Whether the element is deleted when the process ends.
    #[serde(default, deserialize_with = "or_default")]
    pub auto_delete_on_process_end: bool,
    /// Whether its elements are filled in below another form.
    #[serde(default, deserialize_with = "or_default")]
    pub allow_in_subform: bool,
    /// The fields that are taken out when the task is left.
    #[serde(default)]
    pub shadow_fields: Option<ShadowFields>,
    /// Whether users may not add elements themselves.
    #[serde(default, deserialize_with = "or_default")]
    pub disallow_user_create: bool,
    /// Whether users may not delete elements themselves.
    #[serde(default, deserialize_with = "or_default")]
    pub disallow_user_delete: bool,
}

/// The fields of a form that are only for filling it in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ShadowFields {
    /// What the names of such fields begin with.
    pub prefix: String,
    /// The data type that the form is kept in without them; none: it loses them.
    #[serde(default)]
    pub save_to_data_type: Option<String>,
}

/// What may be null as well as left out.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A number from 0 up; what is null or below 0 sets no limit.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number: Option<i64> = Option::deserialize(deserializer)?;
    Ok(number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0))
}

fn yes_or<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(true))
}

fn yes() -> bool {
    true
}
