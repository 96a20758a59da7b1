//! Containers that were altered, or made to do harm.

use std::io::{Cursor, Read, Write};

use altinn_archive::asic::{AsicError, AsicReport, Container, Fault, Limits, Verdict};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::keys::SEALED;

type Files = Vec<(String, Vec<u8>)>;

fn check(container: &[u8]) -> Result<AsicReport, AsicError> {
    Container::open(Cursor::new(container), Limits::default())?.check()
}

/// The files of the sealed container.
fn files() -> Files {
    let mut zip = ZipArchive::new(Cursor::new(SEALED.as_slice())).unwrap();
    let read = |index| {
        let mut file = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..7).map(read).collect()
}

fn pack(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The report on the container with its files changed.
fn changed(change: impl FnOnce(&mut Files)) -> AsicReport {
    let mut files = files();
    change(&mut files);
    check(&pack(&files)).unwrap()
}

/// Code and part of every fault.
fn faults(report: &AsicReport) -> Vec<(&'static str, &str)> {
    report.faults.iter().map(|fault| (fault.code(), fault.part().unwrap_or(""))).collect()
}

fn edit(files: &mut Files, name: &str, edit: impl FnOnce(&mut Vec<u8>)) {
    edit(&mut files.iter_mut().find(|(found, _)| found == name).unwrap().1);
}

const PLAN: &str = "vedlegg/plan.pdf";
const MANIFEST: &str = "META-INF/ASiCManifest001.xml";
const SIGNATURE: &str = "META-INF/signature001.p7s";
const OPEN_DOCUMENT: &str = "META-INF/manifest.xml";

#[test]
fn what_was_packed_again_unchanged_is_still_valid() {
    assert_eq!(changed(|_| ()).verdict(), Verdict::Valid);
}

#[test]
fn a_changed_file_is_named() {
    let report = changed(|files| edit(files, PLAN, |bytes| bytes.push(b'!')));
    assert_eq!(faults(&report), [("ASIC-DIGEST", PLAN)]);
}

#[test]
fn a_changed_manifest_breaks_the_signature_over_it() {
    let report = changed(|files| edit(files, MANIFEST, |bytes| bytes.push(b'\n')));
    assert_eq!(faults(&report), [("ASIC-SIGNATURE", SIGNATURE)]);
    assert!(
        matches!(&report.faults[0], Fault::Signature { error, .. } if error.code() == "CMS-MESSAGE-DIGEST")
    );
}

#[test]
fn a_signature_with_any_byte_changed_is_refused() {
    let files = files();
    let length = files.iter().find(|(name, _)| name == SIGNATURE).unwrap().1.len();
    let mut refused = 0;
    for place in 0..length {
        let mut files = files.clone();
        edit(&mut files, SIGNATURE, |bytes| bytes[place] ^= 0x01);
        let report = check(&pack(&files)).unwrap();
        // What is not signed may change: the certificate's own signature, and lists of algorithms.
        let named = report.faults.iter().all(|fault| fault.part() == Some(SIGNATURE));
        assert!(named, "{place}: {:?}", report.faults);
        refused += usize::from(report.verdict() != Verdict::Valid);
    }
    assert!(refused * 10 > length * 9, "{refused} of {length}");
}

#[test]
fn a_file_that_was_added_or_removed_is_named() {
    let report = changed(|files| files.push(("extra.txt".to_owned(), b"x".to_vec())));
    assert_eq!(faults(&report), [("ASIC-UNCOVERED", "extra.txt")]);
    let report = changed(|files| files.retain(|(name, _)| name != PLAN));
    assert_eq!(faults(&report), [("ASIC-MISSING", PLAN), ("ASIC-MISSING", PLAN)]);
}

#[test]
fn a_missing_signature_or_manifest_is_named() {
    let report = changed(|files| files.retain(|(name, _)| name != SIGNATURE));
    assert_eq!(faults(&report)[0], ("ASIC-MISSING", SIGNATURE));
    let report = changed(|files| files.retain(|(name, _)| name != MANIFEST));
    assert_eq!(faults(&report)[0], ("ASIC-STRAY-SIGNATURE", SIGNATURE));
    let report = changed(|files| files.retain(|(name, _)| !name.starts_with("META-INF/")));
    assert_eq!(faults(&report)[0], ("ASIC-NO-SIGNATURE", ""));
}

#[test]
fn mimetype_must_be_first_stored_and_right() {
    let wrong = [("ASIC-MIMETYPE", "mimetype")];
    assert_eq!(faults(&changed(|files| files.rotate_left(1))), wrong);
    assert_eq!(faults(&changed(|files| edit(files, "mimetype", |bytes| bytes.push(b' ')))), wrong);
    let without = changed(|files| files.retain(|(name, _)| name != "mimetype"));
    assert_eq!((without.verdict(), without.remarks.len()), (Verdict::Valid, 1));
}

#[test]
fn xml_that_does_harm_or_is_none_is_refused_by_name() {
    let bomb = br#"<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>"#;
    let deep = "<a>".repeat(100_000).into_bytes();
    for bytes in [bomb.to_vec(), deep, b"\xff".to_vec(), b"<a/>".to_vec(), Vec::new()] {
        let report = changed(|files| edit(files, MANIFEST, |manifest| *manifest = bytes.clone()));
        assert_eq!(faults(&report)[0], ("ASIC-MANIFEST", MANIFEST));
        let report = changed(|files| edit(files, OPEN_DOCUMENT, |manifest| *manifest = bytes.clone()));
        assert_eq!(faults(&report), [("ASIC-MANIFEST", OPEN_DOCUMENT)]);
        let report = changed(|files| files.push(("META-INF/signatures.xml".to_owned(), bytes.clone())));
        assert_eq!(faults(&report), [("ASIC-XML-SIGNATURE", "META-INF/signatures.xml")]);
    }
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    for name in ["../evil.sh", "/etc/passwd", "a/../../b", r"..\evil", "C:/evil", "a\0b", "a//b"] {
        let mut files = files();
        files.push((name.to_owned(), Vec::new()));
        assert_eq!(check(&pack(&files)).unwrap_err().code(), "ASIC-NAME", "{name}");
    }
}

#[test]
fn two_files_of_one_name_are_refused() {
    let mut files = files();
    files.push(("TOM.txt".to_owned(), Vec::new()));
    assert_eq!(check(&pack(&files)).unwrap_err().code(), "ASIC-DUPLICATE-NAME");
    files.last_mut().unwrap().0 = "tox.txt".to_owned();
    let mut bytes = pack(&files);
    for place in 0..bytes.len() - 7 {
        if &bytes[place..place + 7] == b"tox.txt" {
            bytes[place + 2] = b'm';
        }
    }
    let refused = check(&bytes).unwrap_err();
    assert_eq!((refused.code(), refused.part()), ("ASIC-DUPLICATE-NAME", Some("tom.txt")));
}

#[test]
fn a_symbolic_link_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let refused = check(&zip.finish().unwrap().into_inner()).unwrap_err();
    assert_eq!((refused.code(), refused.part()), ("ASIC-UNREADABLE", Some("link")));
}

