//! `ui/`: which pages are shown in which task.
//!
//! Three forms occur: folders that `layout-sets.json` assigns to tasks; folders that have the name of their task; and
//! one set of pages, for every task, in `ui/layouts`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::data_type::or_default;
use super::error::DefinitionError;
use super::folder::AppFolder;
use super::json_file;

const UI: &str = "ui";
const SETS: &str = "ui/layout-sets.json";
const MAX_UI_BYTES: u64 = 5 * 1024 * 1024;

/// The pages that are shown in some tasks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PageSet {
    /// The id: the name of its folder; `layouts` for the only set of an older app.
    pub id: String,
    /// The tasks, by id; none where the set is a sub-form's, or is for every task.
    pub tasks: Vec<String>,
    /// The data type of the fields whose binding names none.
    pub data_type: Option<String>,
    /// The pages, in the order in which they are shown.
    pub pages: Vec<UiPage>,
    /// The page that documents show instead of the others.
    pub pdf_page: Option<String>,
    /// The pages that documents leave out.
    pub exclude_from_pdf: Vec<String>,
}

/// A page.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UiPage {
    /// The name: that of its file.
    pub name: String,
    /// The file, as it lies below the `App` folder.
    pub file: String,
    /// What the file holds; components stand in `data.layout`.
    pub layout: Value,
}

impl UiPage {
    /// The components of the page, in their order.
    pub fn components(&self) -> impl Iterator<Item = &Value> {
        self.layout.pointer("/data/layout").and_then(Value::as_array).into_iter().flatten()
    }
}

#[derive(Debug, Default, Deserialize)]
struct SetsFile {
    #[serde(default, deserialize_with = "or_default")]
    sets: Vec<Set>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Set {
    id: String,
    #[serde(default)]
    data_type: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    tasks: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(default, deserialize_with = "or_default")]
    pages: Pages,
    #[serde(default)]
    default_data_type: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pages {
    #[serde(default, deserialize_with = "or_default")]
    order: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    groups: Vec<PageGroup>,
    #[serde(default, deserialize_with = "or_default")]
    exclude_from_pdf: Vec<String>,
    #[serde(default)]
    pdf_layout_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PageGroup {
    #[serde(default, deserialize_with = "or_default")]
    order: Vec<String>,
}

/// Reads the sets of pages of an app; none when it has no `ui`.
pub(super) fn read_ui(folder: &AppFolder, tasks: &[&str]) -> Result<Vec<PageSet>, DefinitionError> {
    let listed = match folder.names(UI, "layout-sets", ".json")?.is_empty() {
        true => None,
        false => Some(json_file::<SetsFile>(SETS, &folder.text(SETS, MAX_UI_BYTES)?)?.sets),
    };
    let mut sets = Vec::new();
    if let Some(listed) = listed {
        for set in listed {
            sets.push(read_set(folder, &format!("{UI}/{}", set.id), set)?);
        }
        return Ok(sets);
    }
    for id in folder.folders(UI)? {
        let of_task = tasks.contains(&id.as_str());
        let below = if id == "layouts" { UI.to_owned() } else { format!("{UI}/{id}") };
        let tasks = if of_task { vec![id.clone()] } else { Vec::new() };
        sets.push(read_set(folder, &below, Set { id, data_type: None, tasks })?);
    }
    Ok(sets)
}

fn read_set(folder: &AppFolder, below: &str, set: Set) -> Result<PageSet, DefinitionError> {
    let mut settings = Settings::default();
    if folder.names(below, "Settings", ".json")?.iter().any(|name| name == "Settings.json") {
        let file = format!("{below}/Settings.json");
        settings = json_file(&file, &folder.text(&file, MAX_UI_BYTES)?)?;
    }
    let mut files = BTreeMap::new();
    for name in folder.names(&format!("{below}/layouts"), "", ".json")? {
        let file = format!("{below}/layouts/{name}");
        let layout = json_file(&file, &folder.text(&file, MAX_UI_BYTES)?)?;
        let name = name.trim_end_matches(".json").to_owned();
        files.insert(name.clone(), UiPage { name, file, layout });
    }
    let grouped = settings.pages.groups.iter().flat_map(|group| &group.order);
    let order: Vec<&String> = settings.pages.order.iter().chain(grouped).collect();
    let mut pages: Vec<UiPage> = order.into_iter().filter_map(|name| files.remove(name)).collect();
    // Pages that no order names come last: the page of documents is one of them.
    pages.extend(files.into_values());
    Ok(PageSet {
        id: set.id,
        tasks: set.tasks,
        data_type: set.data_type.or(settings.default_data_type),
        pages,
        pdf_page: settings.pages.pdf_layout_name,
        exclude_from_pdf: settings.pages.exclude_from_pdf,
    })
}
