//! What is wrong with a definition is said with its place.

use std::fs;

use altinn_services::collaboration::CollaborationService;
use tempfile::TempDir;

use crate::scene::sample;
use crate::stage::members;

const APPLY: &str = "on = { member = \"application\", event = \"Archived\" }\nto = \"inspecting\"";
const PASSED: &str = "when = [\"equals\", [\"dataModel\", \"passed\", \"event\"], true]";
const COPY: &str = "{ copy = { area = \"area\" } }";
const LAST: &str = "from = \"inspecting\"\non = { event = \"withdrawn\" }\nto = \"abandoned\"\n";

/// What the sample with a change is told, or nothing where it is in order.
fn told(from: &str, to: &str) -> Option<String> {
    let folder = TempDir::new().unwrap();
    fs::copy(sample("opening").join("policy.xml"), folder.path().join("policy.xml")).unwrap();
    let text = fs::read_to_string(sample("opening").join("service.toml")).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(folder.path().join("service.toml"), text.replacen(from, to, 1)).unwrap();
    CollaborationService::load(folder.path(), members()).err().map(|error| error.to_string())
}

/// The line of a text of the sample, from 1.
fn line_of(text: &str) -> usize {
    let sample = fs::read_to_string(sample("opening").join("service.toml")).unwrap();
    sample[..sample.find(text).unwrap()].lines().count() + 1
}

#[test]
fn the_sample_is_in_order() {
    assert_eq!(told("Open a bakery", "Open a bakery"), None);
}

#[test]
fn every_fault_has_its_place_and_its_reason() {
    let with =
        |from: &str, to: &str| from.replacen(to.split('|').next().unwrap(), to.split('|').nth(1).unwrap(), 1);
    let lonely =
        format!("{LAST}\n[collaboration.states.lonely]\ntitle = {{ en = \"Lonely\" }}\nfinal = true\n");
    let stuck = format!(
        "{}\n[collaboration.states.stuck]\ntitle = {{ en = \"Stuck\" }}\n",
        LAST.replace("abandoned", "stuck")
    );
    let twice = format!("{LAST}\n[[collaboration.transitions]]\n{LAST}");
    let after_end =
        format!("{LAST}\n[[collaboration.transitions]]\n{}", LAST.replacen("inspecting", "open", 1));
    let cases: &[(&str, &str, &str)] = &[
        ("owner = \"business\"", "owner = \"king\"", "there is no participant `king`"),
        ("initial = \"applying\"", "initial = \"nowhere\"", "there is no state `nowhere`"),
        ("{ start = \"application\" }", "{ start = \"x\" }", "there is no member `x`"),
        (
            "{ start = \"application\" }",
            "{ start = \"decision\" }",
            "the member `decision` is of another kind",
        ),
        ("days = 30", "days = 0", "the deadline `apply` has 0 days"),
        ("service = \"ttd/bakery-licence\"", "service = \"nothing\"", "line 15, column 11: "),
        ("participant = \"business\"", "participant = \"king\"", "there is no participant `king`"),
        ("turn = [\"inspectorate\"]", "turn = [\"king\"]", "there is no participant `king`"),
        ("participants = [\"inspectorate\"]", "participants = [\"king\"]", "there is no participant `king`"),
        ("participants = [\"inspectorate\"]", "participants = []", "nobody sends `inspected`"),
        (APPLY, &with(APPLY, "\"inspecting\"|\"gone\""), "there is no state `gone`"),
        (APPLY, &with(APPLY, "\"application\"|\"licence\""), "there is no member `licence`"),
        (APPLY, &with(APPLY, "Archived|Burnt"), "`Burnt` is no event of a member"),
        (APPLY, &with(APPLY, "Archived|Confirmed"), "nobody sends `Confirmed of application`"),
        ("{ start = \"application\" }, ", "", "nobody sends `Archived of application`"),
        ("on = { deadline = \"apply\" }", "on = { deadline = \"never\" }", "nobody sends `deadline never`"),
        ("on = { event = \"inspected\" }", "on = { event = \"seen\" }", "there is no event `seen`"),
        ("on = { event = \"inspected\" }", "on = {}", "`on` has `member` and `event`"),
        ("{ cancel = \"apply\" }", "{ cancel = \"never\" }", "nothing sets the deadline `never`"),
        (COPY, "{ copy = { volume = \"area\" } }", "there is no shared data `volume`"),
        (COPY, "{ copy = { area = \"volume\" } }", "the event carries no `volume`"),
        (COPY, "{ copy = { remark = \"area\" } }", "`remark` and `area` are not of the same kind"),
        (PASSED, "", "`when` has a name in `condition`"),
        (PASSED, "when = [\"eqals\", 1, 1]", "Function \"eqals\" not implemented"),
        (
            PASSED,
            "when = [\"equals\", [\"dataModel\", \"failed\", \"event\"], true]",
            "`inspected` carries no `failed`",
        ),
        (PASSED, "when = [\"equals\", [\"dataModel\", \"volume\"], 1]", "there is no shared data `volume`"),
        (PASSED, "when = [\"equals\", [\"dataModel\", \"x\", \"case\"], 1]", "a case has no `x`"),
        (PASSED, "when = [\"equals\", [\"dataModel\", \"x\", \"y\"], 1]", "there is no data `y`"),
        (
            PASSED,
            "when = [\"equals\", [\"dataModel\", [\"concat\", \"a\"]], 1]",
            "must name its field outright",
        ),
        (PASSED, "when = [\"equals\", [\"component\", \"a\"], 1]", "a case has nothing for `component`"),
        (
            "{ notify = { to = \"inspectorate\"",
            "{ notify = { to = \"king\"",
            "there is no participant `king`",
        ),
        ("Case {{ case }} waits", "Case {{ case waits", "line "),
        (LAST, &lonely, "the state `lonely` cannot be reached"),
        (LAST, &stuck, "the state `stuck` is a dead end, and not final"),
        (LAST, &twice, "it cannot be told from an earlier transition from `inspecting` on `withdrawn`"),
        (LAST, &after_end, "the state `open` is final, and yet a way leads out of it"),
        ("area = \"number\"", "area = \"volume\"", "unknown variant `volume`"),
        ("area = \"number\"", "\"a b\" = \"number\"", "`a b` is no name"),
        ("turn = [\"business\"]", "turns = [\"business\"]", "unknown field `turns`"),
    ];
    for (from, to, reason) in cases {
        let told = told(from, to).unwrap_or_else(|| panic!("`{to}` passes"));
        assert!(told.starts_with("file `service.toml`, line ") && told.contains(reason), "`{to}`: {told}");
    }
}

#[test]
fn the_place_is_that_of_the_fault() {
    let transition = line_of(APPLY) - 2;
    let refused = told(APPLY, &APPLY.replace("inspecting", "gone")).unwrap();
    assert!(refused.contains(&format!("line {transition}, ")), "{refused}");
}
