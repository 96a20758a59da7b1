//! Files that somebody says what they are (`FileUploadWithTag`).

use altinn_services::form_page::{Attachment, PostError};
use serde_json::json;
use tempfile::TempDir;

use super::components::with_page;
use super::*;

fn tagged() -> (TempDir, AppDefinition) {
    with_page(&json!([{
        "id": "floor-plan", "type": "FileUploadWithTag", "optionsId": "food-kinds", "maxNumberOfAttachments": 3,
        "textResourceBindings": {"title": "Filer", "tagTitle": "Hva viser filen?"},
    }]))
}

fn with_files(app: &AppDefinition, data: &Value, read_only: bool) -> FormPages {
    let view = view(app, TASK, FORM, data)
        .with_attachment(Attachment::new("one", "floor-plan", "brød.pdf", 10).with_tag(Some("bread".into())))
        .with_attachment(Attachment::new("two", "floor-plan", "<ukjent>.pdf", 20));
    let view = if read_only { view.read_only() } else { view };
    view.pages().unwrap()
}

fn files_html(pages: &FormPages) -> String {
    HtmlForm::new(pages, pages.page("food").unwrap(), Language::Nb, "/form").with_files("/files").to_html()
}

#[test]
fn each_file_has_a_choice_of_its_own_and_the_next_one_too() {
    let (_folder, app) = tagged();
    assert!(RenderedComponents::of(&app).not_rendered.is_empty());
    let data = json!({});
    let pages = with_files(&app, &data, false);
    let html = files_html(&pages);
    assert!(html.contains("<option value=\"bread\" selected>Brød</option>"), "{html}");
    for name in ["tag:one", "tag:two", "tag:floor-plan"] {
        assert_eq!(html.matches(&format!("name=\"{name}\"")).count(), 1, "{html}");
    }
    assert!(
        html.contains("Hva viser filen?<span class=\"ds-sr-only\">: &lt;ukjent&gt;.pdf</span>"),
        "{html}"
    );
    let read = files_html(&with_files(&app, &data, true));
    assert!(read.contains("<p>Hva viser filen?: Brød</p>") && !read.contains("<select"), "{read}");
}

#[test]
fn a_file_that_nobody_has_said_what_it_is_keeps_the_page_from_being_left() {
    let (_folder, app) = tagged();
    let data = json!({});
    let unmet = with_files(&app, &data, false).unmet();
    let of_files: Vec<_> = unmet.iter().filter(|(of, _)| of == "floor-plan").collect();
    assert_eq!(of_files.len(), 1);
    let (of, issue) = of_files[0];
    assert_eq!((issue.path.as_str(), issue.code.as_str()), ("/two", "FORM-REQUIRED"));
    assert_eq!(issue.detail.in_language(Language::Nn), "Vel kva slags fil det er.");
    assert!(with_files(&app, &data, true).unmet().iter().all(|(of, _)| of != "floor-plan"));

    let view = view(&app, TASK, FORM, &data)
        .with_attachment(Attachment::new("two", "floor-plan", "to.pdf", 20))
        .with_issues(of, [issue.clone()]);
    let pages = view.pages().unwrap();
    assert!(pages.page("food").unwrap().is_wrong() && pages.issues.is_empty());
    let html = files_html(&pages);
    assert!(html.contains("href=\"#f-floor-plan-tag-two\">to.pdf: Velg hva slags fil det er.</a>"), "{html}");
    assert!(
        html.contains(
            "name=\"tag:two\" aria-describedby=\"f-floor-plan-tag-two-error\" aria-invalid=\"true\""
        )
    );
}

#[test]
fn only_what_the_page_offers_is_taken() {
    let (_folder, app) = tagged();
    let data = json!({});
    let pages = with_files(&app, &data, false);
    let page = pages.page("food").unwrap();
    let sent = |body: &str| FormPost::parse(body.as_bytes(), &[]).unwrap();
    let post = sent("tag%3Aone=bread&tag%3Atwo=cakes&tag%3Afloor-plan=");
    assert!(post.fill_in(page, &mut forms(&data)).unwrap().is_empty());
    assert_eq!(post.tags(page).collect::<Vec<_>>(), [("two", "cakes")], "what stays as it was is not told");
    for (body, error) in [
        ("tag%3Aone=gold", "POST-NOT-AN-OPTION"),
        ("tag%3Athree=bread", "POST-UNKNOWN-FIELD"),
        ("tag%3Aone=bread&tag%3Aone=cakes", "POST-FIELD-TWICE"),
    ] {
        let refused = sent(body).fill_in(page, &mut forms(&data)).map_err(|error| PostError::code(&error));
        assert_eq!(refused, Err(error), "{body}");
    }
    let read_only = with_files(&app, &data, true);
    let refused = sent("tag%3Aone=cakes").fill_in(read_only.page("food").unwrap(), &mut forms(&data));
    assert!(matches!(refused, Err(PostError::UnknownField { .. })), "{refused:?}");
}

#[test]
fn a_summary_says_what_files_are() {
    let (_folder, app) = with_page(&json!([
        {"id": "floor-plan", "type": "FileUploadWithTag", "optionsId": "food-kinds", "renderAsSummary": true,
            "textResourceBindings": {"title": "Filer"}},
    ]));
    let data = json!({});
    let pages = with_files(&app, &data, false);
    assert!(html(&pages, "food").contains("brød.pdf (Brød), &lt;ukjent&gt;.pdf"), "{}", html(&pages, "food"));
}
