//! Files that belong to a form, and what somebody has said that each of them is.

use serde_json::Value;

use super::model::{Content, FieldOption, Notice};
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use super::summary::{Summary, SummaryPart};
use crate::definition::DataType;
use crate::form::{Issue, IssueCode, wording};

/// Files that belong to the form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Attachments {
    /// What they are called.
    pub title: RichText,
    /// What is said below the title.
    pub description: Option<RichText>,
    /// The data type of the files.
    pub data_type: String,
    /// The files that are there.
    pub files: Vec<Attachment>,
    /// What each file is said to be (`FileUploadWithTag`); none where nobody is asked.
    pub tags: Option<FileTags>,
    /// The fewest files that there must be.
    pub min: u64,
    /// The most files that there may be.
    pub max: u64,
    /// The ends of names that are accepted (`.pdf`); none: any.
    pub endings: Vec<String>,
    /// Whether files can only be read.
    pub read_only: bool,
    /// What is wrong with them.
    pub issues: Vec<Notice>,
}

/// A file of the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attachment {
    /// The id of its data element.
    pub id: String,
    /// Its data type.
    pub data_type: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// What it is said to be: the first tag of its data element.
    pub tag: Option<String>,
    /// What is wrong with it.
    pub issues: Vec<Notice>,
}

/// What files may be said to be, each one of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FileTags {
    /// What the choice is called.
    pub label: RichText,
    /// What can be chosen: the tags. None is marked as chosen, since each file has its own.
    pub options: Vec<FieldOption>,
}

impl Attachment {
    /// A file by the id of its data element, its data type, its name and its size in bytes.
    pub fn new(
        id: impl Into<String>,
        data_type: impl Into<String>,
        name: impl Into<String>,
        bytes: usize,
    ) -> Self {
        let (id, data_type, name) = (id.into(), data_type.into(), name.into());
        Self { id, data_type, name, bytes, tag: None, issues: Vec::new() }
    }

    /// With what it is said to be.
    #[must_use]
    pub fn with_tag(mut self, tag: Option<String>) -> Self {
        self.tag = tag;
        self
    }
}

impl FileTags {
    /// Whether a tag can be chosen.
    pub fn offers(&self, tag: &str) -> bool {
        self.options.iter().any(|option| option.value.as_str() == Some(tag))
    }

    /// What a tag is called; the tag itself where it can not be chosen any more.
    pub fn label_of(&self, tag: &str) -> String {
        let option = self.options.iter().find(|option| option.value.as_str() == Some(tag));
        option.map_or_else(|| tag.to_owned(), |option| option.label.to_plain())
    }
}

impl Attachments {
    /// Whether a file of this name may be one of them.
    pub fn takes(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.endings.is_empty() || self.endings.iter().any(|ending| name.ends_with(&ending.to_lowercase()))
    }

    /// A file with what it is said to be behind its name.
    pub(super) fn named(&self, file: &Attachment) -> String {
        match (&self.tags, &file.tag) {
            (Some(tags), Some(tag)) => format!("{} ({})", file.name, tags.label_of(tag)),
            _ => file.name.clone(),
        }
    }

    /// The limits that the data type itself sets.
    pub(super) fn within(mut self, data_type: Option<&DataType>) -> Self {
        if let Some(data_type) = data_type.filter(|data_type| data_type.max_count > 0) {
            self.max = self.max.min(data_type.max_count);
        }
        self
    }

    /// The files that nobody has said what they are, though it is asked for.
    pub(super) fn unmet(&self) -> Vec<(String, Issue)> {
        let Some(tags) = self.tags.as_ref().filter(|_| !self.read_only) else { return Vec::new() };
        let is_said = |file: &Attachment| file.tag.as_deref().is_some_and(|tag| tags.offers(tag));
        let unsaid = self.files.iter().filter(|file| !is_said(file));
        let issue = |file: &Attachment| {
            let issue = Issue::error(IssueCode::Required, pointer_to(file), wording::untagged());
            (self.data_type.clone(), issue)
        };
        unsaid.map(issue).collect()
    }
}

/// Where what is wrong with a file stands among what is wrong with its data type.
fn pointer_to(file: &Attachment) -> String {
    format!("/{}", file.id)
}

impl Resolver<'_, '_> {
    /// `FileUpload` and `FileUploadWithTag`.
    pub(super) fn attachments(&self, at: At<'_>) -> Content {
        let id = at.component.id.as_str();
        let number = |name: &str| self.property(at, name).and_then(Value::as_u64);
        let files = self.view.attachments.iter().filter(|file| file.data_type == id).cloned();
        let with_issues =
            |file: Attachment| Attachment { issues: self.issues_at(id, &pointer_to(&file)), ..file };
        let attachments = Attachments {
            title: self.text(at, "title").unwrap_or_else(|| RichText::plain(self.view.words().files())),
            description: self.text(at, "description"),
            data_type: id.to_owned(),
            files: files.map(with_issues).collect(),
            tags: self.file_tags(at),
            min: number("minNumberOfAttachments").unwrap_or(0),
            max: number("maxNumberOfAttachments").unwrap_or(u64::MAX),
            endings: self.endings(at),
            read_only: self.view.only_reads(id) || self.is_true(at.component.read_only.as_ref(), at, true),
            issues: self.issues_at(id, ""),
        };
        Content::Attachments(attachments.within(self.view.app.metadata().data_type(id)))
    }

    /// The ends of names that a component takes, as a text with commas or as a list.
    fn endings(&self, at: At<'_>) -> Vec<String> {
        let listed = |value: &Value| match value {
            Value::String(list) => list.split(',').map(|ending| ending.trim().to_owned()).collect(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let endings: Vec<String> = self.property(at, "validFileEndings").map(listed).unwrap_or_default();
        let with_dot = endings.into_iter().filter(|ending| !ending.is_empty());
        with_dot.map(|ending| format!(".{}", ending.trim_start_matches('.'))).collect()
    }

    /// What each file may be said to be; none where nothing can be chosen.
    fn file_tags(&self, at: At<'_>) -> Option<FileTags> {
        let asks = at.component.kind.eq_ignore_ascii_case("FileUploadWithTag");
        let options = if asks { self.options(at, &Value::Null) } else { Vec::new() };
        let label = self.text(at, "tagTitle");
        let label = label.unwrap_or_else(|| RichText::plain(self.view.words().kind_of_file()));
        (!options.is_empty()).then_some(FileTags { label, options })
    }

    /// `AttachmentList`.
    pub(super) fn file_list(&self, at: At<'_>) -> Content {
        let listed = self.property(at, "dataTypeIds").and_then(Value::as_array);
        let is_listed =
            |data_type: &str| listed.is_none_or(|ids| ids.iter().any(|id| id.as_str() == Some(data_type)));
        let files = self.view.attachments.iter().filter(|file| is_listed(&file.data_type));
        let names = files.map(|file| SummaryPart::Entry {
            label: self.view.words().files().to_owned(),
            value: file.name.clone(),
        });
        Content::Summary(Summary { title: self.text(at, "title"), parts: names.collect() })
    }
}
