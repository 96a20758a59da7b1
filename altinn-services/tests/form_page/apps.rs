//! Apps that others made.

use altinn_services::form_page::Control;
use serde_json::json;

use super::*;

const OTHERS: [&str; 6] = [
    "payment-test",
    "subform-test",
    "multiple-datamodels-test",
    "service-task",
    "expression-validation-test",
    "anonymous-stateless-app",
];

fn is_not_rendered(content: &Content) -> bool {
    matches!(content, Content::NotRendered { .. })
}

#[test]
fn the_medical_certificate_is_rendered_wholly() {
    let Some(app) = app_of_others("forer-legeerklaering") else { return };
    assert_eq!(
        RenderedComponents::of(&app).to_string(),
        "23 of 23 components of the form pages are rendered"
    );
    let data = json!({"Pasient_Fnr": "17858296439", "Pasient_Fornavn": "Ola", "Forer_ErSkikket": true});
    let pages = view(&app, "Task_1", "ForerLegeerklaering", &data).pages().unwrap();
    let page = &pages.pages[0];
    assert_eq!(page.all_items().len(), 23);
    assert!(!has_content(page, is_not_rendered));
    assert!(field(page, "Pasient_Fnr").read_only);
    let html = html(&pages, &page.name);
    for shown in ["<select", "<textarea", "type=\"radio\"", "17858296439", "value=\"submit\""] {
        assert!(html.contains(shown), "{shown}");
    }
    let group = page.fields().find(|field| field.control == Control::Dropdown).unwrap();
    assert!(group.options.len() > 2 && group.required);
}

#[test]
fn both_steps_of_the_signing_test_are_rendered_wholly() {
    let Some(app) = app_of_others("signing-test") else { return };
    assert_eq!(RenderedComponents::of(&app).not_rendered.len(), 0);
    let data = json!({"form": {"name": "Fjordbrød", "income": "1200", "sources": [{"type": "pqohv1"}]}});
    let form = view(&app, "Task_1", "data", &data).pages().unwrap();
    assert!(form.pages.iter().all(|page| !has_content(page, is_not_rendered)));
    assert_eq!(field(&form.pages[0], "Input-income").shown, "1 200 000 NOK");

    let context = Context::default().with_model("data", &data).with_allowed_action("sign");
    let signing = FormView::new(&app, "Task_2", context).pages().unwrap();
    assert_eq!(signing.pages.iter().map(|page| page.name.as_str()).collect::<Vec<_>>(), ["Confirm"]);
    let shown = html(&signing, "Confirm");
    assert!(shown.contains("value=\"action:sign\"") && shown.contains("value=\"action:reject\""));
    assert!(shown.contains("<dd>Fjordbrød</dd>") && shown.contains("Daglig leders bekreftelse"));
    // The statement is Markdown: four number signs and two stars.
    assert!(shown.contains("Jeg bekrefter") && !shown.contains("####") && !shown.contains("**"));

    let stranger = view(&app, "Task_2", "data", &data).pages().unwrap();
    assert_eq!(stranger.pages.iter().map(|page| page.name.as_str()).collect::<Vec<_>>(), ["NoAccess"]);
}

#[test]
fn what_takes_the_agencys_code_is_counted_by_its_kind() {
    let Some(app) = app_of_others("payment-test") else { return };
    let counted = RenderedComponents::of(&app);
    // The options of a list come from the app's code.
    assert_eq!(counted.options_of_code.keys().collect::<Vec<_>>(), ["Dropdown"]);
    assert!(counted.rendered > 90, "{counted}");
    assert!(counted.to_string().ends_with("; options of the agency's code: Dropdown (2)"), "{counted}");
}

#[test]
fn every_page_of_every_app_is_worked_out() {
    for name in OTHERS {
        let Some(app) = app_of_others(name) else { continue };
        assert!(RenderedComponents::of(&app).not_rendered.is_empty(), "{name}");
        for task in app.process().tasks() {
            let Some(set) = app.layouts_of(&task.id) else { continue };
            let data_type = set.data_type.clone().unwrap_or_default();
            let data = json!({});
            // A task may look at the forms of others.
            let types = app.metadata().data_types().iter().filter(|known| known.is_form());
            let others = types.map(|known| known.id.as_str()).filter(|id| *id != data_type);
            let context = Context::default().with_model(&data_type, &data).with_language(Language::Nb);
            let context = others.fold(context, |context, other| context.with_model(other, &data));
            let pages = FormView::new(&app, &task.id, context).pages();
            let pages = pages.unwrap_or_else(|failure| panic!("{name} {}: {failure}", task.id));
            pages.pages.iter().for_each(|page| assert!(html(&pages, &page.name).contains("</form>")));
        }
    }
}
