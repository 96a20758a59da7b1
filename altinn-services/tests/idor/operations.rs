//! All operations, one row each.

use altinn_core::{Actor, Language, PartyId};
use altinn_core::{InstanceId, SyntheticNumbers};
use altinn_services::broker::{NewTransfer, Place, TransferId, TransferQuery};
use altinn_services::collaboration::{Address, CaseId, NewCase, NewCaseEvent, NewTransmission};
use altinn_services::correspondence::{
    CorrespondenceQuery, CorrespondenceStatus, Message, NewCorrespondence, NewForwarding,
    NewSharedAttachment, Recipient, Side,
};
use altinn_services::inbox::{InboxQuery, LabelChange};
use altinn_services::link::LinkRequest;
use altinn_services::lookup::LookupRequest;
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use futures_util::stream;
use serde_json::json;
use uuid::Uuid;

use crate::stage::{Of, Stage};

type Call = for<'a> fn(&'a Stage, &'a Actor, PartyId, Uuid) -> LocalBoxFuture<'a, String>;

/// What an operation names of which there may be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// An element, and mostly its party.
    Element,
    /// A party only.
    Party,
}

pub(crate) struct Operation {
    pub(crate) kind: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) of: Of,
    pub(crate) names: Names,
    /// Whether the service's agency does it.
    pub(crate) is_for_the_agency: bool,
    pub(crate) call: Call,
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.kind, self.operation)
    }
}

/// What names neither a party nor an element of one, and why it needs no row.
pub(crate) const WITHOUT_NAMES: [(&str, &str, &str); 40] = [
    ("access_list", "lets_in", "names a resource of the caller's agency alone"),
    ("access_list", "lists", "names the caller's agency alone"),
    ("broker", "run_due", "a worker's"),
    ("broker", "service_of", "the host's own question, for no caller"),
    ("collaboration", "follow", "a worker's"),
    ("collaboration", "rotate_keys", "the host's own, when the agency's key is another"),
    ("collaboration", "run_due", "a worker's"),
    ("correspondence", "run_due", "a worker's"),
    ("delegation", "authorized_parties", "names the caller alone"),
    ("delegation", "check_for_app", "the program's that runs the app, for no caller"),
    ("delegation", "delegate_for_app", "the program's that runs the app, for no caller"),
    ("delegation", "given_by_app", "the program's that runs the app, for no caller"),
    ("delegation", "package", "names a package of the catalogue alone"),
    ("delegation", "packages", "the catalogue"),
    ("delegation", "revoke_for_app", "the program's that runs the app, for no caller"),
    ("delegation", "share_for_app", "the program's that runs the app, for no caller"),
    ("delegation_request", "rights_named", "names a resource alone"),
    ("correspondence", "service_of", "the host's own question, for no caller"),
    ("correspondence", "service_of_attachment", "the host's own question, for no caller"),
    ("event", "deliver_again", "called when `submission.deliver_again` has decided"),
    ("event", "number", "a worker's"),
    ("event", "of", "names the caller alone"),
    ("event", "read", "the agency's own feed"),
    ("event", "read_where", "the agency's own feed"),
    ("event", "run_once", "a worker's"),
    ("event", "subscribe", "names the caller alone"),
    ("submission", "options", "names a service alone"),
    ("submission", "organization", "a signee provider's"),
    ("submission", "person", "a signee provider's"),
    ("submission", "run_due", "a worker's"),
    ("submission", "run_service_tasks", "a worker's"),
    ("submission", "stateless_anonymous", "of no party: for whoever has not logged in"),
    ("submission", "stateless_pages_anonymous", "of no party: for whoever has not logged in"),
    ("system_user", "by_external_id", "the issuer's of tokens, for no caller"),
    ("system_user", "owner_of", "the host's own question, for no caller"),
    ("system_user", "register_system", "names a system of the caller's alone"),
    ("system_user", "system", "the register, which everybody sees"),
    ("system_user", "systems", "the register, which everybody sees"),
    ("trail", "flush", "a worker's"),
    ("trail", "run", "a worker's"),
];

/// A row: who, what, of what; and the call.
macro_rules! row {
    ($kind:literal $operation:literal, $names:ident of $of:ident $(by $agency:ident)?, |$stage:ident, $actor:ident, $party:ident, $id:ident| $call:expr) => {
        Operation {
            kind: $kind,
            operation: $operation,
            of: Of::$of,
            names: Names::$names,
            is_for_the_agency: false $(|| stringify!($agency) == "agency")?,
            call: |$stage, $actor, $party, $id| {
                Box::pin(async move {
                    let _ = ($stage, $actor, $party, $id);
                    match $call {
                        Ok(answer) => format!("ok: {answer:?}"),
                        Err(error) => format!("{}: {error}: {error:?}", error.code()),
                    }
                })
            },
        }
    };
}

