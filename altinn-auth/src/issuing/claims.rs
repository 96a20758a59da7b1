//! What a token of Altinn's form says of a caller.

use altinn_core::{Actor, AuthenticationMethod, OrganizationNumber, Subject};
use serde_json::{Map, Value, json};

/// The claims of a caller, by Altinn's names. No personal number is among them: the party says who a person is.
pub(super) fn of_actor(actor: &Actor) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("urn:altinn:authlevel", json!(actor.level().to_string()));
    if let Some(method) = actor.method() {
        put("urn:altinn:authenticatemethod", json!(method_name(method)));
    }
    if !actor.scopes().is_empty() {
        put("scope", json!(actor.scopes().join(" ")));
    }
    if let Some(consumer) = actor.consumer() {
        put("consumer", identifier(consumer));
    }
    if let Some(supplier) = actor.supplier() {
        put("supplier", identifier(supplier));
    }
    match actor.subject() {
        Subject::Person { party, uuid, .. } | Subject::SelfIdentified { party, uuid, .. } => {
            put("urn:altinn:partyid", json!(party));
            put("urn:altinn:party:uuid", json!(uuid));
        }
        Subject::Organization { number, .. } => {
            put("urn:altinn:orgNumber", json!(number.to_string()));
        }
        Subject::ServiceOwner { org, number } => {
            put("urn:altinn:org", json!(org));
            if let Some(number) = number {
                put("urn:altinn:orgNumber", json!(number.to_string()));
            }
        }
        Subject::SystemUser { id, owner, system } => {
            let detail = json!({"type": "urn:altinn:systemuser", "systemuser_id": [id],
                "systemuser_org": identifier(*owner), "system_id": system});
            put("authorization_details", json!([detail]));
        }
    }
    if !actor.represents().is_empty() {
        let parties: Vec<_> =
            actor.represents().iter().map(|number| json!({"orgno": identifier(*number)})).collect();
        let detail = json!({"type": "ansattporten:altinn:service", "authorized_parties": parties});
        put("authorization_details", json!([detail]));
    }
    claims
}

/// A method as Altinn's exchange writes it: Maskinporten without capitals, all others by their names.
fn method_name(method: AuthenticationMethod) -> &'static str {
    match method {
        AuthenticationMethod::Maskinporten => "maskinporten",
        other => other.name(),
    }
}

fn identifier(number: OrganizationNumber) -> Value {
    json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{number}")})
}
