//! Pictures of what lies where.

use super::facts::{Facts, short};
use crate::verbs::book::svg::Drawing;

/// Where things lie.
pub fn map(facts: &Facts<'_>) -> String {
    let title = "Where things lie: per-CPU memory low, modules 2 TiB away, and the reach of larl";
    let mut drawing = Drawing::new(720, 330, title);
    let rows = [
        ("kernel text", "kernel text", "d"),
        (
            "kernel rodata and per-CPU template",
            "per-CPU template: the handles",
            "b",
        ),
        ("per-CPU first chunk", "first chunk: the copies", "a"),
        ("per-CPU region", "region of the other chunks", "a"),
        ("vmalloc region, modules", "modules", "c"),
    ];
    for ((part, name, colour), y) in rows.into_iter().zip([20, 70, 120, 170, 250]) {
        let (from, to) = facts.part(part);
        drawing.boxed((250, y), (240, 40), colour);
        drawing.text((370, y + 25), "m", name);
        drawing.text((240, y + 14), "n e", &from);
        drawing.text((240, y + 36), "n e", &to);
    }
    drawing.dashed((250, 230), (490, 230));
    drawing.text((500, 234), "", "2 TiB, less what lies below");
    drawing.arrow((540, 268), (540, 240));
    drawing.text((550, 262), "s", "larl: 4 GiB, and no further");
    drawing.arrow((620, 285), (500, 285));
    drawing.text((550, 300), "s", "a slot is in reach");
    drawing.text(
        (360, 316),
        "s m",
        "not to scale: the gap is 500 times what larl reaches",
    );
    drawing.end()
}

/// The lines of boot.
pub fn boot_steps(facts: &Facts<'_>) -> String {
    let steps = [
        ("machine: ", "what the service processor says"),
        (
            "percpu: ",
            "the first chunk is made, and the template copied",
        ),
        ("map: ", "where everything lies"),
        ("distance: ", "how far modules are"),
        ("smp: ", "the other CPUs, each with its lowcore"),
    ];
    let title = "The steps of boot, in the order of their lines";
    let mut drawing = Drawing::new(720, 30 + 54 * steps.len() as u32, title);
    for ((start, what), index) in steps.into_iter().zip(0..) {
        let y = 20 + 54 * index;
        drawing.boxed((20, y), (680, 40), if index % 2 == 0 { "a" } else { "c" });
        drawing.text((30, y + 16), "h", what);
        let mut lines = facts.boot.iter();
        let found = lines.find(|line| line.starts_with(start));
        // What is behind the first semicolon would be wider than the box.
        let found = found.and_then(|line| line.split(';').next());
        drawing.text((30, y + 33), "n s", found.unwrap_or_default());
        if index > 0 {
            drawing.arrow((360, y - 14), (360, y));
        }
    }
    drawing.end()
}

/// Byte 816 on two CPUs.
pub fn lowcore(facts: &Facts<'_>) -> String {
    let title = "Real address 816 is another byte of absolute memory on each CPU";
    let mut drawing = Drawing::new(720, 220, title);
    drawing.boxed((20, 80), (180, 50), "c");
    drawing.text((30, 110), "n", "lg %r1,816");
    for (cpu, y) in [(0usize, 20), (1, 130)] {
        let text = facts.blocks.get("cpus").map_or("", String::as_str);
        let rows = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut rows = rows.filter(|words| words.first() == Some(&cpu.to_string().as_str()));
        let row = rows.next().unwrap_or_default();
        let prefix = short(row.get(3).unwrap_or(&"?"));
        let offset = short(row.get(4).unwrap_or(&"?"));
        drawing.arrow((200, 105), (268, y + 35));
        drawing.text(
            (
                if cpu == 0 { 120 } else { 150 },
                if cpu == 0 { 66 } else { 156 },
            ),
            "s",
            &format!("on CPU {cpu}"),
        );
        drawing.boxed((270, y), (430, 70), "a");
        drawing.text((280, y + 20), "h", &format!("CPU {cpu}'s lowcore"));
        drawing.text(
            (280, y + 40),
            "",
            "absolute address of its first byte, the prefix:",
        );
        drawing.text((690, y + 40), "n e", &prefix);
        drawing.text((280, y + 60), "", "in byte 816, the per-CPU offset:");
        drawing.text((690, y + 60), "n e", &offset);
    }
    drawing.end()
}

