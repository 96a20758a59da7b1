//! The layouts of an app's tasks: `ui/*/layouts/*.json`.
//!
//! Three ways occur: `ui/layout-sets.json` says which folder is for which tasks and data type; without it a folder is
//! for the task whose name it has, and its `Settings.json` says the data type; and the oldest apps have one layout in
//! `ui/layouts`, for every task.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::app::OWNER_KIND;
use super::data_type::or_default;
use super::error::DefinitionError;
use super::folder::AppFolder;
use super::json_file;
use crate::expression::{LayoutError, Layouts, Page};

const UI: &str = "ui";
const SETS: &str = "ui/layout-sets.json";
/// The id of the only set of an older app.
const FOR_ALL: &str = "layouts";
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The layouts of one or more tasks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayoutSet {
    /// Its id: the name of its folder; `layouts` for the only set of an older app.
    pub id: String,
    /// The data type of the fields whose binding names none, where it says so.
    pub data_type: Option<String>,
    /// The tasks that it is for; none where it is a sub-form's, or for every task.
    pub tasks: Vec<String>,
    /// The pages, in the order in which they are shown.
    pub layouts: Layouts,
    /// The pages that are not shown in the form: the one of documents is among them.
    pub aside: Layouts,
    /// The page that documents show instead of the others.
    pub pdf_page: Option<String>,
    /// The pages that documents leave out.
    pub exclude_from_pdf: Vec<String>,
    /// The ids of the sets whose forms are filled in below a page of this one (`Subform`).
    pub(super) sub_forms: Vec<String>,
    /// What was passed over in the pages.
    pub(super) faults: Vec<LayoutError>,
    /// Where the files of the pages are.
    pub(super) files: BTreeMap<String, String>,
    /// Whether a page looks at what kind of party owns an instance.
    pub(super) asks_for_owner_kind: bool,
}

impl LayoutSet {
    /// Every page: those of the form in their order, then those aside.
    pub fn all_pages(&self) -> impl Iterator<Item = (&Layouts, &Page)> {
        let of = |layouts| Layouts::pages(layouts).iter().map(move |page| (layouts, page));
        of(&self.layouts).chain(of(&self.aside))
    }

    /// The page that documents show instead of the others (`pdfLayoutName`), and the layouts that it is of.
    pub fn document_page(&self) -> Option<(&Layouts, &Page)> {
        let name = self.pdf_page.as_deref()?;
        self.all_pages().find(|(_, page)| page.name == name)
    }

    /// The file of a page, as it lies below the `App` folder.
    pub fn file_of(&self, page: &Page) -> &str {
        self.files.get(&page.name).map_or("", String::as_str)
    }

    pub(super) fn is_for(&self, task: &str) -> bool {
        self.tasks.iter().any(|own| own == task)
    }

