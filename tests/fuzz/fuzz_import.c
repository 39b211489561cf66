/* SPDX-License-Identifier: MIT */
/*
 * Files of positions and of payments, CSV or JSON lines: a row that is taken
 * keeps the invariants of a position and, written in both forms, reads the
 * same again; a refusal names file, line and column.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_funding.h"
#include "cmd_import.h"
#include "export_out.h"

#define ROWS_MAX 64

static const char *const columns[] = {
	"symbol", "long_venue", "short_venue", "size_usd", "opened_at",
	"entry_long_rate_8h", "entry_short_rate_8h", "entry_divergence_8h",
	"long_qty", "short_qty", "long_price", "short_price", "fees_usd",
	"external_id", "note", NULL
};

struct rows {
	size_t n;
	struct position p[ROWS_MAX];
	const char *note[ROWS_MAX];
	struct err err;			/* ERR_NONE: read to the end */
};

static struct import import_of(const char *path, const struct import_form *form,
			       const char *s, size_t n, struct arena *arena)
{
	struct import im = {
		.path = path, .form = form, .names = form->keys, .text = s,
		.n = n, .arena = arena, .now = { INT64_C(1795262400000) },
		.max_abs_rate_8h = dec_lit("0.05")
	};

	import_start(&im);
	return im;
}

static void read_positions(struct rows *r, const char *path, const char *s,
			   size_t n, struct arena *arena)
{
	struct import im = import_of(path, &import_positions, s, n, arena);
	struct import_row row;

	r->n = 0;
	r->err = (struct err){ ERR_NONE, "" };
	if (!import_begin(&im, &r->err))
		return;
	while (r->n < ROWS_MAX && import_next(&im, &row, &r->err)) {
		if (!import_position(&im, &r->p[r->n], &r->note[r->n], &row,
				     &r->err))
			return;
		r->n++;
	}
}

/* ---- what holds of a row ---- */

static void check_positive(struct fact f)
{
	CHECK(!f.known || dec_sign(f.v) > 0);
}

static void check_name(const char *s, size_t max)
{
	CHECK(*s && strlen(s) < max && fuzz_clean(s));
	CHECK(!strpbrk(s, " =\"'\\,<>;%"));
}

static void check_position(const struct position *p, const char *note)
{
	const struct leg *l = &p->leg[LEG_LONG], *s = &p->leg[LEG_SHORT];

	check_name(p->symbol.s, NAME_TEXT_MAX);
	check_name(l->venue.s, NAME_TEXT_MAX);
	check_name(s->venue.s, NAME_TEXT_MAX);
	CHECK(venue_cmp(l->venue, s->venue) != 0);
	CHECK(dec_sign(p->size_usd) > 0 && p->status == STATUS_OPEN);
	CHECK(instant_known(p->opened_at) && instant_known(p->confirmed_at));
	check_positive(l->quantity);
	check_positive(s->quantity);
	check_positive(l->entry_price);
	check_positive(s->entry_price);
	CHECK(memchr(p->external_id, '\0', EXTERNAL_ID_MAX));
	CHECK(fuzz_clean(p->external_id));
	CHECK(strlen(note) <= CHANGE_NOTE_MAX);
	if (l->entry_rate_8h.known && s->entry_rate_8h.known)
		CHECK(p->entry_divergence.known);
}

static void check_refusal(const struct err *err, const char *path, size_t n,
			  size_t lines)
{
	size_t row = 0, column = 0, len = strlen(path);

	fuzz_check_refusal(err, ERR_DATA);
	CHECK(strncmp(err->text, path, len) == 0 && err->text[len] == ':');
	CHECK(sscanf(err->text + len, ":%zu:%zu: error: ", &row, &column) == 2);
	CHECK(strstr(err->text, ": error: ") != NULL);
	CHECK(row >= 1 && row <= lines + 1 && column >= 1 && column <= n + 1);
}

/* ---- the same again ---- */

