/* SPDX-License-Identifier: MIT */
/*
 * What sinks are made of: texts cut to a receiver's limit, escaped, put into
 * JSON or a header. Everything belongs to the arena of the request.
 */
#ifndef CARRYWATCH_LETTER_H
#define CARRYWATCH_LETTER_H

#include "json_out.h"
#include "sink.h"

/* A JSON body being written; letter_end sets body and its type. */
struct letter {
	struct json_out json;
	char *text;
	size_t n;
};

MUST_USE bool letter_begin(struct letter *l, struct err *err);
MUST_USE bool letter_end(struct letter *l, struct outgoing *out,
			 struct arena *arena, struct err *err);

/* printf into the arena; NULL without memory. */
char *letter_text(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);
MUST_USE bool letter_header(struct outgoing *out, struct arena *arena,
			    struct err *err, const char *fmt, ...)
	PRINTF(4, 5);

/* "TITLE\nTEXT" of at most max characters, cut with an ellipsis. */
char *letter_plain(const struct alert *a, size_t max, struct arena *arena);
/* The first `max` characters of a text, whole ones, "..." where it was cut;
 * `escape`: & < > as entities, each counted as one. */
char *letter_cut(const char *s, size_t max, bool escape, struct arena *arena);
/* The length of a base URL without its last slash. */
int letter_base(const char *url);
/* One line without control characters, ASCII only, for headers. */
char *letter_line(const char *s, size_t max, struct arena *arena);

/* A POST of JSON to a URL. */
void letter_post(struct outgoing *out, const char *url);
/* The three headers of a signed webhook, over the body as it stands. */
MUST_USE bool letter_sign(struct outgoing *out, const char *id,
			  struct instant at, const char *key, const char *old,
			  struct arena *arena, struct err *err);
/* All of an alert as JSON members (webhook, exec). */
void letter_alert(struct json_out *o, const struct alert *a);

#endif
