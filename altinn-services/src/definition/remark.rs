//! What loads, but will not do all that its folder says.

use std::fmt;

use crate::process::TaskKind;

/// Something that loads, but will not do all that the app's folder says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A form has a class in the app's own code and no JSON Schema: it is only checked to be a JSON object.
    FormWithoutSchema {
        /// The data type.
        data_type: String,
        /// The class.
        class_ref: String,
    },
    /// A task is of a kind that a process can not step into.
    TaskKindNotSupported {
        /// The task.
        task: String,
        /// Its kind.
        kind: TaskKind,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FormWithoutSchema { data_type, class_ref } => write!(
                f,
                "form `{data_type}` (class `{class_ref}`) has no schema in `models` and is only checked to be a JSON object"
            ),
            Self::TaskKindNotSupported { task, kind } => {
                write!(
                    f,
                    "task `{task}` is of kind `{kind}`, which is not supported: a process stops before it"
                )
            }
        }
    }
}
