//! Kill -9 in the middle of sending people on and redeeming their codes: a code that was given out is there, and is redeemed
//! at most once, whoever dies when.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Kill, Ledger, on_sqlite};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "ttd/tax-card";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/tax-card");

/// The organization of the target, in the service's folder.
const TARGET: &str = "991825827";

const OPENED: &str = "2026-12-01T08:00:00Z";
const REDEEMED: &str = "2026-12-01T08:00:30Z";

const KILL: Kill = Kill { rounds: (10, 300), life: 150_000, in_pipe: 1 };

/// A code that was given out, and what is known of it.
#[derive(Debug)]
struct Code {
    code: String,
    /// How often it was sent to be redeemed.
    sent: usize,
    /// How often that was answered with a hand-over, and how often refused.
    redeemed: usize,
    refused: usize,
}

#[derive(Default)]
struct Codes {
    codes: Vec<Code>,
}

impl Ledger for Codes {
    /// Redeems the code that was given out last, else sends somebody on.
    fn next(&mut self) -> Value {
        let number = self.codes.len().saturating_sub(1);
        match self.codes.last_mut().filter(|code| code.sent == 0) {
            Some(code) => {
                code.sent += 1;
                redeem(number, &code.code)
            }
            None => {
                json!({"id": "open", "op": "link.open", "service": SERVICE, "target": "code", "at": OPENED})
            }
        }
    }

    fn keep(&mut self, answer: &Value) {
        if answer["id"] == "open" {
            let code = answer["ok"]["code"].as_str().unwrap().to_owned();
            self.codes.push(Code { code, sent: 0, redeemed: 0, refused: 0 });
            return;
        }
        let code = &mut self.codes[usize::try_from(answer["id"].as_u64().unwrap()).unwrap()];
        if answer["ok"]["handOver"].is_object() {
            code.redeemed += 1;
        } else {
            assert_eq!(answer["error"]["code"], "LINK-NO-SUCH-CODE", "{answer}");
            code.refused += 1;
        }
    }
}

fn redeem(number: usize, code: &str) -> Value {
    json!({"id": number, "op": "link.redeem", "code": code, "organization": TARGET, "at": REDEEMED})
}

fn start(place: &Place<'_>) -> Driver {
    let mut driver = Driver::start(place);
    driver.ok(&json!({"op": "link.load", "folder": FOLDER}));
    driver
}

#[test]
fn a_code_is_redeemed_at_most_once_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn a_code_is_redeemed_at_most_once_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let mut ledger = Codes::default();
    let killed = KILL.again_and_again(&mut ledger, |_| start(place), |ledger| redeem_again(place, ledger));
    killed.report(store, format_args!("{} codes", ledger.codes.len()));
}

/// Starts again and redeems the last codes twice: one that nobody has redeemed is there, and none is redeemed twice.
fn redeem_again(place: &Place<'_>, ledger: &mut Codes) {
    let mut driver = start(place);
    for number in ledger.codes.len().saturating_sub(5)..ledger.codes.len() {
        for _ in 0..2 {
            let code = &mut ledger.codes[number];
            let is_fresh = code.sent == 0;
            code.sent += 1;
            let command = redeem(number, &code.code.clone());
            let answer = driver.ask(&command);
            assert!(
                !is_fresh || answer["ok"]["handOver"].is_object(),
                "a code that was given out is lost: {answer}"
            );
            ledger.keep(&answer);
        }
        assert!(ledger.codes[number].redeemed <= 1, "{:?}", ledger.codes[number]);
    }
}
