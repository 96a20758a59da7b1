//! `altinn run`: a folder is served, and its form filled in in a browser, to the receipt.
#![cfg(all(feature = "axum", feature = "cli", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use altinn_archive::Receipt;
use altinn_auth::testing::{TestBrowser, TestPage};
use altinn_core::testing::report;
use serde_json::Value;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");

/// The command while it serves, and a browser that somebody has logged in with.
struct Served {
    process: Child,
    url: String,
    browser: TestBrowser,
    _kept: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    async fn folder(folder: &Path) -> (Self, TestPage) {
        let kept = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_altinn"))
            .args(["run", "--port", "0", "--json", "--keep"])
            .args([kept.path(), folder])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(said) = serde_json::from_str::<Value>(&line) else {
            let mut error = String::new();
            process.stderr.take().unwrap().read_to_string(&mut error).unwrap();
            panic!("{error}");
        };
        let url = said["url"].as_str().unwrap().to_owned();
        let mut served = Self { process, url, browser: TestBrowser::new().unwrap(), _kept: kept };
        let id_porten = served.browser.get(&served.url).await.unwrap();
        let page = served.log_in(&id_porten).await;
        (served, page)
    }

    /// Picks the first person of the fake ID-porten's page.
    async fn log_in(&mut self, page: &TestPage) -> TestPage {
        let text = page.text();
        let fields = [
            ("request", between(&text, "name=\"request\" value=\"", "\"")),
            ("acr", "idporten-loa-high"),
            ("person", between(&text, "name=\"person\" value=\"", "\"")),
        ];
        self.browser.submit(&page.url, &fields).await.unwrap()
    }

    /// Follows the first link or sends the first form of a page whose address begins so.
    async fn get(&mut self, page: &TestPage, link: &str) -> TestPage {
        let to = format!("{link}{}", between(&page.text(), &format!("href=\"{link}"), "\""));
        self.browser.get(&format!("{}{to}", self.url)).await.unwrap()
    }

