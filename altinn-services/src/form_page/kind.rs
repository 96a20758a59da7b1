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
    Panel,
    Line,
    Lines,
    Date,
    Dropdown,
    Radio,
    Checkboxes,
    Shown,
    Address,
    Group,
    Folded,
    Rows,
    Files,
    FileList,
    Submit,
    Action,
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
            "panel" | "alert" => Self::Panel,
            "input" => Self::Line,
            "textarea" => Self::Lines,
            "datepicker" => Self::Date,
            "dropdown" => Self::Dropdown,
            "radiobuttons" => Self::Radio,
            "checkboxes" | "multipleselect" => Self::Checkboxes,
            "number" | "date" | "option" => Self::Shown,
            "address" | "addresscomponent" => Self::Address,
            "group" | "buttongroup" | "accordiongroup" | "cards" | "tabs" => Self::Group,
            "accordion" => Self::Folded,
            "fileupload" | "fileuploadwithtag" => Self::Files,
            "attachmentlist" => Self::FileList,
            "button" => Self::Submit,
            "actionbutton" => Self::Action,
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
            "iframe" => Self::Frame,
            "divider" | "printbutton" => Self::Nothing,
            _ => return None,
        })
    }

    /// Whether its value is one of a list of options.
    fn is_choice(self) -> bool {
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
    /// How many are not, by kind: the kind is not known, or the options that it offers are in no file.
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
        let has_options = || {
            let listed = component.options_id.as_deref().and_then(|id| app.options(id));
            listed.is_some() || !component.options.is_empty()
        };
        if Kind::of(component).is_some_and(|kind| !kind.is_choice() || has_options()) {
            self.rendered += 1;
        } else {
            *self.not_rendered.entry(component.kind.clone()).or_default() += 1;
        }
    }
}

impl fmt::Display for RenderedComponents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.rendered + self.not_rendered.values().sum::<usize>();
        write!(f, "{} of {all} components of the form pages are rendered", self.rendered)?;
        for (index, (kind, count)) in self.not_rendered.iter().enumerate() {
            write!(f, "{} {kind} ({count})", if index == 0 { "; not rendered:" } else { "," })?;
        }
        Ok(())
    }
}
