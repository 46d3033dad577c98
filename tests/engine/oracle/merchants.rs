//! System D: merchants and their technical issues.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::raw::{Facts, Row, Ticket, says, shown, words};
use super::{Cell, Mart, number, row};

pub fn marts(facts: &Facts) -> Vec<Mart> {
    let merchants = merchants(facts);
    let issues = issues(facts, &merchants);
    vec![businesses(facts, &merchants), merchant_issues(&issues), recurring(facts, &issues), priorities(&issues)]
}

/// A business with its place by volume, from 1.
struct Merchant {
    row: Row,
    volume: usize,
    rank: usize,
    people: BTreeSet<String>,
}

/// A ticket by a merchant about something technical.
struct Issue<'a> {
    ticket: &'a Ticket,
    merchant: &'a Merchant,
    category: String,
    subcategory: String,
}

impl Merchant {
    fn segment(&self) -> String {
        if self.rank <= 25 { "vip".to_owned() } else { self.row["verification_status"].to_lowercase() }
    }

    /// An address that is a link; a bare host becomes one.
    fn url(&self) -> Option<String> {
        let url = &self.row["url"];
        let is_clean = !url.contains(|letter: char| letter.is_whitespace() || "\"'<>|\\".contains(letter));
        let is_link = ["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
        let is_host = |url: &str| {
            let host = url.split('/').next().unwrap_or_default();
            let is_label = |label: &str| {
                !label.is_empty() && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
            };
            host.contains('.') && host.split('.').all(is_label)
        };
        match (is_clean, is_link) {
            (true, true) => Some(url.clone()),
            (true, false) if is_host(url) => Some(format!("https://{url}")),
            _ => None,
        }
    }
}

fn merchants(facts: &Facts) -> Vec<Merchant> {
    let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in facts.input("business_users_raw") {
        people.entry(row["business_id"].clone()).or_default().insert(row["creator_id"].clone());
    }
    let volume = |row: &Row| row["order_volume_90d"].parse::<usize>().unwrap_or(0);
    let mut rows = facts.input("businesses_raw");
    rows.sort_by_key(|row| (Reverse(volume(row)), row["business_id"].clone()));
    let merchant = |(place, row): (usize, Row)| {
        let people = people.remove(&row["business_id"]).unwrap_or_default();
        Merchant { volume: volume(&row), rank: place + 1, people, row }
    };
    rows.into_iter().enumerate().map(merchant).collect()
}

fn businesses(facts: &Facts, merchants: &[Merchant]) -> Mart {
    let mut sorted: Vec<&Merchant> = merchants.iter().collect();
    sorted.sort_by_key(|merchant| &merchant.row["business_id"]);
    let row = |merchant: &Merchant| {
        let tickets = facts.tickets.iter().filter(|ticket| merchant.people.contains(&ticket.creator)).count();
        row![
            merchant.row["business_id"].as_str(),
            merchant.row["name"].as_str(),
            merchant.segment(),
            merchant.row["verification_status"].to_lowercase(),
            merchant.volume,
            merchant.rank,
            merchant.people.len(),
            tickets,
        ]
    };
    let columns = &[
        "business_id",
        "name",
        "segment",
        "verification_status",
        "order_volume_90d",
        "volume_rank",
        "users",
        "tickets",
    ];
    Mart { name: "dim_businesses", columns, rows: sorted.into_iter().map(row).collect() }
}

/// The issue most of whose keywords a text holds; of equals the one with the longest, then the first in the alphabet.
fn issue(spoken: &[String], keywords: &BTreeSet<(String, String, Vec<String>)>) -> Option<(String, String)> {
    let mut found: BTreeMap<(&String, &String), (usize, usize)> = BTreeMap::new();
    for (category, subcategory, phrase) in keywords.iter().filter(|keyword| says(spoken, &keyword.2)) {
        let (count, longest) = found.entry((category, subcategory)).or_default();
        *count += 1;
        *longest = phrase.join(" ").chars().count().max(*longest);
    }
    let (_, (category, subcategory)) =
        found.into_iter().map(|(name, (count, longest))| ((Reverse(count), Reverse(longest), name), name)).min()?;
    Some((category.clone(), subcategory.clone()))
}

/// The issues by ticket; who works for several businesses writes for the largest.
fn issues<'a>(facts: &'a Facts, merchants: &'a [Merchant]) -> Vec<Issue<'a>> {
    let keyword = |row: Row| (row["category"].clone(), row["subcategory"].clone(), words(&row["keyword"]));
    let keywords: BTreeSet<_> = facts.seed("issue_category_keywords").into_iter().map(keyword).collect();
    let found = |ticket: &'a Ticket| {
        let merchant = merchants.iter().find(|merchant| merchant.people.contains(&ticket.creator))?;
        let (category, subcategory) = issue(&words(&ticket.message), &keywords)?;
        Some(Issue { ticket, merchant, category, subcategory })
    };
    let mut issues: Vec<Issue> = facts.tickets.iter().filter_map(found).collect();
    issues.sort_by_key(|issue| &issue.ticket.id);
    issues
}

