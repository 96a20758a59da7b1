//! The server's side of one connection.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::ReceivedMail;
use super::sink::{Mailbox, Misbehaviour};

/// The most bytes of a command with its line break (RFC 5321, section 4.5.3.1.4, with room for AUTH).
const MAX_COMMAND_BYTES: u64 = 2048;
/// The most bytes of a line of content (RFC 5321, section 4.5.3.1.6, with room for a doubled dot).
const MAX_LINE_BYTES: u64 = 1001;
/// The most bytes of a mail.
const MAX_MAIL_BYTES: usize = 8 * 1024 * 1024;
/// The most recipients of a mail.
const MAX_RECIPIENTS: usize = 100;

/// One connection and how far it has come.
pub(super) struct Dialogue {
    stream: BufReader<TcpStream>,
    mailbox: Arc<Mailbox>,
    is_logged_in: bool,
    from: Option<String>,
    to: Vec<String>,
}

/// Whether the connection goes on.
enum Next {
    GoOn,
    Close,
}

impl Dialogue {
    pub(super) fn new(stream: TcpStream, mailbox: Arc<Mailbox>) -> Self {
        Self { stream: BufReader::new(stream), mailbox, is_logged_in: false, from: None, to: Vec::new() }
    }

    /// Speaks until one of both closes the connection. What fails on it is the client's to notice.
    pub(super) async fn run(mut self) {
        let mailbox = Arc::clone(&self.mailbox);
        tokio::select! {
            _ = self.speak() => {}
            () = mailbox.closed() => {}
        }
    }

    async fn speak(&mut self) -> io::Result<()> {
        self.stream.get_ref().set_nodelay(true)?;
        self.say("220 sink ESMTP").await?;
        while let Some(line) = self.read_line(MAX_COMMAND_BYTES).await? {
            let Ok(line) = String::from_utf8(line) else {
                self.say("500 5.5.2 not a command").await?;
                continue;
            };
            if let Next::Close = self.answer(line.trim_end()).await? {
                break;
            }
        }
        Ok(())
    }

    async fn answer(&mut self, line: &str) -> io::Result<Next> {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let said = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.reset();
                "250-sink\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-AUTH PLAIN\r\n250 SIZE 8388608"
                    .to_owned()
            }
            "HELO" | "RSET" => {
                self.reset();
                "250 2.0.0 ok".to_owned()
            }
            "AUTH" => self.log_in(argument),
            "MAIL" => self.sender(argument),
            "RCPT" => self.recipient(argument),
            "DATA" if self.to.is_empty() => "503 5.5.1 recipients first".to_owned(),
            "DATA" => return self.content().await,
            "NOOP" => "250 2.0.0 ok".to_owned(),
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(Next::Close);
            }
            _ => "502 5.5.1 not known here".to_owned(),
        };
        self.say(&said).await?;
        Ok(Next::GoOn)
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn log_in(&mut self, argument: &str) -> String {
        let given = argument.strip_prefix("PLAIN ").and_then(|text| BASE64.decode(text).ok());
        self.is_logged_in = match (given, self.mailbox.credentials()) {
            (Some(given), Some(right)) => given == right.as_bytes(),
            (given, None) => given.is_some(),
            (None, _) => false,
        };
        if self.is_logged_in { "235 2.7.0 welcome" } else { "535 5.7.8 not so" }.to_owned()
    }

    fn sender(&mut self, argument: &str) -> String {
        if self.mailbox.credentials().is_some() && !self.is_logged_in {
            return "530 5.7.0 log in first".to_owned();
        }
        let Some(from) = path(argument, "FROM:") else { return "501 5.5.4 MAIL FROM:<address>".to_owned() };
        self.reset();
        self.from = Some(from);
        "250 2.1.0 ok".to_owned()
    }

    fn recipient(&mut self, argument: &str) -> String {
        let Some(to) = path(argument, "TO:") else { return "501 5.5.4 RCPT TO:<address>".to_owned() };
        if self.from.is_none() {
            return "503 5.5.1 sender first".to_owned();
        }
        if self.to.len() >= MAX_RECIPIENTS {
            return "452 4.5.3 too many recipients".to_owned();
        }
        let is_about_recipient =
            |how: &Misbehaviour| matches!(how, Misbehaviour::RefuseRecipient | Misbehaviour::DeferRecipient);
        match self.mailbox.take_misbehaviour(is_about_recipient) {
            Some(Misbehaviour::RefuseRecipient) => format!("550 5.1.1 <{to}>: no such mailbox"),
            Some(_) => format!("451 4.3.0 <{to}>: try again later"),
            None => {
                self.to.push(to);
                "250 2.1.5 ok".to_owned()
            }
        }
    }

    async fn content(&mut self) -> io::Result<Next> {
        self.say("354 go on, and end with a dot").await?;
        let closes_early =
            self.mailbox.take_misbehaviour(|how| *how == Misbehaviour::CloseInContent).is_some();
        let mut data = Vec::new();
        let mut is_too_large = false;
        loop {
            let Some(line) = self.read_line(MAX_LINE_BYTES).await? else { return Ok(Next::Close) };
            if closes_early && !data.is_empty() {
                return Ok(Next::Close);
            }
            if line == b".\r\n" {
                break;
            }
            is_too_large |= data.len() + line.len() > MAX_MAIL_BYTES;
            if !is_too_large {
                data.extend(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
        self.take_over(data, is_too_large).await
    }

    async fn take_over(&mut self, data: Vec<u8>, is_too_large: bool) -> io::Result<Next> {
        let (from, to) = (self.from.take().unwrap_or_default(), std::mem::take(&mut self.to));
        let refuses = |how: &Misbehaviour| *how == Misbehaviour::RefuseContent;
        if is_too_large {
            self.say("552 5.3.4 too large").await?;
            return Ok(Next::GoOn);
        }
        if self.mailbox.take_misbehaviour(refuses).is_some() {
            self.say("554 5.7.1 not wanted").await?;
            return Ok(Next::GoOn);
        }
        self.mailbox.keep(ReceivedMail::new(from, to, data));
        let is_about_answer =
            |how: &Misbehaviour| matches!(how, Misbehaviour::CloseAfterContent | Misbehaviour::AnswerLate(_));
        match self.mailbox.take_misbehaviour(is_about_answer) {
            Some(Misbehaviour::AnswerLate(wait)) => tokio::time::sleep(wait).await,
            Some(_) => return Ok(Next::Close),
            None => {}
        }
        self.say("250 2.0.0 kept").await?;
        Ok(Next::GoOn)
    }

    /// A line with its line break, or nothing when the client has closed. One that is too long ends the connection.
    async fn read_line(&mut self, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        (&mut self.stream).take(limit).read_until(b'\n', &mut line).await?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.ends_with(b"\r\n") {
            return Ok(Some(line));
        }
        self.say("500 5.5.6 line too long or not ended by CR LF").await?;
        Ok(None)
    }

    async fn say(&mut self, what: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{what}\r\n").as_bytes()).await
    }
}

/// The address in `FROM:<a@b.no> SIZE=7`.
fn path(argument: &str, keyword: &str) -> Option<String> {
    let is_keyword = argument.get(..keyword.len())?.eq_ignore_ascii_case(keyword);
    let path = argument.get(keyword.len()..)?.trim_start().strip_prefix('<')?;
    let (address, _) = path.split_once('>')?;
    is_keyword.then(|| address.to_owned())
}
