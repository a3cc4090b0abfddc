//! A JSON text, put together member by member.

use alloc::string::String;
use core::fmt::{self, Display, Write};

/// A text of objects and lists; who writes it closes what it opens.
#[derive(Default)]
pub struct Json(String);

impl Json {
    /// The text.
    pub fn end(self) -> String {
        self.0
    }

    /// Opens an object or a list, by its bracket; a member's if it has a name.
    pub fn open(&mut self, name: &str, bracket: char) -> &mut Self {
        self.name(name);
        self.0.push(bracket);
        self
    }

    /// Closes it.
    pub fn close(&mut self, bracket: char) -> &mut Self {
        self.0.push(bracket);
        self
    }

    /// A number.
    pub fn number(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.name(name);
        // A String takes all.
        let _ = write!(self.0, "{value}");
        self
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.number(name, value)
    }

    /// A text.
    pub fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.name(name);
        self.0.push('"');
        let _ = write!(Escaped(&mut self.0), "{value}");
        self.0.push('"');
        self
    }

    fn name(&mut self, name: &str) {
        if !matches!(self.0.chars().next_back(), None | Some('{' | '[')) {
            self.0.push(',');
        }
        if !name.is_empty() {
            let _ = write!(self.0, "\"{name}\":");
        }
    }
}

struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\0'..=' ' if letter != ' ' => write!(self.0, "\\u{:04x}", u32::from(letter))?,
                letter => self.0.push(letter),
            }
        }
        Ok(())
    }
}
