//! A contact and reservation register for tests.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use altinn_core::NationalIdentityNumber;
use serde_json::{Value, json};

use super::http_stub::{HttpStub, StubAnswer};

/// A register on a free port of this machine that answers as KRR does (`POST /rest/v2/personer`) from what it is told.
/// It stops when it is dropped.
#[derive(Debug)]
pub struct FakeKrr {
    server: HttpStub,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    people: HashMap<String, Value>,
    calls: Vec<usize>,
    status: Option<u16>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "State({} people)", self.people.len())
    }
}

impl FakeKrr {
    /// The token that it wants.
    pub const TOKEN: &str = "krr-token";

    /// Starts a register that knows nobody.
    ///
    /// # Errors
    /// When this machine gives no port on its loopback address.
    pub async fn start() -> io::Result<Self> {
        let state = Arc::<Mutex<State>>::default();
        let known = Arc::clone(&state);
        let server = HttpStub::start(move |request| {
            let is_let_in = request.authorization.as_deref() == Some(&format!("Bearer {}", Self::TOKEN));
            match (request.method.as_str(), request.path.as_str()) {
                ("POST", "/rest/v2/personer") if is_let_in => lock(&known).answer(&request.body),
                ("POST", "/rest/v2/personer") => StubAnswer::Json(401, "{}".to_owned()),
                _ => StubAnswer::Json(404, "{}".to_owned()),
            }
        });
        Ok(Self { server: server.await?, state })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.server.url("")
    }

    /// Lets the register know somebody: the fields that KRR has beside `personidentifikator`.
    pub fn put(&self, number: &NationalIdentityNumber, mut fields: Value) {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("personidentifikator".to_owned(), number.expose().into());
        }
        lock(&self.state).people.insert(number.expose().to_owned(), fields);
    }

    /// Has every call answered with a status from now on, or properly again.
    pub fn answer_with(&self, status: Option<u16>) {
        lock(&self.state).status = status;
    }

    /// How many people were asked for in each call.
    pub fn calls(&self) -> Vec<usize> {
        lock(&self.state).calls.clone()
    }
}

impl State {
    fn answer(&mut self, body: &[u8]) -> StubAnswer {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(numbers) = asked.get("personidentifikatorer").and_then(Value::as_array) else {
            return StubAnswer::Json(400, "{}".to_owned());
        };
        self.calls.push(numbers.len());
        if let Some(status) = self.status {
            return StubAnswer::Json(status, "{}".to_owned());
        }
        if !(1..=1000).contains(&numbers.len()) {
            return StubAnswer::Json(400, "{}".to_owned());
        }
        let person = |number: &Value| {
            let unknown = || json!({"personidentifikator": number, "status": "IKKE_REGISTRERT"});
            self.people.get(number.as_str()?).cloned().or_else(|| Some(unknown()))
        };
        let people: Vec<_> = numbers.iter().filter_map(person).collect();
        StubAnswer::Json(200, json!({ "personer": people }).to_string())
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
