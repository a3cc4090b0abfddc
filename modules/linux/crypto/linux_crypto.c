// SPDX-License-Identifier: MIT
/*
 * Algorithms by name. Who asks for `aes` gets the registered one with the highest priority of
 * those that call themselves so; who asks for `cmac(aes)`, that instance of the template `cmac`,
 * which is created if there is none.
 *
 *     template cmac ──create──► instance cmac(aes) ──spawn──► algorithm aes
 *                                    │                            │ cra_users
 *                                    └──── goes before it does ◄──┘
 */
#include "crypto.h"
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/notifier.h>

static LIST_HEAD(algorithms);
static LIST_HEAD(templates);
/* Held for both lists, and all that hangs on them. */
static DEFINE_MUTEX(changing);

/* What notifiers are called for. */
#define REGISTERED 1

static DEFINE_MUTEX(notifying);
static RAW_NOTIFIER_HEAD(notifiers);

int crypto_register_notifier(struct notifier_block *block)
{
	int error;

	mutex_lock(&notifying);
	error = raw_notifier_chain_register(&notifiers, block);
	mutex_unlock(&notifying);
	return error;
}
OFFER(crypto_register_notifier);

int crypto_unregister_notifier(struct notifier_block *block)
{
	int error;

	mutex_lock(&notifying);
	error = raw_notifier_chain_unregister(&notifiers, block);
	mutex_unlock(&notifying);
	return error;
}
OFFER(crypto_unregister_notifier);

static void notify(unsigned long what, void *data)
{
	mutex_lock(&notifying);
	raw_notifier_call_chain(&notifiers, what, data);
	mutex_unlock(&notifying);
}

/* Under the lock. */
static bool is_there(const struct crypto_alg *algorithm)
{
	const struct crypto_alg *other;

	list_for_each_entry(other, &algorithms, cra_list)
		if (other == algorithm ||
		    !strcmp(other->cra_driver_name, algorithm->cra_driver_name))
			return true;
	return false;
}

/* Enters one of a kind; `number` is the kind's, or 0 for the one that it says itself. */
int add_algorithm(struct crypto_alg *algorithm, unsigned int number, const struct kind *kind)
{
	int error = 0;

	if (!algorithm->cra_name[0] || !algorithm->cra_driver_name[0] ||
	    algorithm->cra_alignmask & (algorithm->cra_alignmask + 1) ||
	    algorithm->cra_priority < 0)
		return -EINVAL;
	if (kind) {
		algorithm->cra_flags = (algorithm->cra_flags & ~KIND_MASK) | number;
		algorithm->cra_type = kind;
	}
	mutex_lock(&changing);
	if (is_there(algorithm)) {
		error = -EEXIST;
	} else {
		INIT_LIST_HEAD(&algorithm->cra_users);
		atomic_set(&algorithm->cra_refcnt, 1);
		list_add(&algorithm->cra_list, &algorithms);
	}
	mutex_unlock(&changing);
	if (!error)
		notify(REGISTERED, algorithm);
	return error;
}
EXPORT_SYMBOL(add_algorithm);

/* The instance that goes next, so that one of this algorithm's can: nothing is made of it. */
static struct crypto_instance *user_of(struct crypto_alg *algorithm)
{
	struct crypto_instance *found = NULL;

	while (!list_empty(&algorithm->cra_users)) {
		struct crypto_spawn *spawn =
			list_first_entry(&algorithm->cra_users, struct crypto_spawn, list);

		BUG_ON(!spawn->registered);
		found = spawn->inst;
		algorithm = &found->alg;
	}
	return found;
}

/* Takes it from the list, under the lock: whoever has one made of it would run into nothing. */
static void take_out(struct crypto_alg *algorithm)
{
	BUG_ON(atomic_read(&algorithm->cra_refcnt) != 1);
	list_del_init(&algorithm->cra_list);
}

static void end_instance(struct crypto_instance *instance)
{
	instance->alg.cra_type->free(instance);
}

/* Takes an algorithm away, and all instances that are made of it. */
void remove_algorithm(struct crypto_alg *algorithm)
{
	struct crypto_instance *instance;

	do {
		mutex_lock(&changing);
		instance = user_of(algorithm);
		if (instance) {
			take_out(&instance->alg);
			hlist_del(&instance->list);
		} else {
			take_out(algorithm);
		}
		mutex_unlock(&changing);
		if (instance)
			end_instance(instance);
	} while (instance);
	if (algorithm->cra_destroy)
		algorithm->cra_destroy(algorithm);
}
EXPORT_SYMBOL(remove_algorithm);

int crypto_register_alg(struct crypto_alg *algorithm)
{
	return add_algorithm(algorithm, 0, NULL);
}
OFFER(crypto_register_alg);

void crypto_unregister_alg(struct crypto_alg *algorithm)
{
	remove_algorithm(algorithm);
}
OFFER(crypto_unregister_alg);

