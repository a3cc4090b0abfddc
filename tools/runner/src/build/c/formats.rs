//! Conversions of Linux's that this kernel can't print, such as `%-12pd`, in formats of a module.
//!
//! Which these are the kernel's own crate says (`kernel/printf`), and which functions take a
//! format, and where, the headers do, by `__printf`. The calls are those of gcc's first
//! intermediate form (`percpu_use.rs`), in which macros are gone and texts are one:
//!
//! ```text
//!  [a.c:7:2] _1 = _printkD.2866 ([a.c:7:2] "\x016of %12pd\n", entryD.6251);
//!                                           the format
//! ```
//!
//! A format that is put together, or handed on by a function of the module's own, isn't seen.

use crate::error::Error;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;

/// A conversion that isn't here, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// `FILE:LINE:COLUMN`.
    place: String,
    /// `%-12pd`
    conversion: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, conversion } = self;
        let bare = conversion.trim_start_matches(|letter| letter != 'p');
        write!(
            f,
            "{place}: error: the format {conversion} is not supported here"
        )?;
        match bare.len() + 1 < conversion.len() {
            true => write!(f, ": there is no %{bare}"),
            false => Ok(()),
        }
    }
}

/// Functions that take a format: which of their arguments it is, from 0 on.
pub type Functions = BTreeMap<String, usize>;

/// Those of these headers.
pub fn functions(headers: &[PathBuf]) -> Result<Functions, Error> {
    let mut all = Functions::new();
    for path in headers {
        let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
        all.extend(declared(&text));
    }
    Ok(all)
}

fn declared(header: &str) -> impl Iterator<Item = (String, usize)> {
    header.split("__printf(").skip(1).filter_map(|behind| {
        let (numbers, declaration) = behind.split_once(')')?;
        // The macro's own definition has no numbers.
        let number: usize = numbers.split(',').next()?.trim().parse().ok()?;
        let (before, _) = declaration.split_once('(')?;
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let name = before.rsplit(|letter| !is_name(letter)).next()?;
        Some((name.to_owned(), number.checked_sub(1)?))
    })
}

/// What formats in a dump ask for that isn't here.
pub fn refused(dump: &str, functions: &Functions) -> Vec<Refused> {
    let (mut found, mut texts) = (Vec::new(), BTreeMap::<&str, Vec<&str>>::new());
    for line in dump.lines() {
        // A function begins at the line's start; names that gcc makes are a function's own.
        if line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            texts.clear();
        }
        let tokens = tokens(line);
        let mut places = tokens.iter().filter_map(|token| match token {
            Token::Place(place) => Some(*place),
            _ => None,
        });
        let Some(place) = places.next() else {
            continue;
        };
        let words: Vec<Token<'_>> = { tokens.iter().copied() }
            .filter(|token| !matches!(token, Token::Place(_)))
            .collect();
        if let [Token::Word(to), Token::Sign('='), Token::Text(text), ..] = words[..] {
            texts.entry(to).or_default().push(text);
        }
        let Some(format) = format_of(&words, functions) else {
            continue;
        };
        let formats: &[&str] = match format {
            Token::Text(text) => &[text],
            Token::Word(name) => texts.get(name).map_or(&[], Vec::as_slice),
            _ => &[],
        };
        for unsupported in formats
            .iter()
            .flat_map(|it| printf::unsupported(it.as_bytes()))
        {
            found.push(Refused {
                place: place.to_owned(),
                conversion: String::from_utf8_lossy(unsupported.text).into_owned(),
            });
        }
    }
    found
}

/// The format of the call that a statement is.
fn format_of<'a>(words: &[Token<'a>], functions: &Functions) -> Option<Token<'a>> {
    let call = words.windows(2).position(|pair| match pair {
        [Token::Word(name), Token::Sign('(')] => functions.contains_key(plain(name)),
        _ => false,
    })?;
    let Token::Word(name) = words[call] else {
        return None;
    };
    let (mut depth, mut at) = (0_u32, 0);
    for word in &words[call + 2..] {
        match word {
            _ if depth == 0 && at == functions[plain(name)] && *word != Token::Sign('&') => {
                return Some(*word);
            }
            Token::Sign('(' | '[') => depth += 1,
            Token::Sign(')' | ']') => depth = depth.checked_sub(1)?,
            Token::Sign(',') if depth == 0 => at += 1,
            _ => {}
        }
    }
    None
}

/// A name without gcc's number: `_printk` of `_printkD.2866`.
fn plain(name: &str) -> &str {
    name.split_once("D.").map_or(name, |(name, _)| name)
}

