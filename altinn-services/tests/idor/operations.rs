//! All operations, one row each.

use std::collections::BTreeMap;

use altinn_core::{Actor, Language, PartyId};
use altinn_core::{InstanceId, SyntheticNumbers};
use altinn_services::broker::{NewTransfer, Place, TransferId};
use altinn_services::collaboration::{Address, CaseId, NewCase, NewCaseEvent, NewTransmission};
use altinn_services::correspondence::{
    CorrespondenceQuery, CorrespondenceStatus, Message, NewCorrespondence, NewSharedAttachment, Recipient,
    Side,
};
use altinn_services::form::{FormData, FormLimits, Patch};
use altinn_services::inbox::{InboxQuery, LabelChange};
use altinn_services::link::LinkRequest;
use altinn_services::lookup::LookupRequest;
use altinn_services::submission::{
    Attachment, FileScanResult, ReadStatus, ShowIssues, StartOptions, Substatus,
};
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
pub(crate) const WITHOUT_NAMES: [(&str, &str, &str); 19] = [
    ("broker", "run_due", "a worker's"),
    ("broker", "service_of", "the host's own question, for no caller"),
    ("collaboration", "follow", "a worker's"),
    ("collaboration", "run_due", "a worker's"),
    ("correspondence", "run_due", "a worker's"),
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
];

/// What another test tries with another's names, and which.
pub(crate) const ELSEWHERE: [(&str, &str, &str); 11] = [
    ("collaboration", "redrive", "tests/collaboration/work.rs"),
    ("collaboration", "stuck", "tests/collaboration/work.rs"),
    ("submission", "change", "tests/submission/subscriptions.rs"),
    ("submission", "element", "tests/http/restricted.rs"),
    ("submission", "element_content", "tests/submission/delivery.rs"),
    ("submission", "end", "tests/submission/subscriptions.rs"),
    ("submission", "fill_in", "tests/submission/form_pages.rs"),
    ("submission", "fill_in_version", "tests/submission/form_pages.rs"),
    ("submission", "list", "tests/http/parts.rs"),
    ("submission", "made", "tests/submission/subscriptions.rs"),
    ("submission", "subscribe", "tests/submission/subscriptions.rs"),
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

/// Who subscribes, by who calls.
fn consumer(actor: &Actor) -> &'static str {
    if matches!(actor.subject(), altinn_core::Subject::ServiceOwner { org, .. } if org == "ttd") {
        "bakery"
    } else {
        "somebody"
    }
}

fn form() -> FormData {
    FormData::parse(b"{}", FormLimits::default()).unwrap()
}

fn floor_plan() -> Attachment {
    let (file_name, content_type) = ("plan.pdf".to_owned(), "application/pdf".to_owned());
    Attachment { file_name, content_type, content: b"%PDF-1.7".to_vec() }
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
    operations.extend(correspondences());
    operations.extend(broker());
    operations.extend(collaborations());
    operations.extend(others());
    operations.extend(ends());
    operations
}

fn submissions() -> Vec<Operation> {
    let mut rows = vec![
        row!("submission" "start", Party of Instance, |s, a, p, i| s.altinn.submissions().start(a, &s.licence, p).await),
        row!("submission" "start_with", Party of Instance, |s, a, p, i| {
            s.altinn.submissions().start_with(a, &s.licence, p, &StartOptions::idempotent("once")).await
        }),
        row!("submission" "stuck", Party of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().stuck(a, s.licence.id(), 10).await
        }),
        row!("submission" "get", Element of Instance, |s, a, p, i| s.altinn.submissions().get(a, &InstanceId::new(p, i)).await),
        row!("submission" "contents", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().contents(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "form_pages", Element of Instance, |s, a, p, i| {
            let (id, issues) = (InstanceId::new(p, i), ShowIssues::No);
            s.altinn.submissions().form_pages(a, &id, Language::Nb, issues).await
        }),
        row!("submission" "filled_in", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().filled_in(a, &InstanceId::new(p, i), Language::Nb).await
        }),
        row!("submission" "receipt_document", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().receipt_document(a, &InstanceId::new(p, i), Language::Nb).await
        }),
        row!("submission" "options_of", Element of Instance, |s, a, p, i| {
            let (id, said) = (InstanceId::new(p, i), BTreeMap::new());
            s.altinn.submissions().options_of(a, &id, "kinds", Language::Nb, &said).await
        }),
        row!("submission" "user_action", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().user_action(a, &InstanceId::new(p, i), "look-up", None).await
        }),
        row!("submission" "deliver_again", Element of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().deliver_again(a, &InstanceId::new(p, i), "lost").await
        }),
        row!("submission" "form", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().form(a, &InstanceId::new(p, i), "application", "application/json").await
        }),
        row!("submission" "signees", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().signees(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "signing_text", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().signing_text(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "receipt", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().receipt(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "save", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().save(a, &InstanceId::new(p, i), "application", &form()).await
        }),
        row!("submission" "save_version", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().save_version(a, &InstanceId::new(p, i), "application", &form(), Some(77)).await
        }),
        row!("submission" "patch", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().patch(a, &InstanceId::new(p, i), "application", &Patch::parse(b"[]").unwrap(), None).await
        }),
        row!("submission" "attach", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().attach(a, &InstanceId::new(p, i), "floor-plan", &floor_plan()).await
        }),
        row!("submission" "history", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().history(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "validate", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().validate(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "active", Party of Instance, |s, a, p, i| {
            s.altinn.submissions().active(a, s.licence.id(), p).await
        }),
        row!("submission" "mark", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().mark(a, &InstanceId::new(p, i), ReadStatus::Read).await
        }),
    ];
    rows.extend([
        row!("submission" "next", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().next(a, &InstanceId::new(p, i), None).await
        }),
        row!("submission" "next_from", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().next_from(a, &InstanceId::new(p, i), "Task_Application", None).await
        }),
        row!("submission" "submit", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().submit(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "pay", Element of Instance, |s, a, p, i| s.altinn.submissions().pay(a, &InstanceId::new(p, i)).await),
        row!("submission" "run_service_task", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().run_service_task(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "copy", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().copy(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "file_scanned", Element of ScannedFile by agency, |s, a, p, i| {
            s.altinn.submissions().file_scanned(a, &s.instance(), i, FileScanResult::Clean).await
        }),
        row!("submission" "set_substatus", Element of Instance by agency, |s, a, p, i| {
            let said = Substatus { label: "Seen".to_owned(), description: None };
            s.altinn.submissions().set_substatus(a, &InstanceId::new(p, i), Some(said)).await
        }),
        row!("submission" "confirm_complete", Element of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().confirm_complete(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "resume", Element of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().resume(a, &InstanceId::new(p, i), "why").await
        }),
        row!("submission" "move_to", Element of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().move_to(a, &InstanceId::new(p, i), "nowhere", "why").await
        }),
        row!("submission" "compensate", Element of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().compensate(a, &InstanceId::new(p, i), "why").await
        }),
    ]);
    rows
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
        row!("correspondence" "reply", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().reply(a, &s.decisions, &InstanceId::new(p, i), 0).await
        }),
        row!("correspondence" "archive", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().archive(a, &s.decisions, &InstanceId::new(p, i)).await
        }),
        row!("correspondence" "attachment", Element of Correspondence, |s, a, p, i| {
            s.altinn.correspondences().attachment(a, &s.decisions, &InstanceId::new(p, i), 0).await
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