int crypto_register_algs(struct crypto_alg *first, int count)
{
	return ADD_ALL(first, count, crypto_register_alg, crypto_unregister_alg);
}
OFFER(crypto_register_algs);

void crypto_unregister_algs(struct crypto_alg *first, int count)
{
	REMOVE_ALL(first, count, crypto_unregister_alg);
}
OFFER(crypto_unregister_algs);

int crypto_register_template(struct crypto_template *template)
{
	struct crypto_template *other;
	int error = 0;

	mutex_lock(&changing);
	list_for_each_entry(other, &templates, list)
		if (other == template || !strcmp(other->name, template->name))
			error = -EEXIST;
	if (!error) {
		INIT_HLIST_HEAD(&template->instances);
		list_add(&template->list, &templates);
	}
	mutex_unlock(&changing);
	return error;
}
OFFER(crypto_register_template);

void crypto_unregister_template(struct crypto_template *template)
{
	struct crypto_instance *instance, *user;

	mutex_lock(&changing);
	list_del_init(&template->list);
	while (template->instances.first) {
		instance = hlist_entry(template->instances.first, struct crypto_instance, list);
		user = user_of(&instance->alg);
		instance = user ?: instance;
		take_out(&instance->alg);
		hlist_del(&instance->list);
		mutex_unlock(&changing);
		end_instance(instance);
		mutex_lock(&changing);
	}
	mutex_unlock(&changing);
}
OFFER(crypto_unregister_template);

int crypto_register_templates(struct crypto_template *first, int count)
{
	return ADD_ALL(first, count, crypto_register_template, crypto_unregister_template);
}
OFFER(crypto_register_templates);

void crypto_unregister_templates(struct crypto_template *first, int count)
{
	REMOVE_ALL(first, count, crypto_unregister_template);
}
OFFER(crypto_unregister_templates);

/* Enters an instance that a template's `create` has made. */
int add_instance(struct crypto_template *template, struct crypto_instance *instance,
		 unsigned int number, const struct kind *kind)
{
	struct crypto_spawn *spawn, *next = instance->spawns;
	int error;

	instance->alg.cra_flags |= IS_INSTANCE;
	instance->alg.cra_module = template->module;
	mutex_lock(&changing);
	while ((spawn = next)) {
		next = spawn->next;
		spawn->inst = instance;
		spawn->registered = true;
	}
	instance->tmpl = template;
	hlist_add_head(&instance->list, &template->instances);
	mutex_unlock(&changing);
	error = add_algorithm(&instance->alg, number, kind);
	if (error) {
		mutex_lock(&changing);
		hlist_del(&instance->list);
		mutex_unlock(&changing);
	}
	return error;
}
EXPORT_SYMBOL(add_instance);

/* Under the lock. */
static struct crypto_alg *registered(const char *name, u32 kind, u32 mask)
{
	struct crypto_alg *algorithm, *best = NULL;

	list_for_each_entry(algorithm, &algorithms, cra_list) {
		if ((algorithm->cra_flags ^ kind) & mask)
			continue;
		if (!strcmp(algorithm->cra_driver_name, name))
			return algorithm;
		if (!strcmp(algorithm->cra_name, name) &&
		    (!best || algorithm->cra_priority > best->cra_priority))
			best = algorithm;
	}
	return best;
}

/* Has a template create what is asked for. */
static int create(const char *name, u32 kind, u32 mask)
{
	struct words *words = kzalloc(sizeof(*words), GFP_KERNEL);
	struct crypto_template *template, *found = NULL;
	char template_name[ALGORITHM_NAME];
	int error;

	if (!words)
		return -ENOMEM;
	words->type.head.length = sizeof(words->type);
	words->type.head.kind = WORD_TYPE;
	words->type.kind = kind;
	words->type.mask = mask;
	words->all[0] = &words->type.head;
	error = split_words(name, template_name, words);
	if (!error) {
		mutex_lock(&changing);
		list_for_each_entry(template, &templates, list)
			if (!strcmp(template->name, template_name))
				found = template;
		mutex_unlock(&changing);
		error = found ? found->create(found, words->all) : -ENOENT;
	}
	kfree(words);
	return error;
}

/* The algorithm of a name, or an error: -ENOENT if there is none. */
struct crypto_alg *find_algorithm(const char *name, u32 kind, u32 mask)
{
	struct crypto_alg *found;
	int error;

	mutex_lock(&changing);
	found = registered(name, kind, mask);
	mutex_unlock(&changing);
	if (found)
		return found;
	error = create(name, kind, mask);
	if (error && error != -EEXIST)
		return ERR_PTR(error);
	mutex_lock(&changing);
	found = registered(name, kind, mask);
	mutex_unlock(&changing);
	return found ?: ERR_PTR(-ENOENT);
}
EXPORT_SYMBOL(find_algorithm);

