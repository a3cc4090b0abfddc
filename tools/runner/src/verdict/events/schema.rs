//! The events' schema has one definition, the tables of docs/control-channel.md: what is
//! read is compared with it, and docs/report.schema.json is generated from it.

use super::*;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

const DOCUMENT: &str = include_str!("../../../../../docs/control-channel.md");

/// The schema for programs.
const FILE: &str = "../../docs/report.schema.json";

/// The token of the document's examples.
const TOKEN: &str = "kfedgobmlipjacnh";

/// Events of the runner's own: they have no token.
const RUNNERS: [&str; 2] = ["run", "verdict"];

/// A row of a table.
struct Member {
    name: &'static str,
    kind: &'static str,
    optional: bool,
    text: &'static str,
}

/// A section of the document on one kind of event.
struct Section {
    kind: &'static str,
    /// Its first paragraph, on one line.
    text: String,
    members: Vec<Member>,
    examples: Vec<&'static str>,
}

fn sections() -> Vec<Section> {
    let sections = DOCUMENT.split("\n### ").skip(1).map(|section| {
        let (kind, text) = section.split_once('\n').unwrap();
        let rows = text.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
            let (kind, text) = rest.split_once(" |")?;
            let required = kind.strip_suffix(", optional");
            Some(Member {
                name,
                kind: required.unwrap_or(kind),
                optional: required.is_some(),
                text: text.trim_end_matches('|').trim(),
            })
        });
        let paragraph = text.trim_start().split("\n\n").next().unwrap();
        let examples = text.lines().filter(|line| line.starts_with('{'));
        Section {
            kind,
            text: paragraph.replace('\n', " "),
            members: rows.collect(),
            examples: examples.collect(),
        }
    });
    sections.collect()
}

impl Member {
    /// The words that a row of type `word` names: each at the start of a part of it.
    fn words(&self) -> Vec<&'static str> {
        let parts = self.text.split([';', ',']).map(|part| {
            let part = part.trim();
            part.strip_prefix("or ").unwrap_or(part)
        });
        let pieces = parts.flat_map(|part| part.split(" or "));
        let words = pieces.filter_map(|piece| piece.strip_prefix('`')?.split_once('`'));
        words.map(|(word, _)| word).collect()
    }

    /// Its type, as JSON Schema has it.
    fn schema(&self) -> Value {
        let mut schema = match self.kind {
            "number" => json!({"type": "integer", "minimum": 0}),
            "string" => json!({"type": "string"}),
            "strings" => json!({"type": "array", "items": {"type": "string"}}),
            "true or false" => json!({"type": "boolean"}),
            "word" => json!({"enum": self.words()}),
            other => panic!("{}: no type {other}", self.name),
        };
        if !self.text.is_empty() {
            schema["description"] = self.text.into();
        }
        schema
    }
}

impl Section {
    fn schema(&self) -> Value {
        let mut properties = Map::new();
        properties.insert("event".to_owned(), json!({"const": self.kind}));
        if !RUNNERS.contains(&self.kind) {
            let text = "the run's token, in a copy of the control channel";
            let token = json!({"type": "string", "description": text});
            properties.insert("token".to_owned(), token);
        }
        let mut required = vec!["event"];
        for member in &self.members {
            properties.insert(member.name.to_owned(), member.schema());
            if !member.optional {
                required.push(member.name);
            }
        }
        json!({
            "description": self.text,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    fn read(&self, object: Map<String, Value>) -> Result<Event, serde_json::Error> {
        Ok(Event::parse(&Value::from(object).to_string())?.0)
    }
}

/// An object without one of its members, and whether that was there.
fn without(object: &Map<String, Value>, name: &str) -> (Map<String, Value>, bool) {
    let mut less = object.clone();
    let was_there = less.remove(name).is_some();
    (less, was_there)
}

#[test]
fn the_tables_are_what_is_read() {
    let sections = sections();
    assert_eq!(sections.len(), 28);
    for section in sections {
        let kind = section.kind;
        assert!(!section.examples.is_empty(), "{kind}");
        for example in &section.examples {
            let (event, token) = Event::parse(example).expect(example);
            assert_ne!(event, Event::Unknown, "{example}");
            let has_token = !RUNNERS.contains(&kind);
            assert_eq!(token.as_deref(), has_token.then_some(TOKEN), "{example}");
            assert!(example.starts_with(&format!(r#"{{"event":"{kind}","#)));
            let object: Map<String, Value> = serde_json::from_str(example).unwrap();
            let (mut bare, _) = without(&object, "token");
            // What is read is all that there is, and is written as it was.
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                Value::from(bare.clone())
            );
            bare.remove("event");
            for name in bare.keys() {
                let known = section.members.iter().any(|member| member.name == name);
                assert!(known, "{kind} has no {name}");
            }
            for Member {
                name,
                kind: of,
                optional,
                ..
            } in &section.members
            {
                let (less, was_there) = without(&object, name);
                assert!(was_there || *optional, "{example} without {name}");
                assert_eq!(
                    section.read(less).is_ok(),
                    *optional,
                    "{kind} without {name}"
                );
                let wrong = match *of {
                    "string" => json!(1),
                    "strings" => json!([1]),
                    _ => json!("no such word"),
                };
                let mut changed = object.clone();
                changed.insert((*name).to_owned(), wrong);
                assert!(section.read(changed).is_err(), "{kind}: {name} is a {of}");
            }
        }
    }
}

#[test]
fn every_word_is_read() {
    for section in sections() {
        for member in section
            .members
            .iter()
            .filter(|member| member.kind == "word")
        {
            let words = member.words();
            assert!(words.len() > 1, "{}: {words:?}", member.name);
            let example: Map<String, Value> = serde_json::from_str(section.examples[0]).unwrap();
            for word in words {
                let mut changed = example.clone();
                changed.insert(member.name.to_owned(), word.into());
                assert!(section.read(changed).is_ok(), "{}: {word}", member.name);
            }
        }
    }
}

#[test]
fn the_file_is_generated_from_the_tables() {
    let kinds: Vec<Value> = sections().iter().map(Section::schema).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of --json, or of --events",
        "description": "Generated from docs/control-channel.md; UPDATE_SCHEMA=1 cargo test -p \
            runner --bin runner schema writes it anew.",
        "oneOf": kinds,
    });
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == text, "{FILE} isn't the tables'");
}
