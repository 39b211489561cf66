/* SPDX-License-Identifier: MIT */
/*
 * JSON written piece by piece, commas and indentation by itself. Decimals are
 * strings, times RFC 3339, unknown is null.
 */
#ifndef CARRYWATCH_JSON_OUT_H
#define CARRYWATCH_JSON_OUT_H

#include <stdio.h>

#include "fact.h"
#include "instant.h"

struct json_out {
	FILE *f;
	bool compact;		/* one line (JSONL) */
	int depth;
	bool some[32];		/* something stands in this level already */
	bool after_key;
};

struct json_out json_out_to(FILE *f, bool compact);
void json_out_open(struct json_out *o, char bracket);	/* '{' or '[' */
void json_out_close(struct json_out *o, char bracket);	/* '}' or ']' */
void json_out_key(struct json_out *o, const char *key);
void json_out_text(struct json_out *o, const char *s);	/* NULL: null */
void json_out_int(struct json_out *o, int64_t n);
void json_out_bool(struct json_out *o, bool b);
void json_out_null(struct json_out *o);
void json_out_dec(struct json_out *o, struct dec v);
void json_out_fact(struct json_out *o, const struct fact *f);
void json_out_instant(struct json_out *o, struct instant t);

/* A member: its key, then its value. */
void json_put_text(struct json_out *o, const char *key, const char *s);
/* "" and NULL: null */
void json_put_maybe(struct json_out *o, const char *key, const char *s);
void json_put_int(struct json_out *o, const char *key, int64_t n);
void json_put_bool(struct json_out *o, const char *key, bool b);
void json_put_dec(struct json_out *o, const char *key, struct dec v);
void json_put_fact(struct json_out *o, const char *key, struct fact f);
void json_put_instant(struct json_out *o, const char *key, struct instant t);

#endif
