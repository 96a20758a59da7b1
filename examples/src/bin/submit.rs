//! The main job, from a form to a verified receipt.
//!
//! `cargo run -p altinn-examples --bin submit [APP_FOLDER] [DATA.json]` runs the service of an unmodified Altinn 3 app
//! folder in a temporary folder, sends a form in as synthetic people, and prints what happened step by step. Without
//! arguments it is the sample app of this project.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use altinn_archive::{Receipt, ReceiptState, VerifierKey};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, InstanceId, Language, PartyId, Subject};
use altinn_examples::{Cast, form, stand_in};
use altinn_notify::channel::{Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::SmtpSink;
use altinn_services::definition::DataType;
use altinn_services::form::{FormData, Issue};
use altinn_services::process::TaskKind;
use altinn_services::submission::{Service, SubmissionError};
use altinn_services::{Altinn, AltinnBuilder};

/// The sample app of this project, a form for it, and one that is not in order.
const SAMPLE_APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence");
const SAMPLE_DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/bakery-licence.json");
const SAMPLE_WRONG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/bakery-licence.invalid.json");

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> std::process::ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run())) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("\nstopped: {error}"));
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from).collect::<Vec<_>>().into_iter();
    let app = arguments.next();
    let (app, data, wrong) = match app {
        Some(app) => (app, arguments.next(), None),
        None => (SAMPLE_APP.into(), Some(PathBuf::from(SAMPLE_DATA)), Some(PathBuf::from(SAMPLE_WRONG))),
    };

    let folder = tempfile::tempdir()?;
    let sink = SmtpSink::start().await?;
    let smtp = Smtp::new(SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None))?;
    let builder = AltinnBuilder::local(folder.path())?.email("noreply@example.com".parse()?, smtp);
    let altinn = builder.build().await?;
    let service = altinn.publish_app(&app)?;
    let cast = Cast::of(&altinn, &service).await?;
    introduce(&service, &cast)?;
    for kind in stand_in(&altinn, service.definition()) {
        say(&format!(
            "   tasks of kind `{kind}` need the agency's code: a stand-in of this program does them"
        ));
    }

    refuse_a_stranger(&altinn, &service, &cast).await?;
    let (role, starter) = cast.starter()?;
    let level = starter.level();
    step(&format!("{} has logged in at a fake ID-porten; the token is verified: level {level}", role.code()));
    let instance = altinn.submissions().start(starter, &service, cast.owner().id).await?;
    step(&format!("{} starts instance {}", role.code(), instance.id()));
    let read = |path: Option<PathBuf>| path.map(|path| form::read(&path)).transpose();
    let (data, wrong) = (read(data)?, read(wrong)?);
    let walk = Walk { altinn: &altinn, service: &service, cast: &cast, instance: instance.id(), data, wrong };
    walk.go().await?;

    let receipt = show_receipt(&altinn, starter, instance.id()).await?;
    show_documents(&altinn, starter, instance.id()).await?;
    verify_offline(&receipt.to_json(), &altinn.archive().verifier_key().to_string())?;
    show_mail(&altinn, &sink).await?;
    show_events(&altinn).await
}

fn introduce(service: &Service, cast: &Cast) -> Outcome<()> {
    step(&format!("service `{}` is published: {}", service.id(), service.title(Language::Nb)));
    for task in service.definition().process().tasks() {
        say(&format!("   task {} ({})", task.id, task.kind.name()));
    }
    for remark in service.definition().remarks() {
        say(&format!("   note: {remark}"));
    }
    say(&format!("   used for party {} (synthetic)", cast.owner().id));
    Ok(())
}

/// Somebody whom the policy gives nothing is refused, and told why.
async fn refuse_a_stranger(altinn: &Altinn, service: &Service, cast: &Cast) -> Outcome<()> {
    let stranger = SyntheticPeople::from_seed(99).person();
    let party = PartyId::new(stranger.id.get() + 10_000);
    let subject = Subject::Person { party, uuid: stranger.uuid, number: None };
    let actor = Actor::new(subject, AuthenticationLevel::VerySensitive);
    match altinn.submissions().start(&actor, service, cast.owner().id).await {
        Err(SubmissionError::Access(altinn_auth::decision::AccessError::Denied(denial))) => {
            step("somebody without a role for the party is refused:");
            denial.explain(Language::En).lines().for_each(|line| say(&format!("   {line}")));
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err("somebody without a role was let in".into()),
    }
}

/// One submission, from the first task to the last.
struct Walk<'a> {
    altinn: &'a Altinn,
    service: &'a Service,
    cast: &'a Cast,
    instance: &'a InstanceId,
    /// The form to send in first; what is missing is made up.
    data: Option<FormData>,
    /// A form that is not in order, to be refused first.
    wrong: Option<FormData>,
}

