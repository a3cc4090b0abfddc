//! The console's text: what people read, and what listings are taken from. No verdict
//! rests on it.

use super::paint::split_time;
use std::collections::BTreeMap;

/// The console's lines so far.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// All lines that aren't empty, without the blanks at their ends.
    pub lines: Vec<String>,
    place: Place,
    /// What was printed since the last result that may be the reason of the next.
    reasons: Vec<String>,
}

/// Where in a run of self-tests the text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Before the plan.
    #[default]
    Boot,
    /// Behind the plan, before the first result.
    Plan,
    /// Among the results.
    Results,
    /// Behind their sum.
    End,
    /// In a report of a panic, or behind a `Bail out!`: whatever it is about.
    Given,
}

/// What a line is to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It says what failed.
    Failure,
    /// It is a result, or what a run is to show: the two lines of the lesson.
    Result,
    /// It is for who looks closer.
    Rest,
}

impl Transcript {
    /// Takes one line, without its end. What it is to people, and lines before it that are
    /// so, too, now that it has come.
    pub fn line(&mut self, line: &str) -> (Weight, Vec<String>) {
        let line = line.trim_end();
        if line.is_empty() {
            return (Weight::Rest, Vec::new());
        }
        self.lines.push(line.to_owned());
        let is_given = self.place == Place::Given;
        if is_given || line.starts_with("panic: ") || line.starts_with("Bail out!") {
            let is_panic = is_given || line.starts_with("panic: ");
            self.place = if is_panic { Place::Given } else { Place::End };
            return (Weight::Failure, Vec::new());
        }
        if line.starts_with("soak: ") {
            let is_lost = line.starts_with("soak: lost: ");
            let weight = if is_lost {
                Weight::Failure
            } else {
                Weight::Result
            };
            return (weight, Vec::new());
        }
        if line.starts_with("ok ") || line.starts_with("not ok ") {
            self.place = Place::Results;
            let reasons = std::mem::take(&mut self.reasons);
            let Some(test) = line.strip_prefix("not ok ") else {
                return (Weight::Result, Vec::new());
            };
            let name = test.split_once(' ').map_or(test, |(_, name)| name);
            let start = format!("# {name}: ");
            let reasons = reasons.into_iter().filter(|it| it.starts_with(&start));
            return (Weight::Failure, reasons.collect());
        }
        if line.starts_with("KTAP version ") || line.starts_with("1..") {
            self.place = Place::Plan;
            return (Weight::Result, Vec::new());
        }
        if line.starts_with("selftest: ") {
            self.place = Place::End;
            return (Weight::Result, Vec::new());
        }
        // What a glob leaves out is printed behind the plan.
        let is_list = line.starts_with("#   ") || line.ends_with(':');
        let weight = match self.place {
            Place::Boot if is_shown_at_boot(line) => Weight::Result,
            Place::Plan if line.starts_with('#') && is_list => Weight::Result,
            Place::End => Weight::Result,
            Place::Boot | Place::Plan | Place::Results | Place::Given => Weight::Rest,
        };
        let is_reason = line.starts_with("# ") && weight == Weight::Rest;
        if matches!(self.place, Place::Plan | Place::Results) && is_reason {
            self.reasons.push(line.to_owned());
        }
        (weight, Vec::new())
    }

    /// What was printed during each command of `--run`, without the times of log lines.
    pub fn by_command(&self) -> BTreeMap<String, Vec<String>> {
        let mut text: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut current = "";
        for line in &self.lines {
            match line.strip_prefix("> ") {
                Some(command) => current = command,
                None => {
                    let line = split_time(line).map_or(&**line, |(_, rest)| rest);
                    text.entry(current.to_owned())
                        .or_default()
                        .push(line.to_owned());
                }
            }
        }
        text
    }

    /// The last line that isn't empty.
    pub fn last_line(&self) -> Option<&str> {
        self.lines.last().map(String::as_str)
    }
}

/// Whether a line of boot is for everybody: how far modules are from per-CPU memory, what
/// was refused for that, and whatever else went wrong.
fn is_shown_at_boot(line: &str) -> bool {
    let text = split_time(line).map_or(line, |(_, text)| text);
    let starts = ["distance: ", "error: ", "warning: "];
    starts.iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
        [   0.1] map: memory\n\
        [   0.2] distance: the module area is 2047.9 GiB\n\
        [   0.3] error: module direct: far\n\
        KTAP version 1\n\
        1..3\n\
        # *: 4 match, 1 of them:\n\
        #   d\n\
        [   0.4] error: on purpose\n\
        # a: by the way\n\
        ok 1 a\n\
        # b: why\n\
        # by the way\n\
        not ok 2 b\n\
        \n\
        ok 3 c # SKIP one CPU\n\
        selftest: 1 passed\n\
        fail=heap never came\n";

    fn shown(text: &str, weights: &[Weight], with_reasons: bool) -> Vec<String> {
        let mut transcript = Transcript::default();
        let mut shown = Vec::new();
        for line in text.lines() {
            let (weight, reasons) = transcript.line(line);
            if weights.contains(&weight) {
                shown.extend(reasons.into_iter().filter(|_| with_reasons));
                shown.push(line.to_owned());
            }
        }
        shown
    }

    #[test]
    fn quiet_shows_failures_and_panics() {
        let text = format!("{TEXT}Bail out! d\nok 4 e\npanic: cpu 0: f\n  registers\n");
        let expected = [
            "not ok 2 b",
            "Bail out! d",
            "panic: cpu 0: f",
            "  registers",
        ];
        assert_eq!(shown(&text, &[Weight::Failure], false), expected);
    }

    #[test]
    fn a_plain_run_shows_results_and_the_lesson() {
        let expected = [
            "[   0.2] distance: the module area is 2047.9 GiB",
            "[   0.3] error: module direct: far",
            "KTAP version 1",
            "1..3",
            "# *: 4 match, 1 of them:",
            "#   d",
            "ok 1 a",
            "# b: why",
            "not ok 2 b",
            "ok 3 c # SKIP one CPU",
            "selftest: 1 passed",
            "fail=heap never came",
        ];
        assert_eq!(
            shown(TEXT, &[Weight::Failure, Weight::Result], true),
            expected
        );
    }

    #[test]
    fn a_soak_shows_its_lines_and_what_is_lost() {
        let text =
            "[   0.1] map: memory\n> soak\nsoak: seed=1\nsoak: lost: cpu 1: a\nrun: 1 commands\n";
        let all = ["soak: seed=1", "soak: lost: cpu 1: a"];
        assert_eq!(shown(text, &[Weight::Failure, Weight::Result], false), all);
        assert_eq!(shown(text, &[Weight::Failure], false), all[1..]);
    }

    #[test]
    fn every_line_is_kept() {
        let mut transcript = Transcript::default();
        for line in TEXT.lines() {
            transcript.line(line);
        }
        assert_eq!(transcript.lines.len(), TEXT.lines().count() - 1);
        assert_eq!(transcript.last_line(), Some("fail=heap never came"));
    }
}
