//! The black-box program as another program sees it: over pipes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(dead_code, reason = "each test program uses its own part of this")]

pub(crate) mod rounds;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The sample app of this project, and its service.
pub(crate) const SAMPLE_APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence");
pub(crate) const SAMPLE_SERVICE: &str = "ttd/bakery-licence";

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a program keeps what it has, so that another can go on with it.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) folder: &'a Path,
    /// The store's address, if it is not a file in the folder.
    pub(crate) store: Option<&'a str>,
    /// The port of a mail server on this machine.
    pub(crate) smtp_port: Option<u16>,
}

impl<'a> Place<'a> {
    pub(crate) fn folder(folder: &'a Path) -> Self {
        Self { folder, store: None, smtp_port: None }
    }
}

/// A running program. It is killed when this is dropped.
pub(crate) struct Driver {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Driver {
    pub(crate) fn start(place: &Place<'_>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blackbox"));
        command.current_dir(place.folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        for variable in ["ALTINN_STORE_URL", "ALTINN_OBJECTS_URL", "ALTINN_KEYS", "ALTINN_SMTP_HOST"] {
            command.env_remove(variable);
        }
        if let Some(store) = place.store {
            command.env("ALTINN_STORE_URL", store);
        }
        if let Some(port) = place.smtp_port {
            command.env("ALTINN_SMTP_HOST", format!("127.0.0.1:{port}"));
        }
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            let mut line = String::new();
            // What has no line feed at its end is half an answer, and none.
            while output.read_line(&mut line).is_ok() && line.ends_with('\n') {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    return;
                }
            }
        });
        Self { child, input, lines }
    }

    /// Starts it and publishes the sample app.
    pub(crate) fn with_sample_app(place: &Place<'_>) -> Self {
        let mut driver = Self::start(place);
        driver.load_sample_app();
        driver
    }

    pub(crate) fn load_sample_app(&mut self) -> Value {
        self.ok(&json!({"op": "app.load", "folder": SAMPLE_APP}))
    }

    /// Puts a line into the pipe; says whether the program was there to take it.
    pub(crate) fn send_line(&mut self, line: &[u8]) -> bool {
        let input = self.input.as_mut().unwrap();
        input.write_all(line).and_then(|()| input.write_all(b"\n")).and_then(|()| input.flush()).is_ok()
    }

    pub(crate) fn send(&mut self, command: &Value) -> bool {
        self.send_line(command.to_string().as_bytes())
    }

    /// The next answer; none when the program has ended or the time is over.
    pub(crate) fn answer_by(&self, deadline: Instant) -> Option<Value> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(line) => Some(serde_json::from_str(&line).unwrap()),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    pub(crate) fn next_line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    pub(crate) fn ask_line(&mut self, line: &[u8]) -> Value {
        assert!(self.send_line(line), "the program has ended");
        serde_json::from_str(&self.next_line()).unwrap()
    }

    pub(crate) fn ask(&mut self, command: &Value) -> Value {
        self.ask_line(command.to_string().as_bytes())
    }

    /// What a command that must succeed answers.
    #[track_caller]
    pub(crate) fn ok(&mut self, command: &Value) -> Value {
        let mut answer = self.ask(command);
        assert!(answer.get("ok").is_some(), "{command} was answered with {answer}");
        answer["ok"].take()
    }

    /// The code of the error that a command must give.
    #[track_caller]
    pub(crate) fn error(&mut self, command: &Value) -> String {
        code_of(&self.ask(command))
    }

    /// All events that the feed tells; their positions are the numbers from 1 on, each once.
    pub(crate) fn events(&mut self) -> Vec<Value> {
        let mut feed: Vec<Value> = Vec::new();
        loop {
            let after = feed.len();
            let mut page = self.ok(&json!({"op": "event.feed", "after": after, "limit": 1_000}));
            feed.append(page["events"].as_array_mut().unwrap());
            assert_eq!(page["next"], json!(feed.len()), "a position was left out or used twice");
            if feed.len() == after {
                return feed;
            }
        }
    }

    /// How often the feed tells of each type, without what its name begins with.
    pub(crate) fn told(&mut self, prefix: &str) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for event in self.events() {
            *told.entry(event["type"].as_str().unwrap().replace(prefix, "")).or_default() += 1;
        }
        told
    }

    /// Kill -9, in the middle of whatever it does; gives the answers that had left it before.
    pub(crate) fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().map(|line| serde_json::from_str(&line).unwrap()).collect()
    }

    /// Ends the input, and waits for the program to end.
    pub(crate) fn finish(mut self) -> ExitStatus {
        self.input = None;
        self.child.wait().unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The code of an answer that must be an error.
#[track_caller]
pub(crate) fn code_of(answer: &Value) -> String {
    assert!(answer.get("ok").is_none(), "not refused: {answer}");
    assert!(answer["error"]["detail"].is_string(), "no detail: {answer}");
    answer["error"]["code"].as_str().unwrap().to_owned()
}

/// A valid form for the sample app, which nobody else sends in.
pub(crate) fn form_with_remark(remark: &str) -> Value {
    let text = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/data/bakery-licence.json")).unwrap();
    let mut form: Value = serde_json::from_slice(&text).unwrap();
    form["remarks"] = json!(remark);
    form
}