/// What a statement consists of; blanks are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// `[FILE:LINE:COLUMN]`
    Place(&'a str),
    /// A name or a number.
    Word(&'a str),
    /// Between its quotes.
    Text(&'a str),
    Sign(char),
}

fn tokens(line: &str) -> Vec<Token<'_>> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    let (mut found, mut rest) = (Vec::new(), line.trim_start());
    while let Some(first) = rest.chars().next() {
        let (token, length) = match (first, place(rest)) {
            ('"', _) => {
                let text = &rest[1..][..end_of_text(&rest[1..])];
                (Token::Text(text), text.len() + 2)
            }
            (_, Some(inside)) => (Token::Place(inside), inside.len() + 2),
            _ if is_part(first) => {
                let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
                (Token::Word(&rest[..end]), end)
            }
            _ => (Token::Sign(first), first.len_utf8()),
        };
        found.push(token);
        // A text that nothing ends has no second quote.
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    found
}

/// How long a text is up to the quote that ends it.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
}

/// What `[FILE:LINE:COLUMN]` has between its brackets.
fn place(text: &str) -> Option<&str> {
    let (inside, _) = text.strip_prefix('[')?.split_once(']')?;
    let mut numbers = inside.rsplitn(3, ':');
    let are_numbers = { numbers.by_ref().take(2) }.all(|text| text.parse::<u32>().is_ok());
    (are_numbers && numbers.next().is_some()).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::layout;

    const HEADER: &str = "#define __printf(format, first) x\n\
        extern __printf(1, 2) __cold int _printk(const char *format, ...);\n\
        static __printf(3, 4) void *named(int (*work)(void), void *data,\n\tconst char *format);";

    fn found(statements: &str) -> Vec<String> {
        let functions = declared(HEADER).collect();
        let dump = format!("int f (int x)\n[a.c:1:2] {{\n{statements}\n}}\n");
        let all = refused(&dump, &functions);
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn headers_name_the_format_argument() {
        let functions: Functions = declared(HEADER).collect();
        let expected = [("_printk".to_owned(), 0), ("named".to_owned(), 2)];
        assert_eq!(functions, expected.into());
        let all = crate::build::c::headers::of(&layout::include()).unwrap();
        let functions = super::functions(&all).unwrap();
        let names = [
            "_printk",
            "snprintf",
            "panic",
            "warn_slowpath_fmt",
            "__kunit_fail",
        ];
        let places = names.map(|name| functions.get(name).copied());
        assert_eq!(places, [Some(0), Some(2), Some(0), Some(3), Some(2)]);
    }

    #[test]
    fn conversions_are_found_in_calls() {
        let call = |format: &str| {
            format!("  [a.c:1:9] D.7 = _printkD.2866 ([a.c:1:9] \"{format}\", [a.c:1:10] &bD.6);")
        };
        assert_eq!(
            found(&call(r#"\x016a \"q\" [b:1:2] %-*.*pd2, (x)\n"#)),
            ["a.c:1:9: error: the format %-*.*pd2 is not supported here: there is no %pd2"]
        );
        assert_eq!(
            found(&call("%d %pV\\")),
            ["a.c:1:9: error: the format %pV is not supported here"]
        );
        assert_eq!(found(&call("%%12pd %12pS")), [""; 0]);
        // Another argument, another function, and the third argument.
        let others = "  [a.c:1:9] _printkD.2866 ([a.c:1:9] \"%s\", \"%pd\");\n  \
                      [a.c:1:9] otherD.28 (\"%pd\");\n  [a.c:1:9] namedD.3 (g, h, fD.3);";
        assert_eq!(found(others), [""; 0]);
        let third = "[a.c:1:9] _1 = namedD.3 (&[a.c:1:9] g[2], (h, i), [a.c:2:9] \"%3pt\");";
        assert_eq!(found(third).len(), 1);
    }

    #[test]
    fn one_that_was_chosen_before_is_followed() {
        let chosen = "  [a.c:1:3] iftmp.0_1 = [a.c:1:3] \"%5pd\";\n  [a.c:1:4] iftmp.0_1 = \"%d\";\n\
                      [a.c:1:9] _printkD.2866 (iftmp.0_1, [a.c:1:10] &bD.6);";
        let error = "a.c:1:9: error: the format %5pd is not supported here: there is no %pd";
        assert_eq!(found(chosen), [error]);
        let of_another = chosen.replace("\n[a.c:1:9]", "\nint g ()\n[a.c:1:9]");
        assert_eq!(found(&of_another), [""; 0]);
    }
}
