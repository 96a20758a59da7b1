//! All files of a correspondence in one.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use altinn_archive::ContentError;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{BoxStream, try_unfold};
use futures_util::{Stream, StreamExt as _};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::at::{CorrespondencePath, Found};
use crate::correspondence::Download;
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::app::attachment;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// The most bytes that all files have together, as at Altinn.
const MOST_BYTES: u64 = 25 * 1024 * 1024;

/// Downloads all files of a correspondence in one ZIP, for whoever has got it: at most 25 MiB together.
#[utoipa::path(get, path = "/correspondence/api/v1/correspondence/{correspondenceId}/attachments/downloadall",
    tag = "correspondence", operation_id = "downloadAllCorrespondenceAttachments", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "The files", body = Vec<u8>, content_type = "application/zip")))]
pub(super) async fn fetch_all(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
) -> Result<Response, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    let files = api.altinn().correspondences().attachments(&actor, &service, &id, MOST_BYTES).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (CONTENT_DISPOSITION, attachment("attachments.zip")),
    ];
    Ok((headers, Body::from_stream(zipped(files))).into_response())
}

/// The files one after the other, each as it is read: memory holds a piece of one.
fn zipped(files: Vec<Download>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let names = distinct(files.iter().map(|file| file.attachment.file_name.as_str()));
    let files: Vec<_> = names.into_iter().zip(files).collect();
    let written = Written::default();
    let zip = Some(ZipWriter::new_stream(written.clone()));
    try_unfold(Zipping { written, zip, files: files.into_iter(), open: None }, Zipping::next)
}

struct Zipping {
    written: Written,
    /// None at the end.
    zip: Option<ZipWriter<StreamWriter<Written>>>,
    files: std::vec::IntoIter<(String, Download)>,
    open: Option<BoxStream<'static, Result<Bytes, ContentError>>>,
}

impl Zipping {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        while self.zip.is_some() {
            self.go_on().await?;
            let bytes = self.written.take();
            if !bytes.is_empty() {
                return Ok(Some((bytes, self)));
            }
        }
        Ok(None)
    }

    async fn go_on(&mut self) -> io::Result<()> {
        let Some(zip) = &mut self.zip else { return Ok(()) };
        if let Some(content) = &mut self.open {
            match content.next().await {
                Some(piece) => zip.write_all(&piece.map_err(io::Error::other)?)?,
                None => self.open = None,
            }
        } else if let Some((name, file)) = self.files.next() {
            zip.start_file(name, SimpleFileOptions::default()).map_err(io::Error::other)?;
            self.open = Some(file.content.into_stream().boxed());
        } else if let Some(zip) = self.zip.take() {
            zip.finish().map_err(io::Error::other)?;
        }
        Ok(())
    }
}

/// What was written and is not sent yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The same names, a number behind those that stand there already in whatever capitals.
fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut free = |name: &str| seen.insert(name.to_lowercase());
    names
        .map(|name| {
            if free(name) {
                return name.to_owned();
            }
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
            let numbered = (2..).map(|number| format!("{stem} ({number}).{extension}"));
            let mut numbered = numbered.filter(|name| free(name));
            numbered.next().unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn no_two_files_are_called_the_same_on_any_system() {
        let names = distinct(["a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "b"].into_iter());
        assert_eq!(names, ["a.pdf", "A (2).PDF", "a (3).pdf", "a (2) (2).pdf", "b"]);
    }
}
