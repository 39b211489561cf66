/* SPDX-License-Identifier: MIT */
/* Messages to people: written with the decision, sent after the commit. */
#include "store_sql.h"

bool store_put_message(struct store *s, const struct message *m,
		       struct err *err)
{
	struct sql q = sql_use(s, SQL_MESSAGE_PUT);

	sql_put_instant(&q, m->at);
	sql_put_int(&q, m->priority);
	sql_put_opt_int(&q, m->position);
	sql_put_text(&q, m->kind);
	sql_put_text(&q, m->text);
	sql_put_opt_text(&q, m->fingerprint ? m->fingerprint : "");
	sql_put_text(&q, m->label ? m->label : "");
	sql_put_text(&q, m->title ? m->title : "");
	sql_put_instant(&q, m->fingerprint ? m->since : INSTANT_UNKNOWN);
	sql_put_int(&q, m->resolved);
	sql_put_int(&q, m->silent);
	return sql_run(&q, err);
}

static void get_message(struct sql *q, struct message *m, struct arena *arena)
{
	m->id = sql_get_int(q);
	m->at = sql_get_instant(q);
	m->priority = sql_get_range(q, 0, 7);
	m->position = sql_get_int(q);
	m->kind = sql_get_arena_text(q, arena);
	m->text = sql_get_arena_text(q, arena);
}

/* Oldest first. */
bool store_unsent(struct store *s, struct message **out, size_t *n,
		  struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_UNSENT);
	struct message *m;
	void *list;

	while (sql_row(&q) && (m = sql_list_add(&l, &q)))
		get_message(&q, m, arena);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_mark_sent(struct store *s, int64_t message, struct instant at,
		     struct err *err)
{
	struct sql q = sql_use(s, SQL_MARK_SENT);

	sql_put_int(&q, message);
	sql_put_instant(&q, at);
	return sql_run(&q, err);
}
