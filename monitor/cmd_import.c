/* SPDX-License-Identifier: MIT */
/*
 * positions import FILE: every row is read and checked before the first is
 * written, and all are written in one transaction or none.
 */
#include "cmd_import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_safe.h"
#include "cmd_positions_change.h"
#include "commands.h"

/* A checked row on its way into the database. */
struct incoming {
	struct position p;
	const char *note;
	struct import_row row;		/* for places */
	size_t index;
};

struct incoming_list {
	struct incoming *list;
	size_t n, cap;
};

struct job {
	struct cli *c;
	const struct account *account;
	struct import im;
	struct incoming_list in;
	size_t at;			/* the row being written */
};

/* ---- rows ---- */

static struct incoming *add_row(struct job *j)
{
	struct incoming_list *in = &j->in;

	if (in->n == in->cap) {
		size_t cap = in->cap ? 2 * in->cap : 64;
		struct incoming *list = arena_grow(j->c->arena, in->list,
						   in->n, cap, sizeof(*list));

		if (!list)
			return NULL;
		in->list = list;
		in->cap = cap;
	}
	in->list[in->n].index = in->n;
	return &in->list[in->n];
}

static bool read_rows(struct job *j, struct err *err)
{
	if (!import_begin(&j->im, err))
		return false;
	for (;;) {
		struct incoming *x = add_row(j);

		if (!x)
			return err_set(err, ERR_MEMORY, "no memory");
		if (!import_next(&j->im, &x->row, err))
			return err->kind == ERR_NONE;
		if (!import_position(&j->im, &x->p, &x->note, &x->row, err))
			return false;
		j->in.n++;
	}
}

static int by_external_id(const void *a, const void *b)
{
	const struct incoming *x = *(const struct incoming *const *)a;
	const struct incoming *y = *(const struct incoming *const *)b;
	int d = strcmp(x->p.external_id, y->p.external_id);

	return d ? d : (x->index > y->index) - (x->index < y->index);
}

/* The first row whose external id an earlier row has, and that row. */
static bool find_twin(struct job *j, const struct incoming **first,
		      const struct incoming **again)
{
	const struct incoming **sorted = arena_array(j->c->arena, j->in.n,
						     sizeof(*sorted));

	if (!sorted)
		return false;
	for (size_t i = 0; i < j->in.n; i++)
		sorted[i] = &j->in.list[i];
	qsort(sorted, j->in.n, sizeof(*sorted), by_external_id);
	*again = NULL;
	for (size_t i = 1; i < j->in.n; i++) {
		const struct incoming *a = sorted[i - 1], *b = sorted[i];

		if (!a->p.external_id[0] ||
		    strcmp(a->p.external_id, b->p.external_id) != 0 ||
		    (*again && (*again)->index < b->index))
			continue;
		*first = a;
		*again = b;
	}
	return true;
}

static bool check_twins(struct job *j, struct err *err)
{
	const struct incoming *first, *again;

	if (!find_twin(j, &first, &again))
		return err_set(err, ERR_MEMORY, "no memory");
	if (!again)
		return true;
	return import_fail(&j->im, again->row.cell[IMPORT_EXTERNAL_ID].at,
			   err, "external_id \"%s\" stands in line %d already",
			   again->p.external_id, first->row.at.line);
}

/* Twins above a bad row come before it. */
static bool read_all(struct job *j, struct err *err)
{
	struct err bad = { ERR_NONE, "" };
	bool ok = read_rows(j, &bad);

	if (!ok && bad.kind != ERR_DATA) {
		*err = bad;
		return false;
	}
	if (!check_twins(j, err))
		return false;
	if (!ok) {
		*err = bad;
		return false;
	}
	return j->in.n > 0 ||
	       import_fail(&j->im, (struct import_place){ 1, 1 }, err,
			   "no rows: write one JSON object per line, or CSV "
			   "with a header line");
}

/* ---- warnings ---- */

static void warn(const struct job *j, struct import_place at,
		 const char *text)
{
	char line[512];

	if (cli_has(j->c, OPT_QUIET))
		return;
	snprintf(line, sizeof(line), "%.150s:%d:%d: warning: %s", j->im.path,
		 at.line, at.column, text);
	text_print_safe(stderr, line);
	fputc('\n', stderr);
}

#define WARNED_MAX 64

struct warned {
	struct venue list[WARNED_MAX];
	size_t n;
};

static bool is_new(struct warned *w, struct venue v)
{
	for (size_t i = 0; i < w->n; i++)
		if (venue_cmp(w->list[i], v) == 0)
			return false;
	if (w->n == WARNED_MAX)
		return false;
	w->list[w->n++] = v;
	return true;
}

static void warn_venue(const struct job *j, struct warned *w,
		       const struct incoming *x, enum side s)
{
	const struct market_limits *m = &j->c->config->limits;
	struct venue v = x->p.leg[s].venue;
	char text[200];

	if (terms_find(m->terms, m->n_terms, v) || !is_new(w, v))
		return;
	snprintf(text, sizeof(text), "venue %s is not under venues: in the "
		 "configuration; its payment interval and fees are unknown",
		 v.s);
	warn(j, x->row.cell[s == LEG_LONG ? IMPORT_LONG : IMPORT_SHORT].at,
	     text);
}

/* A pair that is open, or is to be. */
struct pair {
	const struct position *p;
	const struct incoming *x;	/* NULL: it is open */
};

