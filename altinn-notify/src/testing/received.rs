//! A mail as it arrived.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A mail that an [`SmtpSink`](super::SmtpSink) received. `Debug` hides who it is for and what it says.
///
/// ```
/// use altinn_notify::testing::ReceivedMail;
///
/// let data = b"Subject: =?utf-8?b?U8O4a25hZA==?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHei p=C3=A5 =\r\ndeg\r\n";
/// let mail = ReceivedMail::new("noreply@example.com", ["ola@example.com"], data.to_vec());
/// assert_eq!(mail.subject().as_deref(), Some("Søknad"));
/// assert_eq!(mail.body(), "Hei på deg\n");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    from: String,
    to: Vec<String>,
    data: Vec<u8>,
}

impl ReceivedMail {
    /// A mail with its envelope and its content as it went over the line, without the end mark and doubled dots.
    pub fn new<T: Into<String>>(
        from: impl Into<String>,
        to: impl IntoIterator<Item = T>,
        data: Vec<u8>,
    ) -> Self {
        Self { from: from.into(), to: to.into_iter().map(Into::into).collect(), data }
    }

    /// The sender of the envelope.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The recipients of the envelope.
    pub fn to(&self) -> &[String] {
        &self.to
    }

    /// Headers and body as they went over the line.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The subject, decoded.
    pub fn subject(&self) -> Option<String> {
        self.header("Subject")
    }

    /// The Message-ID with its angle brackets.
    pub fn message_id(&self) -> Option<String> {
        self.header("Message-ID")
    }

    /// The first header of this name, unfolded, its encoded words decoded (RFC 2047).
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.parts();
        let unfolded = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
        let value = unfolded.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })?;
        Some(decoded_words(value.trim()))
    }

    /// The body of a mail that is plain text in UTF-8, decoded, with line feeds between its lines.
    pub fn body(&self) -> String {
        let (_, body) = self.parts();
        let encoding = self.header("Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase();
        let bytes = match encoding.as_str() {
            "quoted-printable" => decoded_quoted_printable(&body),
            "base64" => decoded_base64(&body),
            _ => body.into_bytes(),
        };
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    }

    /// What stands before and after the first empty line.
    fn parts(&self) -> (String, String) {
        let text = String::from_utf8_lossy(&self.data);
        let (headers, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        (headers.to_owned(), body.to_owned())
    }
}

impl fmt::Debug for ReceivedMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivedMail({} bytes)", self.data.len())
    }
}

/// Decodes `=?utf-8?b?...?=` and `=?utf-8?q?...?=`; white space between two of them goes.
fn decoded_words(value: &str) -> String {
    let mut decoded = Vec::new();
    let mut after_word = false;
    for word in value.split(' ') {
        match encoded_word(word) {
            Some(bytes) => {
                if !after_word && !decoded.is_empty() {
                    decoded.push(b' ');
                }
                decoded.extend(bytes);
                after_word = true;
            }
            None if word.is_empty() => {}
            None => {
                if !decoded.is_empty() {
                    decoded.push(b' ');
                }
                decoded.extend(word.as_bytes());
                after_word = false;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn encoded_word(word: &str) -> Option<Vec<u8>> {
    let mut parts = word.strip_prefix("=?")?.strip_suffix("?=")?.split('?');
    let (charset, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
    match encoding {
        _ if !charset.eq_ignore_ascii_case("utf-8") => None,
        "b" | "B" => BASE64.decode(text).ok(),
        "q" | "Q" => Some(decoded_quoted_printable(&text.replace('_', " "))),
        _ => None,
    }
}

fn decoded_base64(body: &str) -> Vec<u8> {
    let text: String = body.split_whitespace().collect();
    BASE64.decode(text).unwrap_or_default()
}

/// Decodes `=C3=A5` and takes out soft line breaks; what is not valid stays as it is.
fn decoded_quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut decoded = Vec::with_capacity(joined.len());
    let mut rest = joined.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        decoded.extend(before.as_bytes());
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                rest = after.get(2..).unwrap_or("");
            }
            None => {
                decoded.push(b'=');
                rest = after;
            }
        }
    }
    decoded.extend(rest.as_bytes());
    decoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_folded_header_is_one_line_and_words_join() {
        let data = b"X: 1\r\nSubject: =?utf-8?q?S=C3=B8k?=\r\n =?utf-8?b?bmFk?= er\r\n mottatt\r\n\r\nb";
        let mail = ReceivedMail::new("a@b.no", ["c@d.no"], data.to_vec());
        assert_eq!(mail.subject().as_deref(), Some("Søknad er mottatt"));
        assert_eq!(mail.header("Reply-To"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(data in proptest::collection::vec(any::<u8>(), 0..200), text in "(Subject: |=\\?utf-8\\?[bq]\\?|\r\n|[=?a-f0-9 å]){0,40}") {
            for data in [data, text.into_bytes(), ] {
                let mail = ReceivedMail::new("a@b.no", ["c@d.no"], data);
                let _ = (mail.subject(), mail.body());
            }
        }
    }
}
