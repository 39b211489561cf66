/* SPDX-License-Identifier: MIT */
/*
 * positions verify ID: the stored answers of the newest poll and, line by
 * line, the arithmetic from them to divergence, ratio, cost and next cash,
 * each result worked out again from the line's own numbers.
 */
#include "commands.h"
#include "sentence_text.h"
#include "table.h"
#include "view_text.h"

#include <inttypes.h>

enum { STEP, VALUE, UNIT, FORMULA, NUMBERS, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	[STEP]		= { "step", "STEP", false, true, 0 },
	[VALUE]		= { "value", "VALUE", false, false, 0 },
	[UNIT]		= { "unit", "UNIT", false, true, 0 },
	[FORMULA]	= { "formula", "FORMULA", false, true, 0 },
	[NUMBERS]	= { "numbers", "NUMBERS", false, true, 0 },
};

#define NUMBERS_MAX 400

struct sheet {
	struct cli *c;
	struct table *table;
	const struct view *v;
	const struct view_row *r;
	char buf[NUMBERS_MAX];
	struct text numbers;		/* of the line being written */
	bool blocks;			/* for people, who read downwards */
};

static void put_fact(struct text *t, struct fact f)
{
	char s[DEC_TEXT_MAX];

	if (!f.known) {
		text_add(t, "unknown (%s)", why_word(f.why));
		return;
	}
	dec_format(s, f.v);
	text_add(t, "%s", s);
}

static struct text *begin(struct sheet *s)
{
	s->numbers = text_on(s->buf, sizeof(s->buf));
	return &s->numbers;
}

/* The numbers are the point: they get a line of their own, uncut. */
static void print_block(const struct sheet *s, const char *step,
			struct fact value, const char *unit,
			const char *formula)
{
	printf("%-19s %26s %s\n", step, view_amount(value, false).s, unit);
	if (formula[0])
		printf("    %s\n", formula);
	if (s->buf[0])
		printf("    %s%s\n", formula[0] ? "= " : "", s->buf);
}

/* An unknown result says why among the numbers. */
static void end(struct sheet *s, const char *step, struct fact value,
		const char *unit, const char *formula)
{
	struct cell *cell;

	if (!value.known)
		text_add(&s->numbers, "%sunknown: %s",
			 s->numbers.len ? "; " : "", why_word(value.why));
	if (s->blocks) {
		print_block(s, step, value, unit, formula);
		return;
	}
	cell = table_row(s->table);
	cell[STEP] = cell_text(s->table, step);
	cell[VALUE] = cell_fact(s->table, &value, NULL);
	cell[UNIT] = cell_text(s->table, unit[0] ? unit : NULL);
	cell[FORMULA] = cell_text(s->table, formula[0] ? formula : NULL);
	cell[NUMBERS] = cell_text(s->table, s->buf[0] ? s->buf : NULL);
}

static void put_poll(struct sheet *s)
{
	struct text *t = begin(s);

	text_add(t, "at ");
	text_add_instant(t, s->v->poll.at);
	text_add(t, ", %s, configuration %s", s->v->poll.result,
		 s->v->poll.config);
	end(s, "poll", fact_known(dec_int(s->v->poll.seq)), "", "");
}

static const struct venue_terms *terms_of(const struct sheet *s,
					  enum side side)
{
	return terms_find(s->v->terms.venue, s->v->terms.n_venue,
			  s->r->pos.leg[side].venue);
}

static void put_leg(struct sheet *s, enum side side)
{
	const struct view_leg *leg = &s->r->leg[side];
	const struct venue_terms *terms = terms_of(s, side);
	struct fact scale = fact_known(terms ? terms->rate_scale : dec_int(1));
	struct fact daily = s->r->facts.v[side == LEG_LONG ? FACT_LONG_RATE
							   : FACT_SHORT_RATE];
	char step[48];
	struct text *t = begin(s);

	text_add(t, "%s, observed ", s->r->pos.leg[side].venue.s);
	text_add_instant(t, leg->observed_at);
	text_add(t, ", %s, rate_scale ", leg->why == WHY_KNOWN ? "fresh" :
		 why_word(leg->why));
	put_fact(t, scale);
	snprintf(step, sizeof(step), "%s rate", side_word(side));
	end(s, step, leg->rate_8h, "per 8 h",
	    "rate of the service x rate_scale");
	t = begin(s);
	put_fact(t, leg->rate_8h);
	text_add(t, " x 3");
	snprintf(step, sizeof(step), "%s rate a day", side_word(side));
	end(s, step, daily, "per day", "rate x 86400 / 28800");
}

