/* SPDX-License-Identifier: MIT */
/*
 * What is done while memory runs out. A scene says in a digest what came of
 * it: the same as with memory, or an error that says so.
 */
#ifndef CARRYWATCH_TESTS_FAIL_MEMORY_H
#define CARRYWATCH_TESTS_FAIL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define MEMORY_DIGEST 8192

struct memory_scene {
	const char *name;
	void (*before)(void);		/* each trial; NULL: nothing to do */
	/* True when it went well; digest is "" at first. */
	bool (*run)(char digest[static MEMORY_DIGEST], struct err *err);
	/* Its store or OpenSSL keeps memory: the sanitizer sees leaks. */
	bool keeps;
	/* Each trial, with memory again. */
	void (*after)(const char *where);
};

extern const struct memory_scene memory_scenes[];
extern const size_t n_memory_scenes;

void memory_scenes_begin(void);
void memory_scenes_end(void);

#endif
