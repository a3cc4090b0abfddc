//! Which requests fail, as a person writes it.

use core::fmt;

/// Which of the requests fail, from the arming on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// These, both included, from 1 on.
    Range {
        /// The first.
        first: u64,
        /// The last, not before it.
        last: u64,
    },
    /// So many of a hundred, 1 to 100, at random.
    Percent(u64),
}

impl When {
    /// The `nth` request, from 1 on.
    pub const fn nth(nth: u64) -> Self {
        Self::Range {
            first: nth,
            last: nth,
        }
    }

    /// What a text says: `N`, `N..M`, `%P`, by `number`; `None` if it says nothing, or what
    /// could never come.
    pub fn parse(text: &str, number: impl Fn(&str) -> Option<u64>) -> Option<Self> {
        if let Some(percent) = text.strip_prefix('%') {
            let percent = number(percent)?;
            return (1..=100)
                .contains(&percent)
                .then_some(Self::Percent(percent));
        }
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(text)?, number(text)?),
        };
        (1 <= first && first <= last).then_some(Self::Range { first, last })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range { first, last } if first == last => write!(f, "{first}"),
            Self::Range { first, last } => write!(f, "{first}..{last}"),
            Self::Percent(percent) => write!(f, "%{percent}"),
        }
    }
}
