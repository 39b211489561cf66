/* SPDX-License-Identifier: MIT */
/* The trading client's control API, read: positions and balances. */
#ifndef CARRYWATCH_CONTROL_API_H
#define CARRYWATCH_CONTROL_API_H

#include "book.h"
#include "reach.h"

struct control_api_options {
	const char *url;	/* http://127.0.0.1:8766, no trailing slash */
	const char *account;	/* its account_name */
	const char *key;	/* copied, wiped at the end, never shown */
	bool allow_insecure_http;
	uint64_t seed;
	const struct reach *reach;	/* copied; NULL: nothing listed */
};

MUST_USE bool control_api_new(struct book *out,
			      const struct control_api_options *o,
			      struct err *err);

/* ---- control_api_parse.c ---- */

/* The answer to GET /positions: false and why when it is not good. */
MUST_USE bool control_positions_parse(struct book_view *out,
				      const char *account, const char *body,
				      size_t n, struct arena *arena,
				      struct err *err);
MUST_USE bool control_balances_parse(struct book_view *out,
				     const char *account, const char *body,
				     size_t n, struct arena *arena,
				     struct err *err);

#endif
