//! The rules of data types: how many elements, how large, of which content type.

use altinn_core::Text;

use super::data_type::DataType;
use crate::form::wording::text;
use crate::form::{Issue, IssueCode, content_fits};
use crate::submission::FileScanResult;

/// What the rules need to know of an element that an instance holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementFacts {
    /// The id of its data type.
    pub data_type: String,
    /// Its content type, as stored.
    pub content_type: String,
    /// Its size, in bytes.
    pub size: u64,
    /// What a scan for malware found in it.
    pub file_scan: FileScanResult,
}

/// What is wrong with the elements of an instance that stands in `task`, by the rules of the data types.
///
/// Counts are checked for the data types of the task; size and content type for every element. The path of an issue
/// is `/{data type}` or `/{data type}/{index}`, the index counted among the elements of that type. Forms
/// are kept as JSON, so that `application/json` is allowed for them beside what the data type says.
///
/// ```
/// use altinn_services::definition::{ApplicationMetadata, check_elements};
///
/// let metadata = ApplicationMetadata::parse("applicationmetadata.json", r#"{"id": "ttd/a", "org": "ttd",
///     "dataTypes": [{"id": "plan", "taskId": "Task_1", "minCount": 1, "maxCount": 1}]}"#)?;
/// let issues = check_elements(metadata.data_types(), "Task_1", &[]);
/// assert_eq!(issues[0].code.as_str(), "ELEMENT-MISSING");
/// # Ok::<(), altinn_services::definition::DefinitionError>(())
/// ```
pub fn check_elements(data_types: &[DataType], task: &str, elements: &[ElementFacts]) -> Vec<Issue> {
    let of_task = data_types.iter().filter(|data_type| data_type.task_id.as_deref() == Some(task));
    let mut issues: Vec<Issue> = of_task.filter_map(|data_type| check_count(data_type, elements)).collect();
    for data_type in data_types {
        let of_type = elements.iter().filter(|element| element.data_type == data_type.id);
        issues.extend(
            of_type.enumerate().flat_map(|(index, element)| check_element(data_type, index, element)),
        );
    }
    let known =
        |element: &&ElementFacts| data_types.iter().any(|data_type| data_type.id == element.data_type);
    issues.extend(elements.iter().filter(|element| !known(element)).map(|element| {
        Issue::error(IssueCode::ElementUnknownType, pointer(&element.data_type), unknown_type())
    }));
    issues
}

/// What is wrong with an element that is to be added to so many of its data type that are there: besides its size and
/// content type, that there are enough, or that it holds something else than its content type says.
pub(crate) fn check_new_element(
    data_type: &DataType,
    present: usize,
    element: &ElementFacts,
    content: &[u8],
) -> Vec<Issue> {
    let path = pointer(&data_type.id);
    let mut issues = check_element(data_type, present, element);
    issues.extend(check_room(data_type, present).err());
    if !content_fits(&element.content_type, content) {
        let path = format!("{path}/{present}");
        issues.push(Issue::error(IssueCode::ElementContentDiffers, path, other_content()));
    }
    issues
}

/// Whether there is room for one more element beside so many of its data type.
pub(crate) fn check_room(data_type: &DataType, present: usize) -> Result<(), Issue> {
    if data_type.max_count > 0 && present as u64 >= data_type.max_count {
        let detail = too_many(data_type.max_count);
        return Err(Issue::error(IssueCode::ElementTooMany, pointer(&data_type.id), detail));
    }
    Ok(())
}

fn check_count(data_type: &DataType, elements: &[ElementFacts]) -> Option<Issue> {
    let present = elements.iter().filter(|element| element.data_type == data_type.id).count() as u64;
    let path = pointer(&data_type.id);
    if present < data_type.min_count {
        return Some(Issue::error(IssueCode::ElementMissing, path, too_few(data_type.min_count)));
    }
    let too_many_present = data_type.max_count > 0 && present > data_type.max_count;
    too_many_present.then(|| Issue::error(IssueCode::ElementTooMany, path, too_many(data_type.max_count)))
}

fn check_element(data_type: &DataType, index: usize, element: &ElementFacts) -> Vec<Issue> {
    let path = format!("{}/{index}", pointer(&data_type.id));
    let mut issues = Vec::new();
    if data_type.max_bytes().is_some_and(|limit| element.size > limit) {
        issues.push(Issue::error(IssueCode::ElementTooLarge, path.clone(), too_large(data_type.max_size)));
    }
    let is_form_as_json = data_type.is_form() && element.content_type.starts_with("application/json");
    match element.file_scan {
        FileScanResult::Infected => {
            issues.push(Issue::error(IssueCode::ElementInfected, path.clone(), infected()));
        }
        FileScanResult::Pending if data_type.validation_error_on_pending_file_scan => {
            issues.push(Issue::error(IssueCode::ElementScanPending, path.clone(), scan_pending()));
        }
        _ => {}
    }
    if !is_form_as_json && !data_type.allows_content_type(&element.content_type) {
        let detail = wrong_content_type(&data_type.allowed_content_types);
        issues.push(Issue::error(IssueCode::ElementContentType, path, detail));
    }
    issues
}

fn pointer(id: &str) -> String {
    format!("/{}", id.replace('~', "~0").replace('/', "~1"))
}

fn too_few(least: u64) -> Text {
    text(
        format!("Det må være minst {least} av dette vedlegget eller skjemaet."),
        format!("Det må vere minst {least} av dette vedlegget eller skjemaet."),
        format!("There must be at least {least} of this attachment or form."),
    )
}

fn too_many(most: u64) -> Text {
    text(
        format!("Det kan være høyst {most} av dette vedlegget eller skjemaet."),
        format!("Det kan vere høgst {most} av dette vedlegget eller skjemaet."),
        format!("There may be at most {most} of this attachment or form."),
    )
}

fn too_large(megabytes: u64) -> Text {
    text(
        format!("Filen kan være høyst {megabytes} MB."),
        format!("Fila kan vere høgst {megabytes} MB."),
        format!("The file may be at most {megabytes} MB."),
    )
}

fn wrong_content_type(allowed: &[String]) -> Text {
    let listed = allowed.join(", ");
    text(
        format!("Filen må være av en av typene {listed}."),
        format!("Fila må vere av ein av typane {listed}."),
        format!("The file must be of one of the types {listed}."),
    )
}

fn other_content() -> Text {
    text(
        "Filen inneholder noe annet enn det filtypen sier.",
        "Fila inneheld noko anna enn det filtypen seier.",
        "The file holds something else than its type says.",
    )
}

fn infected() -> Text {
    text(
        "Det er funnet skadelig programvare i filen.",
        "Det er funne skadeleg programvare i fila.",
        "Malware was found in the file.",
    )
}

fn scan_pending() -> Text {
    text(
        "Filen er ikke ferdig kontrollert for skadelig programvare. Vent litt.",
        "Fila er ikkje ferdig kontrollert for skadeleg programvare. Vent litt.",
        "The file is still being checked for malware. Wait a moment.",
    )
}

fn unknown_type() -> Text {
    text(
        "Skjemaet har ikke denne typen vedlegg.",
        "Skjemaet har ikkje denne typen vedlegg.",
        "The form has no attachment of this kind.",
    )
}
