//! Which lines of a run the page keeps: modules are loaded and unloaded by the thousand in
//! self-tests, and the page is of those that are there at the end, and of what was refused.

use serde_json::Value;
use std::collections::BTreeMap;

/// A line of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// As it stands in the file.
    pub text: String,
    /// The same, read.
    pub event: Value,
}

impl Line {
    /// A member that is a text; empty where there is none.
    pub fn word(&self, member: &str) -> &str {
        self.event[member].as_str().unwrap_or_default()
    }

    /// The module that it is about.
    pub fn module(&self) -> Option<&str> {
        let member = match self.word("event") {
            "module" => "name",
            "section" | "table" | "variable" | "slot" | "relocation" => "module",
            _ => return None,
        };
        self.event[member].as_str()
    }
}

/// The lines of a text that are JSON.
pub fn read(text: &str) -> Vec<Line> {
    let read = |text: &str| {
        let event = serde_json::from_str(text).ok()?;
        let text = text.to_owned();
        Some(Line { text, event })
    };
    text.lines().filter_map(read).collect()
}

/// The lines of a run but for those on modules that were unloaded, and on earlier lives of
/// those that weren't. Of refusals the last of each module that isn't loaded is kept, with the
/// relocation behind it; one for which there is a relocation goes before others.
pub fn kept(text: &str) -> Vec<Line> {
    let lines = read(text);
    let mut lives = Lives::default();
    for (number, line) in lines.iter().enumerate() {
        if let Some(module) = line.module() {
            lives.line(number, module, line);
        }
    }
    let is_kept = |(number, line): (usize, &Line)| match line.module() {
        Some(module) => lives.keep(number, module),
        None => line.word("event") != "names",
    };
    let are_kept: Vec<bool> = lines.iter().enumerate().map(is_kept).collect();
    let lines = lines.into_iter().zip(are_kept);
    lines
        .filter_map(|(line, is_kept)| is_kept.then_some(line))
        .collect()
}

/// Numbers of lines, by module.
#[derive(Default)]
struct Lives<'a>(BTreeMap<&'a str, Life>);

#[derive(Default)]
struct Life {
    /// Of the life that isn't over.
    lines: Vec<usize>,
    is_live: bool,
    /// The line of a relocation that doesn't fit, for which the next one refuses it.
    cause: Option<usize>,
    /// Of the last refusal, and of the relocation behind it.
    refusal: Option<(usize, Option<usize>)>,
}

impl<'a> Lives<'a> {
    fn line(&mut self, number: usize, module: &'a str, line: &Line) {
        let life = self.0.entry(module).or_default();
        if line.event["fits"] == false {
            life.cause = Some(number);
            return;
        }
        match line.word("state") {
            "live" => life.is_live = true,
            "gone" => {
                life.lines.clear();
                life.is_live = false;
                return;
            }
            "refused" => {
                let cause = life.cause.take();
                let is_known = matches!(life.refusal, Some((_, Some(_))));
                if cause.is_some() || !is_known {
                    life.refusal = Some((number, cause));
                }
                // The one that is loaded goes on.
                if !life.is_live {
                    life.lines.clear();
                }
                return;
            }
            _ => {}
        }
        life.lines.push(number);
    }

    fn keep(&self, number: usize, module: &str) -> bool {
        let Some(life) = self.0.get(module) else {
            return true;
        };
        match (life.is_live, life.refusal) {
            (true, _) => life.lines.binary_search(&number).is_ok(),
            (false, Some((last, cause))) => number == last || Some(number) == cause,
            (false, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_module_its_last_life_is_kept() {
        let text = r#"{"event":"boot","cpus":2,"memory":4096}
{"event":"section","module":"a","name":"first life"}
{"event":"module","name":"a","state":"live"}
{"event":"module","name":"a","state":"gone"}
{"event":"section","module":"a","name":"kept"}
{"event":"module","name":"a","state":"live"}
{"event":"module","name":"a","state":"refused","error":"it is loaded"}
{"event":"section","module":"b","name":"linked"}
{"event":"module","name":"b","state":"refused","error":"init"}
{"event":"relocation","module":"c","fits":false}
{"event":"module","name":"c","state":"refused","error":"out of reach"}
{"event":"module","name":"c","state":"refused","error":"no memory"}
{"event":"variable","name":"the kernel's"}
{"event":"relocation","module":"a","fits":true}"#;
        let kept: Vec<String> = kept(text).into_iter().map(|line| line.text).collect();
        let lines: Vec<&str> = text.lines().collect();
        let expected = [0, 4, 5, 8, 9, 10, 12, 13].map(|number| lines[number]);
        assert_eq!(kept, expected);
    }
}
