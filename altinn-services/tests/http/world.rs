//! The stage: a server with the sample app, a bakery, those who act for it, a stranger, and the agency.

use std::sync::Arc;

use altinn_auth::issuing::RotatingKeys;
use altinn_auth::login::Callers;
use altinn_auth::testing::{FakeIssuer, Loopback};
use altinn_auth::token::TokenSigner;
use altinn_auth::token::TokenVerifier;
use altinn_core::http::{Destinations, HttpClient, HttpRequest, HttpResponse, Method, header};
use altinn_core::key::SigningKey;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, OrganizationNumber, Party, PartyIdentifier, Subject, SyntheticNumbers,
    SystemClock,
};
use altinn_notify::channel::Capture;
use altinn_services::Altinn;
use altinn_services::collaboration::{CorrespondenceMember, Members};
use altinn_services::event::WebhookKey;
use altinn_services::http::{self, Api, ApiBuilder};
use altinn_services::lookup::{Lookup, LookupContext, LookupFailure};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::scene::{builders, register, sample};

pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) bakery: Party,
    /// Daily leader of the bakery: may do everything.
    pub(crate) leader: Party,
    /// Fills in for the bakery, and may not sign.
    pub(crate) filler: Party,
    /// A business that files are sent to, and its daily leader.
    pub(crate) accountant: Party,
    pub(crate) accountant_leader: Party,
    /// Has nothing to do with the bakery.
    pub(crate) stranger: Party,
    pub(crate) id_porten: FakeIssuer,
    maskinporten: FakeIssuer,
    agency: Party,
    /// Another agency, that writes to people and businesses.
    pub(crate) authority: Party,
    pub(crate) server: Loopback,
    client: HttpClient,
    _folder: TempDir,
}

/// Runs a test on every back end, each time on an empty store.
pub(crate) async fn everywhere(test: impl AsyncFn(World)) {
    everywhere_with(|api| api, test).await;
}

/// As [`everywhere`], with more said of the API.
pub(crate) async fn everywhere_with(more: impl Fn(ApiBuilder) -> ApiBuilder, test: impl AsyncFn(World)) {
    for (builder, folder) in builders().await {
        let keys = RotatingKeys::new(TokenSigner::generate().unwrap());
        let builder = builder.hand_overs("https://portal.example.no", keys);
        let webhooks = WebhookKey::new(SigningKey::generate().unwrap());
        let builder = builder.webhooks(webhooks, Destinations::public());
        let builder = builder.email("noreply@example.com".parse().unwrap(), Capture::new());
        let altinn = builder.build().await.unwrap();
        test(World::set(altinn, folder, &more).await).await;
    }
}

impl World {
    async fn set(altinn: Altinn, folder: TempDir, more: &impl Fn(ApiBuilder) -> ApiBuilder) -> Self {
        let app = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");
        altinn.publish_app(app).unwrap();
        altinn.publish_broker(sample("annual-accounts")).unwrap();
        altinn.publish_lookup(sample("organization-lookup"), Organizations).unwrap();
        altinn.publish_link(sample("tax-card")).unwrap();
        let mut people = SyntheticPeople::from_seed(11);
        let [bakery, accountant, agency] = [(); 3].map(|()| people.organization());
        let [leader, filler, accountant_leader, stranger] = [(); 4].map(|()| people.person());
        let authority = people.organization();
        let roles = [
            ("DAGL", &bakery, &leader),
            ("UTINN", &bakery, &filler),
            ("DAGL", &accountant, &accountant_leader),
        ];
        let parties =
            [&bakery, &accountant, &agency, &authority, &leader, &filler, &accountant_leader, &stranger];
        register(&altinn, &parties, &roles).await;
        let decisions = altinn.publish_correspondence(sample("decisions")).unwrap();
        altinn.publish_correspondence(sample("circulars")).unwrap();
        let writer =
            Subject::ServiceOwner { org: "mattilsynet".to_owned(), number: Some(checked(&authority)) };
        let writer = Actor::new(writer, AuthenticationLevel::Sensitive);
        let decision = CorrespondenceMember::new(decisions, authority.id, writer);
        let members = Members::none().with("decision", decision);
        altinn.publish_collaboration(sample("opening"), members).unwrap();

        let clock = || Arc::new(SystemClock);
        let id_porten = FakeIssuer::id_porten(clock()).unwrap();
        let maskinporten = FakeIssuer::maskinporten(clock()).unwrap();
        let owners = maskinporten.profile().unwrap().recognizing_service_owner(checked(&agency), "ttd");
        let owners = owners.recognizing_service_owner(checked(&authority), "mattilsynet");
        let tokens = TokenVerifier::new(clock(), Arc::new(altinn.register().clone()))
            .trusting(id_porten.profile().unwrap())
            .trusting(owners)
            .with_synthetic_numbers(SyntheticNumbers::Accepted);
        let builder = Api::builder(altinn.clone(), Callers::by_token(tokens));
        let api = more(builder.synthetic_numbers(SyntheticNumbers::Accepted)).build();
        let server = Loopback::port().await.unwrap().serve(http::all(&api));
        let client = HttpClient::builder(Destinations::configured()).build().unwrap();
        Self {
            api,
            bakery,
            leader,
            filler,
            accountant,
            accountant_leader,
            stranger,
            id_porten,
            maskinporten,
            agency,
            authority,
            server,
            client,
            _folder: folder,
        }
    }

