/*
 * A module in C, with a per-CPU variable as Linux has it on s390: a weak
 * definition, which gcc -fPIC must reach through a GOT slot.
 *
 * init counts on the running CPU and fails if its copy didn't start at 0.
 */
__attribute__((weak, section(".data..percpu"))) unsigned long c_hits;

static unsigned long *mine(void)
{
	unsigned long offset;

	/* This CPU's offset, in lowcore. */
	__asm__ volatile("lg %0,816" : "=d"(offset));
	return (unsigned long *)((unsigned long)&c_hits + offset);
}

int init_module(void)
{
	return ++*mine() == 1 ? 0 : -5;
}

void cleanup_module(void)
{
}

static const char description[] __attribute__((used, section(".modinfo"))) =
	"name=c_hits\0license=MIT\0description=Counts on a weak per-CPU variable";
