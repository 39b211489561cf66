/* SPDX-License-Identifier: MIT */
/*
 * Reads what a view needs out of the store in one transaction: positions,
 * the poll with its evidence, the configuration in force at it, memory and
 * ledger. Then view.c puts the rows together.
 */
#include "view.h"

#include "reported.h"

#include <inttypes.h>
#include <string.h>

/* ---- the poll and its rules ---- */

/* What decided then, not what is configured today. */
static bool load_rules(struct view *v, struct store *s, struct arena *arena,
		       struct err *err)
{
	struct complaints *list = arena_alloc(arena, sizeof(*list));
	struct config *then = arena_alloc(arena, sizeof(*then));
	const struct account *a;
	char *text;

	if (!list || !then)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!store_config_text(s, &text, v->poll.config, arena, err) ||
	    !config_load_text(then, "recorded configuration", text,
			      strlen(text), arena, list, err))
		return err_prefix(err, "poll %" PRId64, v->poll.seq);
	a = config_account(then, v->account->name);
	if (!a)
		return err_set(err, ERR_STORE, "poll %" PRId64 ": account \"%s\" "
			       "is not in the recorded configuration",
			       v->poll.seq, v->account->name);
	v->config = then;
	v->profile = a->profile;
	config_terms(&v->terms, then, a);
	return true;
}

static bool load_poll(struct view *v, struct store *s,
		      const struct view_ask *ask, struct arena *arena,
		      struct err *err)
{
	char when[INSTANT_TEXT_MAX];

	if (!store_evidence(s, &v->evidence, &v->poll, &v->polled, ask->at,
			    arena, err))
		return false;
	if (v->polled) {
		evidence_market(&v->market, &v->evidence);
		return load_rules(v, s, arena, err);
	}
	if (!instant_known(ask->at))
		return true;
	instant_format(when, ask->at);
	return err_set(err, ERR_NOT_FOUND, "no recorded poll at or before %s; "
		       "see: carrywatch decisions list", when);
}

/* ---- positions ---- */

static bool was_judged(const struct view *v, int64_t id)
{
	for (size_t i = 0; i < v->evidence.n_rows; i++)
		if (v->evidence.rows[i].position == id)
			return true;
	return false;
}

static bool on_paper(const struct view *v)
{
	return v->account->mode == MODE_DRY_RUN;
}

/* By the last poll, perhaps as of an earlier one: gone at the client since. */
static bool closed_last(const struct view *v, const struct position *p)
{
	return on_paper(v) && v->polled &&
	       p->closed_at.ms <= v->poll.at.ms && was_judged(v, p->id);
}

static bool is_wanted(const struct position *p, const struct view *v,
		      const struct view_ask *ask)
{
	bool closed = p->status == STATUS_CLOSED;

	switch (ask->which) {
	case VIEW_LISTED:
		if (v->past)
			return was_judged(v, p->id);
		return !closed || closed_last(v, p);
	case VIEW_ALL:
		return true;
	case VIEW_CLOSED:
		return closed;
	case VIEW_ONE:
		return p->id == ask->id;
	}
	return false;
}

/* As they were known then: without later rows and reports. */
static void cut_ledger(struct settlement *list, size_t *n, struct instant at)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (list[i].at.ms <= at.ms && reported_as_of(&list[i], at))
			list[kept++] = list[i];
	*n = kept;
}

/* A list of many positions needs no more than the sum of each ledger. */
static bool load_ledger(struct view_row *row, const struct view *v,
			struct store *s, const struct view_ask *ask,
			struct arena *arena, struct err *err)
{
	struct settlement *list;

	row->summed = !v->past && (ask->which == VIEW_LISTED ||
				   ask->which == VIEW_ALL);
	if (!store_funding(s, &row->running, row->pos.id, err))
		return false;
	if (row->summed)
		return true;
	if (!store_settlements(s, &list, &row->n_settlements, row->pos.id,
			       arena, err))
		return false;
	row->settlements = list;
	if (v->past)
		cut_ledger(list, &row->n_settlements, v->poll.at);
	return true;
}

static bool load_one(struct view_row *row, struct view *v, struct store *s,
		     const struct view_ask *ask, struct arena *arena,
		     struct err *err)
{
	struct streak *slots = arena_array(arena, SLOTS_MAX, sizeof(*slots));
	struct watch w;

	if (!slots)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!load_ledger(row, v, s, ask, arena, err) ||
	    !store_load_memory(s, slots, &w, row->pos.id, v->profile, err))
		return false;
	view_assemble(row, v, &w);
	return true;
}

/* What the last poll closed was closed at that time or later. */
static struct instant recent_since(const struct view *v)
{
	if (on_paper(v) && v->account->control_api.url[0])
		return (struct instant){ 0 };
	return v->poll.at;
}

static bool load_list(struct position **list, size_t *n, const struct view *v,
		      struct store *s, const struct view_ask *ask,
		      struct arena *arena, struct err *err)
{
	struct position *one;

	switch (ask->which) {
	case VIEW_LISTED:
		if (v->past)
			break;
		if (v->polled)
			return store_positions(s, list, n, STORE_RECENT,
					       recent_since(v), arena, err);
		return store_positions(s, list, n, STORE_WATCHED,
				       INSTANT_UNKNOWN, arena, err);
	case VIEW_ALL:
	case VIEW_CLOSED:
	case VIEW_ONE:
		break;
	}
	if (ask->which != VIEW_ONE)
		return store_positions(s, list, n, STORE_ALL, INSTANT_UNKNOWN,
				       arena, err);
	one = arena_alloc(arena, sizeof(*one));
	*list = one;
	*n = 1;
	if (!one)
		return err_set(err, ERR_MEMORY, "no memory");
	return store_position(s, one, ask->id, err);
}

static bool load_rows(struct view *v, struct store *s,
		      const struct view_ask *ask, struct arena *arena,
		      struct err *err)
{
	struct position *list;
	size_t n;

	if (!load_list(&list, &n, v, s, ask, arena, err))
		return false;
	v->rows = arena_array(arena, n, sizeof(*v->rows));
	if (!v->rows)
		return err_set(err, ERR_MEMORY, "no memory for positions");
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(&list[i], v, ask))
			continue;
		v->rows[v->n_rows].pos = list[i];
		if (!load_one(&v->rows[v->n_rows], v, s, ask, arena, err))
			return false;
		v->n_rows++;
	}
	return true;
}

static bool load_all(struct view *v, struct store *s,
		     const struct view_ask *ask, struct arena *arena,
		     struct err *err)
{
	if (!load_poll(v, s, ask, arena, err) ||
	    !store_last_quotes(s, &v->quotes, &v->n_quotes, arena, err))
		return false;
	view_date(v, ask->now, ask->at);
	return load_rows(v, s, ask, arena, err);
}

bool view_load(struct view *out, struct store *s, const struct view_ask *ask,
	       struct arena *arena, struct err *err)
{
	bool ok;

	*out = (struct view){ .account = ask->account, .config = ask->config,
			      .profile = ask->account->profile };
	config_terms(&out->terms, ask->config, ask->account);
	if (!store_begin_read(s, err))
		return false;
	ok = load_all(out, s, ask, arena, err);
	store_end_read(s);
	return ok;
}
