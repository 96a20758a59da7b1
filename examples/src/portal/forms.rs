//! Forms: begun, filled in page by page, sent, signed, and the receipt.

use std::collections::BTreeMap;

use altinn_archive::ReceiptState;
use altinn_core::{InstanceId, PartyId};
use altinn_services::form::{FormData, FormDataError, FormLimits, Issue};
use altinn_services::form_page::{FormPages, FormPost, HtmlForm, PostError, Press};
use altinn_services::submission::{Attachment, Instance, Service, SubmissionError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use minijinja::{Value, context};
use serde::Deserialize;
use uuid::Uuid;

use super::app::App;
use super::form_token::FIELD;
use super::form_view::{View, values_of};
use super::pages::seconds;
use super::posted::{Body, Posted};
use super::small_file::SmallFile;
use super::trouble::{Trouble, encoded};
use super::visitor::Member;

/// The field of the version that somebody saw, so that nobody overwrites what another has changed.
const VERSION: &str = "version";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/forms/{org}/{app}", get(explain).post(start))
        .route("/instances/{owner}/{guid}", get(show).post(act))
        .route("/instances/{owner}/{guid}/pages/{page}", post(fill_in))
        .route("/instances/{owner}/{guid}/files", post(attach))
        .route("/instances/{owner}/{guid}/files/{element}", get(download).post(detach))
}

fn service(app: &App, org: &str, name: &str) -> Option<Service> {
    let id = format!("{org}/{name}");
    app.services.forms.iter().find(|service| service.id().to_string() == id).cloned()
}

async fn explain(Path((org, name)): Path<(String, String)>, member: Member) -> Response {
    let Some(service) = service(member.app(), &org, &name) else { return member.trouble(Trouble::NotFound) };
    let language = member.language();
    let description =
        service.definition().metadata().raw().pointer(&format!("/description/{}", language.code()));
    let values = context! {
        title => service.title(language),
        description => description.and_then(serde_json::Value::as_str),
        action => format!("/forms/{}", service.id()),
    };
    member.page("start.html", values)
}

async fn start(Path((org, name)): Path<(String, String)>, Posted { member, .. }: Posted) -> Response {
    let app = member.app();
    let Some(service) = service(app, &org, &name) else { return member.trouble(Trouble::NotFound) };
    match app.altinn.submissions().start(&member.actor, &service, member.party.id).await {
        Ok(instance) => Redirect::to(&address(instance.id())).into_response(),
        Err(error) => member.trouble(error),
    }
}

pub(super) fn address(id: &InstanceId) -> String {
    format!("/instances/{id}")
}

#[derive(Deserialize)]
struct Asked {
    page: Option<String>,
}

/// An instance that somebody has asked for, and its service.
struct Opened {
    instance: Instance,
    service: Service,
}

async fn open(member: &Member, (owner, guid): (i64, Uuid)) -> Result<Opened, SubmissionError> {
    let app = member.app();
    let id = InstanceId::new(PartyId::new(owner), guid);
    let instance = app.altinn.submissions().get(&member.actor, &id).await?;
    let unknown = || SubmissionError::UnknownService(instance.service().clone());
    let service = app.altinn.service(instance.service()).ok_or_else(unknown)?;
    Ok(Opened { instance, service })
}

async fn show(Path(id): Path<(i64, Uuid)>, Query(asked): Query<Asked>, member: Member) -> Response {
    match open(&member, id).await {
        Ok(opened) => {
            member.has_seen(opened.instance.id().guid).await;
            page(&member, &opened, asked.page.as_deref(), Vec::new()).await
        }
        Err(error) => member.trouble(error),
    }
}

/// The page of an instance: what is to be done now, or the receipt.
async fn page(member: &Member, opened: &Opened, name: Option<&str>, issues: Vec<Issue>) -> Response {
    let Opened { instance, service } = opened;
    let Some(task) = instance.task() else { return receipt(member, opened).await };
    let forms = match forms_of(instance, service, task) {
        Ok(forms) => forms,
        Err(error) => return member.trouble(error),
    };
    let view = View { member, instance, service, task, forms: &forms, issues };
    let pages = match view.pages().await {
        Ok(pages) => pages,
        Err(trouble) => return member.trouble(trouble),
    };
    let wanted = name.and_then(|name| pages.page(name)).or_else(|| view.first_wrong(&pages));
    let Some(shown) = wanted.or_else(|| pages.pages.first()) else {
        return view.without_pages().await;
    };
    let at = address(instance.id());
    let version = instance.version().to_string();
    let page = encoded(&shown.name);
    let (action, upload) = (format!("{at}/pages/{page}"), format!("{at}/files?page={page}"));
    let form = HtmlForm::new(&pages, shown, member.language(), &action)
        .with_hidden(FIELD, &member.visitor.form_token)
        .with_hidden(VERSION, &version)
        .with_upload(&upload);
    let number = pages.pages.iter().position(|page| page.name == shown.name).map_or(1, |index| index + 1);
    let values = context! {
        title => service.title(member.language()),
        heading => shown.title.to_plain(),
        number => number,
        of => pages.pages.len(),
        is_wrong => !view.issues.is_empty(),
        // The form escapes all that it takes from the app and from the data.
        form => Value::from_safe_string(with_focus(&form.to_html())),
    };
    member.page("form.html", values)
}

