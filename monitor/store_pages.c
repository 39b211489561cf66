/* SPDX-License-Identifier: MIT */
/* Tables page by page (store_pages.h). */
#include "store_pages.h"

#include "store_sql.h"

/* Of every page: key, bounds, rows. */
static struct sql page_of(struct store *s, enum sql_id id,
			  const struct page_ask *ask)
{
	struct sql q = sql_use(s, id);

	sql_put_int(&q, ask->after);
	sql_put_int(&q, ask->since.ms);	/* unknown is before everything */
	sql_put_int(&q, instant_known(ask->until) ? ask->until.ms : INT64_MAX);
	sql_put_int(&q, STORE_PAGE_ROWS);
	return q;
}

static bool read_positions(struct store *s, struct page_position **out,
			   size_t *n, const struct page_ask *ask,
			   struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = page_of(s, SQL_PAGE_POSITIONS, ask);
	struct page_position *r;
	void *list;

	while (sql_row(&q) && (r = sql_list_add(&l, &q)))
		sql_get_position(&q, &r->p);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	for (size_t i = 0; i < *n; i++)
		if (!store_funding(s, &(*out)[i].funding, (*out)[i].p.id, err))
			return false;
	return true;
}

/* A position and its sum as of one moment. */
bool store_page_positions(struct store *s, struct page_position **out,
			  size_t *n, const struct page_ask *ask,
			  struct arena *arena, struct err *err)
{
	bool ok;

	if (!store_begin_read(s, err))
		return false;
	ok = read_positions(s, out, n, ask, arena, err);
	store_end_read(s);
	return ok;
}

bool store_page_decisions(struct store *s, struct decision_row **out,
			  size_t *n, const struct page_ask *ask,
			  struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = page_of(s, SQL_PAGE_DECISIONS, ask);
	struct decision_row *r;
	void *list;

	while (sql_row(&q) && (r = sql_list_add(&l, &q)))
		sql_get_decision(&q, r, arena);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_page_ledger(struct store *s, struct page_settlement **out,
		       size_t *n, const struct page_ask *ask,
		       struct arena *arena, struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = page_of(s, SQL_PAGE_LEDGER, ask);
	struct page_settlement *r;
	void *list;

	sql_put_text(&q, side_word(ask->after_side));
	sql_put_int(&q, ask->after_at.ms);
	while (sql_row(&q) && (r = sql_list_add(&l, &q))) {
		sql_get_settlement(&q, &r->s);
		r->symbol = sql_get_symbol(&q);
		r->venue = sql_get_venue(&q);
		sql_get_text(&q, r->external_id, sizeof(r->external_id));
	}
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

bool store_page_polls(struct store *s, struct poll **out, size_t *n,
		      const struct page_ask *ask, struct arena *arena,
		      struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = page_of(s, SQL_PAGE_POLLS, ask);
	struct poll *r;
	void *list;

	while (sql_row(&q) && (r = sql_list_add(&l, &q))) {
		sql_get_poll(&q, r);
		r->error = sql_get_arena_text(&q, arena);
	}
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}
