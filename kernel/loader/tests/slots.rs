//! GOT slots and PLT stubs: one a target, shared by whoever refers to it.

mod common;

use assembler::{Assembler, tests};
use common::{BASE, load};
use loader::{LoadError, RegionKind, Via};

/// A module with many slots; the last one's offset is what matters.
fn many_slots(assembler: &Assembler, kind: &str, slots: u32) -> Vec<u8> {
    assembler.assemble(&format!(
        ".altmacro
         .macro one number
         .reloc 8 * \\number, {kind}, x\\number
         .quad 0
         .endm
         .set i, 0
         .data
         .rept {slots}
         one %i
         .set i, i + 1
         .endr
        "
    ))
}

fn a_got_that_outgrows_12_16_and_20_bits(assembler: &Assembler) {
    for (kind, fits) in [
        ("R_390_GOT12", 4096 / 8),
        ("R_390_GOTPLT12", 4096 / 8),
        ("R_390_GOT16", 65536 / 8),
        ("R_390_GOT20", (1 << 19) / 8),
    ] {
        let full = many_slots(assembler, kind, fits);
        let over = many_slots(assembler, kind, fits + 1);
        let loaded = load(&full, BASE, |_| Some(1)).unwrap();
        assert_eq!(loaded.layout().got().1, u64::from(fits) * 8);
        let error = load(&over, BASE, |_| Some(1)).unwrap_err();
        let LoadError::Overflow(facts) = error else {
            panic!("{error}");
        };
        assert_eq!(facts.place.offset, u64::from(fits) * 8);
        assert_eq!(facts.result, i64::from(fits) * 8);
    }
}

fn a_symbol_has_one_slot_whatever_the_addends_and_types(assembler: &Assembler) {
    let symbols = |name: &str| Some(if name == "x" { 0x1000 } else { 0x2000 });
    let data = assembler.assemble(
        ".data
         .reloc 0, R_390_GOT64, x
         .reloc 8, R_390_GOT64, x+4
         .reloc 16, R_390_GOTPLT64, x
         .reloc 24, R_390_GOT64, y
         .reloc 32, R_390_PLT64, x
         .quad 0, 0, 0, 0, 0
        ",
    );
    let loaded = load(&data, BASE, symbols).unwrap();
    assert_eq!(loaded.layout().got().1, 16);
    let mut regions = loaded.layout().regions().iter();
    let data = regions.find(|region| region.kind == RegionKind::Data);
    let data = data.unwrap().offset;
    let field = |index| loaded.doubleword(BASE + data + 8u64 * index);
    // ABI: G + A, with one G for x.
    assert_eq!(field(1), field(0) + 4);
    assert_eq!(field(2), field(0));
    assert_ne!(field(3), field(0));
    let got = BASE + loaded.layout().got().0;
    assert_eq!(loaded.doubleword(got + field(0)), 0x1000);
    assert_eq!(loaded.doubleword(got + field(3)), 0x2000);
    // 64 bits reach everything: no stub in between.
    let distance = 0x1000u64.wrapping_sub(BASE + data + 32);
    assert_eq!(field(4), distance);
}

/// LLVM names the slot of a local variable by the section's symbol: the variable's
/// offset, and 2 for the field's distance from its instruction.
fn a_section_symbols_slot_is_that_of_the_variable(assembler: &Assembler) {
    let data = assembler.assemble(
        ".text
         .insn ril,0xc40800000000,%r1,0
         .insn ril,0xc40800000000,%r2,0
         .insn ril,0xc40800000000,%r3,0
         .reloc 2, R_390_GOTENT, .data..percpu+2
         .reloc 8, R_390_GOTENT, .data..percpu+0xa
         .reloc 14, R_390_GOTENT, .data..percpu+0xa
         .section .data..percpu,\"aw\"
         .type first, @object
         .type second, @object
         .size first, 8
         .size second, 8
first:   .quad 1
second:  .quad 2
        ",
    );
    let loaded = load(&data, BASE, |_| None).unwrap();
    let relocations: Vec<_> = loaded.bindings.relocations(&loaded.plan).collect();
    assert!(relocations.iter().all(|(_, relocation, _)| {
        loaded
            .object
            .symbol(relocation.symbol as usize)
            .is_section()
    }));
    let target = |index: usize| {
        let place = 2 + 6 * index;
        let field = i32::from_be_bytes(loaded.image[place..][..4].try_into().unwrap());
        // lgrl counts from the instruction, two bytes before the field.
        (BASE + place as u64 - 2).wrapping_add_signed(i64::from(field) * 2)
    };
    assert_eq!(loaded.layout().got().1, 16, "two variables, two slots");
    assert_ne!(target(0), target(1));
    assert_eq!(target(1), target(2));
    assert_eq!(loaded.doubleword(target(0)), common::HANDLE);
    assert_eq!(loaded.doubleword(target(1)), common::HANDLE + 8);
    let names: Vec<_> = loaded.slots().iter().map(|slot| slot.name).collect();
    assert_eq!(names, ["first", "second"]);
    let variables: Vec<_> = loaded
        .linked
        .variables()
        .map(|v| (v.name, v.slot))
        .collect();
    assert_eq!(
        variables,
        [("first", Some(target(0))), ("second", Some(target(1)))]
    );
}

