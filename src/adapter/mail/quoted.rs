//! What the writer of a message wrote himself: its text without the quoted mail before it and without the signature.
//!
//! Mail programs write these parts in the language of their user. Where a form can be told from its signs (a time or an address
//! before a colon and marked lines below, a block of labels), no words are needed; the lists hold the words for the rest.

/// Words that end the line above a quotation, in the languages of the common mail programs: `On …, … wrote:`.
const WROTE: [&str; 26] = [
    "wrote:",
    "writes:",
    "schrieb:",
    "a écrit :",
    "a écrit:",
    "escribió:",
    "ha scritto:",
    "escreveu:",
    "schreef:",
    "skrev:",
    "napisał(a):",
    "napisał:",
    "pisze:",
    "napsal(a):",
    "napsal:",
    "kirjoitti:",
    "пишет:",
    "пише:",
    "написал:",
    "написал(а):",
    "yazdı:",
    "写道:",
    "写道：",
    "寫道：",
    "작성:",
    "のメール:",
];

/// The same words within the line, before the name of the writer.
const WROTE_WITHIN: [&str; 6] = [" schrieb ", " schreef ", " skrev ", " wrote on ", " napsal ", " ezt írta "];

/// How a sentence above a quotation begins.
const BEGINNINGS: [&str; 12] =
    ["On ", "Am ", "Le ", "El ", "Il ", "Em ", "Op ", "Den ", "W dniu ", "Dne ", "Dnia ", "Vào "];

/// Words of lines that mail programs put above the mail that is answered or passed on.
const SEPARATORS: [&str; 4] = [
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "début du message réexpédié :",
    "inizio messaggio inoltrato:",
];

/// Labels of the block that mail programs put above a quotation: first the sender's, then those of dates, receivers and subjects.
const SENDER_LABELS: [&str; 19] = [
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "lähettäjä",
    "od",
    "от",
    "від",
    "kimden",
    "feladó",
    "差出人",
    "发件人",
    "寄件者",
    "보낸 사람",
    "送信者",
    "απο",
];
const OTHER_LABELS: [&str; 66] = [
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "reply-to",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "envoyé",
    "à",
    "a",
    "objet",
    "enviado",
    "enviado el",
    "fecha",
    "para",
    "asunto",
    "inviato",
    "data",
    "oggetto",
    "verzonden",
    "aan",
    "onderwerp",
    "enviada em",
    "enviada",
    "assunto",
    "skickat",
    "till",
    "ämne",
    "sendt",
    "til",
    "emne",
    "dato",
    "lähetetty",
    "vastaanottaja",
    "aihe",
    "wysłano",
    "do",
    "temat",
    "odesláno",
    "komu",
    "předmět",
    "отправлено",
    "кому",
    "тема",
    "дата",
    "надіслано",
    "gönderildi",
    "kime",
    "konu",
    "elküldve",
    "címzett",
    "tárgy",
    "送信日時",
    "日時",
    "宛先",
    "件名",
    "发送时间",
    "收件人",
    "主题",
    "主旨",
    "보낸 날짜",
    "받는 사람",
    "제목",
];

/// How the line begins that programs of telephones put below what was written.
const SENT_WITH: [&str; 17] = [
    "sent from my ",
    "sent from mail for",
    "sent from yahoo",
    "sent from outlook",
    "get outlook for",
    "von meinem ",
    "gesendet von ",
    "gesendet mit ",
    "envoyé de mon ",
    "envoyé depuis ",
    "enviado desde mi ",
    "enviado do meu ",
    "inviato da ",
    "verstuurd vanaf ",
    "skickat från min ",
    "wysłane z ",
    "отправлено с ",
];

/// The most letters of a line of [`SENT_WITH`].
const SHORT: usize = 80;

/// Returns the text without quotations, the lines that introduce them and the signature; the whole text when nothing would be left.
pub(super) fn own_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if ends_the_mail(&lines, at) {
            break;
        }
        match introduction(&lines, at) {
            // Answers between quoted lines follow an introduction whose quotation is marked; else all below is the old mail.
            Some(Introduction { length, is_marked: true }) => at += length,
            Some(_) => break,
            None => {
                if !is_quoted(lines[at]) {
                    kept.push(lines[at]);
                }
                at += 1;
            }
        }
    }
    let own = joined(&kept);
    if own.is_empty() { joined(&lines) } else { own }
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// Whether the signature or a mail without marks begins here.
fn ends_the_mail(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    if line.is_empty() || is_quoted(line) {
        return false;
    }
    line == "--" || is_ruler(line) || is_sent_with(lines, at) || is_separator(lines, at) || is_block(lines, at)
}

