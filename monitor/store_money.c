/* SPDX-License-Identifier: MIT */
/* Settlements, and the last usable quote of every pair's leg. */
#include "store_sql.h"

#include <inttypes.h>
#include <string.h>

const char *settlement_base_word(enum settlement_base b)
{
	return b == BASE_MARK_PRICE ? "mark price" : "entry notional";
}

/* ---- the sum of a ledger ---- */

struct fact funding_total(const struct funding *f)
{
	return f->n_unknown > 0 ? fact_unknown(WHY_MISSED) : f->sum_usd;
}

void funding_add(struct funding *f, const struct settlement *row)
{
	struct fact booked = settlement_booked(row);

	if (row->hypothetical)
		return;
	f->n++;
	if (booked.known)
		f->sum_usd = fact_add(f->sum_usd, booked);
	else
		f->n_unknown++;
}

static bool put_funding(struct store *s, int64_t position,
			const struct funding *f, struct err *err)
{
	struct sql q;

	if (!f->sum_usd.known)
		return err_set(err, ERR_STORE, "position %" PRId64 ": the sum "
			       "of its settlements is out of range", position);
	q = sql_use(s, SQL_FUNDING_PUT);
	sql_put_int(&q, position);
	sql_put_dec(&q, f->sum_usd.v);
	sql_put_int(&q, f->n);
	sql_put_int(&q, f->n_unknown);
	return sql_run(&q, err);
}

static bool find_funding(struct store *s, struct funding *out, bool *found,
			 int64_t position, struct err *err)
{
	struct sql q = sql_use(s, SQL_FUNDING);

	*out = (struct funding){ .sum_usd = fact_known(DEC_ZERO) };
	sql_put_int(&q, position);
	*found = sql_row(&q);
	if (*found) {
		out->sum_usd = fact_known(sql_get_dec(&q));
		out->n = sql_get_i32(&q);
		out->n_unknown = sql_get_i32(&q);
	}
	return sql_done(&q, err);
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

static enum settlement_base get_base(struct sql *q)
{
	char word[16];

	sql_get_text(q, word, sizeof(word));
	if (strcmp(word, settlement_base_word(BASE_MARK_PRICE)) == 0)
		return BASE_MARK_PRICE;
	if (strcmp(word, settlement_base_word(BASE_ENTRY_NOTIONAL)) != 0)
		sql_damaged(q);
	return BASE_ENTRY_NOTIONAL;
}

void sql_get_settlement(struct sql *q, struct settlement *r)
{
	r->position = sql_get_int(q);
	r->side = get_side(q);
	r->at = sql_get_instant(q);
	r->rate_8h = sql_get_fact(q);
	r->pays_every_s = sql_get_i32(q);
	r->base = get_base(q);
	r->quantity = sql_get_fact(q);
	r->price = sql_get_fact(q);
	r->amount_usd = sql_get_fact(q);
	r->reported_usd = sql_get_fact(q);
	r->reported_at = sql_get_instant(q);
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
	sql_put_int(&q, position ? position : INT64_MAX);
	while (sql_row(&q) && (r = sql_list_add(&l, &q)))
		sql_get_settlement(&q, r);
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	return true;
}

static bool sum_ledger(struct store *s, struct funding *out, int64_t position,
		       struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENTS);

	*out = (struct funding){ .sum_usd = fact_known(DEC_ZERO) };
	sql_put_int(&q, position);
	sql_put_int(&q, position);
	while (sql_row(&q)) {
		struct settlement row;

		sql_get_settlement(&q, &row);
		funding_add(out, &row);
	}
	return sql_done(&q, err);
}

bool store_funding(struct store *s, struct funding *out, int64_t position,
		   struct err *err)
{
	bool found;

	return find_funding(s, out, &found, position, err) &&
	       (found || sum_ledger(s, out, position, err));
}

bool store_recount_funding(struct store *s, int64_t position, struct err *err)
{
	struct funding f;

	return sum_ledger(s, &f, position, err) &&
	       put_funding(s, position, &f, err);
}

/* ---- changing it ---- */

