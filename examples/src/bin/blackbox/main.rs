//! The SDK over lines of JSON: one command a line in, one answer a line out. See `docs/blackbox.md`.
//!
//! `cargo run -p altinn-examples --bin blackbox`, for tests in other languages and for fault harnesses. An answer means
//! that the effect is durable.

mod answer;
mod archive;
mod clock;
mod identifier;
mod service;
mod settings;
mod world;

use std::error::Error;
use std::io::Write;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Stdin};

use answer::Failure;
use world::World;

/// The longest line that is read: 16 MiB.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// One command: what to do, and what with.
#[derive(Deserialize)]
struct Command {
    #[serde(default)]
    id: Value,
    op: String,
    #[serde(flatten)]
    arguments: Value,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let world = Arc::new(World::open(&settings::Settings::from_env()?).await?);
    let mut input = BufReader::new(tokio::io::stdin());
    let mut line = Vec::new();
    while read_line(&mut input, &mut line).await? {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = answer_to(&world, &line).await;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// Reads a line, of which no more than one byte above the limit is kept; false at the end.
async fn read_line(input: &mut BufReader<Stdin>, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let mut is_there = false;
    loop {
        let bytes = input.fill_buf().await?;
        if bytes.is_empty() {
            return Ok(is_there);
        }
        is_there = true;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(bytes.len(), |end| end + 1);
        let room = (MAX_LINE + 1).saturating_sub(line.len());
        line.extend(bytes.iter().take(used.min(room)));
        input.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

async fn answer_to(world: &World, line: &[u8]) -> Value {
    if line.len() > MAX_LINE {
        let failure = Failure::bad_command(format!("a line has at most {MAX_LINE} bytes"));
        return json!({"id": null, "error": failure});
    }
    let command: Command = match serde_json::from_slice(line) {
        Ok(command) => command,
        Err(error) => {
            let failure = Failure::bad_command(format!("line {}, column {}", error.line(), error.column()));
            return json!({"id": null, "error": failure});
        }
    };
    match run(world, &command.op, command.arguments).await {
        Ok(answer) => json!({"id": command.id, "ok": answer}),
        Err(failure) => json!({"id": command.id, "error": failure}),
    }
}

async fn run(world: &World, op: &str, arguments: Value) -> Result<Value, Failure> {
    match op {
        "identifier.parse" => identifier::parse(answer::arguments(arguments)?),
        "app.load" => service::load(world, answer::arguments(arguments)?).await,
        "submit" => service::submit(world, answer::arguments(arguments)?).await,
        "event.feed" => service::events(world, answer::arguments(arguments)?).await,
        "dispatch.run" => service::dispatch(world, answer::arguments(arguments)?).await,
        "archive.get" => archive::get(world, answer::arguments(arguments)?).await,
        "archive.verify" => archive::verify(world, answer::arguments(arguments)?),
        "archive.audit" => archive::audit(world, answer::arguments(arguments)?).await,
        _ => Err(Failure::new("BLACKBOX-UNKNOWN-OPERATION", format!("there is no operation `{op}`"))),
    }
}
