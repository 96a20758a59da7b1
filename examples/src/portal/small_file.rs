//! A form with a small file, whose fields may come after it.

use axum::extract::Request;
use axum::response::Response;

use super::app::App;
use super::form_token;
use super::posted::Fields;
use super::trouble::Trouble;
use super::upload::{FILE, form_of};
use super::visitor::Member;

/// The most bytes of the file.
const FILE_BYTES: usize = 20 * 1024 * 1024;
/// The most bytes of another field.
const FIELD_BYTES: usize = 4_000;
/// The most fields.
const FIELDS: usize = 20;

/// A file in memory.
pub(super) struct SmallFile {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
}

impl SmallFile {
    /// The form of somebody who has logged in, with the token that makes it the portal's own, and its file, if one was
    /// chosen.
    pub(super) async fn receive(
        request: Request,
        app: &App,
    ) -> Result<(Member, Fields, Option<Self>), Response> {
        let (member, mut form) = form_of(request, app).await?;
        let unreadable = || member.trouble(Trouble::Wrong("trouble.wrong.form"));
        let (mut fields, mut file) = (Fields::default(), None);
        while let Some(mut field) = form.next_field().await.map_err(|_| unreadable())? {
            let name = field.name().unwrap_or_default().to_owned();
            let limit = if name == FILE { FILE_BYTES } else { FIELD_BYTES };
            let (file_name, kind) = (
                field.file_name().unwrap_or_default().to_owned(),
                field.content_type().map_or("application/octet-stream".to_owned(), ToString::to_string),
            );
            let mut bytes = Vec::new();
            while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
                bytes.extend_from_slice(&piece);
                if bytes.len() > limit || fields.0.len() >= FIELDS {
                    return Err(member.trouble(Trouble::Wrong("form.file.large")));
                }
            }
            if name != FILE {
                fields.0.push((name, String::from_utf8(bytes).map_err(|_| unreadable())?));
            } else if !file_name.is_empty() {
                file = Some(Self { name: file_name, content_type: kind, bytes });
            }
        }
        if form_token::is_right(fields.get(form_token::FIELD), &member.visitor.form_token) {
            Ok((member, fields, file))
        } else {
            Err(member.trouble(Trouble::ForeignForm))
        }
    }
}
