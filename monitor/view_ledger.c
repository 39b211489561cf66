/* SPDX-License-Identifier: MIT */
/*
 * The ledger of one position row by row: what each settlement is a rate of,
 * what was expected, what was reported, and the sum of what counts.
 */
#include "view_ledger.h"

#include "table.h"

enum { AT, SIDE, RATE, BASE, EXPECTED, REPORTED, GAP, SUM, NOTES, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	[AT]		= { "at", "SETTLED", false, true, 0 },
	[SIDE]		= { "side", "LEG", false, true, 0 },
	[RATE]		= { "rate_8h", "RATE/8h", false, false, 2 },
	[BASE]		= { "base", "BASE", false, false, 1 },
	[EXPECTED]	= { "amount_usd", "EXPECTED", false, false, 0 },
	[REPORTED]	= { "reported_usd", "REPORTED", false, false, 0 },
	[GAP]		= { "difference_usd", "DIFF", false, false, 3 },
	[SUM]		= { "sum_usd", "SUM", false, false, 0 },
	[NOTES]		= { "notes", "", false, true, 0 },
};

static struct fact gap_of(const struct settlement *s)
{
	return fact_sub(s->reported_usd, s->amount_usd);
}

/* Of what counts so far; what was not held and what is unknown adds none. */
static struct fact add_to_sum(struct fact sum, const struct settlement *s)
{
	struct fact booked = settlement_booked(s);

	return booked.known && !s->hypothetical ? fact_add(sum, booked) : sum;
}

/* ---- JSON ---- */

static void put_interval(struct json_out *o, int32_t s)
{
	json_out_key(o, "pays_every_s");
	if (s > 0)
		json_out_int(o, s);
	else
		json_out_null(o);
}

static void put_row(struct json_out *o, const struct settlement *s,
		    struct fact sum)
{
	struct fact booked = settlement_booked(s);

	json_put_instant(o, "at", s->at);
	json_put_maybe(o, "side", side_word(s->side));
	json_put_fact(o, "rate_8h", s->rate_8h);
	put_interval(o, s->pays_every_s);
	json_put_fact(o, "amount_usd", s->amount_usd);
	json_put_fact(o, "sum_usd", sum);
	json_put_maybe(o, "base", settlement_base_word(s->base));
	json_put_bool(o, "late", s->late);
	json_put_bool(o, "hypothetical", s->hypothetical);
	json_put_maybe(o, "why", s->amount_usd.known ? "" :
			   why_word(s->amount_usd.why));
	json_put_fact(o, "quantity", s->quantity);
	json_put_fact(o, "price", s->price);
	json_put_fact(o, "reported_usd", s->reported_usd);
	json_put_instant(o, "reported_at", s->reported_at);
	json_put_fact(o, "booked_usd", booked);
	json_put_fact(o, "difference_usd", gap_of(s));
}

static void put_reported(struct json_out *o, const struct view_money *m)
{
	json_out_key(o, "reported");
	json_out_open(o, '{');
	json_put_int(o, "settlements", m->n_reported);
	json_put_fact(o, "expected_usd", m->expected_usd);
	json_put_fact(o, "reported_usd", m->reported_usd);
	json_put_fact(o, "difference_usd", fact_sub(m->reported_usd,
					       m->expected_usd));
	json_out_close(o, '}');
}

void view_ledger_json(struct json_out *o, const struct view_row *r)
{
	struct fact sum = fact_known(DEC_ZERO);

	put_reported(o, &r->money);
	json_out_key(o, "ledger");
	json_out_open(o, '[');
	for (size_t i = 0; i < r->n_settlements; i++) {
		sum = add_to_sum(sum, &r->settlements[i]);
		json_out_open(o, '{');
		put_row(o, &r->settlements[i], sum);
		json_out_close(o, '}');
	}
	json_out_close(o, ']');
}

/* ---- for people ---- */

/* What the rate is of: dollars of the entry, or coins at a price. */
static struct cell base_cell(struct table *t, const struct settlement *s,
			     const struct position *p)
{
	struct dec v = p->size_usd;
	char text[120], q[DEC_TEXT_MAX], price[DEC_TEXT_MAX];

	if (s->base == BASE_ENTRY_NOTIONAL || !s->quantity.known ||
	    !s->price.known || !dec_mul(&v, s->quantity.v, s->price.v))
		return cell_dec(t, p->size_usd, "entry");
	dec_format(q, s->quantity.v);
	dec_format(price, s->price.v);
	snprintf(text, sizeof(text), "%.30s x %.30s", q, price);
	return cell_dec(t, v, text);
}

static struct cell usd(struct table *t, struct fact f)
{
	return cell_fact(t, &f, view_usd(f, 4, true, false).s);
}

#define NARROW 100	/* there the difference is worth more than the reason */

static const char *notes(char buf[80], const struct cli *c,
			 const struct settlement *s)
{
	bool known = settlement_booked(s).known;
	bool reason = !known && (c->width == 0 || c->width >= NARROW);
	bool added = !s->amount_usd.known && s->amount_usd.why == WHY_MISSED;

	snprintf(buf, 80, "%s%s%s%s", s->hypothetical ? " not held" : "",
		 added ? " added" : s->late ? " late" : "",
		 known ? "" : reason ? " unknown: " : " unknown",
		 reason ? why_word(s->amount_usd.why) : "");
	return buf[0] ? buf + 1 : buf;
}

static void add_row(struct table *t, const struct cli *c,
		    const struct position *p, const struct settlement *s,
		    struct fact sum)
{
	struct cell *cell = table_row(t);
	char buf[80];

	cell[AT] = cell_instant(t, c, s->at);
	cell[SIDE] = cell_text(t, side_word(s->side));
	cell[RATE] = cell_fact(t, &s->rate_8h,
			       view_rate_8h(s->rate_8h, UNIT_8H, false).s);
	cell[BASE] = base_cell(t, s, p);
	cell[EXPECTED] = usd(t, s->amount_usd);
	cell[REPORTED] = usd(t, s->reported_usd);
	cell[GAP] = usd(t, gap_of(s));
	cell[SUM] = usd(t, sum);
	cell[NOTES] = cell_text(t, notes(buf, c, s));
}

bool view_ledger_text(FILE *f, struct cli *c, const struct view_row *r,
		      struct err *err)
{
	struct cli plain = *c;
	struct fact sum = fact_known(DEC_ZERO);
	struct table *t;

	if (r->n_settlements == 0)
		return true;
	t = table_new(columns, N_COLUMNS, c->arena);
	if (!t)
		return err_set(err, ERR_MEMORY, "no memory for the ledger");
	plain.format = FORMAT_TABLE;
	for (size_t i = 0; i < r->n_settlements; i++) {
		sum = add_to_sum(sum, &r->settlements[i]);
		add_row(t, c, &r->pos, &r->settlements[i], sum);
	}
	fputs("\nSettlements, USD (DIFF: reported - expected; SUM: of what "
	      "counts)\n", f);
	return table_print(f, t, &plain, err);
}
