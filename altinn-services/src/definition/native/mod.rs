//! A service made without Altinn Studio: a folder of at most five files.
//!
//! | file | |
//! |---|---|
//! | `service.toml` | what the service is: its id, title, forms, attachments and steps, and which roles do each step |
//! | `form.schema.json` | the JSON Schema of the form; a further form names its own file |
//! | `texts.json` | the texts: by language, then by id |
//! | `layout.json` | the page of the form, as Altinn's layout files have it; may be left out |
//! | `policy.xml` | who may do what; made from the roles of the steps when it is left out |
//!
//! ```toml
//! type = "submission"
//! id = "ttd/dog-licence"
//! level = 3
//! title = { nb = "Hundelisens", nn = "Hundelisens", en = "Dog licence" }
//!
//! [[form]]
//! id = "application"
//! step = "fill-in"
//!
//! [[step]]
//! id = "fill-in"
//! roles = ["PRIV", "DAGL"]
//!
//! [[step]]
//! id = "sign"
//! kind = "signing"
//! signs = ["application"]
//! reject-to = "fill-in"
//! roles = ["PRIV", "DAGL"]
//! ```
//!
//! A service that is to be sent in again and again may say how often, for the subscriptions to it:
//!
//! ```toml
//! [subscription]
//! every = "P1Y"
//! due-after = "P1M"
//! ```
//!
//! It is read as the same metadata, process and policy that an app's folder holds.

mod file;
mod metadata;
mod policy;
mod process;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use file::ServiceFile;

use super::error::DefinitionError;
use super::layout_sets::{self, LayoutSet};
use super::text_resources::{ResourceFile, TextResource, TextResources};

/// The file that makes a folder a service of this kind.
pub(super) const SERVICE: &str = "service.toml";
pub(super) const TEXTS: &str = "texts.json";
pub(super) const LAYOUT: &str = "layout.json";
pub(super) const POLICY: &str = "policy.xml";

impl ServiceFile {
    /// The metadata that an app would have, as JSON.
    pub(super) fn metadata(&self) -> String {
        metadata::of(self).to_string()
    }

    /// The process that an app would have, as BPMN.
    pub(super) fn bpmn(&self) -> String {
        process::of(self)
    }

    /// The policy, made from the roles of the steps.
    pub(super) fn policy(&self) -> String {
        policy::of(self)
    }

    /// The layout of a service that has one: a page of its first form.
    pub(super) fn layout_set(&self, page: &Value) -> Result<LayoutSet, DefinitionError> {
        let form = self.forms.first();
        let (task, data_type) = (form.map(|form| form.step.as_str()), form.map(|form| form.id.as_str()));
        layout_sets::of_one_page(LAYOUT, page, task, data_type)
    }
}

/// The texts of `texts.json`; languages that are not known are passed over.
pub(super) fn texts(file: BTreeMap<String, BTreeMap<String, String>>) -> TextResources {
    let mut texts = TextResources::default();
    for (code, by_id) in file {
        let Ok(language) = code.parse() else { continue };
        let resources =
            by_id.into_iter().map(|(id, value)| TextResource { id, value, variables: Vec::new() });
        texts.add(language, ResourceFile { resources: resources.collect() });
    }
    texts
}

/// Reads `service.toml`.
///
/// # Errors
/// [`DefinitionError::Toml`] says where and why.
pub(super) fn read(text: &str) -> Result<ServiceFile, DefinitionError> {
    ServiceFile::parse(SERVICE, text)
}