    pub(super) fn is_for_all(&self) -> bool {
        self.tasks.is_empty() && self.id == FOR_ALL
    }
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

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(default, deserialize_with = "or_default")]
    pages: PageSettings,
    #[serde(default)]
    default_data_type: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageSettings {
    #[serde(default, deserialize_with = "or_default")]
    order: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    groups: Vec<PageGroup>,
    #[serde(default, deserialize_with = "or_default")]
    exclude_from_pdf: Vec<String>,
    #[serde(default)]
    pdf_layout_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct PageGroup {
    #[serde(default, deserialize_with = "or_default")]
    order: Vec<String>,
}

/// Reads every set of layouts of an app; none when it has no layouts.
pub(super) fn read(folder: &AppFolder) -> Result<Vec<LayoutSet>, DefinitionError> {
    if !folder.names("ui/layouts", "", ".json")?.is_empty() {
        let entry = SetEntry { id: FOR_ALL.to_owned(), data_type: None, tasks: Vec::new() };
        return Ok(vec![read_set(folder, UI, entry)?]);
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
        if !folder.names(&format!("{place}/layouts"), "", ".json")?.is_empty() {
            sets.push(read_set(folder, &place, entry)?);
        }
    }
    Ok(sets)
}

fn read_set(folder: &AppFolder, place: &str, entry: SetEntry) -> Result<LayoutSet, DefinitionError> {
    let mut settings = Settings::default();
    if folder.names(place, "Settings", ".json")?.iter().any(|name| name == "Settings.json") {
        let file = format!("{place}/Settings.json");
        settings = json_file(&file, &folder.text(&file, MAX_BYTES)?)?;
    }
    let mut pages = BTreeMap::new();
    let mut files = BTreeMap::new();
    let mut asks_for_owner_kind = false;
    for name in folder.names(&format!("{place}/layouts"), "", ".json")? {
        let file = format!("{place}/layouts/{name}");
        let text = folder.text(&file, MAX_BYTES)?;
        asks_for_owner_kind |= text.contains(OWNER_KIND);
        let page: Value = json_file(&file, &text)?;
        let name = name.trim_end_matches(".json").to_owned();
        pages.insert(name.clone(), page);
        files.insert(name, file);
    }
    let Settings { pages: settings, default_data_type } = settings;
    let grouped = settings.groups.iter().flat_map(|group| &group.order);
    let order: Vec<&String> = settings.order.iter().chain(grouped).collect();
    let shown: Vec<(String, Value)> = match order.is_empty() {
        true => std::mem::take(&mut pages).into_iter().collect(),
        false => order.into_iter().filter_map(|name| pages.remove_entry(name)).collect(),
    };
    let read = Layouts::read_tolerant(shown.iter().map(|(name, page)| (name.as_str(), page)));
    let (layouts, mut faults) = read.map_err(|source| DefinitionError::Layout {
        file: format!("{place}/layouts"),
        source: Box::new(source),
    })?;
    let aside = read_aside(&pages, &mut faults);
    let sub_forms = layouts.components().iter().filter_map(|component| layouts.sub_form(component));
    let sub_forms = sub_forms.map(str::to_owned).collect();
    Ok(LayoutSet {
        id: entry.id,
        data_type: entry.data_type.or(default_data_type),
        tasks: entry.tasks,
        layouts,
        aside,
        pdf_page: settings.pdf_layout_name,
        exclude_from_pdf: settings.exclude_from_pdf,
        sub_forms,
        faults,
        files,
        asks_for_owner_kind,
    })
}

/// The pages that no order names: what is wrong there keeps nobody from filling in the form.
fn read_aside(pages: &BTreeMap<String, Value>, faults: &mut Vec<LayoutError>) -> Layouts {
    match Layouts::read_tolerant(pages.iter().map(|(name, page)| (name.as_str(), page))) {
        Ok((layouts, passed_over)) => {
            faults.extend(passed_over);
            layouts
        }
        Err(fault) => {
            faults.push(fault);
            Layouts::default()
        }
    }
}

/// The set with one page of a service that was made without Studio.
pub(super) fn of_one_page(
    file: &str,
    page: &Value,
    task: Option<&str>,
    data_type: Option<&str>,
) -> Result<LayoutSet, DefinitionError> {
    let name = "layout".to_owned();
    let (layouts, faults) = Layouts::read_tolerant([(name.as_str(), page)])
        .map_err(|source| DefinitionError::Layout { file: file.to_owned(), source: Box::new(source) })?;
    Ok(LayoutSet {
        id: name.clone(),
        data_type: data_type.map(str::to_owned),
        tasks: task.map(str::to_owned).into_iter().collect(),
        layouts,
        aside: Layouts::default(),
        pdf_page: None,
        exclude_from_pdf: Vec::new(),
        sub_forms: Vec::new(),
        faults,
        files: BTreeMap::from([(name, file.to_owned())]),
        asks_for_owner_kind: page.to_string().contains(OWNER_KIND),
    })
}
