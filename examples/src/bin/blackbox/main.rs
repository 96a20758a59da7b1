//! The SDK over lines of JSON: one command a line in, one answer a line out. See `docs/blackbox.md`.
//!
//! `cargo run -p altinn-examples --bin blackbox`, for tests in other languages and for fault harnesses. An answer means
//! that the effect is durable.

mod answer;
mod archive;
mod archive_write;
mod asic;
mod authorize;
mod broker;
mod clock;
mod collaboration;
mod correspondence;
mod delegation;
mod delivery;
mod export;
mod expression;
mod files;
mod identifier;
mod inbox;
mod instance;
mod life;
mod lines;
mod link;
mod lookup;
mod notify;
mod proof;
mod service;
mod settings;
mod signees;
mod standing;
mod stateless;
mod subscription;
mod support;
mod token;
mod world;
mod xacml;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use serde_json::{Map, Value, json};
use tokio::io::BufReader;

use answer::Failure;
use correspondence::Deed;
use lines::{Line, Lines};
use world::World;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Answers each line until there are no more.
async fn serve() -> Result<(), Box<dyn Error>> {
    let world = World::open(&settings::Settings::from_env()?).await?;
    let mut lines = Lines::new(BufReader::new(tokio::io::stdin()));
    while let Some(line) = lines.next().await? {
        let answer = match line {
            Line::Whole(line) if line.iter().all(u8::is_ascii_whitespace) => continue,
            Line::Whole(line) => answer_to(&world, line).await,
            Line::TooLong => refusal(Value::Null, Failure::bad_command("the line is longer than 16 MiB")),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

async fn answer_to(world: &World, line: &[u8]) -> Value {
    let mut command: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(command) => command,
        Err(error) => {
            let place = format!("no JSON object: line {}, column {}", error.line(), error.column());
            return refusal(Value::Null, Failure::bad_command(place));
        }
    };
    let id = command.remove("id").unwrap_or_default();
    let outcome = match command.remove("op") {
        Some(Value::String(op)) => run(world, &op, Value::Object(command)).await,
        _ => Err(Failure::bad_command("`op` is missing or no text")),
    };
    match outcome {
        Ok(answer) => json!({"id": id, "ok": answer}),
        Err(failure) => refusal(id, failure),
    }
}

fn refusal(id: Value, failure: Failure) -> Value {
    json!({"id": id, "error": failure})
}

#[allow(clippy::print_stderr, reason = "why it does not run is for whoever started it")]
fn complain(text: &str) {
    eprintln!("blackbox: {text}");
}

async fn receive(world: &World, deed: Deed, arguments: Value) -> Result<Value, Failure> {
    correspondence::receive(world, deed, answer::arguments(arguments)?).await
}

async fn run(world: &World, op: &str, arguments: Value) -> Result<Value, Failure> {
    match op {
        "identifier.parse" => identifier::parse(answer::arguments(arguments)?),
        "jwt.verify" => token::verify(answer::arguments(arguments)?).await,
        "oidc.login" => token::log_in(answer::arguments(arguments)?).await,
        "app.load" => service::load(world, answer::arguments(arguments)?).await,
        "authorize" => authorize::authorize(world, answer::arguments(arguments)?).await,
        "authorize.who" => authorize::who(world, answer::arguments(arguments)?).await,
        "delegate" => delegation::delegate(world, answer::arguments(arguments)?).await,
        "revoke" => delegation::revoke(world, answer::arguments(arguments)?).await,
        "delegation.check" => delegation::check(world, answer::arguments(arguments)?).await,
        "authorized_parties" => delegation::authorized_parties(world, answer::arguments(arguments)?).await,
        "trail.read" => delegation::trail(world, answer::arguments(arguments)?).await,
        "submit" => service::submit(world, answer::arguments(arguments)?).await,
        "expression.evaluate" => expression::evaluate(answer::arguments(arguments)?),
        "instance.create" => instance::create(world, answer::arguments(arguments)?).await,
        "instance.get" => instance::get(world, answer::arguments(arguments)?).await,
        "process.next" => instance::next(world, answer::arguments(arguments)?).await,
        "data.put" => life::put(world, answer::arguments(arguments)?).await,
        "data.patch" => life::patch(world, answer::arguments(arguments)?).await,
        "data.get" => life::get(world, answer::arguments(arguments)?).await,
        "sign" => life::sign(world, answer::arguments(arguments)?).await,
        "action" => life::act(world, answer::arguments(arguments)?).await,
        "instance.delete" => life::delete(world, answer::arguments(arguments)?).await,
        "instance.copy" => standing::copy(world, answer::arguments(arguments)?).await,
        "instance.restore" => standing::restore(world, answer::arguments(arguments)?).await,
        "instance.status" => standing::status(world, answer::arguments(arguments)?).await,
        "instance.mark" => standing::mark(world, answer::arguments(arguments)?).await,
        "instance.substatus" => standing::substatus(world, answer::arguments(arguments)?).await,
        "instance.complete" => standing::complete(world, answer::arguments(arguments)?).await,
        "instance.history" => standing::history(world, answer::arguments(arguments)?).await,
        "instance.validate" => standing::validate(world, answer::arguments(arguments)?).await,
        "data.attach" => files::attach(world, answer::arguments(arguments)?).await,
        "data.tag" => files::tag(world, answer::arguments(arguments)?).await,
        "data.keep" => files::keep(world, answer::arguments(arguments)?).await,
        "data.work_out" => stateless::work_out(world, answer::arguments(arguments)?).await,
        "instance.contents" => delivery::contents(world, answer::arguments(arguments)?).await,
        "instance.deliver" => delivery::deliver(world, answer::arguments(arguments)?).await,
        "options" => delivery::options(world, answer::arguments(arguments)?).await,
        "signees.set" => signees::set(world, answer::arguments(arguments)?),
        "signees.list" => signees::list(world, answer::arguments(arguments)?).await,
        "signees.run" => signees::run(world, answer::arguments(arguments)?).await,
        "subscription.create" => subscription::create(world, answer::arguments(arguments)?).await,
        "subscription.list" => subscription::list(world, answer::arguments(arguments)?).await,
        "subscription.change" => subscription::change(world, answer::arguments(arguments)?).await,
        "subscription.end" => subscription::end(world, answer::arguments(arguments)?).await,
        "subscription.run" => subscription::run(world, answer::arguments(arguments)?).await,
        "support.stuck" => support::stuck(world, answer::arguments(arguments)?).await,
        "support.resume" => support::resume(world, answer::arguments(arguments)?).await,
        "support.compensate" => support::compensate(world, answer::arguments(arguments)?).await,
        "support.move" => support::move_to(world, answer::arguments(arguments)?).await,
        "event.feed" => service::events(world, answer::arguments(arguments)?).await,
        "notify.order" => notify::order(world, answer::arguments(arguments)?).await,
        "notify.cancel" => notify::cancel(world, answer::arguments(arguments)?).await,
        "notify.status" => notify::status(world, answer::arguments(arguments)?).await,
        "broker.load" => broker::load(world, answer::arguments(arguments)?).await,
        "broker.initialise" => broker::initialise(world, answer::arguments(arguments)?).await,
        "broker.upload" => broker::upload(world, answer::arguments(arguments)?).await,
        "broker.complete" => broker::complete(world, answer::arguments(arguments)?).await,
        "broker.cancel" => broker::cancel(world, answer::arguments(arguments)?).await,
        "broker.status" => broker::status(world, answer::arguments(arguments)?).await,
        "broker.download" => broker::download(world, answer::arguments(arguments)?).await,
        "broker.confirm" => broker::confirm(world, answer::arguments(arguments)?).await,
        "broker.run" => broker::run(world, answer::arguments(arguments)?).await,
        "link.load" => link::load(world, answer::arguments(arguments)?).await,
        "link.open" => link::open(world, answer::arguments(arguments)?).await,
        "link.redeem" => link::redeem(world, answer::arguments(arguments)?).await,
        "link.verify" => link::verify(world, answer::arguments(arguments)?).await,
        "lookup.load" => lookup::load(world, answer::arguments(arguments)?).await,
        "lookup.ask" => lookup::ask(world, answer::arguments(arguments)?).await,
        "lookup.trail" => lookup::trail(world, answer::arguments(arguments)?).await,
        "collaboration.load" => collaboration::load(world, answer::arguments(arguments)?).await,
        "collaboration.open" => collaboration::open(world, answer::arguments(arguments)?).await,
        "collaboration.raise" => collaboration::raise(world, answer::arguments(arguments)?).await,
        "collaboration.run" => collaboration::run(world, answer::arguments(arguments)?).await,
        "collaboration.case" => collaboration::case(world, answer::arguments(arguments)?).await,
        "collaboration.transmit" => collaboration::transmit(world, answer::arguments(arguments)?).await,
        "collaboration.room" => collaboration::room(world, answer::arguments(arguments)?).await,
        "collaboration.pending" => collaboration::pending(world, answer::arguments(arguments)?).await,
        "collaboration.redrive" => collaboration::redrive(world, answer::arguments(arguments)?).await,
        "correspondence.load" => correspondence::load(world, answer::arguments(arguments)?).await,
        "correspondence.send" => correspondence::send(world, answer::arguments(arguments)?).await,
        "correspondence.run" => correspondence::run(world, answer::arguments(arguments)?).await,
        "correspondence.mailing" => correspondence::mailing(world, answer::arguments(arguments)?).await,
        "correspondence.status" => correspondence::status(world, answer::arguments(arguments)?).await,
        "correspondence.withdraw" => correspondence::withdraw(world, answer::arguments(arguments)?).await,
        "correspondence.fetch" => receive(world, Deed::Fetch, arguments).await,
        "correspondence.read" => receive(world, Deed::Read, arguments).await,
        "correspondence.confirm" => receive(world, Deed::Confirm, arguments).await,
        "correspondence.reply" => receive(world, Deed::Reply, arguments).await,
        "correspondence.attachment" => receive(world, Deed::Attachment, arguments).await,
        "correspondence.forward" => correspondence::forward(world, answer::arguments(arguments)?).await,
        "correspondence.archive" => receive(world, Deed::Archive, arguments).await,
        "correspondence.purge" => receive(world, Deed::Purge, arguments).await,
        "inbox.list" => inbox::list(world, answer::arguments(arguments)?).await,
        "inbox.count" => inbox::count(world, answer::arguments(arguments)?).await,
        "inbox.label" => inbox::label(world, answer::arguments(arguments)?).await,
        "inbox.read" => inbox::read(world, answer::arguments(arguments)?).await,
        "dispatch.run" => notify::dispatch(world, answer::arguments(arguments)?).await,
        "archive.append" => archive_write::append(world, answer::arguments(arguments)?).await,
        "archive.list" => archive_write::list(world, answer::arguments(arguments)?).await,
        "archive.erase" => archive_write::erase(world, answer::arguments(arguments)?).await,
        "archive.get" => archive::get(world, answer::arguments(arguments)?).await,
        "archive.verify" => archive::verify(world, answer::arguments(arguments)?),
        "archive.audit" => archive::audit(world, answer::arguments(arguments)?).await,
        "archive.export" => export::export(world, answer::arguments(arguments)?).await,
        "archive.prove" => proof::prove(world, answer::arguments(arguments)?).await,
        "asic.open" => asic::open(answer::arguments(arguments)?),
        "xacml.load" => xacml::load(world, answer::arguments(arguments)?).await,
        "xacml.decide" => xacml::decide(world, answer::arguments(arguments)?).await,
        _ => Err(Failure::new("BLACKBOX-UNKNOWN-OPERATION", "there is no such operation")),
    }
}
