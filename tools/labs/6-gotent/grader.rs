//! Tries a student's `gotent`: places made up for the purpose, then those of a real module.
//! A line on stdout for each thing tried; tools/runner/src/verbs/lab/harness.rs reads them.

use std::panic::{self, AssertUnwindSafe};
use student::{Got, Refused, gotent};

mod student {
    include!(concat!(env!("STUDENT"), "/gotent.rs"));
}

/// Where the made-up module lies: 2 TiB.
const BASE: u64 = 0x200_0000_0000;
/// Bytes of it.
const SIZE: usize = 0x100;

fn report(right: bool, tried: &str, saw: &str, advice: &str) {
    let one_line = |text: &str| text.replace('\n', "\\n");
    let (tried, saw) = (one_line(tried), one_line(saw));
    match right {
        true => println!("right\t{tried}\t{saw}"),
        false => println!("wrong\t{tried}\t{saw}\t{}", one_line(advice)),
    }
}

/// A call of the student's: the field's bytes and how it ended; a panic is reported.
struct Call {
    result: Result<(), Refused>,
    field: [u8; 4],
    code: Vec<u8>,
}

fn call(
    tried: &str,
    got: &mut Got,
    place: usize,
    (symbol, value): (u32, u64),
    addend: i64,
) -> Option<Call> {
    let mut code = vec![0xee; SIZE];
    let done = panic::catch_unwind(AssertUnwindSafe(|| {
        gotent(&mut code, BASE, place, got, symbol, value, addend)
    }));
    match done {
        Ok(result) => Some(Call {
            result,
            field: code[place..place + 4].try_into().unwrap(),
            code,
        }),
        Err(reason) => {
            let text = reason.downcast_ref::<String>().cloned();
            let text = text.or(reason.downcast_ref::<&str>().map(|it| it.to_string()));
            let text = text.unwrap_or_default();
            let advice = "Your code panicked. An addition that overflows does that: addresses \
                and distances don't fit into i32, and a distance may be negative.";
            report(false, tried, &format!("panic: {text}"), advice);
            None
        }
    }
}

fn hex(field: [u8; 4]) -> String {
    field.map(|byte| format!("{byte:02x}")).join(" ")
}

/// What is likely behind a wrong field.
fn why_field(field: [u8; 4], distance: i64, addend: i64) -> &'static str {
    let is = |value: i64| field == (value as i32).to_be_bytes();
    if field == [0xee; 4] {
        "The field is as it was: nothing was written to code[place..place + 4]."
    } else if is(distance) {
        "You wrote bytes. The field counts halfwords: half of that."
    } else if field == ((distance / 2) as i32).to_le_bytes() {
        "The bytes are the wrong way round: s390 is big-endian, so to_be_bytes."
    } else if is((distance - addend) / 2) {
        "The addend is missing: GOT + G + A - P. The assembler put 2 there because the field \
            lies 2 bytes behind the instruction that it counts from."
    } else {
        "GOT + G + A - P, halved: G is 8 times the slot's number, P is base + place."
    }
}

fn fields(name: &str, got_at: u64, place: usize, addend: i64) -> bool {
    let mut got = Got {
        address: got_at,
        slots: Vec::new(),
    };
    let distance = got_at.wrapping_sub(BASE + place as u64) as i64 + addend;
    let expected = ((distance / 2) as i32).to_be_bytes();
    let tried = format!("{name}: place +{place:#x}, slot {distance:+#x} bytes from the instruction");
    let Some(call) = call(&tried, &mut got, place, (7, 0x26_5508), addend) else {
        return false;
    };
    let saw = match &call.result {
        Ok(()) => format!("field {}", hex(call.field)),
        Err(refused) => format!("refused: {refused:?}"),
    };
    let others = call.code.iter().filter(|byte| **byte != 0xee).count();
    if call.result.is_err() {
        report(false, &tried, &saw, "It is in reach, and even: it must be done.");
    } else if call.field != expected {
        report(false, &tried, &saw, why_field(call.field, distance, addend));
    } else if others > 4 {
        report(false, &tried, &saw, "Bytes beside the field were changed, too.");
    } else {
        report(true, &tried, &saw, "");
        return true;
    }
    false
}

