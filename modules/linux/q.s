	.file	"q.c"
	.machinemode zarch
	.machine "z196"
.text
	.align	8
.globl v0
	.type	v0, @function
v0:
.LFB827:
	.cfi_startproc
#APP
# 4 "q.c" 1
	.ascii "@@0 = 250"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE827:
	.size	v0, .-v0
	.align	8
.globl v1
	.type	v1, @function
v1:
.LFB828:
	.cfi_startproc
#APP
# 5 "q.c" 1
	.ascii "@@1 = 256"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE828:
	.size	v1, .-v1
	.align	8
.globl v2
	.type	v2, @function
v2:
.LFB829:
	.cfi_startproc
#APP
# 6 "q.c" 1
	.ascii "@@2 = 290"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE829:
	.size	v2, .-v2
	.align	8
.globl v3
	.type	v3, @function
v3:
.LFB830:
	.cfi_startproc
#APP
# 7 "q.c" 1
	.ascii "@@3 = 4294892296"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE830:
	.size	v3, .-v3
	.ident	"GCC: (Debian 12.2.0-14) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