static bool insert(struct store *s, bool *added, const struct settlement *row,
		   struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENT_PUT);

	sql_put_int(&q, row->position);
	sql_put_text(&q, side_word(row->side));
	sql_put_instant(&q, row->at);
	sql_put_fact(&q, &row->rate_8h);
	sql_put_int(&q, row->pays_every_s);
	sql_put_text(&q, settlement_base_word(row->base));
	sql_put_fact(&q, &row->quantity);
	sql_put_fact(&q, &row->price);
	sql_put_fact(&q, &row->amount_usd);
	sql_put_fact(&q, &row->reported_usd);
	sql_put_instant(&q, row->reported_at);
	sql_put_int(&q, row->late);
	sql_put_int(&q, row->hypothetical);
	if (!sql_run(&q, err))
		return false;
	*added = sqlite3_changes(s->db) > 0;
	return true;
}

/* Row and sum in one transaction: neither stands without the other. */
bool store_put_settlement(struct store *s, bool *added,
			  const struct settlement *row, struct err *err)
{
	struct funding f;
	bool found;

	if (!insert(s, added, row, err))
		return false;
	if (!*added)
		return true;
	if (!find_funding(s, &f, &found, row->position, err))
		return false;
	if (!found)
		return store_recount_funding(s, row->position, err);
	funding_add(&f, row);
	return row->hypothetical || put_funding(s, row->position, &f, err);
}

static bool insert_all(struct store *s, struct funding *f,
		       const struct settlement *rows, size_t n, struct err *err)
{
	bool added;

	for (size_t i = 0; i < n; i++) {
		if (!insert(s, &added, &rows[i], err))
			return false;
		if (added)
			funding_add(f, &rows[i]);
	}
	return true;
}

bool store_put_settlements(struct store *s, const struct settlement *rows,
			   size_t n, struct err *err)
{
	struct funding f;
	bool found;

	if (n == 0)
		return true;
	return find_funding(s, &f, &found, rows[0].position, err) &&
	       insert_all(s, &f, rows, n, err) &&
	       (found ? put_funding(s, rows[0].position, &f, err) :
			store_recount_funding(s, rows[0].position, err));
}

static bool report(struct store *s, const struct settlement *row,
		   struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENT_REPORT);

	sql_put_int(&q, row->position);
	sql_put_text(&q, side_word(row->side));
	sql_put_instant(&q, row->at);
	sql_put_fact(&q, &row->reported_usd);
	sql_put_instant(&q, row->reported_at);
	return sql_run(&q, err);
}

/* The ledger is summed anew once, not for every row. */
bool store_report_settlements(struct store *s, const struct settlement *rows,
			      size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!report(s, &rows[i], err))
			return false;
	return n == 0 || store_recount_funding(s, rows[0].position, err);
}

/* The sum is made anew only when some row of it changed. */
static bool run_and_recount(struct store *s, struct sql *q, int64_t position,
			    struct err *err)
{
	return sql_run(q, err) &&
	       (sqlite3_changes(s->db) == 0 ||
		store_recount_funding(s, position, err));
}

bool store_close_settlements(struct store *s, int64_t position,
			     struct instant closed_at, struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENTS_CLOSE);

	sql_put_int(&q, position);
	sql_put_instant(&q, closed_at);
	return run_and_recount(s, &q, position, err);
}

bool store_unclose_settlements(struct store *s, int64_t position,
			       struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENTS_UNCLOSE);

	sql_put_int(&q, position);
	return sql_run(&q, err) && store_recount_funding(s, position, err);
}

bool store_drop_settlements(struct store *s, int64_t position,
			    struct instant after, struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENTS_AHEAD);

	sql_put_int(&q, position);
	sql_put_instant(&q, after);
	return run_and_recount(s, &q, position, err);
}

bool store_drop_past(struct store *s, int64_t position, enum side side,
		     struct instant until, struct err *err)
{
	struct sql q = sql_use(s, SQL_SETTLEMENTS_PAST);

	sql_put_int(&q, position);
	sql_put_text(&q, side_word(side));
	sql_put_instant(&q, until);
	return sql_run(&q, err) && store_recount_funding(s, position, err);
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
	l->mark_price = sql_get_fact(q);
	l->pays_every_s = sql_get_opt_i32(q);
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
	sql_put_fact(&q, &l->mark_price);
	sql_put_opt_int(&q, l->pays_every_s);
	return sql_run(&q, err);
}
