//! `applicationmetadata.json`.

use std::collections::{BTreeMap, BTreeSet};

use altinn_core::{IdentifierError, Language, PartyKind, ServiceId, Text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::api_scopes::ApiScopes;
use super::data_type::{DataType, or_default};
use super::entry::{CopyInstanceSettings, DataField, HideSettings, InstanceSelection, MessageBoxConfig};
use super::error::DefinitionError;
use super::validity::{Validity, moment};
use super::{json_file, relaxed_json};

/// Who an app is, what its instances hold and who may own them; fields that are not known here are kept.
///
/// Serialized as it was read, unknown fields included.
#[derive(Debug, Clone, PartialEq)]
pub struct ApplicationMetadata {
    known: KnownFields,
    raw: Value,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KnownFields {
    id: String,
    #[serde(default)]
    org: Option<String>,
    #[serde(default, deserialize_with = "in_known_languages")]
    title: Text,
    #[serde(default, deserialize_with = "or_default")]
    data_types: Vec<DataType>,
    #[serde(default, deserialize_with = "or_default")]
    party_types_allowed: PartyTypesAllowed,
    #[serde(default, deserialize_with = "or_default")]
    auto_delete_on_process_end: bool,
    #[serde(default, deserialize_with = "or_default")]
    disallow_user_instantiation: bool,
    #[serde(default)]
    prevent_instance_deletion_for_days: Option<i64>,
    #[serde(default)]
    on_entry: Option<OnEntry>,
    #[serde(default)]
    process_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    presentation_fields: Vec<DataField>,
    #[serde(default, deserialize_with = "or_default")]
    data_fields: Vec<DataField>,
    #[serde(default, deserialize_with = "or_default")]
    copy_instance_settings: CopyInstanceSettings,
    #[serde(default, deserialize_with = "or_default")]
    message_box_config: MessageBoxConfig,
    #[serde(default, deserialize_with = "moment")]
    valid_from: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "moment")]
    valid_to: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "or_default")]
    api_scopes: ApiScopes,
}

impl ApplicationMetadata {
    /// Reads the text of the file; comments, trailing commas, a byte order mark and names of fields with a capital first
    /// letter are accepted.
    ///
    /// # Errors
    ///
    /// Says where and why when it is not the metadata of an app.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let known: KnownFields = json_file(file, &relaxed_json::with_small_initials(text))?;
        let raw = json_file(file, text)?;
        check(file, &known)?;
        Ok(Self { known, raw })
    }

    /// The id (`org/app`).
    pub fn id(&self) -> &str {
        &self.known.id
    }

    /// The agency's short name: the first part of the id.
    pub fn org(&self) -> &str {
        self.known.id.split_once('/').map_or(self.id(), |(org, _)| org)
    }

    /// The id as that of a service that can be published; a template's `[ORG]/[APP]` is none.
    ///
    /// # Errors
    ///
    /// When the id is not `org/app` in small letters, digits and hyphens.
    pub fn service_id(&self) -> Result<ServiceId, IdentifierError> {
        self.known.id.parse()
    }

    /// What the field `org` says; it is the first part of the id in an app that is in order.
    pub(super) fn stated_org(&self) -> Option<&str> {
        self.known.org.as_deref()
    }

    /// The app's name: the second part of the id.
    pub fn app(&self) -> &str {
        self.known.id.split_once('/').map_or(self.id(), |(_, app)| app)
    }

    /// The title.
    pub fn title(&self) -> &Text {
        &self.known.title
    }

    /// What instances may hold.
    pub fn data_types(&self) -> &[DataType] {
        &self.known.data_types
    }

    /// The data type with this id.
    pub fn data_type(&self, id: &str) -> Option<&DataType> {
        self.known.data_types.iter().find(|data_type| data_type.id == id)
    }

    /// Who may own instances.
    pub fn party_types_allowed(&self) -> PartyTypesAllowed {
        self.known.party_types_allowed
    }

    /// Whether instances are deleted when their process ends: for all but the agency, and for it when it has confirmed.
    pub fn auto_delete_on_process_end(&self) -> bool {
        self.known.auto_delete_on_process_end
    }

    /// Whether only the agency makes instances.
    pub fn disallow_user_instantiation(&self) -> bool {
        self.known.disallow_user_instantiation
    }

    /// For how many days after its end an instance can not be deleted.
    pub fn prevent_instance_deletion_for_days(&self) -> Option<i64> {
        self.known.prevent_instance_deletion_for_days
    }

    /// What a user sees first (`onEntry.show`: `select-instance`, `new-instance`, or the pages of a stateless app).
    pub fn on_entry(&self) -> Option<&str> {
        self.known.on_entry.as_ref()?.show.as_deref()
    }

    /// How the instances are listed that a user chooses between (`onEntry.instanceSelection`).
    pub fn instance_selection(&self) -> Option<&InstanceSelection> {
        self.known.on_entry.as_ref()?.instance_selection.as_ref()
    }

    /// Whether the app keeps no instances: it opens on pages of its own (a lookup, for example).
    pub fn is_stateless(&self) -> bool {
        self.on_entry().is_some_and(|show| !matches!(show, "" | "select-instance" | "new-instance"))
    }

    /// Whether a form of a stateless app is open to anyone.
    pub fn allows_anonymous(&self) -> bool {
        self.data_types().iter().any(|data_type| self.is_open_to_anyone(data_type))
    }

    /// Whether this data type is a form of a stateless app that anyone may use.
    pub fn is_open_to_anyone(&self, data_type: &DataType) -> bool {
        let logic = data_type.app_logic.as_ref();
        self.is_stateless() && logic.is_some_and(|logic| logic.allow_anonymous_on_stateless)
    }

    /// The id of the process, where the metadata names one.
    pub fn process_id(&self) -> Option<&str> {
        self.known.process_id.as_deref()
    }

    /// The fields of forms that are shown with an instance in lists.
    pub fn presentation_fields(&self) -> &[DataField] {
        &self.known.presentation_fields
    }

    /// The fields of forms that are kept with an instance, to be read without its forms.
    pub fn data_fields(&self) -> &[DataField] {
        &self.known.data_fields
    }

    /// Whether a user may copy an earlier instance, and what a copy leaves out.
    pub fn copy_instance_settings(&self) -> &CopyInstanceSettings {
        &self.known.copy_instance_settings
    }

    /// When instances are left out of the inbox.
    pub fn hide_settings(&self) -> &HideSettings {
        &self.known.message_box_config.hide_settings
    }

    /// When instances are made.
    pub fn validity(&self) -> Validity {
        Validity { from: self.known.valid_from, to: self.known.valid_to }
    }

    /// The scopes that tokens need at the app's API.
    pub fn api_scopes(&self) -> &ApiScopes {
        &self.known.api_scopes
    }

    /// The whole document, fields that are not known here included.
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

