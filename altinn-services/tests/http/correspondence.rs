//! Correspondences.

use altinn_core::Party;
use altinn_core::http::{HttpResponse, Method, header};
use serde_json::{Value, json};

use crate::world::{World, everywhere, json, named, problem};

pub(crate) const LETTERS: &str = "/correspondence/api/v1/correspondence";

/// A letter to some, as Altinn's clients write it.
pub(crate) fn letter(recipients: &[&Party]) -> Value {
    json!({
        "correspondence": {
            "resourceId": "mattilsynet/decisions",
            "sendersReference": "2026/17",
            "content": {
                "language": "nb", "messageTitle": "Vedtak om løyve", "messageSummary": "Om bakeriet ditt",
                "messageBody": "Søknaden er **innvilget**.",
            },
            "replyOptions": [{"linkURL": "https://mattilsynet.no/svar"}],
            "externalReferences": [{"referenceType": "Generic", "referenceValue": "sak-4711"}],
            "propertyList": {"saksnummer": "4711"},
        },
        "recipients": recipients.iter().map(|party| named(party)).collect::<Vec<_>>(),
    })
}

pub(crate) async fn send(world: &World, body: &Value, key: Option<&str>) -> HttpResponse {
    let request = world.request(Method::POST, LETTERS).bearer(&world.authority()).unwrap();
    let request = request.json(body).unwrap();
    world
        .send(match key {
            Some(key) => request.header("idempotency-key".parse().unwrap(), key).unwrap(),
            None => request,
        })
        .await
}

pub(crate) async fn run_due(world: &World) {
    while world.api.altinn().correspondences().run_due(1_000).await.unwrap() > 0 {}
}

/// A letter to the bakery that is published: its path, and the query that says for whom.
pub(crate) async fn published(world: &World, body: &Value) -> (String, String) {
    let sent = json(&send(world, body, None).await, 200);
    run_due(world).await;
    let id = sent["correspondences"][0]["correspondenceId"].as_str().unwrap();
    (format!("{LETTERS}/{id}"), format!("onBehalfOf={}", named(&world.bakery)))
}

pub(crate) async fn post(world: &World, token: &str, path: &str) -> HttpResponse {
    world.send(world.request(Method::POST, path).bearer(token).unwrap()).await
}

