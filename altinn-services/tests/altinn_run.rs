//! `altinn run`: a folder is served, and its form filled in in a browser, to the receipt.
#![cfg(all(feature = "axum", feature = "cli", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

#[path = "altinn_run/begins.rs"]
mod begins;
#[path = "own_app/mod.rs"]
mod own_app;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use altinn_archive::Receipt;
use altinn_auth::testing::{TestBrowser, TestPage};
use altinn_core::http::HttpRequest;
use altinn_core::testing::report;
use serde_json::{Value, json};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");
const MARKET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/town-market");
/// The fields of the market's first page, as they are to be.
const BUSINESS: [(&str, &str); 4] =
    [("name", "Fjordbrød"), ("day", "sunday"), ("sells-food", "true"), ("helper-name-0", "Ola Hjelper")];

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
        let mut served = Self::open(folder);
        let id_porten = served.browser.get(&served.url.clone()).await.unwrap();
        let page = served.log_in(&id_porten).await;
        (served, page)
    }

    /// With somebody logged in to a service that is open to anyone.
    async fn open_to(folder: &Path) -> Self {
        let mut served = Self::open(folder);
        let url = format!("{}/oauth2/login?redirect=%2F&level=idporten-loa-high&locale=nb", served.url);
        let id_porten = served.browser.get(&url).await.unwrap();
        served.log_in(&id_porten).await;
        served
    }

    /// With nobody logged in.
    fn open(folder: &Path) -> Self {
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
        Self { process, url, browser: TestBrowser::new().unwrap(), _kept: kept }
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
        let (action, own) = own_fields(&text);
        let own: Vec<_> = own.into_iter().map(|(name, value)| (name, read_back(value))).collect();
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = fields.iter().copied().chain(own).collect();
        self.browser.submit(&format!("{}{action}", self.url), &all).await.unwrap()
    }

    /// The same with a file, as browsers send a page that takes files.
    async fn send_file(
        &mut self,
        page: &TestPage,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> TestPage {
        let text = page.text();
        assert!(text.contains("enctype=\"multipart/form-data\""), "{text}");
        let (action, own) = own_fields(&text);
        let mut body = Vec::new();
        let own = own.into_iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name));
        for (name, value) in fields.iter().copied().chain(own) {
            body.extend(
                format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        let (data_type, name, content) = file;
        let field = format!("form-data; name=\"file:{data_type}\"; filename=\"{name}\"");
        let kind = if name.ends_with(".pdf") { "application/pdf" } else { "application/octet-stream" };
        body.extend(
            format!("--part\r\nContent-Disposition: {field}\r\nContent-Type: {kind}\r\n\r\n").bytes(),
        );
        body.extend(content);
        body.extend(b"\r\n--part--\r\n");
        let url = format!("{}{action}", self.url);
        let request = HttpRequest::post(&url).unwrap().body("multipart/form-data; boundary=part", body);
        let answer = self.browser.send(request, &url).await.unwrap();
        match answer.redirect() {
            Some(next) => self.browser.get(&next).await.unwrap(),
            None => answer,
        }
    }
}

