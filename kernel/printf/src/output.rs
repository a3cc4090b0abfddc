//! The text as it goes out, counted.

use crate::caller::Sink;
use crate::specification::Specification;

/// Where the text goes, and how much it was so far.
pub struct Output<'sink> {
    /// Takes the text.
    pub sink: &'sink mut dyn Sink,
    /// Bytes of the text so far.
    pub length: usize,
}

impl Output<'_> {
    /// Passes bytes on.
    pub fn put(&mut self, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len());
        self.sink.put(bytes);
    }

    /// Passes one byte on, `count` times.
    pub fn repeat(&mut self, byte: u8, count: usize) {
        let some = [byte; 16];
        let mut left = count;
        while left > 0 {
            let now = left.min(some.len());
            self.put(&some[..now]);
            left -= now;
        }
    }

    /// A text in a field, with blanks to its width.
    pub fn field(&mut self, text: &[u8], specification: &Specification) {
        let padding = specification.width.saturating_sub(text.len());
        if !specification.left {
            self.repeat(b' ', padding);
        }
        self.put(text);
        if specification.left {
            self.repeat(b' ', padding);
        }
    }
}
