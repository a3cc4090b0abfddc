/* Nodes that describe devices: the structures alone. There are no devices to describe. */
#ifndef __LINUX_PROPERTY_H
#define __LINUX_PROPERTY_H

#include <linux/errno.h>
#include <linux/types.h>

struct fwnode_handle;

struct software_node {
	const char *name;
	const struct software_node *parent;
};

static inline int software_node_register_nodes(const struct software_node *nodes)
{
	(void)nodes;
	return -ENXIO;
}

static inline void software_node_unregister_nodes(const struct software_node *nodes)
{
	(void)nodes;
}

/* None is registered. */
static inline struct fwnode_handle *software_node_fwnode(const struct software_node *node)
{
	(void)node;
	return NULL;
}

#endif
