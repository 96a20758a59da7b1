//! States that cannot be reached, and states that cannot be left.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::AppDefinition;
use crate::process::{Element, Process};

pub(super) fn look(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    let process = app.process();
    let onwards = process.flows().iter().map(|flow| (flow.source.as_str(), flow.target.as_str()));
    let reached = reach(onwards.clone(), [process.start_event()]);
    let ends = process.elements().filter(|element| matches!(element, Element::EndEvent { .. }));
    let leading = reach(onwards.map(|(source, target)| (target, source)), ends.map(Element::id));
    let mut fault = |code, id: &str, detail: String| {
        faults.push(sources.fault(code, FaultSeverity::Error, (sources.process(), id), detail));
    };
    for element in process.elements() {
        let id = element.id();
        if !reached.contains(id) {
            fault("CHECK-UNREACHABLE", id, format!("`{id}` cannot be reached from the start"));
        } else if !leading.contains(id) {
            fault("CHECK-NO-WAY-OUT", id, format!("no way leads from `{id}` to an end"));
        }
    }
    for gateway in process.elements().filter_map(undecided(process)) {
        let detail = format!(
            "gateway `{gateway}` has several ways on and no condition: an app decides it in code (`IProcessExclusiveGateway`), here it needs conditions"
        );
        fault("CHECK-GATEWAY-UNDECIDED", &gateway, detail);
    }
}

/// The id of a gateway with several ways on, none of which has a condition or is the default.
fn undecided(process: &Process) -> impl Fn(&Element) -> Option<String> {
    |element| {
        let Element::ExclusiveGateway(gateway) = element else { return None };
        let flows: Vec<_> = process.outgoing(&gateway.id).collect();
        let open = flows.iter().all(|flow| flow.condition.is_none()) && gateway.default_flow.is_none();
        (flows.len() > 1 && open).then(|| gateway.id.clone())
    }
}

fn reach<'a>(
    edges: impl Iterator<Item = (&'a str, &'a str)>,
    from: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    edges.for_each(|(source, target)| targets.entry(source).or_default().push(target));
    let mut ahead: Vec<&str> = from.into_iter().collect();
    let mut reached: BTreeSet<&str> = ahead.iter().copied().collect();
    while let Some(id) = ahead.pop() {
        ahead.extend(targets.get(id).into_iter().flatten().copied().filter(|target| reached.insert(target)));
    }
    reached
}