impl Walk<'_> {
    /// Goes through the tasks, each by somebody who may, until the end.
    async fn go(mut self) -> Outcome<()> {
        let (_, starter) = self.cast.starter()?;
        let process = self.service.definition().process();
        let mut first = true;
        loop {
            let instance = self.altinn.submissions().get(starter, self.instance).await?;
            let Some(task) = instance.task().and_then(|task| process.task(task)) else { return Ok(()) };
            let action = task.action(None);
            let (role, actor) = self.cast.who_may(self.altinn, self.service, action, &task.id).await?;
            for wanted in self.service.forms_of(&task.id).filter(|form| instance.element(&form.id).is_some())
            {
                if std::mem::take(&mut first) {
                    self.refuse_a_wrong_form(actor, wanted).await?;
                }
                let form = match self.data.take() {
                    Some(data) => data,
                    None => form::made_up(self.service, wanted)?,
                };
                let saved = self.altinn.submissions().save(actor, self.instance, &wanted.id, &form).await?;
                step(&format!("{} fills in `{}`: {} faults", role.code(), wanted.id, saved.issues.len()));
                show_issues(&form, &saved.issues);
            }
            if task.kind == TaskKind::Payment {
                self.pay(&task.id).await?;
            }
            let next = self.altinn.submissions().next(actor, self.instance, None).await?;
            let now = next.task().map_or_else(|| "it is sent in".to_owned(), |task| format!("now in {task}"));
            step(&format!("{} does `{action}` in {}: {now}", role.code(), task.id));
        }
    }

    async fn pay(&self, task: &str) -> Outcome<()> {
        let (role, actor) = self.cast.who_may(self.altinn, self.service, "pay", task).await?;
        let payment = self.altinn.submissions().pay(actor, self.instance).await?;
        let price = payment.order_details.total_price_inc_vat;
        step(&format!("{} pays {price} {} in {task}", role.code(), payment.order_details.currency));
        Ok(())
    }

    /// A form that is not in order is kept as a draft, and refused when it is to go on.
    async fn refuse_a_wrong_form(&mut self, actor: &Actor, wanted: &DataType) -> Outcome<()> {
        let wrong = match self.wrong.take() {
            Some(wrong) => Some(wrong),
            None => form::wrong(self.service, wanted)?,
        };
        let Some(wrong) = wrong else {
            say("   (the form accepts anything: there is nothing to refuse)");
            return Ok(());
        };
        self.altinn.submissions().save(actor, self.instance, &wanted.id, &wrong).await?;
        match self.altinn.submissions().next(actor, self.instance, None).await {
            Err(SubmissionError::Invalid(issues)) => {
                step("a form that is not in order is kept as a draft, and refused:");
                show_issues(&wrong, &issues);
                Ok(())
            }
            Err(error) => Err(error.into()),
            Ok(_) => Err("a form that is not in order was accepted".into()),
        }
    }
}

/// Where and why a form is not in order.
fn show_issues(form: &FormData, issues: &[Issue]) {
    for issue in issues {
        let detail = issue.detail.in_language(Language::En);
        say(&format!("   `{}`{}: {detail}", issue.path, place(form, &issue.path)));
    }
}

fn place(form: &FormData, path: &str) -> String {
    form.position(path).map_or_else(String::new, |at| format!(" (line {}, column {})", at.line, at.column))
}

/// The receipt for people, in three languages; kept in the folder that `ALTINN_SUBMIT_DOCUMENTS` names.
async fn show_documents(altinn: &Altinn, actor: &Actor, id: &InstanceId) -> Outcome<()> {
    let folder = std::env::var_os("ALTINN_SUBMIT_DOCUMENTS").map(PathBuf::from);
    for language in [Language::Nb, Language::Nn, Language::En] {
        let document = altinn.submissions().receipt_document(actor, id, language).await?;
        if altinn.submissions().receipt_document(actor, id, language).await? != document {
            return Err("a receipt for people is another one when it is asked for again".into());
        }
        step(&format!("the receipt for people, in `{language}`: a PDF of {} bytes", document.len()));
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{language}.pdf")), document)?;
        }
    }
    Ok(())
}

async fn show_receipt(altinn: &Altinn, actor: &Actor, id: &InstanceId) -> Outcome<Receipt> {
    let ReceiptState::Proved(receipt) = altinn.submissions().receipt(actor, id).await? else {
        return Err("the receipt was not proved in time".into());
    };
    step(&format!(
        "the receipt: entry {}, leaf {} of log `{}`",
        receipt.entry(),
        receipt.leaf_index(),
        receipt.log()
    ));
    for element in &receipt.fields().elements {
        say(&format!(
            "   {} ({}, {} bytes) SHA-256 {}",
            element.name, element.content_type, element.size, element.sha256
        ));
    }
    let again = altinn.submissions().submit(actor, id).await?;
    if again.proved().as_ref() != Some(&receipt) {
        return Err("sending in again gave another receipt".into());
    }
    step("sending in again has no effect, and gives the same receipt");
    Ok(receipt)
}

/// Anyone can do this: all that is needed is the text of the receipt and of the public key.
fn verify_offline(receipt: &str, key: &str) -> Outcome<()> {
    let key: VerifierKey = key.parse()?;
    serde_json::from_str::<Receipt>(receipt)?.verify(&key)?;
    step(&format!("verified offline with the public key {key}"));
    let forged = receipt.replacen("\"level\",", "\"level\" ,", 1).replacen("\"value\":4", "\"value\":3", 1);
    match serde_json::from_str::<Receipt>(&forged)?.verify(&key) {
        Err(error) => say(&format!("   with another level in it: {error}")),
        Ok(()) => return Err("a forged receipt was verified".into()),
    }
    Ok(())
}

async fn show_mail(altinn: &Altinn, sink: &SmtpSink) -> Outcome<()> {
    altinn.notifier().dispatch(10).await?;
    let mails = sink.wait_for(1, Duration::from_secs(5)).await;
    let mail = mails.first().ok_or("no mail came")?;
    step(&format!("the mail server got: {}", mail.subject().unwrap_or_default()));
    mail.body().lines().for_each(|line| say(&format!("   | {line}")));
    Ok(())
}

async fn show_events(altinn: &Altinn) -> Outcome<()> {
    step("the agency reads the events:");
    for event in altinn.events().read(0, 100).await?.events {
        let time = event.time().map(|time| time.format("%H:%M:%S%.3f").to_string()).unwrap_or_default();
        say(&format!("   {time} {} {}", event.event_type(), event.resource_instance().unwrap_or_default()));
    }
    Ok(())
}

fn step(text: &str) {
    say(&format!("-- {text}"));
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
