/*
 * Every operation on the running CPU's copy, for each type and on every CPU: its
 * result, what it stores, and that the neighbours keep their values.
 */
#include <linux/percpu.h>

#include "ctest.h"

/* Three elements each: the middle one is worked on, the others stay. */
static DEFINE_PER_CPU(s8[3], ops_s8);
static DEFINE_PER_CPU(u8[3], ops_u8);
static DEFINE_PER_CPU(s16[3], ops_s16);
static DEFINE_PER_CPU(u16[3], ops_u16);
static DEFINE_PER_CPU(int[3], ops_int);
static DEFINE_PER_CPU(u32[3], ops_u32);
static DEFINE_PER_CPU(long[3], ops_long);
static DEFINE_PER_CPU(u64[3], ops_u64);
static DEFINE_PER_CPU(bool, ops_bool);
static DEFINE_PER_CPU(void *, ops_pointer);

#define FOR_EACH_TYPE(step)                                                       \
	step(s8, ops_s8) step(u8, ops_u8) step(s16, ops_s16) step(u16, ops_u16)   \
	step(int, ops_int) step(u32, ops_u32) step(long, ops_long) step(u64, ops_u64)

#define SET(variable, value)                                                      \
	do {                                                                      \
		(*this_cpu_ptr(&variable))[0] = 0x55;                             \
		(*this_cpu_ptr(&variable))[1] = (value);                          \
		(*this_cpu_ptr(&variable))[2] = 0x66;                             \
	} while (0)
#define IS(type, variable, value)                                                 \
	CHECK((*this_cpu_ptr(&variable))[1] == (type)(value) &&                   \
	      (*this_cpu_ptr(&variable))[0] == 0x55 &&                            \
	      (*this_cpu_ptr(&variable))[2] == 0x66)

#define TEST(operation, step)                                                     \
	static int test_##operation(void)                                         \
	{                                                                         \
		FOR_EACH_TYPE(step)                                               \
		return 0;                                                         \
	}

/* Each family in turn: safe against interrupts, raw, checked. */
#define STEP_READ(operation, type, v)                                             \
	SET(v, 77);                                                               \
	CHECK(operation(v[1]) == 77);                                             \
	SET(v, (type)-3);                                                         \
	CHECK(operation(v[1]) == (type)-3);
#define STEP_WRITE(operation, type, v)                                            \
	SET(v, 0);                                                                \
	operation(v[1], (type)-7);                                                \
	IS(type, v, -7);
#define STEP_ADD(operation, type, v)                                              \
	{                                                                         \
		type more = (type)1000;                                                \
		SET(v, 100);                                                      \
		operation(v[1], 5);                                               \
		IS(type, v, 105);                                                 \
		operation(v[1], -100);                                            \
		IS(type, v, 5);                                                   \
		OPTIMIZER_HIDE_VAR(more);                                         \
		operation(v[1], more);                                            \
		IS(type, v, (type)(5 + more));                                    \
	}
#define STEP_SUB(operation, type, v)                                              \
	{                                                                         \
		type less = (type)1000;                                                \
		SET(v, 100);                                                      \
		operation(v[1], 5);                                               \
		IS(type, v, 95);                                                  \
		OPTIMIZER_HIDE_VAR(less);                                         \
		operation(v[1], less);                                            \
		IS(type, v, (type)(95 - less));                                   \
	}
#define STEP_INC(operation, type, v)                                              \
	SET(v, (type)-1);                                                         \
	operation(v[1]);                                                          \
	IS(type, v, 0);                                                           \
	operation(v[1]);                                                          \
	IS(type, v, 1);
#define STEP_DEC(operation, type, v)                                              \
	SET(v, 1);                                                                \
	operation(v[1]);                                                          \
	IS(type, v, 0);                                                           \
	operation(v[1]);                                                          \
	IS(type, v, -1);
#define STEP_AND(operation, type, v)                                              \
	SET(v, 0x7c);                                                             \
	operation(v[1], 0x57);                                                    \
	IS(type, v, 0x54);                                                        \
	operation(v[1], (type)-1);                                                \
	IS(type, v, 0x54);
#define STEP_OR(operation, type, v)                                               \
	SET(v, 0x14);                                                             \
	operation(v[1], 0x43);                                                    \
	IS(type, v, 0x57);                                                        \
	operation(v[1], (type)-1);                                                \
	IS(type, v, -1);
