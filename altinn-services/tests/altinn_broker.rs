//! `altinn broker`: files sent and fetched over HTTP, killed in the middle, and gone on with.
#![cfg(all(feature = "axum", feature = "broker", feature = "cli", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use altinn_auth::login::Callers;
use altinn_auth::register::RoleAssignment;
use altinn_auth::testing::{FakeIssuer, Loopback};
use altinn_auth::token::TokenVerifier;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Party, PartyIdentifier, SyntheticNumbers, SystemClock};
use altinn_services::Altinn;
use altinn_services::http::{self, Api};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Notify;

/// Three parts, the last of them smaller.
const SIZE: usize = 20_000_000;
const PART: u64 = 8 * 1024 * 1024;

/// A server that can be told to answer a certain call never.
#[derive(Default)]
struct Hold {
    /// How many calls that carry parts are let through before one is held; none is held at 0.
    after: AtomicUsize,
    held: Notify,
}

async fn hold(State(hold): State<Arc<Hold>>, request: Request, next: Next) -> Response {
    let carries = request.method() == "PATCH" || request.headers().contains_key("range");
    if carries && hold.after.load(Ordering::SeqCst) > 0 && hold.after.fetch_sub(1, Ordering::SeqCst) == 1 {
        hold.held.notify_one();
        std::future::pending::<()>().await;
    }
    next.run(request).await
}

struct World {
    folder: TempDir,
    server: Loopback,
    hold: Arc<Hold>,
    sender: Party,
    recipient: Party,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let altinn = Altinn::local(folder.path().join("agency")).await.unwrap();
        let service = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/services/annual-accounts");
        altinn.publish_broker(service).unwrap();
        let mut people = SyntheticPeople::from_seed(21);
        let (sender, recipient) = (people.organization(), people.organization());
        let leaders = [people.person(), people.person()];
        let id_porten = FakeIssuer::id_porten(Arc::new(SystemClock)).unwrap();
        let mut batch = Batch::new();
        for (organization, leader) in [&sender, &recipient].into_iter().zip(&leaders) {
            altinn.register().put_party(&mut batch, organization).unwrap();
            altinn.register().put_party(&mut batch, leader).unwrap();
            let role = RoleAssignment { role: "DAGL".parse().unwrap(), of: organization.id, to: leader.id };
            altinn.register().grant_role(&mut batch, &role);
        }
        altinn.store().commit(batch).await.unwrap();
        for (name, leader) in ["sender", "recipient"].into_iter().zip(&leaders) {
            fs::write(folder.path().join(name), id_porten.log_in(leader).unwrap()).unwrap();
        }
        let tokens = TokenVerifier::new(Arc::new(SystemClock), Arc::new(altinn.register().clone()))
            .trusting(id_porten.profile().unwrap())
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        let api = Api::new(altinn, Callers::by_token(tokens));
        let holds = Arc::new(Hold::default());
        let router = http::all(&api).layer(from_fn_with_state(Arc::clone(&holds), hold));
        let server = Loopback::port().await.unwrap().serve(router);
        Self { folder, server, hold: holds, sender, recipient }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command of somebody, on behalf of their organization.
    fn command(&self, who: &str, arguments: &[&str]) -> Command {
        let party = if who == "sender" { &self.sender } else { &self.recipient };
        let mut command = Command::new(env!("CARGO_BIN_EXE_altinn"));
        command.current_dir(self.folder.path()).env_remove("ALTINN_TOKEN").arg("broker").args(arguments);
        command.args(["--url", self.server.url(), "--token-file", who, "--json"]);
        command.args(["--on-behalf-of", &number(party)]);
        command
    }

    fn send(&self, file: &str) -> Command {
        let to = number(&self.recipient);
        self.command("sender", &["send", file, "--service", "ttd/annual-accounts", "--to", &to])
    }

    fn fetch(&self, transfer: &str) -> Command {
        self.command("recipient", &["fetch", transfer, "--into", "fetched", "--confirm"])
    }