/// The form, whose summary of what is wrong has the focus without JavaScript too.
fn with_focus(form: &str) -> String {
    form.replacen("id=\"errors\" tabindex=\"-1\"", "id=\"errors\" tabindex=\"-1\" autofocus", 1)
}

/// What the forms of a task hold, by data type.
fn forms_of(
    instance: &Instance,
    service: &Service,
    task: &str,
) -> Result<BTreeMap<String, serde_json::Value>, SubmissionError> {
    let mut forms = BTreeMap::new();
    for element in instance.elements() {
        let is_form = service.definition().form_schema(element.data_type()).is_some();
        if is_form {
            forms.insert(element.data_type().to_owned(), element.form()?);
        }
    }
    for form in service.forms_of(task) {
        forms.entry(form.id.clone()).or_insert_with(|| serde_json::json!({}));
    }
    Ok(forms)
}

/// Stores what was filled in on a page, and does what its button says.
async fn fill_in(
    Path((owner, guid, name)): Path<(i64, Uuid, String)>,
    Body { member, fields, bytes }: Body,
) -> Response {
    let opened = match open(&member, (owner, guid)).await {
        Ok(opened) => opened,
        Err(error) => return member.trouble(error),
    };
    let Some(task) = opened.instance.task().map(str::to_owned) else {
        return Redirect::to(&address(opened.instance.id())).into_response();
    };
    let post = match FormPost::parse(&bytes, &[FIELD, VERSION]) {
        Ok(post) => post,
        Err(error) => return member.trouble(error),
    };
    match store(&member, &opened, (&task, &name), &post, fields.get(VERSION)).await {
        Ok(pages) => go_on(&member, opened, (&task, &name), &post, &pages).await,
        Err(trouble) => member.trouble(trouble),
    }
}

/// Stores the forms that a page has changed; gives the pages as they were shown.
async fn store(
    member: &Member,
    Opened { instance, service }: &Opened,
    (task, name): (&str, &str),
    post: &FormPost,
    version: &str,
) -> Result<FormPages, Trouble> {
    let mut forms = forms_of(instance, service, task)?;
    let pages = View { member, instance, service, task, forms: &forms, issues: Vec::new() }.pages().await?;
    let page = pages.page(name).ok_or(Trouble::NotFound)?;
    let changed = post.fill_in(page, &mut forms)?;
    let mut version = version.parse::<i64>().ok();
    for data_type in &changed {
        let Some(form) = forms.get(data_type) else { continue };
        let form = FormData::parse(form.to_string().as_bytes(), FormLimits::default())?;
        let submissions = member.app().altinn.submissions();
        let saved = submissions.save_version(&member.actor, instance.id(), data_type, &form, version).await?;
        version = Some(saved.instance.version());
    }
    Ok(pages)
}

async fn go_on(
    member: &Member,
    opened: Opened,
    (task, name): (&str, &str),
    post: &FormPost,
    pages: &FormPages,
) -> Response {
    let to = |page: &str| {
        let address = format!("{}?page={}", address(opened.instance.id()), encoded(page));
        Redirect::to(&address).into_response()
    };
    match post.press() {
        Press::Next => to(pages.after(name).map_or(name, |page| &page.name)),
        Press::Previous => to(pages.before(name).map_or(name, |page| &page.name)),
        Press::Page(page) => to(page),
        Press::Submit => leave(member, opened, task, None).await,
        Press::Action(action) => leave(member, opened, task, Some(action)).await,
        _ => to(name),
    }
}

/// Leaves the task; what is wrong with the form is shown on the first page that has something wrong.
async fn leave(member: &Member, opened: Opened, task: &str, action: Option<&str>) -> Response {
    let id = *opened.instance.id();
    match member.app().altinn.submissions().next_from(&member.actor, &id, task, action).await {
        Ok(_) => Redirect::to(&address(&id)).into_response(),
        Err(SubmissionError::Invalid(issues)) => match open(member, (id.owner.get(), id.guid)).await {
            Ok(opened) => page(member, &opened, None, issues).await,
            Err(error) => member.trouble(error),
        },
        Err(error) => member.trouble(error),
    }
}