static void put_divergence(struct sheet *s)
{
	const struct facts *f = &s->r->facts;
	struct fact d = f->v[FACT_DIVERGENCE], d8 = d;
	struct text *t = begin(s);

	put_fact(t, f->v[FACT_SHORT_RATE]);
	text_add(t, " - (");
	put_fact(t, f->v[FACT_LONG_RATE]);
	text_add(t, ")");
	end(s, "divergence", d, "per day", "short - long");
	t = begin(s);
	put_fact(t, d);
	text_add(t, " / 3");
	if (d.known)
		d8.v = rate_from_day(d.v, RATE_8H_S);
	end(s, "divergence", d8, "per 8 h", "per day / 3, for display");
}

static void put_ratio(struct sheet *s)
{
	const struct view_row *r = s->r;
	struct fact ratio = r->divergence_old ?
		r->facts.v[FACT_DIVERGENCE] : r->ratio;
	struct text *t = begin(s);

	text_add(t, "%s", r->pos.entry_manual ? "given by hand"
					      : "from the poll at opening");
	end(s, "entry divergence", r->pos.entry_divergence, "per day", "");
	t = begin(s);
	put_fact(t, r->facts.v[FACT_DIVERGENCE]);
	text_add(t, " / ");
	put_fact(t, r->pos.entry_divergence);
	end(s, "remaining ratio", ratio, "1", "divergence / entry divergence");
}

static void put_carry(struct sheet *s)
{
	const struct view_row *r = s->r;
	struct fact size = fact_known(r->pos.size_usd);
	struct fact carry = r->divergence_old ?
		r->facts.v[FACT_DIVERGENCE] : r->carry_usd_day;
	struct text *t = begin(s);

	put_fact(t, r->facts.v[FACT_DIVERGENCE]);
	text_add(t, " x ");
	put_fact(t, size);
	end(s, "carry", carry, "USD a day", "divergence x size");
	t = begin(s);
	put_fact(t, size);
	text_add(t, " x ");
	put_fact(t, facts_half_cost(&s->v->terms, r->pos.leg[LEG_LONG].venue,
				    r->pos.leg[LEG_SHORT].venue));
	end(s, "cost of closing", r->cost_usd, "USD",
	    s->v->terms.costs == COSTS_FEES ?
	    "size x (taker fee + slippage) of both legs" :
	    "size x round trip / 2");
}

static void put_cash(struct sheet *s, enum side side)
{
	const struct view_row *r = s->r;
	const struct view_leg *leg = &r->leg[side];
	char step[48];
	struct text *t;

	if (!r->next.both && r->next.side != side)
		return;
	t = begin(s);
	text_add(t, "at ");
	text_add_instant(t, leg->next);
	text_add(t, "%s: %s", leg->next_derived ? " (derived)" : "",
		 side == LEG_LONG ? "-" : "+");
	put_fact(t, fact_known(r->pos.size_usd));
	text_add(t, " x ");
	put_fact(t, leg->rate_8h);
	text_add(t, " x %" PRId32 " / 28800", leg->pays_every_s);
	snprintf(step, sizeof(step), "next cash %s", side_word(side));
	end(s, step, view_leg_cash(r, side), "USD",
	    side == LEG_LONG ? "-size x rate x pays_every / 8 h"
			     : "+size x rate x pays_every / 8 h");
}

static void put_next(struct sheet *s)
{
	const struct view_row *r = s->r;
	struct text *t;

	if (!instant_known(r->next.at))
		return;
	put_cash(s, LEG_LONG);
	put_cash(s, LEG_SHORT);
	if (!r->next.both)
		return;
	t = begin(s);
	put_fact(t, view_leg_cash(r, LEG_LONG));
	text_add(t, " + ");
	put_fact(t, view_leg_cash(r, LEG_SHORT));
	end(s, "next cash", r->next.amount_usd, "USD", "long + short");
}

/* The sum kept beside the ledger, which a poll and a list go by. */
static void put_running(struct sheet *s)
{
	const struct view_money *m = &s->r->money;
	struct text *t = begin(s);

	text_add(t, "%" PRId32 " settlements, %" PRId32 " of unknown amount: ",
		 m->running.n, m->running.n_unknown);
	text_add(t, m->sums_differ ? "DIFFERS FROM THE LEDGER" :
				     "agrees with the ledger");
	end(s, "stored sum", m->running.sum_usd, "USD",
	    "kept with every booking and report");
}

/* finance.md 7: what each leg is priced at now, or was closed at. */
static void put_leg_price(struct sheet *s, enum side side)
{
	const struct leg *leg = &s->r->pos.leg[side];
	struct fact price = s->r->money.price_at[side];
	struct text *t = begin(s);
	char step[48];

	put_fact(t, leg->quantity);
	text_add(t, " x (");
	put_fact(t, side == LEG_LONG ? price : leg->entry_price);
	text_add(t, " - ");
	put_fact(t, side == LEG_LONG ? leg->entry_price : price);
	text_add(t, ")");
	snprintf(step, sizeof(step), "price %s", side_word(side));
	end(s, step, facts_leg_price(leg, side, price), "USD",
	    side == LEG_LONG ? "quantity x (price - entry)"
			     : "quantity x (entry - price)");
}

