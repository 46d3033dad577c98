//! System B: how long tickets take, satisfaction, agents, seasons, customers who may leave.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use super::classifier::Judged;
use super::raw::{Event, Facts, Ticket, minutes, time};
use super::service_levels::{Promise, promises};
use super::{Mart, divided, mean, number, quantile, row};

pub fn marts(facts: &Facts, judged: &BTreeMap<String, Judged>) -> Vec<Mart> {
    let promises = promises(facts, judged);
    let ratings = ratings(facts);
    vec![
        resolution_time(judged, &promises),
        satisfaction("fct_csat_daily", "day", &ratings, |day| day),
        satisfaction("fct_csat_monthly", "month_start", &ratings, |day| day.with_day(1).unwrap()),
        performance(facts, &promises, &ratings),
        drivers(facts, &ratings),
        seasons(facts),
        churn(facts, &ratings),
    ]
}

pub struct Rating {
    score: f64,
    at: NaiveDateTime,
}

type Ratings = BTreeMap<String, Rating>;

fn ratings(facts: &Facts) -> Ratings {
    let rating =
        |row: &super::raw::Row| Rating { score: row["rating"].parse().unwrap(), at: time(&row["rated_at"]).unwrap() };
    facts.input("satisfaction_raw").iter().map(|row| (row["ticket_id"].clone(), rating(row))).collect()
}

fn hours(ticket: &Ticket) -> Option<f64> {
    ticket.resolved.filter(|_| ticket.is_resolved).map(|resolved| minutes(resolved - ticket.created) / 60.0)
}

fn resolution_time(judged: &BTreeMap<String, Judged>, promises: &[Promise]) -> Mart {
    let mut groups: BTreeMap<(&str, &str), Vec<&Ticket>> = BTreeMap::new();
    for promise in promises {
        groups.entry((&judged[&promise.ticket.id].effective, promise.priority)).or_default().push(promise.ticket);
    }
    let row = |((category, priority), tickets): ((&str, &str), Vec<&Ticket>)| {
        let taken: Vec<f64> = tickets.iter().filter_map(|ticket| hours(ticket)).collect();
        let [median, late] = [0.5, 0.95].map(|part| quantile(&taken, part));
        row![category, priority, tickets.len(), taken.len(), mean(&taken), median, late]
    };
    let columns = &[
        "category",
        "priority",
        "tickets",
        "resolved",
        "resolution_hours_avg",
        "resolution_hours_median",
        "resolution_hours_p95",
    ];
    Mart { name: "fct_resolution_time", columns, rows: groups.into_iter().map(row).collect() }
}

fn satisfaction(
    name: &'static str,
    period: &'static str,
    ratings: &Ratings,
    of: impl Fn(NaiveDate) -> NaiveDate,
) -> Mart {
    let mut groups: BTreeMap<NaiveDate, Vec<f64>> = BTreeMap::new();
    for rating in ratings.values() {
        groups.entry(of(rating.at.date())).or_default().push(rating.score);
    }
    let row = |(period, scores): (NaiveDate, Vec<f64>)| {
        let satisfied = scores.iter().filter(|score| **score >= 4.0).count();
        row![period.to_string(), scores.len(), mean(&scores), divided(satisfied, scores.len())]
    };
    let columns: &'static [&'static str] = match period {
        "day" => &["day", "ratings", "csat_avg", "satisfied_rate"],
        _ => &["month_start", "ratings", "csat_avg", "satisfied_rate"],
    };
    Mart { name, columns, rows: groups.into_iter().map(row).collect() }
}

/// Who resolved it last; else who answered last; else who got it last.
fn agent<'a>(facts: &'a Facts, ticket: &Ticket) -> Option<&'a str> {
    let last = |kind: &str| {
        let mut events: Vec<&Event> =
            facts.log(ticket).iter().filter(|event| event.kind == kind && event.agent.is_some()).collect();
        events.sort_by_key(|event| (event.at, &event.id));
        events.last().and_then(|event| event.agent.as_deref())
    };
    last("resolved").or_else(|| last("agent_reply")).or_else(|| last("assigned"))
}

/// Whole months from a day to another.
fn months(from: NaiveDate, to: NaiveDate) -> usize {
    (1..=u32::MAX).take_while(|count| from + Months::new(*count) <= to).count()
}

