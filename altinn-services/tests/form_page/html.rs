//! Pages as HTML.

use altinn_services::form::{Issue, IssueCode};
use serde_json::json;

use super::*;

/// Reads HTML as XML would be, which this HTML also is but for attributes without a value and tags that end themselves.
fn assert_balanced(html: &str) {
    let void = ["input", "br"];
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("a tag does not end: {part}"));
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "in {html}");
        } else if !void.contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_page_is_well_formed_and_its_labels_and_references_lead_to_something() {
    let app = sample_app();
    let data = filled_in();
    let issue =
        Issue::error(IssueCode::Format, "/applicant/email", altinn_core::Text::new(Language::Nb, "Feil."));
    let pages = view(&app, TASK, FORM, &data).with_issues(FORM, [issue]).pages().unwrap();
    for page in &pages.pages {
        let html = HtmlForm::new(&pages, page, Language::Nb, "/form").with_files("/files").to_html();
        assert_balanced(&html);
        let ids = ids(&html);
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "an id is there twice on {}", page.name);
        for attribute in [" for=\"", " aria-describedby=\"", " aria-labelledby=\"", " href=\"#", " form=\""] {
            for target in html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(target.split(' ').all(|id| ids.contains(&id)), "{attribute}{target}");
            }
        }
    }
}

#[test]
fn whatever_is_filled_in_or_said_is_escaped() {
    let app = sample_app();
    let mut data = filled_in();
    let hostile = "\"><script>alert(1)</script>'&\u{0}";
    data["applicant"]["name"] = json!(hostile);
    data["employees"][0]["name"] = json!(hostile);
    data["remarks"] = json!("</textarea><img src=x onerror=alert(1)>");
    let said = altinn_core::Text::new(Language::Nb, "<b onclick=x>Feil</b>");
    let issue = Issue::error(IssueCode::Format, "/applicant/name", said);
    let pages = view(&app, TASK, FORM, &data).with_issues(FORM, [issue]).pages().unwrap();
    for page in &pages.pages {
        let html = HtmlForm::new(&pages, page, Language::Nb, "/form?a=\"b\"&c")
            .with_hidden("<n>", hostile)
            .to_html();
        assert_balanced(&html);
        for tag in ["<script", "<img", "<b ", "onclick=x>", "\u{0}", "action=\"/form?a=\"b"] {
            assert!(!html.contains(tag), "{tag} on {}", page.name);
        }
    }
}

#[test]
fn what_is_wrong_is_linked_from_the_summary_and_read_with_the_field() {
    let app = sample_app();
    let data = filled_in();
    let said = altinn_core::Text::new(Language::Nb, "Skriv en e-postadresse.");
    let issue = Issue::error(IssueCode::Format, "/applicant/email", said);
    let pages = view(&app, TASK, FORM, &data).with_issues(FORM, [issue]).pages().unwrap();
    let html = html(&pages, "business");
    assert!(
        html.contains("<a class=\"ds-link\" href=\"#f-email\">E-postadresse: Skriv en e-postadresse.</a>")
    );
    assert!(html.contains("aria-describedby=\"f-email-error\"") && html.contains("id=\"f-email-error\""));
    assert!(html.contains("aria-invalid=\"true\""));
    assert!(html.find("error-summary").unwrap() < html.find("<form").unwrap());
}

#[test]
fn controls_say_what_browsers_and_screen_readers_need() {
    let app = sample_app();
    let pages = pages(&app, &filled_in());
    let business = html(&pages, "business");
    for part in [
        "type=\"email\" inputmode=\"email\"",
        "autocomplete=\"organization\"",
        "inputmode=\"numeric\"",
        "type=\"date\" value=\"2027-02-01\"",
        "maxlength=\"175\"",
        "<label class=\"ds-label\" for=\"f-telephone\">Telefonnummer <span class=\"ds-tag\">(valgfritt)</span></label>",
    ] {
        assert!(business.contains(part), "{part}");
    }
    let food = html(&pages, "food");
    for part in [
        "<legend class=\"ds-label\">Ansatte som håndterer mat</legend>",
        "value=\"add:employees\">Legg til en ansatt</button>",
        "value=\"remove:1:employees\">Slett<span class=\"ds-sr-only\"> Ansatte som håndterer mat 2</span></button>",
        "<input type=\"hidden\" name=\"food-kinds\" value=\"\">",
        "value=\"bread\" checked",
    ] {
        assert!(food.contains(part), "{part}");
    }
}

#[test]
fn texts_are_markdown_whose_links_lead_to_the_web_only() {
    let app = sample_app();
    let mut data = filled_in();
    data["employees"][0]["hygieneCourse"] = json!(false);
    let food = html(&pages(&app, &data), "food");
    assert!(food.contains("<strong>innen tre måneder</strong>"));
    assert!(food.contains("href=\"https://mathygiene.example\" rel=\"noopener noreferrer\""));
}
