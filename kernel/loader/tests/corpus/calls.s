# Calls and data of another object, by stub, slot and pointer; weak, absolute, bss.
    .text
    .globl init_module
    .type init_module, @function
init_module:
    brasl %r14,far_function@PLT
    brasl %r14,local@PLT
    lgrl %r1,far_data@GOTENT
    lgrl %r2,maybe@GOTENT
    larl %r3,table
    lghi %r2,0
    br %r14
    .size init_module, .-init_module
    .type local, @function
local:
    j init_module
    br %r14
    .size local, .-local
    .weak maybe
    .set fixed, 0x123456
    .globl fixed
    .section .rodata,"a"
table:
    .quad local, far_data, fixed
    .long table - .
    .reloc ., R_390_PC16, table
    .short 0
    .data
    .quad far_function+8
    .bss
    .skip 64
