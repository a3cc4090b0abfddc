//! What may be typed at the monitor, as the guest reports it; from that, what completes a
//! word, and what hints at the rest of a command.
//!
//! What a command takes is read off its usage, the one that `help` shows:
//!
//! ```text
//!  insmod NAME [P=VALUE]..   loads a module; --link-only ..: runs nothing
//!         ^^^^ files, modules                 ^^^^^^^^^^^ an option
//!  call [@CPU] SYMBOL [N]    calls an exported function
//!        ^^^^  ^^^^^^ symbols
//!  percpu [ADDRESS | ..]     percpu chunks: a line a chunk
//!                                   ^^^^^^ a word to be typed as it is
//! ```

use crate::verdict::events::{Event, ModuleState, NameKind};
use std::collections::BTreeSet;

/// A command of the monitor.
#[derive(Clone, Debug)]
struct Command {
    name: String,
    arguments: String,
    help: String,
}

/// A name, and the module that it goes with.
type Name = (NameKind, String, Option<String>);

/// All that may be typed.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    commands: Vec<Command>,
    names: BTreeSet<Name>,
    modules: BTreeSet<String>,
    cpus: u32,
}

impl Vocabulary {
    /// Learns from an event.
    pub fn learn(&mut self, event: Event) {
        match event {
            Event::Boot { cpus, .. } => self.cpus = cpus,
            Event::Usage {
                name,
                arguments,
                help,
            } => self.commands.push(Command {
                name,
                arguments,
                help,
            }),
            Event::Names {
                kind,
                module,
                names,
            } => {
                let names = names.into_iter();
                self.names
                    .extend(names.map(|name| (kind, name, module.clone())));
            }
            Event::Module { name, state, .. } => match state {
                ModuleState::Live => drop(self.modules.insert(name)),
                ModuleState::Gone | ModuleState::Refused => {
                    self.modules.remove(&name);
                    self.names
                        .retain(|(_, _, module)| module.as_ref() != Some(&name));
                }
            },
            _ => {}
        }
    }

    /// Whether it is a command's name.
    pub fn is_command(&self, word: &str) -> bool {
        self.command(word).is_some()
    }

    fn command(&self, word: &str) -> Option<&Command> {
        self.commands.iter().find(|command| command.name == word)
    }

    /// What may stand in place of the word that ends where the cursor is: the byte that it
    /// begins at, and the candidates, sorted.
    pub fn complete(&self, before: &str) -> (usize, Vec<String>) {
        let start = before
            .rfind(|letter: char| letter.is_whitespace() || letter == ';')
            .map_or(0, |at| {
                at + before[at..].chars().next().map_or(0, char::len_utf8)
            });
        let word = &before[start..];
        let command = command_of(before);
        let all = match command.split_whitespace().next() {
            Some(name) if !command.trim_start().eq(word) => self.arguments(name),
            _ => self.commands.iter().map(|it| it.name.clone()).collect(),
        };
        let begins = all.iter().filter(|name| name.starts_with(word));
        let mut found: Vec<String> = begins.cloned().collect();
        if found.is_empty() && !word.is_empty() {
            // A part of a name that one knows will do.
            found = all.into_iter().filter(|name| name.contains(word)).collect();
        }
        // What isn't asked for doesn't stand in the way.
        if !word.starts_with('-') && found.iter().any(|name| !name.starts_with('-')) {
            found.retain(|name| !name.starts_with('-'));
        }
        (start, found)
    }

    /// What the command of this name may be followed by.
    fn arguments(&self, name: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let Some(command) = self.command(name) else {
            return found;
        };
        for text in [&command.arguments, &command.help] {
            found.extend(options(text));
        }
        found.extend(words_behind(name, &command.help));
        let placeholders = command.arguments.split(|letter: char| {
            !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '-')
        });
        for placeholder in placeholders.filter(|word| !word.is_empty()) {
            let kinds = kinds_of(name, placeholder);
            let names = self.names.iter().filter(|(kind, ..)| kinds.contains(kind));
            found.extend(names.map(|(_, name, _)| name.clone()));
            match placeholder {
                "NAME" | "MODULE" if !kinds.contains(&NameKind::Symbol) => {
                    found.extend(self.modules.iter().cloned());
                }
                "COMMAND" => found.extend(self.commands.iter().map(|it| it.name.clone())),
                "CPU" if command.arguments.contains("@CPU") => {
                    found.extend((0..self.cpus).map(|cpu| format!("@{cpu}")));
                }
                "CPU" => found.extend((0..self.cpus).map(|cpu| cpu.to_string())),
                // A word to be typed as it is.
                word if is_plain(word) => drop(found.insert(word.to_owned())),
                _ => {}
            }
        }
        found
    }

    /// What the command takes that is being typed, while nothing of it is there.
    pub fn hint(&self, line: &str) -> Option<String> {
        let command = command_of(line).trim_start();
        let name = command.trim_end();
        let usage = &self.command(name)?.arguments;
        let blank = if command == name { " " } else { "" };
        (!usage.is_empty()).then(|| format!("{blank}{usage}"))
    }
}

