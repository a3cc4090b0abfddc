//! Per-CPU variables and handles that are used as if they were memory of their own:
//!
//! ```text
//!  return my_static;               the template, which is no CPU's copy
//!  *my_dynamic = 1;                a handle, which is no address
//!  this_cpu_add(my_dynamic, 1);    the variable that holds the handle
//! ```
//!
//! Linux has sparse for these. Here gcc says, in its own words, what it has understood: its
//! first intermediate form (`-fdump-tree-gimple`), in which each statement stands by itself
//! with its place in the source, and a variable either has `&` in front or is read or written.
//!
//! A variable holds handles if all that is put into it comes from the allocator. What goes
//! through a struct or another function isn't followed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A mistake, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// `FILE:LINE:COLUMN`.
    place: String,
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Bare,
    Handle,
    Holder,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, name, kind } = self;
        write!(f, "{place}: error: ")?;
        match kind {
            Kind::Bare => write!(
                f,
                "per-CPU variable {name} is used as it stands, which is no CPU's copy: \
                 this_cpu_read({name}), this_cpu_ptr(&{name}), per_cpu({name}, cpu)"
            ),
            Kind::Handle => write!(
                f,
                "{name} is a handle of alloc_percpu, no address: this_cpu_ptr({name}), \
                 per_cpu_ptr({name}, cpu), this_cpu_add(*{name}, ..)"
            ),
            Kind::Holder => write!(
                f,
                "{name} is no per-CPU variable; if it holds a handle, what is meant is *{name}"
            ),
        }
    }
}

/// What an object's symbols are.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// Per-CPU variables.
    pub per_cpu: BTreeSet<String>,
    /// Other variables.
    pub ordinary: BTreeSet<String>,
}

/// A name in the text, as gcc writes it: `hitsD.6108`, `hits.0_1`, `_1`, `D.6387`.
struct Name<'a> {
    /// As it stands: no two variables have one.
    whole: &'a str,
    /// The source's name of a variable; `None` of what gcc has made.
    source: Option<&'a str>,
    /// What stands before it.
    before: &'a str,
    /// What stands behind it.
    after: &'a str,
}

impl Name<'_> {
    fn is_field(&self) -> bool {
        self.before.ends_with('.') || self.before.ends_with("->")
    }

    fn has_its_address_taken(&self) -> bool {
        self.before.ends_with('&')
    }

    /// Whether it is what a pointer points to that is read or written.
    fn is_followed(&self) -> bool {
        let by_star = self.before.ends_with('*') && !self.before.ends_with(" *");
        let by_star = by_star || self.before == "*" || self.before.ends_with("] *");
        let by_star = by_star || self.before.ends_with("= *");
        by_star || (self.after.starts_with("->") && !self.has_its_address_taken())
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.'
}

/// A statement without the places in it, and the last place.
fn without_places(line: &str) -> (String, Option<&str>) {
    let (mut text, mut place, mut rest) = (String::new(), None, line.trim());
    while let Some(at) = rest.find('[') {
        let Some(end) = rest[at..].find(']') else {
            break;
        };
        let inside = &rest[at + 1..at + end];
        let numbers = inside.rsplitn(3, ':').take(2);
        let is_place = inside.contains(':') && { numbers }.all(|text| text.parse::<u32>().is_ok());
        match is_place {
            true => {
                text += &rest[..at];
                place = Some(inside);
                rest = rest[at + end + 1..].trim_start();
            }
            false => {
                text += &rest[..=at];
                rest = &rest[at + 1..];
            }
        }
    }
    text += rest;
    (text, place)
}

fn names(text: &str) -> Vec<Name<'_>> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if bytes[at] == b'"' {
            // A text: up to its end.
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += 1 + usize::from(bytes[at] == b'\\');
            }
            at += 1;
            continue;
        }
        if !(bytes[at].is_ascii_alphabetic() || bytes[at] == b'_') {
            // A number, or the name of a field is skipped as a whole where it begins.
            at += 1;
            continue;
        }
        let start = at;
        // A name goes up to its number; what follows a `.` there is a field.
        let mut end = at;
        while end < bytes.len() && is_part(bytes[end]) {
            end += 1;
        }
        let word = &text[start..end];
        let length = match word.find("D.") {
            Some(mark) => {
                let digits = word[mark + 2..].bytes().take_while(u8::is_ascii_digit);
                mark + 2 + digits.count()
            }
            None => word.len(),
        };
        let whole = &word[..length];
        let source = whole.split_once("D.").map(|(source, _)| source);
        found.push(Name {
            whole,
            source: source.filter(|source| !source.is_empty()),
            before: text[..start].trim_end_matches(' '),
            after: &text[start + length..],
        });
        at = start + length;
        // The fields behind it.
        while at < bytes.len() && bytes[at] == b'.' && length < word.len() {
            at += 1;
            while at < bytes.len() && (is_part(bytes[at])) && bytes[at] != b'.' {
                at += 1;
            }
            if at < bytes.len() && bytes[at] == b'.' && text[..at].ends_with('D') {
                at += 1;
                while at < bytes.len() && bytes[at].is_ascii_digit() {
                    at += 1;
                }
            }
        }
    }
    found
}