static void put_price(struct sheet *s)
{
	const struct leg *leg = s->r->pos.leg;
	const struct view_money *m = &s->r->money;
	struct text *t;

	put_leg_price(s, LEG_LONG);
	put_leg_price(s, LEG_SHORT);
	t = begin(s);
	for (int i = LEG_LONG; i <= LEG_SHORT; i++) {
		text_add(t, i ? " + " : "");
		put_fact(t, facts_leg_price(&leg[i], (enum side)i,
					    m->price_at[i]));
	}
	end(s, "price", m->price_usd, "USD", "long + short");
}

static void put_net(struct sheet *s)
{
	const struct view_row *r = s->r;
	struct text *t = begin(s);

	put_fact(t, r->money.funding_usd);
	text_add(t, " - ");
	put_fact(t, fact_known(r->pos.fees_usd));
	text_add(t, " - ");
	put_fact(t, fact_known(r->pos.slippage_usd));
	if (r->money.price_usd.known) {
		text_add(t, " + ");
		put_fact(t, r->money.price_usd);
	}
	end(s, "net", r->money.net_usd, "USD", r->money.price_usd.known ?
	    "funding - fees - slippage + price" :
	    "funding - fees - slippage, price not included");
}

static void put_return(struct sheet *s, const char *step, struct fact base,
		       struct fact value)
{
	struct text *t = begin(s);

	put_fact(t, s->r->money.net_usd);
	text_add(t, " / ");
	put_fact(t, base);
	end(s, step, value, "1", "net / base");
}

static void put_apr(struct sheet *s, const char *step, struct fact base,
		    struct fact value)
{
	struct text *t = begin(s);

	put_fact(t, s->r->money.net_usd);
	text_add(t, " x 31536000 / (");
	put_fact(t, base);
	text_add(t, " x %" PRId64 ".%03d s)", s->r->age.ms / 1000,
		 (int)(s->r->age.ms % 1000));
	if (s->r->age.ms < 3600000)
		text_add(t, ", younger than an hour: n/a");
	end(s, step, value, "per year", "simple, 365 days");
}

static void put_returns(struct sheet *s)
{
	const struct view_money *m = &s->r->money;
	struct fact size = fact_known(s->r->pos.size_usd);
	struct text *t = begin(s);

	put_fact(t, size);
	text_add(t, " x ");
	put_fact(t, fact_known(s->v->account->capital_share));
	end(s, "capital", m->capital_usd, "USD", "size x capital_share");
	put_return(s, "return on notional", size, m->on_notional);
	put_return(s, "return on capital", m->capital_usd, m->on_capital);
	put_apr(s, "APR on notional", size, m->apr_notional);
	put_apr(s, "APR on capital", m->capital_usd, m->apr_capital);
}

static void put_money(struct sheet *s)
{
	const struct view_row *r = s->r;
	struct text *t = begin(s);

	text_add(t, "%d settlements, %d of unknown amount, %d reported",
		 r->money.n, r->money.n_unknown, r->money.n_reported);
	end(s, "funding", r->money.funding_usd, "USD", "sum of the ledger");
	put_running(s);
	put_price(s);
	put_net(s);
	put_returns(s);
}

static void fill(struct sheet *s)
{
	if (s->v->polled)
		put_poll(s);
	put_leg(s, LEG_LONG);
	put_leg(s, LEG_SHORT);
	put_divergence(s);
	put_ratio(s);
	put_carry(s);
	put_next(s);
	put_money(s);
}

int cmd_positions_verify(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	struct sheet s = { .c = c };
	struct store *store;
	struct view v;

	if (!cli_config(c, &err) || !view_open_one(&v, &store, c, &err))
		return cli_fail(c, &err);
	store_close(store);
	s.v = &v;
	s.r = &v.rows[0];
	s.table = table_new(columns, N_COLUMNS, c->arena);
	if (!s.table) {
		err_set(&err, ERR_MEMORY, "no memory");
		return cli_fail(c, &err);
	}
	s.blocks = c->format == FORMAT_TABLE && c->tty;
	fill(&s);
	if (!s.blocks && !table_print(stdout, s.table, c, &err))
		return cli_fail(c, &err);
	if (c->format == FORMAT_TABLE || c->format == FORMAT_WIDE)
		view_print_stale(stdout, c, &v);
	return 0;
}