#define STEP_ADD_RETURN(operation, type, v)                                       \
	SET(v, 100);                                                              \
	CHECK(operation(v[1], 5) == 105);                                         \
	IS(type, v, 105);                                                         \
	CHECK(operation(v[1], -106) == (type)-1);                                 \
	IS(type, v, -1);
#define STEP_SUB_RETURN(operation, type, v)                                       \
	SET(v, 100);                                                              \
	CHECK(operation(v[1], 99) == 1);                                          \
	CHECK(operation(v[1], 2) == (type)-1);                                    \
	IS(type, v, -1);
#define STEP_INC_RETURN(operation, type, v)                                       \
	SET(v, (type)-1);                                                         \
	CHECK(operation(v[1]) == 0);                                              \
	CHECK(operation(v[1]) == 1);                                              \
	IS(type, v, 1);
#define STEP_DEC_RETURN(operation, type, v)                                       \
	SET(v, 1);                                                                \
	CHECK(operation(v[1]) == 0);                                              \
	CHECK(operation(v[1]) == (type)-1);                                       \
	IS(type, v, -1);
#define STEP_XCHG(operation, type, v)                                             \
	SET(v, 9);                                                                \
	CHECK(operation(v[1], 10) == 9);                                          \
	CHECK(operation(v[1], (type)-10) == 10);                                  \
	IS(type, v, -10);
#define STEP_CMPXCHG(operation, type, v)                                          \
	SET(v, 9);                                                                \
	CHECK(operation(v[1], 8, 10) == 9);                                       \
	IS(type, v, 9);                                                           \
	CHECK(operation(v[1], 9, (type)-10) == 9);                                \
	IS(type, v, -10);                                                         \
	CHECK(operation(v[1], (type)-10, (type)-10) == (type)-10);                \
	IS(type, v, -10);