/// What a statement puts into which variable: `to = from;`, `to = (type) from;`.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let (to, from) = text.strip_suffix(';')?.split_once(" = ")?;
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(is_part);
    let from = from.trim();
    let from = match from.strip_prefix('(') {
        Some(rest) => rest.split_once(") ").map_or(from, |(_, value)| value),
        None => from,
    };
    is_name(to.trim()).then_some((to.trim(), from))
}

/// Whether a value is what an allocator returns.
fn is_allocation(value: &str) -> bool {
    value.starts_with("__alloc_percpu") && value.contains(" (")
}

/// The variables that hold handles, by function; the outermost's are for all.
struct Handles<'a> {
    held: BTreeSet<&'a str>,
}

impl<'a> Handles<'a> {
    /// Goes through one function's statements until nothing more is found.
    fn of(statements: &'a [(String, Option<&'a str>)], global: &BTreeSet<&'a str>) -> Self {
        let mut held = global.clone();
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (text, _) in statements {
            if let Some((to, from)) = assignment(text) {
                values.entry(to).or_default().push(from);
            }
        }
        loop {
            let before = held.len();
            for (to, from) in &values {
                let is_handle = |value: &&&str| is_allocation(value) || held.contains(**value);
                let is_null = |value: &&str| **value == *"0B";
                let all = from.iter().all(|value| is_null(value) || is_handle(&value));
                if all && from.iter().any(|value| is_handle(&value)) {
                    held.insert(to);
                }
            }
            if held.len() == before {
                return Self { held };
            }
        }
    }
}

