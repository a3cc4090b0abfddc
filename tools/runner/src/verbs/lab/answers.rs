//! `answers.txt`, which a student fills in: a line `name = expression` each, `#` before a
//! comment.

use super::expression::{self, Facts};
use crate::error::Error;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The file's name in a lab's folder.
pub const FILE: &str = "answers.txt";

/// A student's answers.
#[derive(Debug, Default)]
pub struct Answers {
    /// Values by name, or why there is none.
    values: BTreeMap<String, Result<i128, String>>,
    /// How each was written.
    written: BTreeMap<String, String>,
    /// Lines that are no answer, with their numbers.
    pub odd: Vec<String>,
}

impl Answers {
    /// Reads the file of a folder; an answer may use the facts and the answers above it.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn read(folder: &Path, facts: &Facts) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        Ok(Self::of(&text, facts))
    }

    fn of(text: &str, facts: &Facts) -> Self {
        let (mut answers, mut facts) = (Self::default(), facts.clone());
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let Some((name, text)) = line.split_once('=') else {
                let number = number + 1;
                answers
                    .odd
                    .push(format!("line {number}, `{line}`, has no `=`"));
                continue;
            };
            let name = name.trim().to_owned();
            answers.written.insert(name.clone(), text.trim().to_owned());
            let value = expression::value(text, &facts);
            if let Ok(value) = value {
                facts.names.insert(name.clone(), value);
            }
            let value = value.map_err(|error| error.to_string());
            answers.values.insert(name, value);
        }
        answers
    }

    /// An answer.
    ///
    /// # Errors
    /// Why there is none, for its author.
    pub fn get(&self, name: &str) -> Result<i128, String> {
        let none = || Err("no answer yet".to_owned());
        self.values.get(name).cloned().unwrap_or_else(none)
    }

    /// An answer as it was written; empty if there is none.
    pub fn written(&self, name: &str) -> &str {
        self.written.get(name).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_name_for_those_below() {
        let text = "# how\n a = 4 # four\nb = a * 2\nc =\nd = e\nwhat\n";
        let answers = Answers::of(text, &Facts::default());
        assert_eq!(answers.get("b"), Ok(8));
        assert_eq!(answers.get("c"), Err("no answer yet".to_owned()));
        assert_eq!(answers.get("z"), answers.get("c"));
        assert!(answers.get("d").unwrap_err().contains("`e`"));
        assert_eq!(answers.odd, ["line 6, `what`, has no `=`"]);
    }
}
