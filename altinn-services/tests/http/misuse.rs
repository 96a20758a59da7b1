//! What is done wrongly, twice, too late or with ill intent, over HTTP.

use altinn_core::Party;
use altinn_core::http::{HttpResponse, Method, header};
use altinn_core::store::{Batch, params};
use serde_json::{Value, json};

use crate::correspondence::{LETTERS, letter, multipart, post, published, send};
use crate::world::{World, everywhere, json, named, problem};

const TRANSFERS: &str = "/broker/api/v1/filetransfer";
const FILES: &str = "/correspondence/api/v1/attachment";

/// Names with parts of a path, a NUL character, marks that turn the direction around, and ten thousand letters.
fn hostile_names() -> [String; 8] {
    let long = format!("{}.pdf", "x".repeat(10_000));
    [
        "../../etc/passwd.txt",
        "C:\\evil.pdf",
        "a\0.pdf",
        "vedtak\u{202e}fdp.exe.pdf",
        "a\u{200b}.pdf",
        "..",
        " ",
        long.as_str(),
    ]
    .map(str::to_owned)
}

async fn rows(world: &World, table: &str) -> i64 {
    let sql = format!("select count(*) as n from {table}");
    world.api.altinn().store().query_one(sql, params![]).await.unwrap().get("n").unwrap()
}

