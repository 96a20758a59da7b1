//! Settings from the environment.

use std::env;
use std::path::PathBuf;

/// Where everything is kept, and whom it talks to.
#[derive(Debug)]
pub(crate) struct Settings {
    /// `ALTINN_STORE_URL`: `sqlite:PATH` or `postgres://...`.
    pub(crate) store: String,
    /// `ALTINN_OBJECTS_URL`: `file:///PATH` or `s3://BUCKET/PREFIX`.
    pub(crate) objects: String,
    /// `ALTINN_KEYS`: the folder of the keys.
    pub(crate) keys: PathBuf,
    /// `ALTINN_SMTP_HOST`: `HOST:PORT`; without it no mail is sent.
    pub(crate) smtp: Option<(String, u16)>,
    /// `ALTINN_SMS_URL`: the address of an SMS gateway; without it no SMS is sent.
    pub(crate) sms: Option<String>,
}

impl Settings {
    /// Reads the environment; what is not set stands in the folder `altinn-data`. The error names the variable.
    pub(crate) fn from_env() -> Result<Self, String> {
        let variable = |name: &str, otherwise: &str| env::var(name).unwrap_or_else(|_| otherwise.to_owned());
        let smtp = match env::var("ALTINN_SMTP_HOST") {
            Ok(address) => {
                Some(host_and_port(&address).ok_or("ALTINN_SMTP_HOST is not of the form HOST:PORT")?)
            }
            Err(_) => None,
        };
        Ok(Self {
            store: variable("ALTINN_STORE_URL", "sqlite:altinn-data/altinn.db"),
            objects: variable("ALTINN_OBJECTS_URL", "file:altinn-data/objects"),
            keys: variable("ALTINN_KEYS", "altinn-data/keys").into(),
            smtp,
            sms: env::var("ALTINN_SMS_URL").ok(),
        })
    }
}

fn host_and_port(address: &str) -> Option<(String, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    Some((host.to_owned(), port.parse().ok()?))
}