#define S(type, v) STEP_READ(this_cpu_read, type, v)
TEST(this_cpu_read, S)
#undef S
#define S(type, v) STEP_READ(raw_cpu_read, type, v)
TEST(raw_cpu_read, S)
#undef S
#define S(type, v) STEP_READ(__this_cpu_read, type, v)
TEST(__this_cpu_read, S)
#undef S
#define S(type, v) STEP_WRITE(this_cpu_write, type, v)
TEST(this_cpu_write, S)
#undef S
#define S(type, v) STEP_WRITE(raw_cpu_write, type, v)
TEST(raw_cpu_write, S)
#undef S
#define S(type, v) STEP_WRITE(__this_cpu_write, type, v)
TEST(__this_cpu_write, S)
#undef S
#define S(type, v) STEP_ADD(this_cpu_add, type, v)
TEST(this_cpu_add, S)
#undef S
#define S(type, v) STEP_ADD(raw_cpu_add, type, v)
TEST(raw_cpu_add, S)
#undef S
#define S(type, v) STEP_ADD(__this_cpu_add, type, v)
TEST(__this_cpu_add, S)
#undef S
#define S(type, v) STEP_SUB(this_cpu_sub, type, v)
TEST(this_cpu_sub, S)
#undef S
#define S(type, v) STEP_SUB(raw_cpu_sub, type, v)
TEST(raw_cpu_sub, S)
#undef S
#define S(type, v) STEP_SUB(__this_cpu_sub, type, v)
TEST(__this_cpu_sub, S)
#undef S
#define S(type, v) STEP_INC(this_cpu_inc, type, v)
TEST(this_cpu_inc, S)
#undef S
#define S(type, v) STEP_INC(raw_cpu_inc, type, v)
TEST(raw_cpu_inc, S)
#undef S
#define S(type, v) STEP_INC(__this_cpu_inc, type, v)
TEST(__this_cpu_inc, S)
#undef S
#define S(type, v) STEP_DEC(this_cpu_dec, type, v)
TEST(this_cpu_dec, S)
#undef S
#define S(type, v) STEP_DEC(raw_cpu_dec, type, v)
TEST(raw_cpu_dec, S)
#undef S
#define S(type, v) STEP_DEC(__this_cpu_dec, type, v)
TEST(__this_cpu_dec, S)
#undef S
#define S(type, v) STEP_AND(this_cpu_and, type, v)
TEST(this_cpu_and, S)
#undef S
#define S(type, v) STEP_AND(raw_cpu_and, type, v)
TEST(raw_cpu_and, S)
#undef S
#define S(type, v) STEP_AND(__this_cpu_and, type, v)
TEST(__this_cpu_and, S)
#undef S
#define S(type, v) STEP_OR(this_cpu_or, type, v)
TEST(this_cpu_or, S)
#undef S
#define S(type, v) STEP_OR(raw_cpu_or, type, v)
TEST(raw_cpu_or, S)
#undef S
#define S(type, v) STEP_OR(__this_cpu_or, type, v)
TEST(__this_cpu_or, S)
#undef S
#define S(type, v) STEP_ADD_RETURN(this_cpu_add_return, type, v)
TEST(this_cpu_add_return, S)
#undef S
#define S(type, v) STEP_ADD_RETURN(raw_cpu_add_return, type, v)
TEST(raw_cpu_add_return, S)
#undef S
#define S(type, v) STEP_ADD_RETURN(__this_cpu_add_return, type, v)
TEST(__this_cpu_add_return, S)
#undef S
#define S(type, v) STEP_SUB_RETURN(this_cpu_sub_return, type, v)
TEST(this_cpu_sub_return, S)
#undef S
#define S(type, v) STEP_SUB_RETURN(raw_cpu_sub_return, type, v)
TEST(raw_cpu_sub_return, S)
#undef S
#define S(type, v) STEP_SUB_RETURN(__this_cpu_sub_return, type, v)
TEST(__this_cpu_sub_return, S)
#undef S
#define S(type, v) STEP_INC_RETURN(this_cpu_inc_return, type, v)
TEST(this_cpu_inc_return, S)
#undef S
#define S(type, v) STEP_INC_RETURN(raw_cpu_inc_return, type, v)
TEST(raw_cpu_inc_return, S)
#undef S
#define S(type, v) STEP_INC_RETURN(__this_cpu_inc_return, type, v)
TEST(__this_cpu_inc_return, S)
#undef S
#define S(type, v) STEP_DEC_RETURN(this_cpu_dec_return, type, v)
TEST(this_cpu_dec_return, S)
#undef S
#define S(type, v) STEP_DEC_RETURN(raw_cpu_dec_return, type, v)
TEST(raw_cpu_dec_return, S)
#undef S
#define S(type, v) STEP_DEC_RETURN(__this_cpu_dec_return, type, v)
TEST(__this_cpu_dec_return, S)
#undef S
#define S(type, v) STEP_XCHG(this_cpu_xchg, type, v)
TEST(this_cpu_xchg, S)
#undef S
#define S(type, v) STEP_XCHG(raw_cpu_xchg, type, v)
TEST(raw_cpu_xchg, S)
#undef S
#define S(type, v) STEP_XCHG(__this_cpu_xchg, type, v)
TEST(__this_cpu_xchg, S)
#undef S
#define S(type, v) STEP_CMPXCHG(this_cpu_cmpxchg, type, v)
TEST(this_cpu_cmpxchg, S)
#undef S
#define S(type, v) STEP_CMPXCHG(raw_cpu_cmpxchg, type, v)
TEST(raw_cpu_cmpxchg, S)
#undef S
#define S(type, v) STEP_CMPXCHG(__this_cpu_cmpxchg, type, v)
TEST(__this_cpu_cmpxchg, S)
#undef S

/* A pair that changes together must lie on a quadword; so must its type say. */
struct pair {
	u64 first;
	u64 second;
} __aligned(16);
static DEFINE_PER_CPU(struct pair, ops_pair);

#define PAIR_TEST(operation)                                                      \
	static int test_##operation(void)                                         \
	{                                                                         \
		struct pair *pair = this_cpu_ptr(&ops_pair);                      \
										  \
		pair->first = 1;                                                  \
		pair->second = 2;                                                 \
		CHECK(!operation(ops_pair.first, ops_pair.second, 1, 3, 5, 6));   \
		CHECK(!operation(ops_pair.first, ops_pair.second, 2, 2, 5, 6));   \
		CHECK(pair->first == 1 && pair->second == 2);                     \
		CHECK(operation(ops_pair.first, ops_pair.second, 1, 2, 5, -6));   \
		CHECK(pair->first == 5 && pair->second == (u64)-6);               \
		return 0;                                                         \
	}

PAIR_TEST(this_cpu_cmpxchg_double)
PAIR_TEST(raw_cpu_cmpxchg_double)
PAIR_TEST(__this_cpu_cmpxchg_double)

/* Of a bool and of a pointer, what has a meaning. */
static int bools(void)
{
	this_cpu_write(ops_bool, true);
	CHECK(this_cpu_read(ops_bool));
	CHECK(this_cpu_xchg(ops_bool, false));
	CHECK(!this_cpu_read(ops_bool));
	CHECK(!this_cpu_cmpxchg(ops_bool, false, true));
	CHECK(raw_cpu_read(ops_bool));
	return 0;
}

