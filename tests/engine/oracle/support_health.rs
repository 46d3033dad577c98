//! System A: tickets, response times, first contact, categories.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::classifier::Judged;
use super::raw::{BACKLOG, Facts, Ticket, minutes, shown};
use super::{Cell, Mart, divided, mean, quantile, row};

type Categories = BTreeMap<String, Judged>;

pub fn marts(facts: &Facts, judged: &Categories) -> Vec<Mart> {
    vec![
        tickets_daily(facts),
        tickets_weekly(facts),
        sla_daily(facts),
        sla_weekly(facts),
        first_contact(facts, "fct_fcr_daily", &FCR_DAILY, Ticket::day, facts.days()),
        first_contact(facts, "fct_fcr_weekly", &FCR_WEEKLY, Ticket::week, facts.weeks()),
        by_category(facts, judged, "fct_tickets_by_category_daily", &CATEGORY_DAILY, Ticket::day),
        by_category(facts, judged, "fct_tickets_by_category_weekly", &CATEGORY_WEEKLY, Ticket::week),
        channels(facts),
        backlog(facts),
        confusion_matrix(facts, judged),
        quality(facts, judged),
        drift(facts, judged),
        outliers(facts, judged),
        summary(facts),
    ]
}

const FCR_DAILY: [&str; 8] = [
    "created_day",
    "resolved",
    "fcr_strict",
    "fcr_lenient",
    "fcr_strict_rate",
    "fcr_lenient_rate",
    "fcr_first_contact",
    "fcr_first_contact_rate",
];
const FCR_WEEKLY: [&str; 8] = [
    "week_start",
    "resolved",
    "fcr_strict",
    "fcr_lenient",
    "fcr_strict_rate",
    "fcr_lenient_rate",
    "fcr_first_contact",
    "fcr_first_contact_rate",
];
const CATEGORY_DAILY: [&str; 4] = ["created_day", "category", "tickets", "share"];
const CATEGORY_WEEKLY: [&str; 4] = ["week_start", "category", "tickets", "share"];

fn count<'a>(tickets: impl IntoIterator<Item = &'a &'a Ticket>, is: impl Fn(&Ticket) -> bool) -> usize {
    tickets.into_iter().filter(|ticket| is(ticket)).count()
}

fn resolved(ticket: &Ticket) -> bool {
    ticket.is_resolved
}

fn unsolved(ticket: &Ticket) -> bool {
    ticket.status == "closed_without_solution"
}

/// The tickets of each group, and none for a group without tickets.
fn grouped<K: Ord + Copy>(facts: &Facts, of: fn(&Ticket) -> K, groups: Vec<K>) -> BTreeMap<K, Vec<&Ticket>> {
    let mut grouped: BTreeMap<K, Vec<&Ticket>> = groups.into_iter().map(|group| (group, Vec::new())).collect();
    for ticket in &facts.tickets {
        grouped.entry(of(ticket)).or_default().push(ticket);
    }
    grouped
}

fn responses(tickets: &[&Ticket]) -> Vec<f64> {
    tickets.iter().filter_map(|ticket| ticket.first_response).collect()
}

fn tickets_daily(facts: &Facts) -> Mart {
    let days: Vec<(NaiveDate, Vec<&Ticket>)> = grouped(facts, Ticket::day, facts.days()).into_iter().collect();
    let row = |(place, (day, tickets)): (usize, &(NaiveDate, Vec<&Ticket>))| {
        let week: Vec<f64> =
            days[place.saturating_sub(6)..=place].iter().map(|day| super::number(day.1.len())).collect();
        row![day.to_string(), tickets.len(), mean(&week), count(tickets, resolved), count(tickets, unsolved)]
    };
    let columns = &["created_day", "tickets", "tickets_7d_avg", "resolved", "closed_without_solution"];
    Mart { name: "fct_tickets_daily", columns, rows: days.iter().enumerate().map(row).collect() }
}

fn tickets_weekly(facts: &Facts) -> Mart {
    let row = |(week, tickets): (NaiveDate, Vec<&Ticket>)| {
        row![week.to_string(), tickets.len(), count(&tickets, resolved), count(&tickets, unsolved)]
    };
    let columns = &["week_start", "tickets", "resolved", "closed_without_solution"];
    let rows = grouped(facts, Ticket::week, facts.weeks()).into_iter().map(row).collect();
    Mart { name: "fct_tickets_weekly", columns, rows }
}

