//! What is done with submissions, and with the subscriptions that make them.

use std::collections::BTreeMap;

use altinn_core::{Digest, InstanceId, Language};
use altinn_services::form::{FormData, FormLimits, Patch};
use altinn_services::form_page::FormPost;
use altinn_services::submission::{
    Attachment, FileScanResult, InstanceQuery, Interval, NewSubscription, ReadStatus, Schedule, ShowIssues,
    StartOptions, StatelessRequest, Substatus, Values,
};

use super::{Names, Operation};
use crate::stage::Of;

fn form() -> FormData {
    FormData::parse(b"{}", FormLimits::default()).unwrap()
}

fn floor_plan() -> Attachment {
    let (file_name, content_type) = ("plan.pdf".to_owned(), "application/pdf".to_owned());
    Attachment { file_name, content_type, content: b"%PDF-1.7".to_vec() }
}

/// A value that is kept with an instance.
fn values() -> Values {
    Values::from([("bakery".to_owned(), Some("Bakeriet".to_owned()))])
}

/// An instance a month.
pub(crate) fn monthly(key: &str) -> NewSubscription {
    let (first, every) = ("2026-12-01".parse().unwrap(), Interval::months(1));
    NewSubscription::new(Schedule::Periodic { first, every, due_after: None, until: None }).once(key)
}

