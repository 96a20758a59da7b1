//! Entries as others take them, before the judgement of the schemas and of programs of others.
#![cfg(all(feature = "asic", feature = "noark"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

#[path = "asic/keys.rs"]
#[allow(dead_code, reason = "not every test needs all of it")]
mod keys;
mod world;

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use altinn_archive::asic::{Container, Limits, Verdict};
use altinn_archive::export::Period;
use altinn_archive::noark::{ArchiveDescription, Arkivmelding, Dialect, Direction};
use altinn_archive::{NewElement, Receipt};
use altinn_core::testing::report;
use altinn_core::{Clock, Language, Text};
use chrono::TimeDelta;
use keys::{KINDS, Keys};
use tempfile::TempDir;
use uuid::Uuid;
use world::{World, entry, stores};

/// The folder of NOARK's schemas, if it is there.
fn schemas() -> Option<PathBuf> {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let folder = corpora.join("noark5");
    if !folder.is_dir() {
        report(format_args!("skipped: there are no schemas in `{}`", folder.display()));
    }
    folder.is_dir().then_some(folder)
}

fn validate(schema: &Path, document: &Path) {
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .args([schema, document])
        .output()
        .unwrap_or_else(|error| panic!("this test needs the program `xmllint`: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", std::fs::read_to_string(document).unwrap());
}

/// Entries that are easy and hard to write: with names of files that lead elsewhere, without titles, without elements.
async fn archived(world: &World) -> Vec<Receipt> {
    let hard = entry("<&>\"")
        .with_title(Text::new(Language::Nb, "  \u{1}<Søknad> & \"mer\"\n"))
        .with_element(NewElement::new("../x", "text/plain", b"x".to_vec()).with_file_name("../../æ <b>.txt"));
    let plain = entry("{}").with_title(Text::default()).with_label("case", "");
    let mut receipts = Vec::new();
    for entry in [entry("{}"), hard, plain] {
        world.clock.set(world.clock.now() + TimeDelta::days(1));
        receipts.push(world.archive.append(entry).await.unwrap());
    }
    receipts
}

#[tokio::test]
async fn arkivmeldinger_validate_in_both_dialects() {
    let world = World::on(stores().await.remove(0)).await;
    let Some(schemas) = schemas() else { return };
    let folder = TempDir::new().unwrap();
    let document = folder.path().join("arkivmelding.xml");
    let mut validated = 0;
    for (dialect, schema) in [
        (Dialect::EFormidling, "eformidling/resources/arkivmelding/arkivmelding.xsd"),
        (Dialect::FiksArkiv, "fiks-arkiv/Schema/V1/no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.xsd"),
    ] {
        for direction in [Direction::Incoming, Direction::Outgoing, Direction::Internal] {
            let message = Arkivmelding::new(dialect, "Bakeriportalen").with_direction(direction);
            for receipt in archived(&world).await {
                let xml = world.archive.export_arkivmelding(receipt.entry(), &message).await.unwrap();
                assert!(xml.contains(&receipt.entry().to_string()));
                std::fs::write(&document, xml).unwrap();
                validate(&schemas.join(schema), &document);
                validated += 1;
            }
        }
    }
    report(format_args!("noark: {validated} arkivmeldinger validated"));
}

#[tokio::test]
async fn an_extraction_holds_the_entries_of_its_period_and_validates() {
    for store in stores().await {
        let world = World::on(store).await;
        let begin = world.clock.now();
        let receipts = archived(&world).await;
        let folder = TempDir::new().unwrap();
        let target = folder.path().join("uttrekk");
        let description =
            ArchiveDescription::new(Uuid::nil(), Uuid::max(), "Bakeriløyver", "312345005", "Etaten");
        let period = Period { from: begin, to: receipts[2].fields().time };
        let found = world.archive.extract(period, &description, &target).await.unwrap();
        assert_eq!((found.entries, found.documents, found.erased), (2, 5, 0));
        let structure = std::fs::read_to_string(target.join("arkivstruktur.xml")).unwrap();
        for (place, receipt) in receipts.iter().enumerate() {
            assert_eq!(structure.contains(&receipt.entry().to_string()), place < 2);
        }
        let document = target.join(format!("dokumenter/{}/form.json", receipts[0].entry()));
        assert_eq!(std::fs::read(document).unwrap(), b"{}");
        let again = world.archive.extract(period, &description, &target).await.unwrap_err();
        assert_eq!(again.code(), "EXPORT-IO");
        if let Some(schemas) = schemas() {
            validate(&schemas.join("xsd/N5/v5.0/arkivstruktur.xsd"), &target.join("arkivstruktur.xml"));
            validate(&schemas.join("xsd/ADDML/v8.3/addml.xsd"), &target.join("arkivuttrekk.xml"));
        }
    }
}

#[tokio::test]
async fn an_entry_leaves_as_a_container_with_its_receipt() {
    let keys = Keys::new(KINDS[1]);
    for store in stores().await {
        let world = World::on(store).await;
        let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        let whole = entry("{}").with_element(NewElement::new("film", "video/mp4", large.clone()));
        let receipt = world.archive.append(whole).await.unwrap();
        let container = world
            .archive
            .export_asic(receipt.entry(), &keys.sealer(), Cursor::new(Vec::new()))
            .await
            .unwrap();
        let mut container = Container::open(container, Limits::default()).unwrap();
        let found = container.check().unwrap();
        assert_eq!(found.verdict(), Verdict::Valid, "{:?}", found.faults);
        let names: Vec<_> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["receipt.json", "form.json", "plan.pdf", "film"]);
        let kept: Receipt =
            String::from_utf8(container.bytes("receipt.json").unwrap()).unwrap().parse().unwrap();
        kept.verify(world.archive.verifier_key()).unwrap();
        let mut film = Vec::new();
        container.unpack("film", |piece| film.extend_from_slice(piece)).unwrap();
        assert!(film == large);
        kept.verify_content("film", &film).unwrap();
    }
}
