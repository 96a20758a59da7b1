//! The pages of a form as they are to be shown now: what a portal renders, whatever it renders with.

use std::fmt;

use serde_json::{Map, Value};

use super::attachments::Attachments;
use super::geometry::GeometryFormat;
use super::instantiation::FilledIn;
use super::likert::Likert;
use super::limits::Limits;
use super::rich_text::RichText;
use super::sub_forms::SubForms;
use super::summary::Summary;
use super::time_of_day::TimeOfDay;
use crate::form::{Issue, IssueCode, Severity, wording};

/// The pages of a form that are shown, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct FormPages {
    /// The pages.
    pub pages: Vec<FormPage>,
    /// What is wrong with the form as a whole, or with fields that are on no page.
    pub issues: Vec<Notice>,
}

/// A page of a form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FormPage {
    /// Its name: that of its file.
    pub name: String,
    /// What it is called.
    pub title: RichText,
    /// What stands on it, in reading order.
    pub items: Vec<Item>,
    /// Whether nobody goes on from it while something on it must be put right.
    pub is_checked: bool,
}

/// Something on a page: a component, in one row of each repeating group around it. What is hidden is not there.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Item {
    /// Its id on the page: the component's, with the rows that it is in (`kind-of-income-2`).
    pub id: String,
    /// The kind of component, as the layout spells it.
    pub kind: String,
    /// What it shows.
    pub content: Content,
}

/// What a component shows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// A heading, from level 2 (the largest on a page) to 6.
    Heading {
        /// The level.
        level: u8,
        /// The text.
        text: RichText,
    },
    /// A text to read.
    Text(RichText),
    /// A text that stands out.
    Panel {
        /// How it stands out.
        severity: Severity,
        /// Its heading.
        title: Option<RichText>,
        /// What it says.
        body: RichText,
    },
    /// A field to fill in, or to read.
    Field(Box<Field>),
    /// Components that belong together.
    Group(Group),
    /// A repeating group.
    Rows(Rows),
    /// Forms below the page.
    SubForms(SubForms),
    /// What was filled in elsewhere, and facts of the case.
    Summary(Summary),
    /// Files that belong to the form.
    Attachments(Attachments),
    /// Questions that are answered by the same options.
    Likert(Likert),
    /// A picture: what it shows, and where it is when that is elsewhere.
    Image {
        /// What it shows, in words.
        alternative: String,
        /// The `https` address of one that stands elsewhere.
        address: Option<String>,
    },
    /// HTML of the app's own, to be shown apart from the page, where nothing in it runs.
    Frame {
        /// The HTML, as the app has it: not escaped, and not to be trusted.
        html: String,
    },
    /// A button.
    Button(Button),
    /// Buttons to the page before and after.
    PageButtons {
        /// The text of the button to the page before; none without one.
        previous: Option<String>,
        /// The text of the button to the next page; none without one.
        next: Option<String>,
    },
    /// The list of pages.
    PageList,
    /// A component that is not rendered: what there is of text in it.
    NotRendered {
        /// Its title.
        title: Option<RichText>,
    },
}

/// A field, with what it holds.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// The name that it is sent back under, the same whenever the form is rendered.
    pub name: String,
    /// The data type that it is in.
    pub data_type: String,
    /// Where in it, as a JSON pointer; none for a field that is bound to nothing.
    pub pointer: Option<String>,
    /// How it is filled in.
    pub control: Control,
    /// What it is called.
    pub label: RichText,
    /// What is said below the label.
    pub description: Option<RichText>,
    /// What is said to those who ask for help.
    pub help: Option<RichText>,
    /// What it holds; null when it is not filled in.
    pub value: Value,
    /// What it holds, as it is shown: labels of options, dates and numbers in the user's language.
    pub shown: String,
    /// What can be chosen.
    pub options: Vec<FieldOption>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it says that it need not be filled in, where it need not.
    pub says_optional: bool,
    /// Whether it can only be read.
    pub read_only: bool,
    /// What the browser may fill in by itself, as HTML's `autocomplete` says it.
    pub autocomplete: Option<String>,
    /// The most characters that it takes.
    pub max_length: Option<u64>,
    /// How early and how late it may be, of a date or a time of day.
    pub limits: Option<Limits>,
    /// What is wrong with it.
    pub issues: Vec<Notice>,
    /// How its value is written in the data.
    pub(super) written: Written,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Control {
    /// A line of text.
    Line,
    /// An e-mail address.
    Email,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A text of several lines.
    Lines,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// One of several, from a list that opens.
    Dropdown,
    /// One of several, all shown.
    Radio,
    /// Any of several.
    Checkboxes,
}

