/* SPDX-License-Identifier: MIT */
/*
 * The transaction of positions funding import: each row finds its settlement,
 * and when all have, they are written, position by position.
 */
#include "cmd_funding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_positions_change.h"

#define NOTE_TEXT 300

struct funding_book {
	struct position p;
	struct settlement *rows;
	size_t n;
	bool loaded;
};

/* ---- whose settlement it is ---- */

static bool is_meant(const struct position *p, const struct funding_row *r)
{
	return r->external_id ? strcmp(p->external_id, r->external_id) == 0
			      : p->id == r->position;
}

static bool find_book(struct funding_job *j, struct payment *x, struct err *err)
{
	const struct funding_row *r = &x->in;
	int k = r->external_id ? FUNDING_EXTERNAL : FUNDING_POSITION;

	/* Rows of one position mostly stand together. */
	x->position = x > j->list ? x[-1].position : 0;
	if (j->n_books > 0 && is_meant(&j->books[x->position].p, r))
		return true;
	for (x->position = 0; x->position < j->n_books; x->position++)
		if (is_meant(&j->books[x->position].p, r))
			return true;
	x->position = 0;
	return import_refuse(&j->im, &r->row, k, err, "no such position; see: "
			     "carrywatch positions list --all");
}

static bool find_side(const struct funding_job *j, enum side *side,
		      const struct payment *x, struct err *err)
{
	const struct leg *leg = j->books[x->position].p.leg;
	const struct funding_row *r = &x->in;

	*side = r->side;
	if (!r->has_venue)
		return true;
	if (!r->has_side)
		*side = venue_cmp(leg[LEG_SHORT].venue, r->venue) == 0 ?
			LEG_SHORT : LEG_LONG;
	return venue_cmp(leg[*side].venue, r->venue) == 0 ||
	       import_refuse(&j->im, &r->row, FUNDING_VENUE, err,
			     r->has_side ? "the leg of that side is on "
					   "another venue" :
					   "no leg of the position is there");
}

static bool load_book(struct funding_job *j, struct funding_book *b, struct err *err)
{
	if (!b->loaded &&
	    !store_settlements(j->store, &b->rows, &b->n, b->p.id, j->arena,
			       err))
		return false;
	b->loaded = true;
	return true;
}

static int32_t seen_interval(const struct funding_job *j, const struct position *p,
			     enum side side)
{
	for (size_t i = 0; i < j->n_quotes; i++) {
		const struct last_quote *q = &j->quotes[i];

		if (symbol_cmp(q->symbol, p->symbol) == 0 &&
		    venue_cmp(q->venue, p->leg[side].venue) == 0)
			return q->pays_every_s;
	}
	return 0;
}

static bool match(struct funding_job *j, struct payment *x, struct err *err)
{
	struct err why = { ERR_NONE, "" };
	struct reported_ask ask;
	struct funding_book *b;
	enum side side;

	x->twin = false;
	if (!find_book(j, x, err) || !find_side(j, &side, x, err))
		return false;
	b = &j->books[x->position];
	if (!load_book(j, b, err))
		return false;
	ask = (struct reported_ask){
		.position = &b->p, .rows = b->rows, .n_rows = b->n,
		.side = side, .at = x->in.at, .amount_usd = x->in.amount_usd,
		.now = j->im.now, .polled_at = j->polled_at,
		.seen_s = seen_interval(j, &b->p, side),
		.terms = terms_find(j->terms.venue, j->terms.n_venue,
				    b->p.leg[side].venue),
		.replace = cli_has(j->c, OPT_REPLACE),
	};
	if (reported_settle(&x->row, &x->kind, &ask, &why))
		return true;
	return import_fail(&j->im, funding_place(&x->in.row, FUNDING_AT), err,
			   "%.300s", why.text);
}

/* ---- rows of one settlement ---- */

static int by_settlement(const void *a, const void *b)
{
	const struct payment *x = *(const struct payment *const *)a;
	const struct payment *y = *(const struct payment *const *)b;
	const struct settlement *r = &x->row, *s = &y->row;

	if (r->position != s->position)
		return r->position < s->position ? -1 : 1;
	if (r->side != s->side)
		return r->side < s->side ? -1 : 1;
	if (r->at.ms != s->at.ms)
		return r->at.ms < s->at.ms ? -1 : 1;
	return (x > y) - (x < y);
}

static bool same_settlement(const struct settlement *a,
			    const struct settlement *b)
{
	return a->position == b->position && a->side == b->side &&
	       b->at.ms - a->at.ms < REPORTED_NEAR_MS;
}

/* A line that stands there twice is one; two amounts are a question. */
static bool drop_twins(struct funding_job *j, struct payment **sorted, struct err *err)
{
	for (size_t i = 1; i < j->n; i++) {
		struct payment *a = sorted[i - 1], *b = sorted[i];

		if (!same_settlement(&a->row, &b->row))
			continue;
		if (dec_cmp(a->in.amount_usd, b->in.amount_usd) != 0)
			return import_fail(&j->im,
				funding_place(&b->in.row, FUNDING_AMOUNT), err,
				"another amount of this settlement stands in "
				"line %d: add them up, or leave one out",
				a->in.row.at.line);
		b->row = a->row;
		b->kind = REPORTED_SAME;
		b->twin = true;
	}
	return true;
}

