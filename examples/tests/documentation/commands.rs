//! Commands of the documentation.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::pages::{Page, root};

/// The example programs. Each is run by a test that has its name.
const PROGRAMS: [(&str, &str); 10] = [
    ("api", env!("CARGO_BIN_EXE_api")),
    ("blackbox", env!("CARGO_BIN_EXE_blackbox")),
    ("broker", env!("CARGO_BIN_EXE_broker")),
    ("collaboration", env!("CARGO_BIN_EXE_collaboration")),
    ("correspondence", env!("CARGO_BIN_EXE_correspondence")),
    ("delegation", env!("CARGO_BIN_EXE_delegation")),
    ("inbox", env!("CARGO_BIN_EXE_inbox")),
    ("link", env!("CARGO_BIN_EXE_link")),
    ("lookup", env!("CARGO_BIN_EXE_lookup")),
    ("portal", env!("CARGO_BIN_EXE_portal")),
];
const SUBMIT: (&str, &str) = ("submit", env!("CARGO_BIN_EXE_submit"));

/// What is run by something else than a test of its own, by the beginning of the command, and by what.
const RUN_ELSEWHERE: [(&str, &str); 13] = [
    ("altinn ", "altinn-services/tests/altinn_command.rs"),
    (
        "cargo run -p altinn-services --features cli --bin altinn -- ",
        "altinn-services/tests/altinn_command.rs",
    ),
    (
        "cargo run -p altinn-services --features cli,axum,testing --bin altinn -- ",
        "altinn-services/tests/altinn_command.rs",
    ),
    ("cargo run -p altinn-examples --bin ", "PROGRAMS"),
    ("cargo run -p dog-portal", "examples/tutorial/tests"),
    ("cargo test -p dog-portal", "examples/tutorial/tests"),
    ("cargo new ", "cargo's own"),
    ("cargo doc --open", "scripts/test, without opening it"),
    ("cargo test --workspace", "scripts/test"),
    ("cargo bench ", "scripts/test"),
    ("cd altinn-a", "scripts/test: benchmarks in packages of their own"),
    ("valgrind ", "by hand: it counts instructions of a release build"),
    ("scripts/test", "continuous integration"),
];

fn commands(page: &Page) -> Vec<String> {
    let blocks = page.blocks().into_iter().filter(|block| ["console", "sh"].contains(&&*block.language));
    let lines = blocks.flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines
        .map(|line| line.split("  #").next().unwrap().trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// The program that `cargo run -p altinn-examples --bin NAME` names.
fn program_of(command: &str) -> Option<&str> {
    command.strip_prefix("cargo run -p altinn-examples --bin ")?.split_whitespace().next()
}

#[test]
fn every_command_is_one_that_something_runs() {
    let known = |name: &str| PROGRAMS.iter().chain([&SUBMIT]).any(|(program, _)| *program == name);
    for page in Page::all() {
        for command in commands(&page) {
            let is_run = RUN_ELSEWHERE.iter().any(|(beginning, _)| command.starts_with(beginning));
            assert!(is_run, "{}: nothing runs `{command}`", page.path);
            if let Some(program) = program_of(&command) {
                assert!(known(program), "{}: there is no program `{program}`", page.path);
            }
        }
    }
    assert!(root().join("scripts/test").is_file());
}

/// The examples that the front page names, one for each type of service, are there.
#[test]
fn every_example_of_the_front_page_is_a_program() {
    let page = Page::read("README.md");
    let table = page.text.split("## The six service types").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |"));
    let named: Vec<_> = rows
        .filter_map(|row| row.rsplit('`').nth(1))
        .filter(|name| *name != "cargo run -p altinn-examples --bin")
        .collect();
    assert_eq!(named.len(), 6, "{named:?}");
    for name in named {
        assert!(PROGRAMS.iter().chain([&SUBMIT]).any(|(program, _)| *program == name), "{name}");
    }
}

#[test]
fn the_two_commands_of_the_front_page_do_what_it_says() {
    let commands = commands(&Page::read("README.md"));
    let programs: Vec<_> = commands.iter().filter_map(|command| program_of(command)).collect();
    assert_eq!(programs, ["portal", "submit"]);

    let submit = Command::new(SUBMIT.1).output().unwrap();
    let said = String::from_utf8(submit.stdout).unwrap();
    assert!(submit.status.success(), "{said}");
    assert!(said.contains("verified offline with the public key"), "{said}");

    let mut portal = Command::new(env!("CARGO_BIN_EXE_portal"))
        .env("PORTAL_PORT", "0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(portal.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let answer = line.trim().rsplit_once("http://").map(|(_, host)| front_page_of(host));
    portal.kill().unwrap();
    portal.wait().unwrap();
    let answer = answer.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("<html"), "{answer}");
}

fn front_page_of(host: &str) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