pub(super) fn submissions() -> Vec<Operation> {
    let mut rows = vec![
        row!("submission" "start", Party of Instance, |s, a, p, i| s.altinn.submissions().start(a, &s.licence, p).await),
        row!("submission" "start_with", Party of Instance, |s, a, p, i| {
            s.altinn.submissions().start_with(a, &s.licence, p, &StartOptions::idempotent("once")).await
        }),
        row!("submission" "stateless", Party of Instance, |s, a, p, i| {
            s.altinn.submissions().stateless(a, &s.licence, p, "application", &StatelessRequest::default()).await
        }),
        row!("submission" "stateless_pages", Party of Instance, |s, a, p, i| {
            let (of, request) = ((&s.calculator, p), StatelessRequest::default());
            s.altinn.submissions().stateless_pages(a, of, &request, None, Language::Nb).await
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
        row!("submission" "sub_form_pages", Element of WithSubForm, |s, a, p, i| {
            let (id, issues) = (InstanceId::new(p, i), ShowIssues::No);
            s.altinn.submissions().sub_form_pages(a, &id, s.stall, Language::Nb, issues).await
        }),
        row!("submission" "fill_in_sub_form", Element of WithSubForm, |s, a, p, i| {
            let (id, post) = (InstanceId::new(p, i), FormPost::parse(b"", &[]).unwrap());
            s.altinn.submissions().fill_in_sub_form(a, &id, s.stall, "goods", &post, None).await
        }),
        row!("submission" "filled_in", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().filled_in(a, &InstanceId::new(p, i), Language::Nb).await
        }),
        row!("submission" "receipt_document", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().receipt_document(a, &InstanceId::new(p, i), Language::Nb).await
        }),
        row!("submission" "draft_document", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().draft_document(a, &InstanceId::new(p, i), Language::Nb).await
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
        row!("submission" "signatures", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().signatures(a, &InstanceId::new(p, i)).await
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
        row!("submission" "patch_all", Element of Instance, |s, a, p, i| {
            let patches = [("application", &Patch::parse(b"[]").unwrap())];
            s.altinn.submissions().patch_all(a, &InstanceId::new(p, i), &patches, None).await
        }),
        row!("submission" "set_presentation_texts", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().set_presentation_texts(a, &InstanceId::new(p, i), &values()).await
        }),
        row!("submission" "set_data_values", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().set_data_values(a, &InstanceId::new(p, i), &values()).await
        }),
        row!("submission" "replace_attachment", Element of Instance, |s, a, p, i| {
            let (id, plan) = (InstanceId::new(p, i), floor_plan());
            s.altinn.submissions().replace_attachment(a, &id, s.floor_plan(), &plan, None).await
        }),
        row!("submission" "set_tags", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().set_tags(a, &InstanceId::new(p, i), s.floor_plan(), &["plan".to_owned()]).await
        }),
        row!("submission" "add_tag", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().add_tag(a, &InstanceId::new(p, i), s.floor_plan(), "plan").await
        }),
        row!("submission" "remove_tag", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().remove_tag(a, &InstanceId::new(p, i), s.floor_plan(), "plan").await
        }),
        row!("submission" "set_user_defined_metadata", Element of Instance, |s, a, p, i| {
            let (id, kept) = (InstanceId::new(p, i), [("year".to_owned(), "2026".to_owned())]);
            s.altinn.submissions().set_user_defined_metadata(a, &id, s.floor_plan(), &kept).await
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
        row!("submission" "list", Party of Instance, |s, a, p, i| {
            let mut query = InstanceQuery::default();
            query.party = Some(p);
            s.altinn.submissions().list(a, &query).await
        }),
        row!("submission" "element", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().element(a, &InstanceId::new(p, i), s.floor_plan()).await
        }),
        row!("submission" "element_content", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().element_content(a, &InstanceId::new(p, i), s.floor_plan()).await
        }),
        row!("submission" "fill_in", Element of Instance, |s, a, p, i| {
            let post = FormPost::parse(b"", &[]).unwrap();
            s.altinn.submissions().fill_in(a, &InstanceId::new(p, i), "business", &post).await
        }),
        row!("submission" "fill_in_version", Element of Instance, |s, a, p, i| {
            let post = FormPost::parse(b"", &[]).unwrap();
            s.altinn.submissions().fill_in_version(a, &InstanceId::new(p, i), "business", &post, Some(77)).await
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
        row!("submission" "payment_information", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().payment_information(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "run_service_task", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().run_service_task(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "copy", Element of Instance, |s, a, p, i| {
            s.altinn.submissions().copy(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "copy_with", Element of Instance, |s, a, p, i| {
            let (id, once) = (InstanceId::new(p, i), StartOptions::idempotent("copied"));
            s.altinn.submissions().copy_with(a, &id, &once).await
        }),
        row!("submission" "file_scanned", Element of ScannedFile by agency, |s, a, p, i| {
            s.altinn.submissions().file_scanned(a, &s.instance(), i, &Digest::of(&floor_plan().content), FileScanResult::Clean).await
        }),
        row!("submission" "set_substatus", Element of Instance by agency, |s, a, p, i| {
            let said = Substatus { label: "Seen".to_owned(), description: None };
            s.altinn.submissions().set_substatus(a, &InstanceId::new(p, i), Some(said)).await
        }),
        row!("submission" "confirm_complete", Element of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().confirm_complete(a, &InstanceId::new(p, i)).await
        }),
        row!("submission" "standing", Element of Instance by agency, |s, a, p, i| {
            s.altinn.submissions().standing(a, &InstanceId::new(p, i)).await
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

/// Of subscriptions (abonnement), which make instances.
pub(super) fn subscriptions() -> Vec<Operation> {
    vec![
        row!("submission" "subscribe", Party of MadeRegularly, |s, a, p, i| {
            s.altinn.submissions().subscriptions().subscribe(a, &s.licence, p, &monthly("other")).await
        }),
        row!("submission" "list", Party of MadeRegularly, |s, a, p, i| {
            s.altinn.submissions().subscriptions().list(a, &s.licence, Some(p), None).await
        }),
        row!("submission" "get", Element of MadeRegularly, |s, a, p, i| {
            s.altinn.submissions().subscriptions().get(a, i).await
        }),
        row!("submission" "made", Element of MadeRegularly, |s, a, p, i| {
            s.altinn.submissions().subscriptions().made(a, i, 0).await
        }),
        row!("submission" "change", Element of MadeRegularly, |s, a, p, i| {
            s.altinn.submissions().subscriptions().change(a, i, &monthly("one"), 1).await
        }),
    ]
}
