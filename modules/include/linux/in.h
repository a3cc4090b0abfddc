/* Addresses of IPv4, in network order, which is this machine's. */
#ifndef __LINUX_IN_H
#define __LINUX_IN_H

#include <linux/socket.h>
#include <linux/types.h>

struct in_addr {
	__be32 s_addr;
};

struct sockaddr_in {
	sa_family_t sin_family;
	__be16 sin_port;
	struct in_addr sin_addr;
	unsigned char __pad[8];
};

#endif
