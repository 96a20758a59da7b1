//! How a process is walked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use altinn_services::process::{
    Effect, Event, HistoryEventType, Process, ProcessState, Refusal, ServiceWork, Step, TaskKind, step,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::json;

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn task(id: &str, kind: &str, actions: &[&str]) -> String {
    let actions: String =
        actions.iter().map(|name| format!("<altinn:action>{name}</altinn:action>")).collect();
    format!(
        r#"<bpmn:task id="{id}"><bpmn:extensionElements><altinn:taskExtension><altinn:taskType>{kind}</altinn:taskType>
        <altinn:actions>{actions}</altinn:actions></altinn:taskExtension></bpmn:extensionElements></bpmn:task>"#
    )
}

fn flow(id: &str, from: &str, to: &str, condition: &str) -> String {
    let condition = match condition {
        "" => String::new(),
        text => format!("<bpmn:conditionExpression>{text}</bpmn:conditionExpression>"),
    };
    format!(
        r#"<bpmn:sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}">{condition}</bpmn:sequenceFlow>"#
    )
}

fn process(elements: &[String]) -> Process {
    let text = format!(
        r#"<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:altinn="http://altinn.no/process">
        <bpmn:process id="P"><bpmn:startEvent id="S"/><bpmn:endEvent id="E"/>{}</bpmn:process></bpmn:definitions>"#,
        elements.concat()
    );
    Process::from_bpmn(text.as_bytes()).unwrap()
}

