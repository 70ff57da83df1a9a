/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Allocations of the product's modules, wrapped by the linker, and SQLite's, by its own means: any
 * can be made to fail. The tests' own go to the originals by a definition in CMakeLists.txt.
 */
#include "hook.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t count, size_t n);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t n)
{
	return hook_no_memory() ? NULL : malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
	return hook_no_memory() ? NULL : calloc(count, n);
}

void *__wrap_realloc(void *p, size_t n)
{
	return hook_no_memory() ? NULL : realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t count, size_t n)
{
	return hook_no_memory() ? NULL : reallocarray(p, count, n);
}

char *__wrap_strdup(const char *s)
{
	return hook_no_memory() ? NULL : strdup(s);
}

static sqlite3_mem_methods below;

static void *sqlite_malloc(int n)
{
	return hook_no_memory() ? NULL : below.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
	return hook_no_memory() ? NULL : below.xRealloc(p, n);
}

void hook_sqlite_memory(void)
{
	sqlite3_mem_methods through;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below);
	through = below;
	through.xMalloc = sqlite_malloc;
	through.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &through);
}
