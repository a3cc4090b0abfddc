//! Pictures: a few shapes, on a card that any page may have below it.

use std::fmt::Write;

/// A drawing under way.
pub struct Drawing {
    width: u32,
    height: u32,
    title: String,
    body: String,
}

/// Colours in the light, then in the dark: a picture brings its own card along, and is as the
/// reader's system is.
const STYLE: &str = "\
text{font:13px sans-serif;fill:#1a1a1a}.n{font:12px monospace}.s{font-size:11px;fill:#555}\
.h{font-weight:bold}.m{text-anchor:middle}.e{text-anchor:end}\
.a{fill:#dbe9f6;stroke:#2f6ea3}.b{fill:#fbe3c4;stroke:#b36b00}.c{fill:#dff0dc;stroke:#3b7d35}\
.d{fill:#f3f3f3;stroke:#999}.r{fill:#f9d9d7;stroke:#b3261e}\
.l{fill:none;stroke:#444;stroke-width:1.4}.o{fill:none;stroke:#b3261e;stroke-dasharray:5 4}\
.k{fill:#fff}.p{fill:#444}.v{fill:#2f6ea3}\
@media (prefers-color-scheme:dark){text{fill:#e8e8ea}.s{fill:#b4b7bf}\
.a{fill:#1d3850;stroke:#7db4e0}.b{fill:#493312;stroke:#dfa348}.c{fill:#21401f;stroke:#84c77c}\
.d{fill:#2c2f36;stroke:#8a8d94}.r{fill:#4d2220;stroke:#f08a80}\
.l{stroke:#c3c5ca}.o{stroke:#f08a80}.k{fill:#1b1d22}.p{fill:#c3c5ca}.v{fill:#7db4e0}}";

impl Drawing {
    /// An empty one; the title is what a screen reader says.
    pub fn new(width: u32, height: u32, title: &str) -> Self {
        Self {
            width,
            height,
            title: escaped(title),
            body: String::new(),
        }
    }

    fn push(&mut self, shape: std::fmt::Arguments<'_>) {
        // A String takes all.
        let _ = writeln!(self.body, "{shape}");
    }

    /// A box of a colour: `a` to `d`, or `r`.
    pub fn boxed(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), colour: &str) {
        self.push(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"3\" class=\"{colour}\"/>"
        ));
    }

    /// A text; its class is any of `n` number, `s` small, `h` head, `m` in the middle of x,
    /// `e` ending there.
    pub fn text(&mut self, (x, y): (u32, u32), class: &str, text: &str) {
        let text = escaped(text);
        self.push(format_args!(
            "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{text}</text>"
        ));
    }

    /// A line with an arrow at its end.
    pub fn arrow(&mut self, (x, y): (u32, u32), (to_x, to_y): (u32, u32)) {
        self.push(format_args!(
            "<path d=\"M{x} {y}L{to_x} {to_y}\" class=\"l\" marker-end=\"url(#e)\"/>"
        ));
    }

    /// A dashed line.
    pub fn dashed(&mut self, (x, y): (u32, u32), (to_x, to_y): (u32, u32)) {
        self.push(format_args!(
            "<path d=\"M{x} {y}L{to_x} {to_y}\" class=\"o\"/>"
        ));
    }

    /// A bar `of` whose length is a whole of `width`.
    pub fn bar(&mut self, (x, y): (u32, u32), width: u32, (part, of): (u64, u64)) {
        // The measure is in its own scale, so that only one number of it is the run's.
        self.push(format_args!(
            "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"18\" viewBox=\"0 0 {of} 1\" preserveAspectRatio=\"none\"><rect width=\"{part}\" height=\"1\" class=\"v\"/></svg>"
        ));
    }

    /// The file's text.
    pub fn end(self) -> String {
        let Self {
            width,
            height,
            title,
            body,
        } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"{title}\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n\
             <defs><marker id=\"e\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" class=\"p\"/></marker></defs>\n\
             <rect width=\"{width}\" height=\"{height}\" rx=\"6\" class=\"k\"/>\n{body}</svg>\n"
        )
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
