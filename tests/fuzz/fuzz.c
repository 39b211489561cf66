/* SPDX-License-Identifier: MIT */
/* What all fuzz targets share: a broken promise, memory, texts. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_safe.h"

_Noreturn void fuzz_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	fflush(stderr);
	abort();
}

struct arena *fuzz_arena(void)
{
	static struct arena *arena;

	if (!arena)
		arena = arena_new();
	CHECK(arena != NULL);
	arena_reset(arena);
	return arena;
}

char *fuzz_string(const char *s, size_t n, struct arena *arena)
{
	char *copy;

	if (n && memchr(s, '\0', n))
		return NULL;
	copy = arena_text(arena, s, n);
	CHECK(copy != NULL);
	return copy;
}

bool fuzz_clean(const char *s)
{
	while (*s) {
		uint32_t code;
		size_t n = text_decode(&code, s);

		if (n == 0 || text_is_control(code))
			return false;
		s += n;
	}
	return true;
}

void fuzz_check_label(struct label l)
{
	struct label again;

	CHECK(memchr(l.s, '\0', sizeof(l.s)));
	CHECK(!l.s[0] || label_parse(&again, l.s, strlen(l.s)));
}

bool fuzz_same(struct dec a, struct dec b)
{
	return dec_cmp(a, b) == 0;
}

void fuzz_check_refusal(const struct err *err, enum err_kind kind)
{
	struct arena *own = arena_new();
	char *shown;

	CHECK(own != NULL);
	CHECK(err->kind == kind);
	CHECK(strlen(err->text) > 3 && strlen(err->text) < sizeof(err->text));
	shown = text_safe(err->text, own);
	CHECK(shown && fuzz_clean(shown));
	arena_free(own);
}

size_t fuzz_line(const char **line, const char **s, size_t *n)
{
	const char *end = *n ? memchr(*s, '\n', *n) : NULL;
	size_t len = end ? (size_t)(end - *s) : *n;

	*line = *s;
	*s += len + (end != NULL);
	*n -= len + (end != NULL);
	return len;
}

void fuzz_put(struct fuzz_out *o, const char *s, size_t n)
{
	if (o->cap - o->n < n + 1) {
		o->cap = 2 * o->cap + n + 64;
		o->s = realloc(o->s, o->cap);
		CHECK(o->s != NULL);
	}
	if (n)
		memcpy(o->s + o->n, s, n);
	o->n += n;
	o->s[o->n] = '\0';
}

void fuzz_puts(struct fuzz_out *o, const char *s)
{
	fuzz_put(o, s, strlen(s));
}
