//! What there is of correspondences beside Altinn's own paths, and all files in one.

use std::io::{Cursor, Read as _};

use altinn_core::http::{Method, header};
use altinn_core::store::{Batch, params};
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::correspondence::{LETTERS, letter, multipart, post, published, run_due, send};
use crate::world::{World, everywhere, json, named, problem};

#[tokio::test]
async fn a_reply_is_taken_after_reading_and_reading_and_confirming_are_proved() {
    everywhere(async |world: World| {
        let mut body = letter(&[&world.bakery]);
        body["correspondence"]["isConfirmationNeeded"] = json!(true);
        body["correspondence"]["dueDateTime"] = json!("2126-12-24T12:00:00Z");
        let (path, of) = published(&world, &body).await;
        let id = path.rsplit('/').next().unwrap();
        let (reply, receipts) =
            (format!("/v1/correspondence/{id}/reply?{of}"), format!("/v1/correspondence/{id}/receipts"));
        let (leader, stranger) = (world.token(&world.leader), world.token(&world.stranger));
        let take = async |token: &str, option: i64| {
            world.send_json(Method::POST, token, &reply, &json!({"option": option})).await
        };
        assert_eq!(problem(&take(&leader, 0).await, 400), "CORRESPONDENCE-NOT-READ");
        assert_eq!(
            problem(&world.get(&leader, &format!("{receipts}/Read?{of}")).await, 404),
            "CORRESPONDENCE-NOTHING"
        );
        json(&world.get(&leader, &format!("{path}?{of}")).await, 200);
        for what in ["markasread", "confirm"] {
            json(&post(&world, &leader, &format!("{path}/{what}?{of}")).await, 200);
        }
        assert_eq!(problem(&take(&leader, 1).await, 404), "CORRESPONDENCE-NOTHING");
        assert_eq!(problem(&take(&leader, -1).await, 400), "HTTP-BODY");
        assert_eq!(problem(&take(&stranger, 0).await, 404), "CORRESPONDENCE-NOT-FOUND");
        for _ in 0..2 {
            let taken = json(&take(&leader, 0).await, 200);
            assert_eq!(taken["linkURL"], "https://mattilsynet.no/svar");
        }
        let details = json(&world.get(&leader, &format!("{path}/details?{of}")).await, 200);
        let history = details["statusHistory"].as_array().unwrap();
        assert_eq!(history.iter().filter(|entry| entry["status"] == "Replied").count(), 1);

        let archive = world.api.altinn().archive();
        archive.integrate().await.unwrap();
        for status in ["Read", "Confirmed"] {
            let answer = world.get(&leader, &format!("{receipts}/{status}?{of}")).await;
            let receipt: altinn_archive::Receipt = serde_json::from_value(json(&answer, 200)).unwrap();
            receipt.verify(archive.verifier_key()).unwrap();
            let hidden = world.get(&stranger, &format!("{receipts}/{status}?{of}")).await;
            assert_eq!(problem(&hidden, 404), "CORRESPONDENCE-NOT-FOUND");
        }
        assert_eq!(
            problem(&world.get(&leader, &format!("{receipts}/Published?{of}")).await, 400),
            "HTTP-PATH"
        );
    })
    .await;
}

#[tokio::test]
async fn all_files_of_a_letter_come_in_one_up_to_25_mebibytes() {
    everywhere(async |world: World| {
        let bakery = named(&world.bakery);
        let fields = [
            ("Correspondence.ResourceId", "mattilsynet/decisions"),
            ("Correspondence.SendersReference", "2026/18"),
            ("Correspondence.Content.MessageTitle", "Vedtak"),
            ("Correspondence.Content.MessageBody", "Se vedlegg."),
            ("Recipients[0]", bakery.as_str()),
        ];
        let sent = async |files: &[(&str, &[u8])]| {
            let request =
                world.request(Method::POST, &format!("{LETTERS}/upload")).bearer(&world.authority()).unwrap();
            let body = multipart(&fields, files);
            let sent =
                json(&world.send(request.body("multipart/form-data; boundary=limit", body)).await, 200);
            run_due(&world).await;
            let id = sent["correspondences"][0]["correspondenceId"].as_str().unwrap();
            format!("{LETTERS}/{id}/attachments/downloadall?onBehalfOf={bakery}")
        };
        let plan: Vec<u8> = (0..300_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let all = sent(&[("vedtak.pdf", b"%PDF-1.7"), ("årsplan.zip", &plan)]).await;
        let answer = world.get(&world.token(&world.leader), &all).await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.header(&header::CONTENT_TYPE), Some("application/zip"));
        assert!(answer.header(&header::CONTENT_DISPOSITION).unwrap().starts_with("attachment;"));
        let mut zip = ZipArchive::new(Cursor::new(answer.body().to_vec())).unwrap();
        let mut unpacked = Vec::new();
        for index in 0..zip.len() {
            let mut file = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            unpacked.push((file.name().unwrap().into_owned(), content));
        }
        assert_eq!(
            unpacked,
            [("vedtak.pdf".to_owned(), b"%PDF-1.7".to_vec()), ("årsplan.zip".to_owned(), plan)]
        );
        assert_eq!(
            problem(&world.get(&world.token(&world.stranger), &all).await, 404),
            "CORRESPONDENCE-NOT-FOUND"
        );

        let half = vec![7_u8; 13 * 1024 * 1024];
        let large = sent(&[("a.zip", &half), ("b.zip", &half)]).await;
        let refused = world.get(&world.token(&world.leader), &large).await;
        assert_eq!(problem(&refused, 400), "CORRESPONDENCE-ATTACHMENTS-TOO-LARGE");
        let (path, of) = published(&world, &letter(&[&world.bakery])).await;
        let none =
            world.get(&world.token(&world.leader), &format!("{path}/attachments/downloadall?{of}")).await;
        assert_eq!(problem(&none, 404), "CORRESPONDENCE-NOTHING");
    })
    .await;
}

