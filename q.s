	.file	"q.c"
	.machinemode zarch
	.machine "z196"
.text
	.align	8
.globl v0
	.type	v0, @function
v0:
.LFB4860:
	.cfi_startproc
#APP
# 4 "q.c" 1
	.ascii "@@0 = 88"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4860:
	.size	v0, .-v0
	.align	8
.globl v1
	.type	v1, @function
v1:
.LFB4861:
	.cfi_startproc
#APP
# 5 "q.c" 1
	.ascii "@@1 = 96"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4861:
	.size	v1, .-v1
	.align	8
.globl v2
	.type	v2, @function
v2:
.LFB4862:
	.cfi_startproc
#APP
# 6 "q.c" 1
	.ascii "@@2 = 24"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4862:
	.size	v2, .-v2
	.align	8
.globl v3
	.type	v3, @function
v3:
.LFB4863:
	.cfi_startproc
#APP
# 7 "q.c" 1
	.ascii "@@3 = 104"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4863:
	.size	v3, .-v3
	.align	8
.globl v4
	.type	v4, @function
v4:
.LFB4864:
	.cfi_startproc
#APP
# 8 "q.c" 1
	.ascii "@@4 = 40"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4864:
	.size	v4, .-v4
	.align	8
.globl v5
	.type	v5, @function
v5:
.LFB4865:
	.cfi_startproc
#APP
# 9 "q.c" 1
	.ascii "@@5 = 32"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4865:
	.size	v5, .-v5
	.align	8
.globl v6
	.type	v6, @function
v6:
.LFB4866:
	.cfi_startproc
#APP
# 10 "q.c" 1
	.ascii "@@6 = 224"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4866:
	.size	v6, .-v6
	.align	8
.globl v7
	.type	v7, @function
v7:
.LFB4867:
	.cfi_startproc
#APP
# 11 "q.c" 1
	.ascii "@@7 = 122"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4867:
	.size	v7, .-v7
	.align	8
.globl v8
	.type	v8, @function
v8:
.LFB4868:
	.cfi_startproc
#APP
# 12 "q.c" 1
	.ascii "@@8 = 124"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4868:
	.size	v8, .-v8
	.align	8
.globl v9
	.type	v9, @function
v9:
.LFB4869:
	.cfi_startproc
#APP
# 13 "q.c" 1
	.ascii "@@9 = 1288"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4869:
	.size	v9, .-v9
	.align	8
.globl v10
	.type	v10, @function
v10:
.LFB4870:
	.cfi_startproc
#APP
# 14 "q.c" 1
	.ascii "@@10 = 224"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4870:
	.size	v10, .-v10
	.align	8
.globl v11
	.type	v11, @function
v11:
.LFB4871:
	.cfi_startproc
#APP
# 15 "q.c" 1
	.ascii "@@11 = 1"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4871:
	.size	v11, .-v11
	.align	8
.globl v12
	.type	v12, @function
v12:
.LFB4872:
	.cfi_startproc
#APP
# 16 "q.c" 1
	.ascii "@@12 = 1360"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4872:
	.size	v12, .-v12
	.align	8
.globl v13
	.type	v13, @function
v13:
.LFB4873:
	.cfi_startproc
#APP
# 17 "q.c" 1
	.ascii "@@13 = 222"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4873:
	.size	v13, .-v13
	.align	8
.globl v14
	.type	v14, @function
v14:
.LFB4874:
	.cfi_startproc
#APP
# 18 "q.c" 1
	.ascii "@@14 = 1"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4874:
	.size	v14, .-v14
	.align	8
.globl v15
	.type	v15, @function
v15:
.LFB4875:
	.cfi_startproc
#APP
# 19 "q.c" 1
	.ascii "@@15 = 1"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4875:
	.size	v15, .-v15
	.align	8
.globl v16
	.type	v16, @function
v16:
.LFB4876:
	.cfi_startproc
#APP
# 20 "q.c" 1
	.ascii "@@16 = 48"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4876:
	.size	v16, .-v16
	.align	8
.globl v17
	.type	v17, @function
v17:
.LFB4877:
	.cfi_startproc
#APP
# 21 "q.c" 1
	.ascii "@@17 = 128"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4877:
	.size	v17, .-v17
	.align	8
.globl v18
	.type	v18, @function
v18:
.LFB4878:
	.cfi_startproc
#APP
# 22 "q.c" 1
	.ascii "@@18 = 16"
# 0 "" 2
#NO_APP
	lghi	%r2,0
	br	%r14
	.cfi_endproc
.LFE4878:
	.size	v18, .-v18
	.ident	"GCC: (Debian 12.2.0-14) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
