//! System E: conversations, what they are about, in which mood, and what became of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::conversations::{Conversation, Said, conversations};
use super::raw::{Facts, Row, says, shown, words};
use super::{Cell, Mart, divided, mean, number, row};

pub fn marts(facts: &Facts, data: &Path) -> Vec<Mart> {
    let conversations = conversations(data);
    let keywords = facts.seed("interaction_categories");
    let keyed = |row: &Row, label: &str| (row[label].to_lowercase(), words(&row["keyword"]));
    let moods: Vec<Phrase> = facts.seed("sentiment_keywords").iter().map(|row| keyed(row, "sentiment")).collect();
    let topics: Vec<Topic> = keywords
        .iter()
        .map(|row| ((row["category"].to_lowercase(), row["subcategory"].to_lowercase()), words(&row["keyword"])))
        .collect();
    let judged: Vec<Judged> = conversations.values().map(|one| Judged::new(one, &topics, &moods)).collect();
    vec![
        interactions(&judged),
        messages(&conversations),
        daily(&judged),
        by_category(&judged),
        recent(facts.as_of, &judged),
        urgent(&judged),
        automation(&keywords, &judged),
    ]
}

type Phrase = (String, Vec<String>);
type Topic = ((String, String), Vec<String>);

/// What the bundled project's var `resolution_phrases` says.
const CONTENT: [&str; 7] = ["thank you", "thanks", "solved", "that helped", "works now", "all good", "perfect"];

struct Judged<'a> {
    one: &'a Conversation,
    category: String,
    subcategory: String,
    status: &'static str,
    sentiment: &'static str,
    priority: &'static str,
}

impl<'a> Judged<'a> {
    fn new(one: &'a Conversation, topics: &[Topic], moods: &[Phrase]) -> Self {
        let customer: Vec<&Said> = one.messages.iter().filter(|said| said.sender == "customer").collect();
        let spoken = words(&customer.iter().map(|said| said.text.as_str()).collect::<Vec<_>>().join("\n"));
        let (category, subcategory) = topic(one, &spoken, topics);
        let sentiment = mood(&spoken, moods);
        let priority = match (sentiment, category.as_str()) {
            ("urgent", _) => "urgent",
            ("negative", _) | (_, "payment" | "complaint" | "order_issue") => "high",
            (_, "feedback" | "product_inquiry" | "pricing") => "low",
            _ => "medium",
        };
        Self { one, category, subcategory, status: status(one), sentiment, priority }
    }

    fn started(&self) -> NaiveDateTime {
        self.one.messages.iter().map(|said| said.at).min().unwrap()
    }
}

/// The topic whose keywords have most words; of equals, that of the longest one; else the tag; else a general question.
fn topic(one: &Conversation, spoken: &[String], topics: &[Topic]) -> (String, String) {
    let with_subject = [words(&one.subject), spoken.to_vec()].concat();
    let mut found: BTreeMap<&(String, String), BTreeSet<&[String]>> = BTreeMap::new();
    for (topic, phrase) in topics.iter().filter(|(_, phrase)| says(&with_subject, phrase)) {
        found.entry(topic).or_default().insert(phrase);
    }
    let weight = |phrases: &BTreeSet<&[String]>| {
        let longest = phrases.iter().map(|phrase| phrase.join(" ").chars().count()).max();
        (phrases.iter().map(|phrase| phrase.len()).sum::<usize>(), longest)
    };
    let best = found.values().map(&weight).max();
    if let Some((topic, _)) = found.into_iter().find(|(_, phrases)| Some(weight(phrases)) == best) {
        return topic.clone();
    }
    let is_category = |tag: &&String| topics.iter().any(|((category, _), _)| category == *tag);
    match one.tags.iter().filter(is_category).min() {
        Some(tag) => (tag.clone(), tag.clone()),
        None => ("product_inquiry".to_owned(), "general question".to_owned()),
    }
}