/// How a value is written in the data, by its JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Written {
    /// As text; several with commas between.
    #[default]
    Text,
    /// As a whole number.
    Integer,
    /// As a number.
    Number,
    /// As true or false.
    Boolean,
    /// As a list of texts.
    List,
    /// As text: a date with a time of day.
    Timestamp,
    /// As text: a time of day.
    Time(TimeOfDay),
    /// As text: what is drawn on a map.
    Geometry(GeometryFormat),
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldOption {
    /// What is stored.
    pub value: Value,
    /// What is shown.
    pub label: RichText,
    /// More about it.
    pub description: Option<RichText>,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Components that belong together.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Group {
    /// What the group is called.
    pub title: Option<RichText>,
    /// What is said below it.
    pub description: Option<RichText>,
    /// Whether it is folded up until somebody opens it.
    pub folds: bool,
    /// What is in it.
    pub items: Vec<Item>,
}

/// A repeating group with its rows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rows {
    /// What the group is called.
    pub title: Option<RichText>,
    /// What is said below it.
    pub description: Option<RichText>,
    /// The data type that its rows are in.
    pub data_type: String,
    /// Where in it, as a JSON pointer.
    pub pointer: Option<String>,
    /// The rows that are shown.
    pub rows: Vec<Row>,
    /// What stands before and after the rows.
    pub beside: Vec<Item>,
    /// Whether a row may be added.
    pub can_add: bool,
    /// What a row begins as.
    pub(super) new_row: Map<String, Value>,
    /// The fewest rows that there must be.
    pub min: u64,
    /// The text of the button that adds a row, where the app has one.
    pub add_label: Option<String>,
    /// What is wrong with the group.
    pub issues: Vec<Notice>,
}

/// A row of a repeating group.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// Its place in the data, from 0.
    pub index: usize,
    /// What is in it.
    pub items: Vec<Item>,
    /// Whether it may be taken away.
    pub can_remove: bool,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What it does.
    pub purpose: Purpose,
    /// Whether it is the one that is pressed usually.
    pub primary: bool,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Goes on to the next task by its usual action.
    Submit,
    /// Stores the form.
    Save,
    /// Does an action of the task: `sign`, `reject`, ...
    Action(String),
    /// Begins a submission, in which fields of this form are filled in already.
    Begin(FilledIn),
    /// Stores the form, and offers a document of what is filled in so far, marked as a draft.
    Draft,
    /// Stores the form, and shows the next page.
    Next,
    /// Stores the form, and shows the page before.
    Previous,
    /// Stores the form, and shows the page of this name.
    Page(String),
    /// Stores a form below another, and shows the other one.
    Close {
        /// Whether it stays open while something in it must be put right.
        checked: bool,
    },
}

/// Something that is wrong, in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// Whether it stands in the way.
    pub severity: Severity,
    /// What is said.
    pub text: String,
}

impl FormPages {
    /// A page by its name.
    pub fn page(&self, name: &str) -> Option<&FormPage> {
        self.pages.iter().find(|page| page.name == name)
    }

    /// The page before a page.
    pub fn before(&self, name: &str) -> Option<&FormPage> {
        let at = self.place_of(name)?.checked_sub(1)?;
        self.pages.get(at)
    }

    /// The page after a page.
    pub fn after(&self, name: &str) -> Option<&FormPage> {
        self.pages.get(self.place_of(name)? + 1)
    }

    fn place_of(&self, name: &str) -> Option<usize> {
        self.pages.iter().position(|page| page.name == name)
    }

