//! System C: service levels, reopenings, the knowledge base.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::classifier::Judged;
use super::raw::{Facts, Row, Ticket, minutes, monday, says, shown, time, words};
use super::{Mart, divided, row};

pub fn marts(facts: &Facts, judged: &BTreeMap<String, Judged>) -> Vec<Mart> {
    let promises = promises(facts, judged);
    vec![compliance(&promises), breaches(facts, &promises), reopens(facts), articles(facts), searches(facts)]
}

/// What was promised about a ticket, and what became of it.
pub struct Promise<'a> {
    pub ticket: &'a Ticket,
    pub priority: &'static str,
    deadline: NaiveDateTime,
    response: Option<NaiveDateTime>,
    pub state: &'static str,
}

/// The first rule that applies.
fn priority(plan: Option<&str>, category: &str, says_urgent: bool, is_request: bool) -> &'static str {
    if says_urgent {
        "urgent"
    } else if matches!(category, "financial" | "billing" | "payment" | "payments") || plan == Some("premium") {
        "high"
    } else if plan == Some("pro") || is_request {
        "medium"
    } else {
        "low"
    }
}

/// Tickets with their promises, in the order of the file.
pub fn promises<'a>(facts: &'a Facts, judged: &BTreeMap<String, Judged>) -> Vec<Promise<'a>> {
    let users = facts.input("users_raw");
    let plans: BTreeMap<&str, &str> = users.iter().map(|user| (&*user["creator_id"], &*user["plan_tier"])).collect();
    let phrases: Vec<(String, Vec<String>)> =
        facts.seed("priority_keywords").iter().map(|row| (row["priority"].clone(), words(&row["keyword"]))).collect();
    let hours = |priority: &str| match priority {
        "urgent" => 2,
        "high" => 8,
        "medium" => 24,
        _ => 48,
    };
    let promise = |ticket: &'a Ticket| {
        let spoken = words(&ticket.message);
        let has = |wanted: &str| phrases.iter().any(|(priority, phrase)| priority == wanted && says(&spoken, phrase));
        let plan = plans.get(ticket.creator.as_str()).copied();
        let priority = priority(plan, &judged[&ticket.id].effective, has("urgent"), has("medium"));
        let deadline = ticket.created + TimeDelta::hours(hours(priority));
        let response = facts.first_response_at(ticket);
        let state = match response {
            Some(response) if response <= deadline => "met",
            Some(_) => "breached",
            None if deadline < facts.as_of => "breached",
            None if ticket.is_open() => "pending",
            None => "closed",
        };
        Promise { ticket, priority, deadline, response, state }
    };
    facts.tickets.iter().map(promise).collect()
}

fn compliance(promises: &[Promise]) -> Mart {
    let mut groups: BTreeMap<(&str, NaiveDate), Vec<&str>> = BTreeMap::new();
    for promise in promises {
        groups.entry((promise.priority, promise.ticket.week())).or_default().push(promise.state);
    }
    let row = |((priority, week), states): ((&str, NaiveDate), Vec<&str>)| {
        let [met, breached, pending] =
            ["met", "breached", "pending"].map(|wanted| states.iter().filter(|state| **state == wanted).count());
        row![priority, week.to_string(), states.len(), met, breached, pending, divided(met, met + breached)]
    };
    let columns = &["priority", "week_start", "tickets", "met", "breached", "pending", "compliance_rate"];
    Mart { name: "fct_sla_compliance", columns, rows: groups.into_iter().map(row).collect() }
}

fn breaches(facts: &Facts, promises: &[Promise]) -> Mart {
    let mut broken: Vec<&Promise> = promises.iter().filter(|promise| promise.state == "breached").collect();
    broken.sort_by(|left, right| (right.ticket.created, &left.ticket.id).cmp(&(left.ticket.created, &right.ticket.id)));
    let row = |(place, promise): (usize, &Promise)| {
        let late = minutes(promise.response.unwrap_or(facts.as_of) - promise.deadline);
        row![
            place + 1,
            promise.ticket.id.as_str(),
            promise.priority,
            shown(promise.ticket.created),
            shown(promise.deadline),
            promise.response.map(shown),
            late,
            promise.ticket.is_open().to_string(),
        ]
    };
    let columns = &[
        "breach_no",
        "ticket_id",
        "priority",
        "created_at",
        "deadline_at",
        "first_response_at",
        "breach_minutes",
        "is_open",
    ];
    Mart { name: "fct_sla_breaches", columns, rows: broken.into_iter().enumerate().map(row).collect() }
}

