//! An Altinn 3 app, read from its folder.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::elements::{ElementFacts, check_elements};
use super::error::DefinitionError;
use super::folder::AppFolder;
use super::form_files::FormFiles;
use super::json_file;
use super::layout_sets::{self, LayoutSet};
use super::metadata::ApplicationMetadata;
use super::models::{ModelFiles, models_of_forms, schemas_of_forms};
use super::native;
use super::options::{Choice, read_choices};
use super::remark::Remark;
use super::text_resources::TextResources;
use crate::expression::Context;
use crate::form::{FormData, FormSchema, Issue, Prefill, XmlModel};
use crate::process::{MAX_BPMN_BYTES, Process};
use crate::submission::SubscriptionTerms;

pub(super) const METADATA: &str = "config/applicationmetadata.json";
pub(super) const PROCESS: &str = "config/process/process.bpmn";
pub(super) const POLICY: &str = "config/authorization/policy.xml";
pub(super) const TEXTS: &str = "config/texts";
const MODELS: &str = "models";
const OPTIONS: &str = "options";

/// What expressions and texts call the kind of party that owns an instance.
pub(super) const OWNER_KIND: &str = "instanceOwnerPartyType";

const MAX_METADATA_BYTES: u64 = 2 * 1024 * 1024;
const MAX_POLICY_BYTES: u64 = 10 * 1024 * 1024;
const MAX_TEXTS_BYTES: u64 = 10 * 1024 * 1024;
const MAX_MODEL_BYTES: u64 = 10 * 1024 * 1024;
const MAX_OPTIONS_BYTES: u64 = 10 * 1024 * 1024;

/// An Altinn 3 app as its folder defines it, checked and ready to run.
///
/// ```no_run
/// use altinn_services::definition::AppDefinition;
///
/// let app = AppDefinition::load("apps/bakery-licence")?;
/// println!("{} starts at {}", app.metadata().id(), app.process().start_event());
/// # Ok::<(), altinn_services::definition::DefinitionError>(())
/// ```
#[derive(Debug, Clone)]
pub struct AppDefinition {
    metadata: ApplicationMetadata,
    process: Process,
    policy: String,
    texts: TextResources,
    forms: BTreeMap<String, FormSchema>,
    form_files: FormFiles,
    options: BTreeMap<String, Value>,
    asks_for_owner_kind: bool,
    subscription: Option<SubscriptionTerms>,
}

