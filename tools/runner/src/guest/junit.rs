//! JUnit's XML: test cases of one suite.

use std::fmt::Write;

/// A test case.
pub struct Case {
    /// What it belongs to.
    pub class: String,
    /// Its name.
    pub name: String,
    /// The element of what went wrong, `failure` or `skipped`, and the reason.
    pub what: Option<(&'static str, String)>,
}

/// The file's text.
pub fn text(suite: &str, cases: &[Case]) -> String {
    let count = |word| {
        let is_it = |case: &&Case| matches!(case.what, Some((kind, _)) if kind == word);
        cases.iter().filter(is_it).count()
    };
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" errors=\"0\">\n",
        escaped(suite),
        cases.len(),
        count("failure"),
        count("skipped"),
    );
    for case in cases {
        let (class, name) = (escaped(&case.class), escaped(&case.name));
        let start = format!("  <testcase classname=\"{class}\" name=\"{name}\"");
        // Writing to a string doesn't fail.
        let _ = match &case.what {
            None => writeln!(text, "{start}/>"),
            Some((kind, reason)) => writeln!(
                text,
                "{start}><{kind} message=\"{}\"/></testcase>",
                escaped(reason)
            ),
        };
    }
    text + "</testsuite>\n"
}

/// Text as an attribute's value; what XML 1.0 has no character for is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}
