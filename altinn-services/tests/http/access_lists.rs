//! Access lists, as a service owner keeps them.

use altinn_auth::register::ResourceRules;
use altinn_core::http::Method;
use altinn_core::store::Batch;
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, named, problem};

const LISTS: &str = "/resourceregistry/api/v1/access-lists";
const TRANSFERS: &str = "/broker/api/v1/filetransfer";
const RESOURCE: &str = "app_ttd_annual-accounts";

#[tokio::test]
async fn only_those_on_a_list_get_in_while_they_are_on_it() {
    everywhere(async |world: World| {
        let altinn = world.api.altinn();
        let mut batch = Batch::new();
        let rules = ResourceRules { access_list_mode: true, ..ResourceRules::default() };
        altinn.resources().put(&mut batch, &RESOURCE.parse().unwrap(), rules);
        altinn.store().commit(batch).await.unwrap();
        let (agency, authority, leader) = (world.agency(), world.authority(), world.token(&world.leader));
        let list = format!("{LISTS}/ttd/approved-banks");
        let send = async |method: Method, token: &str, path: &str, body: &Value| {
            world.send_json(method, token, path, body).await
        };
        let info = json!({"name": "Approved banks", "description": "By rule 123"});
        for other in [&authority, &leader] {
            assert_eq!(problem(&send(Method::PUT, other, &list, &info).await, 403), "AUTH-ACCESS-LIST-NOT-OWNER");
            assert_eq!(problem(&world.get(other, &list).await, 403), "AUTH-ACCESS-LIST-NOT-OWNER");
        }
        assert_eq!(problem(&world.get(&agency, &list).await, 404), "AUTH-ACCESS-LIST-NOT-FOUND");
        assert_eq!(json(&send(Method::PUT, &agency, &list, &info).await, 200)["description"], "By rule 123");
        assert_eq!(json(&world.get(&agency, &format!("{LISTS}/ttd")).await, 200)["data"][0]["identifier"], "approved-banks");
        let connection = format!("{list}/resource-connections/{RESOURCE}");
        let actions = json!({"actionFilters": ["write", "read"]});
        assert_eq!(send(Method::PUT, &agency, &connection, &actions).await.status().as_u16(), 204);
        let foreign = format!("{list}/resource-connections/app_other_service");
        assert_eq!(problem(&send(Method::PUT, &agency, &foreign, &actions).await, 403), "AUTH-ACCESS-LIST-NOT-OWNER");
        let told = json(&world.get(&agency, &format!("{list}/resource-connections")).await, 200);
        assert_eq!(told["data"], json!([{"resourceIdentifier": RESOURCE, "actionFilters": ["write", "read"]}]));

        let announce = async || {
            let body = json!({"fileName": "a.zip", "resourceId": "ttd/annual-accounts", "recipients": [named(&world.accountant)]});
            let path = format!("{TRANSFERS}?onBehalfOf={}", named(&world.bakery));
            send(Method::POST, &leader, &path, &body).await.status().as_u16()
        };
        let is_let_in = async || {
            let asked = json!({
                "subject": {"type": "urn:altinn:organization:identifier-no", "value": world.number(&world.bakery)},
                "resource": {"type": "urn:altinn:resource", "value": RESOURCE},
                "action": {"type": "urn:oasis:names:tc:xacml:1.0:action:action-id", "value": "write"},
            });
            let path = "/authorization/api/v1/accesslist/accesslistauthorization";
            json(&send(Method::POST, &agency, path, &asked).await, 200)["result"].clone()
        };
        assert_ne!(announce().await, 200);
        assert_eq!(is_let_in().await, "NotAuthorized");
        let members = format!("{list}/members");
        let urn = |number: &str| format!("urn:altinn:organization:identifier-no:{number}");
        let both = json!({"data": [urn(&world.number(&world.bakery)), urn(&world.number(&world.accountant))]});
        let unknown = json!({"data": [urn(&world.number(&world.bakery)), urn("991825827")]});
        let refused = send(Method::POST, &agency, &members, &unknown).await;
        assert_eq!(problem(&refused, 400), "AUTH-ACCESS-LIST-UNKNOWN-MEMBER");
        assert_eq!(json(&world.get(&agency, &members).await, 200)["data"], json!([]), "all or none");
        assert_eq!(send(Method::POST, &agency, &members, &both).await.status().as_u16(), 204);
        assert_eq!(json(&world.get(&agency, &members).await, 200)["data"].as_array().unwrap().len(), 2);
        assert_eq!(is_let_in().await, "Authorized");
        assert_eq!(announce().await, 200);

        let bakery = json!({"data": [urn(&world.number(&world.bakery))]});
        assert_eq!(send(Method::DELETE, &agency, &members, &bakery).await.status().as_u16(), 204);
        assert_ne!(announce().await, 200);
        let trail = json(&world.get(&leader, &format!("/v1/trail/{}", world.bakery.id)).await, 200);
        let told: Vec<_> = trail["data"].as_array().unwrap().iter().map(|line| line["action"].clone()).collect();
        assert!(told.contains(&json!("accesslist.add")) && told.contains(&json!("accesslist.remove")), "{told:?}");

        // Deleted and made anew, it is empty.
        let gone = world.request(Method::DELETE, &list).bearer(&agency).unwrap();
        assert_eq!(world.send(gone).await.status().as_u16(), 204);
        assert_eq!(problem(&send(Method::POST, &agency, &members, &bakery).await, 404), "AUTH-ACCESS-LIST-NOT-FOUND");
        json(&send(Method::PUT, &agency, &list, &info).await, 200);
        assert_eq!(json(&world.get(&agency, &members).await, 200)["data"], json!([]));
        for wrong in [json!({"name": ""}), json!({"name": "x".repeat(300)})] {
            assert_eq!(problem(&send(Method::PUT, &agency, &list, &wrong).await, 400), "AUTH-ACCESS-LIST-INVALID");
        }
        let disconnect = world.request(Method::DELETE, &connection).bearer(&agency).unwrap();
        assert_eq!(world.send(disconnect).await.status().as_u16(), 204);
    })
    .await;
}
