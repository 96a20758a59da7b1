//! A form with a file, read as a stream.

use std::io;

use altinn_services::form_site::{FORM_TOKEN, FormTokens};
use axum::body::Bytes;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use multer::{Constraints, Field, Multipart, SizeLimit};

use super::app::App;
use super::posted::Fields;
use super::trouble::Trouble;
use super::visitor::Member;

/// The field of the file: the last one of its form.
pub(super) const FILE: &str = "file";

/// The most bytes of a field before the file.
const FIELD_BYTES: usize = 4_000;
/// The most fields before the file.
const FIELDS: usize = 20;

/// A form whose last field is a file, of which nothing has been read yet.
pub(super) struct Sent {
    pub(super) fields: Fields,
    file: Option<Field<'static>>,
}

/// A form of somebody who has logged in, of which nothing has been read yet.
async fn form_of(request: Request, app: &App) -> Result<(Member, Multipart<'static>), Response> {
    let (mut parts, body) = request.into_parts();
    let member = Member::from_request_parts(&mut parts, app).await?;
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else {
        return Err(member.trouble(Trouble::Wrong("trouble.wrong.form")));
    };
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(u64::MAX));
    Ok((member, Multipart::with_constraints(body.into_data_stream(), boundary, limits)))
}

impl Sent {
    /// The form of somebody who has logged in, with the token that makes it the portal's own.
    pub(super) async fn receive(request: Request, app: &App) -> Result<(Member, Self), Response> {
        let (member, form) = form_of(request, app).await?;
        let Some(sent) = Self::read(form).await else {
            return Err(member.trouble(Trouble::Wrong("trouble.wrong.form")));
        };
        if !FormTokens::is_right(sent.fields.get(FORM_TOKEN), &member.visitor.form_token) {
            return Err(member.trouble(Trouble::ForeignForm));
        }
        Ok((member, sent))
    }

    /// The fields up to the file; none when it is no form, or too large a one.
    async fn read(mut form: Multipart<'static>) -> Option<Self> {
        let mut fields = Fields::default();
        while let Some(mut field) = form.next_field().await.ok()? {
            if field.name() == Some(FILE) {
                return Some(Self { fields, file: Some(field) });
            }
            let name = field.name()?.to_owned();
            let mut value = Vec::new();
            while let Some(piece) = field.chunk().await.ok()? {
                value.extend_from_slice(&piece);
                if value.len() > FIELD_BYTES || fields.0.len() >= FIELDS {
                    return None;
                }
            }
            fields.0.push((name, String::from_utf8(value).ok()?));
        }
        Some(Self { fields, file: None })
    }

    /// The name of the file, if one was chosen.
    pub(super) fn file_name(&self) -> Option<&str> {
        self.file.as_ref().and_then(Field::file_name).filter(|name| !name.is_empty())
    }

    /// The file's bytes after the first so many.
    pub(super) fn into_stream(self, after: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
        let file = futures_util::stream::iter(self.file).flatten();
        let mut to_skip = after;
        file.map_err(io::Error::other).try_filter_map(move |mut piece| {
            let skipped = usize::try_from(to_skip).unwrap_or(usize::MAX).min(piece.len());
            to_skip -= skipped as u64;
            let rest = piece.split_off(skipped);
            async move { Ok((!rest.is_empty()).then_some(rest)) }
        })
    }

    /// Reads what is left, so that the browser shows the answer.
    pub(super) async fn drain(self) {
        let mut stream = std::pin::pin!(self.into_stream(0));
        while let Some(Ok(_)) = stream.next().await {}
    }
}
