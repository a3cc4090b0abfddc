//! Pictures of instructions, and of what they cost and reach.

use super::facts::{Facts, short};
use crate::verbs::book::costs::Cost;
use crate::verbs::book::svg::Drawing;

/// What a shared counter costs.
pub fn why(cost: &Cost) -> String {
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

/// From an instruction to each copy.
pub fn hop(facts: &Facts<'_>) -> String {
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

/// A PSW.
pub fn psw(facts: &Facts<'_>) -> String {
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
    drawing.text((20, 30), "h", "mask: what may interrupt it");
    drawing.text((320, 30), "h", "address: what runs next");
    drawing.text(
        (20, 105),
        "s",
        "here: external interruptions off (bit 7 is 0), 64-bit addresses (bits 31 and 32 are 1)",
    );
    drawing.end()
}

/// A slot.
pub fn slot(facts: &Facts<'_>) -> String {
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

/// An instruction's bytes.
pub fn field(facts: &Facts<'_>) -> String {
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

/// The reach of each machine.
pub fn machines(facts: &Facts<'_>) -> String {
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
        match gib(line) {
            Some(reach) => drawing.bar((120, y), 300, (reach, 4)),
            None => drawing.dashed((120, y + 11), (420, y + 11)),
        }
        drawing.text((430, y + 14), "", line);
    }
    drawing.end()
}

/// The GiB that a linker's edge is nearest to, of `from 4 GiB below to 4 GiB above`.
fn gib(line: &str) -> Option<u64> {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["from", number, "GiB", ..] => number.parse().ok(),
        ["from", number, "MiB", ..] => number.parse().ok().map(|mib: u64| (mib + 512) >> 10),
        _ => None,
    }
}

/// Where an interruption may come.
pub fn interrupts(facts: &Facts<'_>) -> String {
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
