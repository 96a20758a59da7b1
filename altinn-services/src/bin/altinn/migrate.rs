//! `altinn migrate`: every row of a store into an empty one.

use std::fmt::Write as _;
use std::path::Path;

use altinn_core::store::{Migration, Store};
use clap::Args;
use serde_json::json;

use crate::answer::{Answer, Failure};

/// The steps of every table that the crates make.
fn steps() -> Vec<&'static [Migration]> {
    let mut steps = altinn_services::all_migrations().to_vec();
    steps.push(altinn_auth::hand_over::MIGRATIONS);
    #[cfg(feature = "axum")]
    steps.push(altinn_auth::login::MIGRATIONS);
    steps
}

/// Copies every row of a store into an empty one, from SQLite to PostgreSQL or back, and compares the two row by row.
///
/// Stop what uses the store first. Large content and keys stay where they are, or are moved by other means: `altinn
/// archive audit` finds what is missing. A copy that was broken off is thrown away and begun again.
///
/// Exit status: 0 when both are the same, 2 when they are not or it could not be done.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The address of the store: `sqlite:altinn.db` or `postgres://...`; or in `ALTINN_STORE_URL`.
    #[arg(long)]
    from: Option<String>,
    /// The address of the empty store; or in `ALTINN_NEW_STORE_URL`.
    #[arg(long)]
    to: Option<String>,
}

impl Migrate {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        let from = said(self.from, "--from", "ALTINN_STORE_URL")?;
        let to = said(self.to, "--to", "ALTINN_NEW_STORE_URL")?;
        if let Some(file) = from.strip_prefix("sqlite:") {
            // Nothing is made where nothing is.
            if !Path::new(file).is_file() {
                return Err(Failure::new(format!("there is no store `{file}`")));
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let copied = runtime.block_on(async {
            let (from, to) = (Store::open(&from).await?, Store::open(&to).await?);
            Ok::<_, Failure>(from.copy_to(&to, &steps()).await?)
        })?;
        let mut text = String::new();
        for (table, rows) in copied.tables.iter().filter(|(_, rows)| *rows > 0) {
            writeln!(text, "{rows:>9} {table}")?;
        }
        let (rows, tables) = (copied.rows(), copied.tables.len());
        write!(text, "{rows} rows in {tables} tables are the same in both")?;
        let counts: serde_json::Map<_, _> =
            copied.tables.iter().map(|(table, rows)| (table.clone(), json!(rows))).collect();
        Answer::new(text, &json!({"rows": rows, "tables": counts}), true)
    }
}

fn said(given: Option<String>, option: &str, variable: &str) -> Result<String, Failure> {
    let missing = || Failure::new(format!("neither {option} nor {variable} is given"));
    given.or_else(|| std::env::var(variable).ok()).ok_or_else(missing)
}
