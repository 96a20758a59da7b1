//! Changes the seeds in `fuzz_seeds` at random, and reads, decides and writes what comes of it: nothing may panic, and
//! nothing may take long. A second for each reader; with `ALTINN_TEST_LONG`, fifteen.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking and say what ran")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use altinn_auth::xacml::{
    CompiledPolicy, JsonSpelling, PolicyDocument, Request, RequestDocument, Response, Surroundings,
};
use altinn_core::testing::report;

/// The longest that one input may take, with room for a machine that is busy with other things.
const MOST: Duration = Duration::from_secs(10);
/// The longest input.
const LONGEST: usize = 64 * 1024;
/// What readers look for, to be put in where it does not belong.
const WORDS: [&str; 20] = [
    "<",
    ">",
    "/>",
    "</Rule>",
    "<AttributeValue DataType=\"",
    "&#x0;",
    "&lt;",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "<![CDATA[",
    "http://www.w3.org/2001/XMLSchema#integer",
    "\"",
    "'",
    "-9223372036854775808",
    "NaN",
    "[[",
    "{{",
    "\u{fffd}",
    "\0",
    "(((",
    "//*",
];

struct Mutator {
    state: u64,
    seeds: Vec<Vec<u8>>,
}

impl Mutator {
    fn new(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_seeds").join(folder);
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        assert!(!paths.is_empty(), "there are no seeds");
        Self { state: 0x5EED, seeds: paths.iter().map(|path| fs::read(path).unwrap()).collect() }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    /// A seed with up to eight changes.
    fn input(&mut self) -> Vec<u8> {
        let seed = self.below(self.seeds.len());
        let mut input = self.seeds.get(seed).cloned().unwrap();
        for _ in 0..=self.below(8) {
            let at = self.below(input.len());
            let end = (at + self.below(40)).min(input.len());
            let put: Vec<u8> = match self.below(5) {
                0 => Vec::new(),
                1 => vec![u8::try_from(self.below(256)).unwrap()],
                2 => {
                    let word = self.below(WORDS.len());
                    WORDS.get(word).unwrap().as_bytes().to_vec()
                }
                3 => input.get(at..end).unwrap().repeat(1 + self.below(30)),
                _ => {
                    let from = self.below(input.len());
                    input.get(from..(from + end - at).min(input.len())).unwrap().to_vec()
                }
            };
            input.splice(at..end, put);
            input.truncate(LONGEST);
        }
        input
    }
}

/// Feeds changed seeds of a folder for a while.
fn feed(folder: &str, mut take: impl FnMut(&[u8])) {
    let seconds = if std::env::var_os("ALTINN_TEST_LONG").is_some() { 15 } else { 1 };
    let (start, mut count) = (Instant::now(), 0_u64);
    let mut mutator = Mutator::new(folder);
    while start.elapsed() < Duration::from_secs(seconds) {
        let input = mutator.input();
        let begun = Instant::now();
        take(&input);
        assert!(begun.elapsed() < MOST, "{folder}: input {count} takes too long");
        count += 1;
    }
    report(format_args!("{folder}: {count} inputs"));
}

fn seed(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_seeds").join(path)).unwrap()
}

fn request() -> Request {
    RequestDocument::read_xml(seed("request_xml/several.xml")).unwrap().requests().first().cloned().unwrap()
}

fn policy() -> CompiledPolicy {
    CompiledPolicy::compile(&PolicyDocument::read(seed("policy_xml/expressions.xml")).unwrap()).unwrap()
}

#[test]
fn no_policy_makes_loading_or_deciding_panic() {
    let request = request();
    let now = Surroundings { now: chrono::DateTime::from_timestamp(1_795_000_000, 0), attributes: None };
    feed("policy_xml", |bytes| {
        if let Ok(policy) =
            PolicyDocument::read(bytes).and_then(|document| CompiledPolicy::compile(&document))
        {
            policy.evaluate_in(&request, &now);
        }
    });
}

/// Decides the requests of a document, and reads again what is written of them.
fn answer(policy: &CompiledPolicy, document: &RequestDocument) {
    let response = document.answer(|request| policy.evaluate(request));
    Response::read_xml(response.to_xml()).unwrap();
    Response::read_json(response.to_json(JsonSpelling::Altinn).to_string()).unwrap();
    for request in document.requests().iter().take(4) {
        RequestDocument::read_xml(request.to_xml()).unwrap();
    }
}

#[test]
fn no_request_in_xml_makes_reading_deciding_or_answering_panic() {
    let policy = policy();
    feed("request_xml", |bytes| {
        if let Ok(document) = RequestDocument::read_xml(bytes) {
            answer(&policy, &document);
        }
    });
}

#[test]
fn no_request_in_json_makes_reading_deciding_or_answering_panic() {
    let policy = policy();
    feed("request_json", |bytes| {
        if let Ok(document) = RequestDocument::read_json(bytes) {
            answer(&policy, &document);
        }
    });
}

#[test]
fn no_response_makes_reading_panic() {
    feed("response_xml", |bytes| {
        if let Ok(response) = Response::read_xml(bytes) {
            Response::read_xml(response.to_xml()).unwrap();
        }
    });
}
