/* SPDX-License-Identifier: MIT */
/*
 * Memory of one poll or one command: taken in pieces, given back at once.
 * Nothing taken from an arena is freed by itself.
 */
#ifndef CARRYWATCH_ARENA_H
#define CARRYWATCH_ARENA_H

#include <stddef.h>

struct arena;

/* NULL when there is no memory. arena_free(NULL) does nothing. */
struct arena *arena_new(void);
void arena_free(struct arena *a);
/* Forget everything, keep one chunk for the next round. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type; NULL when there is no memory. */
void *arena_alloc(struct arena *a, size_t n);
/* n * size with overflow refused (NULL). n == 0 gives a valid pointer. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* Copy of n bytes with a NUL behind. */
char *arena_text(struct arena *a, const char *s, size_t n);
/*
 * A larger copy of an array that grew full: new capacity cap, n elements
 * kept. The old one stays until the arena is reset.
 */
void *arena_grow(struct arena *a, const void *old, size_t n, size_t cap,
		 size_t size);

#endif
