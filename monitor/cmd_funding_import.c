/* SPDX-License-Identifier: MIT */
/*
 * positions funding import FILE: what venues really paid, put into the ledger
 * beside what was expected. Every row is matched before the first is
 * written, and all are written in one transaction or none.
 */
#include "cmd_funding.h"

#include <inttypes.h>

#include "cmd_positions_change.h"
#include "commands.h"

/* ---- the file ---- */

static struct payment *next_payment(struct funding_job *j)
{
	if (j->n == j->cap) {
		size_t cap = j->cap ? 2 * j->cap : 64;
		struct payment *list = arena_grow(j->c->arena, j->list, j->n,
						  cap, sizeof(*list));

		if (!list)
			return NULL;
		j->list = list;
		j->cap = cap;
	}
	return &j->list[j->n];
}

static bool read_file(struct funding_job *j, struct err *err)
{
	struct import_row row;

	if (!import_begin(&j->im, err))
		return false;
	while (import_next(&j->im, &row, err)) {
		struct payment *x = next_payment(j);

		if (!x)
			return err_set(err, ERR_MEMORY, "no memory");
		if (!funding_read(&j->im, &x->in, &row, err))
			return false;
		j->n++;
	}
	if (err->kind != ERR_NONE)
		return false;
	return j->n > 0 ||
	       import_fail(&j->im, (struct import_place){ 1, 1 }, err,
			   "no rows: write one JSON object per line, or CSV "
			   "with a header line");
}

/* ---- what is said ---- */

/* A line each: eighteen decimals of four amounts are no sentence. */
static void say_sums(const struct funding_job *j)
{
	const struct funding_sums *s = &j->sums;
	char e[DEC_TEXT_MAX], r[DEC_TEXT_MAX], d[DEC_TEXT_MAX], w[DEC_TEXT_MAX];

	if (s->n_both == 0)
		return;
	positions_say(j->c, "  expected    %s USD in %" PRId64 " settlement%s",
		      funding_text(e, s->expected), s->n_both,
		      s->n_both == 1 ? "" : "s");
	positions_say(j->c, "  reported    %s USD",
		      funding_text(r, s->reported));
	positions_say(j->c, "  difference  %s USD",
		      funding_text(d, fact_sub(s->reported, s->expected)));
	positions_say(j->c, "  largest     %s USD, position %" PRId64
		      " %s at %s", funding_text(w, s->largest),
		      s->worst->row.position, side_word(s->worst->row.side),
		      cli_shown_time(j->c, s->worst->row.at));
}

static void say_done(const struct funding_job *j)
{
	const struct funding_sums *s = &j->sums;
	bool dry = cli_has(j->c, OPT_DRY_RUN);
	char a[DEC_TEXT_MAX];

	positions_say(j->c, "%s %zu row%s into %s: %" PRId64 " new, %" PRId64
		      " as before, %" PRId64 " replaced, %" PRId64 " added%s",
		      dry ? "Would import" : "Imported", j->n,
		      j->n == 1 ? "" : "s", j->account->name,
		      s->n[REPORTED_NEW], s->n[REPORTED_SAME],
		      s->n[REPORTED_REPLACED], s->n[REPORTED_ADDED],
		      dry ? "; nothing was written" : "");
	say_sums(j);
	if (s->n_alone > 0)
		positions_say(j->c, "  beside it   %s USD in %" PRId64
			      " settlement%s of unknown expected amount",
			      funding_text(a, s->alone), s->n_alone,
			      s->n_alone == 1 ? "" : "s");
	if (j->im.rounded > 0)
		positions_say(j->c, "%" PRId64 " numbers with more than 18 "
			      "decimals were rounded", j->im.rounded);
}

static bool run(struct funding_job *j, struct store **s, struct err *err)
{
	struct cli *c = j->c;

	if (!j->arena)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!cli_account(c, &j->account, err) || !import_load(&j->im, err) ||
	    !read_file(j, err) ||
	    !cli_store(c, s, j->account, STORE_CHANGE, err))
		return false;
	config_terms(&j->terms, c->config, j->account);
	return positions_write(*s, funding_write, j, !cli_has(c, OPT_DRY_RUN),
			       err);
}

int cmd_positions_funding_import(struct cli *c)
{
	struct funding_job j = {
		.c = c, .arena = arena_new(),
		.im = { .path = c->arg[0], .form = &import_funding,
			.names = import_funding.keys, .arena = c->arena },
	};
	struct err err = { ERR_NONE, "" };
	struct store *s = NULL;
	bool ok = run(&j, &s, &err);

	store_close(s);
	if (ok)
		say_done(&j);
	arena_free(j.arena);
	return ok ? 0 : import_failed(&j.im, c, &err, "0 rows imported");
}
