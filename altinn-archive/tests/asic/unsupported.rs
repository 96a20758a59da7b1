//! What is not verified here is said not to be, and is neither valid nor wrong; and simple containers.

use std::io::{Cursor, Write};

use altinn_archive::asic::{AsicReport, Container, Limits, Remark, SignatureForm, Verdict};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::keys::{KINDS, Keys, run};

const ASIC_E: &str = "application/vnd.etsi.asic-e+zip";
const ASIC_S: &str = "application/vnd.etsi.asic-s+zip";
const LETTER: &str = "Kjære etat";

fn check(media_type: &str, files: &[(&str, Vec<u8>)]) -> AsicReport {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in [("mimetype", media_type.as_bytes().to_vec())].iter().chain(files) {
        zip.start_file(*name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let container = zip.finish().unwrap().into_inner();
    Container::open(Cursor::new(container), Limits::default()).unwrap().check().unwrap()
}

fn letter() -> (&'static str, Vec<u8>) {
    ("letter.txt", LETTER.as_bytes().to_vec())
}

fn digest() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(altinn_archive::Digest::of(LETTER.as_bytes()).as_bytes())
}

/// An XML signature over the letter, with this method of digest, and perhaps more in the reference.
fn xades(method: &str, more: &str, digest: &str) -> (&'static str, Vec<u8>) {
    let xml = format!(
        "<asic:XAdESSignatures xmlns:asic='http://uri.etsi.org/02918/v1.2.1#' xmlns='http://www.w3.org/2000/09/xmldsig#'>\
         <Signature><SignedInfo><Reference URI='letter.txt'>{more}<DigestMethod Algorithm='{method}'/>\
         <DigestValue>{digest}</DigestValue></Reference></SignedInfo></Signature></asic:XAdESSignatures>"
    );
    ("META-INF/signatures.xml", xml.into_bytes())
}

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA3: &str = "http://www.w3.org/2007/05/xmldsig-more#sha3-256";

#[test]
fn an_xml_signature_is_unsupported_and_its_digests_are_compared() {
    let report = check(ASIC_E, &[letter(), xades(SHA256, "", &digest())]);
    assert_eq!(
        (report.verdict(), report.remarks.as_slice()),
        (Verdict::Unsupported, &[][..]),
        "{:?}",
        report.faults
    );
    assert_eq!(report.files[0].covered_by, ["META-INF/signatures.xml"]);
    let wrong = check(ASIC_E, &[letter(), xades(SHA256, "", "AAAA")]);
    assert_eq!((wrong.verdict(), wrong.faults[0].code()), (Verdict::Invalid, "ASIC-DIGEST"));
}

#[test]
fn a_countersignature_and_a_list_of_digests_within_a_signature_are_read() {
    let countersignature = "<Signature><SignedInfo><Reference URI='#value'/></SignedInfo></Signature>";
    let (name, signature) = xades(SHA256, "", &digest());
    let signature = String::from_utf8(signature).unwrap();
    let countersigned =
        signature.replace("</SignedInfo>", &format!("</SignedInfo><Object>{countersignature}</Object>"));
    // The same with the reference in a list, to which the signature refers.
    let (before, after) = signature.split_once("<Reference").unwrap();
    let (reference, after) = after.split_once("</SignedInfo>").unwrap();
    let listed = format!(
        "{before}<Reference URI='#list'/></SignedInfo><Object><Manifest Id='list'><Reference{reference}</Manifest></Object>{after}"
    );
    for xml in [countersigned, listed] {
        let report = check(ASIC_E, &[letter(), (name, xml.into_bytes())]);
        assert_eq!(
            (report.verdict(), report.signatures.len()),
            (Verdict::Unsupported, 1),
            "{:?}",
            report.faults
        );
        assert_eq!(report.files[0].covered_by, [name]);
    }
}

#[test]
fn a_digest_that_is_not_known_or_of_something_else_is_not_compared_and_says_so() {
    let transforms =
        "<Transforms><Transform Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/></Transforms>";
    for (signature, why) in
        [(xades(SHA3, "", "AAAA"), "sha3-256"), (xades(SHA256, transforms, "AAAA"), "made of")]
    {
        let report = check(ASIC_E, &[letter(), signature]);
        assert_eq!(report.verdict(), Verdict::Unsupported, "{:?}", report.faults);
        let [remark @ Remark::NotCompared { part, .. }] = report.remarks.as_slice() else {
            panic!("{:?}", report.remarks)
        };
        assert_eq!(part, "letter.txt");
        assert!(remark.to_string().contains(why), "{remark}");
        assert_eq!(report.files[0].covered_by, ["META-INF/signatures.xml"]);
    }
}

#[test]
fn a_signature_of_an_algorithm_that_is_not_known_is_unsupported() {
    let keys = Keys::new("-newkey ec -pkeyopt ec_paramgen_curve:P-521");
    let manifest = format!(
        "<ASiCManifest xmlns='http://uri.etsi.org/02918/v1.2.1#' xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>\
         <SigReference URI='META-INF/signature.p7s'/><DataObjectReference URI='letter.txt'>\
         <ds:DigestMethod Algorithm='{SHA256}'/><ds:DigestValue>{}</ds:DigestValue></DataObjectReference></ASiCManifest>",
        digest()
    );
    let folder = keys.folder.path();
    std::fs::write(folder.join("manifest"), &manifest).unwrap();
    let command = "openssl cms -sign -binary -md sha512 -in manifest -signer seal.crt -inkey seal.key -outform DER \
                   -out signature";
    let signed = run(folder, command);
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    let signature = std::fs::read(folder.join("signature")).unwrap();
    let files = [
        letter(),
        ("META-INF/ASiCManifest.xml", manifest.into_bytes()),
        ("META-INF/signature.p7s", signature),
    ];
    let report = check(ASIC_E, &files);
    assert_eq!(report.verdict(), Verdict::Unsupported, "{:?}", report.faults);
    assert_eq!(report.signatures[0].verdict, Verdict::Unsupported);
    assert!(
        matches!(report.remarks.as_slice(), [Remark::NotVerified { part, .. }] if part == "META-INF/signature.p7s")
    );
    assert_eq!(report.files[0].covered_by, ["META-INF/signature.p7s"]);
}

/// A signature by OpenSSL over a file alone.
fn signed(content: &[u8]) -> Vec<u8> {
    let keys = Keys::new(KINDS[0]);
    let folder = keys.folder.path();
    std::fs::write(folder.join("content"), content).unwrap();
    let command = "openssl cms -sign -cades -binary -in content -signer seal.crt -inkey seal.key -outform DER \
                   -out signature";
    let made = run(folder, command);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read(folder.join("signature")).unwrap()
}

const P7S: &str = "META-INF/signature.p7s";

#[test]
fn the_signature_of_a_simple_container_is_over_its_file() {
    let signature = signed(LETTER.as_bytes());
    let report = check(ASIC_S, &[letter(), (P7S, signature.clone())]);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.faults);
    assert_eq!(report.files[0].covered_by, [P7S]);
    let altered = check(ASIC_S, &[("letter.txt", b"Dear agency".to_vec()), (P7S, signature.clone())]);
    assert_eq!((altered.verdict(), altered.faults[0].code()), (Verdict::Invalid, "ASIC-SIGNATURE"));
    let no_timestamp = check(ASIC_S, &[letter(), ("META-INF/timestamp.tst", b"whatever".to_vec())]);
    assert_eq!(no_timestamp.faults[0].code(), "ASIC-TIMESTAMP");
    let with_xml = check(ASIC_S, &[letter(), xades(SHA256, "", &digest())]);
    assert_eq!(with_xml.verdict(), Verdict::Unsupported, "{:?}", with_xml.faults);
    // It holds one file, and no signature without a manifest is over two.
    let two = check(ASIC_S, &[letter(), ("other.txt", b"x".to_vec()), (P7S, signature)]);
    assert_eq!(two.faults[0].code(), "ASIC-STRAY-SIGNATURE");
    assert_eq!(check(ASIC_S, &[letter()]).verdict(), Verdict::Invalid);
}

#[test]
fn the_signature_of_a_simple_container_over_a_large_file_is_unsupported() {
    let large = vec![b' '; 5 << 20];
    let signature = signed(&large);
    let report = check(ASIC_S, &[("large.txt", large), (P7S, signature)]);
    assert_eq!(report.verdict(), Verdict::Unsupported, "{:?}", report.faults);
    assert_eq!(
        (report.signatures[0].form, report.signatures[0].verdict),
        (SignatureForm::Cades, Verdict::Unsupported)
    );
    assert_eq!(report.files[0].covered_by, [P7S]);
}
