//! Where sections go, and in which order constructors are called: objects from GNU as.

mod common;

use assembler::{Assembler, tests};
use common::{BASE, load};
use loader::{RegionKind, Startup};

/// Every region gets its sections, no two share a page, and init's are last.
fn sections_go_to_their_regions(assembler: &Assembler) {
    let data = assembler.assemble(
        ".text
f:       br %r14
         .section .rodata,\"a\"
         .byte 1
         .section .data..ro_after_init,\"aw\"
sealed:  .quad f
         .data
         .byte 2
         .bss
         .skip 5000
         .section .init.text,\"ax\"
init:    br %r14
         .section .init.rodata,\"a\"
         .byte 3
         .section .init_array,\"aw\"
         .quad init
         .section .init.data,\"aw\"
         .byte 4
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let region_of = |name: &str| {
        let section = { loaded.object.sections() }.find(|section| section.name == name);
        let offset = loaded.layout().offset_of(section.unwrap().index).unwrap();
        let mut regions = loaded.layout().regions().iter();
        regions.find(|region| region.contains(offset)).unwrap().kind
    };
    for (name, kind) in [
        (".text", RegionKind::Text),
        (".rodata", RegionKind::ReadOnly),
        (".data..ro_after_init", RegionKind::ReadOnlyAfterInit),
        (".data", RegionKind::Data),
        (".bss", RegionKind::Data),
        (".init.text", RegionKind::InitText),
        (".init.rodata", RegionKind::InitReadOnly),
        (".init_array", RegionKind::InitReadOnly),
        (".init.data", RegionKind::InitData),
    ] {
        assert_eq!(region_of(name), kind, "{name}");
    }
    let mut end = 0;
    for region in loaded.layout().regions() {
        assert_eq!(region.offset, end);
        assert!(region.size.is_multiple_of(4096) && region.size > 0);
        end = region.offset + region.size;
    }
    let (init, bytes) = loaded.layout().init();
    assert_eq!(init + bytes, loaded.layout().size());
    assert_eq!(bytes, 3 * 4096);
}

/// A module without init sections has nothing to free.
fn without_init_sections_nothing_is_freed(assembler: &Assembler) {
    let data = assembler.assemble(".text\nbr %r14\n.data\n.quad 1\n");
    let loaded = load(&data, BASE, |_| None).unwrap();
    assert_eq!(loaded.layout().init(), (loaded.layout().size(), 0));
}

/// By number, whatever the order in the file; destructors the other way round.
fn constructors_are_called_by_number(assembler: &Assembler) {
    let data = assembler.assemble(
        ".text
a:       br %r14
b:       br %r14
c:       br %r14
d:       br %r14
         .section .init_array,\"aw\"
         .quad c, 0, d
         .section .init_array.00200,\"aw\"
         .quad b
         .section .ctors.65435,\"aw\"
         .quad -1, a
         .section .dtors,\"aw\"
         .quad a, b
         .section .fini_array.7,\"aw\"
         .quad c
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let named = |addresses: Vec<u64>| -> String {
        let letter = |address| char::from(b'a' + ((address - BASE) / 2) as u8);
        addresses.into_iter().map(letter).collect()
    };
    let startup = Startup::of(loaded.layout(), BASE, &loaded.image).unwrap();
    assert_eq!(named(startup.constructors), "abcd");
    // Constructors' order would be c (7), then b, a (backwards).
    assert_eq!(named(startup.destructors), "abc");
}

tests! {
    assembled: [
        sections_go_to_their_regions,
        without_init_sections_nothing_is_freed,
        constructors_are_called_by_number,
    ],
}
