//! The tool as a person calls it: exit codes, streams, files.
//!
//! The modules are assembled here, by GNU as; without it these tests are ignored.

use assembler::{Assembler, tests};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A function that calls another module's, reads a per-CPU variable through its
/// GOT slot, and is exported.
const GOOD: &str = r#"
    .section .modinfo,"a"
    .asciz "name=good"
    .asciz "license=MIT"
    .text
    .globl f
    .type f, @function
f:  brasl %r14,elsewhere@PLT
    lgrl %r1,v@GOTENT
    br %r14
    .size f, .-f
    .section __ksymtab,"a"
__ksymtab_f: .quad f
    .section .data..percpu,"aw"
    .balign 8
    .type v, @object
v:  .quad 7
    .size v, 8
    .bss
    .skip 100
"#;

/// A variable that `larl` can't reach.
const FAR: &str = "larl %r1,v\n.section .data..percpu,\"aw\"\nv: .quad 0\n";

/// Assembles into a file of the test's own folder.
fn assemble(assembler: &Assembler, test: &str, name: &str, source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).unwrap();
    let output = folder.join(format!("{name}.ko"));
    assembler.assemble_to(&output, source);
    output
}

fn run(arguments: &[&str], files: &[&Path]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kmod-inspect"))
        .args(arguments)
        .args(files)
        .output()
        .unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn wrong_usage_ends_with_2() {
    for (arguments, words) in [
        (&["--colour"][..], "Usage:"),
        (&[], "Usage:"),
        (&["--base", "x", "a.ko"], "expected a decimal number"),
    ] {
        let (code, stdout, stderr) = run(arguments, &[]);
        assert_eq!(code, Some(2));
        assert!(stdout.is_empty() && stderr.contains(words), "{stderr}");
    }
    let (code, stdout, _) = run(&["--help"], &[]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("Examples:") && stdout.contains("--unresolved"));
}

fn the_report_names_what_a_person_looks_for(assembler: &Assembler) {
    let file = assemble(assembler, "report", "good", GOOD);
    let (code, stdout, stderr) = run(&["--unresolved", "0x100000"], &[&file]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    for word in [
        "module good",
        "license      MIT",
        "sections",
        "imports",
        "exports",
        "layout",
        "relocations",
        "R_390_PLT32DBL elsewhere+2 = 0x100000 through stub 0x",
        "R_390_GOTENT v+2 = 0x200000 through slot 0x",
        "0x20000000000",
    ] {
        assert!(stdout.contains(word), "{word}: {stdout}");
    }
    assert!(!stdout.contains('\x1b'), "colours into a pipe");
}

fn an_import_that_nobody_exports_is_an_error_of_its_own(assembler: &Assembler) {
    let file = assemble(assembler, "unresolved", "good", GOOD);
    let (code, stdout, stderr) = run(&[], &[&file]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("unknown symbol elsewhere"), "{stderr}");
    assert!(stdout.contains("elsewhere"), "what is known is shown");
    let map = file.with_extension("map");
    std::fs::write(&map, "0000000000123456 T elsewhere\n").unwrap();
    let (code, stdout, _) = run(&["--symbols", map.to_str().unwrap()], &[&file]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("0x123456"));
    std::fs::write(&map, "0000000000123456 T\n").unwrap();
    let (code, _, stderr) = run(&["--symbols", map.to_str().unwrap()], &[&file]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("good.map:1"), "{stderr}");
}

fn what_cannot_link_ends_with_1_and_the_others_are_shown(assembler: &Assembler) {
    let good = assemble(assembler, "far", "good", GOOD);
    let far = assemble(assembler, "far", "far", FAR);
    let text = far.with_extension("txt");
    std::fs::write(&text, "no module\n").unwrap();
    let (code, stdout, stderr) = run(&["--unresolved", "0"], &[&far, &text, &good]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("far.ko: .text+0x2: R_390_PC32DBL against v"),
        "{stderr}"
    );
    assert!(stderr.contains("-2047.9 GiB"), "{stderr}");
    assert!(stderr.contains("far.txt: not an ELF file"), "{stderr}");
    assert!(stdout.contains("module good"));
    let (code, _, _) = run(&["--base", "0x40000000"], &[&far]);
    assert_eq!(code, Some(0));
    let (code, _, stderr) = run(&["--unresolved", "0", "--percpu", "0x1234"], &[&good]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("aligned to 8 bytes, and 0x1234 isn't"),
        "{stderr}"
    );
    let (code, _, stderr) = run(&[], &[Path::new("/no/such/file.ko")]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("/no/such/file.ko"), "{stderr}");
}

fn what_the_kernel_does_not_start_is_named(assembler: &Assembler) {
    let source = ".data\n.globl init_module\ninit_module: lghi %r2,0\nbr %r14\n";
    let file = assemble(assembler, "start", "start", source);
    let (code, stdout, stderr) = run(&[], &[&file]);
    assert_eq!(code, Some(0), "it links");
    let words = "init_module is no function of the module: it is in section .data";
    assert!(
        stdout.contains(words) && stderr.contains(words),
        "{stdout}{stderr}"
    );
    let (_, stdout, _) = run(&["--json"], &[&file]);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert!(
        report["startup"]["refused"]
            .as_str()
            .unwrap()
            .contains(words)
    );
}

fn the_dump_is_as_the_design_has_it(assembler: &Assembler) {
    let file = assemble(assembler, "dump", "good", GOOD);
    let folder = file.with_extension("dump");
    let dump = [
        "--unresolved",
        "1048576",
        "--percpu",
        "0x80000000",
        "--dump",
    ];
    let dump = [&dump[..], &[folder.to_str().unwrap()]].concat();
    assert_eq!(run(&dump, &[&file]).0, Some(0));
    let image = std::fs::read(folder.join("image.bin")).unwrap();
    let layout = std::fs::read(folder.join("layout.json")).unwrap();
    let layout: Value = serde_json::from_slice(&layout).unwrap();
    let keys: Vec<_> = layout.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["base", "got", "module", "plt", "sections", "symbols"]
    );
    assert_eq!(layout["module"], "good");
    assert_eq!(layout["base"], 2_199_023_255_552u64);
    // brasl, lgrl, br, and what fills up a doubleword; then the stub.
    assert_eq!(layout["plt"]["address"], 2_199_023_255_552u64 + 16);
    assert_eq!(layout["plt"]["size"], 8);
    assert_eq!(layout["got"]["size"], 16);
    let sections = layout["sections"].as_array().unwrap();
    let section = |name: &str| sections.iter().find(|s| s["name"] == name).unwrap();
    assert_eq!(section(".text")["file_offset"], 0);
    assert_eq!(section(".text")["size"], 16);
    assert_eq!(section(".bss")["file_offset"], Value::Null);
    assert_eq!(section(".bss")["size"], 100);
    assert_eq!(section(".data..percpu")["address"], 0x8000_0000u64);
    let template = section(".data..percpu")["file_offset"].as_u64().unwrap() as usize;
    assert_eq!(image[template..][..8], 7u64.to_be_bytes());
    let symbols = layout["symbols"].as_array().unwrap();
    let symbol = |name: &str| symbols.iter().find(|s| s["name"] == name).unwrap();
    assert_eq!(symbol("f")["address"], layout["base"]);
    assert_eq!(symbol("v")["address"], 0x8000_0000u64);
    assert_eq!(symbol("elsewhere")["address"], 0x10_0000);
    // Two files, also of one name, don't write over each other.
    assert_eq!(run(&dump, &[&file, &file]).0, Some(0));
    for name in ["good", "good.2"] {
        assert_eq!(
            std::fs::read(folder.join(name).join("image.bin")).unwrap(),
            image
        );
    }
}

fn json_has_a_line_for_each_module(assembler: &Assembler) {
    let file = assemble(assembler, "json", "good", GOOD);
    let (code, stdout, _) = run(&["--unresolved", "0x100000", "--json"], &[&file, &file]);
    assert_eq!(code, Some(0));
    assert_eq!(stdout.lines().count(), 2);
    let report: Value = serde_json::from_str(stdout.lines().next().unwrap()).unwrap();
    let relocations = report["relocations"].as_array().unwrap();
    assert_eq!(relocations.len(), 3);
    let call = &relocations[0];
    assert_eq!(call["type"], "R_390_PLT32DBL");
    assert_eq!(call["symbol"], "elsewhere");
    assert_eq!(call["addend"], 2);
    assert_eq!(call["stub"], report["plt"]["address"]);
    assert_eq!(relocations[1]["slot"], report["slots"][1]["address"]);
    assert_eq!(report["exports"][0]["name"], "f");
    assert_eq!(report["imports"][0]["value"], 0x10_0000);
    assert_eq!(report["information"][1][1], "MIT");
}

tests! {
    host: [
        wrong_usage_ends_with_2,
    ],
    assembled: [
        the_report_names_what_a_person_looks_for,
        an_import_that_nobody_exports_is_an_error_of_its_own,
        what_cannot_link_ends_with_1_and_the_others_are_shown,
        what_the_kernel_does_not_start_is_named,
        the_dump_is_as_the_design_has_it,
        json_has_a_line_for_each_module,
    ],
}
