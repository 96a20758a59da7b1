//! Serving: answers that nobody takes, and an end that loses nothing.

use std::time::Duration;

use altinn_core::http::{HttpRequest, Method, header};
use altinn_services::http::{self, Limits};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use futures_util::stream;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use crate::world::{World, everywhere_with, json, problem};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tells when it goes.
struct Goes(Option<oneshot::Sender<()>>);

impl Drop for Goes {
    fn drop(&mut self) {
        if let Some(told) = self.0.take() {
            let _ = told.send(());
        }
    }
}

/// An answer that never ends, which tells when it is given up.
fn endless() -> (Router, oneshot::Receiver<()>) {
    let (told, given_up) = oneshot::channel();
    let told = std::sync::Arc::new(std::sync::Mutex::new(Some(told)));
    let answer = move || async move {
        let goes = Goes(told.lock().unwrap().take());
        Body::from_stream(stream::unfold(goes, |goes| async move {
            Some((Ok::<_, std::io::Error>(Bytes::from_static(&[0; 64 * 1024])), goes))
        }))
    };
    (Router::new().route("/endless", get(answer)), given_up)
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up() {
    let impatient = |api: http::ApiBuilder| {
        let mut limits = Limits::default();
        limits.unread = Duration::from_millis(200);
        api.limits(limits)
    };
    everywhere_with(impatient, async |world: World| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (router, given_up) = endless();
        let (api, router) = (world.api.clone(), router.merge(http::all(&world.api)));
        let server =
            tokio::spawn(
                async move { http::serve(&api, listener, router, async { drop(stopped.await) }).await },
            );
        // It asks, and reads nothing: what the system holds for it is full at some time.
        let mut reader = TcpStream::connect(address).await.unwrap();
        reader.write_all(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        tokio::time::timeout(PATIENCE, given_up).await.unwrap().unwrap();
        // Whoever takes what it asked for is served.
        let live = format!("http://{address}/health/live");
        assert_eq!(world.send(HttpRequest::get(&live).unwrap()).await.status().as_u16(), 200);
        stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, server).await.unwrap().unwrap();
        drop(reader);
    })
    .await;
}

#[tokio::test]
async fn what_is_under_way_is_answered_while_the_server_says_that_it_stops() {
    everywhere_with(
        |api| api,
        async |world: World| {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let (stop, stopped) = oneshot::channel::<()>();
            let (begun, mut begins) = mpsc::channel::<oneshot::Sender<&'static str>>(1);
            // It is answered when the test says so.
            let slow = move || async move {
                let (answer, answered) = oneshot::channel();
                begun.send(answer).await.unwrap();
                answered.await.unwrap()
            };
            let router = Router::new().route("/slow", get(slow));
            let (api, router) = (world.api.clone(), router.merge(http::all(&world.api)));
            let server = tokio::spawn(async move {
                http::serve(&api, listener, router, async { drop(stopped.await) }).await;
            });
            let slow = format!("http://{address}/slow");
            let under_way = async { world.send(HttpRequest::get(&slow).unwrap()).await };
            let stops = async {
                let answer = begins.recv().await.unwrap();
                stop.send(()).unwrap();
                // It is not ready any more, and takes no new connection, while the call is still under way.
                while TcpStream::connect(address).await.is_ok() {
                    tokio::task::yield_now().await;
                }
                let ready = world.request(Method::GET, "/health/ready");
                let ready = world.send(ready).await;
                assert_eq!(problem(&ready, 503), "HTTP-STOPPING");
                assert_eq!(ready.header(&header::RETRY_AFTER), Some("1"));
                let live = world.request(Method::GET, "/health/live");
                json(&world.send(live).await, 200);
                answer.send("done").unwrap();
            };
            let (answer, ()) =
                tokio::time::timeout(PATIENCE, async { tokio::join!(under_way, stops) }).await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.body()), (200, b"done".as_slice()));
            tokio::time::timeout(PATIENCE, server).await.unwrap().unwrap();
        },
    )
    .await;
}
