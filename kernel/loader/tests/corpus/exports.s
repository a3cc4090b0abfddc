# What surrounds code: exports, information, parameters, constructors, init parts,
# a group, strings to merge, a note, debug data.
    .text
    .globl exported
    .type exported, @function
exported:
    br %r14
    .size exported, .-exported
    .section __ksymtab,"a"
__ksymtab_exported:
    .quad exported, 0, 0
__ksymtab_value:
    .quad value
    .section .modinfo,"a"
    .asciz "name=exports"
    .asciz "license=MIT"
    .asciz "depends=calls"
    .section __param,"a"
    .balign 8
    .quad name, value
    .long 1, 0
    .quad text_name, text
    .long 6, 0
    .section .rodata.str1.1,"aMS",@progbits,1
name: .asciz "value"
text_name: .asciz "text"
default: .asciz "default"
    .data
    .globl value
value: .quad 5
text: .quad default
    .section .data..ro_after_init,"aw"
    .quad 1
    .section .init.text,"ax"
    .globl init_module
init_module:
    lghi %r2,0
    br %r14
    .section .init.data,"aw"
    .quad init_module
    .section .init_array,"aw"
    .quad init_module
    .section .fini_array.00010,"aw"
    .quad exported
    .section .text.grouped,"axG",@progbits,grouped,comdat
    .weak grouped
grouped:
    br %r14
    .section .note.test,"a",@note
    .long 4, 4, 1
    .ascii "abc\0"
    .long 0
    .section .debug_info
    .quad exported
