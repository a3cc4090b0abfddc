/* Addresses of sockets: the structures alone. There is no network. */
#ifndef __LINUX_SOCKET_H
#define __LINUX_SOCKET_H

#include <linux/types.h>

typedef unsigned short sa_family_t;

#define AF_UNSPEC 0
#define AF_INET 2
#define AF_INET6 10

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};

#endif
