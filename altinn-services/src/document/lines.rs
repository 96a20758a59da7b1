//! Text broken into lines.

use super::typeface::Typeface;

/// How many lines one text may take; what is beyond is left out, and said to be.
const MAX_LINES: usize = 20_000;
const AND_MORE: &str = "…";

/// Breaks a text into lines that are at most so wide, in points: between words, else inside a word. Lines that go on
/// end with a space, so that words stay apart for whoever hears them.
pub(super) fn broken(text: &str, typeface: &Typeface, size: f32, width: f32) -> Vec<String> {
    let text = typeface.showable(text);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        break_paragraph(paragraph, typeface, size, width, &mut lines);
        if lines.len() >= MAX_LINES {
            lines.truncate(MAX_LINES);
            lines.push(AND_MORE.to_owned());
            break;
        }
    }
    while lines.last().is_some_and(String::is_empty) && lines.len() > 1 {
        lines.pop();
    }
    lines
}

fn break_paragraph(text: &str, typeface: &Typeface, size: f32, width: f32, lines: &mut Vec<String>) {
    let space = typeface.width(" ", size);
    let (mut line, mut taken) = (String::new(), 0.0);
    for word in text.split_whitespace() {
        let needed = typeface.width(word, size);
        if !line.is_empty() && taken + space + needed > width {
            line.push(' ');
            lines.push(std::mem::take(&mut line));
            taken = 0.0;
        }
        if !line.is_empty() {
            line.push(' ');
            taken += space;
        }
        if needed <= width {
            line.push_str(word);
            taken += needed;
            continue;
        }
        for letter in word.chars() {
            let needed = typeface.width(letter.encode_utf8(&mut [0; 4]), size);
            if taken + needed > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                taken = 0.0;
                if lines.len() > MAX_LINES {
                    return;
                }
            }
            line.push(letter);
            taken += needed;
        }
    }
    lines.push(line);
}

#[cfg(test)]
mod tests {
    use super::super::typeface::Typefaces;
    use super::*;

    #[test]
    fn words_stay_whole_where_they_fit_and_every_line_fits() {
        let faces = Typefaces::load().unwrap();
        let text = format!("Et ord til og {} og slutt", "x".repeat(300));
        let lines = broken(&text, &faces.regular, 10.0, 100.0);
        assert!(lines.len() > 10);
        assert!(lines.iter().all(|line| faces.regular.width(line.trim_end(), 10.0) <= 100.0));
        let joined: String = lines.concat();
        assert_eq!(joined, text);
    }

    #[test]
    fn what_can_not_be_shown_is_marked_and_lines_of_the_text_stay() {
        let faces = Typefaces::load().unwrap();
        let lines = broken("á\u{0}č\u{202e}ŋ\n漢\n\n", &faces.regular, 10.0, 100.0);
        assert_eq!(lines, ["á čŋ", "\u{fffd}"]);
        assert_eq!(broken("", &faces.regular, 10.0, 100.0), [""]);
    }
}
