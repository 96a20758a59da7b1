//! What loads, but will not do all that its folder says.

use std::fmt;

use crate::expression::LayoutError;
use crate::process::{Task, TaskKind};

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
    /// A service task needs the agency's code: a [`ServiceTask`](crate::submission::ServiceTask) for its kind.
    ServiceTaskNeeded {
        /// The task.
        task: String,
        /// Its kind.
        kind: TaskKind,
    },
    /// A task of people is of a kind that the app defines in code: it waits for the action of that name, and the app's
    /// code does not run.
    TaskOfOwnKind {
        /// The task.
        task: String,
        /// Its kind.
        kind: TaskKind,
    },
    /// A payment task needs the agency's code: a [`Payment`](crate::submission::Payment).
    PaymentNeeded {
        /// The task.
        task: String,
    },
    /// Something in the layouts of a task is passed over.
    Layout {
        /// The set of layouts.
        set: String,
        /// What is wrong.
        fault: LayoutError,
    },
}

impl Remark {
    /// What a task needs that no folder holds.
    pub(super) fn on_task(task: &Task) -> Option<Self> {
        let (id, kind) = (task.id.clone(), task.kind.clone());
        match task.kind {
            TaskKind::Pdf | TaskKind::SubformPdf => None,
            TaskKind::Payment => Some(Self::PaymentNeeded { task: id }),
            _ if task.is_done_by_machine() => Some(Self::ServiceTaskNeeded { task: id, kind }),
            TaskKind::Other(_) => Some(Self::TaskOfOwnKind { task: id, kind }),
            _ => None,
        }
    }

    /// The stable code of this kind of remark.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPublishable { .. } => "APP-NOT-PUBLISHABLE",
            Self::OrgDiffers { .. } => "APP-ORG-DIFFERS",
            Self::PaymentNeeded { .. } => "APP-PAYMENT-NEEDED",
            Self::TaskOfOwnKind { .. } => "APP-TASK-OF-OWN-KIND",
            Self::FormWithoutSchema { .. } => "APP-FORM-WITHOUT-SCHEMA",
            Self::ServiceTaskNeeded { .. } => "APP-SERVICE-TASK-NEEDED",
            Self::Layout { fault, .. } => fault.code(),
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
            Self::Layout { set, fault } => write!(f, "in layouts `{set}`: {fault}; it is passed over"),
            Self::PaymentNeeded { task } => {
                write!(f, "task `{task}` takes a payment: it needs a `Payment` that is registered")
            }
            Self::TaskOfOwnKind { task, kind } => write!(
                f,
                "task `{task}` is of kind `{kind}`, which the app defines in code: here it waits for action `{}`",
                kind.usual_action()
            ),
            Self::ServiceTaskNeeded { task, kind } => {
                write!(
                    f,
                    "task `{task}` is of kind `{kind}`: it needs a `ServiceTask` that is registered for it"
                )
            }
        }
    }
}
