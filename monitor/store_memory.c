/* SPDX-License-Identifier: MIT */
/*
 * Streaks and watches between polls. A streak belongs to the text of its
 * line: a line that was rewritten starts at zero, one that was moved does
 * not. What is all zero is not stored.
 */
#include "store_sql.h"

#include <string.h>

/* ---- loading ---- */

static struct streak get_streak(struct sql *q)
{
	struct streak k;

	k.since = sql_get_instant(q);
	k.last_known = sql_get_instant(q);
	k.count = sql_get_i32(q);
	k.stored = (enum verdict)sql_get_range(q, VERDICT_FALSE,
					       VERDICT_UNKNOWN);
	return k;
}

/* Every line with this text: two labels may share an expression. */
static void load_streak(struct sql *q, struct streak *slots,
			const struct profile *p)
{
	char text[LINE_TEXT_MAX];
	struct streak k;
	int node;

	sql_get_text(q, text, sizeof(text));
	node = sql_get_range(q, 0, SLOTS_MAX - 1);
	k = get_streak(q);
	for (int i = 0; i < p->n_lines; i++)
		if (node < p->line[i].n_slots &&
		    strcmp(p->line[i].text, text) == 0)
			slots[profile_slot(p, i) + node] = k;
}

static bool load_streaks(struct store *s, struct streak *slots,
			 int64_t position, const struct profile *p,
			 struct err *err)
{
	struct sql q = sql_use(s, SQL_STREAKS);

	for (int i = 0; i < profile_slots(p); i++)
		slots[i] = STREAK_NONE;
	sql_put_int(&q, position);
	while (sql_row(&q))
		load_streak(&q, slots, p);
	return sql_done(&q, err);
}

static void get_watch(struct sql *q, struct watch *w)
{
	w->counted[LEG_LONG] = sql_get_instant(q);
	w->counted[LEG_SHORT] = sql_get_instant(q);
	w->action = sql_get_action(q);
	w->label = sql_get_label(q);
	w->divergence = sql_get_fact(q);
	w->divergence_at = sql_get_instant(q);
	w->blind_told = sql_get_instant(q);
	w->blind_notices = sql_get_i32(q);
	w->gone_polls = sql_get_i32(q);
	w->unclosed_told = sql_get_instant(q);
	w->severer = sql_get_label(q);
}

bool store_load_memory(struct store *s, struct streak *slots,
		       struct watch *w, int64_t position,
		       const struct profile *p, struct err *err)
{
	struct sql q;

	if (!load_streaks(s, slots, position, p, err))
		return false;
	q = sql_use(s, SQL_WATCH);
	*w = WATCH_NONE;
	sql_put_int(&q, position);
	if (sql_row(&q))
		get_watch(&q, w);
	return sql_done(&q, err);
}

/* ---- saving ---- */

static bool save_streak(struct store *s, int64_t position, const char *line,
			int node, const struct streak *k, struct err *err)
{
	bool none = streak_is_none(k);
	struct sql q = sql_use(s, none ? SQL_STREAK_DROP : SQL_STREAK_PUT);

	sql_put_int(&q, position);
	sql_put_text(&q, line);
	sql_put_int(&q, node);
	if (!none) {
		sql_put_instant(&q, k->since);
		sql_put_instant(&q, k->last_known);
		sql_put_int(&q, k->count);
		sql_put_int(&q, k->stored);
	}
	return sql_run(&q, err);
}

static bool save_line(struct store *s, int64_t position, const struct line *l,
		      const struct streak *now, const struct streak *old,
		      struct err *err)
{
	for (int k = 0; k < l->n_slots; k++)
		if (!streak_same(&now[k], &old[k]) &&
		    !save_streak(s, position, l->text, k, &now[k], err))
			return false;
	return true;
}

static bool has_line(const struct profile *p, const char *text)
{
	for (int i = 0; i < p->n_lines; i++)
		if (strcmp(p->line[i].text, text) == 0)
			return true;
	return false;
}

static bool drop_line(struct store *s, int64_t position, const char *text,
		      struct err *err)
{
	struct sql q = sql_use(s, SQL_STREAK_DROP_LINE);

	sql_put_int(&q, position);
	sql_put_text(&q, text);
	return sql_run(&q, err);
}

