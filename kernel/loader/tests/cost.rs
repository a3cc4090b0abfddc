//! The cost of loading is linear: in relocations, in symbols, in slots, in exports,
//! in sections.
//!
//! A CPU's time sees caches and neighbours too, so only what grows with the square
//! is sure to show: a hundred times as much of everything may take a thousand times
//! as long, and would take ten thousand.

mod common;

use common::builder::*;
use common::{BASE, cpu_time, load};
use std::time::Duration;

const GLOBAL: u8 = 0x10;
const GLOBAL_OBJECT: u8 = 0x11;
const OBJECT: u8 = 1;
const SECTION: u8 = 3;
const R_390_64: u32 = 22;
const R_390_GOTENT: u32 = 26;
const R_390_PLT32DBL: u32 = 20;

/// The shortest of a few runs.
fn time(data: &[u8]) -> Duration {
    let run = || {
        let begin = cpu_time();
        let loaded = load(data, BASE, |_| Some(0x10_0000)).unwrap();
        // What the kernel's log and its registry ask for.
        let asked = loaded.linked.variables().count() + loaded.linked.exports().len();
        std::hint::black_box(asked);
        cpu_time() - begin
    };
    (0..5).map(|_| run()).min().unwrap()
}

fn is_linear(what: &str, most: u64, module: impl Fn(u64) -> Vec<u8>) {
    let counts = [most / 100, most / 10, most];
    let times = counts.map(|count| time(&module(count)));
    let each = |index: usize| times[index].as_nanos() / u128::from(counts[index]);
    println!(
        "{what}: {:?} ns each of {counts:?}",
        [each(0), each(1), each(2)]
    );
    assert!(times[2] < times[0] * 1000, "{what}: {times:?}");
}

#[test]
fn relocations() {
    is_linear("relocations", 100_000, |count| {
        let mut builder = Builder::new();
        let data = builder.section(".data", DATA, 8, vec![0; 8 * count as usize]);
        let far = builder.symbol("far", GLOBAL, 0, 0, 0);
        builder.relocations(data, (0..count).map(|index| (8 * index, R_390_64, far, 0)));
        builder.finish()
    });
}

#[test]
fn calls_of_as_many_functions() {
    is_linear("calls, each of another function", 100_000, |count| {
        let mut builder = Builder::new();
        let text = builder.section(".text", TEXT, 8, vec![0; 6 * count as usize]);
        let symbols: Vec<_> = (0..count)
            .map(|index| builder.symbol(&format!("f{index}"), GLOBAL, 0, 0, 0))
            .collect();
        let call = |(index, &symbol): (u64, &u32)| (6 * index + 2, R_390_PLT32DBL, symbol, 2);
        builder.relocations(text, (0..).zip(&symbols).map(call));
        builder.finish()
    });
}

#[test]
fn variables_by_section_symbol() {
    is_linear("per-CPU variables, each with a slot", 100_000, |count| {
        let mut builder = Builder::new();
        let text = builder.section(".text", TEXT, 8, vec![0; 6 * count as usize]);
        let data = builder.section(".data..percpu", DATA, 8, vec![0; 8 * count as usize]);
        let section = builder.symbol("", SECTION, data as u16, 0, 0);
        for index in 0..count {
            builder.symbol(&format!("v{index}"), OBJECT, data as u16, 8 * index, 8);
        }
        let load = |index| {
            let offset = 8 * index as i64;
            (6 * index + 2, R_390_GOTENT, section, offset + 2)
        };
        builder.relocations(text, (0..count).rev().map(load));
        builder.finish()
    });
}

#[test]
fn exports() {
    is_linear("exports", 50_000, |count| {
        let mut builder = Builder::new();
        let data = builder.section(".data", DATA, 8, vec![0; 8 * count as usize]);
        let table = builder.section("__ksymtab", ALLOC, 8, vec![0; 8 * count as usize]);
        for index in 0..count {
            let name = format!("__ksymtab_v{index}");
            builder.symbol(&name, 0, table as u16, 8 * index, 0);
        }
        for index in 0..count {
            let name = format!("v{index}");
            builder.symbol(&name, GLOBAL_OBJECT, data as u16, 8 * index, 8);
        }
        builder.finish()
    });
}

#[test]
fn sections() {
    is_linear("sections, each with a relocation", 30_000, |count| {
        let mut builder = Builder::new();
        for index in 0..count {
            let section = builder.section(&format!(".data.{index}"), DATA, 8, vec![0; 8]);
            let symbol = builder.symbol("", SECTION, section as u16, 0, 0);
            builder.relocations(section, [(0, R_390_64, symbol, 0)]);
        }
        builder.finish()
    });
}
