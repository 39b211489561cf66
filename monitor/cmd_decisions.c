/* SPDX-License-Identifier: MIT */
/* decisions list: what was decided, newest first, from the store. */
#include <stdio.h>

#include "commands.h"
#include "table.h"

enum { D_ID, D_AT, D_ACCOUNT, D_POSITION, D_BEFORE, D_ACTION, D_LABEL, D_POLL,
       D_TEXT, D_COUNT };

static const struct column decision_columns[D_COUNT] = {
	[D_ID] = { .key = "id", .title = "ID", .wide = true },
	[D_AT] = { .key = "at", .title = "AT" },
	[D_ACCOUNT] = { .key = "account", .title = "ACCOUNT" },
	[D_POSITION] = { .key = "position", .title = "POSITION" },
	[D_BEFORE] = { .key = "before", .title = "BEFORE" },
	[D_ACTION] = { .key = "action", .title = "ACTION" },
	[D_LABEL] = { .key = "label", .title = "LABEL" },
	[D_POLL] = { .key = "poll", .title = "POLL", .wide = true },
	[D_TEXT] = { .key = "text", .title = "WHY" },
};

static enum tone tone_of(enum action a)
{
	switch (a) {
	case ACTION_HOLD:	return TONE_GOOD;
	case ACTION_ALERT:	return TONE_WARN;
	case ACTION_CLOSE:	return TONE_BAD;
	}
	return TONE_PLAIN;
}

static void decision_row(struct table *t, const struct cli *c,
			 const struct account *a,
			 const struct decision_row *d)
{
	struct cell *cell = table_row(t);

	cell[D_ID] = cell_count(t, d->id);
	cell[D_AT] = cell_instant(t, c, d->at);
	cell[D_ACCOUNT] = cell_text(t, a->name);
	cell[D_POSITION] = cell_count(t, d->position);
	cell[D_BEFORE] = cell_text(t, action_word(d->before));
	cell[D_ACTION] = cell_text(t, action_word(d->action));
	cell[D_ACTION].tone = tone_of(d->action);
	cell[D_LABEL] = cell_text(t, *d->label.s ? d->label.s : NULL);
	cell[D_POLL] = cell_count(t, d->poll);
	cell[D_TEXT] = cell_text(t, d->text);
}

struct query {
	int64_t position;	/* 0: all */
	int limit;
};

static bool read_rows(struct store *s, struct decision_row **rows, size_t *n,
		      const struct cli *c, const struct query *q,
		      struct err *err)
{
	struct position p;

	/* An id that does not exist is an error, not an empty list. */
	if (q->position && !store_position(s, &p, q->position, err))
		return false;
	return store_decisions(s, rows, n, q->position, c->since, c->until,
			       q->limit, c->arena, err);
}

static bool add_account(struct table *t, struct cli *c,
			const struct account *a, const struct query *q,
			struct err *err)
{
	struct decision_row *rows = NULL;
	struct store *s;
	size_t n = 0;
	bool ok;

	if (!cli_store_if_any(c, &s, a, err))
		return false;
	if (!s)
		return !q->position || err_set(err, ERR_NOT_FOUND,
					       "account %s has no positions",
					       a->name);
	ok = read_rows(s, &rows, &n, c, q, err);
	store_close(s);
	for (size_t i = 0; ok && i < n; i++)
		decision_row(t, c, a, &rows[i]);
	return ok;
}

static bool fill(struct table *t, struct cli *c, struct err *err)
{
	/* Rows are cut after sorting when another order is asked for. */
	struct query q = { 0, cli_has(c, OPT_SORT) ? 0 : c->limit };
	const struct account **list;
	size_t n;

	if (c->n_args && !cli_id(c, &q.position, 0, err))
		return false;
	if (!cli_accounts(c, &list, &n, err))
		return false;
	if (q.position && !cli_account(c, list, err))
		return false;
	if (n > 1 && !cli_has(c, OPT_SORT))
		c->opt[OPT_SORT] = "-at";
	for (size_t i = 0; i < n; i++) {
		if (!add_account(t, c, list[i], &q, err))
			return false;
	}
	return true;
}

int cmd_decisions_list(struct cli *c)
{
	struct table *t = table_new(decision_columns, D_COUNT, c->arena);
	struct err err;

	if (!t)
		return cli_no_memory(c);
	if (!fill(t, c, &err) || !table_print(stdout, t, c, &err))
		return cli_fail(c, &err);
	return 0;
}
