/* SPDX-License-Identifier: MIT */
/* Conditions, and their messages on the way to sinks (store_alerts.h). */
#include "store_alerts.h"

#include <string.h>

#include "store_sql.h"

static void get_alert(struct sql *q, struct alert_row *r, struct arena *arena)
{
	sql_get_text(q, r->fingerprint, sizeof(r->fingerprint));
	sql_get_text(q, r->kind, sizeof(r->kind));
	r->position = sql_get_int(q);
	r->label = sql_get_label(q);
	r->severity = (enum severity)sql_get_range(q, SEVERITY_INFO,
						   SEVERITY_CRITICAL);
	r->since = sql_get_instant(q);
	r->seen_at = sql_get_instant(q);
	r->told_at = sql_get_instant(q);
	r->tellings = sql_get_i32(q);
	r->over_at = sql_get_instant(q);
	r->acked_at = sql_get_instant(q);
	r->snoozed_until = sql_get_instant(q);
	sql_get_text(q, r->acked_by, sizeof(r->acked_by));
	sql_get_text(q, r->muted_by, sizeof(r->muted_by));
	r->title = sql_get_arena_text(q, arena);
	r->text = sql_get_arena_text(q, arena);
}

bool store_alerts(struct store *s, struct alert_row **out, size_t *n,
		  struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_ALERTS);
	struct alert_row *r;
	void *list;

	while (sql_row(&q) && (r = sql_list_add(&l, &q)))
		get_alert(&q, r, arena);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_put_alert(struct store *s, const struct alert_row *r,
		     struct err *err)
{
	struct sql q = sql_use(s, SQL_ALERT_PUT);

	sql_put_text(&q, r->fingerprint);
	sql_put_text(&q, r->kind);
	sql_put_opt_int(&q, r->position);
	sql_put_text(&q, r->label.s);
	sql_put_int(&q, r->severity);
	sql_put_instant(&q, r->since);
	sql_put_instant(&q, r->seen_at);
	sql_put_instant(&q, r->told_at);
	sql_put_int(&q, r->tellings);
	sql_put_instant(&q, r->over_at);
	sql_put_instant(&q, r->acked_at);
	sql_put_instant(&q, r->snoozed_until);
	sql_put_text(&q, r->acked_by);
	sql_put_text(&q, r->muted_by);
	sql_put_text(&q, r->title);
	sql_put_text(&q, r->text);
	return sql_run(&q, err);
}

bool store_drop_alert(struct store *s, const char *fingerprint,
		      struct err *err)
{
	struct sql q = sql_use(s, SQL_ALERT_DROP);

	sql_put_text(&q, fingerprint);
	return sql_run(&q, err);
}

bool store_alerts_heard(struct store *s, struct alert_heard **out, size_t *n,
			struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_ALERTS_HEARD);
	struct alert_heard *h;
	void *list;

	while (sql_row(&q) && (h = sql_list_add(&l, &q))) {
		sql_get_text(&q, h->fingerprint, sizeof(h->fingerprint));
		h->delivered = sql_get_int(&q);
		h->waiting = sql_get_int(&q);
		h->given_up = sql_get_int(&q);
	}
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

/* ---- messages ---- */

bool store_add_message(struct store *s, struct message *m, struct err *err)
{
	if (!store_put_message(s, m, err))
		return false;
	m->id = sqlite3_last_insert_rowid(s->db);
	return true;
}

bool store_queue(struct store *s, int64_t message, const char *sink,
		 struct instant at, struct err *err)
{
	struct sql q = sql_use(s, SQL_DELIVERY_PUT);

	sql_put_int(&q, message);
	sql_put_text(&q, sink);
	sql_put_instant(&q, at);
	return sql_run(&q, err);
}

bool store_waiting(struct store *s, struct waiting **out, size_t *n,
		   const char *sink, const char *fingerprint,
		   struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_DELIVERY_WAITING);
	struct waiting *x;
	void *list;

	sql_put_text(&q, sink);
	sql_put_text(&q, fingerprint);
	while (sql_row(&q) && (x = sql_list_add(&l, &q))) {
		x->id = sql_get_int(&q);
		x->priority = sql_get_range(&q, 0, 7);
		x->resolved = sql_get_bool(&q);
	}
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_heard(struct store *s, bool *lasts, const char *sink,
		 const char *fingerprint, struct err *err)
{
	struct sql q = sql_use(s, SQL_DELIVERY_HEARD);

	sql_put_text(&q, sink);
	sql_put_text(&q, fingerprint);
	*lasts = sql_row(&q) && !sql_get_bool(&q);
	return sql_done(&q, err);
}

