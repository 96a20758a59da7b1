//! The other parts of the API.

use altinn_archive::{Receipt, VerifierKey};
use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, named, problem};

const INSTANCES: &str = "/ttd/bakery-licence/instances";
const STORED: &str = "/storage/api/v1/instances";
const TRANSFERS: &str = "/broker/api/v1/filetransfer";

fn form() -> Value {
    serde_json::from_str(include_str!("../../../examples/data/bakery-licence.json")).unwrap()
}

/// An instance of the bakery's that was submitted: its id.
async fn submitted(world: &World) -> String {
    let leader = world.token(&world.leader);
    let path = format!("{INSTANCES}?instanceOwnerPartyId={}", world.bakery.id);
    let begun = json(&world.send(world.request(Method::POST, &path).bearer(&leader).unwrap()).await, 201);
    let id = begun["id"].as_str().unwrap().to_owned();
    let element = begun["data"][0]["id"].as_str().unwrap();
    let data = format!("{INSTANCES}/{id}/data/{element}");
    json(&world.send_json(Method::PUT, &leader, &data, &form()).await, 200);
    let complete = format!("{INSTANCES}/{id}/process/completeProcess");
    json(&world.send_json(Method::PUT, &leader, &complete, &json!({})).await, 200);
    id
}

#[tokio::test]
async fn the_agency_finds_what_was_submitted_page_by_page() {
    everywhere(async |world: World| {
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(submitted(&world).await);
        }
        let agency = world.agency();
        let mut found: Vec<String> = Vec::new();
        let mut next = format!("{STORED}?appId=ttd/bakery-licence&process.isComplete=true&size=2");
        loop {
            let page = json(&world.get(&agency, &next).await, 200);
            found.extend(
                page["instances"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one["id"].as_str().unwrap().to_owned()),
            );
            match page["next"].as_str() {
                Some(address) => next = address.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, ids);
        let open = format!("{STORED}?appId=ttd/bakery-licence&process.isComplete=false");
        assert_eq!(json(&world.get(&agency, &open).await, 200)["count"], 0);

        let stranger = world.token(&world.stranger);
        problem(&world.get(&stranger, &format!("{STORED}?appId=ttd/bakery-licence")).await, 404);
        let of_party = format!("{STORED}?instanceOwner.partyId={}", world.bakery.id);
        assert_eq!(json(&world.get(&stranger, &of_party).await, 200)["count"], 0);
        assert_eq!(json(&world.get(&world.token(&world.leader), &of_party).await, 200)["count"], 3);
    })
    .await;
}

