//! The program of the tutorial, as it is started from a shell.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use altinn_core::testing::report;

#[test]
fn it_opens_and_sends_whoever_comes_to_log_in() {
    let folder = std::env::temp_dir().join(format!("dog-portal-{}", std::process::id()));
    fs::create_dir_all(folder.join("dog-licence")).unwrap();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("dog-licence")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join("dog-licence").join(file.file_name())).unwrap();
    }
    let mut portal = Command::new(env!("CARGO_BIN_EXE_dog-portal"))
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(portal.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let answer = line.starts_with("The portal is open").then(front_page);
    portal.kill().unwrap();
    let output = portal.wait_with_output().unwrap();
    let key = fs::read_to_string(folder.join("log.pub"));
    fs::remove_dir_all(&folder).unwrap();

    match answer {
        Some(answer) => {
            assert!(answer.starts_with("HTTP/1.1 30"), "{answer}");
            assert!(answer.contains("/oauth2/login?redirect=%2F"), "{answer}");
            assert!(key.unwrap().contains("+"));
        }
        None => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains("AddrInUse"), "{said}");
            report("skipped: port 8080 is taken");
        }
    }
}

fn front_page() -> String {
    let mut stream = TcpStream::connect("127.0.0.1:8080").unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
