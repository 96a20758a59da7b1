//! What a browser sends back.

use std::sync::OnceLock;

use altinn_services::form_page::{FormPost, PostError, Press};
use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The sample app, read once.
fn sample() -> &'static AppDefinition {
    static APP: OnceLock<AppDefinition> = OnceLock::new();
    APP.get_or_init(sample_app)
}

/// Fills in what was sent from a page of the sample app.
fn fill_in(page: &str, data: &Value, body: &str) -> Result<Value, PostError> {
    let pages = pages(sample(), data);
    let mut forms = forms(data);
    let changed =
        FormPost::parse(body.as_bytes(), &["csrf"])?.fill_in(pages.page(page).unwrap(), &mut forms)?;
    let form = forms.remove(FORM).unwrap();
    assert_eq!(changed.contains(FORM), form != *data);
    Ok(form)
}

#[test]
fn a_page_that_nobody_changed_comes_back_as_it_was() {
    let app = sample_app();
    let data = filled_in();
    for page in &pages(&app, &data).pages {
        assert_eq!(fill_in(&page.name, &data, &as_sent(page)).unwrap(), data, "{}", page.name);
    }
}

#[test]
fn an_empty_form_is_filled_in_page_by_page_to_the_whole() {
    let app = sample_app();
    let whole = filled_in();
    // The rows are there before anything is filled in them.
    let mut data = json!({"employees": [{}, {}]});
    for page in &pages(&app, &whole).pages {
        data = fill_in(&page.name, &data, &as_sent(page)).unwrap();
    }
    assert_eq!(data, whole);
}

#[test]
fn values_get_the_types_of_the_schema() {
    let data = filled_in();
    let changed = fill_in("business", &data, "area=1+234&opening-date=2027-03-01&telephone=").unwrap();
    assert_eq!(changed["premises"]["areaInSquareMetres"], json!(1234));
    assert_eq!(changed["premises"]["openingDate"], json!("2027-03-01"));
    assert!(changed["applicant"].get("telephone").is_none(), "what is sent empty is taken away");
    let changed = fill_in("business", &data, "area=stort").unwrap();
    assert_eq!(changed["premises"]["areaInSquareMetres"], json!("stort"), "kept, and told by the schema");
    let changed =
        fill_in("food", &data, "food-kinds=&food-kinds=cakes&employee-course-1=true&remarks=a%0D%0Ab")
            .unwrap();
    assert_eq!(changed["foodKinds"], json!(["cakes"]));
    assert_eq!(changed["employees"][1]["hygieneCourse"], json!(true));
    assert_eq!(changed["remarks"], json!("a\nb"));
    assert!(fill_in("food", &data, "food-kinds=").unwrap().get("foodKinds").is_none());
}

#[test]
fn rows_come_and_go_with_what_was_filled_in_at_the_same_time() {
    let data = filled_in();
    let added = fill_in("food", &data, "employee-name-0=Kari&do=add%3Aemployees").unwrap();
    assert_eq!(added["employees"].as_array().unwrap().len(), 3);
    assert_eq!(added["employees"][0]["name"], "Kari");
    let removed = fill_in("food", &data, "do=remove:0:employees").unwrap();
    assert_eq!(removed["employees"], json!([data["employees"][1]]));
    let first = fill_in("food", &json!({}), "do=add:employees").unwrap();
    assert_eq!(first, json!({"employees": [{}]}));
}

#[test]
fn names_that_are_not_the_pages_are_refused_and_nothing_is_written() {
    let data = filled_in();
    let hostile = [
        "applicant.name=x",
        "/applicant/name=x",
        "__proto__=x",
        "constructor.prototype=x",
        "employee-name-2=x",
        "employee-name--1=x",
        "employee-name-0.name=x",
        "employees=x",
        "altinnRowId=x",
        "heading-business=x",
        "floor-plan=x",
        "%00=x",
        "=x",
        "email[]=x",
        "premises-address=x",
        "remarks=x",
    ];
    for body in hostile {
        let refused = fill_in("business", &data, &format!("email=a%40b.no&{body}"));
        assert!(matches!(refused, Err(PostError::UnknownField { .. })), "{body}: {refused:?}");
    }
    let personal = fill_in("business", &data, "name-17858296439=x").unwrap_err();
    assert!(!personal.to_string().contains("17858296439"), "{personal}");
}

#[test]
fn what_can_only_be_read_can_not_be_sent() {
    let app = sample_app();
    let data = filled_in();
    let pages = view(&app, TASK, FORM, &data).read_only().pages().unwrap();
    let post = FormPost::parse(b"email=x%40y.no", &[]).unwrap();
    let refused = post.fill_in(pages.page("business").unwrap(), &mut forms(&data));
    assert!(matches!(refused, Err(PostError::UnknownField { name }) if name == "email"));
}

#[test]
fn a_value_that_can_not_be_chosen_is_refused() {
    let data = filled_in();
    let not_an_option = |name: &str| Err(PostError::NotAnOption { name: name.to_owned() });
    assert_eq!(fill_in("food", &data, "food-kinds=gold"), not_an_option("food-kinds"));
    assert_eq!(fill_in("food", &data, "employee-work-0=boss"), not_an_option("employee-work-0"));
    let twice = fill_in("food", &data, "employee-work-0=baker&employee-work-0=shop");
    assert_eq!(twice, Err(PostError::Twice { name: "employee-work-0".into() }));
}

#[test]
fn buttons_that_are_not_the_pages_are_refused() {
    let data = filled_in();
    for press in [
        "add:employee-name-0",
        "add:nothing",
        "remove:2:employees",
        "remove:x:employees",
        "explode",
        "remove",
    ] {
        let refused = fill_in("food", &data, &format!("do={press}"));
        assert_eq!(refused, Err(PostError::UnknownButton), "{press}");
    }
    let press = |body: &str| FormPost::parse(body.as_bytes(), &[]).unwrap().press().clone();
    assert_eq!(press("do=action%3Asign"), Press::Action("sign".into()));
    assert_eq!(press("do=page:food"), Press::Page("food".into()));
    assert_eq!(press("email=x"), Press::Save);
}

#[test]
fn the_portals_own_fields_are_left_out() {
    let data = filled_in();
    assert_eq!(fill_in("business", &data, "csrf=secret").unwrap(), data);
}

#[test]
fn a_post_that_is_too_large_or_no_text_is_refused() {
    assert!(matches!(FormPost::parse(&vec![b'a'; 2_000_000], &[]), Err(PostError::TooLarge { .. })));
    assert_eq!(FormPost::parse("a=b&".repeat(30_000).as_bytes(), &[]), Err(PostError::TooManyFields));
    for body in ["a=%FF", "a=%4", "%zz=1", "a=%C3"] {
        assert_eq!(FormPost::parse(body.as_bytes(), &[]), Err(PostError::NotEncoded { field: 1 }), "{body}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_give_an_answer(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let data = filled_in();
        if let Ok(post) = FormPost::parse(&body, &[])
            && let Err(refused) = post.fill_in(pages(sample(), &data).page("food").unwrap(), &mut forms(&data))
        {
            prop_assert!(refused.code().starts_with("POST-"));
        }
    }

    #[test]
    fn only_what_the_page_is_bound_to_changes(value in "\\PC{0,40}") {
        let data = filled_in();
        let body: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mut changed = fill_in("business", &data, &format!("business-name={body}")).unwrap();
        prop_assert_eq!(changed["applicant"].get("name").and_then(Value::as_str).unwrap_or_default(), value);
        changed["applicant"]["name"] = data["applicant"]["name"].clone();
        prop_assert_eq!(changed, data);
    }
}