fn mood(spoken: &[String], moods: &[Phrase]) -> &'static str {
    let count = |wanted: &str| {
        let heard = moods.iter().filter(|(mood, phrase)| mood == wanted && says(spoken, phrase));
        heard.map(|(_, phrase)| phrase).collect::<BTreeSet<_>>().len()
    };
    let (good, bad) = (count("positive"), count("negative"));
    match (count("urgent"), good.cmp(&bad)) {
        (1.., _) => "urgent",
        (_, std::cmp::Ordering::Less) => "negative",
        (_, std::cmp::Ordering::Greater) => "positive",
        _ => "neutral",
    }
}

/// Resolved when the customer rated it well or, after an answer, said so in the last words; else by who wrote last.
fn status(one: &Conversation) -> &'static str {
    let last = |sender: &str| one.messages.iter().rposition(|said| said.sender == sender);
    let answered = one.messages.iter().position(|said| said.sender == "agent");
    let closing = last("customer").filter(|place| answered.is_some_and(|answer| answer < *place));
    let is_content = closing.is_some_and(|place| {
        let spoken = words(&one.messages[place].text);
        CONTENT.iter().any(|phrase| says(&spoken, &words(phrase)))
    });
    match one.messages.last().map(|said| said.sender) {
        _ if is_content || one.rating.as_deref() == Some("good") => "resolved",
        Some("agent") => "pending",
        _ => "open",
    }
}

fn interactions(judged: &[Judged]) -> Mart {
    let row = |judged: &Judged| {
        let one = judged.one;
        let lines: Vec<String> = one.messages.iter().map(|said| format!("{}: {}", said.sender, said.text)).collect();
        row![
            one.id.as_str(),
            one.source,
            shown(judged.started()),
            one.messages.iter().map(|said| said.at).max().map(shown),
            one.email.as_str(),
            one.name.as_str(),
            one.subject.as_str(),
            lines.join("\n"),
            judged.category.as_str(),
            judged.subcategory.as_str(),
            judged.status,
            judged.sentiment,
            judged.priority,
            one.messages.len(),
        ]
    };
    let columns = &[
        "interaction_id",
        "source",
        "started_at",
        "ended_at",
        "customer_email",
        "customer_name",
        "subject",
        "transcript",
        "category",
        "subcategory",
        "status",
        "sentiment",
        "priority",
        "messages",
    ];
    Mart { name: "customer_interactions", columns, rows: judged.iter().map(row).collect() }
}

fn messages(conversations: &BTreeMap<String, Conversation>) -> Mart {
    let mut rows = Vec::new();
    for one in conversations.values() {
        for (place, said) in one.messages.iter().enumerate() {
            let (id, sent, text) = (said.id.as_str(), shown(said.at), said.text.as_str());
            rows.push(row![id, one.id.as_str(), place + 1, said.sender, sent, text]);
        }
    }
    let columns = &["message_id", "interaction_id", "position", "sender", "sent_at", "text"];
    Mart { name: "interaction_messages", columns, rows }
}

fn count(all: &[&Judged], is: impl Fn(&Judged) -> bool) -> usize {
    all.iter().filter(|judged| is(judged)).count()
}

fn daily(judged: &[Judged]) -> Mart {
    let mut groups: BTreeMap<(NaiveDate, &str), Vec<&Judged>> = BTreeMap::new();
    for judged in judged {
        groups.entry((judged.started().date(), judged.one.source)).or_default().push(judged);
    }
    let row = |((day, source), all): ((NaiveDate, &str), Vec<&Judged>)| {
        let [open, resolved] = ["open", "resolved"].map(|status| count(&all, |judged| judged.status == status));
        row![day.to_string(), source, all.len(), open, resolved, divided(resolved, all.len())]
    };
    let columns = &["day", "source", "interactions", "open", "resolved", "resolution_rate"];
    Mart { name: "interaction_daily_summary", columns, rows: groups.into_iter().map(row).collect() }
}

