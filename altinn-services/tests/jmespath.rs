//! JMESPath queries in expressions, by the examples that its specification explains.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_services::expression::{Context, Expression};
use serde_json::{Value, json};

fn search(query: &str, data: &Value) -> Result<Value, String> {
    let model = json!({"data": data});
    let expression = Expression::from_json(&json!(["jmespath", ["dataModel", "data"], query])).unwrap();
    let found = expression.evaluate(&Context::default().with_model("form", &model));
    found.map_err(|failure| failure.message().to_owned())
}

#[test]
fn queries_find_what_the_specification_says() {
    let data = json!({
        "a": {"b": [{"c": 1, "d": "x"}, {"c": 2}, {"c": 3, "d": ""}]},
        "n": [[1, [2]], [3], 4],
        "t": ["b", "a", "c"],
        "o": {"p": {"q": 1}, "r": {"q": 2}, "s": 3},
    });
    let cases = [
        ("a.b[0].c", json!(1)),
        ("a.b[-1].c", json!(3)),
        ("a.b[*].c", json!([1, 2, 3])),
        ("a.b[*].d", json!(["x", ""])),
        ("a.b[:2].c", json!([1, 2])),
        ("a.b[::-1].c | [0]", json!(3)),
        ("n[]", json!([1, [2], 3, 4])),
        ("n[][]", json!([1, 2, 3, 4])),
        ("o.*.q", json!([1, 2])),
        ("a.b[?c > `1` && d].c", json!([])),
        ("a.b[?c > `1` || d].c", json!([1, 2, 3])),
        ("a.b[?!d].c", json!([2, 3])),
        ("a.b[*].[c, d]", json!([[1, "x"], [2, null], [3, ""]])),
        ("a.b[0].{first: c, \"second\": d}", json!({"first": 1, "second": "x"})),
        ("sort(t)", json!(["a", "b", "c"])),
        ("sort_by(a.b, &c)[-1].c", json!(3)),
        ("max_by(a.b, &c).c", json!(3)),
        ("map(&c, a.b)", json!([1, 2, 3])),
        ("sum(a.b[*].c)", json!(6)),
        ("avg(a.b[*].c)", json!(2)),
        ("join(', ', t)", json!("b, a, c")),
        ("length(t)", json!(3)),
        ("contains(t, 'a')", json!(true)),
        ("keys(o)", json!(["p", "r", "s"])),
        ("merge(o.p, o.r)", json!({"q": 2})),
        ("not_null(missing, o.s)", json!(3)),
        ("to_number('12')", json!(12)),
        ("type(t)", json!("array")),
        ("t[1:]", json!(["a", "c"])),
        ("a.b[?d == 'x'] | [0].c", json!(1)),
        ("missing.deeper[*].c", json!(null)),
        ("`{\"k\": [1]}`.k[0]", json!(1)),
    ];
    for (query, found) in cases {
        assert_eq!(search(query, &data), Ok(found), "{query}");
    }
}

#[test]
fn what_is_no_query_is_told() {
    let wrong =
        ["", "a.", "a[", "a[?b", "a.b]", "[0:1:0]", "a b", "#", "foo(", "nothing(@)", "abs('x')", "'open"];
    for query in wrong {
        let problem = search(query, &json!([1, 2])).unwrap_err();
        assert!(problem.starts_with("Jmespath error"), "{query}: {problem}");
    }
    let deep = format!("{}@{}", "(".repeat(200), ")".repeat(200));
    assert!(search(&deep, &json!(1)).is_err());
}
