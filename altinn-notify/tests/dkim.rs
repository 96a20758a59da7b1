//! Signatures of mail, verified by a program that this project did not write (dkimpy).
//!
//! `ALTINN_TEST_DKIM` names a Python that has dkimpy.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use std::io::Write;
use std::process::{Command, Stdio};

use altinn_core::key::{PrivateKey, SigningKey};
use altinn_notify::channel::{DkimKey, Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::SmtpSink;
use altinn_notify::{Content, Order, Recipient};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use scene::Scene;

/// Runs a program with these bytes as its input: what it writes, and whether it ended well.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> (Vec<u8>, bool) {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.stdout, output.status.success())
}

/// A key of each kind, with its record in the DNS.
fn keys() -> Vec<(PrivateKey, String)> {
    let ed25519 = SigningKey::generate().unwrap();
    let record = format!("v=DKIM1; k=ed25519; p={}", ed25519.verifying_key());
    let ed25519 = (PrivateKey::from_pkcs8(ed25519.expose_pkcs8()).unwrap(), record);
    let make = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    let (rsa, _) = run("openssl", &make, b"");
    let (public, _) = run("openssl", &["pkey", "-pubout", "-outform", "DER"], &rsa);
    let record = format!("v=DKIM1; k=rsa; p={}", BASE64.encode(public));
    vec![ed25519, (PrivateKey::from_pem(&String::from_utf8(rsa).unwrap()).unwrap(), record)]
}

#[tokio::test]
async fn what_is_signed_verifies_elsewhere_until_a_letter_is_changed() {
    let Ok(python) = std::env::var("ALTINN_TEST_DKIM") else {
        altinn_core::testing::report("skipped: ALTINN_TEST_DKIM names no Python with dkimpy");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/verify_dkim.py");
    let verifies =
        |mail: &[u8], record: &str| run(&python, &[script, "s1._domainkey.example.com", record], mail).1;
    let scenes = Scene::all().await;
    let scene = &scenes[0];
    // A signature of the future is none.
    scene.clock.set("2026-01-02T08:00:00Z".parse().unwrap());
    for (index, (key, record)) in keys().into_iter().enumerate() {
        let sink = SmtpSink::start().await.unwrap();
        let smtp = Smtp::new(SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None)).unwrap();
        let smtp = smtp.with_dkim(DkimKey::new("example.com", "s1", key).unwrap());
        let body = "Hei  på deg \n\n.\nØnsker 😀 og mer\n\n\n";
        let subject = "Søknad er mottatt, med et emne som er så langt at det må brytes over flere linjer";
        let ola = Recipient::Email("ola@example.com".parse().unwrap());
        scene.commit(&Order::new(format!("signed/{index}"), ola, Content::text(subject, body))).await;
        assert_eq!(scene.notifier(smtp).dispatch(10).await.unwrap().succeeded, 1);
        let mail = sink.mails()[0].data().to_vec();
        assert!(verifies(&mail, &record), "{record}");
        let text = String::from_utf8(mail).unwrap();
        for (from, to) in [("Auto-Submitted: auto", "Auto-Submitted: none"), ("SGVp", "SGVq")] {
            assert!(text.contains(from), "{from}: {text}");
            assert!(!verifies(text.replacen(from, to, 1).as_bytes(), &record), "{from}");
        }
    }
}