/// The template and the units.
pub fn template(facts: &Facts<'_>) -> String {
    let title = "The template in the kernel's image, and the units that it is copied to";
    let mut drawing = Drawing::new(720, 230, title);
    let sizes = |letter: char| {
        let line = facts.blocks.get("embed").map_or("", String::as_str);
        let mut words = line.split_whitespace();
        let found = words.find(|word| word.starts_with(letter) && word[1..].parse::<u32>().is_ok());
        found.map_or("?".to_owned(), |word| word[1..].to_owned())
    };
    drawing.text((20, 24), "h", "the image");
    drawing.boxed((20, 34), (150, 50), "b");
    drawing.text((95, 56), "m", "template");
    drawing.text((95, 74), "s m", "never used itself");
    let (from, _) = facts.part("kernel rodata and per-CPU template");
    drawing.text((20, 104), "s", &format!("behind rodata, from {from}"));
    for (cpu, y) in [(0, 34), (1, 134)] {
        drawing.text((300, y - 8), "h", &format!("CPU {cpu}'s unit"));
        drawing.arrow((170, 60), (298, y + 20));
        for (part, size, x, width, colour) in [
            ("static", sizes('s'), 300, 110, "b"),
            ("reserved", sizes('r'), 410, 120, "c"),
            ("dynamic", sizes('d'), 530, 170, "a"),
        ] {
            drawing.boxed((x, y), (width, 50), colour);
            drawing.text((x + width / 2, y + 20), "m", part);
            drawing.text((x + width / 2, y + 40), "n m", &format!("{size} bytes"));
        }
    }
    drawing.text(
        (300, 210),
        "s",
        "reserved: static variables of modules; dynamic: who allocates",
    );
    drawing.end()
}

/// Two chunks.
pub fn chunks(facts: &Facts<'_>) -> String {
    let title = "Units lie at the same distance in every chunk, so one offset serves them all";
    let mut drawing = Drawing::new(720, 260, title);
    let units = |name: &str| {
        let text = facts.blocks.get(name).map_or("", String::as_str);
        let mut lines = text.lines();
        let line = lines.find(|line| line.trim_start().starts_with("units: "));
        let words: Vec<String> = line
            .unwrap_or("")
            .split([' ', ','])
            .filter(|word| word.starts_with("0x"))
            .map(short)
            .collect();
        words
    };
    for (name, head, y) in [
        ("map first", "chunk 0, the first", 40),
        ("two chunks", "chunk 1", 140),
    ] {
        let units = units(name);
        drawing.text((20, y - 10), "h", head);
        for (cpu, x) in [(0usize, 20), (1, 330)] {
            let unknown = "?".to_owned();
            let address = units.get(cpu).unwrap_or(&unknown);
            drawing.boxed((x, y), (260, 44), "a");
            drawing.text((x + 10, y + 18), "", &format!("unit of CPU {cpu}"));
            drawing.text((x + 10, y + 36), "n", &format!("from {address}"));
        }
        drawing.arrow((150, y + 56), (460, y + 56));
        let distance = match &units[..] {
            [first, second, ..] => distance(first, second),
            _ => "?".to_owned(),
        };
        drawing.text((305, y + 70), "s m", &format!("+ {distance}"));
    }
    drawing.text(
        (20, 245),
        "",
        "copy of CPU n = handle + offset[n], whichever chunk the handle is of",
    );
    drawing.end()
}

/// The pages of a unit.
pub fn allocator(facts: &Facts<'_>) -> String {
    let title = "A unit of a chunk, page by page: in use, free, and not populated";
    let mut drawing = Drawing::new(720, 130, title);
    let text = facts.blocks.get("two chunks").map_or("", String::as_str);
    let mut pages: Vec<(char, &str)> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["and", count, "more", "like", "it"] => {
                if let (Some(&last), Ok(count)) = (pages.last(), count.parse()) {
                    pages.extend(std::iter::repeat_n(last, count));
                }
            }
            [_, handle, "not", "populated"] if handle.starts_with("0x") => {
                pages.push(('d', "no page"));
            }
            [_, handle, drawn, ..] if handle.starts_with("0x") && drawn.starts_with('|') => {
                let used = drawn.contains(|it: char| it.is_ascii_alphabetic());
                pages.push(if used {
                    ('a', "in use")
                } else {
                    ('c', "empty")
                });
            }
            _ => {}
        }
    }
    drawing.text(
        (20, 24),
        "h",
        "chunk 1, one unit, behind twelve areas of a page each",
    );
    for ((colour, what), x) in pages.iter().zip((20u32..).step_by(76)) {
        drawing.boxed((x, 40), (70, 44), &colour.to_string());
        drawing.text((x + 35, 66), "m s", what);
    }
    drawing.text(
        (20, 112),
        "s",
        "every unit looks like this one: a page is there in all of them, or in none",
    );
    drawing.end()
}

/// From one address to another.
fn distance(from: &str, to: &str) -> String {
    let number = |text: &str| i128::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    match (number(from), number(to)) {
        (Some(from), Some(to)) => format!("{:#x}", to - from),
        _ => "?".to_owned(),
    }
}
