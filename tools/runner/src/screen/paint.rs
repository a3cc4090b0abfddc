//! Colours for what people read: the guest's lines, by what they are. On a terminal only,
//! and as `NO_COLOR` and its like say.

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::io;

/// What stands back.
pub const DIM: Style = Style::new().dimmed();
/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What isn't.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What wants a look.
pub const ODD: Style = AnsiColor::Yellow.on_default();
/// What is to be read first.
pub const FIRST: Style = Style::new().bold();

/// Whether stdout shows colours.
pub fn is_on_for_stdout() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// Text for stderr, in a style where it shows colours.
pub fn on_stderr(style: Style, text: &str) -> String {
    match AutoStream::choice(&io::stderr()) {
        ColorChoice::Never => text.to_owned(),
        _ => styled(style, text),
    }
}

/// Text in a style.
pub fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A line of the guest's, without its end, in colours.
pub fn line(line: &str) -> Cow<'_, str> {
    if line.starts_with("ok ") {
        let (result, reason) = line.split_at(line.find(" # SKIP").unwrap_or(line.len()));
        return format!("{GOOD}{result}{GOOD:#}{ODD}{reason}{ODD:#}").into();
    }
    if line.starts_with("not ok ") {
        return styled(BAD, line).into();
    }
    if line.starts_with("panic: ") || line.starts_with("Bail out!") {
        return styled(BAD, line).into();
    }
    if line.starts_with("# ") || line.starts_with("KTAP version") {
        return styled(DIM, line).into();
    }
    let Some((time, text)) = split_time(line) else {
        return line.into();
    };
    let style = if text.starts_with("error: ") {
        BAD
    } else if text.starts_with("warning: ") {
        ODD
    } else if text.starts_with("distance: ") {
        FIRST
    } else {
        Style::new()
    };
    format!("{}{style}{text}{style:#}", styled(DIM, time)).into()
}

/// The time of a line of the log, `[   0.161728] `, and the rest.
pub fn split_time(line: &str) -> Option<(&str, &str)> {
    let (time, _) = line.strip_prefix('[')?.split_once("] ")?;
    let is_time = time
        .bytes()
        .all(|byte| matches!(byte, b' ' | b'.' | b'0'..=b'9'));
    is_time.then(|| line.split_at(time.len() + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_colours_is_the_line() {
        for text in [
            "ok 1 boot.a",
            "not ok 2 boot.b",
            "ok 3 smp.c # SKIP one CPU",
            "[   0.161728] error: module direct: far",
            "[   0.161728] distance: 2047.9 GiB",
            "[a] b",
            "[1] ",
            "# boot.b: why",
            "panic: cpu 0: why",
            "BENCH a 1 2 3",
            "",
        ] {
            let painted = line(text).into_owned();
            assert_eq!(anstream::adapter::strip_str(&painted).to_string(), text);
        }
        assert!(line("ok 1 a").starts_with('\x1b'));
    }
}
