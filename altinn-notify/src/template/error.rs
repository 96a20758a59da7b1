//! What is wrong with a template.

use altinn_core::Language;
use thiserror::Error;

/// What is wrong with a template or its variables. Values of variables never appear in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The template has no text at all.
    #[error("template `{template}` has no text")]
    NoText {
        /// The template's id.
        template: String,
    },
    /// A language has some of subject, body and SMS, and not the others.
    #[error("template `{template}` does not have all of its parts in `{language}`")]
    HalfLanguage {
        /// The template's id.
        template: String,
        /// The language.
        language: Language,
    },
    /// A text is larger than a template may be.
    #[error("the {part} of template `{template}` in `{language}` has {found} bytes, at most {limit}")]
    TooLarge {
        /// The template's id.
        template: String,
        /// `subject`, `body` or `sms`.
        part: &'static str,
        /// The language.
        language: Language,
        /// How many bytes there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Variables that a text names are not given.
    #[error("the {part} of template `{template}` in `{language}` needs `{names}`")]
    MissingVariables {
        /// The template's id.
        template: String,
        /// `subject`, `body` or `sms`.
        part: &'static str,
        /// The language.
        language: Language,
        /// The names, separated by commas.
        names: String,
    },
    /// A text is not valid Jinja, or cannot be filled in with these variables.
    #[error("the {part} of template `{template}` in `{language}`, line {line}: {reason}")]
    Invalid {
        /// The template's id.
        template: String,
        /// `subject`, `body` or `sms`.
        part: &'static str,
        /// The language.
        language: Language,
        /// The line, from 1; 0 when it is not known.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

impl TemplateError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoText { .. } => "NOTIFY-TEMPLATE-NO-TEXT",
            Self::HalfLanguage { .. } => "NOTIFY-TEMPLATE-HALF-LANGUAGE",
            Self::TooLarge { .. } => "NOTIFY-TEMPLATE-TOO-LARGE",
            Self::MissingVariables { .. } => "NOTIFY-TEMPLATE-MISSING-VARIABLES",
            Self::Invalid { .. } => "NOTIFY-TEMPLATE-INVALID",
        }
    }
}