fn hired(facts: &Facts) -> BTreeMap<String, NaiveDate> {
    let day = |row: &super::raw::Row| NaiveDate::parse_from_str(&row["hired_at"], "%Y-%m-%d").unwrap();
    facts.input("agents_raw").iter().map(|row| (row["agent_id"].clone(), day(row))).collect()
}

fn performance(facts: &Facts, promises: &[Promise], ratings: &Ratings) -> Mart {
    let hired = hired(facts);
    let mut groups: BTreeMap<&str, Vec<&Promise>> = hired.keys().map(|agent| (agent.as_str(), Vec::new())).collect();
    for promise in promises {
        if let Some(agent) = agent(facts, promise.ticket) {
            groups.entry(agent).or_default().push(promise);
        }
    }
    let row = |(agent, work): (&str, Vec<&Promise>)| {
        let tickets: Vec<&Ticket> = work.iter().map(|promise| promise.ticket).collect();
        let responses: Vec<f64> = tickets.iter().filter_map(|ticket| ticket.first_response).collect();
        let taken: Vec<f64> = tickets.iter().filter_map(|ticket| hours(ticket)).collect();
        let scores: Vec<f64> =
            tickets.iter().filter_map(|ticket| ratings.get(&ticket.id)).map(|rating| rating.score).collect();
        let is_back = |ticket: &&&Ticket| !facts.times(ticket, "reopened").is_empty();
        let back = tickets.iter().filter(is_back).count();
        let once_resolved = tickets.iter().filter(|ticket| ticket.is_resolved || is_back(ticket)).count();
        let [met, breached] =
            ["met", "breached"].map(|state| work.iter().filter(|promise| promise.state == state).count());
        row![
            agent,
            tickets.len(),
            taken.len(),
            quantile(&responses, 0.5),
            quantile(&taken, 0.5),
            mean(&scores),
            divided(back, once_resolved),
            divided(met, met + breached),
            hired.get(agent).map(|day| months(*day, facts.as_of.date())),
        ]
    };
    let columns = &[
        "agent_id",
        "tickets",
        "resolved",
        "frt_median",
        "resolution_hours_median",
        "csat_avg",
        "reopen_rate",
        "sla_compliance_rate",
        "experience_months",
    ];
    Mart { name: "fct_agent_performance", columns, rows: groups.into_iter().map(row).collect() }
}

/// Pearson's correlation by deviations from the means.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (x_mean, y_mean) = (mean(&xs)?, mean(&ys)?);
    let sum = |of: fn(f64, f64) -> f64| pairs.iter().map(|(x, y)| of(x - x_mean, y - y_mean)).sum::<f64>();
    let spread = (sum(|x, _| x * x) * sum(|_, y| y * y)).sqrt();
    (spread > 0.0).then(|| sum(|x, y| x * y) / spread)
}

/// Ranks from 1; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |value: &f64| {
        let (first, next) =
            (sorted.partition_point(|other| other < value), sorted.partition_point(|other| other <= value));
        number(first + 1 + next) / 2.0
    };
    values.iter().map(rank).collect()
}

fn drivers(facts: &Facts, ratings: &Ratings) -> Mart {
    let hired = hired(facts);
    let factor = |name: &str, ticket: &Ticket| -> Option<f64> {
        let log = facts.log(ticket);
        let replies = || log.iter().filter(|event| matches!(&*event.kind, "agent_reply" | "customer_reply")).count();
        match name {
            "first_response_minutes" => ticket.first_response,
            "resolution_hours" => hours(ticket),
            "interaction_count" => Some(number(replies())),
            "distinct_agents" => {
                Some(number(log.iter().filter_map(|event| event.agent.as_ref()).collect::<BTreeSet<_>>().len()))
            }
            "agent_experience_months" => {
                let day = agent(facts, ticket).and_then(|agent| hired.get(agent))?;
                Some(number(months(*day, ticket.day())))
            }
            _ => Some(number(usize::from(!facts.times(ticket, "reopened").is_empty()))),
        }
    };
    let row = |name: &str| {
        let rated =
            facts.tickets.iter().filter_map(|ticket| Some((factor(name, ticket)?, ratings.get(&ticket.id)?.score)));
        let pairs: Vec<(f64, f64)> = rated.collect();
        let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let ranked: Vec<(f64, f64)> = ranks(&xs).into_iter().zip(ranks(&ys)).collect();
        row![name, pairs.len(), correlation(&pairs), correlation(&ranked)]
    };
    let names = [
        "agent_experience_months",
        "distinct_agents",
        "first_response_minutes",
        "interaction_count",
        "reopened",
        "resolution_hours",
    ];
    let columns = &["factor", "n", "pearson", "spearman"];
    Mart { name: "fct_csat_drivers", columns, rows: names.into_iter().map(row).collect() }
}

