//! The page of the fake ID-porten on which one picks who to be, and at which level.

use std::collections::HashMap;

use altinn_core::{Language, Party};

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;color:#1a262e}\
h1{font-size:1.8rem;line-height:1.2}label{font-weight:600}select,button{font:inherit;padding:.6rem .8rem;border-radius:.3rem}\
select{display:block;width:100%;margin-top:.3rem;border:1px solid #43525c;background:#fff}\
button{width:100%;text-align:left;border:2px solid #0a4b6e;background:#fff;color:#0a4b6e;font-weight:600;cursor:pointer}\
button:hover{background:#e4eff6}:focus-visible{outline:3px solid #1a262e;outline-offset:3px}";

/// What the page says: its heading, what it is, the level's label, and what the levels are called, the highest first.
struct Words {
    heading: &'static str,
    what: &'static str,
    level: &'static str,
    levels: [&'static str; 2],
}

fn words(language: Language) -> Words {
    match language {
        Language::Nb | Language::Se => Words {
            heading: "Hvem vil du være?",
            what: "Dette er en falsk ID-porten: personene er oppdiktet, og ingen passord trengs.",
            level: "Sikkerhetsnivå",
            levels: ["Høyt (4)", "Betydelig (3)"],
        },
        Language::Nn => Words {
            heading: "Kven vil du vere?",
            what: "Dette er ein falsk ID-porten: personane er oppdikta, og ingen passord trengst.",
            level: "Tryggleiksnivå",
            levels: ["Høgt (4)", "Betydeleg (3)"],
        },
        Language::En => Words {
            heading: "Who would you like to be?",
            what: "This is a fake ID-porten: the people are made up, and no password is needed.",
            level: "Level of security",
            levels: ["High (4)", "Substantial (3)"],
        },
    }
}

/// The page for a request that was kept under a number, in its language and with its level chosen.
pub(super) fn html(number: &str, request: &HashMap<String, String>, people: &[Party]) -> String {
    let asked =
        |name: &str| request.get(name).and_then(|values| values.split(' ').next()).unwrap_or_default();
    let language = asked("ui_locales").parse().unwrap_or(Language::Nb);
    let Words { heading, what, level, levels } = words(language);
    let options: String = ["idporten-loa-high", "idporten-loa-substantial"]
        .into_iter()
        .zip(levels)
        .map(|(acr, name)| {
            let selected = if asked("acr_values") == acr { " selected" } else { "" };
            format!("<option value=\"{acr}\"{selected}>{name}</option>")
        })
        .collect();
    let people: String = people
        .iter()
        .map(|person| {
            let name = person.name.replace('&', "&amp;").replace('<', "&lt;");
            format!("<p><button name=\"person\" value=\"{}\">{name}</button></p>\n", person.uuid)
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{heading}</title>\n\
         <style>{STYLE}</style>\n<h1>{heading}</h1>\n<p>{what}</p>\n\
         <form method=\"post\" action=\"/authorize\">\n<input type=\"hidden\" name=\"request\" value=\"{number}\">\n\
         <p><label>{level} <select name=\"acr\">{options}</select></label></p>\n{people}</form>\n</html>\n"
    )
}
