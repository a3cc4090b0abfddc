/* Modules that a module asks for: it says so by MODULE_SOFTDEP, or imports of them. */
#ifndef __LINUX_KMOD_H
#define __LINUX_KMOD_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#define request_module(name...) ((int)__unsupported(request_module))
#define request_module_nowait(name...) ((int)__unsupported(request_module_nowait))
#define try_then_request_module(module, name...)                                  \
	((module) ?: (__unsupported(request_module), (module)))

#endif
