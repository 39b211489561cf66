/* SPDX-License-Identifier: MIT */
/* Polls, the configurations they ran with, and decisions. */
#include "store_sql.h"

#include <stdio.h>
#include <string.h>

/* ---- polls ---- */

/* All of a poll but its error text, which is the next column. */
void sql_get_poll(struct sql *q, struct poll *p)
{
	memset(p, 0, sizeof(*p));
	p->seq = sql_get_int(q);
	p->at = sql_get_instant(q);
	p->took_ms = sql_get_int(q);
	sql_get_text(q, p->result, sizeof(p->result));
	p->positions = sql_get_i32(q);
	p->requests = sql_get_i32(q);
	p->missed_ticks = sql_get_i32(q);
	p->bytes = sql_get_int(q);
	sql_get_text(q, p->config, sizeof(p->config));
	sql_get_text(q, p->version, sizeof(p->version));
	p->error = "";
}

/* The error text lives in the store until the next call. */
bool store_last_poll(struct store *s, struct poll *out, bool *found,
		     struct err *err)
{
	struct sql q = sql_use(s, SQL_POLL_LAST);
	struct poll p;

	*found = sql_row(&q);
	if (*found) {
		sql_get_poll(&q, &p);
		sql_get_text(&q, s->poll_error, sizeof(s->poll_error));
		p.error = s->poll_error;
	}
	if (!sql_done(&q, err))
		return false;
	if (*found)
		*out = p;
	return true;
}

bool store_newest_poll(struct store *s, struct instant *out, struct err *err)
{
	struct sql q = sql_use(s, SQL_POLL_NEWEST);

	*out = sql_row(&q) ? sql_get_instant(&q) : INSTANT_UNKNOWN;
	return sql_done(&q, err);
}

bool store_poll_gap(struct store *s, struct instant *out, struct instant from,
		    struct instant to, struct span gap, struct err *err)
{
	struct sql q = sql_use(s, SQL_POLL_GAP);

	*out = INSTANT_UNKNOWN;
	sql_put_instant(&q, from);
	sql_put_instant(&q, to);
	sql_put_int(&q, gap.ms);
	if (sql_row(&q))
		*out = sql_get_instant(&q);
	return sql_done(&q, err);
}

bool store_poll_at(struct store *s, struct poll *out, bool *found,
		   struct instant at, struct arena *arena, struct err *err)
{
	struct sql q = sql_use(s, SQL_POLL_AT);
	struct poll p;

	sql_put_int(&q, instant_known(at) ? at.ms : INT64_MAX);
	*found = sql_row(&q);
	if (*found) {
		sql_get_poll(&q, &p);
		p.error = sql_get_arena_text(&q, arena);
	}
	if (!sql_done(&q, err))
		return false;
	if (*found)
		*out = p;
	return true;
}

bool store_put_poll(struct store *s, const struct poll *p, struct err *err)
{
	struct sql q = sql_use(s, SQL_POLL_PUT);
	char error[sizeof(s->poll_error)];

	snprintf(error, sizeof(error), "%s", p->error ? p->error : "");
	sql_put_int(&q, p->seq);
	sql_put_instant(&q, p->at);
	sql_put_int(&q, p->took_ms);
	sql_put_text(&q, p->result);
	sql_put_int(&q, p->positions);
	sql_put_int(&q, p->requests);
	sql_put_int(&q, p->missed_ticks);
	sql_put_int(&q, p->bytes);
	sql_put_text(&q, p->config);
	sql_put_text(&q, p->version);
	sql_put_text(&q, error);
	return sql_run(&q, err);
}

/* ---- configurations ---- */

bool store_put_config(struct store *s, const char *hash, const char *text,
		      struct err *err)
{
	struct sql q = sql_use(s, SQL_CONFIG_PUT);

	sql_put_text(&q, hash);
	sql_put_text(&q, text);
	return sql_run(&q, err);
}

bool store_config_text(struct store *s, char **text, const char *hash,
		       struct arena *arena, struct err *err)
{
	struct sql q = sql_use(s, SQL_CONFIG);
	const char *found = NULL;

	sql_put_text(&q, hash);
	if (sql_row(&q))
		found = sql_get_arena_text(&q, arena);
	if (!sql_done(&q, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "no configuration with the "
			       "hash %s is recorded", hash);
	*text = arena_text(arena, found, strlen(found));
	return *text || err_set(err, ERR_MEMORY, "no memory");
}

/* ---- decisions ---- */

bool store_put_decision(struct store *s, struct decision_row *d,
			struct err *err)
{
	struct sql q = sql_use(s, SQL_DECISION_PUT);

	sql_put_int(&q, d->poll);
	sql_put_int(&q, d->position);
	sql_put_instant(&q, d->at);
	sql_put_text(&q, action_word(d->action));
	sql_put_text(&q, action_word(d->before));
	sql_put_text(&q, d->label.s);
	sql_put_text(&q, d->text ? d->text : "");
	if (!sql_run(&q, err))
		return false;
	d->id = sqlite3_last_insert_rowid(s->db);
	return true;
}

void sql_get_decision(struct sql *q, struct decision_row *d,
			 struct arena *arena)
{
	d->id = sql_get_int(q);
	d->poll = sql_get_int(q);
	d->position = sql_get_int(q);
	d->at = sql_get_instant(q);
	d->action = sql_get_action(q);
	d->before = sql_get_action(q);
	d->label = sql_get_label(q);
	d->text = sql_get_arena_text(q, arena);
}

bool store_decision(struct store *s, struct decision_row *out, bool *found,
		    int64_t poll, int64_t position, struct arena *arena,
		    struct err *err)
{
	struct sql q = sql_use(s, SQL_DECISION);

	sql_put_int(&q, poll);
	sql_put_int(&q, position);
	*found = sql_row(&q);
	if (*found)
		sql_get_decision(&q, out, arena);
	return sql_done(&q, err);
}

bool store_count_decisions(struct store *s, int64_t *out, int64_t first,
			   int64_t last, struct err *err)
{
	struct sql q = sql_use(s, SQL_DECISION_COUNT);

	*out = 0;
	sql_put_int(&q, first);
	sql_put_int(&q, last);
	if (sql_row(&q))
		*out = sql_get_int(&q);
	return sql_done(&q, err);
}

bool store_decisions(struct store *s, struct decision_row **out, size_t *n,
		     int64_t position, struct instant since,
		     struct instant until, int limit, struct arena *arena,
		     struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_DECISIONS);
	struct decision_row *d;
	void *list;

	sql_put_int(&q, position);
	sql_put_int(&q, since.ms);	/* unknown is before everything */
	sql_put_int(&q, instant_known(until) ? until.ms : INT64_MAX);
	sql_put_int(&q, limit > 0 ? limit : -1);
	while (sql_row(&q) && (d = sql_list_add(&l, &q)))
		sql_get_decision(&q, d, arena);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}
