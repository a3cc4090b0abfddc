//! Where the parts of a module go, and which of them are taken along.

mod common;

use assembler::{Assembler, tests};
use common::builder::*;
use common::{BASE, HANDLE, cpu_time, load};
use loader::{LoadError, Object, Plan, Position, RegionKind};

const R_390_64: u32 = 22;
const R_390_GOTENT: u32 = 26;
const R_390_PLT32DBL: u32 = 20;
const GLOBAL: u8 = 0x10;

fn groups_strings_and_notes_are_loaded_debug_data_is_not(assembler: &Assembler) {
    let data = assembler.assemble(
        ".section .text.f,\"axG\",@progbits,f,comdat
         .weak f
         f: br %r14
         .section .rodata.str1.1,\"aMS\",@progbits,1
         text: .asciz \"text\"
         .section .note.test,\"a\",@note
         .long 4, 0, 1
         .ascii \"abc\\0\"
         .section .debug_info
         .quad f
         .section .comment
         .asciz \"comment\"
         .data
         .quad f, text
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let position = |name: &str| loaded.position(name);
    for name in [".text.f", ".rodata.str1.1", ".note.test", ".data"] {
        assert!(matches!(position(name), Position::Image(_)), "{name}");
    }
    for name in [
        ".group",
        ".debug_info",
        ".rela.debug_info",
        ".comment",
        ".symtab",
    ] {
        assert_eq!(position(name), Position::Nowhere, "{name}");
    }
    let Position::Image(start) = position(".data") else {
        unreachable!();
    };
    let Position::Image(text) = position(".rodata.str1.1") else {
        unreachable!();
    };
    assert_eq!(loaded.doubleword(BASE + start), BASE);
    assert_eq!(loaded.doubleword(BASE + start + 8), BASE + text);
    assert_eq!(loaded.image[text as usize..][..5], *b"text\0");
}

fn debug_data_costs_nothing_and_a_signature_is_no_part() {
    let mut builder = Builder::new();
    let text = builder.section(".text", TEXT, 8, vec![7; 16]);
    let debug = builder.section(".debug_info", 0, 1, vec![0; 100 << 20]);
    builder.relocations(debug, [(0, 200, 0, 0)]);
    builder.symbol("f", GLOBAL, text as u16, 0, 16);
    let mut data = builder.finish();
    data.extend(b"~Module signature appended~\n");
    let time = || {
        let begin = cpu_time();
        let loaded = load(&data, BASE, |_| None).unwrap();
        assert_eq!(loaded.layout().size(), 4096);
        cpu_time() - begin
    };
    // Reading the 100 MiB would take longer; the shortest of a few, on a busy host.
    let shortest = (0..10).map(|_| time()).min().unwrap();
    assert!(shortest.as_millis() < 20, "{shortest:?}");
}

fn an_address_of_debug_data_is_refused() {
    let mut builder = Builder::new();
    let data = builder.section(".data", DATA, 8, vec![0; 8]);
    let debug = builder.section(".debug_str", 0, 1, vec![0; 8]);
    let symbol = builder.symbol("text", 1, debug as u16, 0, 8);
    builder.relocations(data, [(0, R_390_64, symbol, 0)]);
    let data = builder.finish();
    let error = load(&data, BASE, |_| None).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, LoadError::NotInMemory { .. }), "{text}");
    assert!(text.contains("text in section .debug_str"), "{text}");
}

/// A module whose text is so long that its stubs can't reach its GOT.
fn text_above_the_limit() {
    let module = |size| {
        let mut builder = Builder::new();
        let text = builder.section(".text", TEXT, 8, vec![0; 8]);
        builder.zeroed(".bss.text", TEXT, 8, size);
        let far = builder.symbol("far", GLOBAL, 0, 0, 0);
        builder.relocations(
            text,
            [(2, R_390_PLT32DBL, far, 2), (2, R_390_GOTENT, far, 2)],
        );
        builder.finish()
    };
    for (size, fits) in [(1u64 << 32, false), ((1 << 48) + 1, false), (1 << 20, true)] {
        let data = module(size);
        let object = Object::parse(&data).unwrap();
        match Plan::new(&object) {
            Ok(plan) if !fits => {
                // The caller has no such memory; given the addresses, it is an error.
                assert!(plan.layout().size() > size);
                let result = loader::link(&plan, BASE, 0, &mut |_, _| Some(0), &mut [], &mut []);
                assert!(matches!(result, Err(LoadError::TooLarge { .. })));
            }
            Ok(plan) => assert!(plan.layout().size() < 2 * size),
            Err(error) => assert!(
                !fits && matches!(error, LoadError::TooLarge { .. }),
                "{error}"
            ),
        }
    }
    // The end of all addresses.
    let data = module(1 << 20);
    for base in [u64::MAX - 0xfff, 0u64.wrapping_sub(1 << 20)] {
        let error = load(&data, base, |_| Some(0)).unwrap_err();
        assert!(matches!(error, LoadError::TooLarge { .. }), "{error}");
    }
}