fn sla_daily(facts: &Facts) -> Mart {
    let days: Vec<(NaiveDate, Vec<f64>)> = grouped(facts, Ticket::day, facts.days())
        .into_iter()
        .map(|(day, tickets)| (day, responses(&tickets)))
        .collect();
    let row = |(place, (day, values)): (usize, &(NaiveDate, Vec<f64>))| {
        let means: Vec<f64> = days[place.saturating_sub(6)..=place].iter().filter_map(|day| mean(&day.1)).collect();
        let (median, p95) = (quantile(values, 0.5), quantile(values, 0.95));
        row![day.to_string(), mean(values), median, p95, mean(&means), values.len()]
    };
    let columns = &["created_day", "frt_avg", "frt_median", "frt_p95", "frt_avg_7d", "tickets_with_response"];
    Mart { name: "fct_sla_daily", columns, rows: days.iter().enumerate().map(row).collect() }
}

fn sla_weekly(facts: &Facts) -> Mart {
    let row = |(week, tickets): (NaiveDate, Vec<&Ticket>)| {
        let values = responses(&tickets);
        let (median, p95) = (quantile(&values, 0.5), quantile(&values, 0.95));
        row![week.to_string(), mean(&values), median, p95, values.len()]
    };
    let columns = &["week_start", "frt_avg", "frt_median", "frt_p95", "tickets_with_response"];
    let rows = grouped(facts, Ticket::week, facts.weeks()).into_iter().map(row).collect();
    Mart { name: "fct_sla_weekly", columns, rows }
}

fn first_contact(
    facts: &Facts,
    name: &'static str,
    columns: &'static [&'static str],
    of: fn(&Ticket) -> NaiveDate,
    all: Vec<NaiveDate>,
) -> Mart {
    let row = |(group, tickets): (NaiveDate, Vec<&Ticket>)| {
        let resolved = count(&tickets, resolved);
        let strict = count(&tickets, |ticket| ticket.resolved_within(60.0));
        let lenient = count(&tickets, |ticket| ticket.resolved_within(240.0));
        let first = count(&tickets, |ticket| facts.is_first_contact(ticket));
        let rates = [strict, lenient, first].map(|part| divided(part, resolved));
        row![group.to_string(), resolved, strict, lenient, rates[0], rates[1], first, rates[2]]
    };
    Mart { name, columns, rows: grouped(facts, of, all).into_iter().map(row).collect() }
}

fn by_category(
    facts: &Facts,
    judged: &Categories,
    name: &'static str,
    columns: &'static [&'static str],
    of: fn(&Ticket) -> NaiveDate,
) -> Mart {
    let mut rows = Vec::new();
    for (group, tickets) in grouped(facts, of, Vec::new()) {
        let mut categories: BTreeMap<&str, usize> = BTreeMap::new();
        for ticket in &tickets {
            *categories.entry(&judged[&ticket.id].effective).or_default() += 1;
        }
        let row =
            |(category, count): (&str, usize)| row![group.to_string(), category, count, divided(count, tickets.len())];
        rows.extend(categories.into_iter().map(row));
    }
    Mart { name, columns, rows }
}

fn channels(facts: &Facts) -> Mart {
    let mut channels: BTreeMap<&str, Vec<&Ticket>> = BTreeMap::new();
    for ticket in &facts.tickets {
        let channel = if ticket.channel.is_empty() { "unknown" } else { &ticket.channel };
        channels.entry(channel).or_default().push(ticket);
    }
    let row = |(channel, tickets): (&str, Vec<&Ticket>)| {
        let values = responses(&tickets);
        let resolved = count(&tickets, resolved);
        let (median, p95) = (quantile(&values, 0.5), quantile(&values, 0.95));
        row![channel, tickets.len(), mean(&values), median, p95, resolved, divided(resolved, tickets.len())]
    };
    let columns = &["channel", "tickets", "frt_avg", "frt_median", "frt_p95", "resolved", "resolution_rate"];
    Mart { name: "fct_channels", columns, rows: channels.into_iter().map(row).collect() }
}

fn backlog(facts: &Facts) -> Mart {
    let row = |status: &str| {
        let waiting = facts.tickets.iter().filter(|ticket| ticket.status == status);
        let ages: Vec<f64> = waiting.map(|ticket| minutes(facts.as_of - ticket.created) / 60.0).collect();
        row![status, ages.len(), mean(&ages), quantile(&ages, 0.5), quantile(&ages, 0.95)]
    };
    let columns = &["status", "tickets", "age_hours_avg", "age_hours_median", "age_hours_p95"];
    Mart { name: "fct_backlog", columns, rows: BACKLOG.into_iter().map(row).collect() }
}

