//! What pages show.

use altinn_services::form::{Issue, IssueCode, Severity};
use altinn_services::form_page::{Content, Control, Purpose, SummaryPart};
use serde_json::json;

use super::*;

#[test]
fn pages_come_in_the_order_of_the_settings_and_know_their_neighbours() {
    let app = sample_app();
    let pages = pages(&app, &filled_in());
    let names: Vec<_> = pages.pages.iter().map(|page| (page.name.as_str(), page.title.to_plain())).collect();
    assert_eq!(names[0], ("business", "Virksomheten og lokalene".to_owned()));
    assert_eq!(names.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["business", "food", "review"]);
    assert_eq!(pages.before("business"), None);
    assert_eq!(pages.after("business").map(|page| page.name.as_str()), Some("food"));
    assert_eq!(pages.after("review"), None);
}

#[test]
fn a_field_has_its_texts_its_value_and_how_it_is_filled_in() {
    let app = sample_app();
    let pages = pages(&app, &filled_in());
    let page = pages.page("business").unwrap();
    let number = field(page, "organisation-number");
    assert_eq!(number.label.to_plain(), "Organisasjonsnummer");
    assert!(number.description.as_ref().unwrap().to_plain().contains("Enhetsregisteret"));
    assert!(number.required && !number.read_only && number.control == Control::Line);
    assert_eq!(
        (number.value.as_str(), number.pointer.as_deref()),
        (Some("312345005"), Some("/applicant/organisationNumber"))
    );
    assert_eq!(field(page, "email").control, Control::Email);
    assert_eq!(field(page, "business-name").max_length, Some(175));
    let area = field(page, "area");
    assert_eq!((area.control, area.shown.as_str()), (Control::Integer, "140 m²"));
    assert_eq!(field(page, "opening-date").control, Control::Date);
    assert_eq!(field(page, "premises-address.zipCode").autocomplete.as_deref(), Some("postal-code"));
}

#[test]
fn rows_options_and_labels_follow_the_data_and_the_language() {
    let app = sample_app();
    let data = filled_in();
    let context = Context::default().with_model(FORM, &data).with_language(Language::En);
    let pages = FormView::new(&app, TASK, context).pages().unwrap();
    let page = pages.page("food").unwrap();
    let Some(Content::Rows(rows)) = item(page, "employees").map(|item| &item.content) else {
        panic!("no rows")
    };
    assert_eq!(rows.rows.len(), 2);
    assert_eq!(rows.add_label.as_deref(), Some("Add an employee"));
    assert_eq!(field(page, "employee-work-0").shown, "Baker");
    assert_eq!(field(page, "employee-course-1").shown, "No");
    assert_eq!(field(page, "employee-name-1").pointer.as_deref(), Some("/employees/1/name"));
    assert_eq!(field(page, "food-kinds").shown, "Bread, Cakes");
}

#[test]
fn what_an_expression_hides_is_not_there() {
    let app = sample_app();
    let mut data = filled_in();
    let shown = |data: &Value| item(pages(&app, data).page("food").unwrap(), "course-missing").is_some();
    assert!(!shown(&data));
    data["employees"][0]["hygieneCourse"] = json!(false);
    assert!(shown(&data));
}

#[test]
fn what_the_user_may_do_decides_which_buttons_there_are() {
    let app = sample_app();
    let data = filled_in();
    let buttons = |context: Context<'_>| -> Vec<Purpose> {
        let pages = FormView::new(&app, "Task_Signing", context).pages().unwrap();
        let items = pages.pages[0].all_items();
        items
            .iter()
            .filter_map(|item| match &item.content {
                Content::Button(button) => Some(button.purpose.clone()),
                _ => None,
            })
            .collect()
    };
    assert_eq!(buttons(Context::default().with_model(FORM, &data)), []);
    let may_sign = Context::default().with_model(FORM, &data).with_allowed_action("sign");
    assert_eq!(buttons(may_sign), [Purpose::Action("reject".into()), Purpose::Action("sign".into())]);
}

#[test]
fn issues_stand_at_the_field_and_what_has_no_field_at_the_form() {
    let app = sample_app();
    let data = filled_in();
    let issue =
        |path: &str| Issue::error(IssueCode::Format, path, altinn_core::Text::new(Language::Nb, "Feil."));
    let view = view(&app, TASK, FORM, &data);
    let view =
        view.with_issues(FORM, [issue("/applicant/email"), issue("/employees/1/name"), issue("/nowhere")]);
    let pages = view.pages().unwrap();
    assert_eq!(field(pages.page("business").unwrap(), "email").issues[0].severity, Severity::Error);
    assert_eq!(field(pages.page("food").unwrap(), "employee-name-1").issues.len(), 1);
    assert!(field(pages.page("food").unwrap(), "employee-name-0").issues.is_empty());
    assert_eq!(pages.issues.len(), 1);
}

#[test]
fn what_is_missing_is_told_by_the_layouts() {
    let app = sample_app();
    let mut data = filled_in();
    assert_eq!(pages(&app, &data).unmet(), []);
    data["applicant"]["name"] = json!("");
    data["employees"][1].as_object_mut().unwrap().remove("work");
    let missing = pages(&app, &data).unmet();
    let paths: Vec<_> = missing.iter().map(|(form, issue)| (form.as_str(), issue.path.as_str())).collect();
    assert_eq!(paths, [(FORM, "/applicant/name"), (FORM, "/employees/1/work")]);
}

#[test]
fn a_summary_shows_other_pages_and_rows_as_a_table() {
    let app = sample_app();
    let pages = pages(&app, &filled_in());
    let review = pages.page("review").unwrap();
    let Some(Content::Summary(summary)) = item(review, "summary").map(|item| &item.content) else { panic!() };
    let table = summary.parts.iter().find_map(|part| match part {
        SummaryPart::Table { columns, rows, .. } => Some((columns.clone(), rows.clone())),
        _ => None,
    });
    let (columns, rows) = table.unwrap();
    assert_eq!(columns, ["Navn", "Arbeid", "Har kurs i mathygiene"]);
    assert_eq!(rows[1], ["Aron Lerkevik", "Butikk", "Nei"]);
    let entry = |label: &str| {
        summary.parts.iter().find_map(|part| match part {
            SummaryPart::Entry { label: own, value } if own == label => Some(value.clone()),
            _ => None,
        })
    };
    assert_eq!(entry("Når åpner bakeriet?").as_deref(), Some("01.02.2027"));
    assert_eq!(entry("Telefonnummer").as_deref(), Some("+47 400 00 000"));
}

#[test]
fn nobody_who_may_not_write_gets_a_field_to_fill_in() {
    let app = sample_app();
    let data = filled_in();
    let pages = view(&app, TASK, FORM, &data).read_only().pages().unwrap();
    assert!(pages.pages.iter().all(|page| page.fields().all(|field| field.read_only)));
    assert!(!html(&pages, "food").contains("name=\"employee-name-0\""));
}

#[test]
fn debug_output_shows_nothing_that_was_filled_in() {
    let app = sample_app();
    let shown = format!("{:?}", pages(&app, &filled_in()));
    assert!(shown.contains("organisation-number"));
    for personal in ["312345005", "Solveig", "Kaigata"] {
        assert!(!shown.contains(personal), "{personal}");
    }
}
