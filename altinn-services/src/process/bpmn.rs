//! Reads BPMN in the dialects that Altinn 3 apps are drawn in.

use roxmltree::{Document, Node, ParsingOptions};

use super::check;
use super::condition::Condition;
use super::definition::{Element, ExclusiveGateway, Process, SequenceFlow};
use super::error::ProcessError;
use super::task::{DeclaredAction, Task};
use super::task_config::{
    EFormidlingConfig, EnvironmentValue, PaymentConfig, PdfConfig, SignatureConfig, SubformPdfConfig,
};
use super::task_kind::TaskKind;
use crate::definition::Position;

/// The largest BPMN file that is read, in bytes.
pub const MAX_BPMN_BYTES: usize = 2 * 1024 * 1024;

const MAX_NODES: u32 = 100_000;
const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const ALTINN: [&str; 2] = ["http://altinn.no/process", "http://altinn.no"];

/// What the elements of a process are read into before they are checked.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) id: String,
    pub(super) elements: Vec<(Element, Position)>,
    pub(super) flows: Vec<(SequenceFlow, Position)>,
    /// Elements with an id that processes here do not have: id, BPMN element, place.
    pub(super) others: Vec<(String, String, Position)>,
}

impl Process {
    /// Reads and checks a BPMN file.
    ///
    /// # Errors
    ///
    /// Says where and why when it is no process that can be walked.
    pub fn from_bpmn(bytes: &[u8]) -> Result<Self, ProcessError> {
        if bytes.len() > MAX_BPMN_BYTES {
            return Err(ProcessError::TooLarge { size: bytes.len(), limit: MAX_BPMN_BYTES });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| ProcessError::NotUtf8 { valid_up_to: error.valid_up_to() })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let options =
            ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text, options).map_err(|error| ProcessError::Xml {
            at: Position::new(error.pos().row, error.pos().col),
            problem: error.to_string().chars().take(200).collect(),
        })?;
        check::checked(read_drawing(&document)?)
    }
}

fn read_drawing(document: &Document<'_>) -> Result<Drawing, ProcessError> {
    let root = document.root_element();
    let not_bpmn = |found: String| ProcessError::NotBpmn { at: position(root), found };
    if !root.has_tag_name((BPMN, "definitions")) {
        return Err(not_bpmn(shorten(root.tag_name().name())));
    }
    let mut processes = root.children().filter(|child| child.has_tag_name((BPMN, "process")));
    let (Some(process), None) = (processes.next(), processes.next()) else {
        return Err(not_bpmn("definitions with none or several".to_owned()));
    };
    let mut drawing =
        Drawing { id: process.attribute("id").unwrap_or_default().to_owned(), ..Drawing::default() };
    for node in process.children().filter(|node| node.tag_name().namespace() == Some(BPMN)) {
        read_element(node, &mut drawing)?;
    }
    Ok(drawing)
}

fn read_element(node: Node<'_, '_>, drawing: &mut Drawing) -> Result<(), ProcessError> {
    let at = position(node);
    let id = || attribute(node, "id").map(str::to_owned);
    match node.tag_name().name() {
        "startEvent" => drawing.elements.push((Element::StartEvent { id: id()? }, at)),
        "endEvent" => drawing.elements.push((Element::EndEvent { id: id()? }, at)),
        "task" | "serviceTask" => {
            let task = Box::new(read_task(node, id()?));
            drawing.elements.push((Element::Task(task), at));
        }
        "exclusiveGateway" => {
            let gateway = read_gateway(node, id()?);
            drawing.elements.push((Element::ExclusiveGateway(gateway), at));
        }
        "sequenceFlow" => drawing.flows.push((read_flow(node, id()?)?, at)),
        other => {
            let named = node.attribute("id").map(|id| (id.to_owned(), other.to_owned(), at));
            drawing.others.extend(named);
        }
    }
    Ok(())
}

fn read_gateway(node: Node<'_, '_>, id: String) -> ExclusiveGateway {
    ExclusiveGateway {
        id,
        default_flow: node.attribute("default").map(str::to_owned),
        connected_data_type: extension(node, "gatewayExtension")
            .and_then(|extension| text_of(extension, "connectedDataTypeId")),
    }
}

fn read_flow(node: Node<'_, '_>, id: String) -> Result<SequenceFlow, ProcessError> {
    let condition = node.children().find(|child| child.has_tag_name((BPMN, "conditionExpression")));
    let condition = condition.map(|condition| {
        Condition::parse(&text_in(condition)).map_err(|problem| ProcessError::Condition {
            at: position(condition),
            flow: id.clone(),
            problem: problem.to_string(),
        })
    });
    Ok(SequenceFlow {
        source: attribute(node, "sourceRef")?.to_owned(),
        target: attribute(node, "targetRef")?.to_owned(),
        condition: condition.transpose()?,
        id,
    })
}

