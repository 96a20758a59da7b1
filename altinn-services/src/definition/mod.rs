//! Service definitions: an unmodified Altinn 3 app folder, read and checked.
//!
//! [`AppDefinition::load`] reads what an app made in Altinn Studio declares: `config/applicationmetadata.json`,
//! `config/process/process.bpmn`, `config/authorization/policy.xml`, `config/texts/resource.*.json`,
//! `models/*.schema.json`, `options/*.json` and `ui/`; or the `service.toml` of a service made without Studio. JSON is read as Altinn's own reader does, with comments,
//! trailing commas and a byte order mark. What is not in order gives a [`DefinitionError`] that names the file and
//! the place; what loads but is limited here is told by [`AppDefinition::remarks`]. Files have limits of size and
//! number, and no link is followed out of the folder.
//!
//! [`ServiceFolder`] reads a service that was made without Altinn Studio.

mod api_scopes;
mod app;
mod check;
mod data_type;
mod elements;
mod entry;
mod error;
mod folder;
mod form_files;
mod layout_sets;
mod metadata;
mod models;
mod native;
mod options;
mod position;
mod relaxed_json;
mod remark;
mod service_folder;
mod stated_level;
mod text_resources;
mod validity;

use serde::de::DeserializeOwned;

pub use api_scopes::{ApiScopes, ScopePair};
pub use app::AppDefinition;
pub use check::{Fault, FaultSeverity, check};
pub use data_type::{AppLogic, DataType, ShadowFields};
pub use elements::{ElementFacts, check_elements};
pub(crate) use elements::{check_new_element, check_room};
pub use entry::{CopyInstanceSettings, DataField, HideSettings, InstanceSelection};
pub use error::DefinitionError;
pub use layout_sets::LayoutSet;
pub use metadata::{ApplicationMetadata, PartyTypesAllowed};
pub use options::Choice;
pub use position::Position;
pub use remark::Remark;
pub use service_folder::ServiceFolder;
pub(crate) use stated_level::StatedLevel;
pub use text_resources::{TextResource, TextResources, TextVariable};
pub use validity::Validity;

pub(crate) use relaxed_json::{blank_comments_and_trailing_commas, fault as json_fault};

/// Reads a JSON file of an app's folder into a type.
fn json_file<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DefinitionError> {
    relaxed_json::read_relaxed(text).map_err(|fault| DefinitionError::Json {
        file: file.to_owned(),
        at: fault.at,
        problem: fault.problem,
    })
}