/// Tag and answer of each tagged ticket.
fn tagged<'a>(facts: &'a Facts, judged: &'a Categories) -> Vec<(&'a str, &'a str)> {
    let pair = |ticket: &'a Ticket| Some((ticket.tag.as_deref()?, judged[&ticket.id].answer.as_str()));
    facts.tickets.iter().filter_map(pair).collect()
}

fn confusion_matrix(facts: &Facts, judged: &Categories) -> Mart {
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for pair in tagged(facts, judged) {
        *pairs.entry(pair).or_default() += 1;
    }
    let rows = pairs.into_iter().map(|((tag, answer), tickets)| row![tag, answer, tickets]).collect();
    Mart { name: "fct_confusion_matrix", columns: &["tag", "ai_category", "tickets"], rows }
}

fn quality(facts: &Facts, judged: &Categories) -> Mart {
    let pairs = tagged(facts, judged);
    let row = |category: &str, support: usize, predicted: usize, correct: usize| {
        let (precision, recall) = (divided(correct, predicted), divided(correct, support));
        row![category, support, predicted, correct, precision, recall, divided(2 * correct, support + predicted)]
    };
    let hits = pairs.iter().filter(|(tag, answer)| tag == answer).count();
    // `_` stands before the letters.
    let mut rows: Vec<Vec<Cell>> = vec![row("__all__", pairs.len(), pairs.len(), hits)];
    let categories: BTreeSet<&str> = pairs.iter().flat_map(|(tag, answer)| [*tag, *answer]).collect();
    for category in categories {
        let counted =
            |is: fn(&str, &str, &str) -> bool| pairs.iter().filter(|pair| is(pair.0, pair.1, category)).count();
        let support = counted(|tag, _, category| tag == category);
        let predicted = counted(|_, answer, category| answer == category);
        rows.push(row(category, support, predicted, counted(|tag, answer, category| tag == category && answer == tag)));
    }
    let columns = &["category", "support", "predicted", "correct", "precision", "recall", "f1"];
    Mart { name: "fct_classification_quality", columns, rows }
}

fn drift(facts: &Facts, judged: &Categories) -> Mart {
    let row = |(week, tickets): (NaiveDate, Vec<&Ticket>)| {
        let tagged = count(&tickets, |ticket| ticket.tag.is_some());
        let agree = count(&tickets, |ticket| ticket.tag.as_ref() == Some(&judged[&ticket.id].answer));
        row![week.to_string(), tagged, agree, divided(agree, tagged)]
    };
    let rows = grouped(facts, Ticket::week, facts.weeks()).into_iter().map(row).collect();
    Mart { name: "fct_classification_drift", columns: &["week_start", "tagged", "agree", "accuracy"], rows }
}

fn outliers(facts: &Facts, judged: &Categories) -> Mart {
    let mut slow: Vec<(f64, &Ticket)> =
        facts.tickets.iter().filter_map(|ticket| Some((ticket.first_response?, ticket))).collect();
    slow.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.id.cmp(&right.1.id)));
    slow.truncate(50);
    slow.sort_by(|left, right| left.1.id.cmp(&right.1.id));
    let row = |(minutes, ticket): (f64, &Ticket)| {
        let category = judged[&ticket.id].effective.as_str();
        row![
            ticket.id.as_str(),
            shown(ticket.created),
            ticket.channel.as_str(),
            category,
            minutes,
            ticket.message.as_str()
        ]
    };
    let columns = &["ticket_id", "created_at", "channel", "category_effective", "first_response_time", "message_text"];
    Mart { name: "fct_first_response_outliers", columns, rows: slow.into_iter().map(row).collect() }
}

fn summary(facts: &Facts) -> Mart {
    let tickets: Vec<&Ticket> = facts.tickets.iter().collect();
    let values = responses(&tickets);
    let solved = count(&tickets, resolved);
    let within = |limit| divided(count(&tickets, |ticket| ticket.resolved_within(limit)), solved);
    let row = row![
        tickets.len(),
        solved,
        count(&tickets, Ticket::is_open),
        count(&tickets, unsolved),
        mean(&values),
        quantile(&values, 0.5),
        quantile(&values, 0.95),
        within(60.0),
        within(240.0),
        shown(facts.as_of),
    ];
    let columns = &[
        "tickets",
        "resolved",
        "backlog",
        "closed_without_solution",
        "frt_avg",
        "frt_median",
        "frt_p95",
        "fcr_strict_rate",
        "fcr_lenient_rate",
        "as_of",
    ];
    Mart { name: "support_health", columns, rows: vec![row] }
}
