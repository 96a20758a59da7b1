//! Opening an Altinn in a folder, and publishing an app: whole, or refused with what is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use altinn_archive::ArchiveError;
use altinn_auth::register::RegisterError;
use altinn_core::key::{KeyError, SecretKey, SigningKey};
use altinn_services::submission::SubmissionError;
use altinn_services::{Altinn, OpenError};
use tempfile::TempDir;

use crate::scene::{Scene, everywhere, examples};

#[tokio::test]
async fn a_folder_opens_again_with_the_same_keys_which_only_their_owner_reads() {
    let folder = TempDir::new().unwrap();
    let first = Altinn::local(folder.path()).await.unwrap().archive().verifier_key().to_string();
    let again = Altinn::local(folder.path()).await.unwrap().archive().verifier_key().to_string();
    assert_eq!(first, again);
    for key in ["log.pem", "register.key"] {
        let mode = fs::metadata(folder.path().join("keys").join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{key}");
    }
}

#[tokio::test]
async fn a_missing_key_refuses_to_open_and_is_never_made_anew() {
    for missing in ["keys/log.pem", "keys/register.key", "keys"] {
        let folder = TempDir::new().unwrap();
        drop(Altinn::local(folder.path()).await.unwrap());
        let path = folder.path().join(missing);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        let refused = Altinn::local(folder.path()).await.unwrap_err();
        assert!(matches!(refused, OpenError::Key(KeyError::Missing { .. })), "{missing}: {refused}");
        assert!(!path.exists(), "{missing}");
    }
}

#[tokio::test]
async fn another_log_key_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(Altinn::local(folder.path()).await.unwrap());
    let log = folder.path().join("keys/log.pem");
    fs::remove_file(&log).unwrap();
    SigningKey::create_file(&log).unwrap();
    let refused = Altinn::local(folder.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Archive(ArchiveError::OtherKey { .. })), "{refused}");
}

#[tokio::test]
async fn another_register_key_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(Altinn::local(folder.path()).await.unwrap());
    let register = folder.path().join("keys/register.key");
    fs::remove_file(&register).unwrap();
    SecretKey::create_file(&register).unwrap();
    let refused = Altinn::local(folder.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Register(RegisterError::OtherKey)), "{refused}");
}

#[tokio::test]
async fn what_must_be_given_is_named() {
    let refused = Altinn::builder("sqlite::memory:").build().await.unwrap_err();
    assert!(matches!(refused, OpenError::Missing("log_key")), "{refused}");
}

/// A copy of the sample app in which one file is another.
pub(crate) fn app_with(file: &str, change: impl FnOnce(String) -> String) -> TempDir {
    let copy = TempDir::new().unwrap();
    copy_folder(&examples().join("apps/bakery-licence"), copy.path());
    let path = copy.path().join("App").join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, change(text)).unwrap();
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn a_malformed_app_publishes_nothing_and_says_the_file() {
    let files = [
        "config/applicationmetadata.json",
        "config/process/process.bpmn",
        "config/authorization/policy.xml",
        "models/application.schema.json",
    ];
    for file in files {
        let folder = TempDir::new().unwrap();
        let altinn = Altinn::local(folder.path()).await.unwrap();
        let app = app_with(file, |text| text[..text.len() / 2].to_owned());
        let refused = altinn.publish_app(app.path()).unwrap_err().to_string();
        assert!(refused.contains(file.rsplit('/').next().unwrap()), "{refused}");
        assert!(refused.chars().any(|letter| letter.is_ascii_digit()), "the place is said: {refused}");
        assert!(altinn.service(&"ttd/bakery-licence".parse().unwrap()).is_none(), "{file}");
    }
}

#[tokio::test]
async fn a_task_that_needs_code_that_is_not_there_is_refused_by_name_and_nothing_is_stored() {
    everywhere(async |scene: Scene| {
        let app = app_with("config/process/process.bpmn", |text| text.replace(">signing<", ">payment<"));
        let id = scene.filled_in().await;
        scene.altinn.publish_app(app.path()).unwrap();
        let before = scene.rows().await;
        let refused = scene.altinn.submissions().next(&scene.leader, &id, None).await.unwrap_err();
        assert!(
            matches!(&refused, SubmissionError::PaymentMissing { task } if task == "Task_Signing"),
            "{refused}"
        );
        assert_eq!(scene.rows().await, before);
    })
    .await;
}
