#ifndef __LINUX_POISON_H
#define __LINUX_POISON_H

/* Links of an entry that is in no list: nothing is mapped there. */
#define LIST_POISON1 ((void *)0xdead000000000100UL)
#define LIST_POISON2 ((void *)0xdead000000000122UL)

#endif
