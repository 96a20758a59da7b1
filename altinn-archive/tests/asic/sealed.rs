//! Our own containers, before our own judgement and that of OpenSSL and Info-ZIP.

use std::io::Cursor;

use altinn_archive::asic::{AsicReport, Container, ContainerWriter, Limits, Verdict, WriteError};
use altinn_archive::seal::{KeySealer, SealError};
use altinn_core::key::{PrivateKey, SignatureAlgorithm};

use crate::keys::{FILES, KINDS, Keys, now, run, seal};

fn check(container: &[u8]) -> AsicReport {
    Container::open(Cursor::new(container), Limits::default()).unwrap().check().unwrap()
}

#[tokio::test]
async fn a_sealed_container_is_valid_whatever_the_kind_of_key() {
    for kind in KINDS {
        let keys = Keys::new(kind);
        let report = check(&seal(&keys.sealer()).await);
        assert_eq!(report.verdict(), Verdict::Valid, "{kind}: {:#?}", report.faults);
        assert_eq!(report.remarks, [], "{kind}");
        let [signature] = report.signatures.as_slice() else { panic!("one signature") };
        let certificate = signature.certificate.as_ref().unwrap();
        assert!(certificate.subject.contains("312345005"), "{}", certificate.subject);
        assert_eq!(signature.signing_time.map(|time| (now() - time).num_seconds() < 60), Some(true));
        for (file, (name, content)) in report.files.iter().zip(FILES) {
            assert_eq!((file.name.as_str(), file.size), (name, content.len() as u64));
            assert_eq!(file.media_type.as_deref(), Some("text/plain"));
            assert_eq!(file.covered_by, ["META-INF/signature001.p7s"]);
        }
    }
}

#[tokio::test]
async fn every_rsa_algorithm_seals() {
    use SignatureAlgorithm as Algorithm;
    let keys = Keys::new(KINDS[0]);
    for algorithm in
        [Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512]
    {
        let container = seal(&keys.sealer().with_algorithm(algorithm).unwrap()).await;
        assert_eq!(check(&container).verdict(), Verdict::Valid, "{algorithm:?}");
        judge_with_others(&keys, &container);
    }
    assert_eq!(keys.sealer().with_algorithm(Algorithm::Es256).unwrap_err().code(), "KEY-NOT-FOR-ALGORITHM");
}

#[tokio::test]
async fn openssl_and_unzip_find_a_sealed_container_sound() {
    // OpenSSL before 3.2 does not know Ed25519 in CMS.
    for kind in &KINDS[..3] {
        let keys = Keys::new(kind);
        judge_with_others(&keys, &seal(&keys.sealer()).await);
    }
}

/// Lets OpenSSL verify the signature as CAdES, and Info-ZIP test the zip file.
fn judge_with_others(keys: &Keys, container: &[u8]) {
    let folder = keys.folder.path();
    std::fs::write(folder.join("sealed.asice"), container).unwrap();
    let mut ours = Container::open(Cursor::new(container), Limits::default()).unwrap();
    for (name, file) in
        [("META-INF/ASiCManifest001.xml", "manifest"), ("META-INF/signature001.p7s", "signature")]
    {
        std::fs::write(folder.join(file), ours.bytes(name).unwrap()).unwrap();
    }
    let commands = [
        "openssl cms -verify -cades -binary -inform DER -in signature -content manifest -CAfile seal.crt -purpose any -out verified",
        "unzip -tq sealed.asice",
    ];
    for command in commands {
        let output = run(folder, command);
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&said));
    }
    let changed = std::fs::read_to_string(folder.join("manifest")).unwrap().replace("plan", "plAn");
    std::fs::write(folder.join("manifest"), changed).unwrap();
    assert!(!run(folder, commands[0]).status.success(), "OpenSSL sees what was changed");
}

#[tokio::test]
async fn a_container_begins_so_that_its_kind_can_be_told() {
    let container = seal(&Keys::new(KINDS[1]).sealer()).await;
    assert_eq!(&container[30..38], b"mimetype");
    assert!(container[38..].starts_with(b"application/vnd.etsi.asic-e+zip"));
}

#[tokio::test]
async fn the_same_files_at_the_same_time_make_the_same_container() {
    let sealer = Keys::new("-newkey ed25519").sealer();
    let mut containers = Vec::new();
    for _ in 0..2 {
        let time = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut container = ContainerWriter::new(Cursor::new(Vec::new()), time).unwrap();
        container.begin_file("a.txt", "text/plain", 1).unwrap();
        container.write(b"a").unwrap();
        containers.push(container.seal(&sealer).await.unwrap().into_inner());
    }
    assert_eq!(containers[0], containers[1]);
}

#[tokio::test]
async fn a_key_without_its_own_certificate_does_not_seal() {
    let [keys, other] = [Keys::new(KINDS[1]), Keys::new(KINDS[1])];
    let file = |keys: &Keys, name: &str| std::fs::read_to_string(keys.folder.path().join(name)).unwrap();
    let key = || PrivateKey::from_pem(&file(&keys, "seal.key")).unwrap();
    let sealed = |sealer: KeySealer| async move {
        let mut container = ContainerWriter::new(Cursor::new(Vec::new()), now()).unwrap();
        container.begin_file("a.txt", "text/plain", 0).unwrap();
        container.seal(&sealer).await.map(drop).unwrap_err()
    };
    let without = sealed(KeySealer::new(key())).await;
    assert!(matches!(without, WriteError::Seal(SealError::Certificate)), "{without}");
    let others = KeySealer::new(key()).with_certificates(&file(&other, "seal.crt")).unwrap();
    let others = sealed(others).await;
    assert!(matches!(others, WriteError::Seal(SealError::OtherCertificate)), "{others}");
    assert_eq!(KeySealer::new(key()).with_certificates("none").unwrap_err().code(), "SEAL-CERTIFICATE");
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_is_not_written() {
    for name in ["../a", "/a", "a\\b", "META-INF/x.p7s", "mimetype", "MIMETYPE/", "b.txt", "B.TXT"] {
        let mut container = ContainerWriter::new(Cursor::new(Vec::new()), now()).unwrap();
        container.begin_file("b.txt", "text/plain", 0).unwrap();
        let refused = container.begin_file(name, "text/plain", 0).unwrap_err();
        assert_eq!(refused.code(), "ASIC-NAME", "{name}");
    }
    let mut container = ContainerWriter::new(Cursor::new(Vec::new()), now()).unwrap();
    assert_eq!(container.write(b"a").unwrap_err().code(), "ASIC-NO-FILE");
    let sealer = Keys::new(KINDS[1]).sealer();
    assert_eq!(container.seal(&sealer).await.unwrap_err().code(), "ASIC-NO-FILE");
}
