//! Every column of every table: altered directly in the database, it is found, or it is said here why it may be altered.

use std::collections::BTreeSet;

use altinn_archive::log::{SignedNote, Witness};
use altinn_archive::{
    Archive, AuditReport, EntryId, ErasureOrder, HoldScope, Listing, Participant, Reader, RetentionRule,
};
use altinn_core::AuthenticationLevel;
use altinn_core::key::SigningKey;
use altinn_core::store::{Batch, Dialect, Value, params};

use super::world::{World, entry, stores};
use super::{put_rows, rows};

/// What becomes of an altered column.
enum Altered {
    /// The audit names a fault of this code.
    Found(&'static str),
    /// It is not found, and this is why that does no harm.
    Harmless(&'static str),
}

use Altered::{Found, Harmless};

const SETTING: &str = "a setting of the agency, of which the log does not speak";
const COUNTER: &str = "a counter: it is compared, and what it says means nothing";
const LEASE: &str = "whose turn it is to work; two at once do nothing twice";
const LEFT_OVER: &str = "names an object of no entry";

/// The tables, with what becomes of each column.
const TABLES: &[(&str, &[(&str, Altered)])] = &[
    (
        "archive_entry",
        &[
            ("id", Found("AUDIT-REMOVED")),
            ("version", Found("AUDIT-ALTERED")),
            ("commitments", Found("AUDIT-ALTERED")),
            ("sealed", Found("AUDIT-ALTERED")),
            ("wrap", Found("AUDIT-ALTERED")),
            ("key_id", Found("AUDIT-ALTERED")),
            ("erasure", Found("AUDIT-ALTERED")),
        ],
    ),
    (
        "archive_content",
        &[
            ("entry_id", Found("AUDIT-ALTERED")),
            ("position", Found("AUDIT-ALTERED")),
            ("kind", Found("AUDIT-ALTERED")),
            ("size", Found("AUDIT-ALTERED")),
            ("tags", Found("AUDIT-ALTERED")),
            ("wrap", Found("AUDIT-ALTERED")),
            ("bytes", Found("AUDIT-ALTERED")),
            ("object", Found("AUDIT-ALTERED")),
        ],
    ),
    ("archive_staged", &[("entry_id", Found("AUDIT-UNLOGGED")), ("leaf", Found("AUDIT-ALTERED-WAITING"))]),
    (
        "archive_leaf",
        &[
            ("leaf_index", Found("AUDIT-REMOVED")),
            ("entry_id", Found("AUDIT-REMOVED")),
            // It rests on a checkpoint that is not there.
            ("checkpoint_size", Found("AUDIT-CHECKPOINT")),
        ],
    ),
    (
        "archive_tile",
        &[
            ("level", Found("AUDIT-TILE")),
            ("tile_index", Found("AUDIT-TILE")),
            ("hashes", Found("AUDIT-TILE")),
        ],
    ),
    ("archive_checkpoint", &[("size", Found("AUDIT-CHECKPOINT")), ("note", Found("AUDIT-CHECKPOINT"))]),
    (
        "archive_log_head",
        &[
            ("id", Found("AUDIT-HEAD")),
            ("verifier_key", Found("AUDIT-HEAD")),
            ("version", Harmless(COUNTER)),
            ("size", Found("AUDIT-HEAD")),
            ("root", Found("AUDIT-HEAD")),
        ],
    ),
    (
        "archive_generation",
        &[
            // The one that was destroyed, on which an erasure rests.
            ("id", Found("AUDIT-ERASURE")),
            ("index_key", Found("AUDIT-GENERATION")),
            ("live", Found("AUDIT-GENERATION")),
        ],
    ),
    (
        "archive_key",
        &[
            ("id", Found("AUDIT-ALTERED")),
            ("owner", Found("AUDIT-ALTERED")),
            ("number", Harmless("only which of an owner's keys is the last is read from it")),
            ("generation", Found("AUDIT-GENERATION")),
            ("wrapped", Found("AUDIT-KEY")),
            ("live", Found("AUDIT-KEY")),
        ],
    ),
    (
        "archive_unnamed",
        &[
            ("id", Harmless(LEFT_OVER)),
            ("due_at", Harmless(LEFT_OVER)),
            ("lease_until", Harmless(LEASE)),
            ("lease_generation", Harmless(LEASE)),
        ],
    ),
    (
        "archive_tag",
        &[
            ("tag", Found("AUDIT-ALTERED")),
            ("time", Found("AUDIT-ALTERED")),
            ("entry_id", Found("AUDIT-ALTERED")),
        ],
    ),
    (
        "archive_erasure",
        &[
            ("entry_id", Found("AUDIT-ERASURE")),
            ("by_entry", Found("AUDIT-ERASURE")),
            ("generation", Found("AUDIT-ERASURE")),
            ("erased_at", Found("AUDIT-ERASURE")),
            ("final_by", Found("AUDIT-ERASURE")),
        ],
    ),
    (
        "archive_read",
        &[
            ("entry_id", Found("AUDIT-UNLOGGED")),
            ("time", Found("AUDIT-ALTERED")),
            ("id", Found("AUDIT-ALTERED")),
            ("sealed", Found("AUDIT-ALTERED")),
        ],
    ),
    (
        "archive_hold",
        &[("id", Harmless(SETTING)), ("tag", Harmless(SETTING)), ("placed_at", Harmless(SETTING))],
    ),
    (
        "archive_hold_head",
        &[("id", Harmless("without its row nothing is erased")), ("version", Harmless(COUNTER))],
    ),
    (
        "archive_rule",
        &[
            ("id", Harmless(SETTING)),
            ("service", Harmless(SETTING)),
            ("class", Harmless(SETTING)),
            ("keep_days", Harmless(SETTING)),
            ("due_at", Harmless(LEASE)),
            ("lease_until", Harmless(LEASE)),
            ("lease_generation", Harmless(LEASE)),
        ],
    ),
    (
        "archive_cosignature",
        &[
            ("size", Found("AUDIT-COSIGNATURE")),
            ("witness", Found("AUDIT-COSIGNATURE")),
            ("line", Found("AUDIT-COSIGNATURE")),
        ],
    ),
];

fn witness() -> Witness {
    Witness::new("witness.example/w1", SigningKey::from_seed(&[1; 32]).unwrap()).unwrap()
}

async fn audited(archive: &Archive) -> AuditReport {
    archive.audit_with_witnesses(None, &[witness().key().clone()]).await.unwrap()
}

/// An archive with something in every table; the second entry is the one to tamper with.
async fn everything(world: &World) -> EntryId {
    let archive = &world.archive;
    let officer = Participant::new("urn:altinn:party:50003", "Saksbehandler Sørli");
    let order = ErasureOrder::new(officer.clone(), AuthenticationLevel::VerySensitive, "a reason");
    let doomed = archive.append(entry("erased")).await.unwrap().entry();
    let kept = archive.append(entry(vec![7; 100_000])).await.unwrap();
    archive.erase(doomed, &order).await.unwrap();
    let first = world.first_generation().await;
    world.keys.rotate().unwrap();
    while archive.rotate_keys(10).await.unwrap().more {}
    archive.destroy_generation(&first, &order).await.unwrap();
    archive.read_as(Reader::new(officer, "a case")).get(kept.entry()).await.unwrap();
    archive.hold(&HoldScope::Entry(kept.entry())).await.unwrap();
    archive.set_rule(&RetentionRule::new("ttd/letters", "draft", 30)).await.unwrap();
    archive.store_content(&vec![1; 100_000]).await.unwrap();

    let last: SignedNote = archive.append(entry("{}")).await.unwrap().checkpoint().parse().unwrap();
    let cosigned =
        last.clone().with_signature(witness().cosign(&last, "2026-11-24T12:00:00Z".parse().unwrap()));
    archive.cosign(&cosigned.to_string(), &[witness().key().clone()]).await.unwrap();
    let mut batch = Batch::new();
    archive.stage(&mut batch, entry("it waits")).await.unwrap();
    world.store.commit(batch).await.unwrap();
    kept.entry()
}

/// Another value of the same kind.
fn other(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => Value::Bool(!value),
        Value::Int(number) => Value::Int(number + 1_000),
        Value::Text(text) => Value::Text(format!("x{text}")),
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            bytes.iter_mut().rev().take(1).for_each(|byte| *byte ^= 1);
            Value::Blob(bytes)
        }
        Value::Uuid(uuid) => Value::Uuid(uuid::Uuid::from_u128(uuid.as_u128() ^ 1)),
    })
}

