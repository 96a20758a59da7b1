//! Whatever stands in an address or a body, a call is told what is wrong with it, and nothing fails: on every back end.
//!
//! `ALTINN_TEST_LONG` makes it all that a variable of an address is replaced by; else it is the first few.

use altinn_core::AuthenticationLevel;
use altinn_core::http::{HttpRequest, Method};
use altinn_services::http::{ApiBuilder, Limits};
use serde_json::{Value, json};

use crate::correspondence::letter;
use crate::scene::person;
use crate::world::{World, everywhere_with, json, named};

const NOTHING: &str = "00000000-0000-4000-8000-000000000000";

/// What a variable of an address is replaced by; and by a long text.
const ODD: [&str; 7] = [
    "a%00b",
    "%F0%9F%8D%9E%E2%80%AE%EF%BF%BE%01",
    "9223372036854775808",
    "%FF%FE",
    "%00",
    "-1",
    "..%2F..%2Fetc%2Fpasswd%27%22%3B--",
];

/// How many of them are tried ordinarily.
const FEW: usize = 3;

/// As often as somebody likes.
fn unhurried(api: ApiBuilder) -> ApiBuilder {
    let mut limits = Limits::default();
    (limits.rate, limits.burst) = (1_000_000, 1_000_000);
    api.limits(limits)
}

/// A value that a parameter may have.
fn usual(world: &World, path: &str, name: &str) -> String {
    let is = |part: &str| path.contains(part);
    match name {
        "org" if is("/mailings/") => "mattilsynet".to_owned(),
        "org" if is("/lookups/") => "brreg".to_owned(),
        "org" => "ttd".to_owned(),
        "app" => "bakery-licence".to_owned(),
        "service" if is("/mailings/") => "decisions".to_owned(),
        "service" if is("/lookups/") => "organization".to_owned(),
        "service" if is("/links/") => "tax-card".to_owned(),
        "service" if is("/transfers/") => "annual-accounts".to_owned(),
        "service" => "opening".to_owned(),
        "resourceId" if is("/broker/") => "ttd/annual-accounts".to_owned(),
        "resourceId" => "mattilsynet/decisions".to_owned(),
        "resource" => "urn:altinn:resource:app_ttd_bakery-licence".to_owned(),
        "role" => "Recipient".to_owned(),
        "status" if is("/receipts/") => "Read".to_owned(),
        "status" => "read".to_owned(),
        "first" | "second" | "after" => "1".to_owned(),
        name if name.to_lowercase().ends_with("partyid") => world.bakery.id.to_string(),
        name if name.ends_with("id") || name.ends_with("Id") || name.ends_with("Guid") => NOTHING.to_owned(),
        _ => "x".to_owned(),
    }
}

/// The address with one parameter replaced; those that must be there have a usual value.
fn address(world: &World, path: &str, parameters: &[&Value], replaced: (&str, &str)) -> String {
    let (mut address, mut query) = (path.to_owned(), Vec::new());
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap();
        let is_replaced = name == replaced.0;
        let value = if is_replaced { replaced.1.to_owned() } else { usual(world, path, name) };
        if parameter["in"] == "path" {
            address = address.replace(&format!("{{{name}}}"), &value);
        } else if is_replaced || parameter["required"] == true {
            query.push(format!("{name}={value}"));
        }
    }
    format!("{address}?{}", query.join("&"))
}

/// Who calls, by what is called.
fn caller(world: &World, path: &str) -> String {
    let is = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
    if is(&["/mailings/", "/v1/attachment"]) {
        world.authority()
    } else if is(&[
        "/storage/",
        "/events/",
        "/notifications/",
        "/transfers/",
        "/stuck",
        "/pending",
        "/redrive",
    ]) {
        world.agency()
    } else {
        world.token(&world.leader)
    }
}

fn with_headers(request: HttpRequest, parameters: &[&Value]) -> HttpRequest {
    let needed = parameters.iter().filter(|one| one["in"] == "header" && one["required"] == true);
    needed.fold(request, |request, one| {
        let name = one["name"].as_str().unwrap().to_lowercase();
        let value = if name == "tus-resumable" { "1.0.0" } else { "1" };
        request.header(name.parse().unwrap(), value).unwrap()
    })
}

#[tokio::test]
async fn no_text_in_an_address_makes_a_call_fail() {
    everywhere_with(unhurried, async |world: World| {
        let description = json(&world.send(world.request(Method::GET, "/openapi.json")).await, 200);
        let (mut tried, mut failed) = (0, Vec::new());
        let long = "x".repeat(3_000);
        let many = if std::env::var_os("ALTINN_TEST_LONG").is_some() { ODD.len() + 1 } else { FEW };
        for (path, item) in description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let parameters = operation["parameters"].as_array();
                let parameters: Vec<&Value> = parameters.into_iter().flatten().collect();
                let token = caller(&world, path);
                let texts = parameters.iter().filter(|one| one["in"] != "header");
                for name in texts.map(|one| one["name"].as_str().unwrap()) {
                    for odd in ODD.into_iter().chain([long.as_str()]).take(many) {
                        let address = address(&world, path, &parameters, (name, odd));
                        let request = world.request(method.to_uppercase().parse().unwrap(), &address);
                        let request = with_headers(request.bearer(&token).unwrap(), &parameters);
                        let answer = world.send(request.body("application/json", "{}")).await;
                        tried += 1;
                        if answer.status().is_server_error() {
                            failed.push(format!("{method} {address}: {}", answer.status()));
                        }
                    }
                }
            }
        }
        assert!(failed.is_empty(), "{} of {tried}: {failed:#?}", failed.len());
        assert!(tried > 500, "only {tried} were tried");
    })
    .await;
}

