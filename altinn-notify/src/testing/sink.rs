//! A mail server that keeps what it gets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use super::ReceivedMail;
use super::dialogue::Dialogue;

/// How many connections are served at once.
const MAX_CONNECTIONS: usize = 100;

/// A real mail server on a free port of this machine, which keeps every mail and sends none on. It speaks SMTP as far
/// as a client needs it (RFC 5321, with AUTH PLAIN), bounds lines, mails and connections, and misbehaves on demand.
/// It stops when it is dropped.
///
/// ```
/// use altinn_notify::testing::SmtpSink;
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let sink = SmtpSink::start().await?;
/// println!("give me mail on {}", sink.address());
/// assert!(sink.mails().is_empty());
/// # Ok::<(), std::io::Error>(()) })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    mailbox: Arc<Mailbox>,
    server: JoinHandle<()>,
}

/// How a sink is to misbehave. Each is used up once, in the order in which they were asked for, by the first mail that
/// it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Refuse the recipient for good: `550 5.1.1`, with the address in the answer, as real servers do.
    RefuseRecipient,
    /// Refuse the recipient for now: `451 4.3.0`.
    DeferRecipient,
    /// Refuse the content for good: `554 5.7.1`.
    RefuseContent,
    /// Close the connection when half of the content has come: the mail is not kept.
    CloseInContent,
    /// Keep the mail, then close the connection without a word.
    CloseAfterContent,
    /// Keep the mail, then wait so long before saying so.
    AnswerLate(Duration),
}

/// What a server and its connections share.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    state: Mutex<State>,
    arrived: Notify,
    closing: Notify,
}

#[derive(Debug, Default)]
struct State {
    mails: Vec<ReceivedMail>,
    misbehaviours: Vec<Misbehaviour>,
    credentials: Option<String>,
    connections: usize,
}

impl SmtpSink {
    /// Starts a server.
    ///
    /// # Errors
    /// When this machine gives no port on its loopback address.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mailbox = Arc::<Mailbox>::default();
        let server = tokio::spawn(serve(listener, Arc::clone(&mailbox)));
        Ok(Self { address, mailbox, server })
    }

    /// Where the server listens, as `127.0.0.1:40321`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every mail so far, in the order of their arrival.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.mailbox.state().mails.clone()
    }

    /// Waits until there are at least so many mails, at most so long, and gives those there are.
    pub async fn wait_for(&self, count: usize, at_most: Duration) -> Vec<ReceivedMail> {
        let enough = async {
            loop {
                let arrived = self.mailbox.arrived.notified();
                if self.mailbox.state().mails.len() >= count {
                    return;
                }
                arrived.await;
            }
        };
        // Whether it was in time shows in what is given.
        let _ = tokio::time::timeout(at_most, enough).await;
        self.mails()
    }

    /// Has the server misbehave once.
    pub fn misbehave(&self, how: Misbehaviour) {
        self.mailbox.state().misbehaviours.push(how);
    }

    /// Has the server ask everyone to log in as this user from now on.
    pub fn require_log_in(&self, user: &str, password: &str) {
        self.mailbox.state().credentials = Some(format!("\0{user}\0{password}"));
    }

    /// Closes every connection there is, as servers do with idle ones; new ones are taken.
    pub fn close_connections(&self) {
        self.mailbox.closing.notify_waiters();
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.mailbox.state().connections
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Mailbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, mail: ReceivedMail) {
        self.state().mails.push(mail);
        self.arrived.notify_waiters();
    }

    /// Takes the next misbehaviour out, if it is one of those.
    pub(super) fn take_misbehaviour(&self, is_due: impl Fn(&Misbehaviour) -> bool) -> Option<Misbehaviour> {
        let misbehaviours = &mut self.state().misbehaviours;
        misbehaviours.first().is_some_and(is_due).then(|| misbehaviours.remove(0))
    }

    /// Waits until the connections of this moment are to be closed.
    pub(super) async fn closed(&self) {
        self.closing.notified().await;
    }

    pub(super) fn credentials(&self) -> Option<String> {
        self.state().credentials.clone()
    }
}

async fn serve(listener: TcpListener, mailbox: Arc<Mailbox>) {
    let mut connections = JoinSet::new();
    loop {
        if connections.len() >= MAX_CONNECTIONS {
            connections.join_next().await;
        }
        let Ok((stream, _)) = listener.accept().await else { continue };
        while connections.try_join_next().is_some() {}
        mailbox.state().connections += 1;
        connections.spawn(Dialogue::new(stream, Arc::clone(&mailbox)).run());
    }
}