static void put_row(struct export_out *o, const struct position *p,
		    const char *note)
{
	const struct leg *l = &p->leg[LEG_LONG], *s = &p->leg[LEG_SHORT];
	struct fact divergence = p->entry_divergence;

	/* Held per day, given per 8 h: a third, where that is exact. */
	if (divergence.known &&
	    (!dec_mul_ratio(&divergence.v, divergence.v, dec_int(1), 1, 3) ||
	     (l->entry_rate_8h.known && s->entry_rate_8h.known)))
		divergence = fact_unknown(WHY_NOT_SET);
	export_row(o);
	export_text(o, p->symbol.s);
	export_text(o, l->venue.s);
	export_text(o, s->venue.s);
	export_dec(o, p->size_usd);
	export_instant(o, p->opened_at);
	export_fact(o, l->entry_rate_8h);
	export_fact(o, s->entry_rate_8h);
	export_fact(o, divergence);
	export_fact(o, l->quantity);
	export_fact(o, s->quantity);
	export_fact(o, l->entry_price);
	export_fact(o, s->entry_price);
	export_dec(o, p->fees_usd);
	export_text(o, p->external_id);
	export_text(o, note);
	export_end(o);
}

static bool same_fact(struct fact a, struct fact b)
{
	return a.known == b.known && (!a.known || fuzz_same(a.v, b.v));
}

static void check_same(const struct position *a, const struct position *b)
{
	CHECK(symbol_same(&a->symbol, &b->symbol));
	CHECK(fuzz_same(a->size_usd, b->size_usd));
	CHECK(fuzz_same(a->fees_usd, b->fees_usd));
	CHECK(a->opened_at.ms == b->opened_at.ms);
	CHECK(same_fact(a->entry_divergence, b->entry_divergence));
	CHECK(strcmp(a->external_id, b->external_id) == 0);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		CHECK(venue_same(&a->leg[s].venue, &b->leg[s].venue));
		CHECK(same_fact(a->leg[s].quantity, b->leg[s].quantity));
		CHECK(same_fact(a->leg[s].entry_price, b->leg[s].entry_price));
		CHECK(same_fact(a->leg[s].entry_rate_8h,
				b->leg[s].entry_rate_8h));
	}
}

static void check_again(const struct rows *r, bool csv, struct arena *arena)
{
	static struct rows again;
	struct export_out out;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	CHECK(f != NULL);
	out = export_to(f, csv, columns);
	for (size_t i = 0; i < r->n; i++)
		put_row(&out, &r->p[i], r->note[i]);
	CHECK(fclose(f) == 0);
	read_positions(&again, csv ? "again.csv" : "again.jsonl", text, n,
		       arena);
	if (again.err.kind != ERR_NONE)
		fuzz_broken(__FILE__, __LINE__, again.err.text);
	CHECK(again.n == r->n);
	for (size_t i = 0; i < r->n; i++) {
		check_same(&r->p[i], &again.p[i]);
		CHECK(strcmp(r->note[i], again.note[i]) == 0);
	}
	free(text);
}

/* ---- payments ---- */

static bool read_payments(const char *path, const char *s, size_t n,
			  struct arena *arena, struct err *err)
{
	struct import im = import_of(path, &import_funding, s, n, arena);
	struct import_row row;
	size_t rows = 0;

	if (!import_begin(&im, err))
		return false;
	for (; import_next(&im, &row, err); rows++) {
		struct funding_row r;

		if (!funding_read(&im, &r, &row, err))
			return false;
		CHECK((r.position > 0) != (r.external_id != NULL));
		CHECK(r.has_side || r.has_venue);
		CHECK(!r.has_venue || r.venue.s[0]);
		CHECK(instant_known(r.at));
		if (r.external_id)	/* not cut at a NUL: it names a pair */
			CHECK(strlen(r.external_id) ==
			      row.cell[FUNDING_EXTERNAL].n);
	}
	return err->kind == ERR_NONE && rows > 0;
}

FUZZ_TARGET(import)
{
	static struct rows r;
	struct arena *arena = fuzz_arena();
	struct err err = { ERR_NONE, "" };
	size_t lines = 0;
	bool paid;

	for (size_t i = 0; i < n; i++)
		lines += s[i] == '\n';
	read_positions(&r, "f", s, n, arena);
	for (size_t i = 0; i < r.n; i++)
		check_position(&r.p[i], r.note[i]);
	if (r.err.kind != ERR_NONE)
		check_refusal(&r.err, "f", n, lines);
	if (r.n > 0) {
		check_again(&r, true, arena);
		check_again(&r, false, arena);
	}
	paid = read_payments("f", s, n, arena, &err);
	if (err.kind != ERR_NONE)
		check_refusal(&err, "f", n, lines);
	return (r.n > 0 && r.err.kind == ERR_NONE) || paid;
}