/// An action of a task that has no pages of its own.
async fn act(Path(id): Path<(i64, Uuid)>, Posted { member, fields }: Posted) -> Response {
    let opened = match open(&member, id).await {
        Ok(opened) => opened,
        Err(error) => return member.trouble(error),
    };
    let (task, action) = (fields.get("task").to_owned(), fields.get("action"));
    leave(&member, opened, &task, Some(action).filter(|action| !action.is_empty())).await
}

/// What is shown when all is done.
async fn receipt(member: &Member, Opened { instance, service }: &Opened) -> Response {
    let proof = member.app().altinn.submissions().receipt(&member.actor, instance.id()).await;
    let entry = match &proof {
        Ok(ReceiptState::Proved(receipt)) => Some(receipt.entry().to_string()),
        _ => None,
    };
    let files: Vec<Value> =
        instance.elements().iter().filter(|element| element.file_name().is_some()).map(values_of).collect();
    let values = context! {
        title => service.title(member.language()),
        at => instance.process().ended.map(seconds),
        reference => instance.id().guid.to_string(),
        address => address(instance.id()),
        entry => entry,
        files => files,
    };
    member.page("receipt.html", values)
}

async fn attach(
    Path((owner, guid)): Path<(i64, Uuid)>,
    Query(asked): Query<Asked>,
    State(app): State<App>,
    request: Request,
) -> Response {
    let (member, fields, file) = match SmallFile::receive(request, &app).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let id = InstanceId::new(PartyId::new(owner), guid);
    let Some(file) = file else { return member.trouble(Trouble::Wrong("files.file.wrong")) };
    let attachment =
        Attachment { file_name: file.name, content_type: file.content_type, content: file.bytes };
    let data_type = fields.get("data-type");
    let page = asked.page.map(|page| format!("?page={}", encoded(&page))).unwrap_or_default();
    match app.altinn.submissions().attach(&member.actor, &id, data_type, &attachment).await {
        Ok(_) => Redirect::to(&format!("{}{page}", address(&id))).into_response(),
        Err(error) => member.trouble(error),
    }
}

async fn detach(
    Path((owner, guid, element)): Path<(i64, Uuid, Uuid)>,
    Posted { member, .. }: Posted,
) -> Response {
    let id = InstanceId::new(PartyId::new(owner), guid);
    match member.app().altinn.submissions().detach(&member.actor, &id, element).await {
        Ok(_) => Redirect::to(&address(&id)).into_response(),
        Err(error) => member.trouble(error),
    }
}

async fn download(Path((owner, guid, element)): Path<(i64, Uuid, Uuid)>, member: Member) -> Response {
    let opened = match open(&member, (owner, guid)).await {
        Ok(opened) => opened,
        Err(error) => return member.trouble(error),
    };
    let Some(found) = opened.instance.elements().iter().find(|found| found.id() == element) else {
        return member.trouble(Trouble::NotFound);
    };
    let name = encoded(found.file_name().unwrap_or(found.data_type()));
    let headers = [
        (CONTENT_TYPE, found.content_type().to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    (headers, Bytes::copy_from_slice(found.content())).into_response()
}

impl From<SubmissionError> for Trouble {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::NotFound | SubmissionError::UnknownService(_) => Self::NotFound,
            SubmissionError::Access(error) => error.into(),
            SubmissionError::PartyKindNotAllowed => Self::Wrong("form.party_kind"),
            SubmissionError::Invalid(_) | SubmissionError::Form(_) => Self::Wrong("form.invalid"),
            SubmissionError::Changed => Self::Late("form.changed"),
            SubmissionError::Process(_) | SubmissionError::Deleted => Self::Late("form.moved_on"),
            SubmissionError::NotAContributor { .. } | SubmissionError::OnlyForAgency => {
                Self::Wrong("form.of_others")
            }
            SubmissionError::NotASignee { .. } => Self::Wrong("form.not_signee"),
            SubmissionError::NotYourTurn { .. } | SubmissionError::SignaturesPending { .. } => {
                Self::Late("form.signatures")
            }
            SubmissionError::SignedBefore { .. } => Self::Late("form.signed_before"),
            other => Self::Unavailable(other.code()),
        }
    }
}

impl From<PostError> for Trouble {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Changed => Self::Late("form.changed"),
            _ => Self::Wrong("trouble.wrong.form"),
        }
    }
}

impl From<FormDataError> for Trouble {
    fn from(_: FormDataError) -> Self {
        Self::Wrong("form.invalid")
    }
}
