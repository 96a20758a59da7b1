//! Something that is wrong with a service's folder.

use std::fmt;

use serde::Serialize;

use crate::definition::Position;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FaultSeverity {
    /// The service cannot do what its folder says.
    Error,
    /// Somebody should look: it may be meant.
    Warning,
}

/// Something that is wrong with a service's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// A stable code for programs.
    pub code: &'static str,
    /// How bad it is.
    pub severity: FaultSeverity,
    /// The file, as it lies below the `App` folder, or below the folder of a service with a `service.toml`.
    pub file: String,
    /// Where in the file; none where the whole file is meant.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl fmt::Display for Fault {
    /// As compilers write it: `file:line:column: error[CODE]: detail`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(at) = self.position {
            write!(f, ":{}:{}", at.line, at.column)?;
        }
        let severity = match self.severity {
            FaultSeverity::Error => "error",
            FaultSeverity::Warning => "warning",
        };
        write!(f, ": {severity}[{}]: {}", self.code, self.detail)
    }
}
