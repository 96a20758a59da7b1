//! File transfer: sent, received, gone on with, downloaded and confirmed.

use altinn_auth::register::PartyRegister as _;
use altinn_core::{OrganizationNumber, PartyId, PartyIdentifier, SyntheticNumbers};
use altinn_services::broker::{
    BrokerError, BrokerService, FileName, NewTransfer, Place, Transfer, TransferId, TransferStatus,
};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::TryStreamExt as _;
use minijinja::{Value, context};
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::posted::{Posted, Wrong};
use super::trouble::{Trouble, encoded};
use super::upload::{FILE, Sent};
use super::visitor::Member;

const RECIPIENT: &str = "recipient";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/files", get(list).post(send))
        .route("/files/{id}", get(show).post(go_on))
        .route("/files/{id}/content", get(download))
        .route("/files/{id}/confirm", post(confirm))
        .route("/files/{id}/cancel", post(cancel))
}

async fn list(member: Member) -> Response {
    files_page(&member, "", &Wrong::default()).await
}

async fn files_page(member: &Member, recipient: &str, wrong: &Wrong) -> Response {
    let app = member.app();
    let (mut lists, broker) = (Vec::new(), app.altinn.broker());
    for place in [Place::Sender, Place::Recipient] {
        let party = (member.party.id, place);
        match broker.list(&member.actor, &app.services.broker, party, None).await {
            Ok(page) => lists.push(transfers(member, &page.transfers).await),
            Err(error) => return member.trouble(error),
        }
    }
    let mut lists = lists.into_iter();
    let values = context! {
        title => app.services.broker.title().in_language(member.language()),
        example => super::parties::shown_number(&app.world.bank),
        example_name => app.world.bank.name.as_str(),
        recipient => recipient,
        sent => lists.next().unwrap_or_default(),
        received => lists.next().unwrap_or_default(),
        wrong => wrong.values(),
    };
    member.page("files.html", values)
}

async fn transfers(member: &Member, ids: &[TransferId]) -> Vec<Value> {
    let mut shown = Vec::new();
    for id in ids {
        if let Ok(transfer) = read(member, *id).await {
            shown.push(values_of(member, &transfer));
        }
    }
    shown
}

async fn read(member: &Member, id: TransferId) -> Result<Transfer, BrokerError> {
    let app = member.app();
    app.altinn.broker().transfer(&member.actor, &app.services.broker, member.party.id, id).await
}

fn values_of(member: &Member, transfer: &Transfer) -> Value {
    context! {
        id => transfer.id.as_uuid().to_string(),
        name => transfer.file_name.as_ref().map(FileName::as_str),
        status => member.visitor.text(&format!("status.{}", transfer.status.as_str())),
        received => transfer.received,
        announced => transfer.announced,
        at => seconds(transfer.created_at),
    }
}

/// Announces a file, and takes it as a stream: memory does not grow with its size.
async fn send(State(app): State<App>, request: Request) -> Response {
    let (member, sent) = match Sent::receive(request, &app).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let number = sent.fields.get(RECIPIENT).to_owned();
    let mut wrong = Wrong::default();
    let recipient = recipient(&member, &number).await;
    if recipient.is_none() {
        wrong.add(RECIPIENT, member.visitor.text("files.recipient.wrong"));
    }
    let name = sent.file_name().and_then(|name| name.parse::<FileName>().ok());
    if name.is_none() {
        wrong.add(FILE, member.visitor.text("files.file.wrong"));
    }
    let (Some(recipient), Some(name)) = (recipient, name) else {
        sent.drain().await;
        return files_page(&member, &number, &wrong).await;
    };
    let new = NewTransfer::new(name, [recipient]);
    let service = &app.services.broker;
    match app.altinn.broker().initialise(&member.actor, service, member.party.id, &new).await {
        Ok(id) => take(&member, service, id, sent, 0).await,
        Err(error) => member.trouble(error),
    }
}

/// Who has an organization number, as somebody writes it.
async fn recipient(member: &Member, number: &str) -> Option<PartyId> {
    let digits: String = number.chars().filter(|character| !character.is_whitespace()).collect();
    let number = OrganizationNumber::parse(&digits, SyntheticNumbers::Accepted).ok()?;
    let identifier = PartyIdentifier::Organization(number.into());
    let party = member.app().altinn.register().party_by_identifier(&identifier).await.ok()??;
    Some(party.id)
}

/// Goes on with a file that broke off: the same file is chosen again, and what is there already is passed over.
async fn go_on(Path(id): Path<Uuid>, State(app): State<App>, request: Request) -> Response {
    let (member, sent) = match Sent::receive(request, &app).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let id = TransferId::new(id);
    match read(&member, id).await {
        Ok(transfer) => take(&member, &app.services.broker, id, sent, transfer.received).await,
        Err(error) => member.trouble(error),
    }
}