#[tokio::test]
async fn the_agency_finds_what_it_has_not_taken_over_yet_and_by_times() {
    everywhere(async |world: World| {
        let (first, second) = (submitted(&world).await, submitted(&world).await);
        let agency = world.agency();
        let confirm = world.request(Method::POST, &format!("{STORED}/{first}/complete"));
        json(&world.send(confirm.bearer(&agency).unwrap()).await, 200);
        let found = async |more: &str| -> Vec<String> {
            let path = format!("{STORED}?appId=ttd/bakery-licence{more}");
            let page = json(&world.get(&agency, &path).await, 200);
            let mut ids: Vec<String> = page["instances"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect();
            ids.sort();
            ids
        };
        let mut both = vec![first.clone(), second.clone()];
        both.sort();
        assert_eq!(found("&excludeConfirmedBy=ttd").await, std::slice::from_ref(&second));
        assert_eq!(found("&excludeConfirmedBy=skd").await, both);
        let last = second.rsplit('-').next().unwrap();
        assert_eq!(found(&format!("&archiveReference={last}")).await, std::slice::from_ref(&second));
        let created = json(&world.get(&agency, &format!("{STORED}/{second}")).await, 200)["created"].clone();
        let created = created.as_str().unwrap();
        assert_eq!(found(&format!("&created=gte:{created}")).await, std::slice::from_ref(&second));
        assert_eq!(found(&format!("&created=lt:{created}")).await, std::slice::from_ref(&first));
        assert_eq!(found(&format!("&created=eq:{created}")).await, std::slice::from_ref(&second));
        assert_eq!(found(&format!("&created=gt:{created}")).await, [""; 0]);
        assert_eq!(
            found(&format!("&process.ended=gt:{created}&process.ended=lt:2999-01-01T00:00:00%2B01:00"))
                .await
                .len(),
            1
        );
        for (filter, count) in [
            ("process.endEvent=EndEvent_1", 2),
            ("process.endEvent=Elsewhere", 0),
            ("status.isArchived=true", 2),
            ("status.isSoftDeleted=true", 0),
            ("status.isHardDeleted=false", 2),
            ("dueBefore=lt:2999-01-01T00:00:00Z", 0),
            ("lastChanged=lte:2999-01-01T00:00:00Z", 2),
        ] {
            assert_eq!(found(&format!("&{filter}")).await.len(), count, "{filter}");
        }
        for wrong in [
            "created=yesterday",
            "created=gt:yesterday",
            "status.isArchived=perhaps",
            "size=0",
            "process.isComplete=true&status.isArchived=false",
        ] {
            let path = format!("{STORED}?appId=ttd/bakery-licence&{wrong}");
            assert_eq!(problem(&world.get(&agency, &path).await, 400), "HTTP-QUERY", "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn storage_tells_the_history_of_an_instance() {
    everywhere(async |world: World| {
        let (id, agency) = (submitted(&world).await, world.agency());
        let events = json(&world.get(&agency, &format!("{STORED}/{id}/events")).await, 200);
        let types: Vec<_> =
            events["instanceEvents"].as_array().unwrap().iter().map(|event| &event["eventType"]).collect();
        assert_eq!(types[0], "Created");
        assert!(types.contains(&&json!("Signed")), "{types:?}");
        let process = json(&world.get(&agency, &format!("{STORED}/{id}/process")).await, 200);
        assert!(process["ended"].is_string());
        let read = format!("{STORED}/{id}/readstatus?status=read");
        let marked = world.send_json(Method::PUT, &world.token(&world.leader), &read, &json!({})).await;
        assert_eq!(json(&marked, 200)["status"]["readStatus"], "Read");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_verified_with_the_key_that_everybody_may_have() {
    everywhere(async |world: World| {
        let id = submitted(&world).await;
        let path = format!("/v1/archive/receipts/{id}");
        let answer = world.get(&world.token(&world.leader), &path).await;
        let receipt: Receipt = serde_json::from_value(json(&answer, 200)).unwrap();
        let read = async |path: &str| world.send(world.request(Method::GET, path)).await;
        let text = |answer: &HttpResponse| String::from_utf8(answer.body().to_vec()).unwrap();
        let key: VerifierKey = text(&read("/v1/archive/key").await).trim().parse().unwrap();
        receipt.verify(&key).unwrap();
        assert!(text(&read("/v1/archive/checkpoint").await).starts_with("example.com/log\n1\n"));
        let tile = read("/v1/archive/log/tile/0/000.p/1").await;
        assert_eq!((tile.status().as_u16(), tile.body().len()), (200, 32));
        assert!(tile.header(&header::CACHE_CONTROL).unwrap().contains("immutable"));
        problem(&read("/v1/archive/log/tile/0/001").await, 404);
        problem(&world.get(&world.token(&world.stranger), &path).await, 404);
    })
    .await;
}

#[tokio::test]
async fn events_are_read_by_those_whom_the_policy_lets() {
    everywhere(async |world: World| {
        let id = submitted(&world).await;
        let path =
            "/events/api/v1/events?after=0&resource=urn:altinn:resource:app_ttd_bakery-licence&size=1000";
        let answer = world.get(&world.agency(), path).await;
        let events = json(&answer, 200);
        let all = events.as_array().unwrap();
        assert!(all.iter().all(|event| event["resourceinstance"] == id.as_str()), "{events}");
        assert!(all.iter().any(|event| event["type"] == "app.instance.process.completed"), "{events}");
        let next = answer.header(&"next".parse().unwrap()).unwrap().to_owned();
        assert_eq!(json(&world.get(&world.agency(), &next).await, 200), json!([]));
        assert_eq!(json(&world.get(&world.token(&world.stranger), path).await, 200), json!([]));
        problem(&world.get(&world.agency(), "/events/api/v1/events").await, 400);
    })
    .await;
}

#[tokio::test]
async fn the_agencys_programs_ask_for_decisions_in_json_and_xml() {
    everywhere(async |world: World| {
        let asked = |action: &str| {
            let attribute = |id: &str, value: &str| json!({"AttributeId": id, "Value": value});
            json!({"Request": {
                "AccessSubject": [{"Attribute": [attribute("urn:altinn:org", "ttd")]}],
                "Action": [{"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", action)]}],
                "Resource": [{"Attribute": [
                    attribute("urn:altinn:org", "ttd"), attribute("urn:altinn:app", "bakery-licence"),
                    attribute("urn:altinn:partyid", &world.bakery.id.to_string()),
                ]}],
            }})
        };
        let decide = async |token: &str, path: &str, action: &str| {
            world.send_json(Method::POST, token, &format!("/authorization/api/v1/{path}"), &asked(action)).await
        };
        let agency = world.agency();
        let permitted = json(&decide(&agency, "decision", "instantiate").await, 200);
        assert_eq!(permitted["response"][0]["decision"], "Permit", "{permitted}");
        let denied = json(&decide(&agency, "decision", "sign").await, 200);
        assert_ne!(denied["response"][0]["decision"], "Permit");
        let leader = world.token(&world.leader);
        assert_eq!(problem(&decide(&leader, "decision", "read").await, 403), "HTTP-SCOPE");
        assert_eq!(problem(&decide(&agency, "authorize", "read").await, 403), "HTTP-SCOPE");
        let scoped = world.organization(&world.bakery, "altinn:authorization/authorize");
        json(&decide(&scoped, "authorize", "read").await, 200);

        let request = world.request(Method::POST, "/authorization/api/v1/decision").bearer(&agency).unwrap();
        let request = request.header(header::ACCEPT, "application/xml").unwrap();
        let xml = world.send(request.json(&asked("instantiate")).unwrap()).await;
        assert!(String::from_utf8_lossy(xml.body()).contains("<Decision>Permit</Decision>"));
        let wrong = world.request(Method::POST, "/authorization/api/v1/decision").bearer(&agency).unwrap();
        assert_eq!(problem(&world.send(wrong.body("application/xml", "<a/>")).await, 400), "HTTP-BODY");
    })
    .await;
}

#[tokio::test]
async fn a_caller_learns_whom_they_may_represent() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let parties = json(&world.get(&leader, "/authorization/api/v1/parties").await, 200);
        let ids: Vec<_> =
            parties.as_array().unwrap().iter().map(|party| party["partyId"].as_i64().unwrap()).collect();
        assert!(ids.contains(&world.bakery.id.get()) && ids.contains(&world.leader.id.get()), "{parties}");
        let authorized = json(&world.get(&leader, "/accessmanagement/api/v1/authorizedparties").await, 200);
        let bakery =
            authorized.as_array().unwrap().iter().find(|party| party["partyId"] == world.bakery.id.get());
        assert!(
            bakery.unwrap()["authorizedRoles"].to_string().to_lowercase().contains("dagl"),
            "{authorized}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_register_is_asked_and_the_query_checked() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let ask = async |token: &str, number: Value| {
            let body = json!({"partyId": world.bakery.id.get(), "query": {"organisasjonsnummer": number}, "purpose": "kontroll"});
            world.send_json(Method::POST, token, "/v1/lookups/brreg/organization", &body).await
        };
        assert_eq!(json(&ask(&leader, json!("312345005")).await, 200)["answer"]["navn"], "BAKERIET AS");
        assert_eq!(problem(&ask(&leader, json!("000000004")).await, 404), "LOOKUP-NOTHING");
        assert_eq!(problem(&ask(&leader, json!(7)).await, 422), "LOOKUP-QUERY");
        assert_eq!(problem(&ask(&world.token(&world.stranger), json!("312345005")).await, 404), "LOOKUP-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_user_is_handed_over_by_a_form_or_a_code() {
    everywhere(async |world: World| {
        let leader = world.token(&world.leader);
        let open = async |token: &str, target: &str| {
            let body = json!({"partyId": world.bakery.id.get(), "target": target, "language": "nn"});
            world.send_json(Method::POST, token, "/v1/links/ttd/tax-card", &body).await
        };
        let form = json(&open(&leader, "form").await, 200)["form"].clone();
        assert_eq!((form["field"].as_str(), form["value"].is_string()), (Some("hand_over"), true));
        assert!(json(&open(&leader, "code").await, 200)["location"].as_str().unwrap().contains("code="));
        assert_eq!(problem(&open(&leader, "elsewhere").await, 400), "LINK-TARGET");
        assert_eq!(problem(&open(&world.token(&world.stranger), "form").await, 404), "LINK-NOT-FOUND");
        let redeem = json!({"code": "none"});
        let none = world.send_json(Method::POST, &world.agency(), "/v1/links/redeem", &redeem).await;
        assert_eq!(problem(&none, 404), "LINK-NO-SUCH-CODE");
    })
    .await;
}

#[tokio::test]
async fn a_file_is_uploaded_downloaded_in_ranges_and_confirmed() {
    everywhere(async |world: World| {
        let (sender, recipient) = (world.token(&world.leader), world.token(&world.accountant_leader));
        let (from, to) = (named(&world.bakery), named(&world.accountant));
        let announced =
            json!({"fileName": "accounts.zip", "resourceId": "ttd/annual-accounts", "recipients": [to]});
        let path = format!("{TRANSFERS}?onBehalfOf={from}");
        let answer = json(&world.send_json(Method::POST, &sender, &path, &announced).await, 200);
        let transfer = format!("{TRANSFERS}/{}", answer["fileTransferId"].as_str().unwrap());
        let content: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let upload = world
            .request(Method::POST, &format!("{transfer}/upload?onBehalfOf={from}"))
            .bearer(&sender)
            .unwrap();
        json(&world.send(upload.body("application/octet-stream", content.clone())).await, 200);

        let seen = json(&world.get(&recipient, &format!("{transfer}?onBehalfOf={to}")).await, 200);
        assert_eq!((&seen["fileTransferStatus"], &seen["sender"]), (&json!("Published"), &json!(from)));
        let download = format!("{transfer}/download?onBehalfOf={to}");
        assert_eq!(world.get(&recipient, &download).await.body(), content);
        let request = world.request(Method::GET, &download).bearer(&recipient).unwrap();
        let part = world.send(request.header(header::RANGE, "bytes=1000-1999").unwrap()).await;
        assert_eq!((part.status().as_u16(), part.body()), (206, &content[1000..2000]));
        let confirm = format!("{transfer}/confirmdownload?onBehalfOf={to}");
        json(&world.send(world.request(Method::POST, &confirm).bearer(&recipient).unwrap()).await, 200);
        let details = json(&world.get(&sender, &format!("{transfer}/details?onBehalfOf={from}")).await, 200);
        assert_eq!(details["fileTransferStatus"], "AllConfirmedDownloaded");
        assert_eq!(details["recipients"][0]["currentRecipientFileTransferStatusCode"], "DownloadConfirmed");

        let stranger = world.token(&world.stranger);
        problem(&world.get(&stranger, &format!("{transfer}?onBehalfOf={from}")).await, 404);
        problem(&world.get(&stranger, &transfer).await, 404);
        let listed = format!("{TRANSFERS}?resourceId=ttd/annual-accounts&role=Sender&onBehalfOf={from}");
        assert_eq!(json(&world.get(&sender, &listed).await, 200).as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_upload_by_tus_goes_on_where_it_was() {
    everywhere(async |world: World| {
        let sender = world.token(&world.leader);
        let from = named(&world.bakery);
        let encoded = |text: &str| {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.encode(text)
        };
        let content: Vec<u8> = (0..50_000_u32).map(|number| number.to_le_bytes()[1]).collect();
        let tus = |method: Method, path: &str| {
            let request = world.request(method, path).bearer(&sender).unwrap();
            request.header("tus-resumable".parse().unwrap(), "1.0.0").unwrap()
        };
        let metadata = format!(
            "filename {},resourceId {},recipients {}",
            encoded("accounts.zip"),
            encoded("ttd/annual-accounts"),
            encoded(&named(&world.accountant))
        );
        let create = tus(Method::POST, &format!("{TRANSFERS}/tus?onBehalfOf={from}"));
        let create = create.header("upload-length".parse().unwrap(), &content.len().to_string()).unwrap();
        let created = world.send(create.header("upload-metadata".parse().unwrap(), &metadata).unwrap()).await;
        assert_eq!(created.status().as_u16(), 201, "{}", String::from_utf8_lossy(created.body()));
        let upload = created.header(&header::LOCATION).unwrap().to_owned();
        let append = async |offset: usize, piece: &[u8]| {
            let request = tus(Method::PATCH, &upload);
            let request = request.header("upload-offset".parse().unwrap(), &offset.to_string()).unwrap();
            world.send(request.body("application/offset+octet-stream", piece)).await
        };
        assert_eq!(append(0, &content[..20_000]).await.status().as_u16(), 204);
        assert_eq!(problem(&append(10, &content[10..]).await, 409), "BROKER-OFFSET");
        let head = world.send(tus(Method::HEAD, &upload)).await;
        assert_eq!(head.header(&"upload-offset".parse().unwrap()), Some("20000"));
        assert_eq!(append(20_000, &content[20_000..]).await.status().as_u16(), 204);

        let to = named(&world.accountant);
        let (transfer, _) = upload.rsplit_once("/tus").unwrap();
        let download = format!("{transfer}/download?onBehalfOf={to}");
        assert_eq!(world.get(&world.token(&world.accountant_leader), &download).await.body(), content);
        let other = world.request(Method::HEAD, &upload).bearer(&sender).unwrap();
        assert_eq!(world.send(other).await.status().as_u16(), 412);
    })
    .await;
}
