//! What Altinn 3's APIs send and take, in their spelling.

mod data_element;
mod instance;
mod issue;
mod process;

pub(super) use data_element::{DataElementAnswer, KeyValue};
pub(super) use instance::{InstanceAnswer, SimpleInstance};
pub(super) use issue::{ISSUE_SOURCES, IssueAnswer};
pub(super) use process::{Allowed, ProcessAnswer, ProcessHistory, ProcessTask};