    /// The token of a person who has logged in.
    pub(crate) fn token(&self, person: &Party) -> String {
        self.id_porten.log_in(person).unwrap()
    }

    /// The token of the agency's own system.
    pub(crate) fn agency(&self) -> String {
        self.organization(&self.agency, "altinn:serviceowner")
    }

    /// The token of the other agency's own system.
    pub(crate) fn authority(&self) -> String {
        self.organization(&self.authority, "altinn:serviceowner")
    }

    /// The token of an organization's system.
    pub(crate) fn organization(&self, party: &Party, scope: &str) -> String {
        self.maskinporten.organization(checked(party), scope).unwrap()
    }

    /// The token of the system of an organization that the register need not know.
    pub(crate) fn system(&self, number: &str, scope: &str) -> String {
        self.maskinporten.organization(number.parse().unwrap(), scope).unwrap()
    }

    /// The token of a system user: a vendor's system that acts for an organization.
    pub(crate) fn system_user(&self, vendor: &Party, owner: &Party, id: Uuid, system: &str) -> String {
        self.maskinporten.system_user(checked(vendor), checked(owner), id, system).unwrap()
    }

    /// An organization's number.
    pub(crate) fn number(&self, party: &Party) -> String {
        checked(party).to_string()
    }

    /// A request of this server.
    pub(crate) fn request(&self, method: Method, path: &str) -> HttpRequest {
        HttpRequest::new(method, &self.server.at(path)).unwrap()
    }

    pub(crate) async fn send(&self, request: HttpRequest) -> HttpResponse {
        self.client.send(request).await.unwrap()
    }

    /// Gets something with a token.
    pub(crate) async fn get(&self, token: &str, path: &str) -> HttpResponse {
        self.send(self.request(Method::GET, path).bearer(token).unwrap()).await
    }

    /// Sends something in JSON with a token.
    pub(crate) async fn send_json(
        &self,
        method: Method,
        token: &str,
        path: &str,
        body: &Value,
    ) -> HttpResponse {
        self.send(self.request(method, path).bearer(token).unwrap().json(body).unwrap()).await
    }
}

/// A register that knows one organization.
#[derive(Debug)]
struct Organizations;

#[async_trait::async_trait]
impl Lookup for Organizations {
    async fn look_up(&self, query: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        match query["organisasjonsnummer"].as_str().unwrap() {
            "312345005" => Ok(
                json!({"organisasjonsnummer": "312345005", "navn": "BAKERIET AS", "organisasjonsform": {"kode": "AS"}}),
            ),
            _ => Err(LookupFailure::NotFound),
        }
    }
}

fn checked(party: &Party) -> OrganizationNumber {
    let PartyIdentifier::Organization(number) = party.identifier else { unreachable!() };
    number.check(SyntheticNumbers::Accepted).unwrap()
}

/// How bodies name an organization.
pub(crate) fn named(party: &Party) -> String {
    let PartyIdentifier::Organization(number) = party.identifier else { unreachable!() };
    format!("0192:{number}")
}

/// The body of an answer with this status.
pub(crate) fn json(answer: &HttpResponse, status: u16) -> Value {
    let text = String::from_utf8_lossy(answer.body());
    assert_eq!(answer.status().as_u16(), status, "{text}");
    answer.json().unwrap_or_else(|_| panic!("{text}"))
}

/// The code of a problem with this status, which has what every problem has.
pub(crate) fn problem(answer: &HttpResponse, status: u16) -> String {
    let body = json(answer, status);
    assert_eq!(answer.header(&header::CONTENT_TYPE), Some("application/problem+json"));
    assert_eq!(body["status"], status);
    assert_eq!(body["traceId"].as_str().map(str::len), Some(32));
    body["code"].as_str().unwrap().to_owned()
}
