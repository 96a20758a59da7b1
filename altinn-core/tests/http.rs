//! Calls to other machines go only where they may, and end in time and size.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use altinn_core::http::{
    Destinations, HttpClient, HttpClientBuilder, HttpError, HttpRequest, StatusCode, header,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server on this machine that reads a request, writes `answer` and ends the connection; gives its port and what it read.
async fn server(answer: impl Into<Vec<u8>>) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.into();
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let read = connection.read(&mut request).await.unwrap();
        connection.write_all(&answer).await.unwrap();
        connection.shutdown().await.unwrap();
        String::from_utf8_lossy(request.get(..read).unwrap()).into_owned()
    });
    (port, served)
}

fn local() -> HttpClientBuilder {
    HttpClient::builder(Destinations::public().with_loopback()).timeout(Duration::from_millis(500))
}

async fn get(client: HttpClientBuilder, url: &str) -> Result<StatusCode, HttpError> {
    Ok(client.build()?.send(HttpRequest::get(url)?).await?.status())
}

fn host(error: &HttpError) -> &str {
    match error {
        HttpError::Destination { host } | HttpError::Scheme { host } | HttpError::Unreachable { host } => {
            host
        }
        HttpError::Timeout { host, .. } | HttpError::TooLong { host, .. } | HttpError::Broken { host } => {
            host
        }
        other => panic!("{other:?} names no host"),
    }
}

#[tokio::test]
async fn a_request_arrives_as_it_was_made_and_its_answer_is_read() {
    let (port, served) =
        server("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\nX-Part: a\r\n\r\n{\"n\": 17}").await;
    let request = HttpRequest::post(&format!("http://127.0.0.1:{port}/token?x=1")).unwrap();
    let request = request.bearer("secret").unwrap().form(&[("grant type", "jwt&more"), ("ø", "+")]);
    assert_eq!(format!("{request:?}"), "HttpRequest(POST 127.0.0.1)");
    let answer = local().build().unwrap().send(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.json::<serde_json::Value>().unwrap(), serde_json::json!({"n": 17}));
    assert_eq!(answer.header(&header::HeaderName::from_static("x-part")), Some("a"));
    let read = served.await.unwrap();
    assert!(read.starts_with("POST /token?x=1 HTTP/1.1\r\n"), "{read}");
    assert!(read.contains("authorization: Bearer secret\r\n"), "{read}");
    assert!(read.ends_with("\r\n\r\ngrant+type=jwt%26more&%C3%B8=%2B"), "{read}");
}

#[tokio::test]
async fn a_header_cannot_be_broken_out_of() {
    let request = HttpRequest::get("https://altinn.test").unwrap();
    let refused = request.bearer("a\r\nX-Admin: yes").unwrap_err();
    assert_eq!(refused.code(), "HTTP-SETTINGS");
}

#[tokio::test]
async fn addresses_inside_are_refused_by_number_and_by_name() {
    for url in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest",
        "https://localhost/",
    ] {
        let refused = get(HttpClient::builder(Destinations::public()), url).await.unwrap_err();
        assert_eq!(refused.code(), "HTTP-DESTINATION", "{url}");
        assert!(!refused.may_have_arrived());
    }
    let refused =
        get(HttpClient::builder(Destinations::configured()), "https://169.254.169.254/latest").await;
    assert_eq!(refused.unwrap_err().code(), "HTTP-DESTINATION");
    let refused = get(local(), "https://192.168.0.1/").await.unwrap_err();
    assert_eq!(refused.code(), "HTTP-DESTINATION");
}

#[tokio::test]
async fn numbers_in_disguise_are_the_numbers_that_they_are() {
    for url in [
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::ffff:127.0.0.1]/",
    ] {
        let refused = get(HttpClient::builder(Destinations::public()), url).await.unwrap_err();
        assert_eq!(refused.code(), "HTTP-DESTINATION", "{url}");
    }
}

#[tokio::test]
async fn plain_http_stays_on_this_machine_and_other_schemes_are_none() {
    for url in ["http://altinn.test/", "ftp://altinn.test/", "file:///etc/passwd"] {
        let refused = get(local(), url).await.unwrap_err();
        assert!(matches!(refused.code(), "HTTP-SCHEME" | "HTTP-ADDRESS"), "{url}: {refused}");
    }
    for url in ["https://user:secret@altinn.test/", "altinn.test", "/path"] {
        let refused = get(local(), url).await.unwrap_err();
        assert_eq!(refused, HttpError::Address, "{url}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_unless_it_may_be_followed_and_is_checked_then() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: https://10.0.0.1/admin\r\nContent-Length: 0\r\n\r\n";
    let (port, _served) = server(moved).await;
    assert_eq!(get(local(), &format!("http://127.0.0.1:{port}/")).await.unwrap(), StatusCode::FOUND);
    let (port, _served) = server(moved).await;
    let refused = get(local().redirects(3), &format!("http://127.0.0.1:{port}/")).await.unwrap_err();
    assert_eq!(refused, HttpError::Destination { host: "10.0.0.1".to_owned() });

    let (second, _served) = server("HTTP/1.1 204 No Content\r\n\r\n").await;
    let moved =
        format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{second}/\r\nContent-Length: 0\r\n\r\n");
    let (port, _served) = server(moved).await;
    assert_eq!(
        get(local().redirects(3), &format!("http://127.0.0.1:{port}/")).await.unwrap(),
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn an_answer_that_never_ends_is_cut_off_by_time_and_by_size() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let slow = get(local(), &format!("http://127.0.0.1:{port}/secret")).await.unwrap_err();
    assert_eq!(slow.code(), "HTTP-TIMEOUT");
    assert!(slow.may_have_arrived());

    let long = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &vec![b'x'; 5000]].concat();
    let (port, _served) = server(long.clone()).await;
    let url = format!("http://127.0.0.1:{port}/secret");
    let refused = get(local().max_answer_bytes(4999), &url).await.unwrap_err();
    assert_eq!(refused, HttpError::TooLong { host: "127.0.0.1".to_owned(), limit: 4999 });
    let (port, _served) = server(long).await;
    assert_eq!(
        get(local().max_answer_bytes(5000), &format!("http://127.0.0.1:{port}/")).await.unwrap(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn what_was_not_sent_is_told_from_what_may_have_arrived_and_no_error_holds_the_path() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let unreachable =
        get(local(), &format!("http://127.0.0.1:{port}/secret?token=secret")).await.unwrap_err();
    assert_eq!(unreachable.code(), "HTTP-UNREACHABLE");
    assert!(!unreachable.may_have_arrived());

    let (port, _served) = server("not http at all").await;
    let broken = get(local(), &format!("http://127.0.0.1:{port}/secret?token=secret")).await.unwrap_err();
    assert_eq!(broken.code(), "HTTP-BROKEN");
    assert!(broken.may_have_arrived());
    for error in [unreachable, broken] {
        assert_eq!(host(&error), "127.0.0.1");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[test]
fn roots_are_pem_certificates() {
    for pem in ["", "no pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert_eq!(local().trusting_pem(pem).unwrap_err().code(), "HTTP-SETTINGS", "{pem}");
    }
}