/// The mistakes in a dump.
pub fn mistakes(dump: &str, symbols: &Symbols) -> Vec<Mistake> {
    // A function begins at the line's start.
    let mut functions: Vec<Vec<(String, Option<&str>)>> = Vec::new();
    let mut shadowed: BTreeSet<String> = BTreeSet::new();
    for line in dump.lines() {
        let begins = line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if begins || functions.is_empty() {
            functions.push(Vec::new());
        }
        let (text, place) = without_places(line);
        // A declaration of a local variable, or a parameter.
        if begins || (place.is_none() && text.ends_with(';') && !text.contains(" = ")) {
            let declared = names(&text);
            shadowed.extend(
                declared
                    .iter()
                    .filter(|name| name.source.is_some())
                    .map(|name| name.whole.to_owned()),
            );
        }
        if let Some(function) = functions.last_mut() {
            function.push((text, place));
        }
    }
    // Variables of the file: what each function puts into them.
    let mut put: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for function in &functions {
        let handles = Handles::of(function, &BTreeSet::new());
        for (text, _) in function {
            let Some((to, from)) = assignment(text) else {
                continue;
            };
            let is_variable = to.contains("D.") && !to.starts_with("D.");
            if is_variable && !shadowed.contains(to) && from != "0B" {
                let all = put.entry(to).or_default();
                match is_allocation(from) || handles.held.contains(from) {
                    true => all.0 = true,
                    false => all.1 = true,
                }
            }
        }
    }
    let global = put.iter().filter(|(_, (handle, other))| *handle && !other);
    let global: BTreeSet<&str> = global.map(|(name, _)| *name).collect();

    let mut found = BTreeSet::new();
    for function in &functions {
        let handles = Handles::of(function, &global);
        // Parameters stand there by their names alone.
        let head = function.first().map_or("", |(text, _)| text.as_str());
        let is_parameter = |name: &str| {
            let mut words =
                head.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            words.any(|word| word == name)
        };
        for (text, place) in function {
            let Some(place) = place else {
                continue;
            };
            let hides = text.starts_with("__asm__") && text.contains("__local_handle__");
            for name in names(text) {
                let plain = |name: &Name<'_>| {
                    let source = name
                        .source
                        .or_else(|| name.whole.split_once('.').map(|it| it.0));
                    source
                        .unwrap_or(name.whole)
                        .trim_start_matches('_')
                        .to_owned()
                };
                let kind = match name.source {
                    _ if name.is_field() => continue,
                    _ if handles.held.contains(name.whole) && name.is_followed() => Kind::Handle,
                    Some(source) if symbols.per_cpu.contains(source) => {
                        let is_local = shadowed.contains(name.whole) || is_parameter(source);
                        if is_local || name.has_its_address_taken() {
                            continue;
                        }
                        Kind::Bare
                    }
                    Some(source) if hides && name.has_its_address_taken() => {
                        let is_local = shadowed.contains(name.whole);
                        let ordinary = is_local || symbols.ordinary.contains(source);
                        if !ordinary || name.after.starts_with("->") {
                            continue;
                        }
                        Kind::Holder
                    }
                    _ => continue,
                };
                found.insert(Mistake {
                    place: (*place).to_owned(),
                    name: plain(&name),
                    kind,
                });
            }
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(dump: &str) -> Vec<(String, Kind)> {
        let symbols = Symbols {
            per_cpu: ["hits".to_owned(), "pair".to_owned()].into(),
            ordinary: ["area".to_owned()].into(),
        };
        let mistakes = mistakes(dump, &symbols);
        let pairs = mistakes.into_iter().map(|it| (it.name, it.kind));
        pairs.collect()
    }

    fn one(name: &str, kind: Kind) -> Vec<(String, Kind)> {
        vec![(name.to_owned(), kind)]
    }

    #[test]
    fn a_variable_as_it_stands() {
        let read = "int f ()\n[a.c:1:2] {\n  [a.c:1:3] D.63 = hitsD.61;\n";
        assert_eq!(found(read), one("hits", Kind::Bare));
        let write = "int f ()\n[a.c:1:2] {\n  [a.c:1:4] [a.c:1:3] pairD.62.bD.60 = 3;\n";
        assert_eq!(found(write), one("pair", Kind::Bare));
        let address = "int f ()\n  [a.c:1:3] __asm__(\"\" : \"=r\" __local_handle__D.7 : \"0\" [a.c:1:3] &hitsD.61);\n";
        assert_eq!(found(address), []);
        // A field, and a local variable, of that name.
        let others = "int f ()\n  intD.6 hitsD.99;\n  [a.c:1:3] _1 = sD.5->hitsD.61 + sD.5.hitsD.61;\n  [a.c:1:3] hitsD.99 = 1;\n";
        assert_eq!(found(others), []);
        let parameter = "int f (int hits, int * x)\n  [a.c:1:3] D.5 = hitsD.98 + 1;\n";
        assert_eq!(found(parameter), []);
    }

    #[test]
    fn a_handle_as_an_address() {
        let set =
            "int g ()\n  [a.c:1:1] _1 = __alloc_percpuD.4 (4, 4);\n  [a.c:1:1] areaD.9 = _1;\n";
        let follow = format!(
            "{set}int f ()\n  [a.c:2:1] area.0_1 = areaD.9;\n  [a.c:2:2] D.5 = [a.c:2:2] *area.0_1;\n"
        );
        assert_eq!(found(&follow), one("area", Kind::Handle));
        let field = format!(
            "{set}int f ()\n  [a.c:2:1] area.0_1 = areaD.9;\n  [a.c:2:2] area.0_1->bD.3 = 4;\n"
        );
        assert_eq!(found(&field), one("area", Kind::Handle));
        let address = format!(
            "{set}int f ()\n  [a.c:2:1] area.0_1 = areaD.9;\n  [a.c:2:2] _2 = [a.c:2:2] &area.0_1->bD.3;\n"
        );
        assert_eq!(found(&address), []);
        // It holds other pointers, too.
        let mixed = format!("{follow}int h ()\n  [a.c:3:1] areaD.9 = _7;\n");
        assert_eq!(found(&mixed), []);
        let holder = "int f ()\n  [a.c:1:3] __asm__(\"\" : \"=r\" __local_handle__D.7 : \"0\" [a.c:1:3] &areaD.9);\n";
        assert_eq!(found(holder), one("area", Kind::Holder));
    }
}
