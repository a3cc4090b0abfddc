//! The book's pictures: schemes whose numbers are a run's.
//!
//! Nothing is drawn to scale but bars, so a picture of another build differs in its numbers
//! alone.

use super::costs::Cost;
use super::svg::Drawing;
use crate::verbs::blocks::Blocks;
use std::collections::BTreeMap;

/// All pictures, by name.
pub fn all(boot: &[String], blocks: &Blocks, cost: &Cost) -> BTreeMap<&'static str, String> {
    let facts = Facts { boot, blocks };
    BTreeMap::from([
        ("why", why(cost)),
        ("map", map(&facts)),
        ("hop", hop(&facts)),
        ("psw", psw(&facts)),
        ("boot", boot_steps(&facts)),
        ("lowcore", lowcore(&facts)),
        ("template", template(&facts)),
        ("chunks", chunks(&facts)),
        ("allocator", allocator(&facts)),
        ("slot", slot(&facts)),
        ("field", field(&facts)),
        ("machines", machines(&facts)),
        ("interrupts", interrupts(&facts)),
    ])
}

/// What a run says, to be looked up.
struct Facts<'a> {
    boot: &'a [String],
    blocks: &'a Blocks,
}

impl Facts<'_> {
    /// The word behind `mark` in a listing's line that contains `line`.
    fn word(&self, name: &str, line: &str, mark: &str) -> String {
        let text = self.blocks.get(name).map_or("", String::as_str);
        let mut lines = text.lines().filter(|it| it.contains(line));
        let found = lines.find_map(|it| Some(it.split_once(mark)?.1.trim_start()));
        let word = found.and_then(|it| it.split([' ', ',', ':']).find(|it| !it.is_empty()));
        word.unwrap_or("?").to_owned()
    }

    /// A word of a row of `pcpu`, by CPU and column.
    fn pcpu(&self, name: &str, cpu: usize, column: usize) -> String {
        let text = self.blocks.get(name).map_or("", String::as_str);
        let mut rows = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let row = rows.find(|words| words.len() == 5 && words[0] == cpu.to_string());
        row.map_or("?".to_owned(), |words| short(words[column]))
    }

    /// Start and end of a part of the map.
    fn part(&self, name: &str) -> (String, String) {
        let mut lines = self.boot.iter();
        let found = lines.find_map(|line| {
            let (range, what) = line.strip_prefix("map: ")?.split_once(' ')?;
            (what == name).then(|| range.split_once(".."))?
        });
        found.map_or(("?".into(), "?".into()), |(from, to)| {
            (short(from), short(to))
        })
    }
}

/// An address without its leading zeros.
fn short(address: &str) -> String {
    match address.strip_prefix("0x") {
        Some(digits) => {
            let digits = digits.trim_start_matches('0');
            format!("0x{}", if digits.is_empty() { "0" } else { digits })
        }
        None => address.to_owned(),
    }
}

fn why(cost: &Cost) -> String {
    let title = "Ten thousand increments on this host: one thread, two threads with a counter each, \
                 two threads with one counter";
    let mut drawing = Drawing::new(720, 150, title);
    let most = cost.shared.max(cost.own).max(cost.alone).max(1);
    let rows = [
        ("one thread", cost.alone),
        ("two, a counter each", cost.own),
        ("two, one counter", cost.shared),
    ];
    for ((name, time), y) in rows.into_iter().zip([25, 65, 105]) {
        drawing.text((150, y + 14), "e", name);
        drawing.bar((160, y), 430, (time, most));
        drawing.text((600, y + 14), "n", &format!("{time} ns"));
    }
    drawing.end()
}

