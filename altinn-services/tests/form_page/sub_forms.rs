//! Forms below a page, and what the sample of the market shows beside them.

use altinn_services::form_page::{AskedOptions, SubForm, SubForms};
use serde_json::json;
use uuid::Uuid;

use super::*;

fn market() -> AppDefinition {
    AppDefinition::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps/town-market")).unwrap()
}

fn stall(number: u128, data: &Value) -> SubForm<'_> {
    SubForm { element: Uuid::from_u128(number), data_type: "stall", data, is_wrong: number == 2 }
}

fn list(pages: &FormPages) -> SubForms {
    let item = item(pages.page("stalls").unwrap(), "stalls").unwrap();
    let Content::SubForms(list) = &item.content else { panic!("{item:?}") };
    list.clone()
}

#[test]
fn the_sample_of_the_market_is_rendered_wholly() {
    let counted = RenderedComponents::of(&market());
    assert!(counted.not_rendered.is_empty() && counted.options_of_code.is_empty(), "{counted}");
}

#[test]
fn forms_below_are_listed_by_their_columns_with_a_button_each() {
    let app = market();
    let (form, bread, empty) = (json!({}), json!({"goods": "<Brød>", "metres": 3, "power": true}), json!({}));
    let view = view(&app, TASK, FORM, &form);
    let pages = view.clone().with_sub_form(stall(1, &bread)).with_sub_form(stall(2, &empty)).pages().unwrap();
    let shown = list(&pages);
    assert_eq!(shown.columns, ["Varer", "Meter", "Trenger strøm"]);
    let cells: Vec<_> = shown.forms.iter().map(|form| form.cells.join("|")).collect();
    assert_eq!(cells, ["<Brød>|3|Ja", "Ikke fylt ut||"]);
    assert!(shown.can_add && shown.can_remove);
    let html = html(&pages, "stalls");
    for part in [
        "&lt;Brød&gt;",
        "Må rettes",
        "value=\"add-form:stalls\">Legg til en bod<",
        "value=\"open-form:00000000-0000-0000-0000-000000000001\">Endre<span class=\"ds-sr-only\"> Boder 1<",
        "value=\"remove-form:00000000-0000-0000-0000-000000000002\">Slett<",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    // There is room for three, and whoever may not write changes nothing.
    let three =
        [1, 2, 3].into_iter().fold(view.clone(), |view, number| view.with_sub_form(stall(number, &bread)));
    assert!(!list(&three.pages().unwrap()).can_add);
    let read = view.with_sub_form(stall(1, &bread)).with_read_only("stall");
    let shown = list(&read.pages().unwrap());
    assert!(!shown.can_add && !shown.can_remove && shown.read_only);
    let summary = format!("{:?}", pages.page("stalls").unwrap().summary());
    assert!(summary.contains("Table"), "{summary}");
}

#[test]
fn rows_are_taken_away_where_an_expression_lets_them_and_there_are_enough() {
    let app = market();
    let data = json!({"helpers": [{"name": "Kari Bakke"}, {"name": "Ola"}]});
    let pages = view(&app, TASK, FORM, &data).pages().unwrap();
    let item = item(pages.page("market").unwrap(), "helpers").unwrap();
    let Content::Rows(rows) = &item.content else { panic!("{item:?}") };
    assert_eq!(rows.rows.iter().map(|row| row.can_remove).collect::<Vec<_>>(), [false, true]);
    let remove = |row: usize| {
        let post = FormPost::parse(format!("do=remove:{row}:helpers").as_bytes(), &[]).unwrap();
        post.fill_in(pages.page("market").unwrap(), &mut forms(&data))
    };
    assert!(remove(0).is_err() && remove(1).is_ok());
    let none = json!({});
    let missing = view(&app, TASK, FORM, &none).pages().unwrap().unmet();
    assert!(
        missing.iter().any(|(_, issue)| issue.path == "/helpers" && issue.code.as_str() == "FORM-TOO-FEW")
    );
}

#[test]
fn what_expressions_hide_or_ask_for_follows_what_is_filled_in() {
    let app = market();
    let names = |data: &Value| {
        let pages = view(&app, TASK, FORM, data).pages().unwrap();
        pages.pages.iter().map(|page| page.name.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&json!({})), "market stalls review");
    let data =
        json!({"name": "Fjordbrød", "sellsFood": true, "helpers": [{"minor": true}, {"minor": false}]});
    assert_eq!(names(&data), "market food stalls review");
    let pages = view(&app, TASK, FORM, &data).pages().unwrap();
    let page = pages.page("market").unwrap();
    assert!(page.is_checked && !pages.page("food").unwrap().is_checked);
    assert!(field(page, "helper-guardian-0").required);
    assert!(item(page, "helper-guardian-1").is_none());
    let day = field(page, "day");
    assert!(day.options[0].chosen && day.shown.is_empty(), "chosen in the page, and filled in by nobody");
    assert!(field(pages.page("food").unwrap(), "food-licence").required);
    assert!(html(&pages, "food").contains("Fjordbrød må være godkjent"));
}

#[test]
fn options_come_from_the_agencys_code_or_are_written() {
    let Some(app) = app_of_others("expression-validation-test") else { return };
    let data = json!({});
    let set = app.layouts_of("Task_1").unwrap();
    let data_type = set.data_type.clone().unwrap();
    let view = view(&app, "Task_1", &data_type, &data);
    assert_eq!(
        view.options_of_code().into_iter().collect::<Vec<_>>(),
        ["kjønn", "kommuner"].map(AskedOptions::new)
    );
    let written = view.clone().pages().unwrap();
    let bosted = |pages: &FormPages| {
        pages.pages.iter().flat_map(FormPage::fields).find(|field| field.name == "bosted").cloned().unwrap()
    };
    assert!(bosted(&written).options.is_empty());
    assert!(
        written
            .pages
            .iter()
            .any(|page| html(&written, &page.name).contains("type=\"text\" value=\"\" id=\"f-bosted\""))
    );
    let choices = serde_json::from_value(json!([{"value": "4601", "label": "Bergen"}])).unwrap();
    let chosen = view.with_options(AskedOptions::new("kommuner"), choices).pages().unwrap();
    assert_eq!(bosted(&chosen).options[0].label.to_plain(), "Bergen");
}
