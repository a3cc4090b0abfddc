# What Linux's build puts into an object: CRCs of imports and exports, tables beside code, a
# parameter of 40 bytes, its struct module.
    .text
    .globl exported
    .type exported, @function
exported:
place:
    .long 0xaf000000
site:
    brcl 0, target
fault:
    lg %r3, 0(%r1)
target:
    st %r1, 936
    br %r14
    .size exported, .-exported
    .section __ksymtab,"aw"
    .balign 8
__ksymtab_exported:
    .quad exported, 0, 0
__ksymtab_imported:
    .quad imported, 0, 0
    .section __kcrctab,"a"
__crc_exported:
    .long 0x01234567
__crc_imported:
    .long 0x89abcdef
    .section __versions,"a"
    .balign 8
    .quad 0x89abcdef
    .asciz "imported"
    .skip 47
    .quad 0x8ffae2f3
    .asciz "module_layout"
    .skip 42
    .section __ex_table,"a"
    .balign 4
    .long fault - ., target - .
    .short 4, 0x842
    .section __bug_table,"aw"
    .balign 4
    .long place - ., file - .
    .short 1097, 0x901
    .section __jump_table,"aw"
    .balign 8
    .long site - ., target - .
    .quad key + 1 - .
    .section __param,"a"
    .balign 8
    .quad name, 0, operations
    .short 0444
    .byte 0xff, 0
    .long 0
    .quad key
    .section .rodata
file: .asciz "made/up.c"
name: .asciz "value"
    .data
    .balign 8
operations:
    .long 1, 0
    .quad exported, exported, 0
key: .long 0, 0, 0, 0
    .section .modinfo,"a"
    .asciz "name=linux"
    .asciz "vermagic=6.1.0-50-s390x SMP mod_unload modversions "
    .section .gnu.linkonce.this_module,"aw"
    .balign 256
    .globl __this_module
__this_module:
    .skip 1280
