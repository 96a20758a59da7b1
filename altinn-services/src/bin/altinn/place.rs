//! Where the store of an agency's services is.

use std::path::{Path, PathBuf};

use altinn_archive::Objects;
use altinn_services::Altinn;
use clap::Args;

use crate::answer::Failure;

/// Where everything is: one folder, or a store, objects and keys each at their place.
///
/// What is not given is read from the environment: `ALTINN_STORE_URL` (where an address with a password belongs),
/// `ALTINN_OBJECTS_URL` and `ALTINN_KEYS`.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The folder that `Altinn::local` made: `altinn.db`, `objects/` and `keys/`.
    #[arg(conflicts_with_all = ["store", "objects", "keys"])]
    folder: Option<PathBuf>,
    /// The address of the store: `sqlite:altinn.db` or `postgres://...`; or in `ALTINN_STORE_URL`.
    #[arg(long)]
    store: Option<String>,
    /// The address of the objects: `file:objects`, `s3://...`; or in `ALTINN_OBJECTS_URL`.
    #[arg(long)]
    objects: Option<String>,
    /// The folder of the keys; or in `ALTINN_KEYS`.
    #[arg(long)]
    keys: Option<PathBuf>,
}

/// A place, each part of it said.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: String,
    pub(crate) objects: String,
    pub(crate) keys: PathBuf,
}

impl Place {
    /// Where each part is.
    pub(crate) fn parts(self) -> Result<Parts, Failure> {
        if let Some(folder) = self.folder {
            let at = |name: &str| folder.join(name).display().to_string();
            let store = format!("sqlite:{}", at("altinn.db"));
            return Ok(Parts {
                store,
                objects: format!("file:{}", at("objects")),
                keys: folder.join("keys"),
            });
        }
        let said = |given: Option<String>, option: &str, variable: &str| {
            let missing = || Failure::new(format!("neither a folder, nor {option}, nor {variable} is given"));
            given.or_else(|| std::env::var(variable).ok()).ok_or_else(missing)
        };
        let keys = self.keys.map(|keys| keys.display().to_string());
        Ok(Parts {
            store: said(self.store, "--store", "ALTINN_STORE_URL")?,
            objects: said(self.objects, "--objects", "ALTINN_OBJECTS_URL")?,
            keys: said(keys, "--keys", "ALTINN_KEYS")?.into(),
        })
    }
}

impl Parts {
    /// The file of an embedded store.
    pub(crate) fn database(&self) -> Option<&Path> {
        self.store.strip_prefix("sqlite:").map(Path::new)
    }

    /// The folder of objects that are kept in one.
    pub(crate) fn object_folder(&self) -> Option<&Path> {
        self.objects.strip_prefix("file:").map(|path| Path::new(path.strip_prefix("//").unwrap_or(path)))
    }

    /// Opens what is there. Nothing is made: what is not there is named.
    pub(crate) async fn open(&self) -> Result<Altinn, Failure> {
        let needed = [self.database(), self.object_folder(), Some(self.keys.as_path())];
        if let Some(missing) = needed.into_iter().flatten().find(|path| !path.exists()) {
            return Err(Failure::new(format!("`{}` is not there", missing.display())));
        }
        let builder = Altinn::builder(self.store.as_str());
        let builder = builder.objects(Objects::open(&self.objects, std::env::vars())?);
        Ok(builder.keys_in(&self.keys, false)?.build().await?)
    }
}
