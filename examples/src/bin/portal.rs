//! The portal in a browser: `cargo run -p altinn-examples --bin portal`.
//!
//! It says its address and runs until it is stopped; a folder that was not named goes with it. Its settings are variables, as
//! [`Settings`] says; what is wrong with them is named at once.

use std::io::Write;
use std::process::ExitCode;

use altinn_examples::portal::{Portal, Settings};
use altinn_services::testing::PassingFolder;

#[tokio::main]
async fn main() -> ExitCode {
    if PassingFolder::tidies() {
        return ExitCode::SUCCESS;
    }
    match open().await {
        Ok((portal, _passing)) => {
            say(&format!("The portal is open: {}", portal.address()));
            say(&format!("Everything is kept in {}", portal.folder().display()));
            std::future::pending().await
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "The portal cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The portal, and the folder that goes with it unless another one was named.
async fn open() -> Result<(Portal, Option<PassingFolder>), Box<dyn std::error::Error>> {
    let mut settings = Settings::read(std::env::vars())?;
    let passing = settings.folder.is_none().then(PassingFolder::new).transpose()?;
    settings.folder = settings.folder.or(passing.as_ref().map(|folder| folder.path().to_owned()));
    Ok((Portal::open(&settings).await?, passing))
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
