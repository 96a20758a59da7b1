//! What a page of the sample portal costs in processor time: session, decisions, rows and HTML, and the browser's side of
//! the call too, since both are in this process.
//!
//! `cargo bench -p altinn-benchmarks --bench portal [-- COUNT]` asks for each page so many times (300), as somebody
//! who acts for a business. Fails when a page takes 20 ms or more.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::error::Error;

use altinn_auth::testing::TestBrowser;
use altinn_core::http::HttpRequest;
use altinn_core::testing::process::processor_seconds;
use altinn_examples::portal::{Portal, Settings};

/// The most that a page may take, in milliseconds of processor time.
const MOST: f64 = 20.0;

const PAGES: [&str; 9] =
    ["/", "/parties", "/inbox", "/lookup", "/files", "/cases", "/archive", "/access", "/lookup/trail"];

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let count: u32 = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(300);
    let mut settings = Settings::default();
    settings.port = 0;
    let portal = Portal::open(&settings).await?;
    let mut browser = TestBrowser::new()?;
    let address = portal.address().to_owned();
    let person = portal.people().next().ok_or("nobody is there")?;
    browser.log_in(&format!("{address}/oauth2/login"), person).await?;
    let parties = browser.get(&format!("{address}/parties")).await?.text();
    let token = value_after(&parties, "name=\"form_token\" value=\"")?;
    let party = value_after(&parties, "name=\"party\" value=\"")?;
    let fields = [("form_token", token.as_str()), ("party", party.as_str())];
    browser.submit(&format!("{address}/parties"), &fields).await?;

    let mut paths: Vec<String> = PAGES.into_iter().map(str::to_owned).collect();
    paths.push(form(&mut browser, &address, &token).await?);
    let mut most: f64 = 0.0;
    for path in &paths {
        let milliseconds = measure(&mut browser, &format!("{address}{path}"), count).await?;
        let shown = if path.starts_with("/instances/") { "a page of a form" } else { path };
        println!("{shown}: {milliseconds:.2} ms");
        most = most.max(milliseconds);
    }
    println!("a page takes at most {most:.2} ms of processor time (bar: {MOST})");
    if most < MOST { Ok(()) } else { Err("a page takes too long".into()) }
}

/// Begins a form; gives the path of its first page.
async fn form(browser: &mut TestBrowser, address: &str, token: &str) -> Outcome<String> {
    let url = format!("{address}/forms/ttd/bakery-licence");
    let begun = browser.send(HttpRequest::post(&url)?.form(&[("form_token", token)]), &url).await?;
    let page = begun.redirect().ok_or("the form was not begun")?;
    Ok(page.trim_start_matches(address).to_owned())
}

/// The processor time of one page, in milliseconds.
async fn measure(browser: &mut TestBrowser, url: &str, count: u32) -> Outcome<f64> {
    for _ in 0..10 {
        browser.get(url).await?;
    }
    let before = processor_seconds()?;
    for _ in 0..count {
        let page = browser.get(url).await?;
        if !page.status().is_success() {
            return Err(format!("{url} answers {}", page.status()).into());
        }
    }
    Ok((processor_seconds()? - before) * 1_000.0 / f64::from(count))
}

/// What stands after some text, up to the next quotation mark.
fn value_after(page: &str, text: &str) -> Outcome<String> {
    let rest = page.split_once(text).ok_or("the page is not as it should be")?.1;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}