impl AppDefinition {
    /// Reads an unmodified app: its `App` folder, or the folder around it; or the folder of a service made without
    /// Studio, with a `service.toml`. Nothing outside the folder is read.
    ///
    /// # Errors
    ///
    /// Says in which file, where and why when the folder is not that of an app that can run.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, DefinitionError> {
        let folder = AppFolder::open(folder.as_ref(), &[METADATA, native::SERVICE])?;
        if folder.has(METADATA) { Self::load_app(&folder) } else { Self::load_service(&folder) }
    }

    fn load_app(folder: &AppFolder) -> Result<Self, DefinitionError> {
        let metadata = ApplicationMetadata::parse(METADATA, &folder.text(METADATA, MAX_METADATA_BYTES)?)?;
        let bpmn = folder.bytes(PROCESS, MAX_BPMN_BYTES as u64)?;
        let process = Process::from_bpmn(&bpmn)
            .map_err(|source| DefinitionError::Process { file: PROCESS.to_owned(), source })?;
        let policy = folder.text(POLICY, MAX_POLICY_BYTES)?;
        let models: ModelFiles = json_files(folder, MODELS, ".schema.json", MAX_MODEL_BYTES)?.collect();
        let forms = schemas_of_forms(METADATA, metadata.data_types(), &models)?;
        let models = models_of_forms(METADATA, metadata.data_types(), &models)?;
        let form_files = FormFiles::read(folder, &models, layout_sets::read(folder)?)?;
        let options = json_files(folder, OPTIONS, ".json", MAX_OPTIONS_BYTES)?
            .map(|(name, options)| (name.trim_end_matches(".json").to_owned(), options))
            .collect();
        let texts = read_texts(folder)?;
        let asks_for_owner_kind = asks(&process, &texts) || form_files.asks_for_owner_kind();
        Ok(Self {
            metadata,
            process,
            policy,
            texts,
            forms,
            form_files,
            options,
            asks_for_owner_kind,
            subscription: None,
        })
    }

    fn load_service(folder: &AppFolder) -> Result<Self, DefinitionError> {
        let service = native::read(&folder.text(native::SERVICE, MAX_METADATA_BYTES)?)?;
        let metadata = ApplicationMetadata::parse(native::SERVICE, &service.metadata())?;
        let process = Process::from_bpmn(service.bpmn().as_bytes())
            .map_err(|source| DefinitionError::Process { file: native::SERVICE.to_owned(), source })?;
        let policy = match folder.has(native::POLICY) {
            true => folder.text(native::POLICY, MAX_POLICY_BYTES)?,
            false => service.policy(),
        };
        let models: ModelFiles = json_files(folder, ".", ".schema.json", MAX_MODEL_BYTES)?.collect();
        let forms = schemas_of_forms(native::SERVICE, metadata.data_types(), &models)?;
        let texts = match folder.has(native::TEXTS) {
            true => native::texts(read_json(folder, native::TEXTS, MAX_TEXTS_BYTES)?),
            false => TextResources::default(),
        };
        let layout_sets = match folder.has(native::LAYOUT) {
            true => vec![service.layout_set(&read_json(folder, native::LAYOUT, MAX_MODEL_BYTES)?)?],
            false => Vec::new(),
        };
        let models = models_of_forms(native::SERVICE, metadata.data_types(), &models)?;
        let form_files = FormFiles::read(folder, &models, layout_sets)?;
        let options = BTreeMap::new();
        let asks_for_owner_kind = asks(&process, &texts) || form_files.asks_for_owner_kind();
        Ok(Self {
            metadata,
            process,
            policy,
            texts,
            forms,
            form_files,
            options,
            asks_for_owner_kind,
            subscription: service.subscription,
        })
    }

    /// Who the app is, what its instances hold and who may own them.
    pub fn metadata(&self) -> &ApplicationMetadata {
        &self.metadata
    }

    /// The process of its instances.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The text of `policy.xml`, with its placeholders `[org]` and `[app]`.
    pub fn policy_xml(&self) -> &str {
        &self.policy
    }

    /// The texts, in every language.
    pub fn texts(&self) -> &TextResources {
        &self.texts
    }

    /// The rules of a form, by the id of its data type; none where the app has no schema for it.
    pub fn form_schema(&self, data_type: &str) -> Option<&FormSchema> {
        self.forms.get(data_type)
    }

    /// What is wrong with the data of a form; nothing is checked but that it is an object where the app has no schema.
    pub fn validate(&self, data_type: &str, data: &FormData) -> Vec<Issue> {
        self.form_schema(data_type).map(|schema| schema.validate_data(data)).unwrap_or_default()
    }

    /// What is wrong with a form by its rules that are expressions (`MODEL.validation.json`). The context holds the
    /// data, and the layouts that say what is hidden.
    pub fn rule_issues(&self, data_type: &str, context: &Context<'_>) -> Vec<Issue> {
        let Some(rules) = self.form_files.rules(data_type) else { return Vec::new() };
        let issues = rules.validate(data_type, context).into_iter();
        issues.map(|issue| issue.into_issue(&self.texts)).collect()
    }

    /// Every set of layouts, those of sub-forms included.
    pub fn layout_sets(&self) -> &[LayoutSet] {
        self.form_files.layout_sets()
    }

    /// The layouts of a task, or of what a stateless app opens on (`onEntry.show`): those of its own, else those that are
    /// for every task; none where the app has none.
    pub fn layouts_of(&self, task: &str) -> Option<&LayoutSet> {
        self.form_files.layouts_of(task)
    }

    /// The layouts of the forms that are filled in below a task's pages (`Subform`), any number of times each.
    pub fn sub_forms_of(&self, task: &str) -> impl Iterator<Item = &LayoutSet> {
        self.form_files.sub_forms_of(task)
    }

    /// The layouts of a data type that is filled in below a task's pages; none for any other.
    pub fn sub_form(&self, task: &str, data_type: &str) -> Option<&LayoutSet> {
        self.sub_forms_of(task).find(|set| set.data_type.as_deref() == Some(data_type))
    }

    /// What a form is filled in with when it is made; none where the app does not say.
    pub fn prefill(&self, data_type: &str) -> Option<&Prefill> {
        self.form_files.prefill(data_type)
    }

    /// How a form is written as XML: as its XSD says, else in the order of its JSON Schema.
    pub fn xml_model(&self, data_type: &str) -> Option<&XmlModel> {
        self.form_files.xml(data_type)
    }

    /// The settings that expressions and texts may read (`FrontEndSettings` of `appsettings.json`).
    pub fn frontend_settings(&self) -> &Value {
        self.form_files.frontend_settings()
    }

    /// Whether the data of what is hidden are removed when a task is done (`AppSettings:RemoveHiddenData`).
    pub fn removes_hidden_data(&self) -> bool {
        self.form_files.removes_hidden_data()
    }

    /// Whether an expression or a text looks at what kind of party owns an instance (`instanceOwnerPartyType`).
    pub(crate) fn asks_for_owner_kind(&self) -> bool {
        self.asks_for_owner_kind
    }

    /// How often it is to be sent in by those who are subscribed to it, where a `service.toml` states it.
    pub fn subscription_terms(&self) -> Option<SubscriptionTerms> {
        self.subscription
    }

    /// Every list of options, by its id.
    pub fn all_options(&self) -> &BTreeMap<String, Value> {
        &self.options
    }

    /// A list of options, by its id: what the file holds.
    pub fn options(&self, id: &str) -> Option<&Value> {
        self.options.get(id)
    }

    /// The choices of a list of options; none when there is no such list in the folder.
    pub fn choices(&self, id: &str) -> Option<Vec<Choice>> {
        read_choices(self.options(id)?)
    }

    /// What is wrong with the elements of an instance that stands in `task`; see [`check_elements`].
    pub fn check_elements(&self, task: &str, elements: &[ElementFacts]) -> Vec<Issue> {
        check_elements(self.metadata.data_types(), task, elements)
    }

    /// What loads, but will not do all that the folder says.
    pub fn remarks(&self) -> Vec<Remark> {
        let without_schema = |id: &str| !self.forms.contains_key(id);
        let forms = self.metadata.data_types().iter().filter_map(|data_type| {
            let class_ref = data_type.class_ref().filter(|_| without_schema(&data_type.id))?;
            Some(Remark::FormWithoutSchema {
                data_type: data_type.id.clone(),
                class_ref: class_ref.to_owned(),
            })
        });
        let tasks = self.process.tasks().filter_map(Remark::on_task);
        let metadata = &self.metadata;
        let unpublishable = metadata.service_id().is_err();
        let id = unpublishable.then(|| Remark::NotPublishable { id: metadata.id().to_owned() });
        let org = metadata.stated_org().filter(|org| *org != metadata.org());
        let org = org.map(|org| Remark::OrgDiffers { id: metadata.id().to_owned(), org: org.to_owned() });
        let layouts = self.form_files.faults();
        let layouts =
            layouts.map(|(set, fault)| Remark::Layout { set: set.to_owned(), fault: fault.clone() });
        id.into_iter().chain(org).chain(forms).chain(tasks).chain(layouts).collect()
    }
}

