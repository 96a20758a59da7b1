//! What stands around every call.

use std::time::Duration;

use altinn_core::http::{HttpRequest, Method, header};
use altinn_services::http::{self, Limits};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::{World, everywhere, everywhere_with, json, problem};

const INSTANCES: &str = "/ttd/bakery-licence/instances";

#[tokio::test]
async fn it_tells_that_it_lives_is_ready_and_what_it_counted() {
    everywhere(async |world: World| {
        for (path, status) in [("/health/live", "live"), ("/health/ready", "ready")] {
            let answer = world.send(world.request(Method::GET, path)).await;
            assert_eq!(json(&answer, 200), json!({ "status": status }));
        }
        let answer = world.send(world.request(Method::GET, "/metrics")).await;
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        let counted =
            "altinn_http_request_seconds_count{method=\"GET\",route=\"/health/live\",status=\"200\"} 1";
        assert!(text.contains(counted), "{text}");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_no_token_in_order_is_told_so_and_how_to_come_again() {
    everywhere(async |world: World| {
        let path = format!("{INSTANCES}/1/00000000-0000-4000-8000-000000000000");
        let nobody = world.send(world.request(Method::GET, &path)).await;
        assert_eq!(problem(&nobody, 401), "AUTH-CALLER-UNKNOWN");
        assert_eq!(nobody.header(&header::WWW_AUTHENTICATE), Some("Bearer"));

        let wrong = world.get("not.a.token", &path).await;
        assert_eq!(problem(&wrong, 401), "AUTH-TOKEN-MALFORMED");
        assert_eq!(wrong.header(&header::WWW_AUTHENTICATE), Some("Bearer error=\"invalid_token\""));
    })
    .await;
}

#[tokio::test]
async fn every_answer_is_kept_by_nobody_and_shown_by_no_browser() {
    everywhere(async |world: World| {
        let answer = world.send(world.request(Method::GET, "/no/such/path/there")).await;
        assert_eq!(problem(&answer, 404), "HTTP-NOT-FOUND");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
            ("strict-transport-security", "max-age=31536000"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(&name.parse().unwrap()), Some(value), "{name}");
        }
        assert_eq!(answer.header(&header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    })
    .await;
}

#[tokio::test]
async fn a_problem_bears_the_trace_id_of_the_caller() {
    everywhere(async |world: World| {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let request = world.request(Method::GET, "/nothing");
        let request = request.header("traceparent".parse().unwrap(), &format!("00-{id}-00f067aa0ba902b7-01"));
        let answer = world.send(request.unwrap()).await;
        assert_eq!(json(&answer, 404)["traceId"], id);
    })
    .await;
}

#[tokio::test]
async fn other_origins_are_let_in_only_where_they_are_named() {
    let preflight = |world: &World| {
        let request = world.request(Method::OPTIONS, INSTANCES);
        let request = request.header(header::ORIGIN, "https://portal.example.no").unwrap();
        request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST").unwrap()
    };
    everywhere(async |world: World| {
        let answer = world.send(preflight(&world)).await;
        assert_eq!(answer.header(&header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    })
    .await;
    let named = |api: http::ApiBuilder| api.origin("https://portal.example.no".parse().unwrap());
    everywhere_with(named, async |world: World| {
        let answer = world.send(preflight(&world)).await;
        let allowed = answer.header(&header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed, Some("https://portal.example.no"));
        let allowed = answer.header(&header::ACCESS_CONTROL_ALLOW_HEADERS).unwrap();
        for name in ["authorization", "if-match", "idempotency-key", "range", "upload-offset"] {
            assert!(allowed.split(',').any(|one| one == name), "{name} is not in {allowed}");
        }
        let other = world.request(Method::GET, "/health/live");
        let other = world.send(other.header(header::ORIGIN, "https://elsewhere.example").unwrap()).await;
        assert_eq!(other.header(&header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_too_large_too_deep_or_no_json_are_refused() {
    let small = |api: http::ApiBuilder| {
        let mut limits = Limits::default();
        (limits.body, limits.depth) = (1_000, 8);
        api.limits(limits)
    };
    everywhere_with(small, async |world: World| {
        let (token, path) = (world.token(&world.leader), format!("{INSTANCES}/create"));
        let sent = async |media_type: &'static str, body: &str| {
            let request = world.request(Method::POST, &path).bearer(&token).unwrap();
            world.send(request.body(media_type, body)).await
        };
        let large = format!("{{\"x\": \"{}\"}}", "a".repeat(2_000));
        assert_eq!(problem(&sent("application/json", &large).await, 413), "HTTP-BODY-TOO-LARGE");
        let deep = format!("{}{}", "[".repeat(9), "]".repeat(9));
        assert_eq!(problem(&sent("application/json", &deep).await, 400), "HTTP-BODY-TOO-DEEP");
        assert_eq!(problem(&sent("application/json", "{\"a\":").await, 400), "HTTP-BODY");
        assert_eq!(problem(&sent("text/plain", "{}").await, 415), "HTTP-CONTENT-TYPE");
        // A character that not every store can keep or ask for is refused before any store is asked.
        assert_eq!(problem(&sent("application/json", "{\"a\": \"\\u0000\"}").await, 400), "HTTP-BODY");
        let query = world.get(&token, "/storage/api/v1/instances?appId=ttd/a%00b").await;
        assert_eq!(problem(&query, 400), "HTTP-QUERY");
        let in_path = world.get(&token, "/ttd/a%00b/api/options/kinds").await;
        assert_eq!(problem(&in_path, 400), "HTTP-PATH");
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_comes_too_often_is_told_when_to_come_again() {
    let slow = |api: http::ApiBuilder| {
        let mut limits = Limits::default();
        (limits.rate, limits.burst) = (1, 3);
        api.limits(limits)
    };
    everywhere_with(slow, async |world: World| {
        let path = format!("{INSTANCES}/{}/active", world.bakery.id);
        let (leader, filler) = (world.token(&world.leader), world.token(&world.filler));
        let mut refused = None;
        for _ in 0..20 {
            let answer = world.get(&leader, &path).await;
            if answer.status().as_u16() == 429 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.unwrap();
        assert_eq!(problem(&refused, 429), "HTTP-RATE");
        assert!(refused.header(&header::RETRY_AFTER).unwrap().parse::<u64>().unwrap() >= 1);
        json(&world.get(&filler, &path).await, 200);
        // Each endpoint is counted by itself, and an organisation's systems are counted together.
        json(&world.get(&leader, "/authorization/api/v1/parties").await, 200);
        let stored = "/storage/api/v1/instances?appId=ttd/bakery-licence";
        let mut systems = 0;
        while world.get(&world.agency(), stored).await.status().as_u16() != 429 {
            systems += 1;
            assert!(systems < 20, "every system of an organisation has a rate of its own");
        }
    })
    .await;
}

#[tokio::test]
async fn more_calls_at_once_than_may_be_are_refused_at_once() {
    let none = |api: http::ApiBuilder| {
        let mut limits = Limits::default();
        limits.at_once = 0;
        api.limits(limits)
    };
    everywhere_with(none, async |world: World| {
        let answer = world.send(world.request(Method::GET, "/health/live")).await;
        assert_eq!(problem(&answer, 503), "HTTP-OVERLOAD");
        assert_eq!(answer.header(&header::RETRY_AFTER), Some("1"));
    })
    .await;
}

#[tokio::test]
async fn a_connection_whose_call_does_not_come_is_closed() {
    let impatient = |api: http::ApiBuilder| {
        let mut limits = Limits::default();
        limits.headers = Duration::from_millis(200);
        api.limits(limits)
    };
    everywhere_with(impatient, async |world: World| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (api, router) = (world.api.clone(), http::all(&world.api));
        let server =
            tokio::spawn(
                async move { http::serve(&api, listener, router, async { drop(stopped.await) }).await },
            );
        // Nothing at all, the beginning of a call, and what might become HTTP/2.
        for beginning in ["", "GET /health/live HTTP/1.1\r\nHost: x\r\n", "PRI * HTTP"] {
            let mut silent = TcpStream::connect(address).await.unwrap();
            silent.write_all(beginning.as_bytes()).await.unwrap();
            assert!(is_closed(&mut silent).await, "{beginning}");
        }
        // A byte now and then does not keep it open.
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET /health/live HTTP/1.1\r\n").await.unwrap();
        let (mut read, mut write) = slow.split();
        let drip = async {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if write.write_all(b"X-Slow: 1\r\n").await.is_err() {
                    break;
                }
            }
        };
        let closed = async { tokio::io::copy(&mut read, &mut tokio::io::sink()).await };
        let patience = tokio::time::sleep(Duration::from_secs(60));
        tokio::select! {
            () = drip => {}
            _ = closed => {}
            () = patience => panic!("a slow connection was kept"),
        }
        let address = format!("http://{address}/health/live");
        assert_eq!(world.send(HttpRequest::get(&address).unwrap()).await.status().as_u16(), 200);
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(60), server).await.unwrap().unwrap();
    })
    .await;
}

/// Whether a connection comes to its end within a minute.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut nowhere = tokio::io::sink();
    let all = tokio::io::copy(stream, &mut nowhere);
    tokio::time::timeout(Duration::from_secs(60), all).await.is_ok()
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends_what_is_under_way() {
    everywhere(async |world: World| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/health/ready", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let (api, router) = (world.api.clone(), http::all(&world.api));
        let server =
            tokio::spawn(
                async move { http::serve(&api, listener, router, async { drop(stopped.await) }).await },
            );
        assert_eq!(world.send(HttpRequest::get(&address).unwrap()).await.status().as_u16(), 200);
        stop.send(()).unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(60), server).await;
        ended.unwrap().unwrap();
        let answer = world.send(world.request(Method::GET, "/health/ready")).await;
        assert_eq!(problem(&answer, 503), "HTTP-STOPPING");
    })
    .await;
}