static int pointers(void)
{
	int here, there;

	this_cpu_write(ops_pointer, &here);
	CHECK(this_cpu_read(ops_pointer) == &here);
	CHECK(this_cpu_xchg(ops_pointer, &there) == &here);
	CHECK(this_cpu_cmpxchg(ops_pointer, &here, NULL) == &there);
	CHECK(this_cpu_cmpxchg(ops_pointer, &there, NULL) == &there);
	CHECK(!__this_cpu_read(ops_pointer));
	return 0;
}

/* The same operations through a pointer, which no GOT slot has a part in. */
static int through_a_pointer(void)
{
	u32 __percpu *pointer = &ops_u32[1];

	SET(ops_u32, 10);
	OPTIMIZER_HIDE_VAR(pointer);
	this_cpu_inc(*pointer);
	CHECK(this_cpu_add_return(*pointer, 4) == 15);
	IS(u32, ops_u32, 15);
	return 0;
}

/* Nothing that a CPU does shows on another. */
static int copies_are_apart(void)
{
	int cpu, seen = 0;

	this_cpu_write(ops_int[0], smp_processor_id() + 1000);
	for_each_possible_cpu(cpu)
		seen += per_cpu(ops_int, cpu)[0] == smp_processor_id() + 1000;
	CHECK(seen == 1);
	return 0;
}

CTESTS(ON_EACH_CPU(test_this_cpu_read),
       ON_EACH_CPU(test_raw_cpu_read),
       ON_EACH_CPU(test___this_cpu_read),
       ON_EACH_CPU(test_this_cpu_write),
       ON_EACH_CPU(test_raw_cpu_write),
       ON_EACH_CPU(test___this_cpu_write),
       ON_EACH_CPU(test_this_cpu_add),
       ON_EACH_CPU(test_raw_cpu_add),
       ON_EACH_CPU(test___this_cpu_add),
       ON_EACH_CPU(test_this_cpu_sub),
       ON_EACH_CPU(test_raw_cpu_sub),
       ON_EACH_CPU(test___this_cpu_sub),
       ON_EACH_CPU(test_this_cpu_inc),
       ON_EACH_CPU(test_raw_cpu_inc),
       ON_EACH_CPU(test___this_cpu_inc),
       ON_EACH_CPU(test_this_cpu_dec),
       ON_EACH_CPU(test_raw_cpu_dec),
       ON_EACH_CPU(test___this_cpu_dec),
       ON_EACH_CPU(test_this_cpu_and),
       ON_EACH_CPU(test_raw_cpu_and),
       ON_EACH_CPU(test___this_cpu_and),
       ON_EACH_CPU(test_this_cpu_or),
       ON_EACH_CPU(test_raw_cpu_or),
       ON_EACH_CPU(test___this_cpu_or),
       ON_EACH_CPU(test_this_cpu_add_return),
       ON_EACH_CPU(test_raw_cpu_add_return),
       ON_EACH_CPU(test___this_cpu_add_return),
       ON_EACH_CPU(test_this_cpu_sub_return),
       ON_EACH_CPU(test_raw_cpu_sub_return),
       ON_EACH_CPU(test___this_cpu_sub_return),
       ON_EACH_CPU(test_this_cpu_inc_return),
       ON_EACH_CPU(test_raw_cpu_inc_return),
       ON_EACH_CPU(test___this_cpu_inc_return),
       ON_EACH_CPU(test_this_cpu_dec_return),
       ON_EACH_CPU(test_raw_cpu_dec_return),
       ON_EACH_CPU(test___this_cpu_dec_return),
       ON_EACH_CPU(test_this_cpu_xchg),
       ON_EACH_CPU(test_raw_cpu_xchg),
       ON_EACH_CPU(test___this_cpu_xchg),
       ON_EACH_CPU(test_this_cpu_cmpxchg),
       ON_EACH_CPU(test_raw_cpu_cmpxchg),
       ON_EACH_CPU(test___this_cpu_cmpxchg),
       ON_EACH_CPU(test_this_cpu_cmpxchg_double),
       ON_EACH_CPU(test_raw_cpu_cmpxchg_double),
       ON_EACH_CPU(test___this_cpu_cmpxchg_double),
       ON_EACH_CPU(bools),
       ON_EACH_CPU(pointers),
       ON_EACH_CPU(through_a_pointer),
       ON_EACH_CPU(copies_are_apart));
