//! Components that are not fields one by one: questions with the same answers, lists, the app's own buttons, pictures, frames.

use altinn_services::form_page::Purpose;
use serde_json::json;
use tempfile::TempDir;

use super::*;

/// The sample app with another page.
pub(crate) fn with_page(components: &Value) -> (TempDir, AppDefinition) {
    let folder = TempDir::new().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps/bakery-licence");
    copy(&sample, folder.path());
    let page = json!({"data": {"layout": components}}).to_string();
    std::fs::write(folder.path().join("App/ui/Task_Application/layouts/food.json"), page).unwrap();
    let app = AppDefinition::load(folder.path()).unwrap();
    (folder, app)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn likert() -> Value {
    json!([{
        "id": "work", "type": "Likert", "optionsId": "employee-work", "required": true,
        "textResourceBindings": {"title": "Hva gjør de?", "questions": "Den ansatte"},
        "dataModelBindings": {"questions": "employees", "answer": "employees.work"},
    }])
}

#[test]
fn each_row_is_a_question_with_the_same_answers() {
    let (_folder, app) = with_page(&likert());
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = filled_in();
    let pages = pages(&app, &data);
    let page = pages.page("food").unwrap();
    let chosen: Vec<_> = page.fields().map(|field| (field.name.as_str(), field.shown.as_str())).collect();
    assert_eq!(chosen, [("work-0", "Baker"), ("work-1", "Butikk")]);

    let html = html(&pages, "food");
    assert_eq!(html.matches("type=\"radio\"").count(), 8);
    assert!(html.contains("name=\"work-1\" value=\"shop\" checked"), "{html}");
    assert!(html.contains("Den ansatte: </span><span class=\"altinn-answer\">Konditor"), "{html}");
    let summary = format!("{:?}", page.summary());
    assert_eq!(summary.matches("Den ansatte").count(), 2, "{summary}");
}

#[test]
fn an_answer_is_stored_where_its_question_is_and_others_are_refused() {
    let (_folder, app) = with_page(&likert());
    let data = filled_in();
    let pages = pages(&app, &data);
    let page = pages.page("food").unwrap();
    let mut stored = forms(&data);
    FormPost::parse(b"work-1=cleaning", &[]).unwrap().fill_in(page, &mut stored).unwrap();
    assert_eq!(stored[FORM]["employees"][1]["work"], "cleaning");
    assert_eq!(stored[FORM]["employees"][0]["work"], "baker");
    let refused = FormPost::parse(b"work-1=director", &[]).unwrap().fill_in(page, &mut stored);
    assert!(refused.is_err());
    let refused = FormPost::parse(b"work-2=baker", &[]).unwrap().fill_in(page, &mut stored);
    assert!(refused.is_err());
}

#[test]
fn only_the_rows_that_a_filter_lets_through_are_asked() {
    let mut components = likert();
    components[0]["filter"] = json!([{"key": "start", "value": "1"}, {"key": "stop", "value": "2"}]);
    let (_folder, app) = with_page(&components);
    let data = filled_in();
    let pages = pages(&app, &data);
    let asked: Vec<_> = pages.page("food").unwrap().fields().map(|field| field.name.clone()).collect();
    assert_eq!(asked, ["work-1"]);
}

#[test]
fn a_button_of_the_app_leads_on_or_asks_the_agencys_code() {
    let button = |id: &str, actions: Value| json!({"id": id, "type": "CustomButton", "actions": actions});
    let (_folder, app) = with_page(&json!([
        button("on", json!([{"type": "ClientAction", "id": "nextPage"}])),
        button(
            "to",
            json!([{"type": "ClientAction", "id": "navigateToPage", "metadata": {"page": "review"}}])
        ),
        button("fetch", json!([{"type": "ServerAction", "id": "fetch-prices"}])),
        button("close", json!([{"type": "ClientAction", "id": "closeSubform"}])),
        button("store", json!([{"type": "ClientAction", "id": "openPrintDialog"}])),
    ]));
    let data = filled_in();
    let pages = pages(&app, &data);
    let purposes: Vec<Purpose> = pages
        .page("food")
        .unwrap()
        .all_items()
        .iter()
        .map(|item| {
            let Content::Button(button) = &item.content else { panic!("{item:?}") };
            button.purpose.clone()
        })
        .collect();
    let page = Purpose::Page("review".to_owned());
    let close = Purpose::Close { checked: false };
    let fetch = Purpose::Action("fetch-prices".to_owned());
    assert_eq!(purposes, [Purpose::Next, page, fetch, close, Purpose::Save]);
    let html = html(&pages, "food");
    assert!(html.contains("value=\"action:fetch-prices\"") && html.contains("value=\"page:review\""));
}

#[test]
fn a_button_begins_a_submission_with_what_is_filled_in() {
    let (folder, app) = with_page(&json!([
        {"id": "another", "type": "InstantiationButton", "mapping": {
            "applicant.email": "sender.email", "applicant.name": "sender.name", "employees[1].name": "second"}},
    ]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let mut data = filled_in();
    data["applicant"]["name"] = Value::Null;
    let pages = pages(&app, &data);
    let page = pages.page("food").unwrap();
    let filled_in = page.filled_in_by("another").unwrap();
    let fields: Vec<_> = filled_in.fields().iter().map(|(field, value)| (field.as_str(), value)).collect();
    assert_eq!(
        fields,
        [("second", &data["employees"][1]["name"]), ("sender.email", &data["applicant"]["email"])]
    );
    assert!(page.filled_in_by("other").is_none());
    let email = data["applicant"]["email"].as_str().unwrap();
    assert!(!format!("{page:?}").contains(email), "what is filled in is in no log");
    assert!(html(&pages, "food").contains("value=\"begin:another\">Begynn</button>"));
    let faulty = altinn_services::definition::check(folder.path());
    let unknown = faulty.iter().filter(|fault| fault.code == "CHECK-FIELD-UNKNOWN");
    assert_eq!(unknown.count(), 3, "the app has no such fields to fill in");
}

#[cfg(feature = "pdf")]
#[test]
fn a_draft_is_made_of_a_form_that_is_kept_somewhere() {
    let (_folder, app) = with_page(&json!([{"id": "preview", "type": "PDFPreviewButton"}]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = json!({});
    let shown = |view: FormView<'_>| html(&view.pages().unwrap(), "food");
    let button = "value=\"draft\">Lag utkast som PDF</button>";
    assert!(shown(view(&app, TASK, FORM, &data)).contains(button));
    assert!(!shown(view(&app, TASK, FORM, &data).kept_nowhere()).contains(button));
}

#[test]
fn a_list_of_the_apps_code_is_filled_in_by_hand() {
    let (_folder, app) = with_page(&json!([{
        "id": "who", "type": "List", "dataListId": "people", "tableHeaders": {"name": "Navn"},
        "dataModelBindings": {"name": "applicant.name", "email": "applicant.email"},
    }]));
    let data = json!({});
    let pages = pages(&app, &data);
    let page = pages.page("food").unwrap();
    assert_eq!(field(page, "who.name").label.to_plain(), "Navn");
    let mut stored = forms(&data);
    FormPost::parse(b"who.name=Kari", &[]).unwrap().fill_in(page, &mut stored).unwrap();
    assert_eq!(stored[FORM]["applicant"]["name"], "Kari");
}

#[test]
fn what_is_in_a_grid_and_what_links_and_texts_say_is_shown() {
    let (_folder, app) = with_page(&json!([
        {"id": "grid", "type": "Grid", "rows": [
            {"cells": [{"text": "E-post"}, {"component": "in-grid"}]},
        ]},
        {"id": "in-grid", "type": "Input", "dataModelBindings": {"simpleBinding": "applicant.email"},
            "textResourceBindings": {"title": "E-postadresse"}, "labelSettings": {"optionalIndicator": false}},
        {"id": "rules", "type": "Link", "textResourceBindings": {"title": "Reglene", "target": "https://example.no/regler"}},
        {"id": "hostile", "type": "Link", "textResourceBindings": {"title": "Trykk", "target": "javascript:alert(1)"}},
        {"id": "shown-email", "type": "Text", "textResourceBindings": {"title": "Adressen"}, "value": ["dataModel", "applicant.email"]},
    ]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = json!({"applicant": {"email": "post@bakeri.example"}});
    let html = html(&pages(&app, &data), "food");
    assert!(html.contains("<label class=\"ds-label\" for=\"f-in-grid\">E-postadresse</label>"), "{html}");
    assert!(html.contains("href=\"https://example.no/regler\"") && !html.contains("javascript:"), "{html}");
    assert!(html.contains("<dt>Adressen</dt>\n<dd>post@bakeri.example</dd>"), "{html}");
}

#[test]
fn what_an_app_brings_along_loads_nothing_and_runs_nothing() {
    let image = |id: &str, source: &str| {
        json!({"id": id, "type": "Image", "image": {"src": {"nb": source}},
            "textResourceBindings": {"altTextImg": "Et kart & mer"}})
    };
    let (_folder, app) = with_page(&json!([
        image("own", "wwwroot/map.svg"),
        image("elsewhere", "https://example.no/map.svg"),
        image("hostile", "javascript:alert(1)"),
        {"id": "frame", "type": "IFrame", "textResourceBindings": {"title": "<p onclick=\"x()\">Hei</p><script>x()</script>"}},
    ]));
    let data = json!({});
    let html = html(&pages(&app, &data), "food");
    assert!(!html.contains("<img") && !html.contains("<script") && !html.contains("javascript:"), "{html}");
    assert_eq!(html.matches("Et kart &amp; mer").count(), 3);
    assert_eq!(html.matches("href=\"https://example.no/map.svg\"").count(), 1);
    assert!(html.contains("<iframe class=\"altinn-frame\" sandbox title=\""), "{html}");
    assert!(html.contains("srcdoc=\"&lt;p onclick=&quot;x()&quot;&gt;Hei"), "{html}");
}

#[test]
fn persons_and_organizations_are_written_by_hand() {
    let (_folder, app) = with_page(&json!([
        {"id": "helper", "type": "PersonLookup", "required": true, "textResourceBindings": {"title": "Hjelper"},
            "dataModelBindings": {"person_lookup_ssn": "helper.number", "person_lookup_last_name": "helper.last",
                "person_lookup_middle_name": "helper.middle"}},
        {"id": "supplier", "type": "OrganisationLookup", "textResourceBindings": {"title": "Leverandør"},
            "dataModelBindings": {"organisation_lookup_orgnr": "supplier.number", "organisation_lookup_name": "supplier.name"}},
    ]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = json!({"supplier": {"name": "Mølla"}});
    let pages = pages(&app, &data);
    let page = pages.page("food").unwrap();
    let shown: Vec<_> = page.fields().map(|field| (field.name.as_str(), field.required)).collect();
    assert_eq!(
        shown,
        [
            ("helper.person_lookup_ssn", true),
            ("helper.person_lookup_middle_name", false),
            ("helper.person_lookup_last_name", true),
            ("supplier.organisation_lookup_orgnr", false),
            ("supplier.organisation_lookup_name", false),
        ]
    );
    let html = html(&pages, "food");
    assert!(
        html.contains("<legend class=\"ds-label\">Hjelper</legend>")
            && html.contains(">Fødselsnummer</label>")
    );
    let mut stored = forms(&data);
    let post = FormPost::parse(b"helper.person_lookup_last_name=Bakke", &[]).unwrap();
    post.fill_in(page, &mut stored).unwrap();
    assert_eq!(stored[FORM]["helper"]["last"], "Bakke");
}

#[test]
fn a_place_is_written_and_a_map_of_nothing_is_not_rendered() {
    let (_folder, app) = with_page(&json!([
        {"id": "place", "type": "Map", "textResourceBindings": {"title": "Hvor?"},
            "dataModelBindings": {"simpleBinding": "place"}},
        {"id": "nothing", "type": "Map"},
    ]));
    let counted = RenderedComponents::of(&app).not_rendered;
    assert_eq!(counted.into_iter().collect::<Vec<_>>(), [("Map".to_owned(), 1)]);
    let html = html(&pages(&app, &json!({})), "food");
    assert!(html.contains("Skriv breddegrad og lengdegrad") && html.contains("name=\"place\""), "{html}");
    assert!(html.contains("Denne delen av skjemaet vises ikke her."));
}

#[test]
fn films_and_sounds_are_said_in_words_and_tables_are_read() {
    let (_folder, app) = with_page(&json!([
        {"id": "film", "type": "Video", "video": {"src": {"nb": "https://example.no/film.mp4"}},
            "textResourceBindings": {"altText": "En film om hygiene"}},
        {"id": "table", "type": "SimpleTable", "title": "Ansatte", "dataModelBindings": {"tableData": "employees"},
            "columns": [{"header": "Navn", "accessors": ["name"]}, {"header": "Alt", "accessors": ["work", "hygieneCourse"]}]},
    ]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let html = html(&pages(&app, &filled_in()), "food");
    assert!(
        html.contains(
            "href=\"https://example.no/film.mp4\" rel=\"noopener noreferrer\">En film om hygiene</a>"
        ),
        "{html}"
    );
    assert!(
        html.contains("<th scope=\"col\">Navn</th>")
            && html.contains("<td>Aron Lerkevik</td><td>shop, Nei</td>"),
        "{html}"
    );
}

#[test]
fn a_signing_step_shows_who_signs_what_is_signed_and_what_can_be_done() {
    let (_folder, app) = with_page(&json!([
        {"id": "who", "type": "SigneeList"},
        {"id": "what", "type": "SigningDocumentList"},
        {"id": "do", "type": "SigningActions"},
    ]));
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = json!({});
    let html_of = |context: Context<'_>| {
        let view = FormView::new(&app, TASK, context.with_model(FORM, &data).with_language(Language::Nb))
            .with_attachment(altinn_services::form_page::Attachment::new("one", "floor-plan", "plan.pdf", 10))
            .with_signing_text("Jeg **bekrefter** dette.")
            .with_signee("Kari Bakke", Some("2026-11-30T09:00:00Z".parse().unwrap()))
            .with_signee("Ola <Tall>", None);
        html(&view.pages().unwrap(), "food")
    };
    let may_sign = html_of(Context::default().with_allowed_action("sign"));
    for shown in [
        "<td>Kari Bakke</td><td>Signert 30. november 2026 kl. 10:00</td>",
        "<td>Ola &lt;Tall&gt;</td><td>Venter på signatur</td>",
        "plan.pdf",
        "Jeg <strong>bekrefter</strong> dette.",
        "value=\"action:sign\"",
    ] {
        assert!(may_sign.contains(shown), "{shown} in {may_sign}");
    }
    assert!(!may_sign.contains("action:reject"));
    let may_not = html_of(Context::default());
    assert!(!may_not.contains("action:sign") && may_not.contains("Det er ikke du som skal signere her nå."));
}

#[test]
fn whoever_has_signed_is_told_so_and_may_still_reject() {
    let (_folder, app) = with_page(&json!([{"id": "do", "type": "SigningActions"}]));
    let data = json!({});
    let html_of = |language: Language, signed: Option<&str>, actions: &[&'static str]| {
        let context = Context::default().with_model(FORM, &data).with_language(language);
        let context = actions.iter().fold(context, |context, action| context.with_allowed_action(action));
        let view = FormView::new(&app, TASK, context).with_signing_text("Jeg bekrefter dette.");
        let view = view.with_turn_of_others(signed.map(|time| time.parse().unwrap()));
        html(&view.pages().unwrap(), "food")
    };
    let both = ["sign", "reject"];
    for (language, said) in [
        (Language::Nb, "Du signerte dette 30. november 2026 kl. 10:00."),
        (Language::Nn, "Du signerte dette 30. november 2026 kl. 10:00."),
        (Language::En, "You signed this 30 November 2026, 10:00."),
    ] {
        let signed = html_of(language, Some("2026-11-30T09:00:00Z"), &both);
        assert!(signed.contains(said) && signed.contains("action:reject"), "{signed}");
        assert!(!signed.contains("action:sign") && !signed.contains("Jeg bekrefter"), "{signed}");
    }
    let waits = html_of(Language::Nb, None, &both);
    assert!(waits.contains("Det er ikke du som skal signere her nå.") && waits.contains("action:reject"));
    assert!(!waits.contains("action:sign"), "{waits}");
    assert!(!html_of(Language::Nb, None, &["sign"]).contains("name=\"do\" value=\"action"));
}
