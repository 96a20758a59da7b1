//! What a decision and the loading of policies cost, each beside what it is measured by in the same run.
//!
//! `cargo bench -p altinn-auth --bench xacml [-- ROUNDS]`, or for callgrind `-- decide N`: N decisions and nothing else
//! after loading, so that the difference of two runs is what one costs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::hint::black_box;
use std::time::Instant;

use altinn_auth::xacml::{
    CombiningAlgorithm, CompiledPolicy, Decision, Evaluation, PolicyDocument, PolicyIndex, Request, name,
};

const BAKERY: &str = include_str!("../../examples/apps/bakery-licence/App/config/authorization/policy.xml");
const DECISIONS: u32 = 20_000;
const RESOURCES: usize = 10_000;
const LOADED: usize = 1_000;

/// The sample app's policy with a fifth rule, for an app of this name: about 20 KB.
fn policy_xml(app: &str) -> String {
    let (start, end) = (BAKERY.find("<xacml:Rule ").unwrap(), BAKERY.find("</xacml:Rule>").unwrap());
    let fifth = BAKERY[start..end].replacen("ruleid:1\"", "ruleid:fifth\"", 1).replace("read", "publish");
    let whole = BAKERY.replacen("<xacml:Rule ", &format!("{fifth}</xacml:Rule><xacml:Rule "), 1);
    whole.replace("[org]", "ttd").replace("[app]", app)
}

fn compiled(app: &str) -> CompiledPolicy {
    CompiledPolicy::compile(&PolicyDocument::read(policy_xml(app)).unwrap()).unwrap()
}

fn index_of(count: usize) -> PolicyIndex {
    let policies = (0..count).map(|number| compiled(&format!("app-{number}"))).collect();
    PolicyIndex::new(CombiningAlgorithm::DenyOverrides, policies)
}

/// What an enriched request has: who asks, their roles, and the instance it is about.
fn request(app: &str) -> Request {
    let mut request = Request::new();
    request.add(name::ACCESS_SUBJECT, "urn:altinn:userid", "20000490");
    request.add(name::ACCESS_SUBJECT, "urn:altinn:person:uuid", "02a5fe9d-2a3f-4f2b-9a3f-8f1d5b7c9e11");
    request.add(name::ACCESS_SUBJECT, "urn:altinn:rolecode", "UTINN");
    request.add(name::ACCESS_SUBJECT, "urn:altinn:rolecode", "SIGNE");
    request.add(name::ACCESS_SUBJECT, "urn:altinn:rolecode", "DAGL");
    request.add(name::RESOURCE, "urn:altinn:org", "ttd");
    request.add(name::RESOURCE, "urn:altinn:app", app);
    request.add(name::RESOURCE, "urn:altinn:partyid", "50001337");
    request.add(name::RESOURCE, "urn:altinn:instance-id", "50001337/26133fb5-a9f2-45d4-90b1-f6d93ad40713");
    request.add(name::RESOURCE, "urn:altinn:task", "Task_1");
    request.add(name::ACTION, name::ACTION_ID, "read");
    request
}

/// One decision, from the building of the request to the reason.
fn decide(index: &PolicyIndex, app: &str) -> Evaluation {
    let evaluation = index.evaluate(&request(app));
    assert!(evaluation.decision() == Decision::Permit && !evaluation.obligations().is_empty());
    assert!(evaluation.decided_by().is_some());
    evaluation
}

fn nanoseconds_a_decision(index: &PolicyIndex, app: &str) -> f64 {
    let start = Instant::now();
    for _ in 0..DECISIONS {
        black_box(decide(index, black_box(app)));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(DECISIONS)
}

/// The median of the rounds, with the smallest and the largest.
fn median(mut rounds: Vec<f64>) -> String {
    rounds.sort_by(f64::total_cmp);
    format!("{:.2} ({:.2} to {:.2})", rounds[rounds.len() / 2], rounds[0], rounds[rounds.len() - 1])
}

fn decisions(rounds: usize) {
    let (one, many) = (index_of(1), index_of(RESOURCES));
    let mut ratios = Vec::new();
    let mut alone = Vec::new();
    for _ in 0..rounds {
        let with_one = nanoseconds_a_decision(&one, "app-0");
        ratios.push(nanoseconds_a_decision(&many, "app-7777") / with_one);
        alone.push(with_one);
    }
    println!("one decision, one resource's policy loaded: {} ns", median(alone));
    println!("the same with {RESOURCES} resources' policies, as a ratio: {} (bar 1.2)", median(ratios));
}

fn loading(rounds: usize) {
    let texts: Vec<String> = (0..LOADED).map(|number| policy_xml(&format!("app-{number}"))).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let seconds = |work: &dyn Fn(&str)| {
        let start = Instant::now();
        texts.iter().for_each(|text| work(text));
        start.elapsed().as_secs_f64()
    };
    let ratios = (0..rounds).map(|_| {
        let parsed = seconds(&|text| drop(black_box(roxmltree::Document::parse(text).unwrap())));
        let loaded = seconds(&|text| {
            drop(black_box(CompiledPolicy::compile(&PolicyDocument::read(text).unwrap()).unwrap()));
        });
        loaded / parsed
    });
    let ratios = median(ratios.collect());
    println!("loading {LOADED} policies ({bytes} bytes), by roxmltree's time for the same: {ratios} (bar 2)");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["decide", count] = arguments.as_slice() {
        let index = index_of(1);
        for _ in 0..count.parse::<u32>().unwrap() {
            black_box(decide(&index, black_box("app-0")));
        }
        return;
    }
    let rounds = arguments.first().map_or(3, |rounds| rounds.parse().unwrap());
    println!("policy: {} bytes", policy_xml("app-0").len());
    decisions(rounds);
    loading(rounds);
}