fn seasons(facts: &Facts) -> Mart {
    let days = facts.days();
    let average = number(facts.tickets.len()) / number(days.len());
    let season = |name: &'static str, of: fn(NaiveDateTime) -> u32, average: f64| {
        let mut seasons: BTreeMap<u32, (usize, BTreeSet<NaiveDate>)> = BTreeMap::new();
        for day in &days {
            for hour in 0..24 {
                seasons.entry(of(day.and_hms_opt(hour, 0, 0).unwrap())).or_default().1.insert(*day);
            }
        }
        for ticket in &facts.tickets {
            seasons.entry(of(ticket.created)).or_default().0 += 1;
        }
        let row = move |(season, (tickets, days)): (u32, (usize, BTreeSet<NaiveDate>))| {
            let a_day = number(tickets) / number(days.len());
            row![name, season.to_string(), a_day, a_day / average]
        };
        seasons.into_iter().map(row).collect::<Vec<_>>()
    };
    let mut rows = season("day_of_week", |at| at.weekday().number_from_monday(), average);
    rows.extend(season("hour", |at| at.hour(), average / 24.0));
    rows.extend(season("month", |at| at.month(), average));
    Mart { name: "fct_seasonality", columns: &["season_type", "season", "tickets_per_day", "index"], rows }
}

fn churn(facts: &Facts, ratings: &Ratings) -> Mart {
    let mut groups: BTreeMap<&str, Vec<&Ticket>> = BTreeMap::new();
    for ticket in facts.tickets.iter().filter(|ticket| !ticket.creator.is_empty()) {
        groups.entry(&ticket.creator).or_default().push(ticket);
    }
    let row = |(creator, tickets): (&str, Vec<&Ticket>)| {
        let within = |days: i64, at: NaiveDateTime| facts.as_of - at < TimeDelta::days(days);
        let recent: Vec<&&Ticket> = tickets.iter().filter(|ticket| within(90, ticket.created)).collect();
        let month = recent.iter().filter(|ticket| within(30, ticket.created)).count();
        let open = tickets.iter().filter(|ticket| ticket.is_open()).count();
        let is_escalated =
            |ticket: &Ticket| ticket.status == "escalated" || !facts.times(ticket, "escalated").is_empty();
        let escalated = recent.iter().filter(|ticket| is_escalated(ticket)).count();
        let back = recent.iter().filter(|ticket| !facts.times(ticket, "reopened").is_empty()).count();
        let given = tickets.iter().filter_map(|ticket| ratings.get(&ticket.id));
        let low = given.filter(|rating| rating.score <= 2.0 && within(90, rating.at)).count();
        // Points of the project's vars, and what is said.
        let signs = [
            (open > 0, 30, format!("{open} unresolved")),
            (escalated > 0, 20, format!("{escalated} escalated in 90 days")),
            (back > 0, 15, format!("{back} reopened in 90 days")),
            (low > 0, 25, format!("{low} low ratings in 90 days")),
            (month >= 3, 10, format!("{month} tickets in 30 days")),
        ];
        let points: usize = signs.iter().filter(|sign| sign.0).map(|sign| sign.1).sum();
        let band = match points {
            50.. => "high",
            25.. => "medium",
            _ => "low",
        };
        let reasons = signs.into_iter().filter(|sign| sign.0).map(|sign| sign.2).collect::<Vec<_>>().join(", ");
        row![creator, month, recent.len(), open, escalated, back, low, number(points) / 100.0, band, reasons]
    };
    let columns = &[
        "creator_id",
        "tickets_30d",
        "tickets_90d",
        "unresolved",
        "escalated",
        "reopened",
        "low_ratings_90d",
        "risk_score",
        "risk_band",
        "reasons",
    ];
    Mart { name: "fct_churn_risk", columns, rows: groups.into_iter().map(row).collect() }
}
