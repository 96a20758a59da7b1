//! Decisions a second of this library and of its peers, side by side on the same policy and the same requests.
//!
//! `cargo run --release` in this folder compares all with 1, 100 and 1,000 apps; an argument is how many milliseconds
//! each measurement takes (300 if it is left out). `cargo run --release -- only ENGINE COUNT [APPS]` makes one engine
//! decide that often and does nothing else, for an instruction count:
//! `valgrind --tool=callgrind --toggle-collect=altinn_auth_peers::measured ...`.

mod engines;
mod policy;

use std::time::{Duration, Instant};

use engines::{Casbin, Cedar, Engine, Ours, Regorus};
use policy::{QUESTIONS, app, xacml};

/// How often each measurement is repeated; the median counts.
const ROUNDS: usize = 5;
const APPS: [usize; 3] = [1, 100, 1_000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["only", engine, count, apps @ ..] => {
            let apps = apps.first().map_or(1, |apps| number(apps));
            let mut engine = load(engine, apps);
            measured(engine.as_mut(), number(count), apps);
        }
        [] => compare(Duration::from_millis(300)),
        [milliseconds] => compare(Duration::from_millis(number(milliseconds) as u64)),
        _ => panic!("arguments: [MILLISECONDS] | only ENGINE COUNT [APPS]"),
    }
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

fn load(engine: &str, apps: usize) -> Box<dyn Engine> {
    match engine {
        "altinn-auth" => Box::new(Ours::load(apps)),
        "cedar-policy" => Box::new(Cedar::load(apps)),
        "casbin" => Box::new(Casbin::load(apps)),
        "regorus" => Box::new(Regorus::load(apps)),
        other => panic!("`{other}` is none of altinn-auth, cedar-policy, casbin, regorus"),
    }
}

/// Decides this often, in turn every question and every app.
#[inline(never)]
fn measured(engine: &mut dyn Engine, count: usize, apps: usize) {
    let names: Vec<String> = (0..apps.min(100)).map(|turn| app(turn * apps / apps.min(100))).collect();
    for turn in 0..count {
        let question = &QUESTIONS[turn % QUESTIONS.len()];
        let decided = engine.decide(&names[turn % names.len()], question);
        assert_eq!(decided, question.permitted, "{} on {}", engine.name(), question.action);
    }
}

/// Decisions a second: as many as fit into the time, in blocks of one round of questions.
fn rate(engine: &mut dyn Engine, apps: usize, time: Duration) -> f64 {
    let (start, mut decisions) = (Instant::now(), 0_usize);
    while start.elapsed() < time {
        measured(engine, QUESTIONS.len() * 10, apps);
        decisions += QUESTIONS.len() * 10;
    }
    decisions as f64 / start.elapsed().as_secs_f64()
}

fn compare(time: Duration) {
    println!("one policy: {} rules, {} bytes of XACML", policy::RULES.len(), xacml(&app(0)).len());
    let mut ours_with_one = 0.0;
    for apps in APPS {
        let names = ["altinn-auth", "cedar-policy", "casbin", "regorus"];
        let mut engines: Vec<Box<dyn Engine>> = names.iter().map(|name| load(name, apps)).collect();
        let mut rates = vec![Vec::new(); engines.len()];
        for _ in 0..ROUNDS {
            for (engine, rates) in engines.iter_mut().zip(&mut rates) {
                rates.push(rate(engine.as_mut(), apps, time / ROUNDS as u32));
            }
        }
        let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
        let ours = medians[0];
        let fastest = medians[1..].iter().copied().fold(0.0, f64::max);
        for (engine, rate) in engines.iter().zip(&medians) {
            println!(
                "{apps:>5} apps  {:<13}{rate:>12.0} decisions/s  {:>9.1} times slower",
                engine.name(),
                ours / rate
            );
        }
        println!("ratio decide_{apps}_apps_cedar {:.1}", ours / medians[1]);
        println!("ratio decide_{apps}_apps_fastest_peer {:.1}", ours / fastest);
        if apps == 1 {
            ours_with_one = ours;
        } else {
            println!("ratio decide_{apps}_apps_against_1 {:.2}", ours_with_one / ours);
        }
    }
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
