//! The link: somebody is sent on to another solution.

use altinn_services::link::{HandOverForm, LinkError, LinkRequest, Onward};
use axum::Router;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use minijinja::context;

use super::app::App;
use super::posted::Posted;
use super::trouble::Trouble;
use super::visitor::Member;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/link", get(explain).post(go))
}

async fn explain(member: Member) -> Response {
    member.page("link.html", context! { title => title(&member) })
}

fn title(member: &Member) -> String {
    member.app().services.link.title().in_language(member.language()).to_owned()
}

/// Hands over: a page whose form leads to the target, with what proves who comes.
async fn go(Posted { member, .. }: Posted) -> Response {
    let app = member.app();
    let request = LinkRequest::new(member.language()).to("form");
    match app.altinn.links().open(&member.actor, &app.services.link, member.party.id, &request).await {
        Ok(Onward::Form(form)) => {
            let values = context! {
                title => title(&member),
                action => form.action(),
                field => HandOverForm::FIELD,
                hand_over => form.token(),
            };
            member.page("onward.html", values)
        }
        Ok(Onward::Code(code)) => Redirect::to(code.location()).into_response(),
        Ok(_) => member.trouble(Trouble::Unavailable("PORTAL-LINK")),
        Err(error) => member.trouble(error),
    }
}

impl From<LinkError> for Trouble {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NotFound => Self::NotFound,
            LinkError::Access(error) => error.into(),
            LinkError::Changed => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}
