/*
 * Linux's first program when it is measured: freestanding, for s390x, with system calls of
 * its own.
 *
 *   boot, measured ──► each module in turn: loaded, unloaded, both measured
 *                 ──► what the modules wrote into the kernel's log ──► power off
 *
 * It prints `BENCH name operations total per_operation`, as this project's kernel does. A
 * nanosecond is an instruction, by QEMU's `-icount shift=0`. Loading is by the TOD clock;
 * unloading by the thread's own time, as most of an unload is a wait for other CPUs (RCU).
 */
typedef unsigned long u64;

enum {
	NR_write = 4, NR_open = 5, NR_close = 6, NR_reboot = 88, NR_syslog = 103,
	NR_delete_module = 129, NR_nanosleep = 162, NR_clock_gettime = 260,
	NR_finit_module = 344,
};

enum { THREAD_CPU_TIME = 3, SINCE_BOOT = 7 };
enum { READ_ALL = 3 };

/* A module's file lies in the root folder, by its name. */
static const struct module {
	const char *name;
	u64 relocations;
} modules[] = {
	{ "empty", 1 },
	{ "linux_bench", 1 },
	{ "linux_bench_z196", 1 },
	{ "linux_bench_65536", 1 },
	{ "relocs_1k", 1000 },
	{ "relocs_10k", 10000 },
	{ "relocs_100k", 100000 },
};

static long call(long number, long a, long b, long c, long d)
{
	register long r1 __asm__("1") = number;
	register long r2 __asm__("2") = a;
	register long r3 __asm__("3") = b;
	register long r4 __asm__("4") = c;
	register long r5 __asm__("5") = d;

	__asm__ volatile("svc 0"
			 : "+d"(r2)
			 : "d"(r1), "d"(r3), "d"(r4), "d"(r5)
			 : "cc", "memory");
	return r2;
}

struct timespec {
	long seconds, nanoseconds;
};

static u64 clock(int which)
{
	struct timespec time;

	call(NR_clock_gettime, which, (long)&time, 0, 0);
	return time.seconds * 1000000000UL + time.nanoseconds;
}

/* The TOD clock: its unit is 125/512 ns. */
static u64 tod(void)
{
	u64 units;

	__asm__ volatile("stckf %0" : "=Q"(units) : : "cc", "memory");
	return units / 512 * 125 + units % 512 * 125 / 512;
}

static void sleep(u64 milliseconds)
{
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	call(NR_nanosleep, (long)&time, 0, 0, 0);
}

/* A line is put together first, and written in one piece. */
static char line[256];
static unsigned int length;

static void text(const char *from)
{
	while (*from && length < sizeof(line) - 1)
		line[length++] = *from++;
}

static void number(u64 value, unsigned int least_digits)
{
	char digits[24];
	unsigned int at = sizeof(digits) - 1;

	digits[at] = 0;
	for (; value || sizeof(digits) - 1 - at < least_digits; value /= 10)
		digits[--at] = '0' + value % 10;
	text(digits + at);
}

static void end_line(void)
{
	line[length++] = '\n';
	call(NR_write, 1, (long)line, length, 0);
	length = 0;
}

static void figure(const char *what, const char *of, u64 operations, u64 total)
{
	text("BENCH ");
	text(what);
	text(of);
	text(" ");
	number(operations, 1);
	text(" ");
	number(total, 1);
	text(" ");
	number(total / operations, 1);
	text(".");
	number(total % operations * 1000 / operations, 3);
	end_line();
}

static void failure(const char *what, const char *of, long error)
{
	text("FAILED ");
	text(what);
	text(" ");
	text(of);
	text(": errno ");
	number(-error, 1);
	end_line();
}

static void load_and_unload(const struct module *module)
{
	char path[64] = "/";
	unsigned int at = 1;
	const char *from;
	u64 start, loaded;
	long file, error;

	for (from = module->name; *from; from++)
		path[at++] = *from;
	for (from = ".ko"; *from; from++)
		path[at++] = *from;
	file = call(NR_open, (long)path, 0, 0, 0);
	if (file < 0)
		return failure("open", path, file);
	sleep(100);
	start = tod();
	error = call(NR_finit_module, file, (long)"", 0, 0);
	loaded = tod() - start;
	if (error)
		return failure("insmod", module->name, error);
	call(NR_close, file, 0, 0, 0);
	sleep(100);
	start = clock(THREAD_CPU_TIME);
	error = call(NR_delete_module, (long)module->name, 0, 0, 0);
	if (error)
		return failure("rmmod", module->name, error);
	figure("rmmod_", module->name, 1, clock(THREAD_CPU_TIME) - start);
	figure("insmod_", module->name, module->relocations, loaded);
}

static char log[1 << 20];

/* Returns where the log ends. */
static const char *read_log(void)
{
	long bytes = call(NR_syslog, READ_ALL, (long)log, sizeof(log) - 1, 0);

	return log + (bytes > 0 ? bytes : 0);
}

/* Nanoseconds from power-on to the first message: `[    2.010249] ...`. */
static u64 first_message(void)
{
	const char *at = log, *end = read_log();
	u64 microseconds = 0;

	while (at < end && *at != '[')
		at++;
	for (; at < end && *at != ']'; at++)
		if (*at >= '0' && *at <= '9')
			microseconds = microseconds * 10 + *at - '0';
	return microseconds * 1000;
}

/* The lines of the log that begin, behind their time, with BENCH. */
static void print_figures(void)
{
	const char *at = log, *end = read_log();

	while (at < end) {
		static const char mark[] = "] BENCH";
		unsigned int same = 0;

		while (same < sizeof(mark) - 1 && at + same < end && at[same] == mark[same])
			same++;
		if (same < sizeof(mark) - 1) {
			at++;
			continue;
		}
		for (at += 2; at < end && *at != '\n' && length < sizeof(line) - 1; at++)
			line[length++] = *at;
		end_line();
	}
}

/* Whether the last of the program's arguments asks for modules: Linux gives it the words
 * of its own command line that it doesn't know. */
static int wants_modules(const long *stack)
{
	const char *argument = (const char *)stack[stack[0]];
	const char *wanted = "modules";

	while (*argument && *argument == *wanted)
		argument++, wanted++;
	return *argument == *wanted;
}

/* The stack holds the number of arguments, and their addresses. */
__attribute__((used)) static void start(const long *stack)
{
	u64 since_boot = clock(SINCE_BOOT);
	unsigned int at;

	/* Before its first message, Linux is a decompressor. */
	figure("boot", "", 1, since_boot - first_message());
	if (wants_modules(stack)) {
		/* What boot has left to be done later. */
		sleep(1000);
		for (at = 0; at < sizeof(modules) / sizeof(modules[0]); at++)
			load_and_unload(&modules[at]);
		print_figures();
	}
	text("DONE");
	end_line();
	call(NR_reboot, 0xfee1dead, 0x28121969, 0x4321fedc, 0);
	for (;;)
		;
}

__asm__(".globl _start\n"
	"_start:\n"
	"	lgr	%r2,%r15\n"
	"	aghi	%r15,-160\n"
	"	xc	0(8,%r15),0(%r15)\n"
	"	brasl	%r14,start\n");
