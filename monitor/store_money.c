/* SPDX-License-Identifier: MIT */
/* Settlements, and the last usable quote of every pair's leg. */
#include "store_sql.h"

#include <string.h>

bool store_put_settlement(struct store *s, bool *added,
			  const struct settlement *row, struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENT_PUT);

	sql_put_int(&q, row->position);
	sql_put_text(&q, side_word(row->side));
	sql_put_instant(&q, row->at);
	sql_put_fact(&q, &row->rate_8h);
	sql_put_int(&q, row->pays_every_s);
	sql_put_fact(&q, &row->amount_usd);
	sql_put_int(&q, row->late);
	sql_put_int(&q, row->hypothetical);
	if (!sql_run(&q, err))
		return false;
	*added = sqlite3_changes(s->db) > 0;
	return true;
}

static enum side get_side(struct sql *q)
{
	char word[8];

	sql_get_text(q, word, sizeof(word));
	if (strcmp(word, side_word(LEG_LONG)) == 0)
		return LEG_LONG;
	if (strcmp(word, side_word(LEG_SHORT)) != 0)
		sql_damaged(q);
	return LEG_SHORT;
}

static void get_settlement(struct sql *q, struct settlement *r)
{
	r->position = sql_get_int(q);
	r->side = get_side(q);
	r->at = sql_get_instant(q);
	r->rate_8h = sql_get_fact(q);
	r->pays_every_s = sql_get_i32(q);
	r->amount_usd = sql_get_fact(q);
	r->late = sql_get_bool(q);
	r->hypothetical = sql_get_bool(q);
}

bool store_settlements(struct store *s, struct settlement **out, size_t *n,
		       int64_t position, struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_SETTLEMENTS);
	struct settlement *r;
	void *list;

	sql_put_int(&q, position);
	while (sql_row(&q) && (r = sql_list_add(&l, &q)))
		get_settlement(&q, r);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

/* ---- last quotes ---- */

static void get_quote(struct sql *q, struct last_quote *l)
{
	l->symbol = sql_get_symbol(q);
	l->venue = sql_get_venue(q);
	l->rate_8h = sql_get_dec(q);
	l->observed_at = sql_get_instant(q);
	l->polled_at = sql_get_instant(q);
	l->next_funding = sql_get_instant(q);
}

/* Sorted by symbol and venue, as symbol_cmp and venue_cmp sort. */
bool store_last_quotes(struct store *s, struct last_quote **out, size_t *n,
		       struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_QUOTES);
	struct last_quote *r;
	void *list;

	while (sql_row(&q) && (r = sql_list_add(&l, &q)))
		get_quote(&q, r);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_put_last_quote(struct store *s, const struct last_quote *l,
			  struct err *err)
{
	struct sql q = sql_use(s, SQL_QUOTE_PUT);

	sql_put_text(&q, l->symbol.s);
	sql_put_text(&q, l->venue.s);
	sql_put_dec(&q, l->rate_8h);
	sql_put_instant(&q, l->observed_at);
	sql_put_instant(&q, l->polled_at);
	sql_put_instant(&q, l->next_funding);
	return sql_run(&q, err);
}
