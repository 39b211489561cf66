/* SPDX-License-Identifier: MIT */
/* Positions and their events in the database. */
#include "store_sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct leg get_leg(struct sql *q, struct venue other)
{
	struct leg l;

	l.venue = sql_get_venue(q);
	if (!venue_cmp(l.venue, other))
		sql_damaged(q);
	l.quantity = sql_get_fact(q);
	l.entry_price = sql_get_fact(q);
	l.entry_rate_8h = sql_get_fact(q);
	return l;
}

static enum status get_status(struct sql *q)
{
	enum status s = STATUS_OPEN;
	char word[16];

	sql_get_text(q, word, sizeof(word));
	if (!status_parse(&s, word))
		sql_damaged(q);
	return s;
}

void sql_get_position(struct sql *q, struct position *p)
{
	memset(p, 0, sizeof(*p));
	p->id = sql_get_int(q);
	p->version = sql_get_int(q);
	p->status = get_status(q);
	p->symbol = sql_get_symbol(q);
	p->leg[LEG_LONG] = get_leg(q, (struct venue){ "" });
	p->leg[LEG_SHORT] = get_leg(q, p->leg[LEG_LONG].venue);
	p->size_usd = sql_get_dec(q);
	if (dec_sign(p->size_usd) <= 0)
		sql_damaged(q);
	p->opened_at = sql_get_instant(q);
	if (!instant_known(p->opened_at))
		sql_damaged(q);
	p->confirmed_at = sql_get_instant(q);
	p->entry_divergence = sql_get_fact(q);
	p->entry_manual = sql_get_bool(q);
	p->entry_oi_ratio = sql_get_fact(q);
	p->fees_usd = sql_get_dec(q);
	sql_get_text(q, p->external_id, sizeof(p->external_id));
	p->reason = sql_get_label(q);
	p->decided_at = sql_get_instant(q);
	p->closed_at = sql_get_instant(q);
	if (p->status == STATUS_CLOSED && !instant_known(p->closed_at))
		sql_damaged(q);
	p->muted = sql_get_label(q);
	p->muted_until = sql_get_instant(q);
	p->slippage_usd = sql_get_dec(q);
	p->leg[LEG_LONG].exit_price = sql_get_fact(q);
	p->leg[LEG_SHORT].exit_price = sql_get_fact(q);
	p->close_fees_usd = sql_get_dec(q);
	p->close_slippage_usd = sql_get_dec(q);
}

static void put_leg(struct sql *q, const struct leg *l)
{
	sql_put_text(q, l->venue.s);
	sql_put_fact(q, &l->quantity);
	sql_put_fact(q, &l->entry_price);
	sql_put_fact(q, &l->entry_rate_8h);
}

static void put_position(struct sql *q, const struct position *p, int64_t id,
			 int64_t version)
{
	sql_put_int(q, id);
	sql_put_int(q, version);
	sql_put_text(q, status_word(p->status));
	sql_put_text(q, p->symbol.s);
	put_leg(q, &p->leg[LEG_LONG]);
	put_leg(q, &p->leg[LEG_SHORT]);
	sql_put_dec(q, p->size_usd);
	sql_put_instant(q, p->opened_at);
	sql_put_instant(q, p->confirmed_at);
	sql_put_fact(q, &p->entry_divergence);
	sql_put_int(q, p->entry_manual);
	sql_put_fact(q, &p->entry_oi_ratio);
	sql_put_dec(q, p->fees_usd);
	sql_put_opt_text(q, p->external_id);
	sql_put_text(q, p->reason.s);
	sql_put_instant(q, p->decided_at);
	sql_put_instant(q, p->closed_at);
	sql_put_text(q, p->muted.s);
	sql_put_instant(q, p->muted_until);
	sql_put_dec(q, p->slippage_usd);
	sql_put_fact(q, &p->leg[LEG_LONG].exit_price);
	sql_put_fact(q, &p->leg[LEG_SHORT].exit_price);
	sql_put_dec(q, p->close_fees_usd);
	sql_put_dec(q, p->close_slippage_usd);
}

static int64_t since_of(enum store_which which, struct instant since)
{
	switch (which) {
	case STORE_WATCHED:
		return INT64_MAX;
	case STORE_ALL:
		return INT64_MIN;
	case STORE_RECENT:
		return since.ms;
	}
	return INT64_MIN;
}

bool store_positions(struct store *s, struct position **out, size_t *n,
		     enum store_which which, struct instant since,
		     struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_POSITIONS);
	struct position *p;
	void *list;

	sql_put_int(&q, since_of(which, since));
	while (sql_row(&q) && (p = sql_list_add(&l, &q)))
		sql_get_position(&q, p);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

/* ---- one position ---- */

static bool no_position(struct store *s, int64_t id, struct err *err)
{
	struct sql q = sql_use(s, SQL_POSITION_IDS);
	char ids[20 * 21 + 1] = "";	/* 19 digits each at most */
	size_t at = 0;
	int n = 0;

	for (; sql_row(&q) && n < 20; n++)
		at += (size_t)snprintf(ids + at, sizeof(ids) - at,
				       "%s%" PRId64, n ? " " : "",
				       sql_get_int(&q));
	if (!sql_done(&q, err))
		return false;
	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "no position %" PRId64
			       ": none is recorded yet", id);
	return err_set(err, ERR_NOT_FOUND, "no position %" PRId64
		       "; there are: %s%s", id, ids, n == 20 ? " ..." : "");
}

