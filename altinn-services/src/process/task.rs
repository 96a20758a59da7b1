//! A task of a process: its kind, its actions and what its extension configures.

use super::task_config::{EFormidlingConfig, PaymentConfig, PdfConfig, SignatureConfig, SubformPdfConfig};
use super::task_kind::TaskKind;

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
    /// Whether it is drawn as a `serviceTask`.
    pub is_service_task: bool,
    /// The actions that the drawing declares, in its order.
    pub actions: Vec<DeclaredAction>,
    /// `signatureConfig`.
    pub signature: Option<SignatureConfig>,
    /// `paymentConfig`.
    pub payment: Option<PaymentConfig>,
    /// `pdfConfig`.
    pub pdf: Option<PdfConfig>,
    /// `subformPdfConfig`.
    pub subform_pdf: Option<SubformPdfConfig>,
    /// `eFormidlingConfig`.
    pub e_formidling: Option<EFormidlingConfig>,
}

impl Task {
    /// Whether the machine does this task and not a person: its kind says so, or it is of a kind of the app's own and
    /// drawn as a `serviceTask`.
    pub fn is_done_by_machine(&self) -> bool {
        let of_its_own = matches!(self.kind, TaskKind::Other(_) | TaskKind::Unspecified);
        self.kind.is_service() || (self.is_service_task && of_its_own)
    }

    /// The action that does what the task is for, and that is meant when none is named. A payment task is left by
    /// `confirm`, where it declares that, once `pay` has been done; else by `pay`.
    pub fn usual_action(&self) -> &str {
        match self.kind {
            TaskKind::Payment if self.declares("confirm") => "confirm",
            _ => self.kind.usual_action(),
        }
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
        chosen.unwrap_or_else(|| self.usual_action())
    }

    /// Whether the process can be moved on from this task with `action`: the usual one of its kind, or a process
    /// action that the drawing declares. `reject` must be declared.
    pub fn allows(&self, action: &str) -> bool {
        self.usual_action() == action || self.declares(action)
    }

    /// Every action that moves the process on from this task, the usual one first.
    pub fn allowed_actions(&self) -> Vec<&str> {
        let mut actions = vec![self.usual_action()];
        for declared in self.actions.iter().filter(|declared| declared.moves_process) {
            if !actions.contains(&declared.name.as_str()) {
                actions.push(&declared.name);
            }
        }
        actions
    }

    /// Whether the machine writes the elements of a data type here: signatures, what is known of signees, payments and
    /// documents. Nobody attaches such elements.
    pub(crate) fn writes(&self, data_type: &str) -> bool {
        let signature = self.signature.as_ref().map(|config| {
            [&config.signature_data_type, &config.signee_states_data_type, &config.signing_pdf_data_type]
        });
        let payment = self.payment.as_ref();
        let payment = payment.map(|config| [&config.payment_data_type, &config.receipt_pdf_data_type]);
        let written = signature.into_iter().flatten().chain(payment.into_iter().flatten());
        written.flatten().any(|written| written == data_type)
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
