//! What an expression may look at.

use std::collections::BTreeMap;

use altinn_core::{Language, PartyKind};
use serde_json::Value;

use super::failure::{Failure, FailureKind};
use super::layout::Layouts;
use crate::definition::TextResources;

/// What expressions may look at: the form's data and layouts, the instance, the app's settings and texts.
///
/// Everything is optional: what is not given is not there, and a lookup in it gives null or fails, as Altinn's own
/// evaluator does.
///
/// ```
/// use altinn_services::expression::{Context, Expression};
///
/// let reject = Expression::parse(r#"["equals", ["gatewayAction"], "reject"]"#)?;
/// assert_eq!(reject.evaluate(&Context::default().with_gateway_action("reject"))?, true);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    models: Vec<(&'a str, &'a Value)>,
    layouts: Option<&'a Layouts>,
    pub(super) instance: Option<InstanceSource<'a>>,
    pub(super) task: Option<&'a str>,
    pub(super) frontend_settings: Option<&'a Value>,
    pub(super) texts: Option<&'a TextResources>,
    pub(super) options: Option<&'a BTreeMap<String, Value>>,
    pub(super) external_apis: Option<&'a Value>,
    pub(super) language: Option<Language>,
    pub(super) gateway_action: Option<&'a str>,
    actions: Vec<&'a str>,
    elements: BTreeMap<&'a str, usize>,
}

/// What expressions may know of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstanceSource<'a> {
    /// The instance's id, with its owner's party id: `512345/48c31ffc-dcdd-416d-8bc7-194bec3b7bf0`.
    pub id: &'a str,
    /// The app's id: `org/app-name`.
    pub app_id: &'a str,
    /// The party id of its owner.
    pub owner_party_id: &'a str,
    /// What kind of party its owner is.
    pub owner: OwnerKind,
}

/// What kind of party owns an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OwnerKind {
    /// An organisation.
    Organisation,
    /// A person with a national identity number.
    Person,
    /// A user without one.
    SelfIdentified,
    /// Not known.
    #[default]
    Unknown,
}

impl From<PartyKind> for OwnerKind {
    fn from(kind: PartyKind) -> Self {
        match kind {
            PartyKind::Person => Self::Person,
            PartyKind::SelfIdentified => Self::SelfIdentified,
            PartyKind::Organization | PartyKind::SubUnit | PartyKind::BankruptcyEstate => Self::Organisation,
        }
    }
}

impl OwnerKind {
    /// The kind of an instance's owner, from what Altinn's storage says of it: `organisationNumber`, `personNumber`,
    /// `username` and `externalIdentifier`.
    pub fn of_instance_owner(owner: &Value) -> Self {
        let has = |field: &str| owner.get(field).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        if has("organisationNumber") {
            Self::Organisation
        } else if has("personNumber") {
            Self::Person
        } else if has("username") || has("externalIdentifier") {
            Self::SelfIdentified
        } else {
            Self::Unknown
        }
    }

    /// The word that expressions get.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "org",
            Self::Person => "person",
            Self::SelfIdentified => "selfIdentified",
            Self::Unknown => "unknown",
        }
    }
}

impl<'a> Context<'a> {
    /// With the data of a data type; the first one that is given is the one that fields are looked up in when an
    /// expression names no data type.
    #[must_use]
    pub fn with_model(mut self, data_type: &'a str, data: &'a Value) -> Self {
        self.models.push((data_type, data));
        self
    }

    /// With the data of a data type before all others, instead of what was given of it.
    #[must_use]
    pub(crate) fn with_first_model(mut self, data_type: &'a str, data: &'a Value) -> Self {
        self.models.retain(|(known, _)| *known != data_type);
        self.models.insert(0, (data_type, data));
        self
    }

    /// With the layouts that `component` looks in, and that say what is hidden.
    #[must_use]
    pub fn with_layouts(mut self, layouts: &'a Layouts) -> Self {
        self.layouts = Some(layouts);
        self
    }

    /// With the instance.
    #[must_use]
    pub fn with_instance(mut self, instance: InstanceSource<'a>) -> Self {
        self.instance = Some(instance);
        self
    }

    /// With the task that the instance stands in, for links.
    #[must_use]
    pub fn with_task(mut self, task: &'a str) -> Self {
        self.task = Some(task);
        self
    }

    /// With the settings of the app that expressions may read (`FrontEndSettings`), an object.
    #[must_use]
    pub fn with_frontend_settings(mut self, settings: &'a Value) -> Self {
        self.frontend_settings = Some(settings);
        self
    }

    /// With the texts of the app.
    #[must_use]
    pub fn with_texts(mut self, texts: &'a TextResources) -> Self {
        self.texts = Some(texts);
        self
    }

    /// With the lists of options of the app, by id.
    #[must_use]
    pub fn with_options(mut self, options: &'a BTreeMap<String, Value>) -> Self {
        self.options = Some(options);
        self
    }

    /// With what external services gave, an object by the id of each.
    #[must_use]
    pub fn with_external_apis(mut self, answers: &'a Value) -> Self {
        self.external_apis = Some(answers);
        self
    }

    /// With the user's language; bokmål without it.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// With the action that was chosen in the task before a gateway.
    #[must_use]
    pub fn with_gateway_action(mut self, action: &'a str) -> Self {
        self.gateway_action = Some(action);
        self
    }

    /// With an action that the user may do in this task: `read`, `write`, `confirm`, ...
    #[must_use]
    pub fn with_allowed_action(mut self, action: &'a str) -> Self {
        self.actions.push(action);
        self
    }

    /// With so many data elements of a data type, beside the models.
    #[must_use]
    pub fn with_elements(mut self, data_type: &'a str, count: usize) -> Self {
        *self.elements.entry(data_type).or_default() += count;
        self
    }

    /// The language that texts and dates are given in.
    pub fn language(&self) -> Language {
        self.language.unwrap_or(Language::Nb)
    }

    /// The data of a data type, or of the first one when none is named; none when there is no data at all.
    pub(crate) fn model(&self, data_type: Option<&str>) -> Result<Option<&'a Value>, Failure> {
        let Some(name) = data_type else { return Ok(self.models.first().map(|(_, data)| *data)) };
        let found = self.models.iter().find(|(data_type, _)| *data_type == name);
        found.map(|(_, data)| Some(*data)).ok_or_else(|| {
            Failure::new(FailureKind::UnknownDataType, format!("Data model with type {name} not found"))
        })
    }

    pub(crate) fn layouts(&self) -> Option<&'a Layouts> {
        self.layouts
    }

    /// The data type of the first model.
    pub(crate) fn first_data_type(&self) -> Option<&'a str> {
        self.models.first().map(|(data_type, _)| *data_type)
    }

    pub(super) fn may(&self, action: &str) -> bool {
        self.actions.contains(&action)
    }

    pub(super) fn element_count(&self, data_type: &str) -> usize {
        let models = self.models.iter().filter(|(name, _)| *name == data_type).count();
        models + self.elements.get(data_type).copied().unwrap_or_default()
    }
}
