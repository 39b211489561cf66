/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target: any bytes in, and what must hold whatever they are. The
 * same function is driven by libFuzzer (make fuzz) and by replay.c over the
 * committed corpus (make check).
 */
#ifndef CARRYWATCH_TESTS_FUZZ_H
#define CARRYWATCH_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "dec.h"
#include "err.h"
#include "position.h"

struct fuzz_target {
	const char *name, *corpus;
	/* NULL, or why it cannot be run here. */
	const char *(*missing)(void);
	/* True: accepted. The input is an exact copy, without a NUL behind. */
	bool (*one)(const char *s, size_t n);
};

/* Ended by NULL: targets.c, or of the program with jansson replay_jansson.c. */
extern const struct fuzz_target *const fuzz_targets[];

#ifdef CW_FUZZ
#define FUZZ_ENTRY(id) \
	int LLVMFuzzerTestOneInput(const uint8_t *s, size_t n); \
	int LLVMFuzzerTestOneInput(const uint8_t *s, size_t n) \
	{ \
		id##_one((const char *)s, n); \
		return 0; \
	}
#else
#define FUZZ_ENTRY(id)
#endif

#define FUZZ_TARGET(id) FUZZ_TARGET_ON(id, #id, NULL)
#define FUZZ_TARGET_ON(id, corpus, missing) \
	static bool id##_one(const char *s, size_t n); \
	extern const struct fuzz_target fuzz_##id; \
	const struct fuzz_target fuzz_##id = { #id, corpus, missing, \
					       id##_one }; \
	FUZZ_ENTRY(id) \
	static bool id##_one(const char *s, size_t n)

/* A promise that does not hold: says which, and aborts. */
#define CHECK(c) ((c) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #c))
_Noreturn void fuzz_broken(const char *file, int line, const char *what);

/* Memory of one input: empty again at each call. */
struct arena *fuzz_arena(void);
/* A copy with a NUL behind, in that arena; NULL when it holds a NUL. */
char *fuzz_string(const char *s, size_t n, struct arena *arena);
/*
 * A refusal of that kind says something, and what the screen shows of it
 * (text_safe) is UTF-8 without anything that steers a terminal.
 */
void fuzz_check_refusal(const struct err *err, enum err_kind kind);
/* Valid UTF-8 without controls, NUL-ended. */
bool fuzz_clean(const char *s);
/* None, or one that label_parse takes. */
void fuzz_check_label(struct label l);
bool fuzz_same(struct dec a, struct dec b);

/* A line of the input: its length without the end; *s moves on. */
size_t fuzz_line(const char **line, const char **s, size_t *n);

/* A text that grows; emptied by n = 0. */
struct fuzz_out {
	char *s;
	size_t n, cap;
};
void fuzz_put(struct fuzz_out *o, const char *s, size_t n);
void fuzz_puts(struct fuzz_out *o, const char *s);

#endif