fn by_category(judged: &[Judged]) -> Mart {
    let mut groups: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for judged in judged {
        groups.entry(&judged.category).or_default().push(judged);
    }
    let row = |(category, all): (&str, Vec<&Judged>)| {
        let resolved = count(&all, |judged| judged.status == "resolved");
        let negative = count(&all, |judged| judged.sentiment == "negative");
        let lengths: Vec<f64> = all.iter().map(|judged| number(judged.one.messages.len())).collect();
        let share = divided(all.len(), judged.len());
        row![category, all.len(), share, resolved, mean(&lengths), divided(negative, all.len())]
    };
    let columns = &["category", "interactions", "share", "resolved", "avg_messages", "negative_share"];
    Mart { name: "interaction_category_summary", columns, rows: groups.into_iter().map(row).collect() }
}

fn recent(as_of: NaiveDateTime, judged: &[Judged]) -> Mart {
    let is_recent = |judged: &&Judged| {
        let age = as_of - judged.started();
        age >= TimeDelta::zero() && age < TimeDelta::days(30)
    };
    let mut groups: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for judged in judged.iter().filter(is_recent) {
        *groups.entry((&judged.category, &judged.subcategory)).or_default() += 1;
    }
    let all = groups.values().sum();
    let mut groups: Vec<((&str, &str), usize)> = groups.into_iter().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.1));
    let row = |(place, ((category, subcategory), count)): (usize, ((&str, &str), usize))| {
        row![category, subcategory, count, divided(count, all), place + 1]
    };
    let columns = &["category", "subcategory", "interactions", "share", "rank"];
    Mart { name: "recent_top_issues", columns, rows: groups.into_iter().enumerate().map(row).collect() }
}

fn urgent(judged: &[Judged]) -> Mart {
    let is_urgent =
        |judged: &&Judged| judged.status != "resolved" && (judged.priority == "urgent" || judged.sentiment == "urgent");
    let mut waiting: Vec<&Judged> = judged.iter().filter(is_urgent).collect();
    waiting.sort_by_key(|judged| (judged.started(), &judged.one.id));
    let row = |(place, judged): (usize, &Judged)| {
        let one = judged.one;
        row![
            place + 1,
            one.id.as_str(),
            one.source,
            shown(judged.started()),
            one.email.as_str(),
            one.name.as_str(),
            one.subject.as_str(),
            judged.category.as_str(),
            judged.subcategory.as_str(),
            judged.status,
            judged.sentiment,
            judged.priority,
            one.messages.len(),
        ]
    };
    let columns = &[
        "place",
        "interaction_id",
        "source",
        "started_at",
        "customer_email",
        "customer_name",
        "subject",
        "category",
        "subcategory",
        "status",
        "sentiment",
        "priority",
        "messages",
    ];
    Mart { name: "urgent_interactions", columns, rows: waiting.into_iter().enumerate().map(row).collect() }
}

fn automation(keywords: &[Row], judged: &[Judged]) -> Mart {
    let automatable = keywords.iter().filter(|row| row["automatable"] == "true");
    let replies: BTreeMap<&str, &str> =
        automatable.map(|row| (row["subcategory"].as_str(), row["suggested_reply"].as_str())).collect();
    let counted = replies.into_iter().map(|(subcategory, reply)| {
        (subcategory, judged.iter().filter(|judged| judged.subcategory == subcategory).count(), reply)
    });
    let mut counted: Vec<(&str, usize, &str)> = counted.collect();
    counted.push(("__total__", counted.iter().map(|one| one.1).sum(), ""));
    counted.sort_unstable();
    let row = |(subcategory, count, reply): (&str, usize, &str)| -> Vec<Cell> {
        row![subcategory, count, divided(count, judged.len()), reply]
    };
    let columns = &["subcategory", "interactions", "share", "suggested_reply"];
    Mart { name: "automation_opportunities", columns, rows: counted.into_iter().map(row).collect() }
}
