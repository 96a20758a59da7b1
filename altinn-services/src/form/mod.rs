//! Form data: read within limits, and checked against the rules of the form.
//!
//! [`FormData::parse`] reads what was sent in; [`FormSchema`] holds a JSON Schema (draft-04 to 2020-12) compiled
//! once, and says what is wrong with data as [`Issue`]s: where (JSON pointer, line and column), what kind (a stable
//! code), and why, in bokmål, nynorsk and English. No issue and no error repeats a value of the form. Nothing is
//! fetched: a schema that refers to something outside itself is refused. [`sample`] makes a small valid instance, and
//! [`counterexample`] one that is wrong in one field.

mod altinn_schema;
mod content_kind;
mod counterexample;
mod data;
mod expression_validation;
mod hidden_data;
mod issue;
mod patch;
mod pattern;
pub(crate) mod place;
mod prefill;
mod rows;
mod sample;
mod schema;
mod schema_field;
pub(crate) mod wording;
mod xml;

pub use counterexample::counterexample;
pub use data::{FormData, FormDataError, FormFormat, FormLimits};
pub use expression_validation::{ExpressionIssue, ExpressionValidation, ExpressionValidationError};
pub use issue::{Issue, IssueCode, Severity};
pub use patch::{MAX_PATCH_OPERATIONS, Patch, PatchError};
pub(crate) use prefill::put;
pub use prefill::{Prefill, PrefillError, PrefillSources};
pub use sample::{SampleError, sample};
pub use schema::{FormSchema, MAX_ISSUES, SchemaError};
pub use xml::{XmlDataError, XmlModel, XmlModelError};

pub(crate) use content_kind::fits as content_fits;
pub(crate) use hidden_data::HiddenData;
pub(crate) use rows::{give_row_ids, has_row_ids, take_row_ids};
