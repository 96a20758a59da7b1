//! Pages that begin a case with what is filled in on them.

use altinn_services::definition::{FaultSeverity, check};
use serde_json::{Value, json};

use super::{Served, own_app, shows};

/// The folder of a service that is filled in and kept nowhere until somebody begins a case with it.
fn counter() -> tempfile::TempDir {
    let input = |id: &str| json!({"id": id, "type": "Input", "textResourceBindings": {"title": id}, "dataModelBindings": {"simpleBinding": id}});
    let begin = json!({"id": "go", "type": "InstantiationButton", "textResourceBindings": {"title": "Søk"},
        "mapping": {"who": "applicant.name", "what": "about"}});
    let again = json!({"id": "again", "type": "InstantiationButton", "mapping": {"applicant.name": "applicant.name"}});
    let page = |components: Value| json!({"data": {"layout": components}}).to_string();
    let sets = json!({"sets": [{"id": "front", "dataType": "open"}, {"id": "case", "dataType": "form", "tasks": ["Fill"]}]});
    let name = json!({"type": "string", "maxLength": 5});
    let folder = tempfile::tempdir().unwrap();
    let order = |page: &str| json!({"pages": {"order": [page]}}).to_string();
    own_app::OwnApp::new("counter")
        .flow("Fill", "End")
        .metadata("onEntry", json!({"show": "front"}))
        .data_type(json!({"id": "open", "appLogic": {"classRef": "Open", "allowAnonymousOnStateless": true}}))
        .file(
            "models/open.schema.json",
            json!({"type": "object", "properties": {"who": name, "what": {"type": "string"}}}).to_string(),
        )
        .file(
            "models/form.schema.json",
            json!({"type": "object", "properties": {"about": {"type": "string"},
                "applicant": {"type": "object", "properties": {"name": name}}}})
            .to_string(),
        )
        .file("ui/layout-sets.json", sets.to_string())
        .file("ui/front/Settings.json", order("one"))
        .file("ui/front/layouts/one.json", page(json!([input("who"), input("what"), begin])))
        .file("ui/case/Settings.json", order("applicant"))
        .file("ui/case/layouts/applicant.json", page(json!([input("applicant.name"), input("about"), again])))
        .write(folder.path());
    folder
}

#[tokio::test]
async fn a_page_that_is_kept_nowhere_begins_a_case_with_what_is_filled_in() {
    let folder = counter();
    let faults = check(folder.path());
    assert!(faults.iter().all(|fault| fault.severity != FaultSeverity::Error), "{faults:?}");
    let mut served = Served::open_to(folder.path()).await;
    let url = format!("{}/forms/ttd/counter", served.url);
    let one = served.browser.get(&url).await.unwrap();
    shows(&one, "value=\"begin:go\">Søk</button>");
    shows(&one, "før du begynner på noe med det");
    let wrong = served.send(&one, &[("who", "Adelaide"), ("what", "x"), ("do", "begin:go")]).await;
    shows(&wrong, "href=\"#f-who\"");
    let unknown = served.send(&wrong, &[("who", "Ada"), ("do", "begin:stop")]).await;
    assert_eq!(unknown.status().as_u16(), 422);
    let front = served.url.clone();
    assert!(!served.browser.get(&front).await.unwrap().text().contains("/instances/"), "nothing is begun");
    let case = served.send(&wrong, &[("who", "Ada"), ("what", "a <sum>"), ("do", "begin:go")]).await;
    assert!(case.url.contains("/instances/"), "{}", case.url);
    shows(&case, "value=\"Ada\"");
    shows(&case, "value=\"a &lt;sum&gt;\"");
    // A page of a case begins another one, once it is stored.
    let another = served.send(&case, &[("applicant.name", "Eva"), ("do", "begin:again")]).await;
    assert!(another.url.contains("/instances/") && another.url != case.url, "{}", another.url);
    shows(&another, "value=\"Eva\"");
    assert!(!another.text().contains("a &lt;sum&gt;"));
    shows(&served.browser.get(&case.url).await.unwrap(), "value=\"Eva\"");
    shows(&served.browser.get(&front).await.unwrap(), "Påbegynt og sendt");
}

#[tokio::test]
async fn nobody_begins_a_case_without_logging_in_or_where_only_the_agency_does() {
    let folder = counter();
    let mut guest = Served::open(folder.path());
    let url = guest.url.clone();
    let one = guest.browser.get(&url).await.unwrap();
    let sent = guest.send(&one, &[("who", "Ada"), ("do", "begin:go")]).await;
    shows(&sent, "name=\"person\"");

    let metadata = folder.path().join("config/applicationmetadata.json");
    let text = std::fs::read_to_string(&metadata).unwrap();
    let mut ours: Value = serde_json::from_str(&text).unwrap();
    ours["disallowUserInstantiation"] = json!(true);
    std::fs::write(&metadata, ours.to_string()).unwrap();
    let mut served = Served::open_to(folder.path()).await;
    let url = format!("{}/forms/ttd/counter", served.url);
    let one = served.browser.get(&url).await.unwrap();
    let refused = served.send(&one, &[("who", "Ada"), ("do", "begin:go")]).await;
    assert_eq!(refused.status().as_u16(), 422, "{}", refused.text());
    assert!(refused.text().contains("Dette er det andre enn du som fyller ut"), "{}", refused.text());
}
