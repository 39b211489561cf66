/* SPDX-License-Identifier: MIT */
/*
 * Strict pull reader for JSON (RFC 8259) over a buffer that stays in place:
 * no heap, depth <= 32, valid UTF-8 only. Numbers are handed out as text.
 * The first failure sticks: every later call returns false.
 */
#ifndef CARRYWATCH_JSON_H
#define CARRYWATCH_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "json_scan.h"

#define JSON_DEPTH_MAX 32
#define JSON_KEY_MAX 48

enum json_type {
	JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT
};

struct json_text {
	const char *s;
	size_t n;
};

/* A decoded string; n is its whole length, s holds at most JSON_KEY_MAX. */
struct json_key {
	size_t n;
	char s[JSON_KEY_MAX];
};

/* Where the reader stands in one open container. */
struct json_step {
	struct json_text key;		/* raw; s is NULL in an array */
	uint32_t count;			/* members or elements begun */
	bool object;
};

/* A plain value: a copy is a bookmark to read the same place again. */
struct json {
	struct scan at;
	struct err *err;
	int depth;
	bool failed;
	struct json_step path[JSON_DEPTH_MAX];
};

void json_init(struct json *j, const char *s, size_t n, struct err *err);
/* A bookmark whose failures go to another err and leave *j alone. */
struct json json_fork(const struct json *j, struct err *err);
/* Nothing but blanks is left behind the value. */
MUST_USE bool json_finish(struct json *j);

/* The type of the next value by its first character. */
MUST_USE bool json_peek(struct json *j, enum json_type *out);

/* Exactly one of these for every value; another type is a failure. */
MUST_USE bool json_null(struct json *j);
MUST_USE bool json_bool(struct json *j, bool *out);
MUST_USE bool json_number(struct json *j, struct json_text *out);
MUST_USE bool json_string(struct json *j, struct json_key *out);
MUST_USE bool json_object(struct json *j);	/* then json_member */
MUST_USE bool json_array(struct json *j);	/* then json_element */
MUST_USE bool json_skip(struct json *j);	/* any value, syntax only */

/*
 * Step to the next value of the open container; false at its end, which is
 * thereby closed, and on a failure (j->failed).
 */
MUST_USE bool json_member(struct json *j, struct json_key *key);
MUST_USE bool json_element(struct json *j);
/*
 * As json_member, but only members named in names[n] (n <= 32) are handed
 * out; *which is the index. Others are skipped, a name seen twice is a
 * failure. *seen starts as 0 and collects 1 << index.
 */
MUST_USE bool json_field(struct json *j, const char *const *names, size_t n,
			 uint32_t *seen, size_t *which);

/* Fail at the current place: "$.rates.BTC: ... (byte 17)". Returns false. */
bool json_fail(struct json *j, const char *fmt, ...) PRINTF(2, 3);

#endif
