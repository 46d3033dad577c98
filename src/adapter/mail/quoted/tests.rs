//! Answers as mail programs of many languages write them.

use super::own_words;

#[test]
fn quotations_introductions_and_signatures_are_left_out() {
    let cases = [
        ("Thanks!\n\nOn Mon, Jan 6, 2025 at 9:00 AM Shop <s@x.example> wrote:\n> Hello\n> there\n", "Thanks!"),
        (
            "Thanks!\n\nOn Mon, Jan 6, 2025 at 9:00 AM Shop Support With A Long Name\n<s@x.example> wrote:\n\n> Hello\n",
            "Thanks!",
        ),
        ("Danke\n\nAm 06.01.2025 um 09:00 schrieb Laden:\n> Hallo\n", "Danke"),
        ("Merci\n\nLe 6 janvier 2025 à 09:00, Boutique a écrit :\n> Bonjour\n", "Merci"),
        ("See below.\n\n-----Original Message-----\nFrom: x\nold text\n", "See below."),
        ("See below.\n\nFrom: Shop <s@x.example>\nSent: Monday\nTo: me\n\nold\n", "See below."),
        ("Hi\n-- \nAda Adler\nACME\n", "Hi"),
        ("Hi\n\nSent from my phone\n", "Hi"),
        ("New answer\nOn Mon, Jan 6, 2025 at 9:00 AM Shop <s@x.example> wrote:\n> old\n", "New answer"),
        ("> first?\nyes\n> second?\nno\n", "yes\nno"),
        ("On Monday I wrote a review of it.\nIt was fine.", "On Monday I wrote a review of it.\nIt was fine."),
        ("No quote -- only a dash\n", "No quote -- only a dash"),
        ("> only a quotation\n", "> only a quotation"),
        ("Hi\n__________________________________________\nlist mailing list\n", "Hi"),
        ("FYI\n\n---------- Forwarded message ---------\nFrom: C <c@x.example>\nDate: Monday\n\nold\n", "FYI"),
    ];
    for (text, own) in cases {
        assert_eq!(own_words(text), own, "{text}");
    }
}

#[test]
fn introductions_of_marked_lines_are_known_in_any_language() {
    for introduction in [
        "Op ma 6 jan 2025 om 09:00 schreef Shop <s@x.example>:",
        "man. 6. jan. 2025 kl. 09:00 skrev Shop <s@x.example>:",
        "pon., 6 sty 2025 o 09:00 Shop <s@x.example> napisał(a):",
        "пн, 6 янв. 2025 г. в 09:00, Shop <s@x.example>:",
        "06.01.2025 09:00, Shop пишет:",
        "2025年1月6日(月) 9:00 Shop <s@x.example>:",
        "Shop <s@x.example> 于2025年1月6日周一 09:00写道：",
        "Shop <s@x.example> wrote on 6 Jan 2025:",
        "Le lun. 6 janv. 2025 à 09:00, Shop <s@x.example> a écrit\u{a0}:",
        "Shop wrote:",
    ] {
        assert_eq!(own_words(&format!("Mine.\n\n{introduction}\n\n> old\n")), "Mine.", "{introduction}");
        assert_eq!(own_words(&format!("{introduction}\n> old\n\nMine below.\n")), "Mine below.", "{introduction}");
    }
}

#[test]
fn blocks_of_labels_are_known_in_many_languages() {
    for block in [
        "Von: Shop\nGesendet: Montag\nAn: Ann\nBetreff: x",
        "De : Shop\nEnvoyé : lundi\nÀ : Ann\nObjet : x",
        "De: Shop\nEnviado el: lunes\nPara: Ann\nAsunto: x",
        "Från: Shop\nSkickat: den 6 januari\nTill: Ann\nÄmne: x",
        "Od: Shop\nWysłano: poniedziałek\nDo: Ann\nTemat: x",
        "От: Shop\nОтправлено: понедельник\nКому: Ann\nТема: x",
        "差出人: Shop\n送信日時: 2025年1月6日\n宛先: Ann\n件名: x",
        "发件人：Shop\n发送时间：2025年1月6日\n收件人：Ann\n主题：x",
        "*From:* Shop\n*Sent:* Monday\n*To:* Ann\n*Subject:* x",
    ] {
        assert_eq!(own_words(&format!("Mine.\n\n{block}\n\nold text\n")), "Mine.", "{block}");
    }
}

#[test]
fn sentences_that_look_alike_stay() {
    for text in [
        "I ordered two.\n\nFrom: the catalogue I picked the red one.\nDate: is not important.\nThanks",
        "Hello\nOn Monday 6 January I called, as your colleague wrote:\nwe are sorry\nplease help",
        "Two problems:\nit is broken at 9:00\nit is late",
        "Inviato da un amico, questo messaggio\ndice tutto",
    ] {
        assert_eq!(own_words(text), text);
    }
}