static int pair_cmp(const struct position *a, const struct position *b)
{
	int d = symbol_cmp(a->symbol, b->symbol);

	for (int s = LEG_LONG; !d && s <= LEG_SHORT; s++)
		d = venue_cmp(a->leg[s].venue, b->leg[s].venue);
	d = d ? d : dec_cmp(a->size_usd, b->size_usd);
	return d ? d : (a->opened_at.ms > b->opened_at.ms) -
		       (a->opened_at.ms < b->opened_at.ms);
}

/* Equal ones: what is open, then the rows as they stand. */
static int by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int d = pair_cmp(x->p, y->p);

	if (d || !x->x || !y->x)
		return d ? d : (x->x != NULL) - (y->x != NULL);
	return (x->x->index > y->x->index) - (x->x->index < y->x->index);
}

static void warn_alike(const struct job *j, const struct pair *first,
		       const struct incoming *again)
{
	char text[200], what[40];

	if (first->x)
		snprintf(what, sizeof(what), "line %d", first->x->row.at.line);
	else
		snprintf(what, sizeof(what), "position %" PRId64, first->p->id);
	snprintf(text, sizeof(text), "the same pair as %s, and no external_id "
		 "tells them apart: it will be there twice", what);
	warn(j, again->row.at, text);
}

/* A file that is imported again doubles what is watched. */
static bool warn_pairs(struct job *j, struct store *s, struct err *err)
{
	struct position *open;
	struct pair *list;
	size_t n = 0;

	if (!store_positions(s, &open, &n, STORE_WATCHED, INSTANT_UNKNOWN,
			     j->c->arena, err))
		return false;
	list = arena_array(j->c->arena, n + j->in.n, sizeof(*list));
	if (!list)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++)
		list[i] = (struct pair){ &open[i], NULL };
	for (size_t i = 0; i < j->in.n; i++)
		list[n + i] = (struct pair){ &j->in.list[i].p, &j->in.list[i] };
	n += j->in.n;
	qsort(list, n, sizeof(*list), by_pair);
	for (size_t i = 1; i < n; i++)
		if (list[i].x && !list[i].p->external_id[0] &&
		    pair_cmp(list[i - 1].p, list[i].p) == 0)
			warn_alike(j, &list[i - 1], list[i].x);
	return true;
}

static void warn_all(const struct job *j)
{
	struct warned w = { .n = 0 };

	for (size_t i = 0; i < j->in.n; i++)
		for (int s = LEG_LONG; s <= LEG_SHORT; s++)
			warn_venue(j, &w, &j->in.list[i], (enum side)s);
	if (j->im.rounded > 0 && !cli_has(j->c, OPT_QUIET))
		fprintf(stderr, "%" PRId64 " numbers with more than 18 "
			"decimals were rounded\n", j->im.rounded);
}

/* ---- writing ---- */

static bool write_rows(struct store *s, void *ctx, struct err *err)
{
	struct job *j = ctx;

	for (j->at = 0; j->at < j->in.n; j->at++) {
		struct incoming *x = &j->in.list[j->at];

		if (!store_add_position(s, &x->p, j->im.now, "cli", x->note,
					err))
			return false;
	}
	return true;
}

/* A row the database refuses is named like one the reader refuses. */
static bool write_all(struct job *j, struct store *s, struct err *err)
{
	struct err why = { ERR_NONE, "" };
	const struct import_row *row;
	struct import_place at;

	if (positions_write(s, write_rows, j, !cli_has(j->c, OPT_DRY_RUN),
			    &why))
		return true;
	*err = why;
	if (why.kind != ERR_DATA || j->at == j->in.n)
		return false;
	row = &j->in.list[j->at].row;
	at = row->cell[IMPORT_EXTERNAL_ID].s ?
	     row->cell[IMPORT_EXTERNAL_ID].at : row->at;
	return import_fail(&j->im, at, err, "%.300s", why.text);
}

static void say_done(const struct job *j)
{
	int64_t first = j->in.list[0].p.id, last = j->in.list[j->in.n - 1].p.id;
	const char *s = j->in.n == 1 ? "" : "s";

	if (cli_has(j->c, OPT_DRY_RUN))
		positions_say(j->c, "Would import %zu position%s into %s, "
			      "nothing was written", j->in.n, s,
			      j->account->name);
	else
		positions_say(j->c, "Imported %zu position%s into %s, ids "
			      "%" PRId64 " to %" PRId64 ". See them: "
			      "carrywatch positions list%s", j->in.n, s,
			      j->account->name, first, last,
			      positions_dash_a(j->c, j->account).s);
}

static bool prepare(struct job *j, struct store **s, struct err *err)
{
	struct cli *c = j->c;

	j->im = (struct import){ .path = c->arg[0], .form = &import_positions,
				 .names = import_positions.keys,
				 .arena = c->arena };
	if (!cli_account(c, &j->account, err) || !import_load(&j->im, err))
		return false;
	j->im.max_abs_rate_8h = c->config->limits.max_abs_rate_8h;
	return cli_store(c, s, j->account, STORE_CHANGE, err) &&
	       positions_now(&j->im.now, c, j->account, *s, err);
}

int cmd_positions_import(struct cli *c)
{
	struct job j = { .c = c };
	struct err err = { ERR_NONE, "" };
	struct store *s = NULL;
	bool ok = prepare(&j, &s, &err) && read_all(&j, &err) &&
		  warn_pairs(&j, s, &err);

	if (ok) {
		warn_all(&j);
		ok = write_all(&j, s, &err);
	}
	store_close(s);
	if (!ok)
		return import_failed(&j.im, c, &err, "0 positions imported");
	say_done(&j);
	return 0;
}