fn reopens(facts: &Facts) -> Mart {
    let mut weeks: BTreeMap<NaiveDate, (usize, usize)> = BTreeMap::new();
    for ticket in &facts.tickets {
        let reopened = facts.times(ticket, "reopened").first().copied();
        if !ticket.is_resolved && reopened.is_none() {
            continue;
        }
        // One that came back and is not solved yet counts when it came back.
        let at = ticket.resolved.or(reopened).unwrap();
        let week = weeks.entry(monday(at.date())).or_default();
        week.0 += 1;
        week.1 += usize::from(reopened.is_some());
    }
    let row = |(week, (all, back)): (NaiveDate, (usize, usize))| row![week.to_string(), all, back, divided(back, all)];
    let columns = &["week_start", "resolved", "reopened", "reopen_rate"];
    Mart { name: "fct_reopens", columns, rows: weeks.into_iter().map(row).collect() }
}

/// Searches by their words, without those that have none.
fn queries(facts: &Facts) -> Vec<(String, Row)> {
    let rows = facts.input("kb_searches_raw").into_iter();
    rows.map(|row| (words(&row["query"]).join(" "), row)).filter(|(query, _)| !query.is_empty()).collect()
}

fn searches(facts: &Facts) -> Mart {
    let mut groups: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for (query, row) in queries(facts) {
        groups.entry(query).or_default().push(row);
    }
    let row = |(query, rows): (String, Vec<Row>)| {
        let [clicks, tickets] =
            ["clicked_article_id", "ticket_id"].map(|column| rows.iter().filter(|row| !row[column].is_empty()).count());
        let (click_rate, ticket_rate) = (divided(clicks, rows.len()), divided(tickets, rows.len()));
        row![query, rows.len(), click_rate, ticket_rate, (clicks == 0).to_string()]
    };
    let columns = &["query_normalized", "searches", "click_rate", "ticket_rate", "zero_click"];
    Mart { name: "fct_kb_search", columns, rows: groups.into_iter().map(row).collect() }
}

fn articles(facts: &Facts) -> Mart {
    let (ratings, queries) = (facts.input("kb_ratings_raw"), queries(facts));
    let mut articles = facts.input("kb_articles_raw");
    articles.sort_by(|left, right| left["article_id"].cmp(&right["article_id"]));
    let row = |article: &Row| {
        let id = &article["article_id"];
        let votes: Vec<&Row> = ratings.iter().filter(|vote| vote["article_id"] == *id).collect();
        let helpful = votes.iter().filter(|vote| vote["helpful"] == "true").count();
        let clicks: Vec<&Row> =
            queries.iter().map(|query| &query.1).filter(|row| row["clicked_article_id"] == *id).collect();
        let tickets = clicks.iter().filter(|row| !row["ticket_id"].is_empty()).count();
        let touched = time(&article["updated_at"]).or_else(|| time(&article["published_at"])).unwrap();
        let stale = (facts.as_of.date() - touched.date()).num_days().max(0);
        row![
            id.as_str(),
            article["title"].as_str(),
            article["category"].to_lowercase(),
            article["views"].as_str(),
            votes.len(),
            divided(helpful, votes.len()),
            clicks.len(),
            tickets,
            stale.to_string(),
        ]
    };
    let columns = &[
        "article_id",
        "title",
        "category",
        "views",
        "ratings",
        "helpful_rate",
        "searches_clicked",
        "tickets_after_click",
        "stale_days",
    ];
    Mart { name: "fct_kb_articles", columns, rows: articles.iter().map(row).collect() }
}
