//! The mails and SMS that went out: the portal keeps them and sends them nowhere.

use altinn_notify::channel::Message;
use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use super::app::App;
use super::pages::seconds;
use super::visitor::Visitor;

pub(super) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    let messages: Vec<Value> = app
        .outbox
        .latest()
        .iter()
        .filter_map(|captured| {
            let (is_mail, to, subject, body) = match &captured.message {
                Message::Email(mail) => (true, mail.to.expose(), Some(mail.subject.as_str()), &mail.body),
                Message::Sms(sms) => (false, sms.to.expose(), None, &sms.text),
                _ => return None,
            };
            Some(context! {
                at => seconds(captured.at),
                is_mail => is_mail,
                to => to,
                subject => subject,
                body => body.as_str(),
            })
        })
        .collect();
    visitor.page("sent.html", context! { messages => messages })
}
