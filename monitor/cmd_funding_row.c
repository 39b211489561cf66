/* SPDX-License-Identifier: MIT */
/* Cells of a file of payments -> position, leg, time and amount. */
#include "cmd_funding.h"

#include <stdlib.h>
#include <string.h>

static const char *const keys[FUNDING_KEYS] = {
	[FUNDING_POSITION] = "position", [FUNDING_EXTERNAL] = "external_id",
	[FUNDING_SIDE] = "side", [FUNDING_VENUE] = "venue",
	[FUNDING_AT] = "at", [FUNDING_AMOUNT] = "amount_usd",
};

const struct import_form import_funding = {
	.keys = keys, .n_keys = FUNDING_KEYS,
	.header = "position,side,at,amount_usd (or external_id, venue)",
};

struct import_place funding_place(const struct import_row *row,
				  enum funding_key k)
{
	return row->cell[k].s ? row->cell[k].at : row->at;
}

static bool given(const struct import_row *row, enum funding_key k)
{
	return row->cell[k].s != NULL;
}

static bool missing(const struct import *im, const struct import_row *row,
		    enum funding_key k, const char *more, struct err *err)
{
	return import_fail(im, row->at, err, "%s is missing%s", keys[k], more);
}

/* Nothing ends a cell but its length. */
static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

static bool read_id(const struct import *im, struct funding_row *out,
		    struct err *err)
{
	const struct import_cell *c = &out->row.cell[FUNDING_POSITION];
	struct dec v;

	/* The largest id that fits has 19 digits. */
	if (c->n < 19 && all_digits(c->s, c->n) &&
	    dec_parse(&v, c->s, c->n) && dec_to_int(&out->position, v) &&
	    out->position > 0)
		return true;
	return import_refuse(im, &out->row, FUNDING_POSITION, err, "write the "
			     "id of a position, like 7");
}

static bool read_which(struct import *im, struct funding_row *out,
		       struct err *err)
{
	const struct import_cell *c = &out->row.cell[FUNDING_EXTERNAL];

	if (given(&out->row, FUNDING_POSITION) == (c->s != NULL))
		return c->s ? import_fail(im, c->at, err, "position and "
					  "external_id: give one of them") :
			      missing(im, &out->row, FUNDING_POSITION,
				      ", or external_id", err);
	if (!c->s)
		return read_id(im, out, err);
	out->external_id = arena_text(im->arena, c->s, c->n);
	if (!out->external_id)
		return err_set(err, ERR_MEMORY, "no memory");
	return strlen(out->external_id) == c->n ||	/* else another's id */
	       import_refuse(im, &out->row, FUNDING_EXTERNAL, err,
			     "write the id without a NUL");
}

static bool is_word(const struct import_cell *c, const char *word)
{
	return strlen(word) == c->n && memcmp(word, c->s, c->n) == 0;
}

static bool read_leg(const struct import *im, struct funding_row *out,
		     struct err *err)
{
	const struct import_cell *side = &out->row.cell[FUNDING_SIDE];
	const struct import_cell *venue = &out->row.cell[FUNDING_VENUE];

	if (!side->s && !venue->s)
		return missing(im, &out->row, FUNDING_SIDE, ", or venue", err);
	out->has_side = side->s != NULL;
	out->has_venue = venue->s != NULL;
	if (side->s) {
		out->side = is_word(side, side_word(LEG_SHORT)) ? LEG_SHORT
								: LEG_LONG;
		if (!is_word(side, side_word(out->side)))
			return import_refuse(im, &out->row, FUNDING_SIDE, err,
					     "write long or short");
	}
	return !venue->s || venue_parse(&out->venue, venue->s, venue->n) ||
	       import_refuse(im, &out->row, FUNDING_VENUE, err, "write the "
			     "name of a venue");
}

static bool read_payment(struct import *im, struct funding_row *out,
			 struct err *err)
{
	const struct import_cell *at = &out->row.cell[FUNDING_AT];
	struct fact amount;

	if (!at->s)
		return missing(im, &out->row, FUNDING_AT, "", err);
	if (!instant_parse(&out->at, at->s, at->n))
		return import_refuse(im, &out->row, FUNDING_AT, err, "write a "
				     "time like 2026-11-17T16:00:00Z");
	if (!given(&out->row, FUNDING_AMOUNT))
		return missing(im, &out->row, FUNDING_AMOUNT, "", err);
	if (!import_number(im, &amount, &out->row, FUNDING_AMOUNT, err))
		return false;
	out->amount_usd = amount.v;
	return true;
}

bool funding_read(struct import *im, struct funding_row *out,
		  const struct import_row *row, struct err *err)
{
	*out = (struct funding_row){ .row = *row };
	return read_which(im, out, err) && read_leg(im, out, err) &&
	       read_payment(im, out, err);
}