#[tokio::test]
async fn one_call_sends_to_many_once() {
    everywhere(async |world: World| {
        let body = letter(&[&world.bakery, &world.accountant]);
        let sent = json(&send(&world, &body, Some("letter-1")).await, 200);
        assert_eq!(sent["recipientCount"], 2);
        let recipients: Vec<_> =
            sent["correspondences"].as_array().unwrap().iter().map(|one| one["recipient"].clone()).collect();
        let number = |party: &Party| named(party).replace("0192:", "urn:altinn:organization:identifier-no:");
        assert_eq!(recipients, [json!(number(&world.bakery)), json!(number(&world.accountant))]);
        assert_eq!(sent["correspondences"][0]["status"], "ReadyForPublish");
        assert_eq!(json(&send(&world, &body, Some("letter-1")).await, 200), sent);
        let other = letter(&[&world.bakery]);
        assert_eq!(
            problem(&send(&world, &other, Some("letter-1")).await, 422),
            "IDEMPOTENCY-DIFFERENT-REQUEST"
        );

        let list = format!("{LETTERS}?resourceId=mattilsynet/decisions&role=Sender");
        let found = json(&world.get(&world.authority(), &list).await, 200);
        let ids: Vec<_> = sent["correspondences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["correspondenceId"].clone())
            .collect();
        assert_eq!(found["ids"], json!(ids));
        let some = |more: &str| format!("{list}&{more}");
        for (more, count) in [
            ("status=ReadyForPublish", 2),
            ("status=Published", 0),
            ("sendersReference=2026/17", 2),
            ("sendersReference=2026/18", 0),
            ("to=2020-01-01T00:00:00Z", 0),
            ("from=2020-01-01T00:00:00Z&limit=1", 1),
            (format!("after={}", ids[0].as_str().unwrap()).as_str(), 1),
            (format!("after={}", ids[1].as_str().unwrap()).as_str(), 0),
        ] {
            let found = json(&world.get(&world.authority(), &some(more)).await, 200);
            assert_eq!(found["ids"].as_array().unwrap().len(), count, "{more}");
        }
        for wrong in ["status=Gone", "limit=0", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"] {
            assert_eq!(problem(&world.get(&world.authority(), &some(wrong)).await, 400), "HTTP-QUERY");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field() {
    everywhere(async |world: World| {
        let mut body = letter(&[&world.bakery]);
        body["correspondence"]["content"]["messageTitle"] = json!("<b>Vedtak</b>");
        body["correspondence"]["isConfirmationNeeded"] = json!(true);
        let answer = send(&world, &body, None).await;
        assert_eq!(problem(&answer, 400), "CORRESPONDENCE-INVALID");
        let errors = json(&answer, 400)["validationErrors"].clone();
        let told: Vec<_> =
            errors.as_array().unwrap().iter().map(|one| (&one["code"], &one["paths"][0])).collect();
        assert_eq!(
            told,
            [
                (&json!("NOT-PLAIN"), &json!("/content/messageTitle/nb")),
                (&json!("REQUIRED"), &json!("/dueDateTime")),
            ]
        );
        let mut body = letter(&[&world.bakery]);
        body["recipients"] = json!(["0192:123456789", "0192:312345005"]);
        assert_eq!(problem(&send(&world, &body, None).await, 400), "CORRESPONDENCE-INVALID");
        let mut body = letter(&[&world.bakery]);
        body["correspondence"]["isConfidential"] = json!(true);
        assert_eq!(problem(&send(&world, &body, None).await, 400), "HTTP-BODY");
        let mut body = letter(&[&world.bakery]);
        body["correspondence"]["sender"] = json!(named(&world.bakery));
        assert_eq!(problem(&send(&world, &body, None).await, 404), "CORRESPONDENCE-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_fetched_read_confirmed_put_away_and_deleted() {
    everywhere(async |world: World| {
        let mut body = letter(&[&world.bakery]);
        body["correspondence"]["isConfirmationNeeded"] = json!(true);
        body["correspondence"]["dueDateTime"] = json!("2126-12-24T12:00:00Z");
        let (path, of) = published(&world, &body).await;
        let leader = world.token(&world.leader);
        let early = post(&world, &leader, &format!("{path}/markasread?{of}")).await;
        assert_eq!(json(&early, 400)["errorCode"], 1024);
        let early = post(&world, &leader, &format!("{path}/confirm?{of}")).await;
        assert_eq!(json(&early, 400)["errorCode"], 1025);

        let seen = json(&world.get(&leader, &format!("{path}?{of}")).await, 200);
        assert_eq!(
            (&seen["status"], &seen["content"]["messageTitle"]),
            (&json!("Published"), &json!("Vedtak om løyve"))
        );
        assert_eq!(seen["content"]["language"], "nb");
        assert_eq!(seen["propertyList"], json!({"saksnummer": "4711"}));
        assert_eq!(seen["replyOptions"][0]["linkText"], "https://mattilsynet.no/svar");
        assert_eq!(
            seen["sender"],
            named(&world.authority).replace("0192:", "urn:altinn:organization:identifier-no:")
        );
        let said = world.get(&leader, &format!("{path}/content?{of}")).await;
        assert_eq!(said.body(), "Søknaden er **innvilget**.".as_bytes());
        assert_eq!(said.header(&header::CONTENT_TYPE), Some("text/plain; charset=utf-8"));

        let purge = world.request(Method::DELETE, &format!("{path}/purge?{of}")).bearer(&leader).unwrap();
        assert_eq!(json(&world.send(purge).await, 400)["errorCode"], 1026);
        for what in ["markasread", "markasread", "confirm", "confirm", "archive"] {
            let done = post(&world, &leader, &format!("{path}/{what}?{of}")).await;
            assert!(path.ends_with(json(&done, 200).as_str().unwrap()), "{what}");
        }
        let filler = world.token(&world.filler);
        let again = post(&world, &filler, &format!("{path}/markasread?{of}")).await;
        assert_eq!(json(&again, 400)["errorCode"], 1040);
        let details = json(&world.get(&world.authority(), &format!("{path}/details")).await, 200);
        let history: Vec<_> = details["statusHistory"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["status"].as_str().unwrap())
            .collect();
        let all = ["Initialized", "ReadyForPublish", "Published", "Fetched", "Read", "Confirmed", "Archived"];
        assert_eq!(history, all);

        let purge = || world.request(Method::DELETE, &format!("{path}/purge?{of}")).bearer(&leader).unwrap();
        json(&world.send(purge()).await, 200);
        let again = world.send(purge()).await;
        assert_eq!(
            (problem(&again, 400), &json(&again, 400)["errorCode"]),
            ("CORRESPONDENCE-PURGED".to_owned(), &json!(1014))
        );
        assert_eq!(problem(&world.get(&leader, &format!("{path}?{of}")).await, 404), "CORRESPONDENCE-PURGED");
    })
    .await;
}

#[tokio::test]
async fn a_sender_withdraws_what_nobody_has_seen() {
    everywhere(async |world: World| {
        let mut body = letter(&[&world.bakery]);
        body["correspondence"]["requestedPublishTime"] = json!("2126-01-01T00:00:00Z");
        let (path, of) = published(&world, &body).await;
        problem(&world.get(&world.token(&world.leader), &format!("{path}?{of}")).await, 404);
        let purge = |path: &str| {
            world.request(Method::DELETE, &format!("{path}/purge")).bearer(&world.authority()).unwrap()
        };
        json(&world.send(purge(&path)).await, 200);
        let (path, _) = published(&world, &letter(&[&world.bakery])).await;
        assert_eq!(json(&world.send(purge(&path)).await, 400)["errorCode"], 1013);
    })
    .await;
}

/// A body of fields and files.
pub(crate) fn multipart(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, content) in files {
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"Attachments\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--limit--\r\n");
    body
}

#[tokio::test]
async fn files_go_with_a_letter_and_come_back_in_ranges() {
    everywhere(async |world: World| {
        let bakery = named(&world.bakery);
        let fields = [
            ("Correspondence.ResourceId", "mattilsynet/decisions"),
            ("Correspondence.SendersReference", "2026/18"),
            ("Correspondence.Content.Language", "nb"),
            ("Correspondence.Content.MessageTitle", "Vedtak"),
            ("Correspondence.Content.MessageBody", "Se vedlegg."),
            ("Correspondence.IsConfirmationNeeded", "False"),
            ("Recipients[0]", bakery.as_str()),
        ];
        let plan: Vec<u8> = (0..300_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let files: [(&str, &[u8]); 2] = [("vedtak.pdf", b"%PDF-1.7"), ("plan.zip", &plan)];
        let upload = async |token: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]| {
            let request = world.request(Method::POST, &format!("{LETTERS}/upload")).bearer(token).unwrap();
            world.send(request.body("multipart/form-data; boundary=limit", multipart(fields, files))).await
        };
        let sent = json(&upload(&world.authority(), &fields, &files).await, 200);
        run_due(&world).await;
        let (leader, of) = (world.token(&world.leader), format!("onBehalfOf={bakery}"));
        let letter =
            format!("{LETTERS}/{}", sent["correspondences"][0]["correspondenceId"].as_str().unwrap());
        let seen = json(&world.get(&leader, &format!("{letter}?{of}")).await, 200);
        let attachments = seen["content"]["attachments"].as_array().unwrap();
        let ids: Vec<_> = attachments.iter().map(|file| file["id"].clone()).collect();
        assert_eq!(sent["attachmentIds"], json!(ids));
        assert_eq!(
            (&attachments[1]["fileName"], &attachments[1]["size"]),
            (&json!("plan.zip"), &json!(300_000))
        );
        let file = format!("{letter}/attachment/{}/download?{of}", ids[1].as_str().unwrap());
        let got = world.get(&leader, &file).await;
        assert_eq!(got.body(), plan);
        let disposition = got.header(&header::CONTENT_DISPOSITION).unwrap();
        assert!(disposition.starts_with("attachment; filename=\"plan.zip\""), "{disposition}");
        let part = world.request(Method::GET, &file).bearer(&leader).unwrap();
        let part = world.send(part.header(header::RANGE, "bytes=1000-1999").unwrap()).await;
        assert_eq!((part.status().as_u16(), part.body()), (206, &plan[1000..2000]));
        let none = format!("{letter}/attachment/00000000-0000-4000-8000-000000000000/download?{of}");
        assert_eq!(json(&world.get(&leader, &none).await, 404)["errorCode"], 2001);

        let bad = upload(&world.authority(), &fields, &[("virus.exe", b"MZ")]).await;
        assert_eq!(problem(&bad, 400), "CORRESPONDENCE-INVALID");
        let unasked = upload(&world.authority(), &[], &files).await;
        assert_eq!(problem(&unasked, 400), "HTTP-BODY");
        let stranger = upload(&world.token(&world.stranger), &fields, &files).await;
        assert_eq!(problem(&stranger, 403), "AUTH-DENIED-NOT-GRANTED");
    })
    .await;
}

#[tokio::test]
async fn anothers_letter_is_answered_as_one_that_is_not_there() {
    everywhere(async |world: World| {
        let (letter, _) = published(&world, &letter(&[&world.bakery])).await;
        let nothing = format!("{LETTERS}/00000000-0000-4000-8000-000000000000");
        let said = |answer: HttpResponse| {
            let status = answer.status().as_u16();
            let mut body: Value = answer.json().unwrap();
            body["traceId"] = json!("");
            (status, body)
        };
        let stranger = world.token(&world.stranger);
        let ofs = [
            String::new(),
            format!("onBehalfOf={}", named(&world.bakery)),
            format!("onBehalfOf={}", named(&world.authority)),
        ];
        for of in ofs {
            for part in ["", "/details", "/content"] {
                let there = said(world.get(&stranger, &format!("{letter}{part}?{of}")).await);
                let not_there = said(world.get(&stranger, &format!("{nothing}{part}?{of}")).await);
                assert_eq!(there, not_there);
                assert_eq!(there.0, 404);
            }
            for part in ["markasread", "confirm", "archive"] {
                let there = said(post(&world, &stranger, &format!("{letter}/{part}?{of}")).await);
                let not_there = said(post(&world, &stranger, &format!("{nothing}/{part}?{of}")).await);
                assert_eq!(there, not_there);
                assert_eq!(there.0, 404);
            }
        }
        // Another agency's system, and the bakery's own among those of the sender.
        for token in [world.agency(), world.organization(&world.accountant, "altinn:correspondence.read")] {
            assert_eq!(said(world.get(&token, &letter).await), said(world.get(&token, &nothing).await));
        }
        let list = format!(
            "{LETTERS}?resourceId=mattilsynet/decisions&role=Recipient&onBehalfOf={}",
            named(&world.bakery)
        );
        assert_eq!(problem(&world.get(&stranger, &list).await, 404), "CORRESPONDENCE-NOT-FOUND");
        let found = json(&world.get(&world.token(&world.leader), &list).await, 200);
        assert_eq!(found["ids"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_is_uploaded_by_itself_and_goes_with_letters() {
    everywhere(async |world: World| {
        let (authority, files) = (world.authority(), "/correspondence/api/v1/attachment");
        let body = json!({"resourceId": "mattilsynet/decisions", "fileName": "plan.pdf", "sendersReference": "sak-1"});
        let id = json(&world.send_json(Method::POST, &authority, files, &body).await, 200);
        let file = format!("{files}/{}", id.as_str().unwrap());
        assert_eq!(json(&world.get(&authority, &file).await, 200)["status"], "Initialized");
        let content: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let upload = || world.request(Method::POST, &format!("{file}/upload")).bearer(&authority).unwrap();
        let there = world.send(upload().body("application/octet-stream", content.clone())).await;
        assert_eq!(json(&there, 200)["status"], "Published");
        let again = world.send(upload().body("application/octet-stream", content.clone())).await;
        assert_eq!(json(&again, 400)["errorCode"], 2003);

        let mut letter = letter(&[&world.bakery]);
        letter["existingAttachments"] = json!([id]);
        let sent = json(&send(&world, &letter, None).await, 200);
        assert_eq!(sent["attachmentIds"], json!([id]));
        run_due(&world).await;
        let of = format!("onBehalfOf={}", named(&world.bakery));
        let correspondence = sent["correspondences"][0]["correspondenceId"].clone();
        let got = format!("{LETTERS}/{}/attachment/{}/download?{of}", correspondence.as_str().unwrap(), id.as_str().unwrap());
        assert_eq!(world.get(&world.token(&world.leader), &got).await.body(), content);
        assert_eq!(world.get(&authority, &format!("{file}/download")).await.body(), content);
        let details = json(&world.get(&authority, &format!("{file}/details")).await, 200);
        assert_eq!(details["correspondenceIds"], json!([correspondence]));
        assert_eq!(details["statusHistory"].as_array().unwrap().len(), 2);
        let purge = world.request(Method::DELETE, &file).bearer(&authority).unwrap();
        assert_eq!(json(&world.send(purge).await, 400)["errorCode"], 2007);

        for token in [world.agency(), world.token(&world.leader), world.token(&world.stranger)] {
            for file in [file.as_str(), "/correspondence/api/v1/attachment/00000000-0000-4000-8000-000000000000"] {
                assert_eq!(problem(&world.get(&token, file).await, 404), "CORRESPONDENCE-NOT-FOUND");
                assert_eq!(problem(&world.get(&token, &format!("{file}/download")).await, 404), "CORRESPONDENCE-NOT-FOUND");
            }
        }
    })
    .await;
}
