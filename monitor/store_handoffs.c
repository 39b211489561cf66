/* SPDX-License-Identifier: MIT */
/* Hand-offs and brakes (store_handoffs.h). */
#include "store_handoffs.h"

#include "store_sql.h"

static void put_rest(struct sql *q, const struct handoff_row *r)
{
	sql_put_text(q, r->target);
	sql_put_text(q, order_type_word(r->order));
	sql_put_text(q, handoff_state_word(r->state));
	sql_put_text(q, r->held);
	sql_put_int(q, r->tries);
	sql_put_instant(q, r->next_at);
	sql_put_instant(q, r->sent_at);
	sql_put_instant(q, r->answered_at);
	sql_put_instant(q, r->confirmed_at);
	sql_put_int(q, r->polls);
	sql_put_int(q, r->confirm_wide);
	sql_put_text(q, r->detail);
}

bool store_add_handoff(struct store *s, struct handoff_row *r,
		       struct err *err)
{
	struct sql q = sql_use(s, SQL_HANDOFF_ADD);

	sql_put_text(&q, r->key);
	sql_put_int(&q, r->position);
	sql_put_int(&q, r->poll);
	sql_put_text(&q, r->reason.s);
	sql_put_instant(&q, r->created_at);
	put_rest(&q, r);
	if (!sql_run(&q, err))
		return false;
	r->id = sqlite3_last_insert_rowid(s->db);
	return true;
}

bool store_save_handoff(struct store *s, const struct handoff_row *r,
			struct err *err)
{
	struct sql q = sql_use(s, SQL_HANDOFF_SAVE);

	sql_put_int(&q, r->id);
	put_rest(&q, r);
	return sql_run(&q, err);
}

static enum order_type get_order(struct sql *q)
{
	char word[16];

	sql_get_text(q, word, sizeof(word));
	if (!strcmp(word, order_type_word(ORDER_LIMIT)))
		return ORDER_LIMIT;
	if (strcmp(word, order_type_word(ORDER_MARKET)) != 0)
		sql_damaged(q);
	return ORDER_MARKET;
}

static void get_row(struct sql *q, struct handoff_row *r)
{
	char word[24];

	r->id = sql_get_int(q);
	sql_get_text(q, r->key, sizeof(r->key));
	r->position = sql_get_int(q);
	r->poll = sql_get_int(q);
	r->reason = sql_get_label(q);
	r->created_at = sql_get_instant(q);
	sql_get_text(q, r->target, sizeof(r->target));
	r->order = get_order(q);
	sql_get_text(q, word, sizeof(word));
	if (!handoff_state_parse(&r->state, word))
		sql_damaged(q);
	sql_get_text(q, r->held, sizeof(r->held));
	r->tries = sql_get_i32(q);
	r->next_at = sql_get_instant(q);
	r->sent_at = sql_get_instant(q);
	r->answered_at = sql_get_instant(q);
	r->confirmed_at = sql_get_instant(q);
	r->polls = sql_get_i32(q);
	r->confirm_wide = sql_get_bool(q);
	sql_get_text(q, r->detail, sizeof(r->detail));
}

bool store_handoff(struct store *s, struct handoff_row *out, int64_t id,
		   struct err *err)
{
	struct sql q = sql_use(s, SQL_HANDOFF);
	bool found;

	sql_put_int(&q, id);
	found = sql_row(&q);
	if (found)
		get_row(&q, out);
	if (!sql_done(&q, err))
		return false;
	return found || err_set(err, ERR_DATA, "hand-off %lld was deleted",
				(long long)id);
}

static bool get_list(struct sql *q, struct handoff_row **out, size_t *n,
		     struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct handoff_row *r;
	void *list;

	while (sql_row(q) && (r = sql_list_add(&l, q)))
		get_row(q, r);
	if (!sql_list_done(&l, q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_open_handoffs(struct store *s, struct handoff_row **out, size_t *n,
			 struct arena *arena, struct err *err)
{
	struct sql q = sql_use(s, SQL_HANDOFFS_OPEN);

	return get_list(&q, out, n, arena, err);
}

bool store_handoffs(struct store *s, struct handoff_row **out, size_t *n,
		    int64_t position, struct arena *arena, struct err *err)
{
	struct sql q = sql_use(s, SQL_HANDOFFS);

	sql_put_int(&q, position);
	return get_list(&q, out, n, arena, err);
}

bool store_brakes(struct store *s, struct brakes *out, struct err *err)
{
	struct sql q = sql_use(s, SQL_BRAKES);

	*out = (struct brakes){ INSTANT_UNKNOWN, "", INSTANT_UNKNOWN, 0 };
	if (sql_row(&q)) {
		out->paused_at = sql_get_instant(&q);
		sql_get_text(&q, out->paused_by, sizeof(out->paused_by));
		out->tripped_at = sql_get_instant(&q);
		out->tripped_poll = sql_get_int(&q);
	}
	return sql_done(&q, err);
}

bool store_put_brakes(struct store *s, const struct brakes *b,
		      struct err *err)
{
	struct sql q = sql_use(s, SQL_BRAKES_PUT);

	sql_put_instant(&q, b->paused_at);
	sql_put_text(&q, b->paused_by);
	sql_put_instant(&q, b->tripped_at);
	sql_put_int(&q, b->tripped_poll);
	return sql_run(&q, err);
}
