/* Memory that may not be there. */
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "ctest.h"

#define PAGE 4096

/* A page with nothing mapped behind it. */
static char *page(void)
{
	char *area = vmalloc(PAGE);

	if (area)
		memset(area, 'x', PAGE);
	return area;
}

static int copies_from(void)
{
	char *area = page();
	char to[32];
	size_t bytes;

	CHECK(area);
	for (bytes = 0; bytes <= sizeof(to); bytes++) {
		memset(to, 0, sizeof(to));
		CHECK(!copy_from_kernel_nofault(to, area + PAGE - bytes, bytes));
		CHECK(!memchr(to, 0, bytes));
		CHECK(bytes == sizeof(to) || !to[bytes]);
		CHECK(copy_from_kernel_nofault(to, area + PAGE - bytes, bytes + 1) == -EFAULT);
	}
	vfree(area);
	CHECK(copy_from_kernel_nofault(to, area, 1) == -EFAULT);
	CHECK(copy_from_kernel_nofault(to, (void *)-8, 8) == -EFAULT);
	return 0;
}

static int copies_to(void)
{
	static const char sealed[8] = "sealed";
	char *area = page();

	CHECK(area);
	CHECK(!copy_to_kernel_nofault(area + PAGE - 5, "12345", 5));
	CHECK(!memcmp(area + PAGE - 6, "x12345", 6));
	CHECK(copy_to_kernel_nofault(area + PAGE - 4, "abcde", 5) == -EFAULT);
	CHECK(copy_to_kernel_nofault((void *)sealed, "broken", 6) == -EFAULT);
	CHECK(!strcmp(sealed, "sealed"));
	CHECK(copy_to_kernel_nofault(NULL, "x", 1) == -EFAULT);
	vfree(area);
	return 0;
}

static int values(void)
{
	unsigned long there = 5, value = 0;
	unsigned long *nowhere = (unsigned long *)0xbad00000000;

	CHECK(!get_kernel_nofault(value, &there) && value == 5);
	CHECK(get_kernel_nofault(value, nowhere) == -EFAULT);
	return 0;
}

static int texts(void)
{
	char *area = page();
	char to[8];

	CHECK(area);
	strcpy(area + PAGE - 4, "end");
	CHECK(strncpy_from_kernel_nofault(to, area + PAGE - 4, sizeof(to)) == 4);
	CHECK(!strcmp(to, "end"));
	CHECK(strncpy_from_kernel_nofault(to, area, sizeof(to)) == sizeof(to));
	CHECK(!strcmp(to, "xxxxxxx"));
	CHECK(strncpy_from_kernel_nofault(to, "", sizeof(to)) == 1 && !to[0]);
	CHECK(strncpy_from_kernel_nofault(to, "no room", 0) == 0);
	area[PAGE - 1] = 'x';
	CHECK(strncpy_from_kernel_nofault(to, area + PAGE - 4, sizeof(to)) == -EFAULT);
	CHECK(!strcmp(to, "endx"));
	vfree(area);
	CHECK(strncpy_from_kernel_nofault(to, area, sizeof(to)) == -EFAULT);
	return 0;
}

CTESTS(ONCE(copies_from), ONCE(copies_to), ONCE(values), ONCE(texts),
       ON_EACH_CPU(copies_from));