/// Where a call of a short field lies, and where its target.
fn local_call(assembler: &Assembler, before: u32, after: u32) -> Vec<u8> {
    assembler.assemble(&format!(
        ".text
         first: br %r14
         .rept {before} / 2
         .short 0
         .endr
         call: .short 0, 0, 0
         .reloc call, R_390_PLT16DBL, first
         .reloc call + 2, R_390_PLT32DBL, first
         .rept {after} / 2
         .short 0
         .endr
        "
    ))
}

fn a_local_function_through_the_plt(assembler: &Assembler) {
    // (bytes before the call, bytes after, through what)
    for (before, after, reached) in [
        (0, 0, Ok("direct")),
        (65534, 0, Ok("direct")),
        (65536, 0, Ok("stub")),
        (65536, 65536, Err(())),
    ] {
        let data = local_call(assembler, before, after);
        let result = load(&data, BASE, |_| None);
        let Ok(reached) = reached else {
            // Neither the function nor the stub, behind all text, is near.
            assert!(matches!(result, Err(LoadError::Overflow(_))), "{result:?}");
            continue;
        };
        let loaded = result.unwrap();
        let via: Vec<_> = loaded
            .bindings
            .relocations(&loaded.plan)
            .map(|(_, _, computed)| computed.via)
            .collect();
        // A long field reaches all of the module.
        assert_eq!(via[1], Via::Direct);
        let stub = BASE + loaded.layout().plt().0;
        match reached {
            "direct" => assert_eq!(via[0], Via::Direct, "{before}"),
            _ => {
                assert_eq!(via[0], Via::Stub(stub), "{before}");
                let place = 2 + before as usize;
                let field = &loaded.image[place..][..2];
                let field = i16::from_be_bytes(field.try_into().unwrap());
                let target = (BASE + place as u64).wrapping_add_signed(i64::from(field) * 2);
                assert_eq!(target, stub);
                assert_eq!(loaded.doubleword(BASE + loaded.layout().got().0), BASE);
            }
        }
    }
}

/// A place in the module's own per-CPU data, which is far: a short call reaches it by a stub, and
/// that is for short calls alone.
fn a_long_call_of_per_cpu_data_has_no_stub(assembler: &Assembler) {
    let calls = |long: &str| {
        assembler.assemble(&format!(
            ".text
             call: .short 0, 0, 0
             .reloc call, R_390_PLT16DBL, there
             {long}
             .quad 0
             .section .data..percpu,\"aw\",@progbits
             .quad 0
             there: .quad 0
            "
        ))
    };
    assert!(load(&calls(""), BASE, |_| None).is_ok());
    let both = calls(".reloc call + 2, R_390_PLT32DBL, there");
    let result = load(&both, BASE, |_| None);
    assert!(matches!(result, Err(LoadError::Overflow(_))), "{result:?}");
}

fn a_symbol_that_is_called_and_loaded_has_one_slot(assembler: &Assembler) {
    let data = assembler.assemble("brasl %r14,x@PLT\nlgrl %r1,x@GOTENT\nbrasl %r14,x@PLT\n");
    let loaded = load(&data, BASE, |_| Some(0x10_0000)).unwrap();
    assert_eq!((loaded.layout().got().1, loaded.layout().plt().1), (8, 8));
    let via: Vec<_> = loaded
        .bindings
        .relocations(&loaded.plan)
        .map(|(_, _, computed)| computed.via)
        .collect();
    let stub = Via::Stub(BASE + loaded.layout().plt().0);
    assert_eq!(via, [stub, Via::Slot(BASE + loaded.layout().got().0), stub]);
}

fn without_an_assembler_tests_are_ignored() {
    assembler::is_ignored_without_assembler("a_local_function_through_the_plt");
}

tests! {
    host: [
        without_an_assembler_tests_are_ignored,
    ],
    assembled: [
        a_got_that_outgrows_12_16_and_20_bits,
        a_symbol_has_one_slot_whatever_the_addends_and_types,
        a_section_symbols_slot_is_that_of_the_variable,
        a_local_function_through_the_plt,
        a_long_call_of_per_cpu_data_has_no_stub,
        a_symbol_that_is_called_and_loaded_has_one_slot,
    ],
}
