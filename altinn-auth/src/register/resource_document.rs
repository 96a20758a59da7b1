//! The documents that describe resources in the resource registry (ressursregisteret).
//!
//! Source: Altinn's documentation of the resource registry, resource attributes.

use altinn_core::{Language, ResourceId, Text};
use serde_json::Value;
use thiserror::Error;

use super::ResourceRules;

/// The largest document that is read, in bytes.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A resource as its service owner describes it in the resource registry. What is not known here is kept in
/// [`raw`](Self::raw).
///
/// ```
/// use altinn_auth::register::ResourceDocument;
/// use altinn_core::Language;
///
/// let resource = ResourceDocument::read(r#"{"identifier": "nav_sykmelding", "title": {"nb": "Sykmelding"},
///     "hasCompetentAuthority": {"orgcode": "nav"}, "delegable": false, "accessListMode": "Enabled"}"#)?;
/// assert_eq!(resource.id.as_str(), "nav_sykmelding");
/// assert_eq!(resource.title.in_language(Language::Nb), "Sykmelding");
/// assert!(!resource.rules.delegable && resource.rules.access_list_mode);
/// # Ok::<(), altinn_auth::register::ResourceDocumentError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ResourceDocument {
    /// Its id (`identifier`).
    pub id: ResourceId,
    /// Its title, in the languages of the public sector; migrated resources may have none.
    pub title: Text,
    /// What kind of resource it is (`resourceType`): `GenericAccessResource`, `MaskinportenSchema`, `Consent`, ...
    pub kind: Option<String>,
    /// The short name of its service owner (`hasCompetentAuthority.orgcode`), in small letters.
    pub org: String,
    /// What holds of delegations of it, and whether only those on a list get in.
    pub rules: ResourceRules,
    raw: Value,
}

/// Why a text describes no resource.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResourceDocumentError {
    /// The text is larger than is read.
    #[error("a resource is described in at most {MAX_BYTES} bytes, found {found}")]
    TooLarge {
        /// How many bytes it has.
        found: usize,
    },
    /// The text is no JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// A part is not there, or not of the form that it must have.
    #[error("`{path}` is not {expected}")]
    Form {
        /// The place, as a JSON pointer.
        path: &'static str,
        /// What must be there.
        expected: &'static str,
    },
}

impl ResourceDocumentError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "AUTH-RESOURCE-TOO-LARGE",
            Self::NotJson(_) => "AUTH-RESOURCE-NOT-JSON",
            Self::Form { .. } => "AUTH-RESOURCE-FORM",
        }
    }
}

impl ResourceDocument {
    /// Reads the description of a resource; a byte order mark is passed over. It must have an id, a title and a service
    /// owner.
    ///
    /// # Errors
    /// [`ResourceDocumentError`] says where and why it describes none.
    pub fn read(text: &str) -> Result<Self, ResourceDocumentError> {
        if text.len() > MAX_BYTES {
            return Err(ResourceDocumentError::TooLarge { found: text.len() });
        }
        let raw: Value = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
            .map_err(|error| ResourceDocumentError::NotJson(error.to_string()))?;
        let form = |path, expected| ResourceDocumentError::Form { path, expected };
        let id = field(&raw, "identifier").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let id = id.ok_or_else(|| form("/identifier", "4 to 133 letters of ASCII, digits, `-` and `_`"))?;
        let title =
            field(&raw, "title").and_then(title_of).ok_or_else(|| form("/title", "a text by language"))?;
        let owner = field(&raw, "hasCompetentAuthority").and_then(|owner| field(owner, "orgcode"));
        let org = owner.and_then(Value::as_str).filter(|org| !org.trim().is_empty()).map(str::to_lowercase);
        Ok(Self {
            id,
            title,
            kind: text_or_none(&raw, "resourceType", "/resourceType")?,
            org: org.ok_or_else(|| form("/hasCompetentAuthority/orgcode", "a service owner"))?,
            rules: rules_of(&raw)?,
            raw,
        })
    }

    /// The whole document, what is not known here included.
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

fn rules_of(raw: &Value) -> Result<ResourceRules, ResourceDocumentError> {
    let usual = ResourceRules::default();
    let delegable = match field(raw, "delegable") {
        None | Some(Value::Null) => usual.delegable,
        Some(flag) => flag
            .as_bool()
            .ok_or(ResourceDocumentError::Form { path: "/delegable", expected: "true or false" })?,
    };
    let access_list_mode = match text_or_none(raw, "accessListMode", "/accessListMode")? {
        None => usual.access_list_mode,
        Some(mode) if mode.eq_ignore_ascii_case("enabled") => true,
        Some(mode) if mode.eq_ignore_ascii_case("disabled") => false,
        Some(_) => {
            let expected = "`Enabled` or `Disabled`";
            return Err(ResourceDocumentError::Form { path: "/accessListMode", expected });
        }
    };
    Ok(ResourceRules { delegable, access_list_mode })
}

/// What an object says in a field; the registry reads the names of fields in any case.
fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let fields = value.as_object()?;
    let in_other_case =
        || fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    fields.get(name).or_else(in_other_case)
}

/// A text; none where it is null or left out.
fn text_or_none(
    raw: &Value,
    name: &str,
    path: &'static str,
) -> Result<Option<String>, ResourceDocumentError> {
    match field(raw, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ResourceDocumentError::Form { path, expected: "a text" }),
    }
}

/// A title by language, which may be empty: an object, or in older documents a list of titles that say their language.
/// Languages are written with a country or without, in any case.
fn title_of(title: &Value) -> Option<Text> {
    let language = |code: &str| code.split('-').next()?.to_lowercase().parse::<Language>().ok();
    let found: Vec<(Language, &str)> = match title {
        Value::Object(texts) => {
            texts.iter().filter_map(|(code, text)| Some((language(code)?, text.as_str()?))).collect()
        }
        Value::Array(texts) => {
            let said = |text: &Value| text.get("language").and_then(Value::as_str).and_then(language);
            texts.iter().filter_map(|text| Some((said(text)?, text.get("title")?.as_str()?))).collect()
        }
        _ => return None,
    };
    Some(found.into_iter().fold(Text::default(), |title, (language, text)| title.with(language, text)))
}