/// The first two sentences, on one line.
fn two_sentences(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_end = |letter: char| ".!?".contains(letter);
    let (mut ended, mut kept, mut letters) = (0, String::new(), text.chars().peekable());
    while let Some(letter) = letters.next() {
        kept.push(letter);
        ended += usize::from(is_end(letter) && letters.peek().is_none_or(|next| !is_end(*next)));
        if ended == 2 {
            break;
        }
    }
    kept.trim().to_owned()
}

fn merchant_issues(issues: &[Issue]) -> Mart {
    let row = |issue: &Issue| {
        row![
            issue.ticket.id.as_str(),
            shown(issue.ticket.created),
            issue.merchant.row["business_id"].as_str(),
            issue.merchant.url(),
            format!("https://support.example.com/tickets/{}", issue.ticket.id),
            issue.merchant.segment(),
            issue.category.as_str(),
            issue.subcategory.as_str(),
            two_sentences(&issue.ticket.message),
            issue.ticket.status.as_str(),
            Cell::Hash,
        ]
    };
    let columns = &[
        "ticket_id",
        "created_at",
        "business_id",
        "business_url",
        "ticket_url",
        "segment",
        "issue_category",
        "issue_subcategory",
        "issue_description",
        "status",
        "record_hash",
    ];
    Mart { name: "fct_merchant_issues", columns, rows: issues.iter().map(row).collect() }
}

fn by_name<'a>(issues: &'a [Issue<'a>]) -> BTreeMap<(&'a str, &'a str), Vec<&'a Issue<'a>>> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Issue>> = BTreeMap::new();
    for issue in issues {
        groups.entry((&issue.category, &issue.subcategory)).or_default().push(issue);
    }
    groups
}

fn merchants_of<'a>(issues: impl IntoIterator<Item = &'a &'a Issue<'a>>) -> BTreeMap<usize, usize> {
    issues.into_iter().map(|issue| (issue.merchant.rank, issue.merchant.volume)).collect()
}

fn recurring(facts: &Facts, issues: &[Issue]) -> Mart {
    let row = |((category, subcategory), issues): ((&str, &str), Vec<&Issue>)| {
        let times = || issues.iter().map(|issue| issue.ticket.created);
        let (month, two_months) = (facts.as_of - TimeDelta::days(30), facts.as_of - TimeDelta::days(60));
        let recent: Vec<&Issue> = issues.iter().copied().filter(|issue| issue.ticket.created > month).collect();
        let before = times().filter(|time| *time <= month && *time > two_months).count();
        let is_recurring = recent.len() >= 3 && merchants_of(&recent).len() >= 2;
        row![
            category,
            subcategory,
            issues.len(),
            merchants_of(&issues).len(),
            times().min().map(shown),
            times().max().map(shown),
            recent.len(),
            before,
            is_recurring.to_string(),
        ]
    };
    let columns = &[
        "issue_category",
        "issue_subcategory",
        "tickets",
        "businesses",
        "first_seen",
        "last_seen",
        "tickets_30d",
        "tickets_prior_30d",
        "is_recurring",
    ];
    Mart { name: "fct_recurring_issues", columns, rows: by_name(issues).into_iter().map(row).collect() }
}

fn priorities(issues: &[Issue]) -> Mart {
    let groups = by_name(issues);
    let counts: Vec<[usize; 3]> = groups
        .values()
        .map(|issues| {
            let vip = issues.iter().filter(|issue| issue.merchant.rank <= 25).count();
            [issues.len(), vip, merchants_of(issues).values().sum()]
        })
        .collect();
    let most = [0, 1, 2].map(|part| counts.iter().map(|counts| counts[part]).max().unwrap_or(0).max(1));
    let score = |counts: &[usize; 3]| -> f64 {
        let parts = counts.iter().zip(most).zip([0.4, 0.35, 0.25]);
        parts.map(|((count, most), weight)| weight * number(*count) / number(most)).sum()
    };
    let scores: Vec<f64> = counts.iter().map(score).collect();
    let row = |(place, (category, subcategory)): (usize, (&str, &str))| {
        // Issues of one score stand in the order of their names, as here.
        let before = |other: usize| scores[other] > scores[place] || (other < place && scores[other] >= scores[place]);
        let rank = (0..scores.len()).filter(|other| before(*other)).count() + 1;
        let [tickets, vip, volume] = counts[place];
        row![category, subcategory, tickets, vip, volume, scores[place], rank]
    };
    let columns = &[
        "issue_category",
        "issue_subcategory",
        "tickets",
        "vip_tickets",
        "affected_order_volume",
        "priority_score",
        "priority_rank",
    ];
    Mart { name: "fct_issue_priorities", columns, rows: groups.into_keys().enumerate().map(row).collect() }
}
