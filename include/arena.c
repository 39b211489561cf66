/* SPDX-License-Identifier: MIT */
/* Chunked bump allocator; chunks double up to 1 MiB. */
#include "arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MIN ((size_t)16 << 10)
#define CHUNK_MAX ((size_t)1 << 20)

struct chunk {
	struct chunk *next;
	size_t cap, used;
	alignas(max_align_t) unsigned char mem[];
};

struct arena {
	struct chunk *head;
};

static struct chunk *chunk_new(size_t cap)
{
	struct chunk *c;

	if (cap > SIZE_MAX - sizeof(*c))
		return NULL;
	c = malloc(sizeof(*c) + cap);
	if (!c)
		return NULL;
	c->next = NULL;
	c->cap = cap;
	c->used = 0;
	return c;
}

struct arena *arena_new(void)
{
	struct arena *a = malloc(sizeof(*a));

	if (!a)
		return NULL;
	a->head = chunk_new(CHUNK_MIN);
	if (a->head)
		return a;
	free(a);
	return NULL;
}

static void free_chunks(struct chunk *c)
{
	while (c) {
		struct chunk *next = c->next;

		free(c);
		c = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	free_chunks(a->head);
	free(a);
}

/* The oldest chunk, the smallest, stays: an idle process is small. */
void arena_reset(struct arena *a)
{
	while (a->head->next) {
		struct chunk *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->head->used = 0;
}

static bool room_for(const struct chunk *c, size_t n)
{
	return n <= c->cap - c->used;
}

static bool push_chunk(struct arena *a, size_t n)
{
	size_t cap = a->head->cap < CHUNK_MAX ? a->head->cap * 2 : CHUNK_MAX;
	struct chunk *c = chunk_new(n > cap ? n : cap);

	if (!c)
		return false;
	c->next = a->head;
	a->head = c;
	return true;
}

static size_t aligned(size_t n)
{
	const size_t align = alignof(max_align_t);

	return (n + align - 1) / align * align;
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p;

	if (n > SIZE_MAX - alignof(max_align_t))
		return NULL;
	n = aligned(n);
	if (!room_for(a->head, n) && !push_chunk(a, n))
		return NULL;
	p = a->head->mem + a->head->used;
	a->head->used += n;
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return arena_alloc(a, bytes);
}

char *arena_text(struct arena *a, const char *s, size_t n)
{
	char *p = n < SIZE_MAX ? arena_alloc(a, n + 1) : NULL;

	if (p && n)
		memcpy(p, s, n);
	return p;
}

void *arena_grow(struct arena *a, const void *old, size_t n, size_t cap,
		 size_t size)
{
	struct chunk *c = a->head;
	size_t have = aligned(n * size);
	void *p;

	/* The last thing taken grows where it stands, as far as that goes. */
	if (n && have <= c->used && old == c->mem + c->used - have) {
		p = c->mem + c->used - have;
		c->used -= have;
		if (cap <= (c->cap - c->used) / size &&
		    room_for(c, aligned(cap * size))) {
			c->used += aligned(cap * size);
			memset((unsigned char *)p + n * size, 0,
			       aligned(cap * size) - n * size);
			return p;
		}
		c->used += have;
	}
	p = arena_array(a, cap, size);
	if (p && n)
		memcpy(p, old, n * size);
	return p;
}
