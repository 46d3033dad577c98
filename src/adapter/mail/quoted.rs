//! What the writer of a message wrote himself: its text without the quoted mail before it and without the signature.

/// Words that end the line above a quotation, in the languages of the common mail programs: `On …, … wrote:`.
const WROTE: [&str; 14] = [
    "wrote:",
    "writes:",
    "schrieb:",
    "schrieb am",
    "a écrit :",
    "a écrit:",
    "escribió:",
    "ha scritto:",
    "escreveu:",
    "schreef:",
    "skrev:",
    "napisał(a):",
    "napisał:",
    "napsal(a):",
];

/// Lines that mail programs put above the mail that is answered.
const SEPARATORS: [&str; 7] = [
    "-----original message-----",
    "-----ursprüngliche nachricht-----",
    "-----message d'origine-----",
    "-----mensaje original-----",
    "-----messaggio originale-----",
    "________________________________",
    "-------- original message --------",
];

/// Labels of the block that Outlook puts above a quotation, in its order: sender, date.
const SENDER_LABELS: [&str; 6] = ["from:", "von:", "de :", "de:", "da:", "van:"];
const DATE_LABELS: [&str; 8] =
    ["sent:", "date:", "gesendet:", "envoyé :", "enviado:", "inviato:", "verzonden:", "datum:"];

/// Returns the text without quotations, the lines that introduce them and the signature; the whole text when nothing would be left.
pub(super) fn own_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if ends_the_mail(&lines, at) {
            break;
        }
        if let Some(length) = introduction(&lines, at) {
            let after = lines[at + length..].iter().position(|line| !line.is_empty());
            // Answers between quoted lines follow an introduction whose quotation is marked; else all below is the old mail.
            match after {
                Some(next) if lines[at + length + next].starts_with('>') => at += length,
                _ => break,
            }
            continue;
        }
        if !lines[at].trim_start().starts_with('>') {
            kept.push(lines[at]);
        }
        at += 1;
    }
    let own = joined(&kept);
    if own.is_empty() { joined(&lines) } else { own }
}

/// Whether the signature or a mail without marks begins here.
fn ends_the_mail(lines: &[&str], at: usize) -> bool {
    let line = lines[at];
    let lower = line.to_lowercase();
    let is_signature = line == "--" || lower.starts_with("sent from my ");
    let is_separator = SEPARATORS.iter().any(|separator| lower.trim_matches('*').trim() == *separator);
    let is_block = SENDER_LABELS.iter().any(|label| unmarked(&lower).starts_with(label))
        && lines[at + 1..].iter().take(2).any(|next| {
            let next = next.to_lowercase();
            DATE_LABELS.iter().any(|label| unmarked(&next).starts_with(label))
        });
    is_signature || is_separator || is_block
}

fn unmarked(line: &str) -> &str {
    line.trim_start_matches(['*', ' '])
}

/// How many lines the sentence above a quotation takes when it begins here: one, or two or three where it was wrapped.
fn introduction(lines: &[&str], at: usize) -> Option<usize> {
    let first = lines[at].trim();
    let begins = ["On ", "Am ", "Le ", "El ", "Il ", "Em ", "Op ", "Den ", "W dniu ", "Dne "];
    if !begins.iter().any(|word| first.starts_with(word)) && !first.ends_with("wrote:") {
        return None;
    }
    let mut sentence = String::new();
    for (length, line) in lines[at..].iter().take(3).enumerate() {
        if line.is_empty() {
            return None;
        }
        sentence.push(' ');
        sentence.push_str(line.trim());
        let lower = sentence.to_lowercase();
        let has_moment = lower.bytes().any(|byte| byte.is_ascii_digit()) || lower.contains('@');
        let is_german = lower.contains(" schrieb ") && lower.ends_with(':');
        if has_moment && (is_german || WROTE.iter().any(|words| lower.ends_with(words))) {
            return Some(length + 1);
        }
    }
    None
}

fn joined(lines: &[&str]) -> String {
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
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
            ("> first?\nyes\n> second?\nno\n", "yes\nno"),
            ("On Monday I wrote a review of it.\nIt was fine.", "On Monday I wrote a review of it.\nIt was fine."),
            ("No quote -- only a dash\n", "No quote -- only a dash"),
            ("> only a quotation\n", "> only a quotation"),
        ];
        for (text, own) in cases {
            assert_eq!(own_words(text), own, "{text}");
        }
    }
}
