//! Which kinds of components are rendered.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::definition::AppDefinition;
use crate::expression::Component;

/// The kinds of components that are rendered, each by what it is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Heading,
    Text,
    Link,
    Panel,
    Line,
    Lines,
    Date,
    Time,
    Dropdown,
    Radio,
    Checkboxes,
    Shown,
    Address,
    Person,
    Organization,
    Map,
    Shapes,
    ListToAddTo,
    Custom,
    Group,
    Folded,
    Rows,
    Files,
    FileList,
    Submit,
    Action,
    Instantiation,
    Draft,
    PageButtons,
    PageList,
    Summary,
    SummaryOf,
    Facts,
    Payment,
    Likert,
    List,
    CustomButton,
    Image,
    Frame,
    SubForms,
    Media,
    Table,
    Signees,
    SignedFiles,
    SigningActions,
    Nothing,
}

impl Kind {
    /// The kind of a component; none for one that is not rendered.
    pub(super) fn of(component: &Component) -> Option<Self> {
        if component.is_repeating() {
            return Some(Self::Rows);
        }
        Some(match component.kind.to_ascii_lowercase().as_str() {
            "header" | "heading" => Self::Heading,
            "paragraph" | "text" => Self::Text,
            "link" => Self::Link,
            "panel" | "alert" => Self::Panel,
            "input" => Self::Line,
            "textarea" => Self::Lines,
            "datepicker" => Self::Date,
            "timepicker" => Self::Time,
            "dropdown" => Self::Dropdown,
            "radiobuttons" => Self::Radio,
            "checkboxes" | "multipleselect" => Self::Checkboxes,
            "number" | "date" | "option" => Self::Shown,
            "address" | "addresscomponent" => Self::Address,
            "personlookup" => Self::Person,
            "organisationlookup" => Self::Organization,
            "map" if component.bindings.contains_key("geometries") => Self::Shapes,
            "map" if component.simple_binding().is_some() => Self::Map,
            "addtolist" => Self::ListToAddTo,
            "custom" => Self::Custom,
            "group" | "buttongroup" | "accordiongroup" | "cards" | "grid" | "tabs" => Self::Group,
            "accordion" => Self::Folded,
            "fileupload" | "fileuploadwithtag" | "imageupload" => Self::Files,
            "attachmentlist" => Self::FileList,
            "button" => Self::Submit,
            "actionbutton" => Self::Action,
            "instantiationbutton" => Self::Instantiation,
            // A document of it is written by feature `pdf`.
            "pdfpreviewbutton" if cfg!(feature = "pdf") => Self::Draft,
            "navigationbuttons" => Self::PageButtons,
            "navigationbar" => Self::PageList,
            "summary" => Self::Summary,
            "summary2" => Self::SummaryOf,
            "instanceinformation" => Self::Facts,
            "payment" | "paymentdetails" => Self::Payment,
            "likert" => Self::Likert,
            "list" => Self::List,
            "custombutton" => Self::CustomButton,
            "image" => Self::Image,
            "video" | "audio" => Self::Media,
            "simpletable" if component.bindings.contains_key("tableData") => Self::Table,
            "signeelist" => Self::Signees,
            "signingdocumentlist" => Self::SignedFiles,
            "signingactions" => Self::SigningActions,
            "iframe" => Self::Frame,
            "subform" => Self::SubForms,
            "divider" | "printbutton" => Self::Nothing,
            _ => return None,
        })
    }

    /// Whether its value is one of a list of options.
    pub(super) fn is_choice(self) -> bool {
        matches!(self, Self::Dropdown | Self::Radio | Self::Checkboxes | Self::Likert)
    }
}

/// How many of the components of an app are rendered.
///
/// ```
/// use altinn_services::definition::AppDefinition;
/// use altinn_services::form_page::RenderedComponents;
///
/// let app = AppDefinition::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence"))?;
/// assert!(RenderedComponents::of(&app).not_rendered.is_empty());
/// # Ok::<(), altinn_services::definition::DefinitionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RenderedComponents {
    /// How many are rendered.
    pub rendered: usize,
    /// How many of these offer options that are in no file, by kind: the agency's code gives the options
    /// ([`Submission::options`](crate::submission::Submission::options)), or they are fields to write in.
    pub options_of_code: BTreeMap<String, usize>,
    /// How many are not, by kind.
    pub not_rendered: BTreeMap<String, usize>,
}

impl RenderedComponents {
    /// Counts the components on every page of an app.
    pub fn of(app: &AppDefinition) -> Self {
        let mut counted = Self::default();
        for set in app.layout_sets() {
            for (layouts, page) in set.all_pages() {
                layouts.components_of(page).for_each(|component| counted.add(app, component));
            }
        }
        counted
    }

    fn add(&mut self, app: &AppDefinition, component: &Component) {
        let Some(kind) = Kind::of(component) else {
            *self.not_rendered.entry(component.kind.clone()).or_default() += 1;
            return;
        };
        self.rendered += 1;
        let listed = component.options_id.as_deref().and_then(|id| app.options(id));
        let asks = kind.is_choice() || (kind == Kind::Files && component.options_id.is_some());
        if asks && listed.is_none() && component.options.is_empty() {
            *self.options_of_code.entry(component.kind.clone()).or_default() += 1;
        }
    }
}

impl fmt::Display for RenderedComponents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.rendered + self.not_rendered.values().sum::<usize>();
        write!(f, "{} of {all} components of the form pages are rendered", self.rendered)?;
        let mut list = |what: &str, kinds: &BTreeMap<String, usize>| {
            kinds.iter().enumerate().try_for_each(|(index, (kind, count))| {
                write!(f, "{} {kind} ({count})", if index == 0 { what } else { "," })
            })
        };
        list("; options of the agency's code:", &self.options_of_code)?;
        list("; not rendered:", &self.not_rendered)
    }
}
