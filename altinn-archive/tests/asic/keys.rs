//! Sealing keys with certificates, made by OpenSSL.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use altinn_archive::asic::ContainerWriter;
use altinn_archive::seal::KeySealer;
use chrono::{DateTime, Utc};
use std::io::Cursor;
use tempfile::TempDir;

/// What `openssl req` is told to make, by kind of key.
pub(crate) const KINDS: [&str; 4] = [
    "-newkey rsa:2048",
    "-newkey ec -pkeyopt ec_paramgen_curve:P-256",
    "-newkey ec -pkeyopt ec_paramgen_curve:P-384",
    "-newkey ed25519",
];

/// A folder with `seal.key` and `seal.crt` of one kind.
pub(crate) struct Keys {
    pub(crate) folder: TempDir,
}

/// Runs a program in a folder.
pub(crate) fn run(folder: &Path, command: &str) -> Output {
    let mut words = command.split(' ');
    let program = words.next().unwrap();
    let output = Command::new(program).args(words).current_dir(folder).output();
    output.unwrap_or_else(|error| panic!("this test needs the program `{program}`: {error}"))
}

impl Keys {
    pub(crate) fn new(kind: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let command = format!(
            "openssl req -x509 {kind} -nodes -keyout seal.key -out seal.crt -days 30 \
             -subj /C=NO/O=Etaten/CN=Segl/serialNumber=312345005 -addext keyUsage=digitalSignature"
        );
        let made = run(folder.path(), &command);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self { folder }
    }

    pub(crate) fn sealer(&self) -> KeySealer {
        let file = |name: &str| self.folder.path().join(name);
        KeySealer::read_files(file("seal.key"), file("seal.crt")).unwrap()
    }
}

/// The files of the sealed container.
pub(crate) const FILES: [(&str, &str); 3] =
    [("søknad om løyve.txt", "Kjære etat"), ("vedlegg/plan.pdf", "%PDF-1.7"), ("tom.txt", "")];

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap()
}

pub(crate) async fn seal(sealer: &KeySealer) -> Vec<u8> {
    let mut container = ContainerWriter::new(Cursor::new(Vec::new()), now()).unwrap();
    for (name, content) in FILES {
        container.begin_file(name, "text/plain", content.len() as u64).unwrap();
        let (first, rest) = content.as_bytes().split_at(content.len() / 2);
        container.write(first).unwrap();
        container.write(rest).unwrap();
    }
    container.seal(sealer).await.unwrap().into_inner()
}

/// A container with a seal on P-256, and its certificate's digest.
pub(crate) static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let keys = Keys::new(KINDS[1]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(seal(&keys.sealer()))
});
