/* SPDX-License-Identifier: MIT */
/* Table held (store_held.h). */
#include "store_held.h"

#include "store_sql.h"

static void get_legs(struct sql *q, struct held_memory *m)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		m->missing[s] = sql_get_i32(q);
		m->missing_since[s] = sql_get_instant(q);
	}
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		m->leg[s].quantity = sql_get_fact(q);
		m->leg[s].mark_price = sql_get_fact(q);
		m->leg[s].liquidation_price = sql_get_fact(q);
		m->leg[s].funding_usd = sql_get_fact(q);
		m->leg[s].listed = m->leg[s].quantity.known;
	}
}

bool store_held(struct store *s, struct held_memory *out, int64_t position,
		struct err *err)
{
	struct sql q = sql_use(s, SQL_HELD);

	*out = held_memory_none(position);
	sql_put_int(&q, position);
	if (sql_row(&q)) {
		out->seen_at = sql_get_instant(&q);
		out->absent = sql_get_i32(&q);
		get_legs(&q, out);
	}
	return sql_done(&q, err);
}

bool store_put_held(struct store *s, const struct held_memory *m,
		    struct err *err)
{
	struct sql q = sql_use(s, SQL_HELD_PUT);

	sql_put_int(&q, m->position);
	sql_put_instant(&q, m->seen_at);
	sql_put_int(&q, m->absent);
	for (int i = LEG_LONG; i <= LEG_SHORT; i++) {
		sql_put_int(&q, m->missing[i]);
		sql_put_instant(&q, m->missing_since[i]);
	}
	for (int i = LEG_LONG; i <= LEG_SHORT; i++) {
		sql_put_fact(&q, &m->leg[i].quantity);
		sql_put_fact(&q, &m->leg[i].mark_price);
		sql_put_fact(&q, &m->leg[i].liquidation_price);
		sql_put_fact(&q, &m->leg[i].funding_usd);
	}
	return sql_run(&q, err);
}

bool store_absent_anew(struct store *s, int64_t position, struct err *err)
{
	struct sql q = sql_use(s, SQL_HELD_ANEW);

	sql_put_int(&q, position);
	sql_put_int(&q, HELD_ABSENT_ANEW);
	return sql_run(&q, err);
}

bool store_external(struct store *s, int64_t *out, const char *external_id,
		    struct err *err)
{
	struct sql q = sql_use(s, SQL_POSITION_EXTERNAL);

	*out = 0;
	sql_put_text(&q, external_id);
	sql_put_int(&q, 0);
	if (sql_row(&q))
		*out = sql_get_int(&q);
	return sql_done(&q, err);
}