bool store_position(struct store *s, struct position *out, int64_t id,
		    struct err *err)
{
	struct sql q = sql_use(s, SQL_POSITION);
	struct position p;
	bool found;

	sql_put_int(&q, id);
	found = sql_row(&q);
	if (found)
		sql_get_position(&q, &p);
	if (!sql_done(&q, err))
		return false;
	if (!found)
		return no_position(s, id, err);
	*out = p;
	return true;
}

static bool external_free(struct store *s, const struct position *p,
			  int64_t id, struct err *err)
{
	struct sql q = sql_use(s, SQL_POSITION_EXTERNAL);
	int64_t other = 0;

	sql_put_text(&q, p->external_id);
	sql_put_int(&q, id);
	if (sql_row(&q))
		other = sql_get_int(&q);
	if (!sql_done(&q, err))
		return false;
	if (other == 0)
		return true;
	return err_set(err, ERR_DATA, "external id \"%s\" is taken by "
		       "position %" PRId64 ": each pair has its own",
		       p->external_id, other);
}

static bool next_id(struct store *s, int64_t *out, struct err *err)
{
	struct sql q = sql_use(s, SQL_POSITION_NEXT);

	if (sql_row(&q))
		*out = sql_get_int(&q);
	return sql_done(&q, err);
}

bool store_add_position(struct store *s, struct position *p,
			struct instant at, const char *by, const char *note,
			struct err *err)
{
	struct event e = { .at = at, .kind = "open", .note = note };
	struct sql q;
	int64_t id = 0;

	snprintf(e.to, sizeof(e.to), "%s", status_word(p->status));
	snprintf(e.by, sizeof(e.by), "%s", by);
	if (!external_free(s, p, 0, err) || !next_id(s, &id, err))
		return false;
	q = sql_use(s, SQL_POSITION_ADD);
	put_position(&q, p, id, 1);
	e.position = id;
	if (!sql_run(&q, err) || !store_add_event(s, &e, err))
		return false;
	p->id = id;
	p->version = 1;
	return true;
}

/* Nothing was updated: the position is gone, or not as it was read. */
static bool why_unchanged(struct store *s, const struct position *p,
			  struct err *err)
{
	struct position now;

	if (!store_position(s, &now, p->id, err))
		return false;
	return err_set(err, ERR_BUSY, "position %" PRId64 " was changed "
		       "meanwhile (%s): look at it and try again", p->id,
		       status_word(now.status));
}

bool store_change_position(struct store *s, struct position *p,
			   const struct event *e, struct err *err)
{
	struct sql q;

	if (!external_free(s, p, p->id, err))
		return false;
	q = sql_use(s, SQL_POSITION_CHANGE);
	put_position(&q, p, p->id, p->version + 1);
	if (!sql_run(&q, err))
		return false;
	if (sqlite3_changes(s->db) == 0)
		return why_unchanged(s, p, err);
	if (!store_add_event(s, e, err) ||
	    (p->status == STATUS_CLOSED &&
	     !store_close_settlements(s, p->id, p->closed_at, err)))
		return false;
	p->version++;
	return true;
}

/* ---- events ---- */

bool store_add_event(struct store *s, const struct event *e, struct err *err)
{
	struct sql q = sql_use(s, SQL_EVENT_ADD);

	sql_put_opt_int(&q, e->position);
	sql_put_instant(&q, e->at);
	sql_put_text(&q, e->kind);
	sql_put_text(&q, e->from);
	sql_put_text(&q, e->to);
	sql_put_text(&q, e->reason.s);
	sql_put_text(&q, e->by);
	sql_put_text(&q, e->note ? e->note : "");
	return sql_run(&q, err);
}

static void get_event(struct sql *q, struct event *e, struct arena *arena)
{
	e->id = sql_get_int(q);
	e->position = sql_get_int(q);
	e->at = sql_get_instant(q);
	sql_get_text(q, e->kind, sizeof(e->kind));
	sql_get_text(q, e->from, sizeof(e->from));
	sql_get_text(q, e->to, sizeof(e->to));
	e->reason = sql_get_label(q);
	sql_get_text(q, e->by, sizeof(e->by));
	e->note = sql_get_arena_text(q, arena);
}

bool store_events(struct store *s, struct event **out, size_t *n,
		  int64_t position, struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_EVENTS);
	struct event *e;
	void *list;

	sql_put_int(&q, position);
	while (sql_row(&q) && (e = sql_list_add(&l, &q)))
		get_event(&q, e, arena);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

static bool recorded(struct store *s, struct instant *out, enum sql_id which,
		     int64_t position, struct err *err)
{
	struct sql q = sql_use(s, which);

	*out = INSTANT_UNKNOWN;
	sql_put_int(&q, position);
	if (sql_row(&q))
		*out = sql_get_instant(&q);
	return sql_done(&q, err);
}

bool store_position_recorded(struct store *s, struct instant *out,
			     int64_t position, struct err *err)
{
	return recorded(s, out, SQL_POSITION_RECORDED, position, err);
}

bool store_close_recorded(struct store *s, struct instant *out,
			  int64_t position, struct err *err)
{
	return recorded(s, out, SQL_CLOSE_AT, position, err);
}