/// What may stand for a placeholder of a command's usage.
fn kinds_of(command: &str, placeholder: &str) -> &'static [NameKind] {
    match (command, placeholder) {
        ("rmmod", "NAME") => &[],
        ("sym", "NAME") => &[NameKind::Symbol, NameKind::Variable],
        (_, "NAME") => &[NameKind::File],
        (_, "SYMBOL") => &[NameKind::Symbol],
        (_, "VAR") => &[NameKind::Variable],
        ("selftest", "GLOB") => &[NameKind::Test],
        (_, "GROUP") => &[NameKind::Group],
        _ => &[],
    }
}

/// Whether a word is one to be typed as it is.
fn is_plain(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|letter| letter.is_ascii_lowercase())
}

/// Words that a text has behind a command's name: `percpu chunks: ..`.
fn words_behind<'a>(command: &'a str, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let mut before = "";
    let words = text.split_whitespace().filter_map(move |word| {
        let is_behind = std::mem::replace(&mut before, word) == command;
        Some(word.trim_end_matches([':', ';', ','])).filter(|word| is_behind && is_plain(word))
    });
    words.map(str::to_owned)
}

/// The last command of a line: `;` stands between commands.
fn command_of(line: &str) -> &str {
    line.rsplit(';').next().unwrap_or(line)
}

/// Words of a text that begin with a dash, and a letter behind it.
fn options(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
    let options = words.filter(|word| {
        let letters = word.trim_start_matches('-');
        word.starts_with('-') && letters.starts_with(|letter: char| letter.is_ascii_alphabetic())
    });
    options.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        let lines = [
            r#"{"event":"boot","cpus":2,"memory":1}"#,
            r#"{"event":"usage","name":"insmod","arguments":"NAME [P=VALUE]..","help":"loads; --link-only [--unresolved ADDRESS] NAME: runs nothing - or so"}"#,
            r#"{"event":"usage","name":"rmmod","arguments":"NAME","help":"unloads"}"#,
            r#"{"event":"usage","name":"lsmod","arguments":"","help":"lists"}"#,
            r#"{"event":"usage","name":"call","arguments":"[@CPU] SYMBOL [N]","help":"calls"}"#,
            r#"{"event":"usage","name":"percpu","arguments":"[ADDRESS | map [CHUNK] | ...]","help":"shows\npercpu ADDRESS: whose   percpu chunks: a line\npercpu alloc SIZE; percpu free all"}"#,
            r#"{"event":"usage","name":"sym","arguments":"NAME|ADDRESS","help":"shows"}"#,
            r#"{"event":"usage","name":"bt","arguments":"[CPU]","help":"shows"}"#,
            r#"{"event":"usage","name":"cpu","arguments":"[online N]","help":"lists"}"#,
            r#"{"event":"names","kind":"file","names":["counter","visitor"]}"#,
            r#"{"event":"names","kind":"symbol","names":["printk"]}"#,
            r#"{"event":"names","kind":"symbol","module":"counter","names":["counter_hit"]}"#,
            r#"{"event":"module","name":"counter","state":"live","base":1,"bytes":1}"#,
        ];
        for line in lines {
            vocabulary.learn(Event::parse(line).unwrap().0);
        }
        vocabulary
    }

    fn found(before: &str) -> (usize, String) {
        let (start, names) = vocabulary().complete(before);
        (start, names.join(" "))
    }

    #[test]
    fn words_are_completed_by_where_they_stand() {
        for (before, start, names) in [
            ("", 0, "bt call cpu insmod lsmod percpu rmmod sym"),
            ("percpu ", 7, "alloc chunks free map"),
            ("bt ", 3, "0 1"),
            ("sym count", 4, "counter_hit"),
            ("ls", 0, "lsmod"),
            ("mod", 0, "insmod lsmod rmmod"),
            ("lsmod; rm", 7, "rmmod"),
            ("lsmod;rm", 6, "rmmod"),
            ("insmod ", 7, "counter visitor"),
            ("insmod v", 7, "visitor"),
            ("insmod --", 7, "--link-only --unresolved"),
            ("insmod --link-only v", 19, "visitor"),
            ("rmmod ", 6, "counter"),
            ("call ", 5, "@0 @1 counter_hit printk"),
            ("call @1 hit", 8, "counter_hit"),
            ("cpu o", 4, "online"),
            ("lsmod ", 6, ""),
            ("nosuch ", 7, ""),
            ("é; rm", 4, "rmmod"),
        ] {
            assert_eq!(found(before), (start, names.to_owned()), "{before:?}");
        }
    }

    #[test]
    fn what_a_module_brings_goes_with_it() {
        let mut vocabulary = vocabulary();
        let gone = r#"{"event":"module","name":"counter","state":"gone"}"#;
        vocabulary.learn(Event::parse(gone).unwrap().0);
        let complete = |before: &str| vocabulary.complete(before).1.join(" ");
        assert_eq!(complete("rmmod "), "");
        assert_eq!(complete("call @0 c"), "");
        assert_eq!(complete("insmod c"), "counter");
    }

    #[test]
    fn usage_is_hinted_at_until_something_is_there() {
        let vocabulary = vocabulary();
        for (line, hint) in [
            ("rmmod", Some(" NAME")),
            ("lsmod; rmmod ", Some("NAME")),
            ("rmmod c", None),
            ("lsmod", None),
            ("", None),
        ] {
            assert_eq!(vocabulary.hint(line).as_deref(), hint, "{line}");
        }
    }
}
