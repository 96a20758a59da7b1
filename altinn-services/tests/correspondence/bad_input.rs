//! What is wrong is told with its place and its rule, and nothing is stored.

use altinn_core::SyntheticNumbers;
use altinn_core::{Language, Text};
use altinn_services::correspondence::{
    CorrespondenceError, Message, NewAttachment, NewCorrespondence, Notification, Recipient, Recipients,
    ReplyOption,
};

use crate::scene::{Scene, after, everywhere, message, recipient};

async fn faults(scene: &Scene, letter: &NewCorrespondence) -> Vec<String> {
    match scene.letters().send(&scene.writer, &scene.service, scene.agency.id, letter).await {
        Err(CorrespondenceError::Invalid(faults)) => faults
            .iter()
            .map(|fault| {
                let place = fault.position.map_or(String::new(), |at| format!("@{}:{}", at.line, at.column));
                format!("{}{place} {}", fault.path, fault.code.code())
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn body(text: &str) -> Message {
    Message::new(Language::Nb, "Tittel", text)
}

#[tokio::test]
async fn script_in_markdown_is_refused_with_its_place() {
    everywhere(async |scene| {
        let letter = |text: &str| NewCorrespondence::new("1", recipient(&scene.bakery), body(text));
        for (text, fault) in [
            ("Hei\n\n<script>alert(1)</script>", "@3:1 HTML"),
            ("Hei <img src=x onerror=alert(1)>", "@1:5 HTML"),
            ("<!-- -->", "@1:1 HTML"),
            ("[x](javascript:alert(1))", "@1:1 LINK"),
            ("[x](JaVaScRiPt:alert(1))", "@1:1 LINK"),
            ("[x](java&#115;cript:alert(1))", "@1:1 LINK"),
            ("<javascript:alert(1)>", "@1:1 LINK"),
            ("[x]\n\n[x]: data:text/html,hi", "@1:1 LINK"),
            ("[x](/relative)", "@1:1 LINK"),
            ("[x](https:///nowhere)", "@1:1 LINK"),
            ("[x](vbscript:x) og [y](file:///etc/passwd)", "@1:1 LINK"),
            ("![x](https://example.com/seen.png)", "@1:1 IMAGE"),
        ] {
            let found = faults(&scene, &letter(text)).await;
            assert_eq!(found[0], format!("/content/messageBody/nb{fault}"), "{text}");
        }
        let deep = "> ".repeat(5_000) + "x";
        assert_eq!(faults(&scene, &letter(&deep)).await, ["/content/messageBody/nb@1:41 DEPTH"]);
        assert_eq!(scene.count("services_mailing").await, 0);
    })
    .await;
}

#[test]
fn what_is_let_through_is_html_that_does_nothing() {
    let html = |text: &str| body(text).html(Language::Nb);
    assert_eq!(html("Hei **du**"), "<p>Hei <strong>du</strong></p>\n");
    assert_eq!(
        html("[x](https://mattilsynet.no \"a\\\"b\")"),
        "<p><a href=\"https://mattilsynet.no\" title=\"a&quot;b\" rel=\"noopener noreferrer nofollow\">x</a></p>\n"
    );
    assert_eq!(
        html("| a |\n|---|\n| b |"),
        "<table><thead><tr><th>a</th></tr></thead><tbody>\n<tr><td>b</td></tr>\n</tbody></table>\n"
    );
    // What `send` would refuse is harmless too, should it ever be stored.
    for hostile in [
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "<iframe src=https://example.com></iframe>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://example.com/seen.png)",
        "<a href=\"https://a\" style=\"position:fixed\" onclick=\"x\">y</a>",
        "`<script>`",
        "<style>*{display:none}</style>",
        "<form action=https://a><input name=a></form>",
    ] {
        assert_eq!(acting(&html(hostile)), Vec::<String>::new(), "{hostile}");
    }
}

/// The tags of HTML that may do something, or hide or fetch something: of a kind or with an attribute that is not known
/// to be harmless, or with a link by another scheme.
fn acting(html: &str) -> Vec<String> {
    const TAGS: &str = " a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre strong sub sup table tbody td th \
                        thead tr ul ";
    let mut acting = Vec::new();
    for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        let attributes = tag.split('"').step_by(2).flat_map(|part| part.split(' ').skip(1));
        let known = attributes
            .filter(|name| !name.is_empty())
            .all(|name| ["href=", "title=", "rel=", "start=", "align="].contains(&name));
        let link = tag.split_once("href=\"").map_or("https:", |(_, link)| link);
        let leads = ["https:", "http:", "mailto:", "tel:"]
            .iter()
            .any(|scheme| link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        if !TAGS.contains(&format!(" {name} ")) || !known || !leads {
            acting.push(tag.to_owned());
        }
    }
    acting
}

proptest::proptest! {
    #[test]
    fn no_markdown_makes_it_panic_or_comes_through_as_html_that_acts(
        text in "([\\PC\n<>\\[\\]()!`*_:\"'=/-]|<a href=|javascript:|\\]\\(data:| onclick=|<script>){0,60}",
    ) {
        proptest::prop_assert_eq!(acting(&body(&text).html(Language::Nb)), Vec::<String>::new());
    }
}

#[test]
fn the_test_itself_sees_what_acts() {
    for html in [
        "<script>",
        "<a onclick=\"x\">",
        "<a href=\"javascript:x\">",
        "<p style=\"x\">",
        "<img src=\"https://a\">",
    ] {
        assert_eq!(acting(html).len(), 1, "{html}");
    }
    assert!(acting("<a href=\"https://a\" rel=\"noopener\">x</a>").is_empty());
}

#[tokio::test]
async fn hostile_file_names_and_too_many_or_empty_files_are_refused() {
    everywhere(async |scene| {
        let with = |name: &str| scene.letter().with_attachment(NewAttachment::new(name, b"x".to_vec()));
        for (name, rule) in [
            ("../../etc/passwd.txt", "FILE-NAME"),
            ("a\\b.pdf", "FILE-NAME"),
            ("C:evil.pdf", "FILE-NAME"),
            ("con.pdf", "FILE-NAME"),
            ("lpt1.txt", "FILE-NAME"),
            (".htaccess.txt", "FILE-NAME"),
            ("a.pdf.", "FILE-NAME"),
            ("a\0.pdf", "CHARACTERS"),
            ("a\n.pdf", "CHARACTERS"),
            ("vedtak\u{202e}fdp.exe.pdf", "CHARACTERS"),
            ("a\u{200b}.pdf", "CHARACTERS"),
            ("  ", "REQUIRED"),
            ("vedtak.exe", "FILE-TYPE"),
            ("vedtak", "FILE-TYPE"),
        ] {
            assert_eq!(
                faults(&scene, &with(name)).await,
                [format!("/content/attachments/0/fileName {rule}")],
                "{name:?}"
            );
        }
        let long = format!("{}.pdf", "a".repeat(10_000));
        assert_eq!(faults(&scene, &with(&long)).await, ["/content/attachments/0/fileName TOO-LONG"]);
        let two = with("a.pdf").with_attachment(NewAttachment::new("A.PDF", b"y".to_vec()));
        assert_eq!(faults(&scene, &two).await, ["/content/attachments/1/fileName DUPLICATE-FILE-NAME"]);
        let empty = scene.letter().with_attachment(NewAttachment::new("a.pdf", Vec::new()));
        assert_eq!(faults(&scene, &empty).await, ["/content/attachments/0 EMPTY"]);
        let many = (0..11).fold(scene.letter(), |letter, number| {
            letter.with_attachment(NewAttachment::new(format!("{number}.pdf"), b"x".to_vec()))
        });
        assert_eq!(faults(&scene, &many).await, ["/content/attachments TOO-MANY"]);
    })
    .await;
}

#[tokio::test]
async fn texts_links_and_times_are_checked() {
    everywhere(async |scene| {
        let to = || recipient(&scene.bakery);
        let letter = |message| NewCorrespondence::new("1", to(), message);
        let option = |url: &str| {
            scene.letter().with_reply_option(ReplyOption::new(url, Text::new(Language::Nb, "Svar")))
        };
        let reminded = |days| scene.letter().notified(Notification::generic().with_reminder(days));
        for (letter, expected) in [
            (letter(Message::new(Language::Nb, "", "x")), vec!["/content/messageTitle/nb REQUIRED"]),
            (letter(Message::new(Language::Nb, "x", " \n")), vec!["/content/messageBody/nb REQUIRED"]),
            (letter(Message::new(Language::Nb, "<b>x", "x")), vec!["/content/messageTitle/nb NOT-PLAIN"]),
            (
                letter(Message::new(Language::Nb, "a\u{202e}b", "x")),
                vec!["/content/messageTitle/nb CHARACTERS"],
            ),
            (
                letter(Message::new(Language::Nb, "ø".repeat(256), "x")),
                vec!["/content/messageTitle/nb TOO-LONG"],
            ),
            (
                letter(Message::new(Language::Nb, "x", "ø".repeat(30_001))),
                vec!["/content/messageBody/nb TOO-LONG"],
            ),
            (letter(Message::new(Language::Nb, "x", "a\0b")), vec!["/content/messageBody/nb CHARACTERS"]),
            (
                letter(Message::of_texts(
                    Text::new(Language::Nb, "x").with(Language::En, "y"),
                    Text::default(),
                    Text::new(Language::Nb, "x"),
                )),
                vec!["/content/messageBody/en REQUIRED"],
            ),
            (NewCorrespondence::new("", to(), message()), vec!["/sendersReference REQUIRED"]),
            (NewCorrespondence::new("1", Recipients::default(), message()), vec!["/recipients REQUIRED"]),
            (option("http://a.no"), vec!["/replyOptions/0/linkURL LINK"]),
            (option("javascript:alert(1)"), vec!["/replyOptions/0/linkURL LINK"]),
            (option("https://a.no/ b"), vec!["/replyOptions/0/linkURL LINK"]),
            (scene.letter().read_by(after(-1)), vec!["/dueDateTime IN-THE-PAST"]),
            (scene.letter().visible_from(after(5)).read_by(after(4)), vec!["/dueDateTime TOO-EARLY"]),
            (
                scene.letter().read_by(after(5)).deleted_after(after(4)),
                vec!["/allowSystemDeleteAfter TOO-EARLY"],
            ),
            (scene.letter().with_confirmation_needed(true), vec!["/dueDateTime REQUIRED"]),
            (reminded(0), vec!["/notification/reminderDays OUT-OF-RANGE"]),
            (reminded(400), vec!["/notification/reminderDays OUT-OF-RANGE"]),
        ] {
            assert_eq!(faults(&scene, &letter).await, expected, "{letter:?}");
        }
        assert_eq!(scene.count("services_mailing").await, 0);
    })
    .await;
}

#[test]
fn recipients_are_read_strictly_and_never_repeated() {
    for text in
        ["", "12345678901", "991825826", "0192:99182582", "urn:altinn:person:identifier-no:1", "kari@a.no"]
    {
        let error = Recipient::parse(text, SyntheticNumbers::Accepted).unwrap_err();
        assert!(text.is_empty() || !error.to_string().contains(text), "{error}");
    }
    let person =
        Recipient::parse("urn:altinn:person:identifier-no:10915596784", SyntheticNumbers::Accepted).unwrap();
    assert!(!format!("{person:?}").contains("10915596784"));
    assert!(Recipient::parse("10915596784", SyntheticNumbers::Refused).is_err());
}
