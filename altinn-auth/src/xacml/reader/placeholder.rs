//! The words in a policy that stand for its app.

use std::borrow::Cow;

/// What takes the place of `[org]` and `[app]`, in any case, in an app's policy.
///
/// Altinn's app template writes them where the owner's and the app's name belong, and they are replaced when the
/// policy is loaded.
#[derive(Debug, Clone, Copy)]
pub struct Placeholders<'a> {
    /// The owner's short name: `ttd`.
    pub org: &'a str,
    /// The app's name: `frontend-test`.
    pub app: &'a str,
}

impl Placeholders<'_> {
    /// The text with the names in it.
    pub(crate) fn fill<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains('[') {
            return Cow::Borrowed(text);
        }
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, from)) = rest.find('[').and_then(|at| rest.split_at_checked(at)) {
            filled.push_str(before);
            let (name, length) = match from.get(..5) {
                Some(word) if word.eq_ignore_ascii_case("[org]") => (self.org, 5),
                Some(word) if word.eq_ignore_ascii_case("[app]") => (self.app, 5),
                _ => ("[", 1),
            };
            filled.push_str(name);
            rest = from.get(length..).unwrap_or("");
        }
        filled.push_str(rest);
        Cow::Owned(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_any_case_give_way_and_other_brackets_stay() {
        let names = Placeholders { org: "ttd", app: "frontend-test" };
        assert_eq!(names.fill("urn:app_[ORG]_[App]:[x][org"), "urn:app_ttd_frontend-test:[x][org");
        assert_eq!(names.fill("[[org]]"), "[ttd]");
        assert_eq!(names.fill("nothing"), "nothing");
    }
}