fn refusals() {
    let reach = 1i64 << 32;
    for (name, distance, expected) in [
        ("the last place in reach", reach - 2, Ok(())),
        ("2 bytes further", reach, Err(Refused::OutOfReach)),
        ("the first place in reach", -reach, Ok(())),
        ("2 bytes before it", -reach - 2, Err(Refused::OutOfReach)),
        ("an odd distance", 0x1001, Err(Refused::Odd)),
    ] {
        let (place, addend) = (0x42, 2);
        let address = BASE as i64 + place as i64 + distance - addend;
        let mut got = Got {
            address: address as u64,
            slots: Vec::new(),
        };
        let tried = format!("{name}: a slot {distance:+#x} bytes from the instruction");
        let Some(call) = call(&tried, &mut got, place, (7, 1), addend) else {
            return;
        };
        let saw = format!("{:?}, field {}", call.result, hex(call.field));
        let advice = match (&expected, &call.result) {
            (Err(_), Ok(())) => {
                "It can't be encoded in that field, and was written all the same, cut off: the \
                 module would jump or load from anywhere. Compare before you write: \
                 i32::try_from, and the last bit."
            }
            (Ok(()), Err(_)) => "It can be encoded: -2^31 to 2^31 - 1 halfwords.",
            _ => "Another reason is due.",
        };
        let kept = expected.is_ok() || call.field == [0xee; 4];
        report(call.result == expected && kept, &tried, &saw, advice);
    }
}

fn slots() {
    let mut got = Got {
        address: BASE + 0x80,
        slots: Vec::new(),
    };
    let tried = "two variables, and the first again: which slots there are then";
    for (place, symbol, value) in [(0x12, 3, 0x26_5508), (0x22, 4, 0x26_5510), (0x32, 3, 0x26_5508)] {
        if call(tried, &mut got, place, (symbol, value), 2).is_none() {
            return;
        }
    }
    let expected = [(3, 0x26_5508), (4, 0x26_5510)];
    let listed = got.slots.iter().map(|(symbol, value)| format!("{symbol}: {value:#x}"));
    let saw = listed.collect::<Vec<_>>().join(", ");
    let advice = if got.slots.len() > 2 {
        "A symbol has one slot, however many instructions ask for it. Look for it first. (A \
            loader counts slots before layout: it couldn't make room for one more afterwards.)"
    } else if got.slots.iter().any(|(_, value)| [0x26_550a, 0x26_5512].contains(value)) {
        "The slot holds the symbol's value alone. The addend belongs to the distance."
    } else if got.slots.is_empty() {
        "No slot was made: push (symbol, value)."
    } else {
        "A slot for each symbol, in the order in which they came, with the symbol's value."
    };
    report(got.slots == expected, tried, &saw, advice);
}

/// The module's own relocations, given by the runner.
fn real(cases: &str) {
    let mut lines = cases.lines();
    let numbers = |line: &str| -> Vec<i64> {
        let words = line.split_whitespace();
        words.filter_map(|word| word.parse().ok()).collect()
    };
    let head = lines.next().map(numbers).unwrap_or_default();
    let [base, got_at] = head[..] else {
        return;
    };
    let cases: Vec<Vec<i64>> = lines.map(numbers).collect();
    let mut slots: Vec<(i64, i64)> = cases.iter().map(|case| (case[2], case[1])).collect();
    slots.sort();
    slots.dedup();
    let mut same = 0;
    let mut first_wrong = None;
    let mut code = vec![0; 1 << 16];
    let mut got = Got {
        address: (base + got_at) as u64,
        slots: Vec::new(),
    };
    // As the loader made them: a slot that no GOTENT asks for has nobody's number.
    for (slot, value) in &slots {
        while (got.slots.len() as i64) < (slot - got_at) / 8 {
            got.slots.push((u32::MAX, 0));
        }
        got.slots.push((*slot as u32, *value as u64));
    }
    for case in &cases {
        let (place, value, slot, result) = (case[0] as usize, case[1] as u64, case[2], case[3]);
        let done = panic::catch_unwind(AssertUnwindSafe(|| {
            gotent(&mut code, base as u64, place, &mut got, slot as u32, value, 2)
        }));
        let field = i32::from_be_bytes(code[place..place + 4].try_into().unwrap());
        match done.is_ok_and(|it| it.is_ok()) && i64::from(field) * 2 == result {
            true => same += 1,
            false => first_wrong = first_wrong.or(Some((place, i64::from(field) * 2, result))),
        }
    }
    let tried = format!(
        "the {} GOTENT relocations of counter.ko, beside what the kernel's loader wrote",
        cases.len()
    );
    match first_wrong {
        None => report(same > 0, &tried, &format!("{same} the same"), "There were none."),
        Some((place, yours, loaders)) => report(
            false,
            &tried,
            &format!("at +{place:#x} yours is {yours:+#x} bytes, the loader's {loaders:+#x}"),
            "The GOT was full already, and each symbol has its slot there: use it.",
        ),
    }
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    let mut plain = fields("a slot behind the code", BASE + 0x2438, 0xd2, 2);
    plain &= fields("a slot before the code", BASE - 0x1000, 0x42, 2);
    // What follows would be wrong for the same reason.
    if plain {
        slots();
        refusals();
        real(&std::env::args().nth(1).unwrap_or_default());
    }
}
