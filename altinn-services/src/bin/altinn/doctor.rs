//! `altinn doctor`: whether everything that an agency's services stand on is in order.

use std::fmt::{self, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use altinn_archive::log::Checkpoint;
use altinn_services::Altinn;
use clap::Args;
use serde::Serialize;

use crate::answer::{Answer, Failure, told};
use crate::place::{Parts, Place};

/// How long a mail server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many parked notices are counted; more are told as this many.
const COUNTED: u32 = 100;

/// Looks at keys, objects, the store, the archive's log, notices that failed, and the mail server, one after the other.
///
/// Exit status: 0 when all is well, 1 when something is not.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    place: Place,
    /// The mail server, as `HOST:PORT`; or in `ALTINN_SMTP_HOST`.
    #[arg(long)]
    smtp: Option<String>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    state: State,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Well,
    Warning,
    Ill,
}

impl Doctor {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        let smtp = self.smtp.or_else(|| std::env::var("ALTINN_SMTP_HOST").ok());
        let parts = self.place.parts()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut findings = runtime.block_on(examine(&parts));
        findings.extend(smtp.map(|address| mail_server(&address)));
        let mut text = String::new();
        for finding in &findings {
            writeln!(text, "{finding}")?;
        }
        let ill = findings.iter().filter(|finding| finding.state == State::Ill).count();
        write!(text, "{} looked at, {ill} not well", findings.len())?;
        Answer::new(text, &findings, ill == 0)
    }
}

async fn examine(parts: &Parts) -> Vec<Finding> {
    let mut findings = vec![objects(parts)];
    match parts.open().await {
        Ok(altinn) => {
            findings.push(Finding::well("store and keys", "they open, and belong together"));
            findings.push(log(&altinn).await);
            findings.push(notices(&altinn).await);
        }
        Err(failure) => findings.push(Finding::ill("store and keys", failure.to_string())),
    }
    findings
}

/// Whether objects can be written: large content goes there before any row names it.
fn objects(parts: &Parts) -> Finding {
    let what = "objects";
    let Some(folder) = parts.object_folder() else {
        return Finding { what, state: State::Warning, says: "are elsewhere: writing was not tried".into() };
    };
    let probe = folder.join(".altinn-doctor");
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Finding::well(what, "can be written"),
        Err(error) => Finding::ill(what, format!("`{}` cannot be written: {error}", folder.display())),
    }
}

/// Whether the log's last checkpoint is signed by the key that is there, and what waits.
async fn log(altinn: &Altinn) -> Finding {
    let what = "archive log";
    let note = match altinn.archive().checkpoint().await {
        Ok(Some(note)) => note.to_string(),
        Ok(None) => return Finding::well(what, "is empty"),
        Err(error) => return Finding::ill(what, told(&error)),
    };
    match Checkpoint::verify_cosigned(&note, altinn.archive().verifier_key()) {
        Ok(checkpoint) => {
            Finding::well(what, format!("its last checkpoint, of {}, is true", checkpoint.size))
        }
        Err(error) => Finding::ill(what, format!("its last checkpoint is not true: {}", told(&error))),
    }
}

/// Notices that nobody sends any more unless somebody sees to them.
async fn notices(altinn: &Altinn) -> Finding {
    let what = "notices";
    let notifier = altinn.notifier();
    let parked = async {
        let orders = notifier.parked_orders(None, COUNTED).await?.len();
        Ok::<_, altinn_core::store::StoreError>(orders + notifier.parked(None, COUNTED).await?.len())
    };
    match parked.await {
        Ok(0) => Finding::well(what, "none has failed for good"),
        Ok(count) => {
            Finding { what, state: State::Warning, says: format!("{count} wait for somebody to see to them") }
        }
        Err(error) => Finding::ill(what, told(&error)),
    }
}

/// Whether the mail server takes calls.
fn mail_server(address: &str) -> Finding {
    let what = "mail server";
    if !address.contains(':') {
        return Finding::ill(what, format!("`{address}` has no port: HOST:PORT is expected"));
    }
    let tried = address.to_socket_addrs().and_then(|mut found| {
        let first = found.next().ok_or_else(|| std::io::Error::other("the name has no address"))?;
        TcpStream::connect_timeout(&first, PATIENCE)
    });
    match tried {
        Ok(_) => Finding::well(what, format!("{address} answers")),
        Err(error) => Finding::ill(what, format!("{address} does not answer: {error}")),
    }
}

impl Finding {
    fn well(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, state: State::Well, says: says.into() }
    }

    fn ill(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, state: State::Ill, says: says.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Well => "well   ",
            State::Warning => "warning",
            State::Ill => "ILL    ",
        };
        write!(f, "{state}  {}: {}", self.what, self.says)
    }
}
