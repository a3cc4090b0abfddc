/*
 * In the manner of Linux lib/percpu_test.c: a per-CPU variable and an ordinary one of
 * the same type go through the same additions and subtractions, at the edges of the
 * type, with operands of its own type and of others; both are equal at each step.
 */
#include <linux/limits.h>
#include <linux/percpu.h>

#include "ctest.h"

#define WRAP_TEST(name, type)                                                     \
	static DEFINE_PER_CPU(type, wrap_##name);                                 \
										  \
	static int name(void)                                                     \
	{                                                                         \
		static const type edges[] = {                                     \
			0, 1, (type)-1, 2, (type)-2, 127, (type)128, (type)-128,  \
			(type)-129, (type)255, (type)256, (type)0x7fff,           \
			(type)0x8000, (type)0xffff, (type)0x7fffffff,             \
			(type)0x80000000, (type)0xffffffff,                       \
			(type)0x7fffffffffffffffULL, (type)0x8000000000000000ULL, \
		};                                                                \
		unsigned int start, step;                                         \
										  \
		for (start = 0; start < ARRAY_SIZE(edges); start++) {             \
			for (step = 0; step < ARRAY_SIZE(edges); step++) {        \
				u64 by = (u64)edges[step];                        \
				type native = edges[start];                       \
										  \
				this_cpu_write(wrap_##name, native);              \
				EQUAL(name, native);                              \
				native = (type)((u64)native + by);                \
				this_cpu_add(wrap_##name, edges[step]);           \
				EQUAL(name, native);                              \
				native = (type)((u64)native - by);                \
				this_cpu_sub(wrap_##name, edges[step]);           \
				EQUAL(name, native);                              \
				native = (type)((u64)native + by);                \
				CHECK(this_cpu_add_return(wrap_##name, edges[step]) == native); \
				EQUAL(name, native);                              \
				native = (type)((u64)native - by);                \
				CHECK(this_cpu_sub_return(wrap_##name, edges[step]) == native); \
				EQUAL(name, native);                              \
				native = (type)((u64)native + 1);                 \
				CHECK(this_cpu_inc_return(wrap_##name) == native); \
				native = (type)((u64)native - 1);                 \
				CHECK(this_cpu_dec_return(wrap_##name) == native); \
				native = (type)((u64)native - 1);                 \
				this_cpu_dec(wrap_##name);                        \
				EQUAL(name, native);                              \
				native = (type)((u64)native + 2);                 \
				this_cpu_inc(wrap_##name);                        \
				__this_cpu_inc(wrap_##name);                      \
				EQUAL(name, native);                              \
			}                                                         \
		}                                                                 \
		/* Operands of another width and signedness. */                   \
		OPERAND(name, type, unsigned int, 1);                             \
		OPERAND(name, type, int, -1);                                     \
		OPERAND(name, type, unsigned char, 255);                          \
		OPERAND(name, type, signed char, -128);                           \
		OPERAND(name, type, long, LONG_MIN);                              \
		OPERAND(name, type, unsigned long, ULONG_MAX);                    \
		return 0;                                                         \
	}

#define EQUAL(name, native) CHECK(this_cpu_read(wrap_##name) == (native))
#define OPERAND(name, type, other, value)                                         \
	do {                                                                      \
		other operand = (value);                                          \
		type native = 5;                                                  \
		this_cpu_write(wrap_##name, 5);                                   \
		OPTIMIZER_HIDE_VAR(operand);                                      \
		native += operand;                                                \
		this_cpu_add(wrap_##name, operand);                               \
		EQUAL(name, native);                                              \
		native -= operand;                                                \
		this_cpu_sub(wrap_##name, operand);                               \
		EQUAL(name, native);                                              \
		native += operand;                                                \
		CHECK(this_cpu_add_return(wrap_##name, operand) == native);       \
		native -= operand;                                                \
		CHECK(this_cpu_sub_return(wrap_##name, operand) == native);       \
		raw_cpu_add(wrap_##name, operand);                                \
		native += operand;                                                \
		EQUAL(name, native);                                              \
	} while (0)

WRAP_TEST(s8_wraps, s8)
WRAP_TEST(u8_wraps, u8)
WRAP_TEST(s16_wraps, s16)
WRAP_TEST(u16_wraps, u16)
WRAP_TEST(s32_wraps, s32)
WRAP_TEST(u32_wraps, u32)
WRAP_TEST(s64_wraps, s64)
WRAP_TEST(u64_wraps, u64)
WRAP_TEST(long_wraps, long)
WRAP_TEST(ulong_wraps, unsigned long)

CTESTS(ON_EACH_CPU(s8_wraps), ON_EACH_CPU(u8_wraps), ON_EACH_CPU(s16_wraps),
       ON_EACH_CPU(u16_wraps), ON_EACH_CPU(s32_wraps), ON_EACH_CPU(u32_wraps),
       ON_EACH_CPU(s64_wraps), ON_EACH_CPU(u64_wraps), ON_EACH_CPU(long_wraps),
       ON_EACH_CPU(ulong_wraps));