#[tokio::test]
async fn who_is_both_sender_and_recipient_lists_what_was_got_and_then_what_was_sent() {
    everywhere(async |world: World| {
        let sent = async |to: &[&altinn_core::Party]| {
            let sent = json(&send(&world, &letter(to), None).await, 200);
            let all = sent["correspondences"].as_array().unwrap().iter();
            all.map(|one| one["correspondenceId"].clone()).collect::<Vec<_>>()
        };
        let first = sent(&[&world.bakery, &world.accountant]).await;
        let own = sent(&[&world.authority]).await;
        let last = sent(&[&world.bakery]).await;
        run_due(&world).await;
        let list = format!("{LETTERS}?resourceId=mattilsynet/decisions&role=RecipientAndSender");
        let found = async |token: &str, more: &str| {
            json(&world.get(token, &format!("{list}{more}")).await, 200)["ids"].clone()
        };
        // The authority's own system may send, and does not read what was sent to the authority.
        let of_sender = [last.clone(), own, first.clone()].concat();
        assert_eq!(found(&world.authority(), "").await, Value::from(of_sender));
        let leader = world.token(&world.leader);
        let of = format!("&onBehalfOf={}", named(&world.bakery));
        let of_recipient = json!([last[0], first[0]]);
        assert_eq!(found(&leader, &of).await, of_recipient);
        let next = format!("{of}&limit=1&after={}", last[0].as_str().unwrap());
        assert_eq!(found(&leader, &next).await, json!([first[0]]));
        let end = format!("{of}&after={}", first[0].as_str().unwrap());
        assert_eq!(found(&leader, &end).await, json!([]));
        let stranger = world.get(&world.token(&world.stranger), &format!("{list}{of}")).await;
        assert_eq!(problem(&stranger, 404), "CORRESPONDENCE-NOT-FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_sender_follows_a_mailing_and_has_what_failed_tried_again() {
    everywhere(async |world: World| {
        let body = letter(&[&world.bakery, &world.accountant]);
        let sent = json(&send(&world, &body, None).await, 200);
        let id = sent["mailingId"].as_str().unwrap();
        let mailings = "/v1/mailings/mattilsynet/decisions";
        let (mailing, stuck, redrive) =
            (format!("{mailings}/{id}"), format!("{mailings}/stuck"), format!("{mailings}/{id}/redrive"));
        let authority = world.authority();
        let stands = json(&world.get(&authority, &mailing).await, 200);
        assert_eq!(
            (&stands["recipientCount"], &stands["counts"]),
            (&json!(2), &json!({"ReadyForPublish": 2}))
        );
        let page = json(&world.get(&authority, &format!("{mailing}/recipients?limit=1")).await, 200);
        assert_eq!(page["recipients"][0]["correspondenceId"], sent["correspondences"][0]["correspondenceId"]);
        let after = format!("{mailing}/recipients?after={}", page["after"]);
        let rest = json(&world.get(&authority, &after).await, 200);
        assert_eq!(rest["recipients"][0]["correspondenceId"], sent["correspondences"][1]["correspondenceId"]);
        assert_eq!(
            problem(&world.get(&authority, &format!("{mailing}/recipients?limit=0")).await, 400),
            "HTTP-QUERY"
        );

        assert_eq!(json(&world.get(&authority, &stuck).await, 200), json!([]));
        assert_eq!(json(&post(&world, &authority, &redrive).await, 200)["again"], 0);
        let mut batch = Batch::new();
        batch.execute("update services_mailing set failures = 4, problem = 'NOTIFY-X'", params![]);
        world.api.altinn().store().commit(batch).await.unwrap();
        let found = json(&world.get(&authority, &stuck).await, 200);
        assert_eq!(
            (&found[0]["mailingId"], &found[0]["work"], &found[0]["attempts"], &found[0]["problem"]),
            (&json!(id), &json!("publish"), &json!(4), &json!("NOTIFY-X"))
        );
        let of = format!("onBehalfOf={}", named(&world.authority));
        for token in [world.agency(), world.token(&world.leader), world.token(&world.stranger)] {
            for path in [mailing.clone(), format!("{mailing}/recipients"), stuck.clone()] {
                let answer = world.get(&token, &format!("{path}?{of}")).await;
                assert_eq!(problem(&answer, 404), "CORRESPONDENCE-NOT-FOUND", "{path}");
            }
            let answer = post(&world, &token, &format!("{redrive}?{of}")).await;
            assert_eq!(problem(&answer, 404), "CORRESPONDENCE-NOT-FOUND");
        }
        assert_eq!(json(&post(&world, &authority, &redrive).await, 200)["again"], 1);
        run_due(&world).await;
        let stands = json(&world.get(&authority, &mailing).await, 200);
        assert_eq!(stands["counts"], json!({"Published": 2}));
        assert_eq!(json(&world.get(&authority, &stuck).await, 200), json!([]));
    })
    .await;
}
