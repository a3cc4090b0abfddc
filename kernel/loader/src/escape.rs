//! Text from a file, made fit for a line of output.

use core::fmt::{self, Write};

/// Prints as what is in it, but for control characters, which are shown as Rust's escapes:
/// a name with a newline begins no line, and one with an escape sequence changes no
/// terminal. Takes no memory.
#[derive(Debug)]
pub struct Escaped<T>(pub T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(is_unfit) {
            self.0.write_str(&rest[..at])?;
            let mut after = rest[at..].chars();
            if let Some(unfit) = after.next() {
                write!(self.0, "{}", unfit.escape_default())?;
            }
            rest = after.as_str();
        }
        self.0.write_str(rest)
    }
}

/// Control characters, and those that change the direction or the order of others.
fn is_unfit(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn only_what_is_unfit_is_escaped() {
        for (text, shown) in [
            ("", ""),
            (".text.überall\"\\", ".text.überall\"\\"),
            ("a\nb", "a\\nb"),
            ("\u{1b}[31m\r\u{85}\0", "\\u{1b}[31m\\r\\u{85}\\u{0}"),
            ("\u{202e}rtl", "\\u{202e}rtl"),
        ] {
            assert_eq!(Escaped(text).to_string(), shown);
        }
    }
}