#[test]
fn a_list_of_files_that_differs_from_the_files_is_refused() {
    let bytes = pack(&files());
    let place = (0..bytes.len()).find(|place| bytes[*place..].starts_with(b"tom.txt")).unwrap();
    let mut renamed = bytes.clone();
    renamed[place..place + 7].copy_from_slice(b"tim.txt");
    assert_eq!(check(&renamed).unwrap_err().code(), "ASIC-ZIP");
}

#[test]
fn a_bomb_goes_off_behind_the_limit() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for name in ["a.bin", "META-INF/ASiCManifest.xml"] {
        zip.start_file(name, deflated).unwrap();
        (0..24).for_each(|_| zip.write_all(&vec![0; 1 << 20]).unwrap());
    }
    let container = zip.finish().unwrap().into_inner();
    assert!(container.len() < 64 << 10, "{}", container.len());
    let refused = check(&container).unwrap_err();
    assert_eq!((refused.code(), refused.part()), ("ASIC-TOO-LARGE", Some("META-INF/ASiCManifest.xml")));
    let mut container = Container::open(Cursor::new(&container), Limits::default()).unwrap();
    let mut out = 0;
    let refused = container.unpack("a.bin", |piece| out += piece.len()).unwrap_err();
    assert_eq!(refused.part(), Some("a.bin"));
    assert!(out < 22 << 20, "{out} bytes came out");
}

#[test]
fn too_many_files_are_refused() {
    let many: Files = (0..5_000).map(|n| (format!("{n}.txt"), Vec::new())).collect();
    let refused = check(&pack(&many)).unwrap_err();
    assert_eq!(refused, AsicError::TooManyFiles { found: 5_000, limit: 4_096 });
}

#[test]
fn a_container_that_ends_early_is_refused() {
    for length in 0..SEALED.len() {
        assert!(check(&SEALED[..length]).is_err(), "{length} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_container_with_bytes_changed_never_panics(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = SEALED.clone();
        for (place, to) in places {
            let place = place.index(bytes.len());
            bytes[place] = to;
        }
        let _ = check(&bytes);
    }

    #[test]
    fn a_signature_of_any_bytes_never_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        from in any::<prop::sample::Index>(),
    ) {
        let report = changed(|files| edit(files, SIGNATURE, |signature| {
            let from = from.index(signature.len());
            let to = (from + bytes.len()).min(signature.len());
            signature.splice(from..to, bytes);
        }));
        prop_assert!(report.faults.iter().all(|fault| fault.part() == Some(SIGNATURE)));
    }
}
