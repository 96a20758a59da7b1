//! Mail to a server that this project did not write.
//!
//! `ALTINN_TEST_SMTP` names it (`127.0.0.1:2525`), and `ALTINN_TEST_SMTP_MAILS` the file to which it appends every mail
//! as a line of JSON: `{"from": "…", "to": ["…"], "data": "…"}`. With `ALTINN_TEST_SMTP_CA`, a file in PEM, the server
//! speaks STARTTLS with a certificate of that authority.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod scene;

use std::path::Path;
use std::time::Duration;

use altinn_notify::channel::{Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::ReceivedMail;
use altinn_notify::{Content, NotificationStatus, Order, Recipient};
use scene::{Scene, history};

/// A channel to the server and the file with its mails, if there is one.
fn server() -> Option<(Smtp, String)> {
    let (Ok(server), Ok(mails)) =
        (std::env::var("ALTINN_TEST_SMTP"), std::env::var("ALTINN_TEST_SMTP_MAILS"))
    else {
        altinn_core::testing::report(
            "skipped: ALTINN_TEST_SMTP and ALTINN_TEST_SMTP_MAILS name no server and no file with its mails",
        );
        return None;
    };
    let (host, port) = server.rsplit_once(':').expect("host:port");
    let settings = |tls| SmtpSettings::new(host, port.parse().expect("a port"), tls);
    let settings = match std::env::var("ALTINN_TEST_SMTP_CA") {
        Ok(file) => settings(TlsMode::StartTls).with_root_certificate(std::fs::read(file).unwrap()),
        Err(_) => settings(TlsMode::None),
    };
    Some((Smtp::new(settings).unwrap(), mails))
}

/// The mails to an address, once there are so many.
async fn mails_to(file: &str, address: &str, count: usize) -> Vec<ReceivedMail> {
    for _ in 0..600 {
        let mails = read(Path::new(file)).into_iter().filter(|mail| mail.to() == [address]);
        let mails: Vec<_> = mails.collect();
        if mails.len() >= count {
            return mails;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the server did not get the mails in a minute")
}

fn read(file: &Path) -> Vec<ReceivedMail> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let whole_lines = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let mail = |line: &str| {
        let json: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let field = |name: &str| json.get(name).and_then(|value| value.as_str()).expect(name).to_owned();
        let to = json.get("to").and_then(|to| to.as_array()).expect("to");
        let to = to.iter().map(|to| to.as_str().expect("an address").to_owned());
        ReceivedMail::new(field("from"), to, field("data").into_bytes())
    };
    whole_lines.lines().map(mail).collect()
}

#[tokio::test]
async fn a_server_of_others_gets_the_mail_as_it_was_ordered() {
    let Some((smtp, file)) = server() else { return };
    let smtp = std::sync::Arc::new(smtp);
    for scene in Scene::all().await {
        let address = format!("{}@example.com", uuid::Uuid::new_v4().simple());
        let body =
            ["Hei på deg – ".repeat(40).as_str(), ".", "..", "From the beginning", "Ønsker 😀"].join("\n");
        for number in 0..3 {
            let recipient = Recipient::Email(address.parse().unwrap());
            let subject = format!(
                "Søknad {number} er mottatt, med et emne som er så langt at det må brytes over flere linjer"
            );
            scene
                .commit(&Order::new(format!("{address}/{number}"), recipient, Content::text(subject, &body)))
                .await;
            scene.step(1);
        }
        let report =
            scene.notifier(std::sync::Arc::clone(&smtp)).with_concurrency(1).dispatch(10).await.unwrap();
        assert_eq!(report.succeeded, 3, "{}: {report:?}", scene.back_end);

        let mails = mails_to(&file, &address, 3).await;
        assert_eq!(mails.len(), 3);
        for (number, mail) in mails.iter().enumerate() {
            assert!(mail.subject().unwrap().starts_with(&format!("Søknad {number} er mottatt, med")));
            assert!(mail.subject().unwrap().ends_with("så langt at det må brytes over flere linjer"));
            assert_eq!(mail.body().trim_end(), body);
            let order = altinn_notify::OrderId::of(&format!("{address}/{number}"));
            let notification = scene.notification(order).await;
            assert_eq!(mail.message_id().as_ref(), Some(&notification.message_id));
            assert_eq!(history(&notification), ["New", "Sending", "Succeeded"]);
            assert_eq!(notification.status, NotificationStatus::Succeeded);
        }
    }
}
