//! The scopes that an app asks for (`apiScopes`).

use altinn_core::PartyIdentifier;
use altinn_core::http::Method;
use serde_json::json;

use crate::own_app::OwnApp;
use crate::world::{World, everywhere, json, problem};

/// The token of the daily leader, with scopes.
fn token_with(world: &World, scopes: &str) -> String {
    let PartyIdentifier::Person(number) = &world.leader.identifier else { panic!("it is one") };
    let mut claims = world.id_porten.common_claims();
    let own = json!({"sub": "x", "pid": number.expose(), "acr": "idporten-loa-high", "amr": ["TestID"],
        "auth_time": claims["iat"], "locale": "nb", "scope": scopes});
    claims.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    world.id_porten.sign(&claims).unwrap()
}

#[tokio::test]
async fn a_token_without_the_scopes_of_the_app_is_refused_in_the_words_of_the_app() {
    everywhere(async |world: World| {
        let texts = json!({"language": "nb", "resources": [{"id": "no.scope", "value": "Be om tilgang."}]});
        OwnApp::new("scoped")
            .flow("Fill", "End")
            .metadata(
                "apiScopes",
                json!({"users": {"read": "ttd:[app].read", "write": "ttd:[app].write"},
                    "serviceOwners": {"write": "ttd:[app].owner"}, "errorMessageTextResourceKey": "no.scope"}),
            )
            .file("config/texts/resource.nb.json", texts.to_string())
            .publish_in(world.api.altinn());
        let instances = format!("/ttd/scoped/instances?instanceOwnerPartyId={}", world.bakery.id);
        let begin = async |token: &str| {
            world.send(world.request(Method::POST, &instances).bearer(token).unwrap()).await
        };
        let with = |scopes: &str| token_with(&world, scopes);
        let (none, reads) = (world.token(&world.leader), with("ttd:scoped.read"));
        let both = with("ttd:scoped.read ttd:scoped.write");

        let refused = begin(&none).await;
        assert_eq!(problem(&refused, 403), "HTTP-SCOPE");
        assert_eq!(refused.json::<serde_json::Value>().unwrap()["detail"], "Be om tilgang.");
        assert_eq!(problem(&begin(&reads).await, 403), "HTTP-SCOPE");
        let begun = json(&begin(&both).await, 201);
        let path = format!("/ttd/scoped/instances/{}", begun["id"].as_str().unwrap());
        json(&world.get(&reads, &path).await, 200);
        assert_eq!(problem(&world.get(&none, &path).await, 403), "HTTP-SCOPE");
        json(&world.get(&with("altinn:portal/enduser"), &path).await, 200);
        let next = world.request(Method::PUT, &format!("{path}/process/next")).bearer(&reads).unwrap();
        assert_eq!(problem(&world.send(next).await, 403), "HTTP-SCOPE");

        // The service owner reads without one, and writes by its own.
        json(&world.get(&world.agency(), &path).await, 200);
        let next = world.request(Method::PUT, &format!("{path}/process/next")).bearer(&world.agency()).unwrap();
        assert_eq!(problem(&world.send(next).await, 403), "HTTP-SCOPE");
        // What everybody may read takes none.
        json(&world.send(world.request(Method::GET, "/ttd/scoped/api/v1/applicationmetadata")).await, 200);
    })
    .await;
}