async fn take(member: &Member, service: &BrokerService, id: TransferId, sent: Sent, from: u64) -> Response {
    let broker = member.app().altinn.broker();
    let uploaded =
        broker.upload((&member.actor, member.party.id), service, id, from, sent.into_stream(from)).await;
    let done = match uploaded {
        Ok(_) => broker.complete(&member.actor, service, member.party.id, id).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) | Err(BrokerError::Interrupted { .. }) => Redirect::to(&address(id)).into_response(),
        Err(error) => member.trouble(error),
    }
}

fn address(id: TransferId) -> String {
    format!("/files/{}", id.as_uuid())
}

async fn show(Path(id): Path<Uuid>, member: Member) -> Response {
    let id = TransferId::new(id);
    let transfer = match read(&member, id).await {
        Ok(transfer) => transfer,
        Err(error) => return member.trouble(error),
    };
    member.has_seen(id.as_uuid()).await;
    let app = member.app();
    let service = &app.services.broker;
    let history = app.altinn.broker().history(&member.actor, service, member.party.id, id).await;
    let is_sender = transfer.sender == member.party.id;
    let own = transfer.recipients.iter().find(|recipient| recipient.party == member.party.id);
    let own_status = own.map(|recipient| recipient.status.as_str());
    let mut recipients = Vec::new();
    for recipient in &transfer.recipients {
        let status = format!("status.{}", recipient.status.as_str());
        let party = app.altinn.register().party(recipient.party).await.ok().flatten();
        recipients.push(context! {
            name => party.map(|party| party.name),
            status => member.visitor.text(&status),
            at => seconds(recipient.at),
        });
    }
    let history: Vec<Value> = history
        .unwrap_or_default()
        .iter()
        .map(|step| {
            // What a file is on its way through is something else when it is past.
            let kind = match step.status.as_str() {
                "Initialized" | "UploadStarted" | "UploadProcessing" => "happened",
                _ => "status",
            };
            let status = member.visitor.text(&format!("{kind}.{}", step.status));
            context! { at => seconds(step.at), status => status }
        })
        .collect();
    let values = context! {
        file => values_of(&member, &transfer),
        sha256 => transfer.sha256.map(|digest| digest.to_string()),
        expires => transfer.expires_at.map(seconds),
        takes_bytes => is_sender && transfer.status.takes_bytes(),
        can_cancel => is_sender && transfer.status.may_become(TransferStatus::Cancelled),
        can_download => own.is_some() && transfer.status.gives_bytes(),
        can_confirm => transfer.status.gives_bytes() && own_status == Some("DownloadStarted"),
        entry => transfer.entry.map(|entry| entry.to_string()),
        recipients => recipients,
        history => history,
    };
    member.page("file.html", values)
}

async fn download(Path(id): Path<Uuid>, member: Member) -> Response {
    let app = member.app();
    let file = app
        .altinn
        .broker()
        .download(&member.actor, &app.services.broker, member.party.id, TransferId::new(id))
        .await;
    match file {
        Ok(file) => {
            let name = encoded(file.file_name().map_or("file", FileName::as_str));
            let headers = [
                (CONTENT_TYPE, "application/octet-stream".to_owned()),
                (CONTENT_LENGTH, file.size().to_string()),
                (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
            ];
            let bytes = file.into_stream().map_err(|error| std::io::Error::other(error.code()));
            (headers, Body::from_stream(bytes)).into_response()
        }
        Err(error) => member.trouble(error),
    }
}

async fn confirm(Path(id): Path<Uuid>, Posted { member, .. }: Posted) -> Response {
    let (app, id) = (member.app(), TransferId::new(id));
    let broker = app.altinn.broker();
    match broker.confirm(&member.actor, &app.services.broker, member.party.id, id).await {
        Ok(_) => Redirect::to(&address(id)).into_response(),
        Err(error) => member.trouble(error),
    }
}

async fn cancel(Path(id): Path<Uuid>, Posted { member, .. }: Posted) -> Response {
    let (app, id) = (member.app(), TransferId::new(id));
    let broker = app.altinn.broker();
    match broker.cancel(&member.actor, &app.services.broker, member.party.id, id).await {
        Ok(()) => Redirect::to(&address(id)).into_response(),
        Err(error) => member.trouble(error),
    }
}

impl From<BrokerError> for Trouble {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::NotFound => Self::NotFound,
            BrokerError::Access(error) => error.into(),
            BrokerError::TooLarge { .. } => Self::Wrong("files.too_large"),
            BrokerError::Checksum | BrokerError::Incomplete { .. } => Self::Wrong("files.incomplete"),
            BrokerError::Status { .. } | BrokerError::Offset { .. } => Self::Late("files.moved_on"),
            BrokerError::NotDownloaded => Self::Wrong("files.not_downloaded"),
            BrokerError::Changed => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}
