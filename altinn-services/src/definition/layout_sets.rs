//! The layouts of an app's tasks: `ui/*/layouts/*.json`.
//!
//! Three ways occur: `ui/layout-sets.json` says which folder is for which tasks and data type; without it a folder is
//! for the task whose name it has, and its `Settings.json` says the data type; and the oldest apps have one layout in
//! `ui/layouts`, for every task.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::data_type::or_default;
use super::error::DefinitionError;
use super::folder::AppFolder;
use super::json_file;
use crate::expression::{LayoutError, Layouts};

const UI: &str = "ui";
const SETS: &str = "ui/layout-sets.json";
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The layouts of one or more tasks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayoutSet {
    /// Its id: the name of its folder.
    pub id: String,
    /// The data type that its fields are of, where it says so.
    pub data_type: Option<String>,
    /// The tasks that it is for; none for an app with one layout for all.
    pub tasks: Vec<String>,
    /// The pages, in the order in which they are shown.
    pub layouts: Layouts,
    /// What was passed over in them.
    pub(super) faults: Vec<LayoutError>,
}

#[derive(Debug, Deserialize)]
struct SetsFile {
    #[serde(default, deserialize_with = "or_default")]
    sets: Vec<SetEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetEntry {
    id: String,
    #[serde(default)]
    data_type: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    tasks: Vec<String>,
}

/// Reads every set of layouts of an app; none when it has no layouts.
pub(super) fn read(folder: &AppFolder) -> Result<Vec<LayoutSet>, DefinitionError> {
    let single = folder.names("ui/layouts", "", ".json")?;
    if !single.is_empty() {
        let (layouts, faults) = layouts_in(folder, UI, &order(folder, UI)?)?;
        return Ok(vec![LayoutSet {
            id: "layouts".to_owned(),
            data_type: None,
            tasks: Vec::new(),
            layouts,
            faults,
        }]);
    }
    let entries = match folder.names(UI, "layout-sets", ".json")?.is_empty() {
        false => json_file::<SetsFile>(SETS, &folder.text(SETS, MAX_BYTES)?)?.sets,
        true => folder
            .folders(UI)?
            .into_iter()
            .map(|name| SetEntry { id: name.clone(), data_type: None, tasks: vec![name] })
            .collect(),
    };
    let mut sets = Vec::new();
    for entry in entries {
        let place = format!("{UI}/{}", entry.id);
        if folder.names(&format!("{place}/layouts"), "", ".json")?.is_empty() {
            continue;
        }
        let settings = settings(folder, &place)?;
        let stated = settings.as_ref().and_then(|settings| settings.get("defaultDataType")?.as_str());
        let data_type = entry.data_type.or_else(|| stated.map(str::to_owned));
        let (layouts, faults) = layouts_in(folder, &place, &order_in(settings.as_ref()))?;
        sets.push(LayoutSet { id: entry.id, data_type, tasks: entry.tasks, layouts, faults });
    }
    Ok(sets)
}

fn settings(folder: &AppFolder, place: &str) -> Result<Option<Value>, DefinitionError> {
    if folder.names(place, "Settings", ".json")?.is_empty() {
        return Ok(None);
    }
    let file = format!("{place}/Settings.json");
    json_file(&file, &folder.text(&file, MAX_BYTES)?).map(Some)
}

fn order(folder: &AppFolder, place: &str) -> Result<Vec<String>, DefinitionError> {
    Ok(order_in(settings(folder, place)?.as_ref()))
}

/// The names of the pages, in order; none when all there are are shown.
fn order_in(settings: Option<&Value>) -> Vec<String> {
    let pages = settings.and_then(|settings| settings.get("pages"));
    let groups = pages.and_then(|pages| pages.get("groups")).and_then(Value::as_array).into_iter().flatten();
    let lists = pages.into_iter().chain(groups).filter_map(|part| part.get("order")?.as_array());
    lists.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn layouts_in(
    folder: &AppFolder,
    place: &str,
    order: &[String],
) -> Result<(Layouts, Vec<LayoutError>), DefinitionError> {
    let mut files = BTreeMap::new();
    for name in folder.names(&format!("{place}/layouts"), "", ".json")? {
        let file = format!("{place}/layouts/{name}");
        let page: Value = json_file(&file, &folder.text(&file, MAX_BYTES)?)?;
        files.insert(name.trim_end_matches(".json").to_owned(), page);
    }
    let all: Vec<String> = files.keys().cloned().collect();
    let order = if order.is_empty() { &all } else { order };
    let pages = order.iter().filter_map(|name| files.get_key_value(name.as_str()));
    Layouts::read_tolerant(pages.map(|(name, page)| (name.as_str(), page))).map_err(|source| {
        DefinitionError::Layout { file: format!("{place}/layouts"), source: Box::new(source) }
    })
}