fn a_relocation_into_per_cpu_data_is_in_the_template(assembler: &Assembler) {
    let data = assembler.assemble(
        ".section .data..percpu,\"aw\"
         .balign 8
         first: .quad 0x1111, second, f
         .section .data..percpu..read_mostly,\"aw\"
         .balign 256
         second: .quad first + 8
         .section .data..percpu..page_aligned,\"aw\"
         .balign 4096
         page: .quad 0x2222
         .section .data..percpu..first,\"aw\"
         .quad 0x3333
         .section .data..percpu_not,\"aw\"
         .quad 0x4444
         .text
         f: br %r14
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let position = |name: &str| loaded.position(name);
    // In the order of the file, each aligned as it asks for; the assembler fills a
    // section up to its alignment.
    assert_eq!(position(".data..percpu"), Position::PerCpu(0));
    assert_eq!(
        position(".data..percpu..read_mostly"),
        Position::PerCpu(256)
    );
    assert_eq!(
        position(".data..percpu..page_aligned"),
        Position::PerCpu(4096)
    );
    assert_eq!(position(".data..percpu..first"), Position::PerCpu(8192));
    assert!(matches!(position(".data..percpu_not"), Position::Image(_)));
    assert_eq!(loaded.layout().per_cpu(), (8200, 4096));
    let at = |offset: usize| u64::from_be_bytes(loaded.template[offset..][..8].try_into().unwrap());
    assert_eq!(at(0), 0x1111);
    assert_eq!(at(8), HANDLE + 256);
    assert_eq!(at(16), BASE);
    assert_eq!(at(256), HANDLE + 8);
    assert_eq!(at(4096), 0x2222);
    assert_eq!(at(8192), 0x3333);
    assert_eq!(loaded.linked.address("second"), Some(HANDLE + 256));
}

fn per_cpu_data_without_bytes_and_without_size() {
    let mut builder = Builder::new();
    builder.section(".data..percpu", DATA, 64, vec![]);
    builder.zeroed(".data..percpu..bss", DATA, 16, 24);
    let empty = builder.finish();
    let loaded = load(&empty, BASE, |_| None).unwrap();
    assert_eq!(loaded.layout().per_cpu(), (24, 64));
    assert_eq!(loaded.template, [0; 24]);
    assert_eq!(loaded.layout().size(), 0);
}

/// `lgrl` of a slot that isn't on a doubleword is a specification exception, which
/// QEMU 7.2 doesn't raise.
fn the_got_is_aligned_whatever_is_before_it() {
    for odd in [1, 2, 3, 7, 8, 9, 4095, 4096, 4097] {
        let mut builder = Builder::new();
        let text = builder.section(".text", TEXT, 2, vec![0; odd + 12]);
        builder.section(".rodata", ALLOC, 1, vec![0; odd]);
        let symbols = ["a", "b", "c"].map(|name| builder.symbol(name, GLOBAL, 0, 0, 0));
        let entries = symbols.map(|symbol| (2, R_390_GOTENT, symbol, 2));
        builder.relocations(
            text,
            entries
                .into_iter()
                .chain([(8, R_390_PLT32DBL, symbols[0], 2)]),
        );
        let data = builder.finish();
        let loaded = load(&data, BASE, |_| Some(0x1000)).unwrap();
        let ((got, got_size), (plt, plt_size)) = (loaded.layout().got(), loaded.layout().plt());
        assert_eq!((got % 8, got_size), (0, 24), "{odd}");
        assert_eq!((plt % 8, plt_size), (0, 8), "{odd}");
        assert!(loaded.slots().iter().all(|slot| slot.address % 8 == 0));
        // Behind text and rodata, each in its region.
        let region = |kind| {
            let mut regions = loaded.layout().regions().iter();
            *regions.find(|region| region.kind == kind).unwrap()
        };
        assert!(plt >= odd as u64 + 12 && region(RegionKind::Text).contains(plt + 7));
        let rodata = region(RegionKind::ReadOnly);
        assert!(got >= rodata.offset + odd as u64 && rodata.contains(got + 23));
    }
}

fn regions_do_not_share_pages_and_are_not_both_writable_and_executable(assembler: &Assembler) {
    let data = assembler.assemble(
        ".text
         br %r14
         .section .rodata,\"a\"
         .byte 1
         .section .data..ro_after_init,\"aw\"
         .byte 2
         .data
         .byte 3
         .bss
         .skip 5000
         .section .init.text,\"ax\"
         br %r14
         .section .init.data,\"aw\"
         .byte 4
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let mut end = 0;
    for region in loaded.layout().regions() {
        assert_eq!((region.offset % 4096, region.size % 4096), (0, 0));
        assert!(region.offset >= end);
        assert!(!(region.kind.is_writable() && region.kind.is_text()));
        end = region.offset + region.size;
    }
    assert_eq!(end, loaded.layout().size());
    for section in loaded.object.sections().filter(|section| section.size != 0) {
        let Position::Image(offset) = loaded.layout().position(section.index) else {
            continue;
        };
        let mut regions = loaded.layout().regions().iter();
        let region = regions.find(|region| region.contains(offset)).unwrap();
        assert!(
            region.contains(offset + section.size - 1),
            "{}",
            section.name
        );
        let writable = section.flags & 1 != 0;
        assert_eq!(region.kind.is_writable(), writable, "{}", section.name);
        assert_eq!(
            region.kind.is_text(),
            section.flags & 4 != 0,
            "{}",
            section.name
        );
        let init = section.name.starts_with(".init");
        assert_eq!(region.kind.is_init(), init, "{}", section.name);
    }
}

tests! {
    host: [
        debug_data_costs_nothing_and_a_signature_is_no_part,
        an_address_of_debug_data_is_refused,
        text_above_the_limit,
        per_cpu_data_without_bytes_and_without_size,
        the_got_is_aligned_whatever_is_before_it,
    ],
    assembled: [
        groups_strings_and_notes_are_loaded_debug_data_is_not,
        a_relocation_into_per_cpu_data_is_in_the_template,
        regions_do_not_share_pages_and_are_not_both_writable_and_executable,
    ],
}
