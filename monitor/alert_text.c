/* SPDX-License-Identifier: MIT */
/*
 * What stands in an alert of a position: first what it earns and costs now,
 * then what would have to be unwound, then how to look closer. Never an
 * instruction to trade.
 */
#include "alert_conditions.h"

#include "sentence_legs.h"

#define LISTED_MAX 12

void alert_title(char buf[static ALERT_TITLE_MAX], const char *word,
		 const struct work *w, const struct watched *x,
		 const char *label)
{
	struct text t = text_on(buf, ALERT_TITLE_MAX);

	text_add(&t, "%s %s/%lld %s%s%s", word, w->cycle->account->name,
		 (long long)x->pos.id, x->pos.symbol.s, *label ? " " : "",
		 label);
}

size_t alert_count(const struct work *w, alert_is is)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_watched; i++)
		n += is(w, i);
	return n;
}

void alert_list(struct text *t, const struct work *w, alert_is is)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_watched; i++) {
		if (!is(w, i))
			continue;
		if (++n > LISTED_MAX) {
			text_add(t, ", ...");
			return;
		}
		text_add(t, "%s%lld %s", n > 1 ? ", " : "",
			 (long long)w->watched[i].pos.id,
			 w->watched[i].pos.symbol.s);
	}
}

/* USD per 8 h at the divergence of now. */
static void add_now(struct text *t, const struct watched *x)
{
	const struct fact *d = &x->facts.v[FACT_DIVERGENCE];
	struct dec usd;

	if (!d->known || !dec_mul_ratio(&usd, d->v, x->pos.size_usd, 1, 3)) {
		text_add(t, "now unknown (%s)", why_word(d->why));
		return;
	}
	text_add(t, "now ");
	text_add_usd(t, usd);
	text_add(t, "/8h");
}

struct next_leg {
	enum fact_id rate, pays;
	int64_t sign;			/* a short leg receives the rate */
};

static bool leg_cash(struct dec *usd, const struct watched *x,
		     const struct next_leg *leg)
{
	const struct fact *v = x->facts.v;
	struct dec day;

	return v[leg->rate].known && v[leg->pays].known &&
	       dec_mul(&day, v[leg->rate].v, x->pos.size_usd) &&
	       dec_mul(usd, day, v[leg->pays].v) &&
	       dec_div(usd, *usd, dec_int(leg->sign * DAY_S));
}

/* The next settlement, of both legs when they are paid together, + received;
 * false when unknown. */
static bool next_cash(struct dec *usd, struct fact *in,
		      const struct watched *x)
{
	static const struct next_leg legs[] = {
		{ FACT_LONG_RATE, FACT_LONG_PAYS, -1 },
		{ FACT_SHORT_RATE, FACT_SHORT_PAYS, 1 },
	};
	struct fact l = x->facts.v[FACT_LONG_NEXT];
	struct fact s = x->facts.v[FACT_SHORT_NEXT];
	int order = !l.known || !s.known ? l.known - s.known :
		    dec_cmp(s.v, l.v);
	struct dec also;

	*in = order < 0 ? s : l;
	if (!in->known || !leg_cash(usd, x, &legs[order < 0]))
		return false;
	return order != 0 || (leg_cash(&also, x, &legs[1]) &&
			      dec_add(usd, *usd, also));
}

static void add_next(struct text *t, const struct watched *x)
{
	struct fact in;
	struct dec usd;
	int64_t s;

	if (!next_cash(&usd, &in, x) || !dec_to_int(&s, in.v))
		return;
	text_add(t, ", next ");
	text_add_usd(t, usd);
	text_add(t, " in ");
	text_add_span(t, span_s(s));
}

static void add_cost(struct text *t, const struct watched *x)
{
	const struct fact *cost = &x->facts.v[FACT_EXIT_COST];

	if (!cost->known)
		return;
	text_add(t, ", exit cost ");
	text_add_cost(t, cost->v);
}

static void add_pending(struct text *t, const struct work *w,
			const struct watched *x)
{
	if (x->pos.status != STATUS_PENDING_CLOSE)
		return;
	text_add(t, "\n");
	sentence_add_lost(t, x, w->now);
}

static void add_commands(struct text *t, const struct work *w,
			 const struct watched *x, bool closing)
{
	const char *account = w->cycle->account->name;
	long long id = (long long)x->pos.id;

	if (closing)
		text_add(t, "\nonce it is closed: carrywatch positions close "
			 "-a %s %lld\nto keep it: carrywatch positions keep "
			 "-a %s %lld", account, id, account, id);
	text_add(t, "\nwhy: carrywatch explain -a %s %lld", account, id);
}

void alert_text(char buf[static ALERT_TEXT_MAX], const struct work *w,
		const struct watched *x, bool closing)
{
	struct text t = text_on(buf, ALERT_TEXT_MAX);

	add_now(&t, x);
	add_next(&t, x);
	add_cost(&t, x);
	if (closing)
		add_pending(&t, w, x);
	text_add(&t, closing ? "\nto unwind: " : "\nheld: ");
	text_add_legs(&t, x);
	add_commands(&t, w, x, closing);
}
