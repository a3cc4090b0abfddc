/* Pages of 4 KiB. */
#ifndef __ASM_PAGE_H
#define __ASM_PAGE_H

#include <linux/const.h>
#include <linux/string.h>
#include <linux/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE _AC(4096, UL)
#define PAGE_MASK (~(PAGE_SIZE - 1))

#define clear_page(page) memset((page), 0, PAGE_SIZE)
#define copy_page(to, from) memcpy((to), (from), PAGE_SIZE)

#endif
