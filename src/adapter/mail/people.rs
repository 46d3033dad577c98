//! Who sent a message, and to whom.

use mail_parser::{Address, HeaderName, HeaderValue, Message};

use super::message::{first, text};

/// A person with what is known of him.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub name: Option<String>,
    /// In lower case.
    pub email: Option<String>,
}

/// Returns the sender: the first of `From`; without an address there, of `Sender` or `Reply-To`, or the one in the mailbox's `From `
/// line.
pub(super) fn sender(message: &Message<'_>, envelope: Option<&str>) -> Person {
    let written = first_person(first(message, HeaderName::From)).unwrap_or_default();
    if written.email.is_some() {
        return written;
    }
    let others = [HeaderName::Sender, HeaderName::ReplyTo].map(|name| first_person(first(message, name)));
    let in_envelope = || envelope?.split_whitespace().next().filter(|word| word.contains('@')).map(str::to_lowercase);
    let email = others.into_iter().flatten().find_map(|person| person.email).or_else(in_envelope);
    Person { name: written.name, email }
}

/// Returns the addresses of a header, in lower case.
pub(super) fn emails(header: &HeaderValue<'_>) -> Vec<String> {
    let HeaderValue::Address(all) = header else { return Vec::new() };
    all.iter().filter_map(|one| one.address()).filter_map(text).map(|email| email.to_lowercase()).collect()
}

fn first_person(header: &HeaderValue<'_>) -> Option<Person> {
    let HeaderValue::Address(all) = header else { return None };
    let person = Address::first(all)?;
    let name = person.name().and_then(text);
    match person.address().and_then(text) {
        Some(email) => Some(Person { name, email: Some(email.to_lowercase()) }),
        None => Some(unmasked(name)),
    }
}

/// Archives of mailing lists write `ann at x.example (Ann Adler)`.
fn unmasked(name: Option<String>) -> Person {
    let address = name.as_deref().and_then(|name| {
        let (address, person) = name.split_once('(').unwrap_or((name, ""));
        let (local, domain) = address.trim().split_once(" at ")?;
        let is_address = !local.contains(' ') && !domain.contains(' ') && domain.contains('.');
        is_address.then(|| (format!("{local}@{domain}").to_lowercase(), text(person.trim_end_matches(')'))))
    });
    match address {
        Some((email, name)) => Person { name, email: Some(email) },
        None => Person { name, email: None },
    }
}
