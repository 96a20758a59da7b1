//! What expressions and the validation of forms cost.
//!
//! `cargo bench -p altinn-services --bench expressions [-- ROUNDS]`: one process step through a gateway with 100
//! conditions over a form of 500 fields, and the validation of such a form beside the bare `jsonschema` crate, both in
//! one run; medians of the rounds.
//!
//! `… -- steps COUNT` takes so many steps and nothing else, for a counter of instructions (`valgrind --tool=callgrind`).
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use altinn_services::expression::{Context, Layouts};
use altinn_services::form::FormSchema;
use altinn_services::process::{Event, Process, ProcessState, step_in};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const FIELDS: usize = 500;
const CONDITIONS: usize = 100;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = arguments.iter().filter_map(|argument| argument.parse::<usize>().ok()).next();
    if arguments.iter().any(|argument| argument == "steps") {
        return Scene::new()?.steps(number.unwrap_or(100)).map(drop);
    }
    let rounds = number.unwrap_or(15);
    steps(rounds)?;
    validation(rounds)
}

/// A form of 500 fields on ten pages, and a process with 100 conditions about them.
struct Scene {
    process: Process,
    state: ProcessState,
    layouts: Layouts,
    form: Value,
    now: DateTime<Utc>,
}

fn field(index: usize) -> String {
    format!("group{}.field{index}", index % 10)
}

fn form() -> Value {
    let mut form = json!({});
    for index in 0..FIELDS {
        let group = &mut form[format!("group{}", index % 10)];
        group[format!("field{index}")] =
            if index % 3 == 0 { json!(index) } else { json!(format!("value {index}")) };
    }
    form
}

impl Scene {
    fn new() -> Outcome<Self> {
        let now = "2026-11-24T10:00:00Z".parse()?;
        let process = Process::from_bpmn(bpmn()?.as_bytes())?;
        let state =
            step_in(&process, &ProcessState::not_started(), &Event::Start, &Context::default(), now)?.state;
        let components = (0..FIELDS).map(|index| {
            json!({"id": format!("component{index}"), "type": "Input",
                "dataModelBindings": {"simpleBinding": field(index)},
                "hidden": ["equals", ["dataModel", field((index + 3) % FIELDS)], "hide"]})
        });
        let page = json!({"data": {"layout": components.collect::<Vec<_>>()}});
        Ok(Self { process, state, layouts: Layouts::read([("page", &page)])?, form: form(), now })
    }

    /// Takes so many steps, each through all conditions.
    fn steps(&self, count: usize) -> Outcome<Duration> {
        let begun = Instant::now();
        for _ in 0..count {
            let context = Context::default().with_model("form", &self.form).with_layouts(&self.layouts);
            let step = step_in(&self.process, &self.state, &Event::next("write"), &context, self.now)?;
            black_box(step);
        }
        Ok(begun.elapsed())
    }
}

/// A process whose gateway has 100 conditions, of which the last holds.
fn bpmn() -> Outcome<String> {
    let mut flows = String::new();
    for index in 0..CONDITIONS {
        let expected = if index + 1 == CONDITIONS { "less" } else { "greater" };
        let condition = format!(
            r#"["and", ["equals", ["component", "component{}"], "value {}"], ["{expected}Than", ["dataModel", "{}"], 1000]]"#,
            index * 3 + 1,
            index * 3 + 1,
            field(index * 3),
        );
        write!(
            flows,
            r#"<sequenceFlow id="f{index}" sourceRef="G" targetRef="T{index}"><conditionExpression>{condition}</conditionExpression></sequenceFlow>
            <task id="T{index}" altinn:tasktype="data"/><sequenceFlow id="e{index}" sourceRef="T{index}" targetRef="E"/>"#
        )?;
    }
    Ok(format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:altinn="http://altinn.no/process"><process id="P">
        <startEvent id="S"/><task id="T" altinn:tasktype="data"/><exclusiveGateway id="G"/><endEvent id="E"/>
        <sequenceFlow id="a" sourceRef="S" targetRef="T"/><sequenceFlow id="b" sourceRef="T" targetRef="G"/>{flows}</process></definitions>"#
    ))
}

fn steps(rounds: usize) -> Outcome<()> {
    let scene = Scene::new()?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        times.push(scene.steps(200)?.as_secs_f64() / 200.0 * 1e6);
    }
    println!("one step with {CONDITIONS} conditions over {FIELDS} fields: {:.0} µs", median(&mut times));
    Ok(())
}

/// The rules of the form, with what rules of real forms have: patterns, lengths, ranges and formats.
fn schema() -> Value {
    let mut groups = json!({});
    for index in 0..FIELDS {
        let rules = match index % 3 {
            0 => json!({"type": "integer", "minimum": 0, "maximum": 1_000}),
            1 => json!({"type": "string", "minLength": 1, "maxLength": 40}),
            _ => json!({"type": "string", "pattern": "^value [0-9]+$"}),
        };
        let group = &mut groups[format!("group{}", index % 10)];
        group["type"] = json!("object");
        group["properties"][format!("field{index}")] = rules;
    }
    json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": groups})
}

fn validation(rounds: usize) -> Outcome<()> {
    let (schema, form) = (schema(), form());
    let ours = FormSchema::compile(&schema)?;
    let bare = jsonschema::options().offline().should_validate_formats(true).build(&schema)?;
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let bare_time = timed(|| bare.iter_errors(&form).count());
        let our_time = timed(|| ours.validate(&form).len());
        ratios.push(bare_time / our_time);
    }
    let (least, most) =
        (ratios.iter().copied().fold(f64::MAX, f64::min), ratios.iter().copied().fold(0.0, f64::max));
    let ratio = median(&mut ratios);
    println!(
        "validation of {FIELDS} fields, of the bare crate's speed: {ratio:.2} ({least:.2} to {most:.2})"
    );
    Ok(())
}

fn timed(run: impl Fn() -> usize) -> f64 {
    let begun = Instant::now();
    for _ in 0..200 {
        black_box(run());
    }
    begun.elapsed().as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