fn map(facts: &Facts<'_>) -> String {
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

fn hop(facts: &Facts<'_>) -> String {
    let title = "The way from an instruction by its slot and the handle to each CPU's copy";
    let mut drawing = Drawing::new(720, 270, title);
    let place = short(&facts.word("dis", "lgrl", ""));
    let slot = facts.word("pcpu", "counter::HITS of", "GOT slot");
    let handle = facts.word("pcpu", "counter::HITS of", "handle");
    drawing.boxed((20, 20), (200, 60), "c");
    drawing.text((30, 42), "n", "lgrl %r0,slot");
    drawing.text((30, 66), "n s", &format!("at {place}"));
    drawing.arrow((220, 50), (268, 50));
    drawing.boxed((270, 20), (180, 60), "c");
    drawing.text((280, 42), "", "GOT slot, 8 bytes");
    drawing.text((280, 66), "n s", &format!("at {slot}"));
    drawing.arrow((450, 50), (498, 50));
    drawing.boxed((500, 20), (200, 60), "b");
    drawing.text((510, 42), "", "the handle");
    drawing.text((510, 66), "n", &handle);
    for (cpu, x) in [(0, 120), (1, 420)] {
        let offset = facts.pcpu("pcpu", cpu, 1);
        let copy = facts.pcpu("pcpu", cpu, 2);
        drawing.arrow((600, 80), (x + 100, 118));
        drawing.boxed((x, 120), (200, 50), "d");
        drawing.text(
            (x + 10, 140),
            "",
            &format!("+ offset of CPU {cpu}, byte 816"),
        );
        drawing.text((x + 10, 160), "n", &offset);
        drawing.arrow((x + 100, 170), (x + 100, 198));
        drawing.boxed((x, 200), (200, 50), "a");
        drawing.text((x + 10, 220), "", &format!("CPU {cpu}'s copy"));
        drawing.text((x + 10, 240), "n", &copy);
    }
    drawing.end()
}

fn psw(facts: &Facts<'_>) -> String {
    let title = "A PSW: a mask of 64 bits, and the address of the next instruction";
    let mut drawing = Drawing::new(720, 130, title);
    let line = "0x1b0 new PSW, external";
    let text = facts.blocks.get("lowcore").map_or("", String::as_str);
    let row = text.lines().find(|it| it.contains(line)).unwrap_or("");
    let words: Vec<&str> = row.split_whitespace().collect();
    let [.., mask, address, name] = words[..] else {
        return drawing.end();
    };
    drawing.boxed((20, 40), (300, 40), "b");
    drawing.text((170, 65), "n m", mask);
    drawing.boxed((320, 40), (380, 40), "a");
    drawing.text((510, 65), "n m", &format!("{address}  {name}"));
    drawing.text((20, 30), "h", "mask: what may interrupt, and how it runs");
    drawing.text((320, 30), "h", "address: what runs next");
    drawing.text(
        (20, 105),
        "s",
        "here: external interruptions off (bit 7 is 0), 64-bit addresses (bits 31 and 32 are 1)",
    );
    drawing.end()
}

fn boot_steps(facts: &Facts<'_>) -> String {
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
        let said = lines.find(|line| line.starts_with(start));
        drawing.text((30, y + 33), "n s", said.map_or("", String::as_str));
        if index > 0 {
            drawing.arrow((360, y - 14), (360, y));
        }
    }
    drawing.end()
}

