//! Maps on which shapes are drawn: said in words, written by hand, and judged.

use altinn_services::form::IssueCode;
use serde_json::json;

use super::components::with_page;
use super::*;

/// A map with these more properties. Shapes are kept in `map.areas`.
fn map(more: Value) -> (tempfile::TempDir, AppDefinition) {
    let mut map = json!({"id": "map", "type": "Map", "textResourceBindings": {"title": "Hvor?"}, "dataModelBindings": {
        "geometries": "map.areas", "geometryLabel": "map.areas.name", "geometryData": "map.areas.drawn.shape",
        "geometryIsEditable": "map.areas.drawn.own", "geometryIsHidden": "map.areas.hidden",
    }});
    for (name, value) in more.as_object().unwrap() {
        map[name] = value.clone();
    }
    with_page(&json!([map]))
}

fn areas() -> Value {
    json!({"map": {"areas": [
        {"name": "Tomten <1>", "drawn": {"shape": "POLYGON((10 59,10.5 59,10.5 59.5,10 59))"}},
        {"name": "Gjemt", "hidden": true, "drawn": {"shape": "POINT(1 2)"}},
        {"drawn": {"shape": "POINT(10.7522 59.9139)", "own": true}},
        {"drawn": {"shape": "somewhere <b>"}},
    ]}})
}

#[test]
fn what_is_drawn_is_said_in_words_and_what_people_draw_is_written() {
    let (_folder, app) = map(json!({"geometryType": "WKT", "toolbar": {"marker": true}}));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = areas();
    let pages = pages(&app, &data);
    let html = html(&pages, "food");
    for shown in [
        "<legend class=\"ds-label\">Hvor?</legend>",
        "<dt>Tomten &lt;1&gt;</dt>\n<dd>Flate med 3 hjørner: 59° N 10° Ø; 59° N 10,5° Ø; 59,5° N 10,5° Ø</dd>",
        "<dt>Geometri 4</dt>\n<dd>somewhere &lt;b&gt;</dd>",
        ">Koordinater</label>\n<div class=\"ds-description\" id=\"f-map-2.geometry-description\">\n\
         <p class=\"ds-paragraph\">Punkt: 59,9139° N 10,7522° Ø</p>",
        "\nPOINT(10.7522 59.9139)</textarea>",
        "Skriv hver geometri som WKT",
        "value=\"remove:2:map.geometries\"",
        "value=\"add:map.geometries\"",
    ] {
        assert!(html.contains(shown), "{shown} in {html}");
    }
    assert!(!html.contains("Gjemt") && html.matches("<textarea").count() == 1, "{html}");
    let summary = format!("{:?}", pages.page("food").unwrap().summary());
    assert!(summary.contains("Tomten") && summary.contains("Table"), "{summary}");
}

#[test]
fn a_shape_is_added_written_and_taken_away_where_the_map_says_so() {
    let (_folder, app) = map(json!({"geometryType": "WKT", "toolbar": {"polygon": ["equals", 1, 1]}}));
    let mut stored = forms(&areas());
    let send = |body: &str, stored: &mut BTreeMap<String, Value>| {
        let data = stored[FORM].clone();
        let pages = pages(&app, &data);
        FormPost::parse(body.as_bytes(), &[]).unwrap().fill_in(pages.page("food").unwrap(), stored)
    };
    send("do=add:map.geometries", &mut stored).unwrap();
    assert_eq!(stored[FORM]["map"]["areas"][4], json!({"drawn": {"own": true}}));
    send("map-4.geometry=+POINT(10+60)+&do=save", &mut stored).unwrap();
    assert_eq!(stored[FORM]["map"]["areas"][4]["drawn"], json!({"own": true, "shape": "POINT(10 60)"}));
    assert!(send("map-0.geometry=POINT(1+1)", &mut stored).is_err(), "the agency's own is only read");
    assert!(send("do=remove:0:map.geometries", &mut stored).is_err());
    send("do=remove:2:map.geometries", &mut stored).unwrap();
    assert_eq!(stored[FORM]["map"]["areas"].as_array().unwrap().len(), 4);
    assert_eq!(stored[FORM]["map"]["areas"][3]["drawn"]["shape"], "POINT(10 60)");
}

#[test]
fn what_is_no_geometry_is_told_where_it_is_written() {
    for (format, shape, said) in [
        ("WKT", json!("POINT(10)"), "Dette er ikke WKT. Skriv for eksempel POINT (10.7522 59.9139)."),
        (
            "WKT",
            json!("POINT(262000 6649000)"),
            "Skriv lengdegraden først, fra -180 til 180, og så breddegraden",
        ),
        ("GeoJSON", json!("POINT(10 59)"), "Dette er ikke GeoJSON. Skriv for eksempel {\"type\": \"Point\""),
        ("GeoJSON", json!(null), "Feltet må fylles ut."),
    ] {
        let (_folder, app) = map(json!({"geometryType": format}));
        let data = json!({"map": {"areas": [{"drawn": {"own": true, "shape": shape}}]}});
        let unmet = pages(&app, &data).unmet();
        let of_map: Vec<_> = unmet.iter().filter(|(_, issue)| issue.path.starts_with("/map")).collect();
        let [(_, issue)] = of_map.as_slice() else { panic!("{unmet:?}") };
        assert!(issue.detail.in_language(Language::Nb).starts_with(said), "{issue:?}");
        assert_eq!(issue.path, "/map/areas/0/drawn/shape");
        assert!(matches!(issue.code, IssueCode::Format | IssueCode::Required));
        let told = view(&app, TASK, FORM, &data).with_issues(FORM, [issue.clone()]).pages().unwrap();
        let html = html(&told, "food");
        assert!(html.contains("<a class=\"ds-link\" href=\"#f-map-0.geometry\">"), "{html}");
        assert!(html.contains("aria-invalid=\"true\""));
    }
}

#[test]
fn nothing_is_drawn_anew_where_nothing_may_be_and_a_place_stands_beside_what_is_drawn() {
    let (_folder, app) = map(json!({"geometryType": "WKT", "toolbar": {"circle": false}}));
    assert!(!html(&pages(&app, &areas()), "food").contains("add:map"));
    assert!(html(&pages(&app, &json!({})), "food").contains("Ingenting er tegnet."));
    let read_only = view(&app, TASK, FORM, &areas()).read_only().pages().unwrap();
    let html_of_it = html(&read_only, "food");
    assert!(!html_of_it.contains("<textarea") && !html_of_it.contains("remove:"), "{html_of_it}");
    let (_folder, app) =
        with_page(&json!([{"id": "map", "type": "Map", "textResourceBindings": {"title": "Hvor?"},
        "dataModelBindings": {"geometries": "areas", "simpleBinding": "place"}}]));
    let data =
        json!({"areas": [{"label": "Torget", "data": "{\"type\":\"Point\",\"coordinates\":[5.3,60.4]}"}]});
    let html = html(&pages(&app, &data), "food");
    assert!(html.contains("<dt>Torget</dt>\n<dd>Punkt: 60,4° N 5,3° Ø</dd>"), "{html}");
    assert!(html.contains("name=\"map\""), "{html}");
}
