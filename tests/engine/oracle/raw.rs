//! The raw files, and what each ticket's facts are by the definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};

/// What the bundled project's vars say.
pub const TAGS: [&str; 4] = ["checkout", "financial", "engagement", "others"];
pub const BACKLOG: [&str; 2] = ["escalated", "pending"];

pub type Row = BTreeMap<String, String>;

pub struct Ticket {
    pub id: String,
    pub created: NaiveDateTime,
    pub resolved: Option<NaiveDateTime>,
    pub status: String,
    pub channel: String,
    pub creator: String,
    pub tag: Option<String>,
    pub first_response: Option<f64>,
    pub message: String,
    pub is_resolved: bool,
}

pub struct Event {
    pub id: String,
    pub at: NaiveDateTime,
    pub kind: String,
    pub agent: Option<String>,
}

/// The raw files.
pub struct Facts {
    pub tickets: Vec<Ticket>,
    pub events: BTreeMap<String, Vec<Event>>,
    pub as_of: NaiveDateTime,
    data: PathBuf,
    seeds: PathBuf,
}

pub fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let row =
        |record: csv::StringRecord| header.iter().zip(&record).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

pub fn time(text: &str) -> Option<NaiveDateTime> {
    (!text.is_empty()).then(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").unwrap())
}

pub fn shown(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

pub fn minutes(span: TimeDelta) -> f64 {
    span.as_seconds_f64() / 60.0
}

/// Runs of letters and digits, in lower case.
pub fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a phrase stands in a text as whole words.
pub fn says(words: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
}

impl Ticket {
    fn new(row: &Row) -> Self {
        let resolved = time(&row["resolved_at"]);
        let status = row["status"].to_lowercase();
        Self {
            id: row["ticket_id"].clone(),
            created: time(&row["created_at"]).unwrap(),
            resolved,
            channel: row["channel"].to_lowercase(),
            creator: row["creator_id"].clone(),
            tag: Some(row["tag"].to_lowercase()).filter(|tag| !tag.is_empty()),
            first_response: row["first_response_time"].parse().ok(),
            message: row["message_text"].clone(),
            is_resolved: status == "resolved" && resolved.is_some(),
            status,
        }
    }

    pub fn day(&self) -> NaiveDate {
        self.created.date()
    }

    pub fn week(&self) -> NaiveDate {
        monday(self.day())
    }

    pub fn is_open(&self) -> bool {
        BACKLOG.contains(&self.status.as_str())
    }

    pub fn resolved_within(&self, limit: f64) -> bool {
        self.is_resolved && self.resolved.is_some_and(|resolved| minutes(resolved - self.created) <= limit)
    }
}

impl Facts {
    pub fn read(data: &Path, seeds: &Path) -> Self {
        let tickets: Vec<Ticket> = rows(&data.join("tickets_raw.csv")).iter().map(Ticket::new).collect();
        let mut events: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for row in rows(&data.join("ticket_events_raw.csv")) {
            let event = Event {
                id: row["event_id"].clone(),
                at: time(&row["event_at"]).unwrap(),
                kind: row["event_type"].to_lowercase(),
                agent: Some(row["agent_id"].clone()).filter(|agent| !agent.is_empty()),
            };
            events.entry(row["ticket_id"].clone()).or_default().push(event);
        }
        let as_of = tickets.iter().flat_map(|ticket| [Some(ticket.created), ticket.resolved]).flatten().max().unwrap();
        Self { tickets, events, as_of, data: data.to_owned(), seeds: seeds.to_owned() }
    }

    /// Rows of an input.
    pub fn input(&self, name: &str) -> Vec<Row> {
        rows(&self.data.join(format!("{name}.csv")))
    }

    /// Rows of a reference table.
    pub fn seed(&self, name: &str) -> Vec<Row> {
        rows(&self.seeds.join(format!("{name}.csv")))
    }

    /// A ticket's events, as they stand in the file.
    pub fn log(&self, ticket: &Ticket) -> &[Event] {
        self.events.get(&ticket.id).map_or(&[], Vec::as_slice)
    }

    /// Times of a ticket's events of a kind, in the order of time.
    pub fn times(&self, ticket: &Ticket, kind: &str) -> Vec<NaiveDateTime> {
        let events = self.log(ticket);
        let times: BTreeSet<(NaiveDateTime, usize)> =
            events.iter().enumerate().filter(|(_, event)| event.kind == kind).map(|(n, event)| (event.at, n)).collect();
        times.into_iter().map(|(at, _)| at).collect()
    }

    /// Resolved with exactly one answer, and not back within seven days of a resolution.
    pub fn is_first_contact(&self, ticket: &Ticket) -> bool {
        let mut resolutions = self.times(ticket, "resolved");
        if ticket.is_resolved {
            resolutions.extend(ticket.resolved);
        }
        let is_soon =
            |at: NaiveDateTime, resolved: NaiveDateTime| resolved <= at && at - resolved <= TimeDelta::days(7);
        let is_back = |at: NaiveDateTime| resolutions.iter().any(|resolved| is_soon(at, *resolved));
        let is_back = self.times(ticket, "reopened").into_iter().any(is_back);
        ticket.is_resolved && self.times(ticket, "agent_reply").len() == 1 && !is_back
    }

    /// What the ticket system measured, or else what the log shows.
    pub fn first_response_at(&self, ticket: &Ticket) -> Option<NaiveDateTime> {
        let measured = ticket.first_response.map(|minutes| {
            let seconds = format!("{:.0}", minutes * 60.0).parse().unwrap();
            ticket.created + TimeDelta::seconds(seconds)
        });
        measured.or_else(|| self.times(ticket, "agent_reply").first().copied())
    }

    /// Every day from the first ticket to the last.
    pub fn days(&self) -> Vec<NaiveDate> {
        let first = self.tickets.iter().map(Ticket::day).min().unwrap();
        let last = self.tickets.iter().map(Ticket::day).max().unwrap();
        first.iter_days().take_while(|day| *day <= last).collect()
    }

    pub fn weeks(&self) -> Vec<NaiveDate> {
        let weeks: BTreeSet<NaiveDate> = self.days().into_iter().map(monday).collect();
        weeks.into_iter().collect()
    }
}
