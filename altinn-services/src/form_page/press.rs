//! Buttons: what they do, and what they send.

use uuid::Uuid;

/// Which button was pressed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Press {
    /// The form is stored, and the page shown again.
    #[default]
    Save,
    /// The form is stored, and the next page shown.
    Next,
    /// The form is stored, and the page before shown.
    Previous,
    /// The form is stored, and another page shown, by name.
    Page(String),
    /// The task is done, by its usual action.
    Submit,
    /// An action of the task is done: `sign`, `reject`, ...
    Action(String),
    /// A submission is begun by the button with this id on the page, with what is filled in there.
    Begin(String),
    /// The form is stored, and the page shown again with a document of what is filled in so far.
    Draft,
    /// A row is added to the repeating group with this id on the page.
    AddRow(String),
    /// A row of the repeating group with this id on the page is taken away.
    RemoveRow(String, usize),
    /// The form is stored with the files that were chosen; the data type of those at whose component it stands.
    Upload(String),
    /// The form is stored, and a file is taken away: the id of its data element.
    RemoveFile(String),
    /// The form is stored, and a form below the component with this id on the page begun.
    AddForm(String),
    /// The form is stored, and a form below it shown: the id of its data element.
    OpenForm(Uuid),
    /// The form is stored, and a form below it taken away: the id of its data element.
    RemoveForm(Uuid),
    /// A form below another is stored, and the other one shown.
    Close {
        /// Whether it stays open while something in it must be put right.
        checked: bool,
    },
}

impl Press {
    /// What a button sends.
    pub(super) fn to_value(&self) -> String {
        match self {
            Self::Save => "save".to_owned(),
            Self::Next => "next".to_owned(),
            Self::Previous => "previous".to_owned(),
            Self::Submit => "submit".to_owned(),
            Self::Draft => "draft".to_owned(),
            Self::Close { checked: false } => "close".to_owned(),
            Self::Close { checked: true } => "close-checked".to_owned(),
            Self::Page(name) => format!("page:{name}"),
            Self::Upload(data_type) => format!("upload:{data_type}"),
            Self::Action(action) => format!("action:{action}"),
            Self::Begin(id) => format!("begin:{id}"),
            Self::AddRow(group) => format!("add:{group}"),
            Self::RemoveRow(group, row) => format!("remove:{row}:{group}"),
            Self::RemoveFile(id) => format!("remove-file:{id}"),
            Self::AddForm(id) => format!("add-form:{id}"),
            Self::OpenForm(id) => format!("open-form:{id}"),
            Self::RemoveForm(id) => format!("remove-form:{id}"),
        }
    }

    pub(super) fn read(value: &str) -> Option<Self> {
        Some(match value.split_once(':') {
            None => match value {
                "save" => Self::Save,
                "next" => Self::Next,
                "previous" => Self::Previous,
                "submit" => Self::Submit,
                "draft" => Self::Draft,
                "close" => Self::Close { checked: false },
                "close-checked" => Self::Close { checked: true },
                _ => return None,
            },
            Some(("page", name)) => Self::Page(name.to_owned()),
            Some(("upload", data_type)) => Self::Upload(data_type.to_owned()),
            Some(("action", action)) => Self::Action(action.to_owned()),
            Some(("begin", id)) => Self::Begin(id.to_owned()),
            Some(("remove-file", id)) => Self::RemoveFile(id.to_owned()),
            Some(("add-form", id)) => Self::AddForm(id.to_owned()),
            Some(("open-form", id)) => Self::OpenForm(id.parse().ok()?),
            Some(("remove-form", id)) => Self::RemoveForm(id.parse().ok()?),
            Some(("add", group)) => Self::AddRow(group.to_owned()),
            Some(("remove", rest)) => {
                let (row, group) = rest.split_once(':')?;
                Self::RemoveRow(group.to_owned(), row.parse().ok()?)
            }
            Some(_) => return None,
        })
    }
}
