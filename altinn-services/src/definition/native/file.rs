//! What `service.toml` says.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::definition::Position;
use crate::definition::error::DefinitionError;
use crate::process::TaskKind;
use crate::submission::SubscriptionTerms;

/// The most steps, forms and attachments of a service.
const MAX_PARTS: usize = 100;

/// What `service.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::definition) struct ServiceFile {
    #[serde(rename = "type")]
    _service_type: IgnoredAny,
    pub(super) id: String,
    /// The lowest level at which anything is done.
    #[serde(default = "substantial")]
    pub(super) level: u8,
    #[serde(default)]
    pub(super) title: BTreeMap<String, String>,
    /// The kinds of party that it is for (`person`, `organisation`, `subUnit`, `bankruptcyEstate`); none: all.
    #[serde(default)]
    pub(super) parties: Vec<String>,
    #[serde(default, rename = "form")]
    pub(super) forms: Vec<Form>,
    #[serde(default, rename = "attachment")]
    pub(super) attachments: Vec<Attachment>,
    #[serde(default, rename = "step")]
    pub(super) steps: Vec<Step>,
    /// How often it is to be sent in by those who are subscribed to it.
    #[serde(default)]
    pub(in crate::definition) subscription: Option<SubscriptionTerms>,
}

/// The type of a service, whatever else its file has.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    service_type: String,
}

/// A form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) step: String,
    #[serde(default = "form_schema")]
    pub(super) schema: String,
}

/// A kind of attachment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Attachment {
    pub(super) id: String,
    pub(super) step: String,
    #[serde(default)]
    pub(super) min: u64,
    /// The most; 0: no limit.
    #[serde(default)]
    pub(super) max: u64,
    /// The largest, in megabytes; 0: no limit.
    #[serde(default)]
    pub(super) megabytes: u64,
    /// The content types; none: any.
    #[serde(default)]
    pub(super) types: Vec<String>,
}

/// A step, in the order in which they are done.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Step {
    pub(super) id: String,
    #[serde(default = "data")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    /// What a signing step signs: ids of forms and attachments.
    #[serde(default)]
    pub(super) signs: Vec<String>,
    /// The step that a reject leads back to; none: it cannot be rejected.
    #[serde(default)]
    pub(super) reject_to: Option<String>,
    /// The roles that do it; a step of the machine has none.
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

impl Step {
    /// Whether the machine does it: by its kind, or as a kind of the agency's own that nobody is to do.
    pub(super) fn is_of_the_machine(&self) -> bool {
        self.kind().is_service() || (self.roles.is_empty() && matches!(self.kind(), TaskKind::Other(_)))
    }

    pub(super) fn kind(&self) -> TaskKind {
        TaskKind::named(&self.kind)
    }
}

fn substantial() -> u8 {
    3
}

fn form_schema() -> String {
    "form.schema.json".to_owned()
}

fn data() -> String {
    "data".to_owned()
}

impl ServiceFile {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let unreadable = |error: toml::de::Error| DefinitionError::Toml {
            file: file.to_owned(),
            at: Position::of(text, error.span().map_or(0, |span| span.start)),
            problem: error.message().chars().take(200).collect(),
        };
        let wrong = |(named, problem): (String, String)| DefinitionError::Toml {
            file: file.to_owned(),
            at: Position::of(text, text.find(&format!("\"{named}\"")).unwrap_or(0)),
            problem,
        };
        // What another type has of its own is not what is wrong with it.
        let Head { service_type } = toml::from_str(text).map_err(unreadable)?;
        if service_type != "submission" {
            let problem = format!("expected type `submission`, found `{service_type}`");
            return Err(wrong((service_type, problem)));
        }
        let service: Self = toml::from_str(text).map_err(unreadable)?;
        service.check().map_err(wrong)?;
        Ok(service)
    }

    /// What can not hold, and the word that says it.
    fn check(&self) -> Result<(), (String, String)> {
        let fault = |named: &str, problem: String| Err((named.to_owned(), problem));
        if self.steps.is_empty() {
            return fault("submission", "expected a `[[step]]`, found none".to_owned());
        }
        if self.steps.len() + self.forms.len() + self.attachments.len() > MAX_PARTS {
            return fault(
                "submission",
                format!("there are more than {MAX_PARTS} steps, forms and attachments"),
            );
        }
        let parts =
            self.forms.iter().map(|form| &form.id).chain(self.attachments.iter().map(|part| &part.id));
        let mut ids = BTreeSet::new();
        for id in parts.clone().chain(self.steps.iter().map(|step| &step.id)) {
            let in_order = !id.is_empty()
                && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
            if !in_order || !ids.insert(id) {
                return fault(
                    id,
                    format!("`{id}` is no id of letters, digits, `-` and `_` that nothing else has"),
                );
            }
        }
        let is_step = |id: &String| self.steps.iter().any(|step| step.id == *id);
        let of_parts =
            self.forms.iter().map(|form| &form.step).chain(self.attachments.iter().map(|part| &part.step));
        let named = of_parts.chain(self.steps.iter().filter_map(|step| step.reject_to.as_ref()));
        if let Some(unknown) = named.into_iter().find(|id| !is_step(id)) {
            return fault(unknown, format!("there is no step `{unknown}`"));
        }
        let is_part = |id: &String| parts.clone().any(|part| part == id);
        if let Some(unknown) = self.steps.iter().flat_map(|step| &step.signs).find(|id| !is_part(id)) {
            return fault(unknown, format!("there is no form or attachment `{unknown}` to sign"));
        }
        Ok(())
    }
}
