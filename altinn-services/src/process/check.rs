//! What must hold of a process before it is walked.

use std::collections::{BTreeMap, BTreeSet};

use super::bpmn::Drawing;
use super::definition::{Element, Process, SequenceFlow};
use super::error::ProcessError;
use crate::definition::Position;

/// Makes a process of a drawing that is in order.
pub(super) fn checked(drawing: Drawing) -> Result<Process, ProcessError> {
    no_id_twice(&drawing)?;
    let start = only_start(&drawing)?;
    let places: BTreeMap<String, Position> =
        drawing.elements.iter().map(|(element, at)| (element.id().to_owned(), *at)).collect();
    let order = drawing.elements.iter().map(|(element, _)| element.id().to_owned()).collect();
    let elements: BTreeMap<String, Element> =
        drawing.elements.into_iter().map(|(element, _)| (element.id().to_owned(), element)).collect();
    for (flow, at) in &drawing.flows {
        flow_leads_on(flow, *at, &elements, &drawing.others)?;
    }
    let flows = drawing.flows.into_iter().map(|(flow, _)| flow).collect();
    let process = Process { id: drawing.id, start, elements, order, flows };
    defaults_leave_their_gateways(&process, &places)?;
    an_end_can_be_reached(&process)?;
    Ok(process)
}

fn no_id_twice(drawing: &Drawing) -> Result<(), ProcessError> {
    let elements = drawing.elements.iter().map(|(element, at)| (element.id(), *at));
    let flows = drawing.flows.iter().map(|(flow, at)| (flow.id.as_str(), *at));
    let mut seen = BTreeSet::new();
    for (id, at) in elements.chain(flows) {
        if !seen.insert(id) {
            return Err(ProcessError::DuplicateId { at, id: id.to_owned() });
        }
    }
    Ok(())
}

fn only_start(drawing: &Drawing) -> Result<String, ProcessError> {
    let starts: Vec<_> = drawing
        .elements
        .iter()
        .filter(|(element, _)| matches!(element, Element::StartEvent { .. }))
        .map(|(element, _)| element.id())
        .collect();
    match starts.as_slice() {
        [only] => Ok((*only).to_owned()),
        other => Err(ProcessError::StartEvents { found: other.len() }),
    }
}

fn flow_leads_on(
    flow: &SequenceFlow,
    at: Position,
    elements: &BTreeMap<String, Element>,
    others: &[(String, String, Position)],
) -> Result<(), ProcessError> {
    for (end, id) in [("sourceRef", &flow.source), ("targetRef", &flow.target)] {
        if elements.contains_key(id) {
            continue;
        }
        let unsupported = others.iter().find(|(other, _, _)| other == id);
        return Err(match unsupported {
            Some((element, kind, at)) => ProcessError::ElementNotSupported {
                at: *at,
                flow: flow.id.clone(),
                element: element.clone(),
                kind: kind.clone(),
            },
            None => ProcessError::FlowWithoutEnd { at, flow: flow.id.clone(), end, element: id.clone() },
        });
    }
    let from_end = matches!(elements.get(&flow.source), Some(Element::EndEvent { .. }));
    let to_start = matches!(elements.get(&flow.target), Some(Element::StartEvent { .. }));
    if from_end || to_start {
        return Err(ProcessError::FlowAgainstEvent { at, flow: flow.id.clone() });
    }
    Ok(())
}

fn defaults_leave_their_gateways(
    process: &Process,
    places: &BTreeMap<String, Position>,
) -> Result<(), ProcessError> {
    for element in process.elements() {
        let Element::ExclusiveGateway(gateway) = element else { continue };
        let Some(default) = &gateway.default_flow else { continue };
        if !process.outgoing(&gateway.id).any(|flow| flow.id == *default) {
            return Err(ProcessError::DefaultFlowUnknown {
                at: places.get(&gateway.id).copied().unwrap_or(Position::new(1, 1)),
                gateway: gateway.id.clone(),
                flow: default.clone(),
            });
        }
    }
    Ok(())
}

fn an_end_can_be_reached(process: &Process) -> Result<(), ProcessError> {
    let is_end = |id: &str| matches!(process.element(id), Some(Element::EndEvent { .. }));
    if !process.elements().any(|element| is_end(element.id())) {
        return Err(ProcessError::NoEndEvent);
    }
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for flow in process.flows() {
        targets.entry(&flow.source).or_default().push(&flow.target);
    }
    let mut reached = BTreeSet::from([process.start_event()]);
    let mut ahead = vec![process.start_event()];
    while let Some(id) = ahead.pop() {
        if is_end(id) {
            return Ok(());
        }
        ahead.extend(targets.get(id).into_iter().flatten().filter(|target| reached.insert(target)));
    }
    Err(ProcessError::EndNotReachable { start: process.start_event().to_owned() })
}
