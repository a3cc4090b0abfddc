//! The page: `tools/page/`, with what it shows put in its places.
//!
//! ```text
//!  page.html   <!-- style -->  <!-- script -->  <!-- data -->
//! ```

use super::lines::Line;
use crate::build::layout;
use crate::error::Error;
use serde_json::Value;
use std::fmt::Write;
use std::fs;

/// Its scripts, in the order in which they are run: each uses those before it.
const SCRIPTS: [&str; 13] = [
    "data.js",
    "numbers.js",
    "dom.js",
    "choice.js",
    "instructions.js",
    "map.js",
    "access.js",
    "relocations.js",
    "chunks.js",
    "moments.js",
    "tests.js",
    "costs.js",
    "main.js",
];

/// Its styles.
const STYLES: [&str; 3] = ["page.css", "parts.css", "print.css"];

/// The page of a run.
///
/// # Errors
/// If a file of `tools/page` can't be read.
pub fn text(run: &[Line], near: &[Line], figures: &Value) -> Result<String, Error> {
    let mut data = String::new();
    let near = near.iter().map(|line| line.text.as_str());
    let run = run.iter().map(|line| line.text.as_str());
    block(&mut data, "run", &run.collect::<Vec<_>>().join("\n"));
    block(&mut data, "near", &near.collect::<Vec<_>>().join("\n"));
    block(&mut data, "figures", &figures.to_string());
    let style = format!("<style>\n{}</style>", all(&STYLES)?);
    let script = format!("<script>\n\"use strict\";\n{}</script>", all(&SCRIPTS)?);
    let page = read("page.html")?;
    let page = page.replacen("<!-- style -->", &style, 1);
    let page = page.replacen("<!-- data -->", &data, 1);
    Ok(page.replacen("<!-- script -->", &script, 1))
}

/// Data that a script reads. `<` occurs in JSON within texts only, where it may be escaped, so
/// none of them can end the block.
fn block(page: &mut String, id: &str, json: &str) {
    let json = json.replace('<', "\\u003c");
    // Writing to a string can't fail.
    let _ = writeln!(
        page,
        "<script type=\"application/json\" id=\"{id}\">\n{json}\n</script>"
    );
}

fn all(names: &[&str]) -> Result<String, Error> {
    names.iter().map(|name| read(name)).collect()
}

fn read(name: &str) -> Result<String, Error> {
    let path = layout::root().join("tools/page").join(name);
    fs::read_to_string(&path).map_err(Error::file("read", &path))
}
