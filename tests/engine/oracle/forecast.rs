//! System B: the forecast, how good it was, and the agents that it asks for.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};

use super::raw::Facts;
use super::{Mart, divided, mean, number, quantile, row};

const METHODS: [&str; 5] = ["level_weekday", "seasonal_naive", "trend_weekday", "weekday_mean", "year_weekday"];
const HORIZON: usize = 28;
/// What the bundled project's vars say: rolling origins, part of the trend, minutes for a reply, minutes an agent works a day.
const ORIGINS: usize = 12;
const TREND_SHARE: f64 = 0.3;
const MINUTES_PER_REPLY: f64 = 8.0;
const AGENT_MINUTES: f64 = 300.0;

pub fn marts(facts: &Facts) -> Vec<Mart> {
    let history = History::new(facts);
    let trials = history.trials();
    let accuracies = accuracies(&trials);
    let coming = coming(facts, &history, &trials, &accuracies);
    vec![accuracy(&trials, &accuracies), volume(&coming), staffing(facts, &coming)]
}

/// Tickets of each complete day.
struct History {
    first: NaiveDate,
    counts: Vec<f64>,
}

/// One forecast that was tried, and what came.
struct Trial {
    method: &'static str,
    origin: usize,
    target: usize,
    said: f64,
    came: f64,
}

impl Trial {
    /// Errors grow about with the root of what is expected.
    fn scaled_error(&self) -> f64 {
        (self.came - self.said) / self.said.max(1.0).sqrt()
    }
}

impl History {
    fn new(facts: &Facts) -> Self {
        // The last day counts when no more than an hour of it is missing.
        let end = (facts.as_of + TimeDelta::hours(1)).date();
        let days: Vec<NaiveDate> = facts.days().into_iter().filter(|day| *day < end).collect();
        let mut counts = vec![0.0; days.len()];
        for ticket in &facts.tickets {
            if let Some(place) = days.iter().position(|day| *day == ticket.day()) {
                counts[place] += 1.0;
            }
        }
        Self { first: days[0], counts }
    }

    /// Mean of a number of days up to one.
    fn level(&self, last: usize, days: usize) -> Option<f64> {
        mean(&self.counts[(last + 1).checked_sub(days)?..=last])
    }

    /// Mean of a number of such weekdays up to one.
    fn weekdays(&self, last: usize, weeks: usize) -> Option<f64> {
        let _ = last.checked_sub(7 * (weeks - 1))?;
        mean(&(0..weeks).map(|week| self.counts[last - 7 * week]).collect::<Vec<_>>())
    }

    /// What a method says at the end of a day of another, so many days ahead.
    fn forecast(&self, method: &str, origin: usize, ahead: usize) -> Option<f64> {
        let same = (origin + ahead).checked_sub(7 * ahead.div_ceil(7))?;
        let usual = || Some(self.weekdays(same, 12)? / self.level(same, 84).filter(|level| *level > 0.0)?);
        match method {
            "seasonal_naive" => Some(self.counts[same]),
            "weekday_mean" => self.weekdays(same, 8),
            "level_weekday" => Some(self.level(origin, 28)? * usual()?),
            "trend_weekday" => {
                let (now, before) = (self.level(origin, 28)?, self.level(origin.checked_sub(28)?, 28)?);
                // The mean of four weeks stands in their middle.
                let trend = TREND_SHARE * (now - before) / 28.0 * (number(ahead) + 13.5);
                Some((now + trend).max(0.0) * usual()?)
            }
            _ => {
                let last_year = (origin + ahead).checked_sub(364).filter(|day| day + 7 <= origin)?;
                let around = mean(&self.counts[last_year.saturating_sub(7)..=last_year + 7])?;
                let then = self.level(origin.checked_sub(364)?, 28).filter(|level| *level > 0.0)?;
                Some(self.level(origin, 28)? * usual()? * (around / then).clamp(0.5, 2.0))
            }
        }
    }

    fn trials(&self) -> Vec<Trial> {
        let last = self.counts.len() - 1;
        let origins = (1..=ORIGINS).filter_map(|step| last.checked_sub(14 * step)).filter(|origin| *origin >= 90);
        let mut trials = Vec::new();
        for origin in origins {
            for ahead in (1..=HORIZON).filter(|ahead| origin + ahead <= last) {
                for method in METHODS {
                    if let Some(said) = self.forecast(method, origin, ahead) {
                        let target = origin + ahead;
                        trials.push(Trial { method, origin, target, said, came: self.counts[target] });
                    }
                }
            }
        }
        trials
    }
}

