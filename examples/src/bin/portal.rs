//! The portal in a browser: `cargo run -p altinn-examples --bin portal`.
//!
//! It says its address and runs until it is stopped. Its settings are variables, as
//! [`Settings`] says; what is wrong with them is named at once.

use std::io::Write;
use std::process::ExitCode;

use altinn_examples::portal::{Portal, Settings};

#[tokio::main]
async fn main() -> ExitCode {
    match open().await {
        Ok(portal) => {
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

async fn open() -> Result<Portal, Box<dyn std::error::Error>> {
    Ok(Portal::open(&Settings::read(std::env::vars())?).await?)
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
