//! What keeps the files of a folder that does not load from being read, each on its own.

use std::collections::BTreeSet;

use altinn_auth::decision::ServicePolicy;
use altinn_core::ServiceId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{Fault, FaultSeverity};
use crate::definition::app::{METADATA, POLICY, PROCESS, TEXTS};
use crate::definition::error::DefinitionError;
use crate::definition::folder::AppFolder;
use crate::definition::metadata::ApplicationMetadata;
use crate::definition::models::{ModelFiles, models_of_forms};
use crate::definition::text_resources::ResourceFile;
use crate::definition::{json_file, native};
use crate::form::{ExpressionValidation, FormSchema, Prefill, XmlModel};
use crate::process::{MAX_BPMN_BYTES, Process};

/// The largest file that is read, in bytes; a folder with a larger one does not load.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The faults of the files of a folder, which are found without the others.
pub(super) fn look(folder: &AppFolder) -> Vec<Fault> {
    let mut files = Files { folder, faults: Vec::new() };
    if folder.has(METADATA) {
        files.of_app();
    } else {
        files.of_service();
    }
    files.faults
}

struct Files<'a> {
    folder: &'a AppFolder,
    faults: Vec<Fault>,
}

impl Files<'_> {
    fn of_app(&mut self) {
        let metadata =
            self.text(METADATA).and_then(|text| self.read(ApplicationMetadata::parse(METADATA, &text)));
        let process = self.folder.bytes(PROCESS, MAX_BPMN_BYTES as u64).and_then(|bytes| {
            Process::from_bpmn(&bytes)
                .map_err(|source| DefinitionError::Process { file: PROCESS.to_owned(), source })
        });
        self.read(process);
        self.policy(POLICY, metadata.as_ref());
        for file in self.names(TEXTS, "resource.", ".json") {
            self.json::<ResourceFile>(&file);
        }
        for file in self.names("options", "", ".json") {
            self.json::<Value>(&file);
        }
        self.models("models", METADATA, metadata.as_ref());
        self.pages();
        for file in
            self.names("", "appsettings", ".json").into_iter().filter(|file| file == "appsettings.json")
        {
            self.json::<Value>(&file);
        }
    }

    fn of_service(&mut self) {
        let service = self.text(native::SERVICE).and_then(|text| self.read(native::read(&text)));
        let metadata = service
            .as_ref()
            .and_then(|service| self.read(ApplicationMetadata::parse(native::SERVICE, &service.metadata())));
        if let Some(service) = &service {
            let process = Process::from_bpmn(service.bpmn().as_bytes());
            let file = native::SERVICE.to_owned();
            self.read(process.map_err(|source| DefinitionError::Process { file, source }));
        }
        if self.folder.has(native::POLICY) {
            self.policy(native::POLICY, metadata.as_ref());
        }
        for file in [native::TEXTS, native::LAYOUT].into_iter().filter(|file| self.folder.has(file)) {
            self.json::<Value>(file);
        }
        self.models(".", native::SERVICE, metadata.as_ref());
    }

    /// The schemas of the forms, and what stands beside them under the same names.
    fn models(&mut self, below: &str, file: &str, metadata: Option<&ApplicationMetadata>) {
        let mut models = ModelFiles::new();
        for file in self.names(below, "", ".schema.json") {
            let name = file.rsplit('/').next().unwrap_or(&file).to_owned();
            models.extend(self.json::<Value>(&file).map(|schema| (name, schema)));
        }
        let Some(metadata) = metadata else { return };
        // A schema that is not there is told of here, and one that could not be read was told of above.
        let forms = models_of_forms(file, metadata.data_types(), &models).unwrap_or_default();
        let mut stems = BTreeSet::new();
        for (form, model) in forms {
            let name = format!("{model}.schema.json");
            if let Some(schema) = models.get(&name) {
                let file = format!("{below}/{name}").trim_start_matches("./").to_owned();
                let compiled = FormSchema::compile(schema);
                self.read(compiled.map_err(|source| DefinitionError::Schema { file, source }));
            }
            stems.extend([form.to_lowercase(), model.to_lowercase()]);
        }
        for suffix in [".validation.json", ".prefill.json", ".xsd"] {
            for file in self.names("models", "", suffix) {
                let name = file.rsplit('/').next().unwrap_or(&file).to_lowercase();
                if name.strip_suffix(suffix).is_some_and(|stem| stems.contains(stem)) {
                    self.beside_model(&file, suffix);
                }
            }
        }
    }

    fn beside_model(&mut self, file: &str, suffix: &str) {
        let name = || file.to_owned();
        let outcome = match suffix {
            ".validation.json" => self.json::<Value>(file).map(|rules| {
                let read = ExpressionValidation::read(&rules).map(drop);
                read.map_err(|source| DefinitionError::Rules { file: name(), source: Box::new(source) })
            }),
            ".prefill.json" => self.json::<Value>(file).map(|prefill| {
                let read = Prefill::read(&prefill).map(drop);
                read.map_err(|source| DefinitionError::Prefill { file: name(), source })
            }),
            _ => self.text(file).map(|text| {
                let read = XmlModel::from_xsd(&text).map(drop);
                read.map_err(|source| DefinitionError::XmlModel { file: name(), source })
            }),
        };
        if let Some(outcome) = outcome {
            self.read(outcome);
        }
    }

    fn pages(&mut self) {
        let mut folders = vec!["ui".to_owned()];
        folders.extend(self.folder.folders("ui").unwrap_or_default().iter().map(|name| format!("ui/{name}")));
        for below in folders {
            let mut files = self.names(&below, "Settings", ".json");
            files.extend(self.names(&below, "layout-sets", ".json"));
            files.extend(self.names(&format!("{below}/layouts"), "", ".json"));
            for file in files {
                self.json::<Value>(&file);
            }
        }
    }

    fn policy(&mut self, file: &str, metadata: Option<&ApplicationMetadata>) {
        let Some(text) = self.text(file) else { return };
        let id: Option<ServiceId> = metadata.and_then(|metadata| metadata.service_id().ok());
        // Without an id, the placeholders stand for any.
        let Some(id) = id.or_else(|| "org/app".parse().ok()) else { return };
        if let Err(error) = ServicePolicy::read(&id, text) {
            self.faults.push(Fault {
                code: error.code(),
                severity: FaultSeverity::Error,
                file: file.to_owned(),
                position: None,
                detail: error.to_string(),
            });
        }
    }

    fn names(&mut self, below: &str, prefix: &str, suffix: &str) -> Vec<String> {
        let names = self.folder.names(below, prefix, suffix);
        let names = self.read(names).unwrap_or_default();
        let path = |name: String| match below {
            "" | "." => name,
            below => format!("{below}/{name}"),
        };
        names.into_iter().map(path).collect()
    }

    fn text(&mut self, file: &str) -> Option<String> {
        let text = self.folder.text(file, MAX_BYTES);
        self.read(text)
    }

    fn json<T: DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        let text = self.text(file)?;
        self.read(json_file(file, &text))
    }

    /// What was read; else its fault is kept.
    fn read<T>(&mut self, outcome: Result<T, DefinitionError>) -> Option<T> {
        outcome.map_err(|error| self.faults.push(Fault::of_error(&error))).ok()
    }
}
