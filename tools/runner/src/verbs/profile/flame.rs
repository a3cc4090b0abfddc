//! The flame graph: a box for each function in each way that it was called, as wide as the
//! instructions executed in it and below it; callers above what they call.
//!
//! A static SVG: a browser shows a box's title where the pointer is.

use super::counts::Counts;
use super::names::Names;
use super::table::tenths;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Of the picture, in pixels.
const WIDTH: f64 = 1200.0;
const ROW: usize = 18;
const HEADER: usize = 28;
/// Of a letter, about.
const LETTER: f64 = 6.6;
/// A narrower box isn't drawn.
const NARROWEST: f64 = 0.3;

/// A function as called by those above it.
#[derive(Default)]
struct Node {
    instructions: u64,
    calls: BTreeMap<String, Node>,
}

/// A box of the picture.
struct Drawn<'a> {
    name: &'a str,
    node: &'a Node,
    depth: usize,
    /// Instructions to the left of it.
    left: u64,
}

fn tree(counts: &Counts, names: &Names) -> Node {
    let mut known: BTreeMap<u64, String> = BTreeMap::new();
    let mut name = |address| {
        known
            .entry(address)
            .or_insert_with(|| names.name(address))
            .clone()
    };
    let mut root = Node::default();
    for count in counts.counts.iter().filter(|count| count.instructions != 0) {
        let mut node = &mut root;
        node.instructions += count.instructions;
        // A call may be its function's last instruction.
        let callers = counts.return_addresses(count);
        let callers = callers.into_iter().map(|address| address - 1);
        for address in callers.chain([count.address]) {
            node = node.calls.entry(name(address)).or_default();
            node.instructions += count.instructions;
        }
    }
    root
}

/// The graph as a document.
pub fn svg(counts: &Counts, names: &Names, title: &str) -> String {
    let root = tree(counts, names);
    let scale = WIDTH / root.instructions.max(1) as f64;
    let mut boxes = Vec::new();
    let mut left_to_draw = vec![Drawn {
        name: "all",
        node: &root,
        depth: 0,
        left: 0,
    }];
    while let Some(next) = left_to_draw.pop() {
        if next.node.instructions as f64 * scale < NARROWEST {
            continue;
        }
        let mut left = next.left;
        for (name, node) in &next.node.calls {
            let depth = next.depth + 1;
            left_to_draw.push(Drawn {
                name,
                node,
                depth,
                left,
            });
            left += node.instructions;
        }
        boxes.push(next);
    }
    let deepest = boxes.iter().map(|drawn| drawn.depth).max().unwrap_or(0);
    let height = HEADER + (deepest + 1) * ROW;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"monospace\" font-size=\"11\">\n\
         <text x=\"4\" y=\"18\">{}: {} instructions</text>\n",
        escaped(title),
        root.instructions
    );
    for drawn in &boxes {
        write_box(&mut text, drawn, scale, root.instructions);
    }
    text.push_str("</svg>\n");
    text
}

fn write_box(text: &mut String, drawn: &Drawn<'_>, scale: f64, total: u64) {
    let instructions = drawn.node.instructions;
    let (x, width) = (drawn.left as f64 * scale, instructions as f64 * scale);
    let y = HEADER + drawn.depth * ROW;
    let share = tenths(instructions, total);
    let letters = ((width - 4.0) / LETTER) as usize;
    let label: String = match letters {
        0..3 => String::new(),
        _ => drawn.name.chars().take(letters).collect(),
    };
    // Writing to a string can't fail.
    let _ = writeln!(
        text,
        "<g><title>{}: {instructions} instructions, {}.{} %</title>\
         <rect x=\"{x:.2}\" y=\"{y}\" width=\"{width:.2}\" height=\"{}\" rx=\"1\" fill=\"{}\"/>\
         <text x=\"{:.2}\" y=\"{}\">{}</text></g>",
        escaped(drawn.name),
        share / 10,
        share % 10,
        ROW - 1,
        colour(drawn.name),
        x + 2.0,
        y + 13,
        escaped(&label),
    );
}

/// A function has one colour wherever it is.
fn colour(name: &str) -> String {
    let sum = name.bytes().fold(7u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    format!("hsl({}, 85%, {}%)", 12 + sum % 40, 62 + sum / 64 % 14)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callee_lies_below_its_caller() {
        let map = "0000000000000064 T outer\n00000000000000c8 T inner<T>\n0000000000000200 R end\n";
        // `outer` calls by its last instruction, before `inner`.
        let text = "part 40\nframe 1 0 200\ncount 0 100 10\ncount 1 200 30\nwhole\n";
        let counts = Counts::parse(text).unwrap();
        let names = Names::of_kernel(map);
        let root = tree(&counts, &names);
        assert_eq!(root.instructions, 40);
        assert_eq!(root.calls["outer"].instructions, 40);
        assert_eq!(root.calls["outer"].calls["inner<T>"].instructions, 30);
        let svg = svg(&counts, &names, "a & b");
        assert!(svg.contains("<title>inner&lt;T&gt;: 30 instructions, 75.0 %</title>"));
        assert!(svg.contains("a &amp; b: 40 instructions"));
        assert_eq!(svg.matches("<rect").count(), 3);
    }
}
