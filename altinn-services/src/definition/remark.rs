//! What loads, but will not do all that its folder says.

use std::fmt;

use crate::process::TaskKind;

/// Something that loads, but will not do all that the app's folder says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// The id is not that of a service that can be published.
    NotPublishable {
        /// The id.
        id: String,
    },
    /// The field `org` is not what the id begins with; the id decides.
    OrgDiffers {
        /// The id.
        id: String,
        /// What `org` says.
        org: String,
    },
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

impl Remark {
    /// The stable code of this kind of remark.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPublishable { .. } => "APP-NOT-PUBLISHABLE",
            Self::OrgDiffers { .. } => "APP-ORG-DIFFERS",
            Self::FormWithoutSchema { .. } => "APP-FORM-WITHOUT-SCHEMA",
            Self::TaskKindNotSupported { .. } => "APP-TASK-KIND-NOT-SUPPORTED",
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPublishable { id } => {
                write!(
                    f,
                    "`{id}` is not `org/app` in small letters, digits and hyphens: the app can not be published"
                )
            }
            Self::OrgDiffers { id, org } => {
                write!(f, "`org` is `{org}` where the id is `{id}`: the id decides")
            }
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
