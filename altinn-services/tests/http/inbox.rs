//! The inbox.

use altinn_core::http::Method;
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, problem};

const INBOX: &str = "/v1/inbox";
const INSTANCES: &str = "/ttd/bakery-licence/instances";

/// Drafts of the bakery's, begun by its leader: their ids, the latest first.
async fn drafts(world: &World, count: usize) -> Vec<String> {
    let leader = world.token(&world.leader);
    let path = format!("{INSTANCES}?instanceOwnerPartyId={}", world.bakery.id);
    let mut ids = Vec::new();
    for _ in 0..count {
        let begun = world.send(world.request(Method::POST, &path).bearer(&leader).unwrap()).await;
        let id = json(&begun, 201)["id"].as_str().unwrap().to_owned();
        ids.push(id.split_once('/').unwrap().1.to_owned());
    }
    ids.reverse();
    ids
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_filtered_ordered_and_goes_on_page_by_page() {
    everywhere(async |world: World| {
        let (drafts, leader) = (drafts(&world, 3).await, world.token(&world.leader));
        let mut found = Vec::new();
        let mut next = format!("{INBOX}?limit=2");
        loop {
            let page = json(&world.get(&leader, &next).await, 200);
            found.extend(ids(&page));
            let Some(token) = page["continuationToken"].as_str() else {
                assert_eq!(page["hasNextPage"], false);
                break;
            };
            assert_eq!(page["hasNextPage"], true);
            next = format!("{INBOX}?limit=2&continuationToken={token}");
        }
        assert_eq!(found, drafts);

        let all = async |query: &str| ids(&json(&world.get(&leader, &format!("{INBOX}?{query}")).await, 200));
        let reversed: Vec<_> = drafts.iter().rev().cloned().collect();
        assert_eq!(all("orderBy=contentUpdatedAt_asc").await, reversed);
        let of_bakery = format!("party={}&party={}", world.bakery.id, world.leader.id);
        assert_eq!(all(&of_bakery).await, drafts);
        assert_eq!(all("serviceResource=ttd/bakery-licence&serviceResourceType=submission").await, drafts);
        assert_eq!(all("serviceResourceType=broker&serviceResourceType=correspondence").await, [""; 0]);
        assert_eq!(all("status=Draft&status=Completed").await, drafts);
        assert_eq!(all("search=bakeri").await, drafts);
        assert_eq!(all("search=grill").await, [""; 0]);
        assert_eq!(all("contentUpdatedBefore=2020-01-01T00:00:00Z").await, [""; 0]);

        let item = json(&world.get(&leader, INBOX).await, 200)["items"][0].clone();
        assert_eq!(item["party"], world.bakery.id.get());
        assert_eq!(item["status"], "Draft");
        assert_eq!(item["systemLabel"], "Default");
        assert!(item["title"]["nb"].is_string(), "{item}");
        for wrong in ["limit=0", "limit=101", "status=Done", "party=me", "orderBy=title", "search=a&search=b"]
        {
            let answer = world.get(&leader, &format!("{INBOX}?{wrong}")).await;
            assert_eq!(problem(&answer, 400), "HTTP-QUERY", "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn elements_are_counted_moved_labelled_and_read() {
    everywhere(async |world: World| {
        let (drafts, leader) = (drafts(&world, 2).await, world.token(&world.leader));
        let element = format!("{INBOX}/{}/{}", world.bakery.id, drafts[0]);
        let label = async |body: Value| {
            let answer = world.send_json(Method::POST, &leader, &format!("{element}/labels"), &body).await;
            answer.status().as_u16()
        };
        let found =
            async |query: &str| ids(&json(&world.get(&leader, &format!("{INBOX}?{query}")).await, 200));
        assert_eq!(label(json!({"addLabel": " Haster "})).await, 204);
        assert_eq!(label(json!({"addLabel": ""})).await, 400);
        assert_eq!(label(json!({"addLabel": "a", "removeLabel": "b"})).await, 400);
        assert_eq!(found("label=Haster").await, drafts[..1]);
        let filler = world.token(&world.filler);
        assert_eq!(
            json(&world.get(&filler, &format!("{INBOX}?label=Haster")).await, 200)["items"],
            json!([])
        );
        assert_eq!(label(json!({"removeLabel": "Haster"})).await, 204);
        assert_eq!(label(json!({"systemLabel": "Archive"})).await, 204);
        assert_eq!(found("").await, drafts[1..]);
        assert_eq!(found("systemLabel=Archive&systemLabel=Bin").await, drafts[..1]);

        let count = async |token: &str| json(&world.get(token, &format!("{INBOX}/count")).await, 200);
        assert_eq!(count(&leader).await["total"], 1);
        let other = format!("{INBOX}/{}/{}/read", world.bakery.id, drafts[1]);
        let read = async |is_read: bool| {
            let answer = world.send_json(Method::PUT, &leader, &other, &json!({"isRead": is_read})).await;
            assert_eq!(answer.status().as_u16(), 204);
        };
        read(false).await;
        assert_eq!(count(&leader).await["unread"], 1);
        assert_eq!(found("hasUnopenedContent=true").await, drafts[1..]);
        read(true).await;
        assert_eq!(count(&leader).await, json!({"total": 1, "unread": 0, "isMore": false}));
        assert_eq!(found("hasUnopenedContent=false").await, drafts[1..]);
    })
    .await;
}

#[tokio::test]
async fn anothers_element_is_answered_as_one_that_is_not_there() {
    everywhere(async |world: World| {
        let (drafts, stranger) = (drafts(&world, 1).await, world.token(&world.stranger));
        assert_eq!(json(&world.get(&stranger, INBOX).await, 200)["items"], json!([]));
        let query = |party: &str| format!("{INBOX}?party={party}");
        let theirs = problem(&world.get(&stranger, &query(&world.bakery.id.to_string())).await, 404);
        assert_eq!(theirs, problem(&world.get(&stranger, &query("999999")).await, 404));
        for id in [drafts[0].as_str(), "00000000-0000-4000-8000-000000000000"] {
            let path = format!("{INBOX}/{}/{id}", world.bakery.id);
            let read = json!({"isRead": true});
            let read = world.send_json(Method::PUT, &stranger, &format!("{path}/read"), &read).await;
            assert_eq!(problem(&read, 404), "INBOX-NOT-FOUND");
            let bin = json!({"systemLabel": "Bin"});
            let moved = world.send_json(Method::POST, &stranger, &format!("{path}/labels"), &bin).await;
            assert_eq!(problem(&moved, 404), "INBOX-NOT-FOUND");
        }
    })
    .await;
}