/// Fill in, then confirm; reject leads back.
fn with_confirmation() -> Process {
    process(&[
        task("Fill", "data", &[]),
        task("Confirm", "confirmation", &["confirm", "reject"]),
        r#"<bpmn:exclusiveGateway id="G"/>"#.to_owned(),
        flow("f1", "S", "Fill", ""),
        flow("f2", "Fill", "Confirm", ""),
        flow("f3", "Confirm", "G", ""),
        flow("back", "G", "Fill", r#"["equals", ["gatewayAction"], "reject"]"#),
        flow("on", "G", "E", r#"["notEquals", ["gatewayAction"], "reject"]"#),
    ])
}

/// A task before a gateway with these ways on to `A`, `B` and the end.
fn with_gateway(gateway: &str, ways: &[String]) -> Process {
    let mut elements = vec![
        task("T", "data", &["a", "b"]),
        task("A", "data", &[]),
        task("B", "data", &[]),
        gateway.to_owned(),
        flow("f1", "S", "T", ""),
        flow("f2", "T", "G", ""),
        flow("f3", "A", "E", ""),
        flow("f4", "B", "E", ""),
    ];
    elements.extend_from_slice(ways);
    process(&elements)
}

fn started(process: &Process) -> ProcessState {
    step(process, &ProcessState::not_started(), &Event::Start, now()).unwrap().state
}

fn at(state: &ProcessState) -> Option<&str> {
    state.current_task().map(|task| task.element_id.as_str())
}

fn history(step: &Step) -> Vec<(HistoryEventType, &str)> {
    let entries = step.effects.iter().filter_map(|effect| match effect {
        Effect::History(entry) => Some((entry.event_type, entry.element_id.as_str())),
        _ => None,
    });
    entries.collect()
}

#[test]
fn a_process_starts_at_its_first_task() {
    let process = with_confirmation();
    let start = step(&process, &ProcessState::not_started(), &Event::Start, now()).unwrap();
    assert_eq!(history(&start), [(HistoryEventType::StartEvent, "S"), (HistoryEventType::StartTask, "Fill")]);
    assert_eq!(
        serde_json::to_value(&start.state).unwrap(),
        json!({
            "started": "2026-11-23T10:00:00Z",
            "startEvent": "S",
            "currentTask": {
                "flow": 2, "started": "2026-11-23T10:00:00Z", "elementId": "Fill",
                "altinnTaskType": "data", "flowType": "CompleteCurrentMoveToNext"
            }
        })
    );
}

#[test]
fn a_confirmed_form_ends_the_process() {
    let process = with_confirmation();
    let filled_in = step(&process, &started(&process), &Event::next("write"), now()).unwrap().state;
    let ended = step(&process, &filled_in, &Event::next("confirm"), now()).unwrap();
    assert_eq!(history(&ended), [(HistoryEventType::EndTask, "Confirm"), (HistoryEventType::EndEvent, "E")]);
    assert_eq!(
        serde_json::to_value(&ended.state).unwrap(),
        json!({"started": "2026-11-23T10:00:00Z", "startEvent": "S", "ended": "2026-11-23T10:00:00Z", "endEvent": "E"})
    );
    let again = step(&process, &ended.state, &Event::next("confirm"), now());
    assert_eq!(again, Err(Refusal::Ended { end_event: "E".into() }));
}

#[test]
fn a_rejected_form_goes_back_and_the_task_is_abandoned() {
    let process = with_confirmation();
    let filled_in = step(&process, &started(&process), &Event::next("write"), now()).unwrap().state;
    let back = step(&process, &filled_in, &Event::next("reject"), now()).unwrap();
    assert_eq!(at(&back.state), Some("Fill"));
    assert_eq!(
        history(&back),
        [(HistoryEventType::AbandonTask, "Confirm"), (HistoryEventType::StartTask, "Fill")]
    );
    let current = serde_json::to_value(back.state.current_task().unwrap()).unwrap();
    assert_eq!((&current["flow"], &current["flowType"]), (&json!(4), &json!("AbandonCurrentMoveToNext")));
}

#[test]
fn an_action_that_the_task_does_not_have_is_refused() {
    let process = with_confirmation();
    let refusal = step(&process, &started(&process), &Event::next("reject"), now()).unwrap_err();
    let expected = Refusal::ActionNotAllowed {
        task: "Fill".into(),
        action: "reject".into(),
        allowed: vec!["write".into()],
    };
    assert_eq!(refusal, expected);
    assert_eq!(refusal.to_string(), "task `Fill` has no action `reject`; it has `write`");
}

#[test]
fn without_an_action_the_usual_one_of_the_kind_is_meant() {
    let process = process(&[
        task("Sign", "signing", &[]),
        r#"<bpmn:exclusiveGateway id="G"/>"#.to_owned(),
        flow("f1", "S", "Sign", ""),
        flow("f2", "Sign", "G", ""),
        flow("on", "G", "E", r#"["equals", ["gatewayAction"], "sign"]"#),
    ]);
    let ended = step(&process, &started(&process), &Event::Next { action: None }, now()).unwrap();
    assert!(ended.state.has_ended());
}

#[test]
fn a_signing_task_is_not_passed_by_writing() {
    let process =
        process(&[task("Sign", "signing", &[]), flow("f1", "S", "Sign", ""), flow("f2", "Sign", "E", "")]);
    let refusal = step(&process, &started(&process), &Event::next("write"), now()).unwrap_err();
    assert_eq!(refusal.code(), "PROCESS-ACTION-NOT-ALLOWED");
}

#[test]
fn events_out_of_order_are_refused() {
    let process = with_confirmation();
    let take = |state: &ProcessState, event: Event| step(&process, state, &event, now()).unwrap_err();
    assert_eq!(take(&ProcessState::not_started(), Event::next("write")), Refusal::NotStarted);
    assert_eq!(take(&started(&process), Event::Start), Refusal::AlreadyStarted);
    let done = Event::done("Fill");
    assert_eq!(take(&started(&process), done).code(), "PROCESS-NOT-THAT-TASK");
    let mut foreign = started(&process);
    foreign.current_task.as_mut().unwrap().element_id = "Elsewhere".into();
    assert_eq!(take(&foreign, Event::next("write")).code(), "PROCESS-STATE-NOT-OF-PROCESS");
}

#[test]
fn a_service_task_waits_for_its_work_and_for_nothing_else() {
    let process = process(&[
        task("Fill", "data", &[]),
        task("Write", "pdf", &[]),
        flow("f1", "S", "Fill", ""),
        flow("f2", "Fill", "Write", ""),
        flow("f3", "Write", "E", ""),
    ]);
    let waiting = step(&process, &started(&process), &Event::next("write"), now()).unwrap();
    assert!(matches!(waiting.effects.last(), Some(Effect::Service(work)) if work.task() == "Write"));
    let pushed = step(&process, &waiting.state, &Event::next("write"), now());
    assert_eq!(pushed, Err(Refusal::ServiceTaskPending { task: "Write".into() }));
    let other = step(&process, &waiting.state, &Event::done("Fill"), now());
    assert_eq!(other.unwrap_err().code(), "PROCESS-NOT-THAT-TASK");
    let ended = step(&process, &waiting.state, &Event::done("Write"), now()).unwrap();
    assert!(ended.state.has_ended());
}

#[test]
fn a_task_of_the_apps_own_kind_waits_for_people_unless_it_is_drawn_as_a_service_task() {
    let own = |element: &str| {
        let drawn = task("Own", "inspect", &[]).replace("bpmn:task", element);
        process(&[drawn, flow("f1", "S", "Own", ""), flow("f2", "Own", "E", "")])
    };
    let of_people = own("bpmn:task");
    assert!(
        step(&of_people, &started(&of_people), &Event::next("inspect"), now()).unwrap().state.has_ended()
    );

    let of_machine = own("bpmn:serviceTask");
    let first = step(&of_machine, &ProcessState::not_started(), &Event::Start, now()).unwrap();
    let work = ServiceWork::Run { task: "Own".into(), kind: TaskKind::named("inspect") };
    assert!(first.effects.contains(&Effect::Service(work)));
    let refusal = step(&of_machine, &first.state, &Event::next("inspect"), now()).unwrap_err();
    assert_eq!(refusal, Refusal::ServiceTaskPending { task: "Own".into() });
    assert!(step(&of_machine, &first.state, &Event::done("Own"), now()).unwrap().state.has_ended());
}

#[test]
fn what_the_work_of_a_service_task_came_to_decides_the_way() {
    let process = process(&[
        task("Fill", "data", &[]),
        task("Send", "eFormidling", &["reject"]),
        r#"<bpmn:exclusiveGateway id="G"/>"#.to_owned(),
        flow("f1", "S", "Fill", ""),
        flow("f2", "Fill", "Send", ""),
        flow("f3", "Send", "G", ""),
        flow("back", "G", "Fill", r#"["equals", ["gatewayAction"], "reject"]"#),
        flow("on", "G", "E", r#"["notEquals", ["gatewayAction"], "reject"]"#),
    ]);
    let sending = step(&process, &started(&process), &Event::next("write"), now()).unwrap().state;
    let rejected = Event::ServiceTaskDone { task: "Send".into(), action: Some("reject".into()) };
    let back = step(&process, &sending, &rejected, now()).unwrap().state;
    assert_eq!(back.current_task().unwrap().element_id, "Fill");
    assert!(step(&process, &sending, &Event::done("Send"), now()).unwrap().state.has_ended());
}

#[test]
fn a_payment_task_is_left_by_confirm_where_it_declares_that_else_by_pay() {
    let paying = |actions: &[&str]| {
        process(&[task("Pay", "payment", actions), flow("f1", "S", "Pay", ""), flow("f2", "Pay", "E", "")])
    };
    assert_eq!(paying(&["confirm", "pay", "reject"]).task("Pay").unwrap().action(None), "confirm");
    assert_eq!(paying(&["pay"]).task("Pay").unwrap().action(None), "pay");
}

#[test]
fn a_gateway_takes_the_way_whose_condition_holds_else_the_default() {
    let on_a = |id: &str, to: &str| flow(id, "G", to, r#"["equals", ["gatewayAction"], "a"]"#);
    let gateway = r#"<bpmn:exclusiveGateway id="G" default="else"/>"#;
    let process = with_gateway(gateway, &[flow("else", "G", "B", ""), on_a("if", "A")]);
    let take = |action: &str| step(&process, &started(&process), &Event::next(action), now()).unwrap().state;
    assert_eq!(at(&take("a")), Some("A"));
    assert_eq!(at(&take("b")), Some("B"));
}

#[test]
fn a_gateway_that_nothing_decides_refuses() {
    let plain = r#"<bpmn:exclusiveGateway id="G"/>"#;
    let on_a = |id: &str, to: &str| flow(id, "G", to, r#"["equals", ["gatewayAction"], "a"]"#);
    let refusal = |ways: &[String], action: &str| {
        let process = with_gateway(plain, ways);
        step(&process, &started(&process), &Event::next(action), now()).unwrap_err().code()
    };
    let unconditional = [flow("x", "G", "A", ""), flow("y", "G", "B", ""), flow("z", "G", "E", "")];
    assert_eq!(refusal(&unconditional, "a"), "PROCESS-SEVERAL-NEXT-ELEMENTS");
    let end = flow("z", "G", "E", r#"["equals", ["gatewayAction"], "z"]"#);
    assert_eq!(refusal(&[on_a("x", "A"), on_a("y", "B"), end.clone()], "a"), "PROCESS-SEVERAL-NEXT-ELEMENTS");
    assert_eq!(refusal(&[on_a("x", "A"), end], "b"), "PROCESS-NO-NEXT-ELEMENT");
    let data = flow("x", "G", "E", r#"["equals", ["dataModel", "Total"], 1]"#);
    assert_eq!(refusal(&[data], "a"), "PROCESS-CONDITION-NOT-DECIDED");
}

#[test]
fn gateways_in_a_circle_are_left_after_a_hundred() {
    let circle = [
        r#"<bpmn:exclusiveGateway id="H"/>"#.to_owned(),
        flow("x", "G", "H", r#"["notEquals", ["gatewayAction"], "z"]"#),
        flow("y", "H", "G", ""),
        flow("z", "G", "E", r#"["equals", ["gatewayAction"], "z"]"#),
    ];
    let process = with_gateway(r#"<bpmn:exclusiveGateway id="G"/>"#, &circle);
    let refusal = step(&process, &started(&process), &Event::next("a"), now()).unwrap_err();
    assert_eq!(refusal, Refusal::Loop { from: "T".into(), iterations: 100 });
}

const KINDS: [&str; 7] = ["data", "confirmation", "signing", "pdf", "feedback", "payment", "own"];
const CONDITIONS: [&str; 3] =
    ["", r#"["equals", ["gatewayAction"], "reject"]"#, r#"["notEquals", ["gatewayAction"], "reject"]"#];

/// Any tasks and gateways, wired in any way that is in order.
fn any_process() -> impl Strategy<Value = Process> {
    let tasks = proptest::collection::vec((proptest::sample::select(&KINDS[..]), any::<bool>()), 1..5);
    let flows =
        proptest::collection::vec((0_usize..8, 0_usize..8, proptest::sample::select(&CONDITIONS[..])), 0..12);
    (tasks, 0_usize..3, flows).prop_map(|(tasks, gateways, flows)| {
        let mut nodes: Vec<String> = Vec::new();
        let mut elements = Vec::new();
        for (index, (kind, rejects)) in tasks.iter().enumerate() {
            nodes.push(format!("T{index}"));
            elements.push(task(&format!("T{index}"), kind, if *rejects { &["reject"] } else { &[] }));
        }
        for index in 0..gateways {
            nodes.push(format!("G{index}"));
            elements.push(format!(r#"<bpmn:exclusiveGateway id="G{index}"/>"#));
        }
        elements.push(flow("first", "S", "T0", ""));
        elements.push(flow("last", &nodes[nodes.len() - 1], "E", ""));
        elements.push(flow("short", "T0", &nodes[nodes.len() - 1], ""));
        for (index, (from, to, condition)) in flows.iter().enumerate() {
            let (from, to) = (&nodes[from % nodes.len()], &nodes[to % nodes.len()]);
            elements.push(flow(&format!("f{index}"), from, to, condition));
        }
        process(&elements)
    })
}

proptest! {
    #[test]
    fn any_walk_ends_at_an_end_or_stands_in_a_task(process in any_process(), choices in proptest::collection::vec(any::<u8>(), 0..30)) {
        let Ok(start) = step(&process, &ProcessState::not_started(), &Event::Start, now()) else { return Ok(()) };
        let mut state = start.state;
        for choice in choices {
            let Some(current) = state.current_task() else { break };
            let task = process.task(&current.element_id).expect("a state stands in a task of its process");
            let actions = task.allowed_actions();
            let event = if task.is_done_by_machine() {
                Event::done(&task.id)
            } else {
                Event::next(actions[usize::from(choice) % actions.len()])
            };
            match step(&process, &state, &event, now()) {
                Ok(step) => {
                    let flow = |state: &ProcessState| state.current_task().map_or(u32::MAX, |task| task.flow);
                    prop_assert!(flow(&step.state) > flow(&state));
                    state = step.state;
                }
                Err(refusal) => prop_assert!(!refusal.to_string().is_empty()),
            }
        }
        prop_assert_eq!(state.has_ended(), state.current_task().is_none());
        prop_assert_eq!(state.has_ended(), state.end_event.is_some());
        let stored = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<ProcessState>(&stored).unwrap(), state);
    }
}
