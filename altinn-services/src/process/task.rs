//! A task of a process: its kind, its actions and what its extension configures.

use std::fmt;

/// A task of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Task {
    /// The id, as policies name it in `urn:altinn:task`.
    pub id: String,
    /// The name that the drawing shows.
    pub name: Option<String>,
    /// What is done here.
    pub kind: TaskKind,
    /// The actions that the drawing declares, in its order.
    pub actions: Vec<DeclaredAction>,
    /// `signatureConfig`.
    pub signature: Option<SignatureConfig>,
    /// `paymentConfig`.
    pub payment: Option<PaymentConfig>,
    /// `pdfConfig`.
    pub pdf: Option<PdfConfig>,
    /// `eFormidlingConfig`.
    pub e_formidling: Option<EFormidlingConfig>,
}

impl Task {
    /// Whether the machine does this task and not a person.
    pub fn is_done_by_machine(&self) -> bool {
        self.kind.is_service()
    }

    /// The action that is meant: the one that was chosen, else the usual one of the task's kind.
    ///
    /// The policy is asked for it under the same name. Altinn lets `write` move a signing or a payment task on too;
    /// here that takes `sign` or `pay`, so that no such task is passed without its signature or payment.
    ///
    /// ```
    /// # use altinn_services::process::Process;
    /// # let process = Process::from_bpmn(br#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
    /// #   <process id="p" xmlns:altinn="http://altinn.no"><startEvent id="Start"/>
    /// #   <task id="Task_1" altinn:tasktype="confirmation"/><endEvent id="End"/>
    /// #   <sequenceFlow id="a" sourceRef="Start" targetRef="Task_1"/>
    /// #   <sequenceFlow id="b" sourceRef="Task_1" targetRef="End"/></process></definitions>"#)?;
    /// # let task = process.task("Task_1").ok_or("no task")?;
    /// assert_eq!(task.action(None), "confirm");
    /// assert_eq!(task.action(Some("reject")), "reject");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn action<'a>(&'a self, chosen: Option<&'a str>) -> &'a str {
        chosen.unwrap_or_else(|| self.kind.usual_action())
    }

    /// Whether the process can be moved on from this task with `action`: the usual one of its kind, or a process
    /// action that the drawing declares. `reject` must be declared.
    pub fn allows(&self, action: &str) -> bool {
        self.kind.usual_action() == action || self.declares(action)
    }

    /// Every action that moves the process on from this task, the usual one first.
    pub fn allowed_actions(&self) -> Vec<&str> {
        let mut actions = vec![self.kind.usual_action()];
        for declared in self.actions.iter().filter(|declared| declared.moves_process) {
            if !actions.contains(&declared.name.as_str()) {
                actions.push(&declared.name);
            }
        }
        actions
    }

    fn declares(&self, action: &str) -> bool {
        self.actions.iter().any(|declared| declared.moves_process && declared.name == action)
    }
}

/// An action that a task declares.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeclaredAction {
    /// The name, as policies name it.
    pub name: String,
    /// Whether it moves the process (`processAction`, the default) or only runs code of the app (`serverAction`).
    pub moves_process: bool,
}

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

    /// Whether a process can step into a task of this kind.
    pub fn is_supported(&self) -> bool {
        matches!(self, Self::Data | Self::Confirmation | Self::Feedback | Self::Signing | Self::Pdf)
    }

    /// Whether tasks of this kind are done by the machine.
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

/// What a signing task signs, and where the signatures go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SignatureConfig {
    /// The data types whose elements are signed.
    pub data_types_to_sign: Vec<String>,
    /// The data type that holds the signatures.
    pub signature_data_type: Option<String>,
    /// Who signed in these data types may not sign here.
    pub unique_from_signatures_in: Vec<String>,
    /// The provider that names the signees.
    pub signee_provider: Option<String>,
    /// The data type that holds the state of the signees.
    pub signee_states_data_type: Option<String>,
    /// The data type of the document that is written when all have signed.
    pub signing_pdf_data_type: Option<String>,
    /// The correspondence resource that calls for signatures, by environment.
    pub correspondence_resources: Vec<EnvironmentValue>,
    /// Whether the number of signatures is checked by the rules of the data type.
    pub run_default_validator: bool,
}

/// Where a payment task keeps its payment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PaymentConfig {
    /// The data type that holds the payment.
    pub payment_data_type: Option<String>,
    /// The data type of the receipt for the payment.
    pub receipt_pdf_data_type: Option<String>,
}

/// What a pdf task writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PdfConfig {
    /// The text resource that gives the file its name.
    pub filename_text_resource: Option<String>,
    /// The tasks whose forms are shown; none: the page layout of the task itself.
    pub tasks: Vec<String>,
}

/// What an eFormidling task sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EFormidlingConfig {
    /// Every setting with its name (`receiver`, `process`, `standard`, ...), in the order of the drawing.
    pub settings: Vec<(String, EnvironmentValue)>,
    /// The data types that are sent.
    pub data_types: Vec<String>,
}

/// A value that may hold in one environment only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnvironmentValue {
    /// The environment (`tt02`, `prod`, ...); none: all that are not named otherwise.
    pub environment: Option<String>,
    /// The value.
    pub value: String,
}
