//! The scopes that an app asks for at its API.

use serde::Deserialize;

use super::data_type::or_default;

/// The scopes that an app asks for in the tokens of those who call its API (`apiScopes`); an app that names none asks for
/// none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ApiScopes {
    /// Of people, organizations and system users.
    #[serde(deserialize_with = "or_default")]
    pub users: ScopePair,
    /// Of service owners.
    #[serde(deserialize_with = "or_default")]
    pub service_owners: ScopePair,
    /// The text resource that whoever lacks one is told.
    pub error_message_text_resource_key: Option<String>,
}

/// The scopes for reading and for writing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ScopePair {
    /// What reading takes; `[app]` stands for the app's name.
    pub read: Option<String>,
    /// What writing takes; `[app]` stands for the app's name.
    pub write: Option<String>,
    /// The text resource that whoever lacks one is told, before that of all.
    pub error_message_text_resource_key: Option<String>,
}

impl ScopePair {
    /// The scope that reading, or writing, takes in an app of this name; none where it takes none.
    pub fn of(&self, app: &str, is_writing: bool) -> Option<String> {
        let scope = if is_writing { self.write.as_deref() } else { self.read.as_deref() };
        scope.filter(|scope| !scope.trim().is_empty()).map(|scope| scope.replace("[app]", app))
    }
}
