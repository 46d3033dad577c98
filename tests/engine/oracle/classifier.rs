//! The layered classifier: keyword rules, then multinomial naive Bayes over words, then `others`. A tagged ticket is judged by
//! the model of the four folds that it does not lie in.

use std::collections::{BTreeMap, BTreeSet};

use md5::{Digest, Md5};

use super::number;
use super::raw::{Facts, TAGS, Ticket, says, words};

/// Lidstone's smoothing: the var `bayes_smoothing`.
const SMOOTHING: f64 = 0.1;

/// What the classifier answers of a ticket, and the category it counts under.
pub struct Judged {
    pub answer: String,
    pub effective: String,
}

#[derive(Default)]
struct Model {
    tickets: BTreeMap<String, usize>,
    words: BTreeMap<String, BTreeMap<String, usize>>,
    vocabulary: BTreeSet<String>,
}

impl Model {
    fn learn(&mut self, tag: &str, spoken: &[String]) {
        *self.tickets.entry(tag.to_owned()).or_default() += 1;
        let seen = self.words.entry(tag.to_owned()).or_default();
        for word in spoken {
            *seen.entry(word.clone()).or_default() += 1;
            self.vocabulary.insert(word.clone());
        }
    }

    fn score(&self, category: &str, spoken: &[&String]) -> f64 {
        let all: usize = self.tickets.values().sum();
        let seen = &self.words[category];
        let length: usize = seen.values().sum();
        let smoothed = (number(length) + SMOOTHING * number(self.vocabulary.len())).ln();
        let prior = (number(self.tickets[category]) / number(all)).ln();
        let word = |word: &&String| (number(seen.get(*word).copied().unwrap_or(0)) + SMOOTHING).ln() - smoothed;
        prior + spoken.iter().map(word).sum::<f64>()
    }

    /// The likeliest category; of equals, the first in the alphabet. None when no word is known.
    fn judge(&self, spoken: &[String]) -> Option<String> {
        let known: Vec<&String> = spoken.iter().filter(|word| self.vocabulary.contains(*word)).collect();
        if known.is_empty() {
            return None;
        }
        let scores: Vec<(f64, &String)> =
            self.tickets.keys().map(|category| (self.score(category, &known), category)).collect();
        let best = scores.iter().map(|(score, _)| *score).fold(f64::NEG_INFINITY, f64::max);
        scores.into_iter().find(|(score, _)| best - score < 1e-7).map(|(_, category)| category.clone())
    }
}

/// The category most of whose keywords the message holds; of equals, the first in the alphabet.
fn rule(spoken: &[String], keywords: &BTreeSet<(String, Vec<String>)>) -> Option<String> {
    let mut found: BTreeMap<&String, usize> = BTreeMap::new();
    for (category, _) in keywords.iter().filter(|(_, phrase)| says(spoken, phrase)) {
        *found.entry(category).or_default() += 1;
    }
    let most = found.values().copied().max()?;
    found.into_iter().find(|(_, count)| *count == most).map(|(category, _)| category.clone())
}

/// The fold by the last eight bytes of the id's md5, little-endian.
fn fold(ticket: &Ticket) -> Option<u64> {
    let hash = Md5::digest(ticket.id.as_bytes());
    let last = hash[8..].try_into().unwrap();
    ticket.tag.is_some().then(|| u64::from_le_bytes(last) % 5)
}

/// Judges each ticket by its id.
pub fn judge(facts: &Facts) -> BTreeMap<String, Judged> {
    let keyword = |row: super::raw::Row| (row["category"].to_lowercase(), words(&row["keyword"]));
    let keywords: BTreeSet<(String, Vec<String>)> = facts
        .seed("ticket_category_keywords")
        .into_iter()
        .map(keyword)
        .filter(|(category, _)| TAGS.contains(&category.as_str()))
        .collect();
    let held_out = [None, Some(0), Some(1), Some(2), Some(3), Some(4)];
    let mut models: BTreeMap<Option<u64>, Model> = BTreeMap::new();
    for (ticket, tag) in facts.tickets.iter().filter_map(|ticket| Some((ticket, ticket.tag.as_ref()?))) {
        let spoken = words(&ticket.message);
        for held_out in held_out.into_iter().filter(|held_out| *held_out != fold(ticket)) {
            models.entry(held_out).or_default().learn(tag, &spoken);
        }
    }
    let answer = |ticket: &Ticket| {
        let spoken = words(&ticket.message);
        let answer = rule(&spoken, &keywords).or_else(|| models[&fold(ticket)].judge(&spoken));
        answer.unwrap_or_else(|| "others".to_owned())
    };
    let judged = facts.tickets.iter().map(|ticket| {
        let answer = answer(ticket);
        let effective = ticket.tag.clone().unwrap_or_else(|| answer.clone());
        (ticket.id.clone(), Judged { answer, effective })
    });
    judged.collect()
}
