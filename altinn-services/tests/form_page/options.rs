//! Lists of options that the agency's code gives, asked for with what the form holds.

use altinn_services::definition::Choice;
use altinn_services::form_page::AskedOptions;
use serde_json::json;

use super::components::with_page;
use super::*;

fn choice(value: &str, label: &str) -> Choice {
    serde_json::from_value(json!({"value": value, "label": label})).unwrap()
}

#[test]
fn a_list_is_asked_for_with_what_expressions_and_fields_come_to() {
    let (_folder, app) = with_page(&json!([
        {"id": "town", "type": "Dropdown", "optionsId": "towns",
            "queryParameters": {"county": ["dataModel", "county"], "unknown": ["dataModel", "nowhere"], "kind": "town"},
            "dataModelBindings": {"simpleBinding": "town"}},
        {"id": "people", "type": "RepeatingGroup", "maxCount": 9, "children": ["job"],
            "dataModelBindings": {"group": "employees"}},
        {"id": "job", "type": "RadioButtons", "optionsId": "jobs", "mapping": {"employees[{0}].trade": "trade"},
            "dataModelBindings": {"simpleBinding": "employees.job"}},
        {"id": "in-file", "type": "Dropdown", "optionsId": "food-kinds", "mapping": {"county": "county"},
            "dataModelBindings": {"simpleBinding": "kind"}},
    ]));
    let data = json!({"county": "46", "town": "4601",
        "employees": [{"trade": "bread"}, {"trade": "shop", "job": "till"}, {"trade": "bread"}]});
    let view = view(&app, TASK, FORM, &data);
    let asked = view.options_of_code();
    let towns = AskedOptions::new("towns").with("county", "46").with("kind", "town");
    let of_trade = |trade: &str| AskedOptions::new("jobs").with("trade", trade);
    assert_eq!(asked.into_iter().collect::<Vec<_>>(), [of_trade("bread"), of_trade("shop"), towns.clone()]);

    let view = view
        .with_options(towns, vec![choice("4601", "Bergen")])
        .with_options(of_trade("bread"), vec![choice("oven", "Ovn")])
        .with_options(of_trade("shop"), vec![choice("till", "Kasse")]);
    let pages = view.pages().unwrap();
    let page = pages.page("food").unwrap();
    assert_eq!(field(page, "town").shown, "Bergen");
    let offered =
        |name: &str| field(page, name).options.iter().map(|o| o.label.to_plain()).collect::<Vec<_>>();
    assert_eq!((offered("job-0"), offered("job-1")), (vec!["Ovn".to_owned()], vec!["Kasse".to_owned()]));
    assert_eq!(field(page, "job-1").shown, "Kasse");
    let refused = FormPost::parse(b"job-0=till", &[]).unwrap().fill_in(page, &mut forms(&data));
    assert!(refused.is_err(), "what is offered in one row is not offered in another");
}

#[test]
fn what_a_list_is_asked_with_is_not_shown_in_debug_output() {
    let asked = AskedOptions::new("towns").with("number", "17858296439");
    assert_eq!(format!("{asked:?}"), "AskedOptions { id: \"towns\", parameters: [\"number\"] }");
}
