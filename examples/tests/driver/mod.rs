//! The black-box driver, run as a program of its own.
#![allow(dead_code, reason = "each test uses its part of it")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The program, with its pipes.
pub(crate) struct Driver {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts the program over a folder, and over a store elsewhere if one is named.
    pub(crate) fn start(folder: &Path, store: Option<&str>) -> Self {
        let in_folder = |name: &str| folder.join(name).display().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_blackbox"))
            .env(
                "ALTINN_STORE_URL",
                store.map_or_else(|| format!("sqlite:{}", in_folder("altinn.db")), str::to_owned),
            )
            .env("ALTINN_OBJECTS_URL", format!("file:{}", in_folder("objects")))
            .env("ALTINN_KEYS", in_folder("keys"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    /// Sends a command, if anybody still reads.
    pub(crate) fn send(&mut self, command: &Value) {
        let _ = writeln!(self.input, "{command}");
    }

    /// Sends bytes as they are.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).unwrap();
    }

    /// The next answer; nothing when the program has ended, or was killed in the middle of a line.
    pub(crate) fn answer(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line).ok()?;
        line.ends_with('\n').then(|| serde_json::from_str(&line).unwrap())
    }

    /// Sends a command and gives its answer, which must be there.
    pub(crate) fn ask(&mut self, command: &Value) -> Value {
        self.send(command);
        self.answer().unwrap_or_else(|| panic!("no answer to {command}"))
    }

    /// Sends a command that must succeed.
    pub(crate) fn ok(&mut self, command: &Value) -> Value {
        let answer = self.ask(command);
        assert!(answer["error"].is_null(), "{command}: {}", answer["error"]);
        answer["ok"].clone()
    }

    /// Loads the sample app, and gives its service's id.
    pub(crate) fn load_sample(&mut self) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence");
        self.ok(&json!({"op": "app.load", "folder": folder}))["service"].as_str().unwrap().to_owned()
    }

    /// Kill -9.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The id of the process, for whoever kills it from elsewhere.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
