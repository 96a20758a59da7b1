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
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use answer::Failure;
use world::World;

/// The longest line that is read: 16 MiB.
const MAX_LINE: u64 = 16 * 1024 * 1024;

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
    let mut lines = BufReader::new(tokio::io::stdin());
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut lines).take(MAX_LINE).read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = answer_to(&world, &line).await;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
}

async fn answer_to(world: &World, line: &[u8]) -> Value {
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
