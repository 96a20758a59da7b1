//! A form that somebody has filled in and sent.

use altinn_services::form_site::{FORM_TOKEN, FormTokens};
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;
use minijinja::{Value, context};

use super::app::App;
use super::trouble::Trouble;
use super::visitor::Member;

/// A form of the portal's own, from somebody who has logged in.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) member: Member,
    pub(super) fields: Fields,
}

/// The fields of a form, in their order.
#[derive(Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The value of a field, without the spaces around it; empty when it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.trim())
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let member = Member::from_request_parts(&mut parts, app).await?;
        let form = Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), app).await;
        let Ok(Form(fields)) = form else { return Err(member.trouble(Trouble::Wrong("trouble.wrong.form"))) };
        let fields = Fields(fields);
        if !FormTokens::is_right(fields.get(FORM_TOKEN), &member.visitor.form_token) {
            return Err(member.trouble(Trouble::ForeignForm));
        }
        Ok(Self { member, fields })
    }
}

/// What is wrong with the fields of a form: shown at its top, each with a link to its field, and at the field.
#[derive(Debug, Default)]
pub(super) struct Wrong(Vec<(&'static str, String)>);

impl Wrong {
    pub(super) fn add(&mut self, field: &'static str, text: String) {
        self.0.push((field, text));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As templates take it.
    pub(super) fn values(&self) -> Vec<Value> {
        self.0.iter().map(|(field, text)| context! { field => *field, text => text.as_str() }).collect()
    }
}
