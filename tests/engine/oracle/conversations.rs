//! The raw chats and mails of system E as messages: who wrote what to whom, in which conversation.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDateTime;
use mail_parser::{Message, MessageParser, PartType};
use serde_json::Value;

use super::raw::time;

/// The address that customers write to.
const SUPPORT: &str = "help@shop.example";

pub struct Said {
    pub id: String,
    pub sender: &'static str,
    pub at: NaiveDateTime,
    pub text: String,
}

pub struct Conversation {
    pub id: String,
    pub source: &'static str,
    pub email: String,
    pub name: String,
    pub subject: String,
    pub rating: Option<String>,
    pub tags: Vec<String>,
    pub messages: Vec<Said>,
}

/// All conversations, by their ids.
pub fn conversations(data: &Path) -> BTreeMap<String, Conversation> {
    let mut all = mails(&std::fs::read_to_string(data.join("mail/support.mbox")).unwrap());
    let chats: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(data.join("livechat/chats.json")).unwrap()).unwrap();
    all.extend(chats.iter().map(chat).map(|chat| (chat.id.clone(), chat)));
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn chat(chat: &Value) -> Conversation {
    let id = format!("chat:{}", text(&chat["id"]));
    let users = chat["users"].as_array().unwrap();
    let customer = users.iter().find(|user| user["type"] == "customer").unwrap();
    let threads = chat["threads"].as_array().unwrap().iter();
    let events = threads.flat_map(|thread| thread["events"].as_array().unwrap());
    let said = |(place, event): (usize, &Value)| {
        let author = users.iter().find(|user| user["id"] == event["author"]).unwrap();
        let sender = match author["type"].as_str().unwrap() {
            "customer" => "customer",
            "bot" => "bot",
            _ => "agent",
        };
        let (id, at) = (format!("{id}:{}", place + 1), time(&text(&event["created_at"])).unwrap());
        Said { id, sender, at, text: text(&event["text"]).trim().to_owned() }
    };
    let messages = events.filter(|event| event["type"] == "message").enumerate().map(said).collect();
    Conversation {
        source: "livechat",
        email: text(&customer["email"]).to_lowercase(),
        name: text(&customer["name"]),
        subject: String::new(),
        rating: chat["rating"].as_str().map(str::to_owned),
        tags: chat["tags"].as_array().unwrap().iter().map(text).collect(),
        messages,
        id,
    }
}

struct Mail {
    id: String,
    root: Option<String>,
    parent: Option<String>,
    at: NaiveDateTime,
    from: String,
    name: String,
    to: String,
    subject: String,
    own_words: String,
}

impl Mail {
    fn read(raw: &str) -> Self {
        let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
        let from = message.from().and_then(|from| from.first()).unwrap();
        let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap();
        let references = message.references();
        let first = references.as_text_list().and_then(|list| list.first().map(ToString::to_string));
        let sent = message.date().unwrap().to_timestamp();
        Self {
            id: message.message_id().unwrap().to_owned(),
            root: first.or_else(|| references.as_text().map(str::to_owned)),
            parent: message.in_reply_to().as_text().map(str::to_owned),
            at: chrono::DateTime::from_timestamp(sent, 0).unwrap().naive_utc(),
            from: from.address().unwrap().to_lowercase(),
            name: from.name().unwrap_or_default().to_owned(),
            to: to.to_lowercase(),
            subject: message.subject().unwrap().to_owned(),
            own_words: own_words(&plain(&message)),
        }
    }

    fn is_by_support(&self) -> bool {
        self.from == SUPPORT
    }

    fn customer(&self) -> &str {
        if self.is_by_support() { &self.to } else { &self.from }
    }

    fn topic(&self) -> &str {
        self.subject.strip_prefix("Re: ").unwrap_or(&self.subject)
    }
}

/// The text of a mail; of one in HTML, the HTML without its marks.
fn plain(message: &Message<'_>) -> String {
    match &message.parts[usize::try_from(message.text_body[0]).unwrap()].body {
        PartType::Html(html) => {
            let lines = html.replace("<br>", "\n");
            let pieces = lines.split('<').map(|piece| piece.rsplit('>').next().unwrap_or_default());
            pieces.collect::<String>()
        }
        PartType::Text(text) => text.to_string(),
        other => panic!("{other:?}"),
    }
}

/// What stands above the quotation and the signature.
fn own_words(text: &str) -> String {
    let is_end = |line: &str| line.trim_end() == "--" || (line.starts_with("On ") && line.ends_with("wrote:"));
    text.lines().take_while(|line| !is_end(line)).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Threads by the first of the references, else by what is answered, else by subject and customer.
fn mails(mailbox: &str) -> BTreeMap<String, Conversation> {
    let mails: Vec<Mail> = format!("\n{mailbox}").split("\n\nFrom ").map(Mail::after_envelope).collect();
    let parents: BTreeMap<&str, &str> =
        mails.iter().filter_map(|mail| Some((&*mail.id, mail.root.as_deref().or(mail.parent.as_deref())?))).collect();
    let mut threads: BTreeMap<String, Vec<&Mail>> = BTreeMap::new();
    for mail in &mails {
        let mut root = mail.id.as_str();
        while let Some(parent) = parents.get(root) {
            root = parent;
        }
        if root == mail.id && mail.subject != mail.topic() {
            let same = |other: &&Mail| other.topic() == mail.topic() && other.customer() == mail.customer();
            root = &mails.iter().filter(same).min_by_key(|other| other.at).unwrap().id;
        }
        threads.entry(format!("mail:{root}")).or_default().push(mail);
    }
    threads.into_iter().map(|(id, mails)| (id.clone(), thread(id, mails))).collect()
}

impl Mail {
    fn after_envelope(raw: &str) -> Self {
        Self::read(raw.trim_start_matches('\n').split_once('\n').unwrap().1)
    }
}

fn thread(id: String, mut mails: Vec<&Mail>) -> Conversation {
    mails.sort_by(|left, right| (left.at, &left.id).cmp(&(right.at, &right.id)));
    let said = |mail: &&Mail| Said {
        id: format!("mail:{}", mail.id),
        sender: if mail.is_by_support() { "agent" } else { "customer" },
        at: mail.at,
        text: mail.own_words.clone(),
    };
    Conversation {
        id,
        source: "email",
        email: mails[0].customer().to_owned(),
        name: mails.iter().find(|mail| !mail.is_by_support()).map(|mail| mail.name.clone()).unwrap_or_default(),
        subject: mails[0].subject.clone(),
        rating: None,
        tags: Vec::new(),
        messages: mails.iter().map(said).collect(),
    }
}
