//! What is done in a task.

use std::fmt;

/// What is done in a task (`taskType`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TaskKind {
    /// A form is filled in.
    Data,
    /// What was filled in is confirmed.
    Confirmation,
    /// The agency answers before the process goes on.
    Feedback,
    /// Data elements are signed.
    Signing,
    /// A payment is made.
    Payment,
    /// A receipt document is written.
    Pdf,
    /// A document for each element of a sub-form is written.
    SubformPdf,
    /// What was submitted is sent by eFormidling.
    EFormidling,
    /// What was submitted is handed to an archive by KS Fiks.
    FiksArkiv,
    /// The drawing names no kind.
    Unspecified,
    /// A kind that the app itself defines in code.
    Other(String),
}

impl TaskKind {
    /// The kind with this name.
    pub fn named(name: &str) -> Self {
        match name.trim() {
            "data" => Self::Data,
            "confirmation" => Self::Confirmation,
            "feedback" => Self::Feedback,
            "signing" => Self::Signing,
            "payment" => Self::Payment,
            "pdf" => Self::Pdf,
            "subformPdf" => Self::SubformPdf,
            "eFormidling" => Self::EFormidling,
            "fiksArkiv" => Self::FiksArkiv,
            "" => Self::Unspecified,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The name in `taskType`; empty where none is given.
    pub fn name(&self) -> &str {
        match self {
            Self::Data => "data",
            Self::Confirmation => "confirmation",
            Self::Feedback => "feedback",
            Self::Signing => "signing",
            Self::Payment => "payment",
            Self::Pdf => "pdf",
            Self::SubformPdf => "subformPdf",
            Self::EFormidling => "eFormidling",
            Self::FiksArkiv => "fiksArkiv",
            Self::Unspecified => "",
            Self::Other(name) => name,
        }
    }

    /// Whether tasks of this kind are done by the machine, however they are drawn.
    pub fn is_service(&self) -> bool {
        matches!(self, Self::Pdf | Self::SubformPdf | Self::EFormidling | Self::FiksArkiv)
    }

    /// The action that does what the task is for, and that is meant when none is named.
    pub fn usual_action(&self) -> &str {
        match self {
            Self::Confirmation => "confirm",
            Self::Signing => "sign",
            Self::Payment => "pay",
            Self::Other(name) => name,
            _ => "write",
        }
    }
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unspecified => f.write_str("(none given)"),
            named => f.write_str(named.name()),
        }
    }
}