/// The mean absolute error of each method over the targets that all of them speak of.
fn accuracies(trials: &[Trial]) -> BTreeMap<&'static str, (f64, Vec<&Trial>)> {
    let mut together: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for trial in trials {
        *together.entry((trial.origin, trial.target)).or_default() += 1;
    }
    let all = together.values().copied().max().unwrap();
    let mut methods: BTreeMap<&str, Vec<&Trial>> = BTreeMap::new();
    for trial in trials.iter().filter(|trial| together[&(trial.origin, trial.target)] == all) {
        methods.entry(trial.method).or_default().push(trial);
    }
    let error = |trials: &[&Trial]| {
        mean(&trials.iter().map(|trial| (trial.came - trial.said).abs()).collect::<Vec<_>>()).unwrap()
    };
    methods.into_iter().map(|(method, trials)| (method, (error(&trials), trials))).collect()
}

/// The method of the smallest error, other than the naive one.
fn shipped(accuracies: &BTreeMap<&'static str, (f64, Vec<&Trial>)>) -> &'static str {
    let others = accuracies.iter().filter(|(method, _)| **method != "seasonal_naive");
    others.min_by(|left, right| left.1.0.total_cmp(&right.1.0)).unwrap().0
}

/// The 10th and the 90th percentile of a method's scaled errors, without those of an origin.
fn band(trials: &[Trial], method: &str, left_out: Option<usize>) -> [f64; 2] {
    let seen = trials.iter().filter(|trial| trial.method == method && Some(trial.origin) != left_out);
    let errors: Vec<f64> = seen.map(Trial::scaled_error).collect();
    [0.1, 0.9].map(|part| quantile(&errors, part).unwrap())
}

fn accuracy(trials: &[Trial], accuracies: &BTreeMap<&'static str, (f64, Vec<&Trial>)>) -> Mart {
    let naive = accuracies["seasonal_naive"].0;
    let shipped = shipped(accuracies);
    let row = |(method, (error, compared)): (&&'static str, &(f64, Vec<&Trial>))| {
        let mine: Vec<&Trial> = trials.iter().filter(|trial| trial.method == *method).collect();
        let is_inside = |trial: &&&Trial| {
            let [low, high] = band(trials, method, Some(trial.origin));
            (low..=high).contains(&trial.scaled_error())
        };
        let inside = mine.iter().filter(is_inside).count();
        let mut origins: Vec<usize> = compared.iter().map(|trial| trial.origin).collect();
        origins.dedup();
        let (coverage, is_shipped) = (divided(inside, mine.len()), *method == shipped);
        let shares = (*error, *error / naive);
        row![*method, HORIZON, shares.0, shares.1, coverage, origins.len(), compared.len(), is_shipped.to_string()]
    };
    let columns = &["method", "horizon_days", "mae", "mase", "coverage_80", "origins", "forecasts", "is_shipped"];
    Mart { name: "fct_forecast_accuracy", columns, rows: accuracies.iter().map(row).collect() }
}

/// A day to come, with what is expected and its interval.
struct Coming {
    day: NaiveDate,
    forecast: f64,
    low: f64,
    high: f64,
    method: &'static str,
}

fn coming(
    facts: &Facts,
    history: &History,
    trials: &[Trial],
    accuracies: &BTreeMap<&'static str, (f64, Vec<&Trial>)>,
) -> Vec<Coming> {
    let method = shipped(accuracies);
    let [low, high] = band(trials, method, None);
    let origin = history.counts.len() - 1;
    let origin_day = history.first + Days::new(u64::try_from(origin).unwrap());
    let day = |ahead: u64| {
        let day = facts.as_of.date() + Days::new(ahead);
        let ahead = usize::try_from((day - origin_day).num_days()).unwrap();
        let forecast = history.forecast(method, origin, ahead).unwrap();
        let root = forecast.max(1.0).sqrt();
        Coming { day, forecast, low: (forecast + low * root).max(0.0), high: forecast + high * root, method }
    };
    (1..=28).map(day).collect()
}

fn volume(coming: &[Coming]) -> Mart {
    let row = |day: &Coming| row![day.day.to_string(), day.forecast, day.low, day.high, day.method];
    let columns = &["forecast_day", "forecast", "lower_80", "upper_80", "method"];
    Mart { name: "fct_volume_forecast", columns, rows: coming.iter().map(row).collect() }
}

fn staffing(facts: &Facts, coming: &[Coming]) -> Mart {
    let replies =
        facts.tickets.iter().map(|ticket| number(facts.times(ticket, "agent_reply").len())).collect::<Vec<_>>();
    let minutes = mean(&replies).unwrap() * MINUTES_PER_REPLY;
    let agents = facts.input("agents_raw").len();
    let row = |day: &Coming| {
        let needed = (day.forecast * minutes / AGENT_MINUTES).ceil();
        row![day.day.to_string(), day.forecast, format!("{needed:.0}"), agents]
    };
    let columns = &["forecast_day", "forecast", "agents_needed", "agents_available"];
    Mart { name: "fct_staffing_plan", columns, rows: coming.iter().map(row).collect() }
}
