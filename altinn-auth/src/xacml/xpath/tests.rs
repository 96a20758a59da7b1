use super::*;

const RECORD: &str = "<c xmlns:m='urn:m'><m:record><m:name>Kari</m:name><m:name lang='nn'>Ola</m:name>\
    <m:age>41</m:age><!--note--><m:diet><m:name>fisk</m:name></m:diet></m:record></c>";

/// The texts of the nodes that a path leads to.
fn select_texts(path: &str) -> Result<Vec<String>, PathError> {
    let document = roxmltree::Document::parse(RECORD).map_err(|_| PathError::Syntax)?;
    let expression = XPathExpression::new(path, "resource", [("m", "urn:m")]);
    let nodes = select(&expression, document.root_element(), None)?;
    Ok(nodes.into_iter().map(PathNode::text).collect())
}

fn assert_selects(path: &str, expected: &[&str]) {
    assert_eq!(select_texts(path), Ok(expected.iter().map(|text| (*text).to_owned()).collect()), "{path}");
}

#[test]
fn steps_lead_along_every_axis() {
    assert_selects("/m:record/m:name", &["Kari", "Ola"]);
    assert_selects("//m:name", &["Kari", "Ola", "fisk"]);
    assert_selects("m:record/m:name/@lang", &["nn"]);
    assert_selects("//m:diet/..//m:age/text()", &["41"]);
    assert_selects("//m:age/preceding-sibling::m:name", &["Kari", "Ola"]);
    assert_selects("//m:age/following::m:name", &["fisk"]);
    assert_selects("//m:diet/preceding::*[1]", &["41"]);
    assert_selects("//comment()", &["note"]);
    assert_selects("//@lang/ancestor::m:name", &["Ola"]);
    assert_selects("//*[local-name()='diet']/m:*", &["fisk"]);
    assert_selects("/ancestor-or-self::*", &[]);
}

#[test]
fn predicates_filter_by_position_and_value() {
    assert_selects("/m:record/m:name[2]", &["Ola"]);
    assert_selects("/m:record/m:name[last()]", &["Ola"]);
    assert_selects("//m:name[text()='Kari' or @lang]", &["Kari", "Ola"]);
    assert_selects("//m:name[not(@lang)][starts-with(., 'f')]", &["fisk"]);
    assert_selects("/m:record[m:age > 40 and m:age * 2 = 82]/m:age", &["41"]);
    assert_selects("(//m:name)[3] | //m:age", &["41", "fisk"]);
    assert_selects("//m:name[string-length(normalize-space(.)) = 3]", &["Ola"]);
    assert_selects("//m:name[count(preceding-sibling::m:name) = 1]", &["Ola"]);
}

#[test]
fn what_is_no_path_or_too_much_is_refused() {
    for path in
        ["", "//", "m:record[", "a b", "$x", "record/", "name(", "child::", "1 +", "@@a", "unknown-axis::a"]
    {
        assert_eq!(select_texts(path), Err(PathError::Syntax), "{path}");
    }
    assert_eq!(select_texts("//n:name"), Err(PathError::UnknownPrefix("n".to_owned())));
    assert_eq!(select_texts("count(//m:name)"), Err(PathError::NoNodes));
    assert_eq!(select_texts(&"(".repeat(2_000)), Err(PathError::TooLarge));
    assert_eq!(select_texts(&"-".repeat(2_000)), Err(PathError::TooLarge));
    let explosive = format!("//*{}", "[//*".repeat(12)) + &"]".repeat(12);
    assert_eq!(select_texts(&explosive), Err(PathError::TooManyNodes));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_path_panic(text in "[a-z/@:.*()\\[\\]|='0-9 +<>-]{0,60}") {
        let _ = select_texts(&text);
    }
}
