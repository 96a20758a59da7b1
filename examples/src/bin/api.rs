//! Serves the HTTP API with the sample services on this machine, until its input ends: for programs that try the API.
//!
//! ```console
//! cargo run -p altinn-examples --bin api
//! ```
//!
//! Letters are published, and what else follows from calls is done, by workers in the same program. The agency that writes the
//! letters has a token of its own (`authority`), and a name in bodies (`writer`).
//!
//! With `--postgres` the store is an empty schema of the PostgreSQL server that `ALTINN_TEST_POSTGRES` names.
//!
//! It prints one line of JSON: `url`, the party id of a bakery (`party`), its UUID (`partyUuid`) and how bodies name it
//! (`bakery`), a token of its daily leader (`leader`) and that person's UUID (`leaderUuid`), a token of the agency that owns the services (`agency`), and a business that files are sent to (`recipient`)
//! with its party id (`recipientParty`) and a token of its daily leader (`recipientLeader`). Everything is gone when it ends, but
//! for the schema.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use altinn_auth::login::Callers;
use altinn_auth::register::RoleAssignment;
use altinn_auth::testing::FakeIssuer;
use altinn_auth::token::TokenVerifier;
use altinn_core::store::Batch;
#[cfg(feature = "postgres")]
use altinn_core::store::fresh;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, OrganizationNumber, Party, PartyIdentifier, Subject, SyntheticNumbers,
    SystemClock,
};
use altinn_services::Altinn;
use altinn_services::collaboration::{CorrespondenceMember, Members};
use altinn_services::http::{self, Api, Limits};
use altinn_services::lookup::{Lookup, LookupContext, LookupFailure};
use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

type Failure = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let altinn = open(folder.path()).await?;
    altinn.publish_app(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence"))?;
    altinn.publish_broker(concat!(env!("CARGO_MANIFEST_DIR"), "/services/annual-accounts"))?;

    let mut people = SyntheticPeople::from_seed(7);
    let [bakery, agency, recipient] = [people.organization(), people.organization(), people.organization()];
    let [leader, recipient_leader] = [people.person(), people.person()];
    let mut batch = Batch::new();
    for party in [&bakery, &agency, &recipient, &leader, &recipient_leader] {
        altinn.register().put_party(&mut batch, party)?;
    }
    for (of, to) in [(&bakery, &leader), (&recipient, &recipient_leader)] {
        altinn
            .register()
            .grant_role(&mut batch, &RoleAssignment { role: "DAGL".parse()?, of: of.id, to: to.id });
    }
    altinn.store().commit(batch).await?;
    let authority = services(&altinn, &people.organization()).await?;

    let id_porten = FakeIssuer::id_porten(Arc::new(SystemClock))?;
    let maskinporten = FakeIssuer::maskinporten(Arc::new(SystemClock))?;
    let owner = number(&agency)?;
    let tokens = TokenVerifier::new(Arc::new(SystemClock), Arc::new(altinn.register().clone()))
        .trusting(id_porten.profile()?)
        .trusting(
            maskinporten
                .profile()?
                .recognizing_service_owner(owner, "ttd")
                .recognizing_service_owner(authority, "mattilsynet"),
        )
        .with_synthetic_numbers(SyntheticNumbers::Accepted);
    let mut limits = Limits::default();
    // Whoever tries the API calls as often as it can.
    (limits.rate, limits.burst) = (100_000, 100_000);
    let api = Api::builder(altinn.clone(), Callers::by_token(tokens))
        .limits(limits)
        .synthetic_numbers(SyntheticNumbers::Accepted)
        .build();

    let (stop_workers, stopped) = oneshot::channel::<()>();
    let workers = altinn.run_workers(async { drop(stopped.await) });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let said = json!({
        "url": format!("http://{}", listener.local_addr()?),
        "party": bakery.id.get(),
        "partyUuid": bakery.uuid,
        "leaderUuid": leader.uuid,
        "bakery": format!("0192:{}", number(&bakery)?),
        "recipient": format!("0192:{}", number(&recipient)?),
        "recipientParty": recipient.id.get(),
        "recipientLeader": id_porten.log_in(&recipient_leader)?,
        "leader": id_porten.log_in(&leader)?,
        "agency": maskinporten.organization(owner, "altinn:serviceowner")?,
        "writer": format!("0192:{authority}"),
        "authority": maskinporten.organization(authority, "altinn:serviceowner")?,
    });
    writeln!(std::io::stdout(), "{said}")?;
    let stop = async {
        let mut rest = Vec::new();
        // Whatever comes, it goes on until nothing can come any more.
        drop(tokio::io::stdin().read_to_end(&mut rest).await);
    };
    http::serve(&api, listener, http::all(&api), stop).await;
    drop(stop_workers);
    workers.await?;
    Ok(())
}

/// What is served: on SQLite, or as the command says.
async fn open(folder: &Path) -> Result<Altinn, Failure> {
    let asked = std::env::args().nth(1);
    let url = match asked.as_deref() {
        None => return Ok(Altinn::local(folder).await?),
        Some("--postgres") => postgres().await?,
        Some(other) => return Err(format!("`{other}` is not understood: `--postgres` is").into()),
    };
    let builder = Altinn::builder(url).objects_in(&folder.join("objects"))?;
    Ok(builder.keys_in(&folder.join("keys"), true)?.build().await?)
}

#[cfg(feature = "postgres")]
async fn postgres() -> Result<String, Failure> {
    Ok(fresh::postgres_url().await?.ok_or_else(|| format!("{} names no server", fresh::POSTGRES_VARIABLE))?)
}

#[cfg(not(feature = "postgres"))]
async fn postgres() -> Result<String, Failure> {
    Err("this program was built without `postgres`".into())
}

/// Publishes the other sample services: letters of another agency's, a register, a link and a collaboration; gives that
/// agency's number.
async fn services(altinn: &Altinn, authority: &Party) -> Result<OrganizationNumber, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("services");
    let mut batch = Batch::new();
    altinn.register().put_party(&mut batch, authority)?;
    altinn.store().commit(batch).await?;
    let number = number(authority)?;
    let decisions = altinn.publish_correspondence(folder.join("decisions"))?;
    altinn.publish_correspondence(folder.join("circulars"))?;
    altinn.publish_lookup(folder.join("organization-lookup"), OneOrganization)?;
    altinn.publish_link(folder.join("tax-card"))?;
    let writer = Subject::ServiceOwner { org: "mattilsynet".to_owned(), number: Some(number) };
    let writer = Actor::new(writer, AuthenticationLevel::Sensitive);
    let decision = CorrespondenceMember::new(decisions, authority.id, writer);
    let members = Members::none().with("decision", decision);
    altinn.publish_collaboration(folder.join("opening"), members)?;
    Ok(number)
}

/// A register that knows one organization.
#[derive(Debug)]
struct OneOrganization;

#[async_trait]
impl Lookup for OneOrganization {
    async fn look_up(&self, query: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        match query.get("organisasjonsnummer").and_then(Value::as_str) {
            Some("312345005") => Ok(json!({
                "organisasjonsnummer": "312345005", "navn": "BAKERIET AS", "organisasjonsform": {"kode": "AS"},
            })),
            _ => Err(LookupFailure::NotFound),
        }
    }
}

fn number(party: &Party) -> Result<OrganizationNumber, Failure> {
    match party.identifier {
        PartyIdentifier::Organization(number) => Ok(number.check(SyntheticNumbers::Accepted)?),
        _ => Err("the party is no organization".into()),
    }
}
