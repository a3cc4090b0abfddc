//! Lines of a table: no wider than a terminal, whatever the names in them are.

use crate::println;
use core::fmt::{self, Write};

/// Columns of all that commands print.
pub const WIDTH: usize = 100;

/// A line of at most [`WIDTH`] columns; what is longer is cut, and ends in dots.
#[derive(Debug, Default)]
pub struct Row {
    text: heapless::String<{ 4 * WIDTH }>,
    columns: usize,
}

impl Write for Row {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            self.columns += 1;
            // A letter has at most four bytes.
            if self.columns <= WIDTH && self.text.push(letter).is_err() {
                break;
            }
        }
        Ok(())
    }
}

impl Row {
    /// The line.
    pub fn text(&mut self) -> &str {
        const CUT: &str = "...";
        if self.columns > WIDTH {
            while self.text.chars().count() > WIDTH - CUT.len() {
                self.text.pop();
            }
            // There is room.
            let _ = self.text.push_str(CUT);
            self.columns = WIDTH;
        }
        self.text.trim_end()
    }
}

/// Prints a line, cut to [`WIDTH`] columns.
pub fn print(text: fmt::Arguments<'_>) {
    let mut row = Row::default();
    // It doesn't fail; it cuts.
    let _ = row.write_fmt(text);
    println!("{}", row.text());
}

/// Prints one line as `println!` does, cut to [`WIDTH`] columns.
macro_rules! row {
    ($($text:tt)*) => { $crate::monitor::row::print(format_args!($($text)*)) };
}
pub(crate) use row;