mod access;
mod submissions;

pub(crate) use submissions::monthly;
use submissions::{submissions, subscriptions};

/// Who subscribes, by who calls.
fn consumer(actor: &Actor) -> &'static str {
    if matches!(actor.subject(), altinn_core::Subject::ServiceOwner { org, .. } if org == "ttd") {
        "bakery"
    } else {
        "somebody"
    }
}

fn event() -> NewCaseEvent {
    NewCaseEvent::new("withdrawn", "1")
}

fn letter() -> NewCorrespondence {
    let to = Recipient::parse("310000001", SyntheticNumbers::Accepted);
    let to = to.unwrap_or_else(|_| Recipient::parse("991825827", SyntheticNumbers::Accepted).unwrap());
    NewCorrespondence::new("1", to, Message::new(Language::Nb, "Vedtak", "Innvilget."))
}

/// All of them; what takes something away comes last.
pub(crate) fn operations() -> Vec<Operation> {
    let mut operations = submissions();
    operations.extend(subscriptions());
    operations.extend(correspondences());
    operations.extend(broker());
    operations.extend(collaborations());
    operations.extend(others());
    operations.extend(access::access());
    operations.extend(access::system_users());
    operations.extend(access::lists());
    operations.extend(ends());
    operations.extend(access::ends());
    operations
}

