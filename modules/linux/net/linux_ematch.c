// SPDX-License-Identifier: MIT
/* Conditions on packets (Linux: ematch): by their numbers. */
#include "../registry.h"
#include "../provider.h"

struct tcf_ematch_ops {
	int kind;
	int datalen;
	void *change, *match, *destroy, *dump, *owner;
	struct list_head link;
};
static_assert(sizeof(struct tcf_ematch_ops) == 64);

REGISTRY(conditions);

int tcf_em_register(struct tcf_ematch_ops *condition)
{
	return REGISTER(&conditions, condition, link, other, other->kind == condition->kind);
}
OFFER(tcf_em_register);

void tcf_em_unregister(struct tcf_ematch_ops *condition)
{
	UNREGISTER(&conditions, condition, link);
}
OFFER(tcf_em_unregister);

/* For the tests: the condition of a number. */
struct tcf_ematch_ops *condition_numbered(int kind)
{
	struct tcf_ematch_ops *found;

	LOOK_UP(&conditions, found, link, found->kind == kind);
	return found;
}
EXPORT_SYMBOL(condition_numbered);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers conditions on packets by number to Linux's modules");
