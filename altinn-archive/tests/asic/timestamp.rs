//! Timestamps, which an authority of OpenSSL's makes.

use std::io::{Cursor, Write as _};

use altinn_archive::asic::{AsicReport, Container, Limits, SignatureForm, Verdict};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::keys::{Keys, now, run};

const AUTHORITY: &str = "[authority]\nserial = serial\nsigner_cert = seal.crt\ncerts = seal.crt\nsigner_key = seal.key\n\
                         signer_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\ness_cert_id_alg = sha256\n";

const MANIFEST: &str = r#"<ASiCManifest xmlns="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <SigReference URI="META-INF/timestamp.tst" MimeType="application/vnd.etsi.timestamp-token"/>
  <DataObjectReference URI="a.txt">
    <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
    <ds:DigestValue>ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=</ds:DigestValue>
  </DataObjectReference>
</ASiCManifest>"#;

fn token(keys: &Keys, stamped: &str) -> Vec<u8> {
    let folder = keys.folder.path();
    for (name, text) in [("authority", AUTHORITY), ("serial", "01"), ("stamped", stamped)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    for command in [
        "openssl ts -query -data stamped -sha256 -cert -out query",
        "openssl ts -reply -config authority -section authority -queryfile query -token_out -out token",
    ] {
        let output = run(folder, command);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::read(folder.join("token")).unwrap()
}

fn check(manifest: &str, token: &[u8]) -> AsicReport {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("a.txt", b"a".as_slice()),
        ("META-INF/ASiCManifest.xml", manifest.as_bytes()),
        ("META-INF/timestamp.tst", token),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let container = zip.finish().unwrap();
    Container::open(container, Limits::default()).unwrap().check().unwrap()
}

#[test]
fn a_timestamp_over_a_manifest_says_when_the_files_were_there() {
    let keys = Keys::new("-newkey rsa:2048 -addext extendedKeyUsage=critical,timeStamping");
    let token = token(&keys, MANIFEST);
    let report = check(MANIFEST, &token);
    assert_eq!(report.verdict(), Verdict::Valid, "{:#?}", report.faults);
    let [timestamp] = report.signatures.as_slice() else { panic!("one timestamp") };
    assert_eq!(timestamp.form, SignatureForm::Timestamp);
    assert!((now() - timestamp.signing_time.unwrap()).num_seconds().abs() < 60);
    assert_eq!(report.files[0].covered_by, ["META-INF/timestamp.tst"]);

    let report = check(&MANIFEST.replace("a.txt\">", "a.txt\" >"), &token);
    let faults: Vec<_> = report.faults.iter().map(|fault| (fault.code(), fault.part())).collect();
    assert_eq!(faults, [("ASIC-TIMESTAMP", Some("META-INF/timestamp.tst"))]);
    for place in (0..token.len()).step_by(7) {
        let mut changed = token.clone();
        changed[place] ^= 1;
        check(MANIFEST, &changed);
    }
}