/// Whether a process or texts look at what kind of party owns an instance.
fn asks(process: &Process, texts: &TextResources) -> bool {
    let in_flows = process.flows().iter().filter_map(|flow| flow.condition.as_ref());
    let mut in_flows = in_flows.map(|condition| condition.source().to_string());
    in_flows.any(|text| text.contains(OWNER_KIND))
        || texts.variables().any(|variable| variable.key.contains(OWNER_KIND))
}

fn read_texts(folder: &AppFolder) -> Result<TextResources, DefinitionError> {
    let (prefix, suffix) = ("resource.", ".json");
    let mut texts = TextResources::default();
    for name in folder.names(TEXTS, prefix, suffix)? {
        let code = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
        let Some(Ok(language)) = code.map(str::parse) else { continue };
        let file = format!("{TEXTS}/{name}");
        texts.add(language, json_file(&file, &folder.text(&file, MAX_TEXTS_BYTES)?)?);
    }
    Ok(texts)
}

/// The JSON files of a folder whose names end so, with their names.
fn json_files(
    folder: &AppFolder,
    below: &str,
    suffix: &str,
    limit: u64,
) -> Result<impl Iterator<Item = (String, Value)>, DefinitionError> {
    let mut files = Vec::new();
    for name in folder.names(below, "", suffix)? {
        let file = format!("{below}/{name}");
        files.push((name, read_json(folder, &file, limit)?));
    }
    Ok(files.into_iter())
}

fn read_json<T: DeserializeOwned>(folder: &AppFolder, file: &str, limit: u64) -> Result<T, DefinitionError> {
    json_file(file, &folder.text(file, limit)?)
}
