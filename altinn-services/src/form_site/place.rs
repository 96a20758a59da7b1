//! Where a page is: of a task, or of a form below its pages.

use altinn_core::InstanceId;
use uuid::Uuid;

use super::answer::{address, encoded};

/// Where a page is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) id: InstanceId,
    /// The element of the form that it is of; none where it is of the task.
    pub(super) below: Option<Uuid>,
}

impl Place {
    /// The pages of the task.
    pub(super) fn of_task(id: InstanceId) -> Self {
        Self { id, below: None }
    }

    /// The pages of a form below them.
    pub(super) fn below(id: InstanceId, element: Uuid) -> Self {
        Self { id, below: Some(element) }
    }

    /// Where it is shown.
    pub(super) fn address(self) -> String {
        match self.below {
            None => address(&self.id),
            Some(element) => format!("{}/forms/{element}", address(&self.id)),
        }
    }

    /// Where a page of it is shown.
    pub(super) fn page(self, name: &str) -> String {
        format!("{}?page={}", self.address(), encoded(name))
    }

    /// Where what is filled in on a page of it is sent.
    pub(super) fn sent_to(self, name: &str) -> String {
        format!("{}/pages/{}", self.address(), encoded(name))
    }
}
