//! Form pages: worked out from an app's own layouts, written as HTML, and read back from what a browser sends.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod apps;
mod components;
mod html;
mod limits;
mod options;
mod pages;
mod posts;
mod rows_of_schema;
mod shapes;
mod sub_forms;
mod tags;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use altinn_core::Language;
use altinn_core::testing::report;
use altinn_services::definition::AppDefinition;
use altinn_services::expression::Context;
use altinn_services::form_page::{
    Content, Field, FormPage, FormPages, FormPost, FormView, HtmlForm, Item, RenderedComponents,
};
use serde_json::Value;

const TASK: &str = "Task_Application";
const FORM: &str = "application";

fn sample_app() -> AppDefinition {
    AppDefinition::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps/bakery-licence"))
        .unwrap()
}

/// The data of the sample app.
fn filled_in() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/bakery-licence.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// The app of a name in the corpora; none where there are no corpora.
fn app_of_others(name: &str) -> Option<AppDefinition> {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let apps = corpora.join("altinn-apps");
    let places = [
        apps.join(name).join("src/App"),
        apps.join("altinn-studio/apps/src/test/apps").join(name).join("App"),
    ];
    let Some(place) = places.iter().find(|place| place.is_dir()) else {
        report(format_args!("skipped: no app `{name}` at {}", apps.display()));
        return None;
    };
    Some(AppDefinition::load(place).unwrap())
}

fn view<'a>(app: &'a AppDefinition, task: &'a str, data_type: &'a str, data: &'a Value) -> FormView<'a> {
    FormView::new(app, task, Context::default().with_model(data_type, data).with_language(Language::Nb))
}

/// The pages of the sample app's form with these data.
fn pages(app: &AppDefinition, data: &Value) -> FormPages {
    view(app, TASK, FORM, data).pages().unwrap()
}

fn html(pages: &FormPages, page: &str) -> String {
    HtmlForm::new(pages, pages.page(page).unwrap(), Language::Nb, "/form").to_html()
}

fn field<'p>(page: &'p FormPage, name: &str) -> &'p Field {
    let names: Vec<&str> = page.fields().map(|field| field.name.as_str()).collect();
    page.fields().find(|field| field.name == name).unwrap_or_else(|| panic!("no field {name} in {names:?}"))
}

fn item<'p>(page: &'p FormPage, id: &str) -> Option<&'p Item> {
    page.all_items().into_iter().find(|item| item.id == id)
}

fn forms(data: &Value) -> BTreeMap<String, Value> {
    BTreeMap::from([(FORM.to_owned(), data.clone())])
}

/// What a browser sends of a page that nobody changed: the values that its controls show.
fn as_sent(page: &FormPage) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for field in page.fields().filter(|field| !field.read_only) {
        if field.options.is_empty() {
            let value = match &field.value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            pairs.push((field.name.clone(), value));
        }
        for option in field.options.iter().filter(|option| option.chosen) {
            let value = option.value.as_str().map_or_else(|| option.value.to_string(), str::to_owned);
            pairs.push((field.name.clone(), value));
        }
    }
    let encoded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn has_content(page: &FormPage, is_it: fn(&Content) -> bool) -> bool {
    page.all_items().iter().any(|item| is_it(&item.content))
}
