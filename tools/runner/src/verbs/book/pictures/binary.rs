//! Picture of a binary, and of what it takes for granted.

use super::facts::{Facts, short};
use crate::verbs::book::svg::Drawing;

/// What Debian's modules take for granted, by their bytes, and what answers to it here.
pub fn linux(facts: &Facts<'_>) -> String {
    let title =
        "What a module that was compiled for Linux takes for granted, and what it finds here";
    let mut drawing = Drawing::new(720, 330, title);
    let word = |name, line, mark| facts.word(name, line, mark);
    let text = |name: &str| facts.blocks.get(name).map_or("", String::as_str);
    let release = word("linux modinfo", "vermagic", "vermagic");
    let crc = word("linux crc", "module_layout", ", not");
    let crc = crc.trim_end_matches('.');
    let load = code(text("linux dis"), "lgrl");
    let slot = short(&word("linux got", "crc16_table", ""));
    let offset = code(text("linux per-CPU"), "952");
    let copy = word("linux lowcore", "0x3b8", "0x3b8");
    let branch = code(text("linux branches"), "jg ");
    let warn = code(text("linux monitor call"), "mc ");
    let place = word("linux warning", "WARNING", " at ");
    let line = word("linux warning", "WARNING", &format!("{place}:"));
    let file = place.rsplit('/').next().unwrap_or_default();
    drawing.text((20, 24), "h", "in the file");
    drawing.text((430, 24), "h", "here");
    let rows = [
        ("a release", &*release, "the loader compares it", "vermagic"),
        (
            "types, as a number",
            crc,
            "CRC of module_layout:",
            "a provider has the same",
        ),
        (
            "a slot for what is far",
            &load,
            "GOT, made by the loader:",
            &slot,
        ),
        (
            "an offset at byte 952",
            &offset,
            "lowcore of CPU 1:",
            &short(&copy),
        ),
        (
            "a branch that is switched",
            &branch,
            "by a key the loader makes it:",
            "c0 f4, or c0 04",
        ),
        (
            "a warning",
            &warn,
            "program check, then a table:",
            &format!("{file}:{line}"),
        ),
    ];
    for ((what, bytes, met, value), index) in rows.into_iter().zip(0u32..) {
        let y = 36 + 48 * index;
        drawing.boxed((20, y), (350, 40), "b");
        drawing.text((30, y + 17), "", what);
        drawing.text((30, y + 33), "n", bytes);
        drawing.arrow((370, y + 20), (428, y + 20));
        drawing.boxed((430, y), (270, 40), "c");
        drawing.text((440, y + 17), "", met);
        drawing.text((440, y + 33), "n", value);
    }
    drawing.end()
}

/// The bytes of the first line of a disassembly with this in it.
fn code(text: &str, mark: &str) -> String {
    let line = text.lines().find(|line| line.contains(mark));
    let line = line.unwrap_or_default();
    let (_, rest) = line.split_once(": ").unwrap_or_default();
    let words: Vec<&str> = rest.split_whitespace().collect();
    let is_byte = |word: &&&str| word.len() == 2 && word.bytes().all(|it| it.is_ascii_hexdigit());
    let count = words.iter().take_while(is_byte).count();
    words[..count].join(" ")
}
