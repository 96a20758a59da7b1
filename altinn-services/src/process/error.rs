//! What can be wrong with a BPMN file.

use thiserror::Error;

use crate::definition::Position;

/// Why a BPMN file gives no process.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The file is larger than [`MAX_BPMN_BYTES`](super::MAX_BPMN_BYTES).
    #[error("the process is {size} bytes; at most {limit} are read")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// It is not UTF-8.
    #[error("the process is not UTF-8 from byte {valid_up_to} on")]
    NotUtf8 {
        /// How many bytes are in order.
        valid_up_to: usize,
    },
    /// It is not well-formed XML, or holds a document type, or too many nodes.
    #[error("not well-formed XML without a document type: {problem}")]
    Xml {
        /// Where.
        at: Position,
        /// What the XML reader found.
        problem: String,
    },
    /// The root is not BPMN's.
    #[error("expected the BPMN element `definitions` with one `process`, found `{found}`")]
    NotBpmn {
        /// Where.
        at: Position,
        /// What was found in its place.
        found: String,
    },
    /// An attribute that must be there is not.
    #[error("element `{element}` has no attribute `{attribute}`")]
    AttributeMissing {
        /// Where.
        at: Position,
        /// The BPMN element.
        element: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// Two elements have one id.
    #[error("id `{id}` is used twice")]
    DuplicateId {
        /// Where it occurs again.
        at: Position,
        /// The id.
        id: String,
    },
    /// There is not exactly one start event.
    #[error("expected one start event, found {found}")]
    StartEvents {
        /// How many there are.
        found: usize,
    },
    /// There is no end event.
    #[error("expected at least one end event, found none")]
    NoEndEvent,
    /// No end event can be reached from the start.
    #[error("no end event can be reached from start event `{start}`")]
    EndNotReachable {
        /// The start event.
        start: String,
    },
    /// A flow starts or ends at an element that is not there.
    #[error("sequence flow `{flow}` names `{element}` as its {end}, which is not in the process")]
    FlowWithoutEnd {
        /// Where.
        at: Position,
        /// The flow.
        flow: String,
        /// `sourceRef` or `targetRef`.
        end: &'static str,
        /// The id it names.
        element: String,
    },
    /// A flow touches an element of a kind that these processes do not have.
    #[error("sequence flow `{flow}` touches `{element}`, a `{kind}`, which processes here do not have")]
    ElementNotSupported {
        /// Where the element is.
        at: Position,
        /// The flow.
        flow: String,
        /// The element's id.
        element: String,
        /// The BPMN element.
        kind: String,
    },
    /// A flow leads back into the start event or leaves an end event.
    #[error("sequence flow `{flow}` leads into the start event or leaves an end event")]
    FlowAgainstEvent {
        /// Where.
        at: Position,
        /// The flow.
        flow: String,
    },
    /// A gateway's default is not one of its flows.
    #[error("gateway `{gateway}` has default flow `{flow}`, which does not leave it")]
    DefaultFlowUnknown {
        /// Where.
        at: Position,
        /// The gateway.
        gateway: String,
        /// The flow it names.
        flow: String,
    },
    /// A condition is not an expression.
    #[error("the condition of sequence flow `{flow}` is not an expression: {problem}")]
    Condition {
        /// Where.
        at: Position,
        /// The flow.
        flow: String,
        /// What is wrong.
        problem: String,
    },
}

impl ProcessError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "PROCESS-TOO-LARGE",
            Self::NotUtf8 { .. } => "PROCESS-NOT-UTF8",
            Self::Xml { .. } => "PROCESS-XML",
            Self::NotBpmn { .. } => "PROCESS-NOT-BPMN",
            Self::AttributeMissing { .. } => "PROCESS-ATTRIBUTE-MISSING",
            Self::DuplicateId { .. } => "PROCESS-DUPLICATE-ID",
            Self::StartEvents { .. } => "PROCESS-START-EVENTS",
            Self::NoEndEvent => "PROCESS-NO-END-EVENT",
            Self::EndNotReachable { .. } => "PROCESS-END-NOT-REACHABLE",
            Self::FlowWithoutEnd { .. } => "PROCESS-FLOW-WITHOUT-END",
            Self::ElementNotSupported { .. } => "PROCESS-ELEMENT-NOT-SUPPORTED",
            Self::FlowAgainstEvent { .. } => "PROCESS-FLOW-AGAINST-EVENT",
            Self::DefaultFlowUnknown { .. } => "PROCESS-DEFAULT-FLOW-UNKNOWN",
            Self::Condition { .. } => "PROCESS-CONDITION",
        }
    }

    /// Where in the file, for what has a place.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Xml { at, .. }
            | Self::NotBpmn { at, .. }
            | Self::AttributeMissing { at, .. }
            | Self::DuplicateId { at, .. }
            | Self::FlowWithoutEnd { at, .. }
            | Self::ElementNotSupported { at, .. }
            | Self::FlowAgainstEvent { at, .. }
            | Self::DefaultFlowUnknown { at, .. }
            | Self::Condition { at, .. } => Some(*at),
            Self::TooLarge { .. }
            | Self::NotUtf8 { .. }
            | Self::StartEvents { .. }
            | Self::NoEndEvent
            | Self::EndNotReachable { .. } => None,
        }
    }
}
