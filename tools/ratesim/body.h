/* SPDX-License-Identifier: MIT */
/*
 * The text of an answer while it grows. Out of memory is remembered and
 * asked for once, at the end (body_ok).
 */
#ifndef RATESIM_BODY_H
#define RATESIM_BODY_H

#include "dec.h"
#include "instant.h"

struct body {
	char *s;		/* NUL-terminated unless NULL */
	size_t n, cap;
	bool failed;
};

void body_free(struct body *b);
void body_clear(struct body *b);
bool body_ok(const struct body *b);

void body_bytes(struct body *b, const char *s, size_t n);
void body_add(struct body *b, const char *s);
void body_format(struct body *b, const char *fmt, ...) PRINTF(2, 3);
/* `"KEY":` with a comma before it unless an object or list just began. */
void body_key(struct body *b, const char *key);
/* The comma between list elements, by the same rule. */
void body_comma(struct body *b);
void body_string(struct body *b, const char *s);	/* quoted, escaped */
/* As Python prints a float: 0.0, 356000000.0, 9.6e-05. */
void body_number(struct body *b, struct dec v);
/* As Python prints a naive datetime, quoted; unknown gives null. */
void body_time(struct body *b, struct instant t);

void body_key_string(struct body *b, const char *key, const char *s);
void body_key_number(struct body *b, const char *key, struct dec v);
/* 0 means unknown and is sent as null, as the service does. */
void body_key_or_null(struct body *b, const char *key, struct dec v);
void body_key_time(struct body *b, const char *key, struct instant t);
void body_key_int(struct body *b, const char *key, int64_t v);
void body_key_word(struct body *b, const char *key, const char *word);

#endif
