//! The date and time, as files and names of files have it: UTC, by ISO 8601.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// A second of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    year: u64,
    month: u64,
    day: u64,
    /// Since midnight.
    second: u64,
}

impl Date {
    /// Now.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        // A clock that is set before 1970 has no better date.
        Self::after_1970(since.map_or(0, |since| since.as_secs()))
    }

    fn after_1970(seconds: u64) -> Self {
        let (mut day, second) = (seconds / 86_400, seconds % 86_400);
        let is_leap = |year: u64| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        let (mut year, mut month) = (1970, 1);
        loop {
            let days = 365 + u64::from(is_leap(year));
            if day < days {
                break;
            }
            (day, year) = (day - days, year + 1);
        }
        let february = 28 + u64::from(is_leap(year));
        for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if day < days {
                break;
            }
            (day, month) = (day - days, month + 1);
        }
        Self {
            year,
            month,
            day: day + 1,
            second,
        }
    }

    fn time(self) -> (u64, u64, u64) {
        (self.second / 3600, self.second / 60 % 60, self.second % 60)
    }

    /// For names of files: they sort by it, and it has no colon.
    pub fn stamp(self) -> String {
        let (hour, minute, second) = self.time();
        let Self {
            year, month, day, ..
        } = self;
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.time();
        let Self {
            year, month, day, ..
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // As `date -u -d @SECONDS +%FT%TZ` has them.
        for (seconds, date) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_764_226_800, "2025-11-27T07:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Date::after_1970(seconds).to_string(), date);
        }
        assert_eq!(Date::after_1970(951_782_399).stamp(), "20000228T235959Z");
    }
}