    /// What the pages ask for and the form does not keep, with the data type: fields that must be filled in, groups with too
    /// few rows, dates, times and geometries that are none or outside of their limits, and files that nobody has said what they
    /// are. The layouts say so, where a schema may not.
    pub fn unmet(&self) -> Vec<(String, Issue)> {
        let items = self.pages.iter().flat_map(FormPage::all_items);
        items
            .flat_map(|item| match &item.content {
                Content::Field(field) => field.unmet().map(|issue| vec![(field.data_type.clone(), issue)]),
                Content::Rows(rows) => rows.unmet().map(|issue| vec![(rows.data_type.clone(), issue)]),
                Content::Attachments(files) => Some(files.unmet()),
                _ => None,
            })
            .flatten()
            .collect()
    }
}

impl FormPage {
    /// Everything on the page, what is in groups and rows included.
    pub fn all_items(&self) -> Vec<&Item> {
        let mut all = Vec::new();
        collect(&self.items, &mut all);
        all
    }

    /// Whether a button on it leads back to the page above.
    pub(super) fn closes(&self) -> bool {
        self.has_button(|purpose| matches!(purpose, Purpose::Close { .. }))
    }

    /// Whether it has a button of its own that does this.
    pub(super) fn has_button(&self, does: impl Fn(&Purpose) -> bool) -> bool {
        let items = self.all_items();
        items.iter().any(|item| matches!(&item.content, Content::Button(button) if does(&button.purpose)))
    }

    /// Whether something on it must be put right.
    pub fn is_wrong(&self) -> bool {
        let is_error = |notices: &[Notice]| notices.iter().any(|notice| notice.severity == Severity::Error);
        self.all_items().iter().any(|item| match &item.content {
            Content::Field(field) => is_error(&field.issues),
            Content::Rows(rows) => is_error(&rows.issues),
            Content::Attachments(files) => {
                is_error(&files.issues) || files.files.iter().any(|file| is_error(&file.issues))
            }
            Content::SubForms(list) => is_error(&list.issues) || list.forms.iter().any(|form| form.is_wrong),
            _ => false,
        })
    }

    /// The files on the page that nobody has said what they are, though it is asked for.
    #[cfg(feature = "axum")]
    pub(crate) fn untagged(&self) -> Vec<(String, Issue)> {
        let items = self.all_items().into_iter();
        let lists = items.filter_map(|item| match &item.content {
            Content::Attachments(files) => Some(files),
            _ => None,
        });
        lists.flat_map(Attachments::unmet).collect()
    }

    /// The fields on the page.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.all_items().into_iter().filter_map(|item| match &item.content {
            Content::Field(field) => Some(&**field),
            _ => None,
        })
    }
}

fn collect<'i>(items: &'i [Item], all: &mut Vec<&'i Item>) {
    for item in items {
        all.push(item);
        match &item.content {
            Content::Group(group) => collect(&group.items, all),
            Content::Likert(likert) => collect(&likert.questions, all),
            Content::Rows(rows) => {
                collect(&rows.beside, all);
                rows.rows.iter().for_each(|row| collect(&row.items, all));
            }
            _ => {}
        }
    }
}

impl Field {
    /// What is asked for and not kept.
    fn unmet(&self) -> Option<Issue> {
        if self.required && self.is_empty() {
            let pointer = self.pointer.clone()?;
            return Some(Issue::error(IssueCode::Required, pointer, wording::required()));
        }
        self.outside_limits()
    }

    /// Whether nothing is filled in.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        }
    }
}

impl Rows {
    fn unmet(&self) -> Option<Issue> {
        let has_too_few = (self.rows.len() as u64) < self.min;
        let pointer = self.pointer.clone().filter(|_| has_too_few)?;
        Some(Issue::error(IssueCode::TooFew, pointer, wording::at_least(self.min)))
    }
}

impl fmt::Debug for Field {
    /// Leaves out what was filled in: it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("name", &self.name)
            .field("control", &self.control)
            .field("required", &self.required)
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}
