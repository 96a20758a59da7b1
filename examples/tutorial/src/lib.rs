//! A portal with one service: its form, and the receipt.

use altinn_auth::login::{Callers, Login, Person};
use altinn_core::{InstanceId, Language};
use altinn_services::Altinn;
use altinn_services::form_page::{FormPost, HtmlForm, Press};
use altinn_services::submission::{Service, ShowIssues, SubmissionError};
use axum::body::Bytes;
use axum::extract::{FromRef, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Router, routing::get};

/// What every page needs.
#[derive(Clone)]
struct Portal {
    altinn: Altinn,
    login: Login,
    service: Service,
}

/// Whoever has logged in here is let in.
impl FromRef<Portal> for Callers {
    fn from_ref(portal: &Portal) -> Self {
        Self::by_login(portal.login.clone())
    }
}

/// The pages of the portal.
pub fn portal(altinn: Altinn, login: Login, service: Service) -> Router {
    Router::new()
        .route("/", get(front).post(start))
        .route("/forms/{party}/{guid}", get(form).post(fill_in))
        .route("/forms/{party}/{guid}/receipt.json", get(receipt))
        .with_state(Portal { altinn, login: login.clone(), service })
        .merge(login.router())
}

async fn front(State(portal): State<Portal>, _: Person) -> Html<String> {
    let title = portal.service.title(Language::Nb);
    page(&format!("<h1>{title}</h1><form method=\"post\"><button>Begynn</button></form>"))
}

async fn start(State(portal): State<Portal>, who: Person) -> Result<Redirect, Refused> {
    let draft = portal.altinn.submissions().start(&who.actor, &portal.service, who.party).await?;
    Ok(Redirect::to(&address(draft.id())))
}

async fn form(
    State(portal): State<Portal>,
    who: Person,
    Path(id): Path<Id>,
) -> Result<Html<String>, Refused> {
    show(&portal, &who, &parse(id)?, ShowIssues::No).await
}

/// Stores what was filled in, and sends it when the button says so.
async fn fill_in(
    State(portal): State<Portal>,
    who: Person,
    Path(id): Path<Id>,
    body: Bytes,
) -> Result<Response, Refused> {
    let (id, submissions) = (parse(id)?, portal.altinn.submissions());
    let post = FormPost::parse(&body, &[])?;
    submissions.fill_in(&who.actor, &id, "layout", &post).await?;
    if *post.press() == Press::Submit {
        match submissions.submit(&who.actor, &id).await {
            Err(SubmissionError::Invalid(_)) => {
                return Ok(show(&portal, &who, &id, ShowIssues::Yes).await?.into_response());
            }
            sent => sent?,
        };
    }
    Ok(Redirect::to(&address(&id)).into_response())
}

/// The form, with what is wrong in it; or where the receipt is.
async fn show(
    portal: &Portal,
    who: &Person,
    id: &InstanceId,
    issues: ShowIssues,
) -> Result<Html<String>, Refused> {
    let pages = portal.altinn.submissions().form_pages(&who.actor, id, Language::Nb, issues).await?;
    let address = address(id);
    Ok(match pages.pages.first() {
        Some(first) => page(&HtmlForm::new(&pages, first, Language::Nb, &address).to_html()),
        None => page(&format!("<p>Sendt. <a href=\"{address}/receipt.json\">Kvittering</a></p>")),
    })
}

async fn receipt(State(portal): State<Portal>, who: Person, Path(id): Path<Id>) -> Result<Response, Refused> {
    let receipt = portal.altinn.submissions().receipt(&who.actor, &parse(id)?).await?;
    Ok(match receipt.proved() {
        Some(receipt) => ([(header::CONTENT_TYPE, "application/json")], receipt.to_json()).into_response(),
        None => (StatusCode::ACCEPTED, "The proof is on its way: come again in a moment.").into_response(),
    })
}

/// The party and the id of an instance, as they stand in its address.
type Id = (String, String);

fn parse((party, guid): Id) -> Result<InstanceId, SubmissionError> {
    format!("{party}/{guid}").parse().map_err(|_| SubmissionError::NotFound)
}

fn address(id: &InstanceId) -> String {
    format!("/forms/{id}")
}

fn page(body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"nb\"><meta charset=\"utf-8\"><title>Hunder</title><main>{body}</main></html>"
    ))
}

/// What somebody is told who gets nothing: the words are safe to show.
struct Refused(SubmissionError);

impl<E: Into<SubmissionError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            SubmissionError::NotFound => StatusCode::NOT_FOUND,
            SubmissionError::Access(_) => StatusCode::FORBIDDEN,
            _ => StatusCode::CONFLICT,
        };
        (status, self.0.to_string()).into_response()
    }
}
