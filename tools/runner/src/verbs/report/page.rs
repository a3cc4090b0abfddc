//! The page: `tools/page/`, with what it shows put in its places.
//!
//! ```text
//!  page.html   <!-- style -->  <!-- script -->  <!-- data -->
//! ```

use super::lines::Line;
use crate::build::layout;
use crate::error::Error;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;

/// Its scripts, in the order in which they are run: each uses those before it.
const SCRIPTS: [&str; 20] = [
    "data.js",
    "numbers.js",
    "dom.js",
    "choice.js",
    "instructions.js",
    "map-places.js",
    "map-drawing.js",
    "map.js",
    "access.js",
    "relocations.js",
    "chunks.js",
    "moments.js",
    "tests.js",
    "costs.js",
    "wasm.js",
    "loader-bench.js",
    "loader-trials.js",
    "allocator-bench.js",
    "allocator-state.js",
    "main.js",
];

/// Its styles.
const STYLES: [&str; 4] = ["page.css", "parts.css", "bench.css", "print.css"];

/// Modules that the workbench has to take.
const EXAMPLES: [&str; 5] = ["direct", "counter", "c_counter", "visitor", "mixed"];

/// What is put into the page.
pub struct Parts<'a> {
    /// The run's lines.
    pub run: &'a [Line],
    /// Those of the same modules, near.
    pub near: &'a [Line],
    /// What was measured last.
    pub figures: &'a Value,
    /// The workbench, if it could be built.
    pub workbench: Option<&'a [u8]>,
}

/// The page of a run.
///
/// # Errors
/// If a file of `tools/page` can't be read.
pub fn text(parts: &Parts<'_>) -> Result<String, Error> {
    let mut data = String::new();
    let near = parts.near.iter().map(|line| line.text.as_str());
    let run = parts.run.iter().map(|line| line.text.as_str());
    block(&mut data, "run", &run.collect::<Vec<_>>().join("\n"));
    block(&mut data, "near", &near.collect::<Vec<_>>().join("\n"));
    block(&mut data, "figures", &parts.figures.to_string());
    if let Some(program) = parts.workbench {
        block(&mut data, "workbench", &json!(base64(program)).to_string());
        block(&mut data, "examples", &examples().to_string());
    }
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

/// Modules as they were built; none where none was.
fn examples() -> Value {
    let files = EXAMPLES.iter().filter_map(|name| {
        let path = layout::release().join("modules").join(format!("{name}.ko"));
        Some(((*name).to_owned(), base64(&fs::read(path).ok()?).into()))
    });
    Value::Object(files.collect())
}

/// Bytes as text (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | u32::from(three.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= three.len() {
                letter.into()
            } else {
                '='
            });
        }
    }
    text
}

fn all(names: &[&str]) -> Result<String, Error> {
    names.iter().map(|name| read(name)).collect()
}

fn read(name: &str) -> Result<String, Error> {
    let path = layout::root().join("tools/page").join(name);
    fs::read_to_string(&path).map_err(Error::file("read", &path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_rfc_4648s() {
        // Its section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn no_text_of_a_run_ends_its_block() {
        let mut page = String::new();
        block(&mut page, "run", r#"{"error":"</script><!--"}"#);
        assert_eq!(page.matches("</script>").count(), 1);
        assert_eq!(page.matches("<!--").count(), 0);
    }
}
