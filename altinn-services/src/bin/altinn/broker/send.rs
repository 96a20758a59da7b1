//! `altinn broker send`: a file to a broker service.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use altinn_core::http::header::{self, HeaderName};
use altinn_core::http::{HttpRequest, Method, StatusCode};
use altinn_services::broker::Hasher;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::json;

use super::PART_BYTES;
use super::progress::Progress;
use super::remote::{Remote, Where};
use super::unfinished::{Sending, Unfinished};
use crate::answer::{Answer, Failure};

const TUS: &str = "broker/api/v1/filetransfer/tus";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Sends a file of any size, by tus 1.0. What breaks off, the same command goes on with: `FILE.altinn-send` beside the file
/// says how, until the file is published.
///
/// The receiver's side publishes it only when its SHA-256 is that of the file here.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The file.
    file: PathBuf,
    /// The broker service, as `ORG/NAME`.
    #[arg(long)]
    service: String,
    /// Whom it is for, by organization number; once for each recipient.
    #[arg(long, required = true)]
    to: Vec<String>,
    /// The sender's own reference, which the recipients see.
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    place: Where,
}

impl Send {
    pub(crate) async fn run(self) -> Result<Answer, Failure> {
        let at = |error: std::io::Error| Failure::at(self.file.display(), &error);
        let mut file = File::open(&self.file).map_err(at)?;
        let name = self.file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Failure::new(format!("`{}` is no file", self.file.display())))?;
        let (size, sha256) = digest(&mut file).map_err(at)?;
        let remote = Remote::at(self.place)?;
        let sending = Sending {
            url: remote.address().to_owned(),
            service: self.service,
            recipients: self.to.iter().map(|number| named(number)).collect(),
            reference: self.reference,
            size,
            sha256: sha256.clone(),
        };
        let mut unfinished = Unfinished::of(&self.file, sending)?;
        let upload = match &unfinished.upload {
            Some(upload) => upload.clone(),
            None => {
                let upload = announce(&remote, name, &unfinished).await?;
                unfinished.upload = Some(upload.clone());
                unfinished.keep(&self.file)?;
                upload
            }
        };
        let upload = Upload { remote: &remote, address: &upload, size };
        upload.send(|from| part(&mut file, from).map_err(at)).await?;
        let id = upload.transfer();
        let status = upload.status().await?;
        Unfinished::forget(&self.file)?;
        let text = format!("{name} is {status}: transfer {id}, {size} bytes, SHA-256 {sha256}");
        let said = json!({ "transfer": id, "status": status, "size": size, "sha256": sha256 });
        Answer::new(text, &said, status != "Failed")
    }
}

/// Announces the file, once however often it is tried; gives the address that takes its bytes.
async fn announce(remote: &Remote, name: &str, unfinished: &Unfinished) -> Result<String, Failure> {
    let Sending { service, recipients, reference, size, sha256, .. } = &unfinished.sending;
    let mut metadata = vec![
        ("filename", name.to_owned()),
        ("resourceId", service.clone()),
        ("recipients", recipients.join(",")),
        ("checksum", sha256.clone()),
    ];
    metadata.extend(reference.clone().map(|text| ("sendersFileTransferReference", text)));
    let pairs: Vec<String> =
        metadata.iter().map(|(name, value)| format!("{name} {}", STANDARD.encode(value))).collect();
    let request = || {
        let request = tus(remote, Method::POST, TUS)?.header(LENGTH, &size.to_string())?;
        Ok(request.header(METADATA, &pairs.join(","))?.header(KEY, &unfinished.key)?)
    };
    let answer = remote.accepted(remote.call(request).await?)?;
    let address = answer.header(&header::LOCATION);
    address.map(str::to_owned).ok_or_else(|| Failure::new("the answer does not say where the bytes go"))
}

fn tus(remote: &Remote, method: Method, path: &str) -> Result<HttpRequest, Failure> {
    Ok(remote.request(method, path)?.header(RESUMABLE, "1.0.0")?)
}

/// A file that was announced.
struct Upload<'a> {
    remote: &'a Remote,
    address: &'a str,
    size: u64,
}

impl Upload<'_> {
    /// Sends what has not come yet, part by part. `part` gives the bytes from a place on.
    async fn send(&self, mut part: impl FnMut(u64) -> Result<Vec<u8>, Failure>) -> Result<(), Failure> {
        let mut progress = Progress::of(self.size);
        let mut from = self.received().await?;
        progress.at(from);
        while from < self.size {
            let bytes = part(from)?;
            let request = || {
                let request = tus(self.remote, Method::PATCH, self.address)?;
                let request = request.header(OFFSET, &from.to_string())?;
                Ok(request.body("application/offset+octet-stream", bytes.clone()))
            };
            let answer = self.remote.call(request).await?;
            // A part whose answer was lost has come nevertheless: the other side says how much it has.
            from = if answer.status() == StatusCode::CONFLICT {
                self.received().await?
            } else {
                self.remote.accepted(answer)?;
                from + bytes.len() as u64
            };
            progress.at(from);
        }
        Ok(())
    }

    /// How many bytes have come.
    async fn received(&self) -> Result<u64, Failure> {
        let answer = self.remote.call(|| tus(self.remote, Method::HEAD, self.address)).await?;
        let answer = self.remote.accepted(answer)?;
        let offset = answer.header(&OFFSET).and_then(|offset| offset.parse().ok());
        offset.ok_or_else(|| Failure::new("the answer does not say how many bytes have come"))
    }

    /// The address of the transfer: that of the upload, without what makes it one and without its query.
    fn transfer_address(&self) -> &str {
        self.address.split('?').next().unwrap_or_default().trim_end_matches("/tus")
    }

    /// The transfer's id.
    fn transfer(&self) -> &str {
        self.transfer_address().rsplit('/').next().unwrap_or_default()
    }

    /// How the transfer stands.
    async fn status(&self) -> Result<String, Failure> {
        let path = self.transfer_address();
        let answer = self.remote.call(|| self.remote.request(Method::GET, path)).await?;
        let overview: serde_json::Value = self.remote.accepted(answer)?.json()?;
        let status = overview.get("fileTransferStatus").and_then(serde_json::Value::as_str);
        Ok(status.unwrap_or_default().to_owned())
    }
}

/// How bodies name an organization.
fn named(number: &str) -> String {
    if number.contains(':') { number.to_owned() } else { format!("0192:{number}") }
}

/// The size and the SHA-256 of a file.
fn digest(file: &mut File) -> std::io::Result<(u64, String)> {
    let (mut hasher, mut size) = (Hasher::new(None), 0);
    loop {
        let bytes = read(file)?;
        if bytes.is_empty() {
            return Ok((size, hasher.finish().sha256.to_string()));
        }
        size += bytes.len() as u64;
        hasher.update(&bytes);
    }
}

/// The bytes of a file from a place on, as many as go into one call.
fn part(file: &mut File, from: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let bytes = read(file)?;
    if bytes.is_empty() {
        return Err(std::io::Error::other("it has become shorter while it was sent"));
    }
    Ok(bytes)
}

fn read(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(PART_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