fn of(party: &Party) -> String {
    format!("onBehalfOf={}", named(party))
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A transfer from the bakery to the accountant: its path.
async fn announced(world: &World, more: &Value) -> String {
    let mut body = json!({"fileName": "accounts.zip", "resourceId": "ttd/annual-accounts",
        "recipients": [named(&world.accountant)]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = format!("{TRANSFERS}?{}", of(&world.bakery));
    let answer = world.send_json(Method::POST, &world.token(&world.leader), &path, &body).await;
    format!("{TRANSFERS}/{}", json(&answer, 200)["fileTransferId"].as_str().unwrap())
}

async fn upload(world: &World, transfer: &str, content: &[u8]) -> HttpResponse {
    let path = format!("{transfer}/upload?{}", of(&world.bakery));
    let request = world.request(Method::POST, &path).bearer(&world.token(&world.leader)).unwrap();
    world.send(request.body("application/octet-stream", content)).await
}

#[tokio::test]
async fn hostile_file_names_are_refused_wherever_a_file_has_a_name() {
    everywhere(async |world: World| {
        let (authority, leader) = (world.authority(), world.token(&world.leader));
        for name in hostile_names() {
            let file = json!({"resourceId": "mattilsynet/decisions", "fileName": name});
            let answer = world.send_json(Method::POST, &authority, FILES, &file).await;
            // No text of a body has a NUL character, whatever it is.
            let code = if name.contains('\0') { "HTTP-BODY" } else { "CORRESPONDENCE-INVALID" };
            assert_eq!(problem(&answer, 400), code, "{name:?}");
            let file = json!({"fileName": name, "resourceId": "ttd/annual-accounts", "recipients": [named(&world.accountant)]});
            let path = format!("{TRANSFERS}?{}", of(&world.bakery));
            let answer = world.send_json(Method::POST, &leader, &path, &file).await;
            assert_eq!(problem(&answer, 400), "HTTP-BODY", "{name:?}");
            let metadata = format!(
                "filename {},resourceId {},recipients {}",
                base64(&name),
                base64("ttd/annual-accounts"),
                base64(&named(&world.accountant))
            );
            let create = format!("{TRANSFERS}/tus?{}", of(&world.bakery));
            let create = world.request(Method::POST, &create).bearer(&leader).unwrap();
            let create = create.header("tus-resumable".parse().unwrap(), "1.0.0").unwrap();
            let create = create.header("upload-length".parse().unwrap(), "1").unwrap();
            let created = world.send(create.header("upload-metadata".parse().unwrap(), &metadata).unwrap()).await;
            assert_eq!(created.status().as_u16(), 400, "{name:?}");
        }
        let bakery = named(&world.bakery);
        let fields = [
            ("Correspondence.ResourceId", "mattilsynet/decisions"),
            ("Correspondence.SendersReference", "1"),
            ("Correspondence.Content.MessageTitle", "Vedtak"),
            ("Correspondence.Content.MessageBody", "Se vedlegg."),
            ("Recipients[0]", bakery.as_str()),
        ];
        for name in ["../../etc/passwd.txt", "vedtak\u{202e}fdp.exe.pdf", "con.pdf", "virus.exe"] {
            let path = format!("{LETTERS}/upload");
            let request = world.request(Method::POST, &path).bearer(&authority).unwrap();
            let body = multipart(&fields, &[(name, b"x")]);
            let answer = world.send(request.body("multipart/form-data; boundary=limit", body)).await;
            assert_eq!(problem(&answer, 400), "CORRESPONDENCE-INVALID", "{name:?}");
        }
        for table in ["services_shared_attachment", "services_broker_transfer", "services_mailing"] {
            assert_eq!(rows(&world, table).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn script_in_a_letter_is_refused_with_its_place() {
    everywhere(async |world: World| {
        for (field, text, code, path) in [
            ("messageBody", "Hei\n\n<script>alert(1)</script>", "HTML", "/content/messageBody/nb"),
            ("messageBody", "[x](javascript:alert(1))", "LINK", "/content/messageBody/nb"),
            ("messageBody", "![x](https://example.com/seen.png)", "IMAGE", "/content/messageBody/nb"),
            ("messageTitle", "<img src=x onerror=alert(1)>", "NOT-PLAIN", "/content/messageTitle/nb"),
            ("messageSummary", "</title><script>", "NOT-PLAIN", "/content/messageSummary/nb"),
        ] {
            let mut body = letter(&[&world.bakery]);
            body["correspondence"]["content"][field] = json!(text);
            let answer = send(&world, &body, None).await;
            assert_eq!(problem(&answer, 400), "CORRESPONDENCE-INVALID", "{text}");
            let told = json(&answer, 400)["validationErrors"][0].clone();
            assert_eq!((&told["code"], &told["paths"][0]), (&json!(code), &json!(path)), "{text}");
            assert!(!String::from_utf8_lossy(answer.body()).contains("alert"), "{told}");
        }
        assert_eq!(rows(&world, "services_mailing").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_what_was_announced_is_not_published() {
    everywhere(async |world: World| {
        let wrong = json!({"checksum": "900150983cd24fb0d6963f7d28e17f72"});
        let transfer = announced(&world, &wrong).await;
        assert_eq!(problem(&upload(&world, &transfer, b"other").await, 400), "BROKER-CHECKSUM");
        let sender = world.token(&world.leader);
        let stands = json(&world.get(&sender, &format!("{transfer}?{}", of(&world.bakery))).await, 200);
        assert_eq!(stands["fileTransferStatus"], "Failed");
        assert_eq!(problem(&upload(&world, &transfer, b"abc").await, 409), "BROKER-STATUS");
        let recipient = world.token(&world.accountant_leader);
        let download = format!("{transfer}/download?{}", of(&world.accountant));
        assert_eq!(problem(&world.get(&recipient, &download).await, 404), "BROKER-NOT-FOUND");

        let file = json!({"resourceId": "mattilsynet/decisions", "fileName": "plan.pdf",
            "checksum": "900150983cd24fb0d6963f7d28e17f72"});
        let authority = world.authority();
        let id = json(&world.send_json(Method::POST, &authority, FILES, &file).await, 200);
        let path = format!("{FILES}/{}/upload", id.as_str().unwrap());
        for (content, status) in [("other", 400), ("abc", 200), ("abc", 400)] {
            let request = world.request(Method::POST, &path).bearer(&authority).unwrap();
            let answer = world.send(request.body("application/octet-stream", content)).await;
            assert_eq!(answer.status().as_u16(), status, "{content}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_is_announced_and_uploaded_in_one_form() {
    everywhere(async |world: World| {
        let (to, leader) = (named(&world.accountant), world.token(&world.leader));
        let upload = async |fields: &[(&str, &str)], files: &[(&str, &[u8])]| {
            let path = format!("{TRANSFERS}/upload?{}", of(&world.bakery));
            let request = world.request(Method::POST, &path).bearer(&leader).unwrap();
            world.send(request.body("multipart/form-data; boundary=limit", multipart(fields, files))).await
        };
        let fields = [
            ("Metadata.FileName", "accounts.zip"),
            ("Metadata.ResourceId", "ttd/annual-accounts"),
            ("Metadata.SendersFileTransferReference", "1"),
            ("Metadata.PropertyList[case]", "4711"),
            ("Metadata.Recipients[0]", to.as_str()),
            ("Metadata.Checksum", "900150983cd24fb0d6963f7d28e17f72"),
        ];
        let sent = json(&upload(&fields, &[("x.zip", b"abc")]).await, 200);
        let transfer = format!("{TRANSFERS}/{}", sent["fileTransferId"].as_str().unwrap());
        let stands = json(&world.get(&leader, &format!("{transfer}?{}", of(&world.bakery))).await, 200);
        assert_eq!(
            (&stands["fileTransferStatus"], &stands["fileName"], &stands["propertyList"]),
            (&json!("Published"), &json!("accounts.zip"), &json!({"case": "4711"}))
        );
        let list = format!("{TRANSFERS}?resourceId=ttd/annual-accounts&role=Sender&{}", of(&world.bakery));
        for (more, count) in [
            ("status=Published", 1),
            ("status=Failed", 0),
            ("recipientStatus=Initialized", 1),
            ("recipientStatus=DownloadConfirmed", 0),
            ("from=2020-01-01T00:00:00Z&to=2120-01-01T00:00:00Z", 1),
            ("to=2020-01-01T00:00:00Z", 0),
        ] {
            let found = json(&world.get(&leader, &format!("{list}&{more}")).await, 200);
            assert_eq!(found.as_array().unwrap().len(), count, "{more}");
        }
        for wrong in ["status=Gone", "recipientStatus=x", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"]
        {
            assert_eq!(problem(&world.get(&leader, &format!("{list}&{wrong}")).await, 400), "HTTP-QUERY");
        }
        let download = format!("{transfer}/download?{}", of(&world.accountant));
        assert_eq!(world.get(&world.token(&world.accountant_leader), &download).await.body(), b"abc");
        assert_eq!(problem(&upload(&fields, &[]).await, 400), "HTTP-MULTIPART");
        assert_eq!(problem(&upload(&[], &[("x.zip", b"abc")]).await, 400), "HTTP-BODY");
        let deep = "a.".repeat(10_000) + "a";
        assert_eq!(problem(&upload(&[(&deep, "x")], &[("x.zip", b"abc")]).await, 400), "HTTP-MULTIPART");
        assert_eq!(problem(&upload(&fields, &[("x.zip", b"other")]).await, 400), "BROKER-CHECKSUM");
    })
    .await;
}

#[tokio::test]
async fn parts_of_a_file_come_in_their_order_and_once() {
    everywhere(async |world: World| {
        let transfer = announced(&world, &json!({"fileSize": 6})).await;
        let address = format!("{transfer}/tus?{}", of(&world.bakery));
        let tus = async |method: Method, offset: Option<&str>, piece: &'static str| {
            let request = world.request(method, &address).bearer(&world.token(&world.leader)).unwrap();
            let mut request = request.header("tus-resumable".parse().unwrap(), "1.0.0").unwrap();
            if let Some(offset) = offset {
                request = request.header("upload-offset".parse().unwrap(), offset).unwrap();
            }
            world.send(request.body("application/offset+octet-stream", piece)).await
        };
        assert_eq!(problem(&tus(Method::PATCH, Some("3"), "def").await, 409), "BROKER-OFFSET");
        assert_eq!(tus(Method::PATCH, Some("0"), "abc").await.status().as_u16(), 204);
        for (offset, code, status) in [
            (Some("0"), "BROKER-OFFSET", 409),
            (Some("2"), "BROKER-OFFSET", 409),
            (Some("18446744073709551615"), "BROKER-OFFSET", 409),
            (Some("-1"), "HTTP-HEADER", 400),
            (None, "HTTP-HEADER", 400),
        ] {
            assert_eq!(problem(&tus(Method::PATCH, offset, "abc").await, status), code, "{offset:?}");
        }
        assert_eq!(problem(&tus(Method::PATCH, Some("3"), "defghi").await, 413), "BROKER-TOO-LARGE");
        let stands = tus(Method::HEAD, None, "").await;
        assert_eq!(stands.header(&"upload-offset".parse().unwrap()), Some("3"));
        assert_eq!(tus(Method::PATCH, Some("3"), "def").await.status().as_u16(), 204);
        assert_eq!(problem(&tus(Method::PATCH, Some("6"), "ghi").await, 409), "BROKER-STATUS");
        let download = format!("{transfer}/download?{}", of(&world.accountant));
        assert_eq!(world.get(&world.token(&world.accountant_leader), &download).await.body(), b"abcdef");
    })
    .await;
}

#[tokio::test]
async fn a_file_is_confirmed_after_its_download_once_and_is_not_read_when_it_is_purged() {
    everywhere(async |world: World| {
        let transfer = announced(&world, &json!({})).await;
        json(&upload(&world, &transfer, b"accounts").await, 200);
        let recipient = world.token(&world.accountant_leader);
        let to = of(&world.accountant);
        let (download, confirm) =
            (format!("{transfer}/download?{to}"), format!("{transfer}/confirmdownload?{to}"));
        let receipt = format!("/v1/filetransfer/{}/receipt", transfer.rsplit('/').next().unwrap());
        assert_eq!(problem(&post(&world, &recipient, &confirm).await, 409), "BROKER-NOT-DOWNLOADED");
        assert_eq!(
            problem(&world.get(&recipient, &format!("{receipt}?{to}")).await, 404),
            "BROKER-NO-RECEIPT"
        );
        assert_eq!(world.get(&recipient, &download).await.body(), b"accounts");
        for _ in 0..2 {
            json(&post(&world, &recipient, &confirm).await, 200);
        }
        let archive = world.api.altinn().archive();
        archive.integrate().await.unwrap();
        for (token, party) in [(&recipient, &world.accountant), (&world.token(&world.leader), &world.bakery)]
        {
            let answer = world.get(token, &format!("{receipt}?{}", of(party))).await;
            let receipt: altinn_archive::Receipt = serde_json::from_value(json(&answer, 200)).unwrap();
            receipt.verify(archive.verifier_key()).unwrap();
        }
        let stranger = world.token(&world.stranger);
        assert_eq!(problem(&world.get(&stranger, &format!("{receipt}?{to}")).await, 404), "BROKER-NOT-FOUND");

        let mut over = Batch::new();
        over.execute("update services_broker_transfer set due_at = 0", params![]);
        world.api.altinn().store().commit(over).await.unwrap();
        assert_eq!(world.api.altinn().broker().run_due(10).await.unwrap(), 1);
        assert_eq!(problem(&world.get(&recipient, &download).await, 409), "BROKER-STATUS");
        json(&post(&world, &recipient, &confirm).await, 200);
        let gone = json(&world.get(&recipient, &format!("{transfer}?{to}")).await, 200);
        assert_eq!((&gone["fileTransferStatus"], gone.get("fileName")), (&json!("Purged"), None));
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_purged_letter_is_read() {
    everywhere(async |world: World| {
        let (path, of) = published(&world, &letter(&[&world.bakery])).await;
        let leader = world.token(&world.leader);
        json(&world.get(&leader, &format!("{path}?{of}")).await, 200);
        json(&post(&world, &leader, &format!("{path}/markasread?{of}")).await, 200);
        let purge = world.request(Method::DELETE, &format!("{path}/purge?{of}")).bearer(&leader).unwrap();
        json(&world.send(purge).await, 200);
        for part in ["", "/details", "/content", "/attachments/downloadall"] {
            let answer = world.get(&leader, &format!("{path}{part}?{of}")).await;
            assert_eq!(answer.status().as_u16(), 404, "{part}");
            assert!(!String::from_utf8_lossy(answer.body()).contains("innvilget"), "{part}");
        }
        let id = path.rsplit('/').next().unwrap();
        let reply = format!("/v1/correspondence/{id}/reply?{of}");
        let replied = world.send_json(Method::POST, &leader, &reply, &json!({"option": 0})).await;
        assert_eq!(problem(&replied, 400), "CORRESPONDENCE-PURGED");
        // That it was read stays proved.
        world.api.altinn().archive().integrate().await.unwrap();
        json(&world.get(&leader, &format!("/v1/correspondence/{id}/receipts/Read?{of}")).await, 200);
    })
    .await;
}

#[tokio::test]
async fn a_code_of_a_link_is_redeemed_once_as_it_is_by_its_target() {
    everywhere(async |world: World| {
        let open = json!({"partyId": world.bakery.id.get(), "target": "code"});
        let leader = world.token(&world.leader);
        let onward =
            json(&world.send_json(Method::POST, &leader, "/v1/links/ttd/tax-card", &open).await, 200);
        let (_, code) = onward["location"].as_str().unwrap().split_once("code=").unwrap();
        let redeem = async |token: &str, code: &str| {
            world.send_json(Method::POST, token, "/v1/links/redeem", &json!({"code": code})).await
        };
        let target = world.system("991825827", "altinn:links");
        let (head, last) = code.split_at(code.len() - 1);
        let altered = format!("{head}{}", if last == "A" { "B" } else { "A" });
        for (token, code) in [(&leader, code), (&world.agency(), code), (&target, &altered)] {
            assert_eq!(problem(&redeem(token, code).await, 404), "LINK-NO-SUCH-CODE");
        }
        let taken = redeem(&target, code).await;
        assert_eq!(json(&taken, 200)["service"], "ttd/tax-card");
        assert_eq!(taken.header(&header::CACHE_CONTROL), Some("no-store"));
        assert_eq!(problem(&redeem(&target, code).await, 404), "LINK-NO-SUCH-CODE");
    })
    .await;
}
