//! What stands behind `=` in `answers.txt`: a number, or how it comes about.
//!
//! ```text
//!  0x200000000d0  816              numbers
//!  instruction  slot               a fact of run.txt, an answer further up
//!  [slot]                          the 8 bytes of memory at that address, from run.txt
//!  a + b  a - b  a * b  a / b      as in C, and so are these:
//!  a & b  a << b  a >> b  (a)
//! ```

use std::collections::BTreeMap;
use std::fmt;

/// Names and memory that an expression may refer to.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Values by name.
    pub names: BTreeMap<String, i128>,
    /// Doublewords by address.
    pub memory: BTreeMap<i128, i128>,
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is empty.
    Empty,
    /// Something stands where something else is due.
    Unexpected {
        /// What stands there; empty at the end.
        found: String,
        /// What was due.
        due: &'static str,
    },
    /// Nobody knows the name.
    Unknown(String),
    /// The run's listing has no such address.
    NoMemory(i128),
    /// A result that no register holds, or a division by zero.
    Overflow,
    /// More brackets than anybody needs.
    Deep,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty => f.write_str("no answer yet"),
            Error::Unexpected { found, due } if found.is_empty() => {
                write!(f, "it ends where {due} is due")
            }
            Error::Unexpected { found, due } => write!(f, "`{found}` where {due} is due"),
            Error::Unknown(name) => write!(
                f,
                "`{name}` is neither a fact of run.txt nor an answer further up"
            ),
            Error::NoMemory(address) => write!(f, "run.txt shows no memory at {address:#x}"),
            Error::Overflow => f.write_str("its value is no number of 64 bits"),
            Error::Deep => f.write_str("its brackets are too deep"),
        }
    }
}

/// Brackets in brackets.
const DEEPEST: usize = 16;

/// What an expression comes to.
///
/// # Errors
/// Why it has no value.
pub fn value(text: &str, facts: &Facts) -> Result<i128, Error> {
    let tokens = tokens(text);
    if tokens.is_empty() {
        return Err(Error::Empty);
    }
    let mut reader = Reader {
        tokens,
        at: 0,
        depth: 0,
        facts,
    };
    let value = reader.operation(0)?;
    match reader.next() {
        None => Ok(value),
        Some(found) => Err(unexpected(&found, "an operator")),
    }
}

fn unexpected(found: &str, due: &'static str) -> Error {
    let found = found.to_owned();
    Error::Unexpected { found, due }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut in_word = false;
    for letter in text.chars() {
        let is_word = letter.is_alphanumeric() || letter == '_' || letter == ':';
        match tokens.last_mut() {
            _ if letter.is_whitespace() => {}
            Some(last) if is_word && in_word => last.push(letter),
            Some(last) if "<>".contains(letter) && *last == letter.to_string() => last.push(letter),
            _ => tokens.push(letter.to_string()),
        }
        in_word = is_word;
    }
    tokens
}

/// Operators from the loosest to the tightest.
const OPERATORS: [&[&str]; 4] = [&["&"], &["<<", ">>"], &["+", "-"], &["*", "/"]];

struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    depth: usize,
    facts: &'a Facts,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn operation(&mut self, level: usize) -> Result<i128, Error> {
        let Some(operators) = OPERATORS.get(level) else {
            return self.operand();
        };
        let mut value = self.operation(level + 1)?;
        while let Some(operator) = self.tokens.get(self.at).cloned() {
            if !operators.contains(&operator.as_str()) {
                break;
            }
            self.at += 1;
            let right = self.operation(level + 1)?;
            let shift = u32::try_from(right).unwrap_or(u32::MAX);
            let result = match operator.as_str() {
                "&" => Some(value & right),
                "<<" => 1i128
                    .checked_shl(shift)
                    .and_then(|it| value.checked_mul(it)),
                ">>" => value.checked_shr(shift),
                "+" => value.checked_add(right),
                "-" => value.checked_sub(right),
                "*" => value.checked_mul(right),
                _ => value.checked_div(right),
            };
            value = result.ok_or(Error::Overflow)?;
        }
        Ok(value)
    }

    fn operand(&mut self) -> Result<i128, Error> {
        const DUE: &str = "a number or a name";
        let token = self.next().ok_or_else(|| unexpected("", DUE))?;
        match token.as_str() {
            "(" => self.inside(")"),
            "[" => {
                let address = self.inside("]")?;
                let found = self.facts.memory.get(&address).copied();
                found.ok_or(Error::NoMemory(address))
            }
            "-" => Ok(-self.operand()?),
            word if word.starts_with(|first: char| first.is_ascii_digit()) => {
                number(word).ok_or_else(|| unexpected(word, DUE))
            }
            word if word.starts_with(|first: char| first.is_alphabetic() || first == '_') => {
                let found = self.facts.names.get(word).copied();
                found.ok_or_else(|| Error::Unknown(word.to_owned()))
            }
            other => Err(unexpected(other, DUE)),
        }
    }

    fn inside(&mut self, end: &'static str) -> Result<i128, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::Deep);
        }
        let value = self.operation(0)?;
        self.depth -= 1;
        match self.next() {
            Some(token) if token == end => Ok(value),
            other => Err(unexpected(&other.unwrap_or_default(), "a closing bracket")),
        }
    }
}

/// Decimal, or hexadecimal with `0x`; `_` may stand between digits.
pub fn number(text: &str) -> Option<i128> {
    let text = text.replace('_', "");
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.ok().map(i128::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.names.insert("slot".to_owned(), 0x20);
        facts.memory.insert(0x20, 77);
        facts
    }

    #[test]
    fn numbers_names_memory_and_operators() {
        for (text, expected) in [
            ("816", 816),
            ("0x10 + 2 * 0x11b4", 0x10 + 2 * 0x11b4),
            ("(1 + 2) * 3 - 4", 5),
            ("[slot] + 1", 78),
            ("[0x1f + 1]", 77),
            ("0xc408000011b4 & 0xffffffff", 0x11b4),
            ("0x12345 >> 12 << 12", 0x12000),
            ("-4 + 1", -3),
        ] {
            assert_eq!(value(text, &facts()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_has_no_value_is_an_error() {
        let deep = "(".repeat(99);
        for (text, words) in [
            ("  ", "no answer yet"),
            ("1 +", "it ends where a number or a name is due"),
            ("1 2", "`2` where an operator is due"),
            ("[33]", "no memory at 0x21"),
            ("[slot", "closing bracket"),
            ("offset", "`offset` is neither a fact"),
            ("0xg", "`0xg` where a number"),
            ("1 / 0", "64 bits"),
            ("1 << 300", "64 bits"),
            ("?", "`?` where"),
            (&deep, "too deep"),
        ] {
            let error = value(text, &facts()).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