/// Outlook and mailing lists draw a line.
fn is_ruler(line: &str) -> bool {
    line.len() >= 30 && line.bytes().all(|byte| byte == b'_')
}

fn is_sent_with(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    let is_last = lines.get(at + 1).is_none_or(|next| next.is_empty());
    if line.len() > SHORT || !is_last {
        return false;
    }
    let lower = line.to_lowercase();
    SENT_WITH.iter().any(|words| lower.starts_with(words))
        && (!lower.starts_with("von meinem ") || lower.contains("gesendet"))
}

/// A line such as `----- Original Message -----` in any language, when what stands below has labels.
fn is_separator(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim().trim_matches('*').trim();
    let lower = line.to_lowercase();
    if lower.contains("reply above this line") || SEPARATORS.contains(&&*lower) {
        return true;
    }
    let words = line.trim_matches('-').trim();
    let is_drawn = line.starts_with("---") && line.ends_with("---") && words.contains(char::is_alphabetic);
    let is_known = words.eq_ignore_ascii_case("original message") || words.eq_ignore_ascii_case("forwarded message");
    is_drawn && (is_known || label_lines(&lines[at + 1..], 4) > 0 || words.to_lowercase().ends_with("nachricht"))
}

/// A sender's label with at least two others below.
fn is_block(lines: &[&str], at: usize) -> bool {
    label(lines[at]).is_some_and(|label| SENDER_LABELS.contains(&&*label)) && label_lines(&lines[at + 1..], 4) >= 2
}

/// How many of the next lines, up to an empty one below the first, are labels of a block.
fn label_lines(lines: &[&str], most: usize) -> usize {
    let lines = lines.iter().skip_while(|line| line.is_empty()).take(most).take_while(|line| !line.is_empty());
    let is_label = |label: String| OTHER_LABELS.contains(&&*label) || SENDER_LABELS.contains(&&*label);
    lines.filter(|line| label(line).is_some_and(is_label)).count()
}

/// What stands before the colon of a line, in lower case and without the stars of bold letters.
fn label(line: &str) -> Option<String> {
    let (label, _) = line.split_once([':', '：'])?;
    let label = label.trim_matches(|mark: char| mark == '*' || mark.is_whitespace());
    (label.len() <= 40).then(|| label.to_lowercase())
}

struct Introduction {
    length: usize,
    /// Whether the quotation below it is marked.
    is_marked: bool,
}

/// The sentence above a quotation when it begins here, also where it was wrapped into two, three or four lines.
fn introduction(lines: &[&str], at: usize) -> Option<Introduction> {
    let mut sentence = String::new();
    for (length, line) in (1..=4).zip(&lines[at..]) {
        if line.is_empty() || is_quoted(line) {
            return None;
        }
        sentence.push(' ');
        sentence.push_str(line.trim());
        if !line.ends_with([':', '：']) {
            continue;
        }
        let lower = sentence.replace('\u{a0}', " ").to_lowercase();
        let below = lines[at + length..].iter().find(|line| !line.is_empty());
        let is_marked = below.is_some_and(|line| is_quoted(line));
        let says_wrote =
            WROTE.iter().any(|words| lower.ends_with(words)) || WROTE_WITHIN.iter().any(|words| lower.contains(words));
        let has_moment = lower.contains('@') || has_time(&lower);
        // A sentence of several lines begins with its date, so that no line of the writer's own is taken for its beginning.
        let is_begun =
            length == 1 || has_time(lines[at]) || BEGINNINGS.iter().any(|word| lines[at].trim().starts_with(word));
        let is_introduction =
            says_wrote && (has_moment || is_marked && length == 1) || is_marked && has_moment && length <= 2;
        if is_begun && is_introduction {
            return Some(Introduction { length, is_marked });
        }
    }
    None
}

/// Whether a time of day or a date in numbers stands in a text: `9:00`, `09.00`, `2025-01-06`.
fn has_time(text: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    text.as_bytes().windows(4).any(|four| {
        is_digit(&four[0]) && matches!(four[1], b':' | b'.' | b'-') && is_digit(&four[2]) && is_digit(&four[3])
    })
}

fn joined(lines: &[&str]) -> String {
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests;
