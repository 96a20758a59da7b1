//! What a read of one's own data costs through the HTTP API, beside a bare axum handler that reads the same row, and what a
//! thousand idle connections take.
//!
//! `cargo bench -p altinn-services --all-features --bench http [-- ROUNDS]`: a person reads the form of an instance of theirs,
//! over connections of HTTP/1.1 on this machine and a SQLite file: the token is verified, the policy asked, the instance
//! read, the form written. The bare handler reads the form's row by the same store, and asks for no token. By turns,
//! medians. Fails when a thousand connections on which nothing comes add 64 MiB. `-- ours READS` and `-- bare READS` do so
//! many reads over one connection and nothing else, for those who count instructions.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use altinn_auth::login::Callers;
use altinn_auth::register::RoleAssignment;
use altinn_auth::testing::FakeIssuer;
use altinn_auth::token::TokenVerifier;
use altinn_core::store::{Batch, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::testing::process::{processor_seconds, resident_memory};
use altinn_core::{Actor, AuthenticationLevel, Subject, SyntheticNumbers, SystemClock};
use altinn_services::Altinn;
use altinn_services::form::{FormData, FormLimits};
use altinn_services::http::{self, Api, Limits};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use uuid::Uuid;

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");
const FORM: &[u8] = include_bytes!("../../examples/data/bakery-licence.json");

/// How many connections read at once, and how often each reads in a round.
const READERS: usize = 8;
const READS: usize = 250;
/// How fast ours is to be at the least, by the bare one.
const LEAST: f64 = 0.5;

/// How many connections are idle, and the most that they add, in MiB.
const IDLE: usize = 1_000;
const MOST: f64 = 64.0;
/// The variable that says that enough files may be open.
const ENOUGH_FILES: &str = "ALTINN_BENCH_ENOUGH_FILES";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Where the two are read, and with which token.
struct Stage {
    altinn: Altinn,
    api: Api,
    token: String,
    ours: String,
    bare: String,
    _folder: tempfile::TempDir,
}

fn main() -> Outcome<()> {
    if std::env::var_os(ENOUGH_FILES).is_none() {
        return with_enough_files();
    }
    let arguments: Vec<String> = std::env::args().collect();
    let number = arguments.iter().filter_map(|argument| argument.parse().ok()).next();
    let is_asked = |name: &str| arguments.iter().any(|argument| argument == name);
    let runtime = tokio::runtime::Runtime::new()?;
    if is_asked("ours") || is_asked("bare") {
        return runtime.block_on(counted(is_asked("bare"), number.unwrap_or(100)));
    }
    runtime.block_on(measured(number.unwrap_or(15)))
}

/// So many reads, one after the other.
async fn counted(bare_ones: bool, reads: usize) -> Outcome<()> {
    let stage = Stage::set().await?;
    if bare_ones {
        let address = serve(&stage.api, bare(stage.altinn.clone())).await?;
        read_by(1, reads, address, &stage.bare, "").await?;
    } else {
        let address = serve(&stage.api, http::all(&stage.api)).await?;
        read_by(1, reads, address, &stage.ours, &stage.token).await?;
    }
    Ok(())
}

/// Begins anew where both ends of a thousand connections may be open.
fn with_enough_files() -> Outcome<()> {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 8192 && exec \"$@\"", "sh"]).arg(std::env::current_exe()?);
    let status = shell.args(std::env::args().skip(1)).env(ENOUGH_FILES, "yes").status()?;
    if status.success() { Ok(()) } else { Err("the benchmark failed".into()) }
}

async fn measured(rounds: usize) -> Outcome<()> {
    let stage = Stage::set().await?;
    let ours = serve(&stage.api, http::all(&stage.api)).await?;
    let bare = serve(&stage.api, bare(stage.altinn.clone())).await?;
    let (mut ratios, mut ours_costs, mut bare_costs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (fast, fast_cost) = read_by(READERS, READS, bare, &stage.bare, "").await?;
        let (slow, slow_cost) = read_by(READERS, READS, ours, &stage.ours, &stage.token).await?;
        // The first one warms.
        if round > 0 {
            ratios.push(slow / fast);
            ours_costs.push(slow_cost);
            bare_costs.push(fast_cost);
        }
    }
    let (ratio, least, most) = spread(ratios);
    let ((ours_cost, ..), (bare_cost, ..)) = (spread(ours_costs), spread(bare_costs));
    println!(
        "a read of one's own data beside a bare handler: {ratio:.2} ({least:.2} to {most:.2}; bar: {LEAST})"
    );
    println!("processor time of a read, both ends: {ours_cost:.0} µs, of the bare one {bare_cost:.0} µs");

    let added = idle(ours).await?;
    println!("{IDLE} idle connections add {added:.1} MiB (bar: {MOST})");
    if added >= MOST {
        return Err("idle connections take too much memory".into());
    }
    Ok(())
}