/* One stored line that the profile does not have; "" when there is none. */
static bool find_left_over(struct store *s, int64_t position,
			   const struct profile *p, char *text, size_t size,
			   struct err *err)
{
	struct sql q = sql_use(s, SQL_STREAK_LINES);
	bool found = false;

	sql_put_int(&q, position);
	while (!found && sql_row(&q)) {
		sql_get_text(&q, text, size);
		found = !has_line(p, text);
	}
	if (!found)
		text[0] = '\0';
	return sql_done(&q, err);
}

/* So that a line that comes back one day does not count on from here. */
static bool drop_left_over(struct store *s, int64_t position,
			   const struct profile *p, struct err *err)
{
	char text[LINE_TEXT_MAX];

	for (;;) {
		if (!find_left_over(s, position, p, text, sizeof(text), err))
			return false;
		if (!text[0])
			return true;
		if (!drop_line(s, position, text, err))
			return false;
	}
}

static bool same_watch(const struct watch *a, const struct watch *b)
{
	return a->counted[0].ms == b->counted[0].ms &&
	       a->counted[1].ms == b->counted[1].ms &&
	       a->action == b->action &&
	       strcmp(a->label.s, b->label.s) == 0 &&
	       fact_same(a->divergence, b->divergence) &&
	       a->divergence_at.ms == b->divergence_at.ms &&
	       a->blind_told.ms == b->blind_told.ms &&
	       a->blind_notices == b->blind_notices &&
	       a->gone_polls == b->gone_polls &&
	       a->unclosed_told.ms == b->unclosed_told.ms &&
	       strcmp(a->severer.s, b->severer.s) == 0;
}

static bool save_watch(struct store *s, int64_t position,
		       const struct watch *w, struct err *err)
{
	struct sql q = sql_use(s, SQL_WATCH_PUT);

	sql_put_int(&q, position);
	sql_put_instant(&q, w->counted[LEG_LONG]);
	sql_put_instant(&q, w->counted[LEG_SHORT]);
	sql_put_text(&q, action_word(w->action));
	sql_put_text(&q, w->label.s);
	sql_put_fact(&q, &w->divergence);
	sql_put_instant(&q, w->divergence_at);
	sql_put_instant(&q, w->blind_told);
	sql_put_int(&q, w->blind_notices);
	sql_put_int(&q, w->gone_polls);
	sql_put_instant(&q, w->unclosed_told);
	sql_put_text(&q, w->severer.s);
	return sql_run(&q, err);
}

bool store_save_memory(struct store *s, int64_t position,
		       const struct profile *p, const struct streak *slots,
		       const struct streak *old_slots, const struct watch *w,
		       const struct watch *old_w, struct err *err)
{
	if (!drop_left_over(s, position, p, err))
		return false;
	for (int i = 0; i < p->n_lines; i++) {
		int at = profile_slot(p, i);

		if (!save_line(s, position, &p->line[i], slots + at,
			       old_slots + at, err))
			return false;
	}
	return same_watch(w, old_w) || save_watch(s, position, w, err);
}

bool store_forget_memory(struct store *s, int64_t position, struct err *err)
{
	struct sql q = sql_use(s, SQL_STREAK_FORGET);

	sql_put_int(&q, position);
	if (!sql_run(&q, err))
		return false;
	q = sql_use(s, SQL_WATCH_FORGET);
	sql_put_int(&q, position);
	return sql_run(&q, err);
}

/* ---- the shadow ---- */

bool store_shadow(struct store *s, const unsigned char **blob, size_t *n,
		  const char *hash, struct arena *arena, struct err *err)
{
	struct sql q = sql_use(s, SQL_SHADOW);
	const void *data;

	*n = 0;
	*blob = (const unsigned char *)"";
	sql_put_text(&q, hash);
	if (sql_row(&q)) {
		data = sql_get_blob(&q, n);
		*blob = (const unsigned char *)arena_text(arena, data, *n);
	}
	if (!sql_done(&q, err))
		return false;
	return *blob || err_set(err, ERR_MEMORY, "no memory");
}

bool store_put_shadow(struct store *s, const char *profile, const char *hash,
		      int64_t poll, const unsigned char *blob, size_t n,
		      struct err *err)
{
	struct sql q = sql_use(s, SQL_SHADOW_PUT);

	sql_put_text(&q, profile);
	sql_put_text(&q, hash);
	sql_put_int(&q, poll);
	sql_put_blob(&q, blob, n);
	return sql_run(&q, err);
}