    /// Sends the form of a page with what is filled in, and the button that is pressed.
    async fn send(&mut self, page: &TestPage, fields: &[(&str, &str)]) -> TestPage {
        let text = page.text();
        let form = text.split("<form ").find(|form| form.contains("name=\"form_token\"")).unwrap();
        let action = between(form, "action=\"", "\"");
        let mut all = fields.to_vec();
        for own in ["form_token", "version", "task"] {
            let field = format!("name=\"{own}\" value=\"");
            if form.contains(&field) {
                all.push((own, between(form, &field, "\"")));
            }
        }
        self.browser.submit(&format!("{}{action}", self.url), &all).await.unwrap()
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no `{before}` in {text}")).1;
    rest.split(after).next().unwrap()
}

fn shows(page: &TestPage, text: &str) {
    assert!(page.status().is_success(), "{}: {}", page.status(), page.text());
    assert!(page.text().contains(text), "no `{text}` in {}", page.text());
}

/// The receipt that a page offers.
async fn receipt(served: &mut Served, page: &TestPage) -> Receipt {
    shows(page, "Innsendingen er mottatt");
    let json = served.browser.get(&format!("{}/receipt.json", page.url)).await.unwrap();
    let pdf = served.browser.get(&format!("{}/receipt.pdf", page.url)).await.unwrap();
    assert!(pdf.answer.body().starts_with(b"%PDF-"));
    json.text().parse().unwrap()
}

#[tokio::test]
async fn the_sample_app_is_filled_in_signed_and_received() {
    let (mut served, front) = Served::folder(Path::new(SAMPLE)).await;
    shows(&front, "Søknad om godkjenning av bakeri");
    let start = served.get(&front, "/forms/").await;
    let business = served.send(&start, &[]).await;
    shows(&business, "side 1 av 3");
    let fields = [
        ("organisation-number", "312345005"),
        ("business-name", "Fjordbrød <AS>"),
        ("email", "no address"),
        ("premises-address.address", "Kaigata 7"),
        ("premises-address.zipCode", "5003"),
        ("premises-address.postPlace", "Bergen"),
        ("area", "140"),
        ("opening-date", "2027-02-01"),
        ("do", "next"),
    ];
    let food = served.send(&business, &fields).await;
    shows(&food, "side 2 av 3");
    let fields = [("food-kinds", "bread"), ("own-control", "true"), ("do", "add:employees")];
    let food = served.send(&food, &fields).await;
    let fields = [
        ("employee-name-0", "Solveig Steinbakk"),
        ("employee-work-0", "baker"),
        ("employee-course-0", "true"),
        ("do", "next"),
    ];
    let review = served.send(&food, &fields).await;
    shows(&review, "Fjordbrød &lt;AS&gt;");
    let wrong = served.send(&review, &[("do", "submit")]).await;
    shows(&wrong, "href=\"#f-email\"");
    let food = served.send(&wrong, &[("email", "post@fjordbrod.example"), ("do", "next")]).await;
    let review = served.send(&food, &[("do", "next")]).await;
    let signing = served.send(&review, &[("do", "submit")]).await;
    shows(&signing, "value=\"action:sign\"");
    let done = served.send(&signing, &[("do", "action:sign")]).await;
    let receipt = receipt(&mut served, &done).await;
    assert_eq!(receipt.fields().service, "ttd/bakery-licence");
    let url = served.url.clone();
    shows(&served.browser.get(&url).await.unwrap(), "Påbegynt og sendt");
}

#[tokio::test]
async fn a_service_that_was_made_without_studio_is_filled_in_and_received() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/services/food-tip");
    let (mut served, front) = Served::folder(&folder).await;
    let start = served.get(&front, "/forms/").await;
    let form = served.send(&start, &[]).await;
    let wrong = served.send(&form, &[("place", "Kafé Bortenfor"), ("do", "submit")]).await;
    shows(&wrong, "href=\"#f-what\"");
    let mut done = served.send(&wrong, &[("what", "Ingen vasket hendene."), ("do", "submit")]).await;
    // A worker does what the agency's code would do.
    for _ in 0..200 {
        if !done.text().contains("Vi arbeider med saken") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        done = served.browser.get(&done.url).await.unwrap();
    }
    receipt(&mut served, &done).await;
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let (mut served, front) = Served::folder(Path::new(SAMPLE)).await;
    let start = served.get(&front, "/forms/").await;
    let url = format!("{}/forms/ttd/bakery-licence", served.url);
    let refused = served.browser.submit(&url, &[("form_token", "of another session")]).await.unwrap();
    assert_eq!(refused.status().as_u16(), 403);
    let policy = start.answer.header(&altinn_core::http::header::CONTENT_SECURITY_POLICY);
    assert!(policy.unwrap().starts_with("default-src 'none'"));
}

#[tokio::test]
async fn an_app_that_others_made_is_filled_in_and_received() {
    let Some(folder) = app_of_others("forer-legeerklaering/src/App") else { return };
    let (mut served, front) = Served::folder(&folder).await;
    let start = served.get(&front, "/forms/").await;
    let form = served.send(&start, &[]).await;
    let group = between(&form.text(), "<option value=\"\">", "</select>").to_owned();
    let group = between(&group, "<option value=\"", "\"");
    let fields = [("Forer_Kjoretoygruppe", group), ("Forer_ErSkikket", "true"), ("do", "submit")];
    let done = served.send(&form, &fields).await;
    receipt(&mut served, &done).await;
}

/// The folder of an app that others made, unless it is not there.
fn app_of_others(name: &str) -> Option<PathBuf> {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let folder = corpora.join("altinn-apps").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    report(format_args!("skipped: no app at {}", folder.display()));
    None
}

#[test]
fn what_is_no_form_is_refused_with_the_reason() {
    let lookup = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/services/organization-lookup");
    for (folder, why) in [(lookup, "expected type `submission`"), ("/no/such/folder", "/no/such/folder")] {
        let kept = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_altinn"))
            .args(["run", "--port", "0", folder, "--keep"])
            .arg(kept.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(why), "{said}");
    }
}
