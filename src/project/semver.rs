//! Versions of packages and ranges of them, by dbt's rules.

use std::cmp::Ordering;
use std::fmt;

/// How a version in a range bounds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matcher {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Exact,
}

impl Matcher {
    fn text(self) -> &'static str {
        match self {
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Exact => "=",
        }
    }

    fn is_lower(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual)
    }

    fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }
}

/// `>=1.2.3-rc1`: a version with how it bounds a range; without an operator it is exact.
#[derive(Clone, Debug)]
pub(super) struct Specifier {
    matcher: Matcher,
    numbers: [u64; 3],
    prerelease: Option<String>,
    build: Option<String>,
}

impl fmt::Display for Specifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(formatter, "{}{major}.{minor}.{patch}", self.matcher.text())?;
        if let Some(prerelease) = &self.prerelease {
            write!(formatter, "-{prerelease}")?;
        }
        match &self.build {
            Some(build) => write!(formatter, "+{build}"),
            None => Ok(()),
        }
    }
}

impl Specifier {
    /// Reads a version with or without an operator; none when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let operator = text.len() - text.trim_start_matches(['<', '>', '=']).len();
        let (operator, rest) = text.split_at(operator);
        let matcher = match operator {
            "" | "=" => Matcher::Exact,
            ">" => Matcher::Greater,
            ">=" => Matcher::GreaterOrEqual,
            "<" => Matcher::Less,
            "<=" => Matcher::LessOrEqual,
            _ => return None,
        };
        let (rest, build) = match rest.split_once('+') {
            Some((rest, build)) => (rest, Some(build.to_owned())),
            None => (rest, None),
        };
        let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(rest.len());
        let (numbers, prerelease) = rest.split_at(end);
        let number = |part: &str| {
            let is_plain = part == "0" || (!part.is_empty() && !part.starts_with('0'));
            part.parse().ok().filter(|_| is_plain)
        };
        let mut parts = numbers.split('.').map(number);
        let numbers = [parts.next()??, parts.next()??, parts.next()??];
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if parts.next().is_some() || !prerelease.chars().all(is_word) || prerelease == "-" {
            return None;
        }
        let prerelease = prerelease.strip_prefix('-').unwrap_or(prerelease);
        let prerelease = Some(prerelease).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Self { matcher, numbers, prerelease, build })
    }

    /// Returns whether it names a pre-release.
    pub fn is_prerelease(&self) -> bool {
        self.prerelease.is_some()
    }

    /// Compares two bounds: by their versions, and bounds at one version by which side of it they leave open.
    fn compare(&self, other: &Self) -> Ordering {
        let numbers = self.numbers.cmp(&other.numbers);
        if numbers.is_ne() {
            return numbers;
        }
        match (&self.prerelease, &other.prerelease) {
            // `<2.0.0` must not let 2.0.0-rc1 in.
            (None, Some(_)) if self.matcher == Matcher::Less => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (Some(_), None) => return Ordering::Less,
            (Some(own), Some(others)) => {
                let order = compare_prereleases(own, others);
                if order.is_ne() {
                    return order;
                }
            }
            (None, None) => {}
        }
        compare_matchers(self.matcher, other.matcher)
    }
}

fn compare_matchers(own: Matcher, other: Matcher) -> Ordering {
    use Matcher::{Greater, GreaterOrEqual, Less, LessOrEqual};
    match (own, other) {
        (GreaterOrEqual, LessOrEqual) | (LessOrEqual, GreaterOrEqual) => Ordering::Equal,
        (Less, LessOrEqual) | (GreaterOrEqual, Greater) => Ordering::Less,
        (LessOrEqual, Less) | (Greater, GreaterOrEqual) => Ordering::Greater,
        (own, other) if own.is_upper() && other.is_lower() => Ordering::Less,
        (own, other) if own.is_lower() && other.is_upper() => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Compares pre-releases part by part: numbers by value and before words.
fn compare_prereleases(own: &str, other: &str) -> Ordering {
    let part = |text: &str| text.parse::<u64>().map_err(|_| text.to_owned());
    for (own, other) in own.split('.').zip(other.split('.')) {
        let order = match (part(own), part(other)) {
            (Ok(own), Ok(other)) => own.cmp(&other),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(own), Err(other)) => own.cmp(&other),
        };
        if order.is_ne() {
            return order;
        }
    }
    own.len().cmp(&other.len())
}

/// All versions between two bounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    start: Option<Specifier>,
    end: Option<Specifier>,
}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bounds: Vec<String> = [&self.start, &self.end].into_iter().flatten().map(ToString::to_string).collect();
        formatter.write_str(if bounds.is_empty() { "ANY" } else { "" })?;
        formatter.write_str(&bounds.join(", "))
    }
}