bool store_bound_queue(struct store *s, const char *sink, int most,
		       struct instant at, struct err *err)
{
	struct sql q = sql_use(s, SQL_DELIVERY_DROP);

	sql_put_text(&q, sink);
	sql_put_int(&q, most);
	sql_put_instant(&q, at);
	return sql_run(&q, err);
}

/* ---- deliveries ---- */

static void get_message(struct sql *q, struct message *m, struct arena *arena)
{
	m->id = sql_get_int(q);
	m->at = sql_get_instant(q);
	m->priority = sql_get_range(q, 0, 7);
	m->position = sql_get_int(q);
	m->kind = sql_get_arena_text(q, arena);
	m->text = sql_get_arena_text(q, arena);
	m->fingerprint = sql_get_arena_text(q, arena);
	m->title = sql_get_arena_text(q, arena);
	m->label = sql_get_arena_text(q, arena);
	m->since = sql_get_instant(q);
	m->resolved = sql_get_bool(q);
	m->silent = sql_get_bool(q);
}

bool store_delivery_head(struct store *s, struct delivery *out, bool *found,
			 const char *sink, struct arena *arena,
			 struct err *err)
{
	struct sql q = sql_use(s, SQL_DELIVERY_HEAD);

	sql_put_text(&q, sink);
	*found = sql_row(&q);
	if (*found) {
		out->id = sql_get_int(&q);
		out->tries = sql_get_i32(&q);
		out->next_at = sql_get_instant(&q);
		get_message(&q, &out->message, arena);
	}
	return sql_done(&q, err);
}

bool store_mark_delivery(struct store *s, int64_t id, const char *state,
			 int32_t tries, struct instant next_at,
			 struct instant done_at, const char *error,
			 struct err *err)
{
	struct sql q = sql_use(s, SQL_DELIVERY_MARK);

	sql_put_int(&q, id);
	sql_put_text(&q, state);
	sql_put_int(&q, tries);
	sql_put_instant(&q, next_at);
	sql_put_instant(&q, done_at);
	sql_put_text(&q, error);
	return sql_run(&q, err);
}

bool store_restart_deliveries(struct store *s, struct err *err)
{
	struct sql q = sql_use(s, SQL_DELIVERY_RESTART);

	return sql_run(&q, err);
}

bool store_delivery_queue(struct store *s, struct delivery_queue *out,
			  const char *sink, struct instant now,
			  struct err *err)
{
	struct sql q = sql_use(s, SQL_DELIVERY_QUEUE);
	const struct instant lately = { now.ms - DAY_S * INT64_C(1000) };

	*out = (struct delivery_queue){ .since = INSTANT_UNKNOWN };
	sql_put_text(&q, sink);
	sql_put_instant(&q, lately);
	if (sql_row(&q)) {
		out->n = sql_get_int(&q);
		sql_get_text(&q, out->error, sizeof(out->error));
		out->since = sql_get_instant(&q);
		out->given_up = sql_get_bool(&q);
	}
	return sql_done(&q, err);
}

bool store_waiting_sinks(struct store *s, struct sink_name **out, size_t *n,
			 struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_DELIVERY_SINKS);
	struct sink_name *x;
	void *list;

	while (sql_row(&q) && (x = sql_list_add(&l, &q)))
		sql_get_text(&q, x->s, sizeof(x->s));
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_deliveries(struct store *s, struct delivery_row **out, size_t *n,
		      int64_t position, int limit, struct arena *arena,
		      struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_DELIVERIES_OF);
	struct delivery_row *r;
	void *list;

	sql_put_int(&q, position);
	sql_put_int(&q, limit > 0 ? limit : -1);
	while (sql_row(&q) && (r = sql_list_add(&l, &q))) {
		r->id = sql_get_int(&q);
		sql_get_text(&q, r->sink, sizeof(r->sink));
		sql_get_text(&q, r->state, sizeof(r->state));
		r->tries = sql_get_i32(&q);
		r->next_at = sql_get_instant(&q);
		r->done_at = sql_get_instant(&q);
		r->error = sql_get_arena_text(&q, arena);
		r->at = sql_get_instant(&q);
		sql_get_text(&q, r->kind, sizeof(r->kind));
		r->title = sql_get_arena_text(&q, arena);
		r->resolved = sql_get_bool(&q);
	}
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_poll_counts(struct store *s, struct poll_counts *out,
		       struct instant since, struct err *err)
{
	struct sql q = sql_use(s, SQL_POLL_COUNTS);

	*out = (struct poll_counts){ 0, 0, 0 };
	sql_put_instant(&q, since);
	if (sql_row(&q)) {
		out->polls = sql_get_int(&q);
		out->missed = sql_get_int(&q);
		out->unusable = sql_get_int(&q);
	}
	return sql_done(&q, err);
}