fn read_task(node: Node<'_, '_>, id: String) -> Task {
    let extension = extension(node, "taskExtension").or_else(|| extension(node, "properties"));
    let in_extension = |name| extension.and_then(|extension| altinn_child(extension, name));
    Task {
        id,
        name: node.attribute("name").map(str::to_owned),
        kind: read_kind(node, extension),
        is_service_task: node.tag_name().name() == "serviceTask",
        actions: in_extension("actions").map(read_actions).unwrap_or_default(),
        signature: in_extension("signatureConfig").map(read_signature),
        payment: in_extension("paymentConfig").map(|config| PaymentConfig {
            payment_data_type: text_of(config, "paymentDataType"),
            receipt_pdf_data_type: text_of(config, "paymentReceiptPdfDataType"),
        }),
        pdf: in_extension("pdfConfig").map(|config| PdfConfig {
            filename_text_resource: text_of(config, "filenameTextResourceKey"),
            tasks: list_of(config, "autoPdfTaskIds", "taskId"),
        }),
        subform_pdf: in_extension("subformPdfConfig").map(|config| SubformPdfConfig {
            filename_text_resource: text_of(config, "filenameTextResourceKey"),
            subform_component: text_of(config, "subformComponentId"),
            subform_data_type: text_of(config, "subformDataTypeId"),
        }),
        e_formidling: in_extension("eFormidlingConfig").map(read_e_formidling),
    }
}

/// The kind: element `taskType`, its older form `<tasktype id="data"/>`, or the attribute `tasktype` of the task.
fn read_kind(node: Node<'_, '_>, extension: Option<Node<'_, '_>>) -> TaskKind {
    let from_element = extension.and_then(|extension| {
        let element = altinn_child(extension, "taskType").or_else(|| altinn_child(extension, "tasktype"))?;
        Some(element.attribute("id").map_or_else(|| text_in(element), str::to_owned))
    });
    let from_attribute = || {
        let mut names =
            ALTINN.into_iter().flat_map(|namespace| [(namespace, "tasktype"), (namespace, "taskType")]);
        names.find_map(|name| node.attribute(name)).map(str::to_owned)
    };
    TaskKind::named(&from_element.or_else(from_attribute).unwrap_or_default())
}

fn read_actions(actions: Node<'_, '_>) -> Vec<DeclaredAction> {
    altinn_children(actions, "action")
        .map(|action| DeclaredAction {
            name: action.attribute("id").map_or_else(|| text_in(action), str::to_owned),
            moves_process: action.attribute("type") != Some("serverAction"),
        })
        .filter(|action| !action.name.is_empty())
        .collect()
}

fn read_signature(config: Node<'_, '_>) -> SignatureConfig {
    SignatureConfig {
        data_types_to_sign: list_of(config, "dataTypesToSign", "dataType"),
        signature_data_type: text_of(config, "signatureDataType"),
        unique_from_signatures_in: list_of(config, "uniqueFromSignaturesInDataTypes", "dataType"),
        signee_provider: text_of(config, "signeeProviderId"),
        signee_states_data_type: text_of(config, "signeeStatesDataTypeId"),
        signing_pdf_data_type: text_of(config, "signingPdfDataType"),
        correspondence_resources: altinn_children(config, "correspondenceResource")
            .map(by_environment)
            .collect(),
        run_default_validator: text_of(config, "runDefaultValidator").is_some_and(|flag| flag == "true"),
    }
}

fn read_e_formidling(config: Node<'_, '_>) -> EFormidlingConfig {
    let settings =
        config.children().filter(Node::is_element).filter(|setting| !is_altinn(*setting, "dataTypes"));
    EFormidlingConfig {
        settings: settings.map(|node| (node.tag_name().name().to_owned(), by_environment(node))).collect(),
        data_types: list_of(config, "dataTypes", "dataType"),
    }
}

fn by_environment(node: Node<'_, '_>) -> EnvironmentValue {
    EnvironmentValue { environment: node.attribute("env").map(str::to_owned), value: text_in(node) }
}

fn extension<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    let extensions = node.children().filter(|child| child.has_tag_name((BPMN, "extensionElements")));
    extensions.into_iter().find_map(|extensions| altinn_child(extensions, name))
}

fn list_of(node: Node<'_, '_>, list: &str, item: &str) -> Vec<String> {
    let list = altinn_child(node, list);
    list.into_iter().flat_map(|list| altinn_children(list, item)).map(text_in).collect()
}

fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    altinn_child(node, name).map(text_in).filter(|text| !text.is_empty())
}

fn altinn_child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| is_altinn(*child, name))
}

fn altinn_children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| is_altinn(*child, name))
}

fn is_altinn(node: Node<'_, '_>, name: &str) -> bool {
    ALTINN.into_iter().any(|namespace| node.has_tag_name((namespace, name)))
}

/// The text of an element, comments aside.
fn text_in(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text).filter_map(|text| text.text());
    texts.collect::<String>().trim().to_owned()
}

fn attribute<'a>(node: Node<'a, '_>, name: &'static str) -> Result<&'a str, ProcessError> {
    node.attribute(name).filter(|value| !value.is_empty()).ok_or_else(|| ProcessError::AttributeMissing {
        at: position(node),
        element: shorten(node.tag_name().name()),
        attribute: name,
    })
}

fn position(node: Node<'_, '_>) -> Position {
    let at = node.document().text_pos_at(node.range().start);
    Position::new(at.row, at.col)
}

fn shorten(name: &str) -> String {
    name.chars().take(60).collect()
}