/// Where the form of a page is sent, and the fields in it that are not filled in.
fn own_fields(text: &str) -> (&str, Vec<(&str, &str)>) {
    let form = text.split("<form ").find(|form| form.contains("name=\"form_token\"")).unwrap();
    let all = ["form_token", "version", "task", "form_page", "form_data"].into_iter();
    let own = all.filter_map(|own| {
        let field = format!("name=\"{own}\" value=\"");
        form.contains(&field).then(|| (own, between(form, &field, "\"")))
    });
    (between(form, "action=\"", "\""), own.collect())
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

/// The market's application up to its stalls.
async fn market() -> (Served, TestPage) {
    let (mut served, front) = Served::folder(Path::new(MARKET)).await;
    let start = served.get(&front, "/forms/").await;
    let market = served.send(&start, &[]).await;
    // What is chosen as long as nobody chooses, and a page that is checked before anybody goes on.
    shows(&market, "value=\"saturday\" checked");
    let wrong = served.send(&market, &[("name", "Fjordbrød"), ("do", "next")]).await;
    shows(&wrong, "href=\"#f-sells-food\"");
    shows(&wrong, "href=\"#f-helpers\"");
    let market = served.send(&wrong, &[("do", "add:helpers")]).await;
    let minor: Vec<_> = BUSINESS.into_iter().chain([("helper-minor-0", "true"), ("do", "next")]).collect();
    let wrong = served.send(&market, &minor).await;
    shows(&wrong, "href=\"#f-helper-guardian-0\"");
    let grown_up: Vec<_> =
        BUSINESS.into_iter().chain([("helper-minor-0", "false"), ("do", "next")]).collect();
    let food = served.send(&wrong, &grown_up).await;
    // A text with a variable of the form, on a page that is shown only to those who sell food.
    shows(&food, "Fjordbrød må være godkjent");
    let stalls = served.send(&food, &[("food-licence", "NO-1"), ("do", "next")]).await;
    shows(&stalls, "Ingen er lagt til ennå.");
    (served, stalls)
}

#[tokio::test]
async fn forms_below_another_are_begun_put_right_and_taken_away() {
    let (mut served, stalls) = market().await;
    let goods = served.send(&stalls, &[("do", "add-form:stalls")]).await;
    shows(&goods, "Hva selges i boden?");
    let wrong = served.send(&goods, &[("metres", "50"), ("do", "next")]).await;
    shows(&wrong, "href=\"#f-goods\"");
    shows(&wrong, "href=\"#f-metres\"");
    let power = served.send(&wrong, &[("goods", "Brød"), ("metres", "3"), ("do", "next")]).await;
    shows(&power, "side 2 av 2");
    let wrong = served.send(&power, &[("power", "true"), ("do", "close-checked")]).await;
    shows(&wrong, "href=\"#f-watts\"");
    let stalls = served.send(&wrong, &[("watts", "2000"), ("do", "close-checked")]).await;
    for cell in ["<td data-header=\"Varer\">Brød</td>", "<td data-header=\"Trenger strøm\">Ja</td>"] {
        shows(&stalls, cell);
    }
    // A second one is left as it was begun: the review says so, and it is taken away.
    let goods = served.send(&stalls, &[("do", "add-form:stalls")]).await;
    let stalls = served.send(&goods, &[("do", "close")]).await;
    shows(&stalls, "<td data-header=\"Varer\">Ikke fylt ut</td>");
    let review = served.send(&stalls, &[("do", "next")]).await;
    shows(&review, "<caption>Boder</caption>");
    assert!(!review.text().contains("Er under 18 år"), "what the summary hides is shown");
    let ready = served.send(&review, &[("do", "draft")]).await;
    shows(&ready, "Utkastet er klart.");
    shows(&ready, "<caption>Boder</caption>");
    let draft = format!("{}/draft.pdf", ready.url.split('?').next().unwrap());
    assert!(served.browser.get(&draft).await.unwrap().answer.body().starts_with(b"%PDF-"));
    let wrong = served.send(&review, &[("do", "submit")]).await;
    shows(&wrong, "Må rettes");
    let text = wrong.text();
    let second = between(text.rsplit_once("remove-form:").unwrap().1, "", "\"").to_owned();
    let stalls = served.send(&wrong, &[("do", &format!("remove-form:{second}"))]).await;
    assert_eq!(stalls.text().matches("open-form:").count(), 1, "{}", stalls.text());
    let gone = served.browser.get(&format!("{}/forms/{second}", stalls.url.split('?').next().unwrap())).await;
    assert_eq!(gone.unwrap().status().as_u16(), 404);
    let review = served.send(&stalls, &[("do", "next")]).await;
    let insurance = served.send(&review, &[("do", "submit")]).await;
    // A step that the app has drawn no pages for.
    shows(&insurance, "Legg ved det som trengs, og gå videre.");
    shows(&insurance, "Bevis for ansvarsforsikring");
    let wrong = served.send(&insurance, &[("do", "submit")]).await;
    shows(&wrong, "href=\"#f-insurance\"");
    let insured = served
        .send_file(&wrong, &[("do", "upload:insurance")], ("insurance", "bevis.pdf", b"%PDF-1.7"))
        .await;
    shows(&insured, "bevis.pdf");
    let done = served.send(&insured, &[("do", "submit")]).await;
    receipt(&mut served, &done).await;
    let late = served.browser.get(&draft).await.unwrap();
    assert_eq!(late.status().as_u16(), 409, "what is sent in is no draft");
}

#[tokio::test]
async fn what_was_filled_in_is_kept_when_a_file_comes_with_it() {
    let (mut served, front) = Served::folder(Path::new(SAMPLE)).await;
    let start = served.get(&front, "/forms/").await;
    let business = served.send(&start, &[]).await;
    let food = served.send(&business, &[("do", "next")]).await;
    let fields = [("remarks", "Skrevet før filen"), ("do", "upload:floor-plan")];
    let none = served.send(&food, &fields).await;
    shows(&none, "Velg en fil først.");
    let refused = served.send_file(&food, &fields, ("floor-plan", "plan.exe", b"MZ")).await;
    shows(&refused, "href=\"#f-floor-plan\"");
    shows(&refused, "Skrevet før filen");
    let kept = served.send_file(&refused, &fields, ("floor-plan", "plan.pdf", b"%PDF-1.7")).await;
    shows(&kept, "plan.pdf");
    shows(&kept, "Skrevet før filen");
    // A file that was chosen goes along with any button.
    let next = [("remarks", "Og etter"), ("do", "next")];
    let review = served.send_file(&kept, &next, ("floor-plan", "to.pdf", b"%PDF-1.7")).await;
    shows(&review, "Og etter");
    shows(&review, "plan.pdf, to.pdf");
    let foreign =
        served.send_file(&kept, &[("form_token", "of another")], ("floor-plan", "x.pdf", b"%PDF-1.7")).await;
    assert_eq!(foreign.status().as_u16(), 403);
}

#[test]
fn the_temporary_folder_goes_when_the_command_is_killed() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_altinn"))
        .args(["run", "--port", "0", "--json", SAMPLE])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let folder = PathBuf::from(said["kept"].as_str().unwrap());
    assert!(folder.join("altinn.db").is_file(), "{}", folder.display());
    process.kill().unwrap();
    process.wait().unwrap();
    for _ in 0..600 {
        if !folder.exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{} is still there", folder.display());
}

#[test]
fn a_helper_takes_no_other_folder_away() {
    let other = tempfile::tempdir().unwrap();
    let helper =
        Command::new(env!("CARGO_BIN_EXE_altinn")).env("ALTINN_PASSING_FOLDER", other.path()).status();
    assert!(helper.unwrap().success() && other.path().is_dir());
}

/// The folder of a service that is filled in and kept nowhere, for anyone or for those who log in.
fn calculator(is_open: bool) -> tempfile::TempDir {
    let input = |id: &str, max: u32| {
        json!({"id": id, "type": "Input", "maxLength": max, "textResourceBindings": {"title": id},
            "dataModelBindings": {"simpleBinding": id}})
    };
    let page = |components: Value| json!({"data": {"layout": components}}).to_string();
    let schema = json!({"type": "object", "properties": {"who": {"type": "string", "maxLength": 5},
        "what": {"type": "string"}}});
    let folder = tempfile::tempdir().unwrap();
    own_app::OwnApp::new("calculator")
        .flow("Fill", "End")
        .metadata("onEntry", json!({"show": "front"}))
        .data_type(
            json!({"id": "open", "appLogic": {"classRef": "Open", "allowAnonymousOnStateless": is_open}}),
        )
        .file("models/open.schema.json", schema.to_string())
        .file("models/open.prefill.json", json!({"QueryParameters": {"from": "who"}}).to_string())
        .file("ui/layout-sets.json", json!({"sets": [{"id": "front", "dataType": "open"}]}).to_string())
        .file("ui/front/Settings.json", json!({"pages": {"order": ["one", "two"]}}).to_string())
        .file("ui/front/layouts/one.json", page(json!([input("who", 5), navigation()])))
        .file("ui/front/layouts/two.json", page(json!([input("what", 50), navigation()])))
        .write(folder.path());
    folder
}

#[tokio::test]
async fn a_service_that_is_open_to_anyone_is_filled_in_without_logging_in() {
    let folder = calculator(true);
    let mut served = Served::open(folder.path());
    let url = served.url.clone();
    let one = served.browser.get(&url).await.unwrap();
    shows(&one, "Du er ikke logget inn.");
    shows(&one, "name=\"who\"");
    let wrong = served.send(&one, &[("who", "Adelaide"), ("do", "save")]).await;
    shows(&wrong, "href=\"#f-who\"");
    let two = served.send(&wrong, &[("who", "Grete"), ("do", "next")]).await;
    shows(&two, "name=\"what\"");
    let back = served.send(&two, &[("what", "x"), ("do", "previous")]).await;
    shows(&back, "value=\"Grete\"");
    // Nothing else is open: whoever asks for an instance is sent to log in.
    let instance = format!("{url}/instances/1/00000000-0000-0000-0000-000000000000");
    let refused = served.browser.get(&instance).await.unwrap();
    shows(&refused, "name=\"person\"");
    let forged = served.browser.submit(&format!("{url}/forms/ttd/calculator"), &[("form_token", "x")]).await;
    assert_eq!(forged.unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn a_stateless_service_is_filled_in_and_kept_nowhere() {
    let folder = calculator(false);
    let mut stranger = Served::open(folder.path());
    let front = format!("{}/forms/ttd/calculator", stranger.url);
    shows(&stranger.browser.get(&front).await.unwrap(), "name=\"person\"");
    let (mut served, _) = Served::folder(folder.path()).await;
    let url = format!("{}/forms/ttd/calculator?from=Ada", served.url);
    let one = served.browser.get(&url).await.unwrap();
    shows(&one, "value=\"Ada\"");
    let wrong = served.send(&one, &[("who", "Adelaide"), ("do", "save")]).await;
    shows(&wrong, "href=\"#f-who\"");
    let two = served.send(&wrong, &[("who", "Grete"), ("do", "next")]).await;
    let back = served.send(&two, &[("what", "a <sum>"), ("do", "previous")]).await;
    shows(&back, "value=\"Grete\"");
    let two = served.send(&back, &[("do", "next")]).await;
    shows(&two, "value=\"a &lt;sum&gt;\"");
    let refused = served.browser.submit(&url, &[("form_token", "of another session")]).await.unwrap();
    assert_eq!(refused.status().as_u16(), 403);
    let url = served.url.clone();
    assert!(!served.browser.get(&url).await.unwrap().text().contains("/instances/"), "nothing is kept");
}

/// A value as it was before it was written into a page.
fn read_back(value: &str) -> String {
    let marks = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    marks.iter().fold(value.to_owned(), |value, (name, mark)| value.replace(name, mark))
}

/// Buttons to the pages beside.
fn navigation() -> Value {
    json!({"id": "buttons", "type": "NavigationButtons", "showBackButton": true})
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
