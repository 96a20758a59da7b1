//! JSON as it stands in the cases: names in either case, commas too many, and several encodings of text.

use std::path::Path;

use serde_json::Value;

use super::Failure;

/// A file's text, in UTF-8 or, as its byte order mark says, in UTF-16.
pub(crate) fn text_of(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, _) = rest.as_chunks::<2>();
        String::from_utf16(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>())
    };
    Ok(match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec())?,
        all => String::from_utf8(all.to_vec())?,
    })
}

/// A file of JSON; a comma before a closing bracket is passed over.
pub(crate) fn read(path: &Path) -> Result<Value, Failure> {
    let text = without_trailing_commas(&text_of(path)?);
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn without_trailing_commas(text: &str) -> String {
    let (mut kept, mut in_string, mut escaped) = (String::with_capacity(text.len()), false, false);
    for sign in text.chars() {
        if !in_string && matches!(sign, '}' | ']') {
            let end = kept.trim_end().len();
            if kept.get(..end).is_some_and(|kept| kept.ends_with(',')) {
                kept.truncate(end - 1);
            }
        }
        match sign {
            '"' if !escaped => in_string = !in_string,
            _ => {}
        }
        escaped = in_string && sign == '\\' && !escaped;
        kept.push(sign);
    }
    kept
}

/// A property by its name in whatever case; nothing when it is `null`.
pub(crate) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    let found = object.iter().find(|(property, _)| property.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

/// A property as text, of a text or a number; nothing when it is empty or says `null`.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    let text = match field(value, name)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty() && text != "null")
}

/// The elements of a property that is a list.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    field(value, name).and_then(Value::as_array).into_iter().flatten()
}

/// The elements of a list, or the single value.
pub(crate) fn elements(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

/// The files with an extension in a folder, by name; none when there is no such folder.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension)))
        .collect();
    found.sort();
    found
}

/// The files below a folder whose names end so, by path.
pub(crate) fn files_below(folder: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in
            std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
        {
            match path.file_name().map(|name| name.to_string_lossy().ends_with(ending)) {
                _ if path.is_dir() => folders.push(path),
                Some(true) => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}