impl Serialize for ApplicationMetadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

/// Who may own instances of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PartyTypesAllowed {
    /// Bankruptcy estates (konkursbo).
    #[serde(deserialize_with = "or_default")]
    pub bankruptcy_estate: bool,
    /// Organisations.
    #[serde(deserialize_with = "or_default")]
    pub organisation: bool,
    /// Persons.
    #[serde(deserialize_with = "or_default")]
    pub person: bool,
    /// Sub-units of organisations.
    #[serde(deserialize_with = "or_default")]
    pub sub_unit: bool,
}

impl PartyTypesAllowed {
    /// Whether anyone may: no kind of party is chosen.
    ///
    /// ```
    /// use altinn_services::definition::PartyTypesAllowed;
    ///
    /// assert!(PartyTypesAllowed::default().is_unrestricted());
    /// ```
    pub fn is_unrestricted(self) -> bool {
        !(self.bankruptcy_estate || self.organisation || self.person || self.sub_unit)
    }

    /// Whether a party of this kind may own an instance.
    pub fn allows(self, kind: PartyKind) -> bool {
        self.is_unrestricted()
            || match kind {
                PartyKind::Person => self.person,
                PartyKind::Organization => self.organisation,
                PartyKind::SubUnit => self.sub_unit,
                PartyKind::BankruptcyEstate => self.bankruptcy_estate,
                PartyKind::SelfIdentified => false,
            }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnEntry {
    #[serde(default)]
    show: Option<String>,
    #[serde(default)]
    instance_selection: Option<InstanceSelection>,
}

fn check(file: &str, known: &KnownFields) -> Result<(), DefinitionError> {
    let fault = |path: &str, problem: String| {
        Err(DefinitionError::Metadata { file: file.to_owned(), path: path.to_owned(), problem })
    };
    let well_formed =
        |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && !name.contains(char::is_whitespace);
    match known.id.split_once('/') {
        Some((org, app)) if well_formed(org) && well_formed(app) => {}
        _ => return fault("/id", format!("expected `org/app`, found `{}`", shorten(&known.id))),
    }
    let mut seen = BTreeSet::new();
    for (index, data_type) in known.data_types.iter().enumerate() {
        let id = data_type.id.as_str();
        if id.is_empty() || !seen.insert(id) {
            let problem = format!("expected an id that no other data type has, found `{}`", shorten(id));
            return fault(&format!("/dataTypes/{index}/id"), problem);
        }
    }
    Ok(())
}

fn in_known_languages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let texts: Option<BTreeMap<String, Option<String>>> = Option::deserialize(deserializer)?;
    let known =
        texts.into_iter().flatten().filter_map(|(code, text)| Some((code.parse::<Language>().ok()?, text?)));
    Ok(known.fold(Text::default(), |title, (language, text)| title.with(language, text)))
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}
