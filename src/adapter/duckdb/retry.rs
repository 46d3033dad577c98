//! Statements that are tried again: `retries: {query_attempts, retryable_exceptions}` of the profile.

use std::time::Duration;

use crate::adapter::AdapterError;
use crate::resource::DuckdbTarget;

/// The pause after the first attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How often a statement is tried, and after which errors.
#[derive(Clone, Debug)]
pub(super) struct Retry {
    attempts: u32,
    /// Names as Python's driver has them, such as `IOException`.
    exceptions: Vec<String>,
}

impl Retry {
    /// Reads the profile.
    pub fn of(target: &DuckdbTarget) -> Self {
        Self { attempts: target.query_attempts.unwrap_or(1).max(1), exceptions: target.retryable_exceptions.clone() }
    }

    /// Returns how long to wait before the next attempt; none when the error stands.
    pub fn pause(&self, error: &AdapterError, attempt: u32) -> Option<Duration> {
        let name = error.message.split_once(" Error: ").map_or("", |(name, _)| name);
        let exception = format!("{}Exception", name.replace(' ', ""));
        let is_retryable = self.exceptions.iter().any(|known| known.eq_ignore_ascii_case(&exception));
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        (is_retryable && attempt < self.attempts).then(|| pause.min(LONGEST_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Retry;
    use crate::adapter::{AdapterError, ErrorKind};

    #[test]
    fn only_the_named_errors_are_tried_again_and_not_for_ever() {
        let retry = Retry { attempts: 3, exceptions: vec!["IOException".to_owned()] };
        let error = |text: &str| AdapterError::new(ErrorKind::Other, text);
        let busy = error("IO Error: the file is busy");
        assert_eq!(retry.pause(&busy, 1), Some(Duration::from_millis(100)));
        assert_eq!(retry.pause(&busy, 2), Some(Duration::from_millis(200)));
        assert_eq!(retry.pause(&busy, 3), None);
        assert_eq!(retry.pause(&error("Catalog Error: no such table"), 1), None);
    }
}
