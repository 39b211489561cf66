/* SPDX-License-Identifier: MIT */
/*
 * What the answers of the funding-rate service have in common: an object
 * with one list that matters, whose rows are refused one by one. Only
 * service_parse.c knows the routes.
 */
#ifndef CARRYWATCH_SERVICE_ROWS_H
#define CARRYWATCH_SERVICE_ROWS_H

#include "service_parse.h"

enum taken {
	ROW_TAKEN,
	ROW_MARKED,	/* malformed, kept under its name */
	ROW_BROKEN,	/* malformed and nameless: dropped */
	ROW_LEFT_OUT	/* well-formed, not usable */
};

struct row_shape {
	const char *list;	/* the field of the answer */
	bool map;		/* rows are members, not elements */
	size_t size, max;
	/* key: of a member. A refusal is told through json_fail. */
	enum taken (*read)(void *row, struct json *j,
			   const struct json_key *key, const void *ctx);
};

/* *mem holds out->n rows of shape->size afterwards. */
MUST_USE bool service_rows_read(struct service_rows *out, void **mem,
				const struct row_shape *shape,
				const void *ctx, struct json_text body,
				struct arena *arena, struct err *err);

/* Nothing failed and every field of the mask `need` was seen. */
MUST_USE bool row_complete(struct json *j, uint32_t seen, uint32_t need,
			   const char *const *names);

/* Read one value; false, told through json_fail, when it is malformed. */
MUST_USE bool symbol_from_key(struct symbol *out, const struct json_key *k);
MUST_USE bool take_venue(struct json *j, struct venue *out);
MUST_USE bool take_symbol(struct json *j, struct symbol *out);
MUST_USE bool take_instant(struct json *j, struct instant *out);
MUST_USE bool take_instant_or_null(struct json *j, struct instant *out);
/* null, too many decimals and out of range are unknown, not malformed. */
MUST_USE bool take_number(struct json *j, struct fact *out);
/* The same for dollars: the service cannot tell 0 from unknown. */
MUST_USE bool take_usd(struct json *j, struct fact *out);

#endif
