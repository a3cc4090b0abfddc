//! What a grader tried, what it saw, and what to think about where that is wrong.

use super::answers::Answers;
use super::expression::number;
use crate::screen::output;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was done.
    pub tried: String,
    /// What came of it.
    pub saw: String,
    /// Where it isn't right: what to think about.
    pub advice: Option<String>,
}

/// All that a grader found.
#[derive(Clone, Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Something that is as it should be.
    pub fn right(&mut self, tried: impl Into<String>, saw: impl Into<String>) {
        self.push(tried, saw, None);
    }

    /// Something that isn't.
    pub fn wrong(
        &mut self,
        tried: impl Into<String>,
        saw: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.push(tried, saw, Some(advice.into()));
    }

    /// Something that is right without advice.
    pub fn push(
        &mut self,
        tried: impl Into<String>,
        saw: impl Into<String>,
        advice: Option<String>,
    ) {
        self.0.push(Finding {
            tried: tried.into(),
            saw: saw.into(),
            advice,
        });
    }

    /// Looks at an answer: `right`, or one of the `mistakes`, each with what is wrong with
    /// it, or another number, about which there is only `else_think` to say.
    pub fn answer(
        &mut self,
        answers: &Answers,
        name: &str,
        right: i128,
        mistakes: &[(i128, &str)],
        else_think: &str,
    ) {
        let tried = format!("your answer for `{name}`");
        match answers.get(name) {
            Err(why) => self.wrong(tried, why, else_think),
            Ok(value) if value == right => self.right(tried, written(answers, name, value)),
            Ok(value) => {
                let mut known = mistakes.iter().filter(|(mistake, _)| *mistake == value);
                let advice = known.next().map_or(else_think, |(_, why)| why);
                self.wrong(tried, written(answers, name, value), advice);
            }
        }
    }

    /// Lines of the answers that are none.
    pub fn odd_lines(&mut self, answers: &Answers) {
        for line in &answers.odd {
            self.wrong("answers.txt", line, "Write `name = value`, one a line.");
        }
    }

    /// How many are right, and how many there are.
    pub fn counts(&self) -> (usize, usize) {
        let right = self.0.iter().filter(|finding| finding.advice.is_none());
        (right.count(), self.0.len())
    }

    /// Whether there is something, and all of it is right.
    pub fn all_right(&self) -> bool {
        matches!(self.counts(), (right, all) if right == all && all > 0)
    }

    /// Prints all.
    pub fn print(&self) {
        for (index, finding) in self.0.iter().enumerate() {
            let number = index + 1;
            let mark = match finding.advice {
                None => "right",
                Some(_) => "WRONG",
            };
            output::line!("{number:>2}. {mark}  tried  {}", finding.tried);
            output::line!("           saw    {}", indented(&finding.saw));
            if let Some(advice) = &finding.advice {
                output::line!("           think  {}", indented(advice));
            }
        }
    }
}

fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n                  ")
}

/// An answer as it was written, and what that comes to.
fn written(answers: &Answers, name: &str, value: i128) -> String {
    match answers.written(name) {
        text if number(text).is_some() => shown(value),
        text => format!("{text}, which is {}", shown(value)),
    }
}

/// A number as people compare it: small ones are counts, others addresses.
pub fn shown(value: i128) -> String {
    match value {
        ..0x1000 => value.to_string(),
        _ => format!("{value:#x}"),
    }
}