int crypto_has_alg(const char *name, u32 kind, u32 mask)
{
	return !IS_ERR(find_algorithm(name, kind, mask));
}
OFFER(crypto_has_alg);

/* Makes one to work with; its memory begins with what its kind has in front. */
void *make(struct crypto_alg *algorithm, const struct kind *kind)
{
	unsigned int front = kind ? kind->front : 0;
	unsigned int context = kind && kind->context ? kind->context(algorithm) :
						       algorithm->cra_ctxsize;
	struct crypto_tfm *tfm;
	void *memory;
	int error;

	context += algorithm->cra_alignmask & ~7u;
	memory = kzalloc(front + sizeof(*tfm) + context, GFP_KERNEL);
	if (!memory)
		return ERR_PTR(-ENOMEM);
	tfm = memory + front;
	atomic_set(&tfm->refcnt, 1);
	tfm->node = -1;
	tfm->algorithm = algorithm;
	atomic_inc(&algorithm->cra_refcnt);
	error = kind && kind->begin ? kind->begin(tfm) : 0;
	if (!error && !tfm->exit && algorithm->cra_init)
		error = algorithm->cra_init(tfm);
	if (!error)
		return memory;
	atomic_dec(&algorithm->cra_refcnt);
	kfree_sensitive(memory);
	return ERR_PTR(error);
}
EXPORT_SYMBOL(make);

void *make_named(const char *name, const struct kind *kind, u32 flags, u32 mask)
{
	u32 bits = kind ? kind->mask : 0;
	struct crypto_alg *algorithm =
		find_algorithm(name, (flags & ~bits) | (kind ? kind->number : 0), mask | bits);

	return IS_ERR(algorithm) ? (void *)algorithm : make(algorithm, kind);
}
EXPORT_SYMBOL(make_named);

/* One that has nothing in front: a cipher. */
struct crypto_tfm *crypto_alloc_base(const char *name, u32 kind, u32 mask)
{
	struct crypto_alg *algorithm = find_algorithm(name, kind, mask);

	return IS_ERR(algorithm) ? (void *)algorithm : make(algorithm, NULL);
}
OFFER(crypto_alloc_base);

void crypto_destroy_tfm(void *memory, struct crypto_tfm *tfm)
{
	struct crypto_alg *algorithm;

	if (IS_ERR_OR_NULL(memory) || !atomic_dec_and_test(&tfm->refcnt))
		return;
	algorithm = tfm->algorithm;
	if (tfm->exit)
		tfm->exit(tfm);
	else if (algorithm->cra_exit)
		algorithm->cra_exit(tfm);
	atomic_dec(&algorithm->cra_refcnt);
	kfree_sensitive(memory);
}
OFFER(crypto_destroy_tfm);

/* Spawns. */

/* Notes that an instance, while it is made, uses an algorithm. */
int grab(struct crypto_spawn *spawn, struct crypto_instance *instance, const char *name,
	 const struct kind *kind, u32 flags, u32 mask)
{
	u32 bits = kind ? kind->mask : 0;
	struct crypto_alg *algorithm;

	if (IS_ERR(name))
		return PTR_ERR(name);
	algorithm = find_algorithm(name, (flags & ~bits) | (kind ? kind->number : 0), mask | bits);
	if (IS_ERR(algorithm))
		return PTR_ERR(algorithm);
	spawn->frontend = kind;
	mutex_lock(&changing);
	list_add(&spawn->list, &algorithm->cra_users);
	spawn->alg = algorithm;
	spawn->mask = mask;
	spawn->next = instance->spawns;
	instance->spawns = spawn;
	mutex_unlock(&changing);
	instance->alg.cra_flags |= algorithm->cra_flags & INHERITED;
	return 0;
}
EXPORT_SYMBOL(grab);

int crypto_grab_spawn(struct crypto_spawn *spawn, struct crypto_instance *instance,
		      const char *name, u32 kind, u32 mask)
{
	return grab(spawn, instance, name, spawn->frontend, kind, mask);
}
OFFER(crypto_grab_spawn);

void crypto_drop_spawn(struct crypto_spawn *spawn)
{
	/* Not all that an instance would have are grabbed if it fails. */
	if (!spawn->alg)
		return;
	mutex_lock(&changing);
	list_del(&spawn->list);
	spawn->alg = NULL;
	mutex_unlock(&changing);
}
OFFER(crypto_drop_spawn);

struct crypto_tfm *crypto_spawn_tfm(struct crypto_spawn *spawn, u32 kind, u32 mask)
{
	if ((spawn->alg->cra_flags ^ kind) & mask)
		return ERR_PTR(-EINVAL);
	return make(spawn->alg, NULL);
}
OFFER(crypto_spawn_tfm);

void *crypto_spawn_tfm2(struct crypto_spawn *spawn)
{
	return make(spawn->alg, spawn->frontend);
}
OFFER(crypto_spawn_tfm2);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers algorithms by name, and templates that make one of others");
