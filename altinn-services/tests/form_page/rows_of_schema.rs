//! Rows with the fields of their schema, and web components.

use serde_json::json;

use super::components::with_page;
use super::*;

#[test]
fn a_list_is_added_to_by_what_its_schema_has() {
    let (_folder, app) = with_page(&json!([
        {"id": "people", "type": "AddToList", "title": "Ansatte", "dataModelBindings": {"data": "employees"}},
    ]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = filled_in();
    let shown = pages(&app, &data);
    let page = shown.page("food").unwrap();
    let names: Vec<_> = page.fields().map(|field| (field.name.clone(), field.required)).collect();
    let first = |name: &str| names.iter().find(|(found, _)| found == name).cloned();
    assert_eq!(first("people-0.name"), Some(("people-0.name".to_owned(), true)), "{names:?}");
    let html_of_it = html(&shown, "food");
    for shown in ["Ansatte 1</legend>", "value=\"add:people\"", "value=\"remove:1:people\"", "type=\"radio\""]
    {
        assert!(html_of_it.contains(shown), "{shown} in {html_of_it}");
    }
    let mut stored = forms(&data);
    let post = FormPost::parse(b"people-1.name=Ola&people-1.hygieneCourse=true&do=add:people", &[]).unwrap();
    post.fill_in(page, &mut stored).unwrap();
    let rows = stored[FORM]["employees"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[1]["name"], &rows[1]["hygieneCourse"]), (3, &json!("Ola"), &json!(true)));
    let unmet = pages(&app, &json!({"employees": [{}]})).unmet();
    assert!(unmet.iter().any(|(_, issue)| issue.path == "/employees/0/name"), "{unmet:?}");
}

#[test]
fn what_a_web_component_would_show_is_read_and_written_in_fields() {
    let (_folder, app) = with_page(&json!([
        {"id": "own", "type": "Custom", "tagName": "my-colours", "textResourceBindings": {"title": "Farge <på> skiltet"},
            "dataModelBindings": {"simpleBinding": "applicant.name"}},
        {"id": "more", "type": "Custom", "tagName": "my-table", "textResourceBindings": {"title": "Mer"},
            "dataModelBindings": {"who": "applicant.email", "all": "employees"}},
        {"id": "none", "type": "Custom", "tagName": "my-picture", "textResourceBindings": {"title": "Bilde"}},
    ]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = filled_in();
    let shown = pages(&app, &data);
    let page = shown.page("food").unwrap();
    assert_eq!(field(page, "own.simpleBinding").label.to_plain(), "Farge <på> skiltet");
    assert!(field(page, "more.all").read_only && !field(page, "more.who").read_only);
    let html = html(&shown, "food");
    assert_eq!(html.matches("Farge &lt;på&gt; skiltet").count(), 1, "{html}");
    assert!(!html.contains("my-colours") && !html.contains("<script"), "{html}");
    assert_eq!(html.matches("Tjenesten har sin egen måte å vise dette på").count(), 2);
    assert_eq!(html.matches("Denne delen av skjemaet vises ikke her.").count(), 1);
    let mut stored = forms(&data);
    FormPost::parse(b"own.simpleBinding=Bakeriet", &[]).unwrap().fill_in(page, &mut stored).unwrap();
    assert_eq!(stored[FORM]["applicant"]["name"], "Bakeriet");
    let refused = FormPost::parse(b"more.all=x", &[]).unwrap().fill_in(page, &mut stored);
    assert!(refused.is_err());
}
