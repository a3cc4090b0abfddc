# Every relocation type that a module can have.
    .text
here:
    .rept 60
    .quad 0
    .endr
    .reloc 0, R_390_NONE, here+0
    .reloc 8, R_390_8, small
    .reloc 16, R_390_12, small
    .reloc 24, R_390_16, small
    .reloc 32, R_390_20, small
    .reloc 40, R_390_32, small
    .reloc 48, R_390_64, here+0
    .reloc 56, R_390_PC12DBL, here+4
    .reloc 64, R_390_PC16, here+8
    .reloc 72, R_390_PC16DBL, here+0
    .reloc 80, R_390_PC24DBL, here+4
    .reloc 88, R_390_PC32, here+8
    .reloc 96, R_390_PC32DBL, here+0
    .reloc 104, R_390_PC64, here+4
    .reloc 112, R_390_GOT12, here+8
    .reloc 120, R_390_GOT16, here+0
    .reloc 128, R_390_GOT20, here+4
    .reloc 136, R_390_GOT32, here+8
    .reloc 144, R_390_GOT64, here+0
    .reloc 152, R_390_GOTENT, here+4
    .reloc 160, R_390_GOTPLT12, here+8
    .reloc 168, R_390_GOTPLT16, here+0
    .reloc 176, R_390_GOTPLT20, here+4
    .reloc 184, R_390_GOTPLT32, here+8
    .reloc 192, R_390_GOTPLT64, here+0
    .reloc 200, R_390_GOTPLTENT, here+4
    .reloc 208, R_390_PLT12DBL, far
    .reloc 216, R_390_PLT16DBL, far
    .reloc 224, R_390_PLT24DBL, far
    .reloc 232, R_390_PLT32, far
    .reloc 240, R_390_PLT32DBL, far
    .reloc 248, R_390_PLT64, here+4
    .reloc 256, R_390_PLTOFF16, here
    .reloc 264, R_390_PLTOFF32, here+0
    .reloc 272, R_390_PLTOFF64, here+4
    .reloc 280, R_390_GOTOFF16, here
    .reloc 288, R_390_GOTOFF32, here+0
    .reloc 296, R_390_GOTOFF64, here+4
    .reloc 304, R_390_GOTPC, _GLOBAL_OFFSET_TABLE_
    .reloc 312, R_390_GOTPCDBL, _GLOBAL_OFFSET_TABLE_
    .set small, 0x42