#[tokio::test]
async fn a_column_that_was_altered_is_found_or_does_not_matter() {
    for store in stores().await {
        let world = World::on(store).await;
        everything(&world).await;
        let report = audited(&world.archive).await;
        assert!(report.is_sound(), "{report}");
        assert_eq!((report.cosignatures, report.waiting), (1, 1));
        let mut wrong = Vec::new();
        for (table, columns) in TABLES {
            let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
            let before = rows(&world, table, &names).await;
            for (place, (column, altered)) in columns.iter().enumerate() {
                let changed = before.iter().position(|row| row[place] != Value::Null);
                let changed = changed.unwrap_or_else(|| panic!("{table}.{column} is nowhere set"));
                let mut after = before.clone();
                after[changed][place] = other(&before[changed][place]).unwrap();
                put_rows(&world, table, &names, after).await;
                let found = audited(&world.archive).await.fault;
                match (altered, found) {
                    (Found(code), Some(fault)) if fault.code() == *code => {}
                    (Found(code), found) => wrong.push(format!("{table}.{column}: {code}, not {found:?}")),
                    (Harmless(_), None) => {}
                    (Harmless(why), Some(fault)) => {
                        wrong.push(format!("{table}.{column}: {why}, but {fault:?}"));
                    }
                }
                put_rows(&world, table, &names, before.clone()).await;
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(audited(&world.archive).await.is_sound());
    }
}

#[tokio::test]
async fn no_column_is_forgotten() {
    for store in stores().await {
        let world = World::on(store).await;
        let sql = match world.store.dialect() {
            Dialect::Sqlite => {
                "select m.name as t, p.name as c from sqlite_master m join pragma_table_info(m.name) p \
                 where m.type = 'table' and m.name like 'archive\\_%' escape '\\'"
            }
            Dialect::Postgres => {
                "select table_name::text as t, column_name::text as c from information_schema.columns \
                 where table_schema = current_schema() and table_name like 'archive\\_%'"
            }
        };
        let rows = world.store.query(sql, params![]).await.unwrap();
        let column = |row: &altinn_core::store::Row| (row.get("t").unwrap(), row.get("c").unwrap());
        let there: BTreeSet<(String, String)> = rows.iter().map(column).collect();
        let listed = TABLES.iter().flat_map(|(table, columns)| {
            columns.iter().map(|(column, _)| ((*table).to_owned(), (*column).to_owned()))
        });
        assert_eq!(listed.collect::<BTreeSet<_>>(), there);
    }
}

#[tokio::test]
async fn a_cosignature_of_a_witness_that_nobody_has_told_of_is_named() {
    for store in stores().await {
        let world = World::on(store).await;
        everything(&world).await;
        assert!(world.archive.audit(None).await.unwrap().is_sound());
        let other = Witness::new("witness.example/w2", SigningKey::from_seed(&[2; 32]).unwrap()).unwrap();
        let report = world.archive.audit_with_witnesses(None, &[other.key().clone()]).await.unwrap();
        let fault = report.fault.unwrap();
        assert_eq!(fault.code(), "AUDIT-COSIGNATURE");
        assert!(fault.to_string().contains("witness.example/w1"), "{fault}");
    }
}

#[tokio::test]
async fn an_object_in_use_that_is_noted_for_removal_is_named() {
    for store in stores().await {
        let world = World::on(store).await;
        let kept = everything(&world).await;
        world
            .tamper(
                "insert into archive_unnamed (id, due_at, lease_until, lease_generation) \
                 select object, 0, 0, 0 from archive_content where entry_id = $1 and kind = 2",
                params![kept],
            )
            .await;
        let fault = audited(&world.archive).await.fault.unwrap();
        assert_eq!((fault.code(), fault.to_string().contains(&kept.to_string())), ("AUDIT-ERASURE", true));
    }
}

#[tokio::test]
async fn an_entry_that_was_put_into_another_partys_list_is_not_shown_there_nor_erased_early() {
    for store in stores().await {
        let world = World::on(store).await;
        let archive = &world.archive;
        let mine = archive.append(entry("{}")).await.unwrap().entry();
        let party = Participant::new("50009", "Nabo AS");
        let actor = Participant::new("50010", "Nabo");
        let others =
            altinn_archive::NewEntry::new("ttd/letters", party, actor, AuthenticationLevel::VerySensitive);
        let others = archive.append(others).await.unwrap().entry();
        // All tags of the one lead to the other too, a year ago.
        world
            .tamper(
                "insert into archive_tag (tag, time, entry_id) \
                 select tag, time - 31536000000000, $1 from archive_tag where entry_id = $2",
                params![mine, others],
            )
            .await;
        let refused = archive.list(&Listing::of("50009")).await.unwrap_err();
        assert_eq!(refused.code(), "ARCHIVE-DAMAGED");
        assert_eq!(archive.access_report("50009", None, 10).await.unwrap_err().code(), "ARCHIVE-DAMAGED");
        archive.set_rule(&RetentionRule::new("ttd/letters", "default", 30)).await.unwrap();
        assert_eq!(archive.erase_due().await.unwrap(), 0);
        assert!(archive.get(mine).await.is_ok());
    }
}
