//! Messages as mail programs write them, and broken ones.

use super::super::mbox::RawMessage;
use super::MailMessage;

fn read(bytes: &[u8]) -> MailMessage {
    let raw = RawMessage { bytes: bytes.to_vec(), envelope: None, length: bytes.len() as u64 };
    MailMessage::read("box.mbox", 1, &raw)
}

#[test]
fn headers_are_decoded() {
    let row = read(
        b"From: =?utf-8?Q?J=C3=BCrgen?= <J.Klein@X.example>\r\nTo: Shop <help@shop.example>, b@x.example\r\n\
          Subject: =?iso-8859-1?Q?Re=3A_R=FCckgabe?=\r\nMessage-ID: <2@x>\r\nIn-Reply-To: <1@x>\r\nReferences: <0@x> <1@x>\r\n\
          Date: Thu, 2 Jan 2025 10:00:00 +0100\r\n\r\nhello\r\n",
    );
    assert_eq!(row.from_name.as_deref(), Some("J\u{fc}rgen"));
    assert_eq!(row.from_email.as_deref(), Some("j.klein@x.example"));
    assert_eq!(row.to_emails, ["help@shop.example", "b@x.example"]);
    assert_eq!(row.subject.as_deref(), Some("Re: R\u{fc}ckgabe"));
    assert_eq!(row.thread_subject.as_deref(), Some("r\u{fc}ckgabe"));
    assert_eq!(row.message_id.as_deref(), Some("2@x"));
    assert_eq!(row.in_reply_to.as_deref(), Some("1@x"));
    assert_eq!(row.references, ["0@x", "1@x"]);
    assert_eq!(row.sent_at, Some(1_735_808_400_000_000));
    assert_eq!((row.body.as_deref(), row.error), (Some("hello"), None));
}

#[test]
fn character_sets_and_transfer_encodings_are_decoded() {
    let cases: [(&[u8], &str); 4] = [
        (b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe=\r\n!\r\n", "Gr\u{fc}\u{df}e!"),
        (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nw6nDqA==\r\n", "\u{e9}\u{e8}"),
        (b"Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\x80 5\r\n", "\u{20ac} 5"),
        (b"Content-Type: text/plain; charset=shift_jis\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\x82\xa0\r\n", "\u{3042}"),
    ];
    for (rest, text) in cases {
        let row = read(&[b"From: a@x.example\r\nSubject: s\r\n", rest].concat());
        assert_eq!(row.body.as_deref(), Some(text));
    }
}

#[test]
fn of_a_multipart_message_the_plain_text_is_taken() {
    let row = read(
        b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: multipart/alternative; boundary=C\r\n\r\n\
          --C\r\nContent-Type: text/plain\r\n\r\nplain\r\n--C\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--C--\r\n\
          --B\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nPDF\r\n--B--\r\n",
    );
    assert_eq!(row.body.as_deref(), Some("plain"));
    assert_eq!((row.is_html, row.attachments), (false, 1));
}

#[test]
fn a_message_that_is_text_of_any_kind_is_read() {
    for kind in ["text; charset=us-ascii", "text/markdown", "text/enriched"] {
        let row = read(format!("From: a@x.example\r\nContent-Type: {kind}\r\n\r\nHi,\r\nyou.\r\n").as_bytes());
        assert_eq!(row.body.as_deref(), Some("Hi,\nyou."), "{kind}");
    }
}

#[test]
fn html_becomes_text_when_there_is_nothing_else() {
    let row = read(b"From: a@x.example\r\nContent-Type: text/html\r\n\r\n<html><body><p>Hello&nbsp;&amp; <b>bye</b></p></body></html>");
    assert!(row.is_html);
    let text = row.body.unwrap_or_default().replace('\u{a0}', " ");
    assert_eq!(text, "Hello & bye");
}

#[test]
fn what_is_no_message_keeps_its_text_and_says_so() {
    let row = read(b"\x00\x01 just some bytes \xff\n");
    assert!(row.error.is_some());
    assert!(row.body.is_some_and(|text| text.contains("just some bytes") && !text.contains('\0')));
    assert!(read(b"").error.is_some());
    assert!(read(b"From: \r\nSubject: s\r\n\r\nx").error.is_some_and(|error| error.contains("who sent")));
}

#[test]
fn the_date_of_the_envelope_stands_in_for_a_missing_one() {
    let bytes = b"From: a@x.example\nSubject: s\n\nx\n";
    let raw = RawMessage {
        bytes: bytes.to_vec(),
        envelope: Some("a@x.example Thu Jan  2 10:00:00 2025".into()),
        length: bytes.len() as u64,
    };
    assert_eq!(MailMessage::read("m", 1, &raw).sent_at, Some(1_735_812_000_000_000));
}

#[test]
fn messages_of_programs_are_marked() {
    assert!(read(b"From: a@x.example\r\nAuto-Submitted: auto-replied\r\n\r\nout of office").is_automatic);
    assert!(!read(b"From: a@x.example\r\nAuto-Submitted: no\r\n\r\nhello").is_automatic);
}

#[test]
fn letters_that_are_not_those_named_are_guessed() {
    let row = read(b"From: J\xfcrgen <j@x.example>\nSubject: Gr\xfc\xdfe \x80\nContent-Type: text/plain; charset=utf-8\n\nSch\xf6n\n");
    assert_eq!(row.from_name.as_deref(), Some("J\u{fc}rgen"));
    assert_eq!(row.subject.as_deref(), Some("Gr\u{fc}\u{df}e \u{20ac}"));
    assert_eq!((row.body.as_deref(), row.error), (Some("Sch\u{f6}n"), None));
    let row = read("From: J\u{fc}rgen <j@x.example>\nSubject: Gr\u{fc}\u{df}e\n\nSch\u{f6}n\n".as_bytes());
    assert_eq!(row.subject.as_deref(), Some("Gr\u{fc}\u{df}e"));
    assert_eq!(row.body.as_deref(), Some("Sch\u{f6}n"));
}

#[test]
fn dates_without_a_zone_are_in_utc_and_what_is_no_date_is_none() {
    let sent_at = |date: &str| read(format!("From: a@x.example\nDate: {date}\n\nhi\n").as_bytes()).sent_at;
    for date in [
        "Thu, 2 Jan 2025 10:00:00",
        "2 Jan 2025 10:00:00",
        "Thu, 2 Jan 2025 05:00:00 EST",
        "Thu, 2 Jan 2025 10:00:00 GMT",
    ] {
        assert_eq!(sent_at(date), Some(1_735_812_000_000_000), "{date}");
    }
    for date in ["", "tomorrow", "32 Foo 2025 99:99:99 +9999", "Thu, 2 Jan 99999999999 10:00:00 +0000"] {
        assert_eq!(sent_at(date), None, "{date}");
    }
}

#[test]
fn a_message_whose_parts_cannot_be_found_keeps_its_text() {
    let row = read(b"From: a@x.example\nContent-Type: multipart/mixed; boundary=\"never\"\n\nit burns\n");
    assert_eq!(row.body.as_deref(), Some("it burns"));
}