    /// Kills a command with the signal that nothing can catch, in the middle of its second part.
    async fn kill_in_the_second_part(&self, mut command: Command) {
        self.hold.after.store(2, Ordering::SeqCst);
        let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.hold.held.notified().await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

fn number(party: &Party) -> String {
    let PartyIdentifier::Organization(number) = party.identifier else { unreachable!() };
    number.check(SyntheticNumbers::Accepted).unwrap().to_string()
}

/// Runs a command beside the server.
async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

async fn json(command: Command, status: i32) -> Value {
    let output = output(command).await;
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn content() -> Vec<u8> {
    let words =
        (0..SIZE.div_ceil(8) as u64).flat_map(|word| word.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    words.take(SIZE).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_arrives_though_both_sides_are_killed_in_the_middle() {
    let world = World::new().await;
    let content = content();
    fs::write(world.path("accounts.zip"), &content).unwrap();
    world.kill_in_the_second_part(world.send("accounts.zip")).await;
    assert!(world.path("accounts.zip.altinn-send").is_file());
    let ended = output(world.send("accounts.zip")).await;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert!(said.starts_with("8.3 MB of 20.0 MB (41 %)"), "it goes on where it broke off: {said}");
    let sent: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((&sent["status"], &sent["size"]), (&"Published".into(), &SIZE.into()));
    assert!(!world.path("accounts.zip.altinn-send").exists());

    fs::create_dir(world.path("fetched")).unwrap();
    let transfer = sent["transfer"].as_str().unwrap();
    let part = world.path("fetched").join(format!("{transfer}.part"));
    world.kill_in_the_second_part(world.fetch(transfer)).await;
    assert_eq!(fs::metadata(&part).unwrap().len(), PART);
    let fetched = json(world.fetch(transfer), 0).await;
    assert_eq!((&fetched["sha256"], &fetched["confirmed"]), (&sent["sha256"], &true.into()));
    assert!(fs::read(world.path("fetched/accounts.zip")).unwrap() == content && !part.exists());
    let again = output(world.fetch(transfer)).await;
    assert_eq!(again.status.code(), Some(2), "what is there is not overwritten");

    // What was broken off after it was confirmed, the same command ends.
    let part = world.path("fetched").join(format!("{transfer}.part"));
    fs::rename(world.path("fetched/accounts.zip"), part).unwrap();
    assert_eq!(json(world.fetch(transfer), 0).await["confirmed"], true);
    assert!(world.path("fetched/accounts.zip").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_what_was_sent_is_thrown_away() {
    let world = World::new().await;
    fs::write(world.path("small.txt"), b"as it was sent").unwrap();
    let sent = json(world.send("small.txt"), 0).await;
    let transfer = sent["transfer"].as_str().unwrap();
    fs::create_dir(world.path("fetched")).unwrap();
    let part = world.path("fetched").join(format!("{transfer}.part"));
    fs::write(&part, b"as it was SENT").unwrap();
    let fetched = json(world.fetch(transfer), 1).await;
    assert_eq!((&fetched["right"], &fetched["confirmed"]), (&false.into(), &false.into()));
    assert!(!part.exists() && !world.path("fetched/small.txt").exists());
    assert_eq!(json(world.fetch(transfer), 0).await["right"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_has_changed_is_not_gone_on_with() {
    let world = World::new().await;
    fs::write(world.path("accounts.zip"), content()).unwrap();
    world.kill_in_the_second_part(world.send("accounts.zip")).await;
    fs::write(world.path("accounts.zip"), b"another file").unwrap();
    let refused = output(world.send("accounts.zip")).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("accounts.zip.altinn-send"));
    fs::remove_file(world.path("accounts.zip.altinn-send")).unwrap();
    assert_eq!(json(world.send("accounts.zip"), 0).await["size"], 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_what_was_refused_and_shows_no_token() {
    let world = World::new().await;
    fs::write(world.path("small.txt"), b"small").unwrap();
    let token = fs::read_to_string(world.path("recipient")).unwrap();
    let to = number(&world.recipient);
    let send = ["send", "small.txt", "--service", "ttd/annual-accounts", "--to", &to];
    let said = async |command: Command| {
        let refused = output(command).await;
        assert_eq!(refused.status.code(), Some(2));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(!said.contains(&token), "{said}");
        said
    };
    // Whose token it is may not act for the sender.
    let mut other = Command::new(env!("CARGO_BIN_EXE_altinn"));
    other.current_dir(world.folder.path()).env("ALTINN_TOKEN", &token).arg("broker").args(send);
    other.args(["--url", world.server.url(), "--on-behalf-of", &number(&world.sender)]);
    assert!(said(other).await.contains("answers 40"));
    let mut unknown = world.command("sender", &["send", "small.txt", "--to", "312345005"]);
    unknown.args(["--service", "ttd/annual-accounts"]);
    assert!(said(unknown).await.contains("BROKER-RECIPIENT"));
    let mut tokenless = Command::new(env!("CARGO_BIN_EXE_altinn"));
    tokenless.current_dir(world.folder.path()).env_remove("ALTINN_TOKEN").arg("broker").args(send);
    tokenless.args(["--url", world.server.url()]);
    assert!(said(tokenless).await.contains("ALTINN_TOKEN"));
    assert!(said(world.send("nowhere.txt")).await.contains("nowhere.txt"));
    // What was refused is in the way of nothing else.
    assert_eq!(json(world.send("small.txt"), 0).await["size"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_documentation_send_and_fetch() {
    let world = World::new().await;
    let page = include_str!("../../docs/altinn-command.md");
    let mut transfer = "018f6c1e-0000-7000-8000-000000000000".to_owned();
    let mut count = 0;
    for line in page.lines().filter_map(|line| line.strip_prefix("altinn broker ")) {
        let (who, party) = if line.starts_with("send") {
            ("sender", &world.sender)
        } else {
            // It is fetched into the folder that it stands in.
            fs::rename(world.path("accounts.zip"), world.path("sent.zip")).unwrap();
            ("recipient", &world.recipient)
        };
        fs::copy(world.path(who), world.path("token")).unwrap();
        if who == "sender" {
            fs::write(world.path("accounts.zip"), b"the accounts").unwrap();
        }
        let line = line
            .replace("https://agency.example.no", world.server.url())
            .replace("312345005", &number(&world.recipient))
            .replace("018f6c1e-0000-7000-8000-000000000000", &transfer);
        let mut command = Command::new(env!("CARGO_BIN_EXE_altinn"));
        command.current_dir(world.folder.path()).arg("broker").args(line.split(' '));
        command.args(["--json", "--on-behalf-of", &number(party)]);
        let said = json(command, 0).await;
        if let Some(id) = said["transfer"].as_str() {
            transfer = id.to_owned();
        }
        count += 1;
    }
    assert_eq!(count, 2);
    assert_eq!(fs::read(world.path("accounts.zip")).unwrap(), b"the accounts");
}
