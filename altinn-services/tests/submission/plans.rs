//! How the databases find what a submission reads and changes: no statement on its way goes through a table that grows.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use altinn_core::store::{Backend, Dialect, Migration, Store, params};
use altinn_core::testing::report;
use altinn_services::submission::StartOptions;
use altinn_services::testing::{StandIn, TestPayment};
use tempfile::TempDir;

use crate::counted::Statements;
use crate::mortal::Mortal;
use crate::own_app::long_way::long_way;
use crate::scene::{Scene, every_backend, valid, with_keys_of};

/// What does not grow with what is submitted: one row for a log, a feed or a back end's clock, one for each rotation of the
/// keys.
const DO_NOT_GROW: [&str; 5] =
    ["CONSTANT ROW", "archive_generation", "archive_head", "archive_log", "services_feed_head"];

/// The statements of submissions: the sample app all the way in one call and step by step, and a long way through payment,
/// service tasks and signature; read and listed, saved, patched and copied.
async fn statements(below: Arc<dyn Backend>, folder: &TempDir) -> (Store, BTreeSet<String>) {
    let (store, asked) = Statements::of(Store::new(Mortal::never(&below)));
    let altinn = with_keys_of(folder, store.clone()).build().await.unwrap();
    altinn.register_service_task("register", StandIn::new());
    altinn.register_service_task("eFormidling", StandIn::new());
    altinn.register_payment(TestPayment::new());
    let long = long_way().publish_in(&altinn);
    let scene = Scene::set(altinn, TempDir::new().unwrap()).await;
    let (submissions, leader) = (scene.altinn.submissions(), &scene.leader);
    asked.take();

    let id = scene.filled_in().await;
    submissions.submit(leader, &id).await.unwrap().proved().unwrap();
    submissions.submit(leader, &id).await.unwrap();
    submissions.contents(leader, &id).await.unwrap();
    submissions.history(leader, &id).await.unwrap();
    let once = StartOptions::idempotent("once");
    let mut instance = submissions.start_with(leader, &scene.service, scene.bakery.id, &once).await.unwrap();
    submissions.save(leader, instance.id(), crate::scene::FORM, &valid()).await.unwrap();
    submissions.validate(leader, instance.id()).await.unwrap();
    while let Some(task) = instance.task().map(str::to_owned) {
        instance = submissions.next_from(leader, instance.id(), &task, None).await.unwrap();
    }
    let mut instance = submissions.start(leader, &long, scene.bakery.id).await.unwrap();
    while let Some(task) = instance.task().map(str::to_owned) {
        if task == "Pay" {
            submissions.pay(leader, instance.id()).await.unwrap();
        }
        instance = submissions.next_from(leader, instance.id(), &task, None).await.unwrap();
    }
    submissions.active(leader, long.id(), scene.bakery.id).await.unwrap();
    submissions.delete(leader, instance.id()).await.unwrap();
    let seen = asked.take().into_iter().map(|sql| sql.split(" times ").next().unwrap_or_default().to_owned());
    let explained = |sql: &String| !sql.trim_start().starts_with("insert") || sql.contains(" select ");
    (store, seen.filter(explained).collect())
}

fn grows(step: &str) -> bool {
    !DO_NOT_GROW.iter().any(|table| step.contains(table))
}

/// Whether a statement takes the first rows of a table, up to a limit, in an order that an index has: it ends where the
/// limit does, however many there are. One that looks for something among them may go through all.
fn takes_the_first(sql: &str, plan: &[String]) -> bool {
    let sql = sql.to_lowercase();
    let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE") || step.contains("Sort"));
    !sql.contains("where") && sql.contains(" order by ") && sql.contains(" limit ") && !sorts
}

#[test]
fn only_what_is_read_in_order_and_ends_at_a_limit_may_go_through_a_table() {
    let scan = ["SCAN t".to_owned()];
    assert!(takes_the_first("select a from t order by a limit $1", &scan));
    assert!(!takes_the_first("select a from t order by a", &scan));
    assert!(!takes_the_first("select a from t limit $1", &scan));
    assert!(!takes_the_first("select a from t where b = $1 order by a limit $2", &scan));
    for sorted in ["USE TEMP B-TREE FOR ORDER BY", "  ->  Sort  (cost=1.00..2.00 rows=1 width=1)"] {
        assert!(!takes_the_first("select a from t order by b limit $1", &[sorted.to_owned()]));
    }
}

#[tokio::test]
async fn no_statement_of_a_submission_reads_a_table_that_grows_from_end_to_end() {
    for (name, below, folder) in every_backend().await {
        let dialect = below.dialect();
        let (store, statements) = statements(below, &folder).await;
        assert!(statements.len() > 20, "{name}: only {} statements", statements.len());
        let mut scans = Vec::new();
        for sql in &statements {
            let plan = match dialect {
                Dialect::Sqlite => plan_of_sqlite(&folder.path().join("t.db"), sql),
                _ => plan_of_postgres(&store, sql).await,
            };
            if takes_the_first(sql, &plan) {
                continue;
            }
            let scan =
                |step: &&String| (step.starts_with("SCAN") || step.contains("Seq Scan on")) && grows(step);
            scans.extend(plan.iter().find(scan).map(|step| format!("{step}\n    {sql}\n    {plan:#?}")));
        }
        assert!(scans.is_empty(), "{name}:\n{}", scans.join("\n"));
        report(format_args!("{name}: {} statements", statements.len()));
    }
}

fn plan_of_sqlite(database: &Path, sql: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(database).unwrap();
    let mut query = connection.prepare(&format!("explain query plan {sql}")).unwrap();
    let nothing = vec![rusqlite::types::Null; query.parameter_count()];
    let rows = query.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// What no batch may do, and so is a migration: asking the planner. It goes through a table only where it must.
static EXPLAINED: &[Migration] = &[Migration {
    owner: "plans",
    number: 1,
    name: "explained",
    sqlite: "",
    postgres: "create function explained(statement text) returns setof text language plpgsql \
               set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$ \
               declare gaps text; \
               begin \
                 execute 'prepare explained_one as ' || statement; \
                 select string_agg('null', ', ') into gaps from pg_prepared_statements p, unnest(p.parameter_types) \
                   where p.name = 'explained_one'; \
                 return query execute 'explain execute explained_one' || coalesce('(' || gaps || ')', ''); \
                 execute 'deallocate explained_one'; \
               end $$",
}];

async fn plan_of_postgres(store: &Store, sql: &str) -> Vec<String> {
    store.migrate(&[EXPLAINED]).await.unwrap();
    let rows = store.query("select explained($1)", params![sql]).await.unwrap();
    rows.iter().map(|row| row.at(0).unwrap()).collect()
}
