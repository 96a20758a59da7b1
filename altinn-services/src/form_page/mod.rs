//! The pages of a form, from its own layouts: what a portal shows, and what comes back.
//!
//! A [`FormView`] is worked out to [`FormPages`]: pages of components with their texts, values, options and what is
//! wrong with them, where everything that expressions decide is decided. A portal renders them as it likes; a
//! [`HtmlForm`] writes them as HTML that works without JavaScript, and a [`FormPost`] reads what a browser sends back
//! into the form's data, and nowhere else. Everything here is pure.
//!
//! [`RenderedComponents`] says how many components of an app are rendered.
//!
//! Source: Altinn's documentation of components and pages; the HTML follows Designsystemet's patterns for forms, and
//! WCAG 2.1.

mod attachments;
mod bare;
mod buttons;
mod field;
mod geometry;
mod html;
mod html_errors;
mod html_field;
mod html_files;
mod html_likert;
mod html_sub_forms;
mod html_summary;
mod instantiation;
mod kind;
mod likert;
mod limits;
mod media;
mod model;
mod options;
mod parts;
mod post;
mod press;
mod resolve;
mod rich_text;
mod rows_of_schema;
mod shapes;
mod signing;
mod sub_forms;
mod summary;
mod time_of_day;
mod view;
mod words;

pub use attachments::{Attachment, Attachments, FileTags};
pub use html::HtmlForm;
#[cfg(feature = "axum")]
pub(crate) use html::{Html, escaped};
pub use instantiation::FilledIn;
pub use kind::RenderedComponents;
pub use likert::Likert;
pub use limits::Limits;
pub use model::{
    Button, Content, Control, Field, FieldOption, FormPage, FormPages, Group, Item, Notice, Purpose, Row,
    Rows,
};
pub use options::AskedOptions;
pub use post::{FormPost, MAX_POST_BYTES, PostError};
pub use press::Press;
pub use rich_text::{Block, Inline, RichText};
pub use sub_forms::{SubForm, SubFormRow, SubForms};
pub use summary::{Summary, SummaryPart};
pub use view::FormView;
#[cfg(feature = "axum")]
pub(crate) use words::Words;