/// The places of all texts and objects in a body.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.clone());
            fields.iter().for_each(|(name, value)| places(value, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, format!("{at}/{index}"), found));
        }
        Value::String(_) => found.push(at),
        _ => {}
    }
}

/// The body with something that no store keeps: in one of its texts, or as the name of one more field.
fn spoiled(body: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    places(body, String::new(), &mut found);
    let spoil = |place: &String| {
        let mut spoiled = body.clone();
        match spoiled.pointer_mut(place).unwrap() {
            Value::Object(fields) => drop(fields.insert("a\0b".to_owned(), json!("c"))),
            text => *text = json!("a\0b"),
        }
        spoiled
    };
    found.iter().map(spoil).collect()
}

#[tokio::test]
async fn no_text_in_a_body_makes_a_call_fail() {
    everywhere_with(unhurried, async |world: World| {
        let (leader, agency, authority) = (world.token(&world.leader), world.agency(), world.authority());
        let bakery = world.bakery.id.get();
        let of = format!("onBehalfOf={}", named(&world.bakery));
        let mut full = letter(&[&world.bakery]);
        full["correspondence"]["notification"] = json!({
            "notificationTemplate": "CustomMessage", "notificationChannel": "EmailPreferred",
            "emailSubject": "Brev", "emailBody": "Logg inn.", "smsBody": "Logg inn.", "sendReminder": true,
        });
        let participants = json!({"business": bakery, "inspectorate": world.accountant.id.get()});
        let case = json!({ "participants": participants });
        let opened = json(&world.send_json(Method::POST, &agency, "/v1/cases/ttd/opening", &case).await, 201);
        let case_path = format!("/v1/cases/ttd/opening/{}", opened["caseId"].as_str().unwrap());
        let begin = format!("/ttd/bakery-licence/instances?instanceOwnerPartyId={bakery}");
        let begun = world.send(world.request(Method::POST, &begin).bearer(&leader).unwrap()).await;
        let instance = format!("/ttd/bakery-licence/instances/{}", json(&begun, 201)["id"].as_str().unwrap());
        let calls = [
            (&authority, "/correspondence/api/v1/correspondence".to_owned(), full),
            (
                &authority,
                "/correspondence/api/v1/attachment".to_owned(),
                json!({"resourceId": "mattilsynet/decisions", "fileName": "plan.pdf", "sendersReference": "1",
                    "checksum": "900150983cd24fb0d6963f7d28e17f72"}),
            ),
            (
                &leader,
                format!("/broker/api/v1/filetransfer?{of}"),
                json!({"fileName": "a.zip", "resourceId": "ttd/annual-accounts", "sendersFileTransferReference": "1",
                    "recipients": [named(&world.accountant)], "propertyList": {"a": "b"},
                    "checksum": "900150983cd24fb0d6963f7d28e17f72"}),
            ),
            (
                &leader,
                "/v1/lookups/brreg/organization".to_owned(),
                json!({"partyId": bakery, "query": {"organisasjonsnummer": "312345005"}, "purpose": "why"}),
            ),
            (
                &leader,
                "/v1/links/ttd/tax-card".to_owned(),
                json!({"partyId": bakery, "target": "form", "language": "nn"}),
            ),
            (&agency, "/v1/links/redeem".to_owned(), json!({"code": "none"})),
            (&agency, "/v1/cases/ttd/opening".to_owned(), case),
            (&agency, "/v1/cases/ttd/opening/events".to_owned(), json!({"event": "nothing", "data": {"a": "b"}})),
            (
                &leader,
                format!("{case_path}/events?partyId={bakery}"),
                json!({"event": "inspected", "data": {"passed": "x"}}),
            ),
            (
                &leader,
                format!("{case_path}/transmissions?partyId={bakery}"),
                json!({"title": "Vasken", "body": "Må den være av stål?"}),
            ),
            (&leader, format!("{instance}/process/next"), json!({"action": "write"})),
            (&leader, format!("{instance}/actions"), json!({"action": "look-up", "buttonId": "b"})),
        ];
        let mut failed = Vec::new();
        for (token, path, body) in &calls {
            for body in [body.clone()].iter().chain(&spoiled(body)) {
                let method = if path.ends_with("/next") { Method::PUT } else { Method::POST };
                let answer = world.send_json(method, token, path, body).await;
                if answer.status().is_server_error() {
                    failed.push(format!("{path} {body}: {}", answer.status()));
                }
            }
        }
        assert!(failed.is_empty(), "{failed:#?}");
        // Nothing that was noted of it keeps others out of the trail.
        let actor = person(&world.leader, AuthenticationLevel::VerySensitive);
        let trail = world.api.altinn().trail().of(&actor, world.bakery.id, None).await.unwrap();
        assert!(!trail.entries.is_empty());
    })
    .await;
}
