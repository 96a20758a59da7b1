//! `altinn broker fetch`: a file from a broker service.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use altinn_core::http::{Method, StatusCode, header};
use altinn_services::broker::{Checksum, FileName, Hashed, Hasher};
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::PART_BYTES;
use super::progress::Progress;
use super::remote::{Remote, Where};
use crate::answer::{Answer, Failure};

/// Fetches the file of a transfer, part by part. What breaks off, the same command goes on with: `TRANSFER.part` in the folder
/// has what has come.
///
/// The file gets its name when it is whole, and its checksum is what the sender gave. Exit status: 1 when it is not.
#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// The transfer, by its id.
    #[arg(value_parser = transfer_id)]
    transfer: Uuid,
    /// The folder that the file is put into.
    #[arg(long, default_value = ".")]
    into: PathBuf,
    /// Confirms that it has arrived, once it has and is right.
    #[arg(long)]
    confirm: bool,
    #[command(flatten)]
    place: Where,
}

/// How the transfer stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Overview {
    file_name: Option<String>,
    file_transfer_size: u64,
    checksum: Option<String>,
}

impl Fetch {
    pub(crate) async fn run(self) -> Result<Answer, Failure> {
        let remote = Remote::at(self.place)?;
        let transfer = format!("broker/api/v1/filetransfer/{}", self.transfer);
        let answer = remote.call(|| remote.request(Method::GET, &transfer)).await?;
        let overview: Overview = remote.accepted(answer)?.json()?;
        let (size, checksum) = (overview.file_transfer_size, overview.checksum);
        let checksum: Option<Checksum> = checksum.map(|text| text.parse()).transpose()?;
        // A name from elsewhere leads into no other folder.
        let name: FileName = overview.file_name.unwrap_or_else(|| self.transfer.to_string()).parse()?;
        let (path, part) = (self.into.join(name.as_str()), self.into.join(format!("{}.part", self.transfer)));
        if path.exists() {
            let there = path.display();
            return Err(Failure::new(format!("`{there}` is there already; another folder: --into")));
        }
        let download = format!("{transfer}/download");
        let hashed = fetched(&remote, &download, &part, (size, checksum)).await?;
        let is_right = hashed.is(checksum);
        let sha256 = hashed.sha256.to_string();
        let said = json!({
            "file": path.display().to_string(), "size": size, "sha256": sha256, "right": is_right,
            "checked": checksum.is_some(), "confirmed": self.confirm && is_right,
        });
        if !is_right {
            std::fs::remove_file(&part).map_err(|error| Failure::at(part.display(), &error))?;
            let text =
                format!("{} is not what its sender gave the checksum of, and was thrown away", name.as_str());
            return Answer::new(text, &said, false);
        }
        // Before the file has its name: when this fails, the same command confirms what has come.
        if self.confirm {
            let confirm = format!("{transfer}/confirmdownload");
            let answer = remote.call(|| remote.request(Method::POST, &confirm)).await?;
            remote.accepted(answer)?;
        }
        std::fs::rename(&part, &path).map_err(|error| Failure::at(path.display(), &error))?;
        let checked = if checksum.is_some() {
            "is what its sender gave the checksum of"
        } else {
            "came without a checksum"
        };
        let confirmed = if self.confirm { ", and is confirmed" } else { "" };
        Answer::new(
            format!("{} {checked}{confirmed}: {size} bytes, SHA-256 {sha256}", path.display()),
            &said,
            true,
        )
    }
}

fn transfer_id(text: &str) -> Result<Uuid, &'static str> {
    text.parse().map_err(|_| "the id of a transfer is a UUID, as `broker send` says it")
}

/// Fetches what has not come yet into a file, and gives the digests of all of it.
async fn fetched(
    remote: &Remote,
    download: &str,
    path: &Path,
    (size, checksum): (u64, Option<Checksum>),
) -> Result<Hashed, Failure> {
    let at = |error: std::io::Error| Failure::at(path.display(), &error);
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path).map_err(at)?;
    let mut hasher = Hasher::new(checksum);
    let mut from = digest(&mut file, &mut hasher).map_err(at)?;
    let mut progress = Progress::of(size);
    progress.at(from);
    while from < size {
        let range = format!("bytes={from}-{}", (from + PART_BYTES).min(size) - 1);
        let request = || Ok(remote.request(Method::GET, download)?.header(header::RANGE, &range)?);
        let answer = remote.accepted(remote.call(request).await?)?;
        if answer.status() != StatusCode::PARTIAL_CONTENT || answer.body().is_empty() {
            return Err(Failure::new(format!(
                "{} does not give the part that was asked for",
                remote.address()
            )));
        }
        file.write_all(answer.body()).map_err(at)?;
        hasher.update(answer.body());
        from += answer.body().len() as u64;
        progress.at(from);
    }
    file.sync_all().map_err(at)?;
    Ok(hasher.finish())
}

/// Takes in what is there of a file, and gives how much it is.
fn digest(file: &mut File, hasher: &mut Hasher) -> std::io::Result<u64> {
    let (mut buffer, mut size) = (vec![0; 1024 * 1024], 0);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(size);
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
        size += count as u64;
    }
}
