//! What a thread is about: its subject without the signs of answers.

use mail_parser::parsers::fields::thread::thread_name;

/// Signs of answers and of mail passed on, besides those of English, in the languages of the common mail programs.
const SIGNS: [&str; 36] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "vl", "fw", "fwd", "wg", "tr", "rv", "rif", "ref", "res", "enc", "odp",
    "pd", "ynt", "ilt", "vá", "van", "doorst", "vb", "bls", "trs", "ha", "na", "отв", "回复", "回覆", "答复", "转发",
    "轉寄", "返信", "転送",
];

/// Returns the base subject (RFC 5256) in lower case; nothing when nothing is left.
pub(super) fn of_the_thread(subject: &str) -> Option<String> {
    let mut rest = thread_name(subject).trim();
    while let Some(without) = without_sign(rest) {
        rest = thread_name(without).trim();
    }
    (!rest.is_empty()).then(|| rest.to_lowercase())
}

fn without_sign(subject: &str) -> Option<&str> {
    let (sign, rest) = subject.split_once([':', '：'])?;
    let sign = sign.split(['[', '(']).next().unwrap_or_default().trim().to_lowercase();
    SIGNS.contains(&&*sign).then(|| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::of_the_thread;

    #[test]
    fn signs_of_answers_in_any_language_are_left_out() {
        for subject in [
            "Broken",
            "Re: Broken",
            "RE: AW: Fwd: [list] Re[2]: Antwort: Broken",
            "Re : Broken",
            "回复：Broken",
            "Sv: VS: TR: RV: Broken (fwd)",
            "Odp: Re: Broken",
        ] {
            assert_eq!(of_the_thread(subject).as_deref(), Some("broken"), "{subject}");
        }
        assert_eq!(of_the_thread("Order 5: broken").as_deref(), Some("order 5: broken"));
        assert_eq!(of_the_thread("Re: "), None);
    }
}