fn lowcore(facts: &Facts<'_>) -> String {
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

fn template(facts: &Facts<'_>) -> String {
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

fn chunks(facts: &Facts<'_>) -> String {
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

/// From one address to another.
fn distance(from: &str, to: &str) -> String {
    let number = |text: &str| i128::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    match (number(from), number(to)) {
        (Some(from), Some(to)) => format!("{:#x}", to - from),
        _ => "?".to_owned(),
    }
}

fn allocator(facts: &Facts<'_>) -> String {
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

fn slot(facts: &Facts<'_>) -> String {
    let title = "What a slot of the global offset table is for";
    let mut drawing = Drawing::new(720, 200, title);
    let far = facts.word("pcpu", "counter::HITS of", "handle");
    let slot = facts.word("pcpu", "counter::HITS of", "GOT slot");
    let place = short(&facts.word("dis", "lgrl", ""));
    drawing.boxed((20, 30), (420, 140), "d");
    drawing.text((30, 50), "h", "the module, and what the loader added");
    drawing.boxed((40, 66), (160, 50), "c");
    drawing.text((50, 86), "", "text");
    drawing.text((50, 104), "n s", &format!("lgrl at {place}"));
    drawing.boxed((250, 66), (170, 50), "b");
    drawing.text((260, 86), "", "GOT, in rodata");
    drawing.text((260, 104), "n s", &slot);
    drawing.arrow((200, 90), (248, 90));
    drawing.text(
        (40, 145),
        "s",
        "the distance in between is known when all is laid out",
    );
    drawing.boxed((540, 66), (160, 50), "a");
    drawing.text((550, 86), "", "the handle");
    drawing.text((550, 104), "n", &far);
    drawing.arrow((420, 90), (538, 90));
    drawing.text((480, 82), "s m", "64 bits: no limit");
    drawing.end()
}

fn field(facts: &Facts<'_>) -> String {
    let title = "The six bytes of an lgrl: operation, register, and a distance in halfwords";
    let mut drawing = Drawing::new(720, 170, title);
    let text = facts.blocks.get("dis").map_or("", String::as_str);
    let line = text
        .lines()
        .find(|line| line.contains("lgrl"))
        .unwrap_or("");
    let (place, rest) = line.split_once(": ").unwrap_or(("?", ""));
    let bytes: Vec<&str> = rest.split_whitespace().take(6).collect();
    if bytes.len() < 6 {
        return drawing.end();
    }
    let field = i64::from_str_radix(&bytes[2..].concat(), 16).unwrap_or_default();
    let field = i64::from(field as u32 as i32);
    let place_number = i64::from_str_radix(place.trim_start_matches("0x"), 16).unwrap_or_default();
    for (byte, index) in bytes.iter().zip(0u32..) {
        let colour = if index < 2 { "c" } else { "b" };
        drawing.boxed((20 + 70 * index, 30), (66, 40), colour);
        drawing.text((53 + 70 * index, 55), "n m", byte);
    }
    drawing.text((20, 22), "s", "operation, register");
    drawing.text(
        (160, 22),
        "s",
        "32 signed bits, the first byte the most significant",
    );
    drawing.text(
        (20, 100),
        "n",
        &format!(
            "{} + 2 * {field:#x} = {:#x}",
            short(place),
            place_number + 2 * field
        ),
    );
    drawing.text(
        (20, 124),
        "",
        "the instruction's address, plus the halfwords doubled: the slot",
    );
    drawing.text(
        (20, 150),
        "s",
        "R_390_GOTENT: GOT + G + A - P, halved; the place P is 2 bytes on, and so is A",
    );
    drawing.end()
}

fn machines(facts: &Facts<'_>) -> String {
    let names = [
        "s390x",
        "alpha",
        "riscv64",
        "arm64",
        "x86-64",
        "loongarch64",
    ];
    let title = "How far each machine's instruction for a variable of its own reaches";
    let mut drawing = Drawing::new(720, 40 + 30 * names.len() as u32, title);
    for (name, index) in names.into_iter().zip(0u32..) {
        let y = 30 + 30 * index;
        drawing.text((110, y + 14), "e", name);
        let text = facts.blocks.get(name).map_or("", String::as_str);
        let line = text.lines().last().unwrap_or("not here");
        let line = line
            .strip_prefix("the linker takes the plain one ")
            .unwrap_or(line);
        drawing.boxed((120, y), (580, 22), if index % 2 == 0 { "a" } else { "d" });
        drawing.text((130, y + 15), "", line);
    }
    drawing.end()
}

fn interrupts(facts: &Facts<'_>) -> String {
    let title = "Where an interruption may come between the instructions of an access";
    let text = facts.blocks.get("dis").map_or("", String::as_str);
    let code = text
        .lines()
        .filter(|line| line.starts_with("0x") && !line.ends_with("]:"));
    let code: Vec<&str> = code.collect();
    let mut drawing = Drawing::new(720, 60 + 44 * code.len() as u32, title);
    let means = [
        "the handle: the same number before and after",
        "this CPU's offset: code stays on its CPU, so it stays right",
        "the copy's address",
        "load, add and store in one: nothing comes between",
    ];
    for ((line, means), index) in code.iter().zip(means).zip(0u32..) {
        let y = 30 + 44 * index;
        let rest = line.split_once(": ").map_or("", |(_, rest)| rest);
        let words: Vec<&str> = rest.split_whitespace().collect();
        let is_byte =
            |word: &&&str| word.len() == 2 && word.bytes().all(|it| it.is_ascii_hexdigit());
        let count = words.iter().take_while(is_byte).count();
        let end = words
            .iter()
            .position(|word| *word == ";")
            .unwrap_or(words.len());
        drawing.boxed((20, y), (220, 28), if index == 3 { "c" } else { "d" });
        drawing.text((30, y + 19), "n", &words[count.min(end)..end].join(" "));
        drawing.text((260, y + 19), "", means);
        if index < 3 {
            drawing.dashed((20, y + 36), (240, y + 36));
        }
    }
    drawing.text(
        (20, 50 + 44 * code.len() as u32),
        "s",
        "dashed: a handler may run here, and count in the same copy",
    );
    drawing.end()
}
