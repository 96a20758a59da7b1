//! What is shown when all is done, and the receipt to keep.

use altinn_archive::ReceiptState;
use altinn_auth::register::PartyRegister as _;
use altinn_core::oslo;
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

use super::answer::{Opened, address, instance_id, refuse};
use super::refused::words;
use super::visitor::{FormTrouble, FormVisitor};
use crate::form_page::escaped;

/// A row of facts.
fn row(name: &str, value: &str) -> String {
    format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n")
}

pub(super) async fn shown(visitor: &impl FormVisitor, opened: &Opened) -> Response {
    let (words, language) = (words(visitor), visitor.language());
    let id = opened.instance.id();
    let mut rows = String::new();
    if let Some(ended) = opened.instance.process().ended {
        rows.push_str(&row(words.received_at(), &oslo::in_words(ended, language)));
    }
    if let Ok(Some(party)) = visitor.altinn().register().party(id.owner).await {
        rows.push_str(&row(words.on_behalf_of(), &escaped(&party.name)));
    }
    rows.push_str(&row(words.reference(), &format!("<span class=\"code\">{}</span>", id.guid)));
    let at = address(id);
    let proof = visitor.altinn().submissions().receipt(visitor.actor(), id).await;
    if let Ok(ReceiptState::Proved(receipt)) = proof {
        let proof = visitor.proof_address(receipt.entry());
        let link = |to: &str, text: &str| format!("<a href=\"{}\">{text}</a>", escaped(to));
        if let Some(to) = proof {
            rows.push_str(&row(words.proof(), &link(&to, words.see_proof())));
        }
        let download = |to: &str, text: &str| format!("<a href=\"{at}/{to}\" download>{text}</a>");
        let mut receipts = Vec::new();
        if cfg!(feature = "pdf") && !opened.instance.was_deleted_by_its_end() {
            receipts.push(download("receipt.pdf", words.receipt_document()));
        }
        receipts.push(download("receipt.json", words.receipt_to_verify()));
        rows.push_str(&row(words.receipt(), &receipts.join("<br>")));
    }
    let title = opened.service.title(language);
    let body = format!(
        "<section class=\"alert good\" tabindex=\"-1\" autofocus aria-labelledby=\"done\">\n\
         <h1 id=\"done\">{}</h1>\n<p>{}</p>\n</section>\n<dl class=\"rows\">\n{rows}</dl>\n{}",
        words.received(),
        words.keep_reference(),
        listed_files(visitor, opened)
    );
    visitor.page(super::FormSitePage {
        status: axum::http::StatusCode::OK,
        title: format!("{} – {title}", words.received()),
        main: format!("<p class=\"hint\">{}</p>\n{body}", escaped(title)),
    })
}

/// The files of an instance, each to be read.
pub(super) fn listed_files(visitor: &impl FormVisitor, opened: &Opened) -> String {
    let at = address(opened.instance.id());
    let files = opened.instance.elements().iter().filter_map(|element| Some((element, element.file_name()?)));
    let items: String = files
        .map(|(element, name)| {
            let size = visitor.language().size(element.content().len() as u64);
            format!(
                "<li><a href=\"{at}/files/{}\" download>{}</a> ({size})</li>\n",
                element.id(),
                escaped(name)
            )
        })
        .collect();
    if items.is_empty() {
        return items;
    }
    format!("<h2>{}</h2>\n<ul>\n{items}</ul>\n", words(visitor).files())
}

pub(super) async fn as_json<V: FormVisitor>(visitor: V, Path(id): Path<(i64, Uuid)>) -> Response {
    let id = instance_id(id);
    match visitor.altinn().submissions().receipt(visitor.actor(), &id).await {
        Ok(ReceiptState::Proved(receipt)) => {
            download("application/json", &format!("receipt-{}.json", id.guid), receipt.to_json())
        }
        Ok(ReceiptState::Promised(_)) => {
            visitor.trouble(FormTrouble::Late(words(&visitor).waits().to_owned()))
        }
        Err(error) => refuse(&visitor, error),
    }
}

#[cfg(feature = "pdf")]
pub(super) async fn as_document<V: FormVisitor>(visitor: V, Path(id): Path<(i64, Uuid)>) -> Response {
    let id = instance_id(id);
    let submissions = visitor.altinn().submissions();
    match submissions.receipt_document(visitor.actor(), &id, visitor.language()).await {
        Ok(pdf) => download("application/pdf", &format!("receipt-{}.pdf", id.guid), pdf),
        Err(error) => refuse(&visitor, error),
    }
}

/// What is filled in so far.
#[cfg(feature = "pdf")]
pub(super) async fn as_draft<V: FormVisitor>(visitor: V, Path(id): Path<(i64, Uuid)>) -> Response {
    let id = instance_id(id);
    let submissions = visitor.altinn().submissions();
    match submissions.draft_document(visitor.actor(), &id, visitor.language()).await {
        Ok(pdf) => download("application/pdf", &format!("draft-{}.pdf", id.guid), pdf),
        Err(error) => refuse(&visitor, error),
    }
}

/// Bytes that a browser keeps under a name.
pub(super) fn download(content_type: &str, name: &str, bytes: impl Into<axum::body::Body>) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", super::answer::encoded(name))),
    ];
    (headers, bytes.into()).into_response()
}