/* ---- writing ---- */

static void add_sums(struct funding_sums *s, const struct payment *x)
{
	const struct settlement *r = &x->row;
	struct fact gap = fact_sub(r->reported_usd, r->amount_usd);

	s->n[x->kind]++;
	if (x->twin)
		return;
	if (!gap.known) {
		s->n_alone++;
		s->alone = fact_add(s->alone, r->reported_usd);
		return;
	}
	s->n_both++;
	s->expected = fact_add(s->expected, r->amount_usd);
	s->reported = fact_add(s->reported, r->reported_usd);
	if (s->worst &&
	    dec_cmp(dec_abs(gap.v), dec_abs(s->largest.v)) <= 0)
		return;
	s->largest = gap;
	s->worst = x;
}

static struct funding_sums no_sums(void)
{
	struct fact zero = fact_known(DEC_ZERO);

	return (struct funding_sums){ .expected = zero, .reported = zero,
			      .alone = zero, .largest = zero };
}

const char *funding_text(char buf[static DEC_TEXT_MAX], struct fact f)
{
	if (!f.known)
		return "-";
	dec_format(buf, f.v);
	return buf;
}

static bool put_event(struct funding_job *j, int64_t position, const struct funding_sums *s,
		      struct err *err)
{
	char note[NOTE_TEXT], a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], c[DEC_TEXT_MAX];
	struct event e = { .position = position, .at = j->im.now,
			   .kind = "funding", .by = "cli", .note = note };
	int64_t n = s->n[REPORTED_NEW] + s->n[REPORTED_REPLACED] +
		    s->n[REPORTED_ADDED];

	snprintf(note, sizeof(note), "reported amounts of %" PRId64
		 " settlements: %s USD where %s was expected, %s where nothing "
		 "was; %" PRId64 " replaced, %" PRId64 " new in the ledger",
		 n, funding_text(a, s->reported), funding_text(b, s->expected),
		 funding_text(c, s->alone), s->n[REPORTED_REPLACED],
		 s->n[REPORTED_ADDED]);
	return store_add_event(j->store, &e, err);
}

/* The payments of one position, which stand together. */
static bool write_position(struct funding_job *j, struct payment *const *list,
			   size_t n, struct err *err)
{
	struct settlement *rows = arena_array(j->arena, n, sizeof(*rows));
	struct funding_sums sums = no_sums();
	size_t n_rows = 0;
	bool added;

	if (!rows)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++) {
		const struct payment *x = list[i];

		if (x->kind != REPORTED_SAME)
			add_sums(&sums, x);
		if (x->kind == REPORTED_ADDED &&
		    !store_put_settlement(j->store, &added, &x->row, err))
			return false;
		if (x->kind == REPORTED_NEW || x->kind == REPORTED_REPLACED)
			rows[n_rows++] = x->row;
	}
	if (sums.n[REPORTED_ADDED] == 0 && n_rows == 0)
		return true;
	return store_report_settlements(j->store, rows, n_rows, err) &&
	       put_event(j, list[0]->row.position, &sums, err);
}

static bool write_sorted(struct funding_job *j, struct payment **sorted,
			 struct err *err)
{
	size_t from = 0;

	for (size_t i = 1; i <= j->n; i++) {
		if (i < j->n &&
		    sorted[i]->row.position == sorted[from]->row.position)
			continue;
		if (!write_position(j, &sorted[from], i - from, err))
			return false;
		from = i;
	}
	return true;
}

static bool load_books(struct funding_job *j, struct err *err)
{
	struct position *list;
	struct poll last;
	bool found;

	if (!positions_now(&j->im.now, j->c, j->account, j->store, err) ||
	    !store_positions(j->store, &list, &j->n_books, STORE_ALL,
			     INSTANT_UNKNOWN, j->arena, err) ||
	    !store_last_quotes(j->store, &j->quotes, &j->n_quotes, j->arena,
			       err) ||
	    !store_last_poll(j->store, &last, &found, err))
		return false;
	j->polled_at = found ? last.at : INSTANT_UNKNOWN;
	j->books = arena_array(j->arena, j->n_books, sizeof(*j->books));
	if (!j->books)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < j->n_books; i++)
		j->books[i] = (struct funding_book){ .p = list[i] };
	return true;
}

/* All of it in one transaction; again from the start when it was busy. */
bool funding_write(struct store *s, void *ctx, struct err *err)
{
	struct funding_job *j = ctx;
	struct payment **sorted;

	arena_reset(j->arena);
	j->store = s;
	j->sums = no_sums();
	sorted = arena_array(j->arena, j->n, sizeof(struct payment *));
	if (!sorted)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!load_books(j, err))
		return false;
	for (size_t i = 0; i < j->n; i++) {
		if (!match(j, &j->list[i], err))
			return false;
		sorted[i] = &j->list[i];
	}
	qsort(sorted, j->n, sizeof(struct payment *), by_settlement);
	if (!drop_twins(j, sorted, err))
		return false;
	for (size_t i = 0; i < j->n; i++)
		add_sums(&j->sums, &j->list[i]);
	return write_sorted(j, sorted, err);
}

