/* SPDX-License-Identifier: MIT */
/* Cells of an import file -> one position, or the place of what is wrong. */
#include "cmd_import.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "text_safe.h"

enum kind { SYMBOL, VENUE, POSITIVE, NUMBER, RATE, TIME, TEXT };

static const char *const keys[IMPORT_COUNT] = {
#define X(id, name, kind) name,
	IMPORT_TABLE(X)
#undef X
};

const struct import_form import_positions = {
	.keys = keys, .n_keys = IMPORT_COUNT,
	.header = "symbol,long_venue,short_venue,size_usd,opened_at,...",
};

static const enum kind kinds[IMPORT_COUNT] = {
#define X(id, name, kind) kind,
	IMPORT_TABLE(X)
#undef X
};

static const bool required[IMPORT_COUNT] = {
	[IMPORT_SYMBOL] = true, [IMPORT_LONG] = true, [IMPORT_SHORT] = true,
	[IMPORT_SIZE] = true, [IMPORT_OPENED_AT] = true
};

/* ---- one cell ---- */

struct reading {
	struct import *im;
	const struct import_row *row;
	struct position *p;
	struct fact value[IMPORT_COUNT];	/* of the numbers */
	const char *external_id, *note;
	struct err *err;
};

static bool refuse(const struct reading *r, enum import_key k,
		   const char *why)
{
	return import_refuse(r->im, r->row, (int)k, r->err, why);
}

static bool read_number(struct reading *r, enum import_key k)
{
	struct fact *v = &r->value[k];

	if (!import_number(r->im, v, r->row, (int)k, r->err))
		return false;
	if (kinds[k] == POSITIVE && dec_sign(v->v) <= 0)
		return refuse(r, k, "must be above zero");
	if (kinds[k] == RATE &&
	    dec_cmp(dec_abs(v->v), r->im->max_abs_rate_8h) > 0)
		return refuse(r, k, "beyond service.max_abs_rate: write a "
			      "fraction per 8 h, 0.0001 for 0.01 %");
	return true;
}

static bool read_venue(struct reading *r, enum import_key k)
{
	const struct import_cell *c = &r->row->cell[k];
	enum side s = k == IMPORT_LONG ? LEG_LONG : LEG_SHORT;

	return venue_parse(&r->p->leg[s].venue, c->s, c->n) ||
	       refuse(r, k, "write the name of a venue, 1 to 23 letters, "
		      "digits and . _ - : / $");
}

static bool read_symbol(struct reading *r, enum import_key k)
{
	const struct import_cell *c = &r->row->cell[k];

	return symbol_parse(&r->p->symbol, c->s, c->n) ||
	       refuse(r, k, "write a base asset, 1 to 23 letters, digits and "
		      ". _ - : / $");
}

static bool read_time(struct reading *r, enum import_key k)
{
	const struct import_cell *c = &r->row->cell[k];

	return instant_parse(&r->p->opened_at, c->s, c->n) ||
	       refuse(r, k, "write a time like 2026-11-17T16:41:12Z");
}

/* Valid UTF-8 without controls; a note may have line ends and tabs. */
static bool is_text(const char *s, bool lines)
{
	uint32_t code;

	while (*s) {
		size_t n = text_decode(&code, s);

		if (n == 0 || (text_is_control(code) &&
			       !(lines && (code == '\n' || code == '\r' ||
					   code == '\t'))))
			return false;
		s += n;
	}
	return true;
}

static bool read_text(struct reading *r, enum import_key k)
{
	const struct import_cell *c = &r->row->cell[k];
	const char *text = arena_text(r->im->arena, c->s, c->n);

	if (!text)
		return err_set(r->err, ERR_MEMORY, "no memory");
	if (strlen(text) != c->n || !is_text(text, k == IMPORT_NOTE))
		return refuse(r, k, "write UTF-8 without control characters");
	if (k == IMPORT_NOTE) {
		r->note = text;
		return c->n <= CHANGE_NOTE_MAX ||
		       refuse(r, k, "longer than 2000 bytes");
	}
	r->external_id = text;
	return c->n < EXTERNAL_ID_MAX ||
	       refuse(r, k, "longer than 63 bytes");
}

static bool read_cell(struct reading *r, enum import_key k)
{
	const struct import_cell *c = &r->row->cell[k];

	if (!c->s)
		return !required[k] ||
		       import_fail(r->im, r->row->at, r->err, "%s is missing",
				   r->im->names[k]);
	switch (kinds[k]) {
	case SYMBOL:	return read_symbol(r, k);
	case VENUE:	return read_venue(r, k);
	case POSITIVE:
	case NUMBER:
	case RATE:	return read_number(r, k);
	case TIME:	return read_time(r, k);
	case TEXT:	break;
	}
	return read_text(r, k);
}

/* ---- the row ---- */

static void place_numbers(const struct reading *r)
{
	struct leg *l = &r->p->leg[LEG_LONG], *s = &r->p->leg[LEG_SHORT];
	const struct fact *v = r->value;

	r->p->size_usd = v[IMPORT_SIZE].v;
	r->p->fees_usd = v[IMPORT_FEES].v;	/* 0 when not given */
	l->quantity = v[IMPORT_LONG_QTY];
	s->quantity = v[IMPORT_SHORT_QTY];
	l->entry_price = v[IMPORT_LONG_PRICE];
	s->entry_price = v[IMPORT_SHORT_PRICE];
	l->entry_rate_8h = v[IMPORT_LONG_RATE];
	s->entry_rate_8h = v[IMPORT_SHORT_RATE];
	r->p->entry_manual = true;
	snprintf(r->p->external_id, sizeof(r->p->external_id), "%s",
		 r->external_id);
}

static bool check_entry(const struct reading *r)
{
	const struct fact *v = r->value;

	if (r->im->entry_optional || v[IMPORT_DIVERGENCE].known || v[IMPORT_LONG_RATE].known ||
	    v[IMPORT_SHORT_RATE].known)
		return true;
	return import_fail(r->im, r->row->at, r->err, "the entry is missing: "
			   "give entry_long_rate_8h and entry_short_rate_8h, "
			   "or entry_divergence_8h");
}

/* The row as a whole; the complaint stands where its field does. */
static bool check_whole(const struct reading *r)
{
	const char *key = "";
	int k;
	struct err why = { ERR_NONE, "" };
	struct import_place at = r->row->at;

	if (change_check_new(r->p, &key, &r->value[IMPORT_DIVERGENCE],
			     r->im->now, &why))
		return true;
	k = import_find(r->im, key, strlen(key));
	assert(k < IMPORT_COUNT);	/* the keys of change.c are of the form */
	if (r->row->cell[k].s)
		at = r->row->cell[k].at;
	return import_fail(r->im, at, r->err, "%s: %.280s", r->im->names[k],
			   why.text);
}

bool import_position(struct import *im, struct position *p,
		     const char **note, const struct import_row *row,
		     struct err *err)
{
	struct reading r = { .im = im, .row = row, .p = p, .err = err,
			     .external_id = "", .note = "" };

	change_init_new(p);
	for (int k = 0; k < IMPORT_COUNT; k++) {
		r.value[k] = fact_unknown(WHY_NOT_SET);
		if (!read_cell(&r, (enum import_key)k))
			return false;
	}
	place_numbers(&r);
	*note = r.note;
	return check_entry(&r) && check_whole(&r);
}
