//! `altinn run`: a form in a browser, on this machine alone.

mod page;
mod site;
mod visitor;

use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::login::{self, Login};
use altinn_auth::testing::FakeIdPorten;
use altinn_core::{Language, SyntheticNumbers};
use altinn_services::Altinn;
use altinn_services::form_site::FormTokens;
use altinn_services::testing::{Cast, PassingFolder, stand_in};
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use crate::answer::{Answer, Failure, say};
use crate::folder::must_be_there;
use site::{Parts, Site};

/// Serves the form of a service's folder on this machine until it is stopped, and says its address: somebody made up logs
/// in at a fake ID-porten, fills in the form and gets the receipt.
///
/// Whom the service's policy lets act is made up for it; what an app does in code, and payments, are done by stand-ins, which
/// send nothing and take no money. No other machine can reach it.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The folder of an Altinn 3 app, or of a submission service with a `service.toml`.
    folder: PathBuf,
    /// The port on this machine; 0 is any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The folder in which everything is kept; unless it is said, a new one among the system's temporary files, which goes
    /// when the command ends.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// The language for those who have chosen none: nb, nn or en.
    #[arg(long, default_value = "nb")]
    language: Language,
}

impl Run {
    pub(crate) fn run(self, json: bool) -> Result<Answer, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.serve(json))
    }

    /// Serves the form; ends only when the server does.
    async fn serve(self, as_json: bool) -> Result<Answer, Failure> {
        must_be_there(&self.folder)?;
        let port = |error| Failure::at(format!("port {} (another one: --port)", self.port), &error);
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.map_err(port)?;
        let address = format!("http://{}", listener.local_addr()?);
        let passing = self.keep.is_none().then(PassingFolder::new).transpose()?;
        let passing_path = passing.as_ref().map(|folder| folder.path().to_owned());
        let kept = self.keep.clone().or(passing_path).unwrap_or_default();
        let altinn = Altinn::local(&kept).await?;
        let site = self.site(altinn.clone(), &address).await?;
        altinn.run_workers(std::future::pending());
        let said = json!({ "url": address, "kept": kept.display().to_string() });
        if as_json {
            say(&said)?;
        } else {
            say(format_args!("The form is open: {address}\nEverything is kept in {}", kept.display()))?;
        }
        axum::serve(listener, site.router()).await?;
        Answer::new("", &said, true)
    }

    async fn site(&self, altinn: Altinn, address: &str) -> Result<Site, Failure> {
        let service = altinn.publish_app(&self.folder)?;
        stand_in(&altinn, service.definition());
        let cast = Cast::of(&altinn, &service).await?;
        let mut people = Vec::new();
        for (role, person) in cast.people() {
            people.push((role.clone(), person.clone()));
        }
        let id_porten = FakeIdPorten::start(distinct(people.iter().map(|(_, person)| person))).await?;
        altinn.store().migrate(&[login::MIGRATIONS]).await?;
        let register = Arc::new(altinn.register().clone());
        let login = Login::builder(id_porten.client(address)?, altinn.store().clone(), register)
            .with_synthetic_numbers(SyntheticNumbers::Accepted)
            .connect()
            .await?;
        Ok(Site::new(Parts {
            altinn,
            login,
            form_tokens: FormTokens::new()?,
            service,
            owner: cast.owner().clone(),
            people,
            id_porten,
            language: self.language,
        }))
    }
}

/// Everybody once, though they may hold several roles.
fn distinct<'p>(
    people: impl Iterator<Item = &'p altinn_core::Party>,
) -> impl Iterator<Item = &'p altinn_core::Party> {
    let mut seen = std::collections::BTreeSet::new();
    people.filter(move |person| seen.insert(person.id))
}