impl Range {
    /// Returns what lies in all of the ranges; none when nothing can.
    pub fn common<'a>(specifiers: impl IntoIterator<Item = &'a Specifier>) -> Option<Self> {
        specifiers.into_iter().try_fold(Self::default(), |range, specifier| range.and(specifier))
    }

    /// Returns whether a version lies in the range.
    pub fn contains(&self, version: &Specifier) -> bool {
        self.and(version).is_some()
    }

    fn and(&self, specifier: &Specifier) -> Option<Self> {
        let (start, end) = match specifier.matcher {
            Matcher::Exact => (Some(specifier), Some(specifier)),
            matcher if matcher.is_lower() => (Some(specifier), None),
            _ => (None, Some(specifier)),
        };
        let start = bound(self.start.as_ref(), start, Ordering::Less).ok()?;
        let end = bound(self.end.as_ref(), end, Ordering::Greater).ok()?;
        match (&start, &end) {
            (Some(start), Some(end)) if start.compare(end).is_gt() => None,
            _ => Some(Self { start, end }),
        }
    }
}

/// Two bounds between which nothing lies.
struct Apart;

/// Returns the narrower of two bounds; an error when an exact one lies outside the other. `outside` is how a wider bound compares.
fn bound(own: Option<&Specifier>, other: Option<&Specifier>, outside: Ordering) -> Result<Option<Specifier>, Apart> {
    let (Some(own), Some(other)) = (own, other) else { return Ok(own.or(other).cloned()) };
    let narrowed = match (own.matcher, other.matcher) {
        (Matcher::Exact, Matcher::Exact) => own.compare(other).is_eq().then_some(own),
        (Matcher::Exact, _) => is_within(other, own, outside).then_some(own),
        (_, Matcher::Exact) => is_within(own, other, outside).then_some(other),
        _ if own.compare(other) == outside => Some(other),
        _ => Some(own),
    };
    narrowed.map(|narrowed| Some(narrowed.clone())).ok_or(Apart)
}

fn is_within(bound: &Specifier, exact: &Specifier, outside: Ordering) -> bool {
    let order = bound.compare(exact);
    let is_closed = matches!(bound.matcher, Matcher::GreaterOrEqual | Matcher::LessOrEqual);
    order == outside || (order.is_eq() && is_closed)
}

/// Returns the versions that may be installed, the oldest first; pre-releases only when they are asked for.
pub(super) fn installable(versions: &[String], with_prereleases: Prereleases) -> Vec<(Specifier, String)> {
    let mut read: Vec<(Specifier, String)> = versions
        .iter()
        .filter_map(|text| Some((Specifier::parse(text)?, text.clone())))
        .filter(|(version, _)| with_prereleases == Prereleases::Taken || !version.is_prerelease())
        .collect();
    read.sort_by(|left, right| left.0.compare(&right.0));
    read
}

/// Whether pre-releases are installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prereleases {
    Taken,
    Left,
}

/// Returns whether a text is a version of a project: two or three numbers, with words on the pre-release and the build.
pub(super) fn is_project_version(text: &str) -> bool {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
    let is_number = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_whole = parts.len() == 3 || (parts.len() == 2 && pre.is_none() && build.is_none());
    let words = pre.into_iter().chain(build).flat_map(|words| words.split('.'));
    is_whole && parts.into_iter().all(is_number) && words.into_iter().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::{Prereleases, Range, Specifier, installable};

    fn range(texts: &[&str]) -> Option<Range> {
        let specifiers: Vec<Specifier> = texts.iter().filter_map(|text| Specifier::parse(text)).collect();
        assert_eq!(specifiers.len(), texts.len(), "{texts:?}");
        Range::common(&specifiers)
    }

    #[test]
    fn ranges_are_narrowed_by_each_bound() {
        let cases = [
            (vec![">=0.1.0", "<1.0.0"], Some(">=0.1.0, <1.0.0")),
            (vec![">0.1.0", ">=0.2.0", "<=1.0.0", "<1.0.0"], Some(">=0.2.0, <1.0.0")),
            (vec!["0.5.0", ">=0.5.0"], Some("=0.5.0, =0.5.0")),
            (vec!["0.5.0", ">0.5.0"], None),
            (vec!["0.5.0", "0.6.0"], None),
            (vec![">1.0.0", "<1.0.0"], None),
            (vec![">=1.0.0", "<=1.0.0"], Some(">=1.0.0, <=1.0.0")),
            (vec![], Some("ANY")),
        ];
        for (texts, expected) in cases {
            assert_eq!(range(&texts).map(|range| range.to_string()).as_deref(), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_prerelease_is_outside_of_what_is_less_than_its_release() {
        let below = range(&["<2.0.0"]).unwrap();
        assert!(below.contains(&Specifier::parse("1.9.9").unwrap()));
        assert!(!below.contains(&Specifier::parse("2.0.0-rc1").unwrap()));
    }

    #[test]
    fn installable_versions_are_sorted() {
        let versions: Vec<String> = ["0.10.0", "0.9.1", "1.0.0-rc1", "0.9.0"].map(str::to_owned).to_vec();
        let names = |kind| installable(&versions, kind).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names(Prereleases::Left), ["0.9.0", "0.9.1", "0.10.0"]);
        assert_eq!(names(Prereleases::Taken).last().map(String::as_str), Some("1.0.0-rc1"));
    }

    #[test]
    fn what_is_no_version_is_not_read() {
        for text in ["1.0", "1.0.0.0", "01.0.0", "~=1.0.0", "", "a.b.c", "1.0.0-"] {
            assert!(Specifier::parse(text).is_none(), "{text}");
        }
    }
}