impl Stage {
    async fn set() -> Outcome<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let altinn = Altinn::local(folder.path()).await?;
        let service = altinn.publish_app(APP)?;
        let mut people = SyntheticPeople::from_seed(5);
        let (bakery, leader) = (people.organization(), people.person());
        let mut batch = Batch::new();
        for party in [&bakery, &leader] {
            altinn.register().put_party(&mut batch, party)?;
        }
        let role = RoleAssignment { role: "DAGL".parse()?, of: bakery.id, to: leader.id };
        altinn.register().grant_role(&mut batch, &role);
        altinn.store().commit(batch).await?;
        let subject = Subject::Person { party: leader.id, uuid: leader.uuid, number: None };
        let actor = Actor::new(subject, AuthenticationLevel::VerySensitive);
        let draft = altinn.submissions().start(&actor, &service, bakery.id).await?;
        let form = FormData::parse(FORM, FormLimits::default())?;
        let saved = altinn.submissions().save(&actor, draft.id(), "application", &form).await?;
        let element = saved.instance.element("application").ok_or("there is no form")?.id();

        let issuer = FakeIssuer::id_porten(Arc::new(SystemClock))?;
        let tokens = TokenVerifier::new(Arc::new(SystemClock), Arc::new(altinn.register().clone()))
            .trusting(issuer.profile()?)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        let mut limits = Limits::default();
        (limits.rate, limits.burst) = (1_000_000, 1_000_000);
        let api = Api::builder(altinn.clone(), Callers::by_token(tokens)).limits(limits).build();
        let token = format!("Authorization: Bearer {}\r\n", issuer.log_in(&leader)?);
        let ours = format!("/ttd/bakery-licence/instances/{}/data/{element}", draft.id());
        Ok(Self { altinn, api, token, ours, bare: format!("/data/{element}"), _folder: folder })
    }
}

/// A handler that reads the row of a form.
fn bare(altinn: Altinn) -> Router {
    Router::new().route("/data/{id}", get(row)).with_state(altinn)
}

async fn row(State(altinn): State<Altinn>, Path(id): Path<Uuid>) -> impl IntoResponse {
    let select = "select content from services_data where id = $1";
    let found = altinn.store().query_one(select, params![id]).await.ok();
    match found.and_then(|row| row.get::<Vec<u8>>("content").ok()) {
        Some(content) => (StatusCode::OK, [(CONTENT_TYPE, "application/json")], content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn serve(api: &Api, router: Router) -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, api) = (listener.local_addr()?, api.clone());
    tokio::spawn(async move { http::serve(&api, listener, router, std::future::pending()).await });
    Ok(address)
}

/// So many readers read so often: reads a second, and the processor time of each in microseconds.
async fn read_by(
    count: usize,
    reads: usize,
    address: SocketAddr,
    path: &str,
    token: &str,
) -> Outcome<(f64, f64)> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{token}\r\n");
    let (began, before) = (Instant::now(), processor_seconds()?);
    let mut readers = Vec::new();
    for _ in 0..count {
        let request = request.clone();
        readers.push(tokio::task::spawn_blocking(move || {
            let mut connection = TcpStream::connect(address)?;
            connection.set_nodelay(true)?;
            for _ in 0..reads {
                call(&mut connection, &request)?;
            }
            Ok::<_, Box<dyn Error + Send + Sync>>(())
        }));
    }
    for reader in readers {
        reader.await??;
    }
    let count = (count * reads) as f64;
    Ok((count / began.elapsed().as_secs_f64(), (processor_seconds()? - before) * 1e6 / count))
}

/// One call, whose answer must be the form.
fn call(connection: &mut TcpStream, request: &str) -> Outcome<()> {
    connection.write_all(request.as_bytes())?;
    let (mut answer, mut piece) = (Vec::with_capacity(8 * 1024), [0; 8 * 1024]);
    loop {
        let read = connection.read(&mut piece)?;
        answer.extend_from_slice(piece.get(..read).unwrap_or_default());
        let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(answer.get(..head).unwrap_or_default()).to_lowercase();
            if !text.starts_with("http/1.1 200") {
                return Err(format!("it answers `{}`", text.lines().next().unwrap_or_default()).into());
            }
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.ok_or("no length")?.parse()?;
            if answer.len() >= head + length {
                return Ok(());
            }
        }
        if read == 0 {
            return Err("the answer broke off".into());
        }
    }
}

/// How much memory connections add on which nothing comes any more after one call, in MiB.
async fn idle(address: SocketAddr) -> Outcome<f64> {
    let before = resident_memory()?;
    let connections = tokio::task::spawn_blocking(move || {
        let mut connections = Vec::new();
        for _ in 0..IDLE {
            let mut connection = TcpStream::connect(address)?;
            call(&mut connection, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
            connections.push(connection);
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(connections)
    });
    let connections = connections.await??;
    let after = resident_memory()?;
    // All of them are open still: each answers once more.
    let answered = tokio::task::spawn_blocking(move || {
        for mut connection in connections {
            call(&mut connection, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(())
    });
    answered.await??;
    Ok(after.saturating_sub(before) as f64 / (1024.0 * 1024.0))
}

/// The median, the smallest and the largest.
fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    (at(values.len() / 2), at(0), at(values.len().saturating_sub(1)))
}
