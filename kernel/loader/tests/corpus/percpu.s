# Per-CPU data: several sections, alignments, pointers in it, slots by section symbol.
    .text
    .globl init_module
init_module:
    lgrl %r1,hits@GOTENT
    .insn ril,0xc40800000000,%r1,0
    .reloc .-4, R_390_GOTENT, .data..percpu+2
    .insn ril,0xc40800000000,%r1,0
    .reloc .-4, R_390_GOTENT, .data..percpu+0xa
    br %r14
    .globl cleanup_module
cleanup_module:
    br %r14
    .section .data..percpu,"aw"
    .type hits, @object
    .size hits, 8
hits:
    .quad 7
    .type pointer, @object
    .size pointer, 8
pointer:
    .quad hits
    .quad init_module
    .section .data..percpu..read_mostly,"aw"
    .balign 256
    .quad outside
    .section .data..percpu..page_aligned,"aw",@nobits
    .balign 64
    .skip 16