fn correspondences() -> Vec<Operation> {
    vec![
        row!("correspondence" "list", Party of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().list(a, &s.decisions, p, None, 10).await
        }),
        row!("correspondence" "find", Party of Correspondence, |s, a, p, i| {
            let query = CorrespondenceQuery::new(Side::Recipient);
            s.altinn.correspondences().find(a, &s.decisions, p, &query).await
        }),
        row!("correspondence" "fetch_overview", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().fetch_overview(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "fetch", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().fetch(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "read", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().read(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "mark_as_read", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().mark_as_read(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "confirm", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().confirm(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "forward", Element of Correspondence, |s, a, p, i| {
            let new = NewForwarding::to("regnskap@example.com");
            s.altinn.correspondences().forward(a, &s.decisions, &InstanceId::new(p, i), &new).await
        }),
        row!("correspondence" "allows_forwarding", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().allows_forwarding(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "reply", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().reply(a, &s.decisions, &InstanceId::new(p, i), 0).await
        }),
        row!("correspondence" "archive", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().archive(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "attachment", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().attachment(a, &s.decisions, &InstanceId::new(p, i), 0).await
        }),
        row!("correspondence" "attachments", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().attachments(a, &s.decisions, &InstanceId::new(p, i), 1_000).await
        }),
        row!("correspondence" "receipt", Element of Correspondence, |s, a, p, i| {
            let id = InstanceId::new(p, i);
            s.altinn.correspondences().receipt(a, &s.decisions, &id, CorrespondenceStatus::Read).await
        }),
        row!("correspondence" "send", Party of Mailing, |s, a, p, i| {
            s.altinn.correspondences().send(a, &s.decisions, p, &letter()).await
        }),
        row!("correspondence" "may_send", Party of Mailing, |s, a, p, i| {
            s.altinn.correspondences().may_send(a, &s.decisions, p).await
        }),
        row!("correspondence" "sent_overview", Element of SentCorrespondence, |s, a, p, i| {
            s.altinn.correspondences().sent_overview(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "initialize_attachment", Party of Mailing, |s, a, p, i| {
            let new = NewSharedAttachment::new("plan.pdf");
            s.altinn.correspondences().initialize_attachment(a, &s.decisions, p, &new).await
        }),
        row!("correspondence" "shared_attachment", Element of SharedAttachment, |s, a, p, i| {
            s.altinn.correspondences().shared_attachment(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "correspondences_with", Element of SharedAttachment, |s, a, p, i| {
            s.altinn.correspondences().correspondences_with(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "download_shared", Element of SharedAttachment, |s, a, p, i| {
            s.altinn.correspondences().download_shared(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "upload_attachment", Element of SharedAttachment, |s, a, p, i| {
            let bytes = stream::iter([Ok::<_, String>(Bytes::from_static(b"%PDF-1.7"))]);
            s.altinn.correspondences().upload_attachment(a, &s.decisions, (p, i), bytes).await
        }),
        row!("correspondence" "mailing", Element of Mailing, |s, a, p, i| {
            s.altinn.correspondences().mailing(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "recipients", Element of Mailing, |s, a, p, i| {
            s.altinn.correspondences().recipients(a, &s.decisions, p, i, None, 10).await
        }),
        row!("correspondence" "stuck", Party of Mailing, |s, a, p, i| {
            s.altinn.correspondences().stuck(a, &s.decisions, p, None).await
        }),
        row!("correspondence" "redrive", Element of Mailing, |s, a, p, i| {
            s.altinn.correspondences().redrive(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "status", Element of SentCorrespondence, |s, a, p, i| {
            s.altinn.correspondences().status(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "withdraw", Element of SentCorrespondence, |s, a, p, i| {
            s.altinn.correspondences().withdraw(a, &s.decisions, p, i).await
        }),
    ]
}

fn broker() -> Vec<Operation> {
    vec![
        row!("broker" "initialise", Party of Transfer, |s, a, p, i| {
            let new = NewTransfer::new("a.zip".parse().unwrap(), [s.element(Of::Mailing).0]);
            s.altinn.broker().initialise(a, &s.accounts, p, &new).await
        }),
        row!("broker" "list", Party of Transfer, |s, a, p, i| {
            s.altinn.broker().list(a, &s.accounts, (p, Place::Sender), None).await
        }),
        row!("broker" "find", Party of Transfer, |s, a, p, i| {
            let query = TransferQuery::new(Place::Sender);
            s.altinn.broker().find(a, &s.accounts, p, &query).await
        }),
        row!("broker" "transfer", Element of Transfer, |s, a, p, i| {
            s.altinn.broker().transfer(a, &s.accounts, p, TransferId::new(i)).await
        }),
        row!("broker" "history", Element of Transfer, |s, a, p, i| {
            s.altinn.broker().history(a, &s.accounts, p, TransferId::new(i)).await
        }),
        row!("broker" "complete", Element of Transfer, |s, a, p, i| {
            s.altinn.broker().complete(a, &s.accounts, p, TransferId::new(i)).await
        }),
        row!("broker" "upload", Element of Transfer, |s, a, p, i| {
            let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a"))]);
            s.altinn.broker().upload((a, p), &s.accounts, TransferId::new(i), 0, bytes).await
        }),
        row!("broker" "download", Element of Received, |s, a, p, i| {
            s.altinn.broker().download(a, &s.accounts, p, TransferId::new(i)).await
        }),
        row!("broker" "receipt", Element of Received, |s, a, p, i| {
            s.altinn.broker().receipt(a, &s.accounts, p, TransferId::new(i)).await
        }),
        row!("broker" "stuck", Party of Transfer by agency, |s, a, p, i| {
            s.altinn.broker().stuck(a, &s.accounts, None).await
        }),
        row!("broker" "redrive", Element of Transfer by agency, |s, a, p, i| {
            s.altinn.broker().redrive(a, &s.accounts, TransferId::new(i)).await
        }),
        row!("broker" "confirm", Element of Received, |s, a, p, i| {
            s.altinn.broker().confirm(a, &s.accounts, p, TransferId::new(i)).await
        }),
    ]
}

fn collaborations() -> Vec<Operation> {
    vec![
        row!("collaboration" "open", Party of Case, |s, a, p, i| {
            s.altinn.collaborations().open(a, &s.opening, &NewCase::new().with("business", p)).await
        }),
        row!("collaboration" "list", Party of Case, |s, a, p, i| {
            s.altinn.collaborations().list(a, &s.opening, p, None).await
        }),
        row!("collaboration" "case", Element of Case, |s, a, p, i| {
            s.altinn.collaborations().case(a, &s.opening, p, CaseId::new(i)).await
        }),
        row!("collaboration" "turn", Element of Case, |s, a, p, i| {
            s.altinn.collaborations().turn(a, &s.opening, p, CaseId::new(i)).await
        }),
        row!("collaboration" "history", Element of Case, |s, a, p, i| {
            s.altinn.collaborations().history(a, &s.opening, p, CaseId::new(i)).await
        }),
        row!("collaboration" "pending", Element of Case by agency, |s, a, p, i| {
            s.altinn.collaborations().pending(a, &s.opening, CaseId::new(i)).await
        }),
        row!("collaboration" "redrive", Element of Case by agency, |s, a, p, i| {
            s.altinn.collaborations().redrive(a, &s.opening, CaseId::new(i)).await
        }),
        row!("collaboration" "stuck", Party of Case by agency, |s, a, p, i| {
            s.altinn.collaborations().stuck(a, &s.opening, None).await
        }),
        row!("collaboration" "transmit", Element of Case, |s, a, p, i| {
            let said = NewTransmission::new("1", "The sink", "Steel?");
            async move { s.altinn.collaborations().transmit(a, &s.opening, p, CaseId::new(i), &said).await }.await
        }),
        row!("collaboration" "transmissions", Element of Case, |s, a, p, i| {
            s.altinn.collaborations().transmissions(a, &s.opening, p, CaseId::new(i), 0).await
        }),
        row!("collaboration" "seen", Element of Case, |s, a, p, i| {
            s.altinn.collaborations().seen(a, &s.opening, p, CaseId::new(i)).await
        }),
        row!("collaboration" "notify_event", Element of Case by agency, |s, a, p, i| {
            async move {
                s.altinn.collaborations().notify_event(a, &s.opening, Address::Case(CaseId::new(i)), &event()).await
            }.await
        }),
        row!("collaboration" "raise", Element of Case, |s, a, p, i| {
            async move { s.altinn.collaborations().raise(a, &s.opening, p, CaseId::new(i), &event()).await }.await
        }),
    ]
}

fn others() -> Vec<Operation> {
    vec![
        row!("lookup" "ask", Party of Instance, |s, a, p, i| {
            let asked = LookupRequest::new(json!({"organisasjonsnummer": "312345005"})).because("why");
            async move { s.altinn.lookups().ask(a, &s.lookup, p, &asked).await }.await
        }),
        row!("link" "open", Party of Instance, |s, a, p, i| {
            let request = LinkRequest::new(Language::Nb).to("code");
            async move { s.altinn.links().open(a, &s.link, p, &request).await }.await
        }),
        row!("inbox" "list", Party of Instance, |s, a, p, i| {
            async move { s.altinn.inbox().list(a, &InboxQuery::new().of(p)).await }.await
        }),
        row!("inbox" "count", Party of Instance, |s, a, p, i| {
            async move { s.altinn.inbox().count(a, &InboxQuery::new().of(p)).await }.await
        }),
        row!("inbox" "label", Element of Instance, |s, a, p, i| {
            async move {
                let change = LabelChange::Add("mine".parse().unwrap());
                s.altinn.inbox().label(a, p, i, &change).await
            }.await
        }),
        row!("inbox" "read", Element of Correspondence, |s, a, p, i| s.altinn.inbox().read(a, p, i, true).await),
        row!("event" "dead", Element of Subscription by agency, |s, a, p, i| {
            s.altinn.webhooks().unwrap().dead(consumer(a), i, None).await
        }),
        row!("event" "redrive", Element of Delivery by agency, |s, a, p, i| {
            s.altinn.webhooks().unwrap().redrive(consumer(a), i).await
        }),
    ]
}

/// What takes something away.
fn ends() -> Vec<Operation> {
    vec![
        row!("link" "redeem", Element of Code by agency, |s, a, p, i| {
            let code = if i == s.element(Of::Code).1 { s.code.clone() } else { "x".repeat(s.code.len()) };
            async move { s.altinn.links().redeem(a, &code).await }.await
        }),
        row!("event" "end", Element of Subscription by agency, |s, a, p, i| {
            async move { s.altinn.webhooks().unwrap().subscriptions().end(consumer(a), i).await }.await
        }),
        row!("submission" "end", Element of MadeRegularly, |s, a, p, i| {
            s.altinn.submissions().subscriptions().end(a, i).await
        }),
        row!("broker" "cancel", Element of Transfer, |s, a, p, i| {
            s.altinn.broker().cancel(a, &s.accounts, p, TransferId::new(i)).await
        }),
        row!("correspondence" "purge_attachment", Element of SharedAttachment, |s, a, p, i| {
            s.altinn.correspondences().purge_attachment(a, &s.decisions, p, i).await
        }),
        row!("correspondence" "purge", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().purge(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("submission" "detach", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().detach(a, &InstanceId::new(p, i), s.floor_plan()).await
        }),
        row!("submission" "delete", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().delete(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "restore", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().restore(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "delete_for_good", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().delete_for_good(a, &InstanceId::new(p, i)).await
        }),
    ]
}
