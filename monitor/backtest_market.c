/* SPDX-License-Identifier: MIT */
/*
 * The market a poll sees in a backtest: each contract's last settled rate,
 * observed now until two intervals overdue and then left ageing, sealed like
 * any other; and every pair of it ranked by its gross divergence.
 */
#include "backtest_work.h"

#include <string.h>

#define OVERDUE_INTERVALS 2

static int cmp_slot(const struct slot *slot, struct symbol s, struct venue v)
{
	int c = symbol_cmp(slot->symbol, s);

	return c ? c : venue_cmp(slot->venue, v);
}

size_t backtest_slot(const struct backtest *b, struct symbol s,
		     struct venue v)
{
	size_t lo = 0, hi = b->n_slots;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cmp_slot(&b->slots[mid], s, v) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < b->n_slots && cmp_slot(&b->slots[lo], s, v) == 0)
		return lo;
	return b->n_slots;
}

/* The payment after the last was due one interval later. */
static struct instant observed(const struct slot *s, struct instant now)
{
	struct instant end = instant_add(s->at,
		span_s((int64_t)s->rate.interval_s * (1 + OVERDUE_INTERVALS)));

	return now.ms < end.ms ? now : end;
}

static void put_quotes(struct backtest *b, struct instant now)
{
	struct market *m = &b->market;

	for (size_t i = 0; i < b->n_slots; i++) {
		const struct slot *s = &b->slots[i];

		if (!instant_known(s->at))
			continue;
		m->quotes[m->n_quotes++] = (struct quote){
			.symbol = s->symbol, .venue = s->venue,
			.why = WHY_KNOWN, .rate = s->rate,
			.observed_at = observed(s, now),
			.next_funding = instant_add(s->at,
						span_s(s->rate.interval_s)),
			.oi_usd = s->oi_usd,
			.volume_usd = fact_unknown(WHY_NOT_SET),
			.mark_price = s->mark_price,
			.pays_every_s = s->rate.interval_s,
		};
	}
}

static void put_venues(struct backtest *b)
{
	struct market *m = &b->market;

	for (size_t i = 0; i < b->n_venues; i++)
		m->venues[m->n_venues++] = (struct venue_view){
			.venue = b->venues[i], .listed = true, .active = true,
			.rates = ANSWER_OK, .symbols = ANSWER_OK,
		};
}

/* ---- the ranked list ---- */

/* Below the policy's least divergence nothing is opened anyway. */
static bool pair_of(struct opportunity *out, const struct backtest *b,
		    const struct quote *l, const struct quote *s)
{
	const struct entry_policy *e = &b->setup->account->entry;
	struct dec rl, rs, d;

	if (l->why != WHY_KNOWN || s->why != WHY_KNOWN ||
	    !rate_per_day(&rl, l->rate) || !rate_per_day(&rs, s->rate) ||
	    !dec_sub(&d, rs, rl) ||
	    dec_cmp_mul(d, dec_int(1), e->min_profit,
			dec_int(DAY_S / RATE_8H_S)) < 0)
		return false;
	*out = (struct opportunity){
		.symbol = l->symbol, .long_venue = l->venue,
		.short_venue = s->venue,
		.long_rate_8h = rate_from_day(rl, RATE_8H_S),
		.short_rate_8h = rate_from_day(rs, RATE_8H_S),
		.net_8h = fact_known(rate_from_day(d, RATE_8H_S)),
		.min_oi_usd = fact_unknown(WHY_NOT_SET),
		.max_oi_usd = fact_unknown(WHY_NOT_SET),
		.min_volume_usd = fact_unknown(WHY_NOT_SET),
	};
	return true;
}

static size_t symbol_end(const struct market *m, size_t first)
{
	size_t end = first;

	while (end < m->n_quotes && symbol_cmp(m->quotes[end].symbol,
					       m->quotes[first].symbol) == 0)
		end++;
	return end;
}

static size_t count_pairs(const struct market *m)
{
	size_t n = 0, end;

	for (size_t i = 0; i < m->n_quotes; i = end) {
		end = symbol_end(m, i);
		n += (end - i) * (end - i - 1);
	}
	return n;
}

static bool put_pairs(struct backtest *b)
{
	struct market *m = &b->market;
	size_t end;

	m->opportunities = arena_array(b->scratch, count_pairs(m),
				       sizeof(*m->opportunities));
	if (!m->opportunities)
		return backtest_no_memory(b->err);
	for (size_t first = 0; first < m->n_quotes; first = end) {
		end = symbol_end(m, first);
		for (size_t i = first; i < end; i++)
			for (size_t k = first; k < end; k++)
				m->n_opportunities += i != k &&
					pair_of(&m->opportunities[
							m->n_opportunities],
						b, &m->quotes[i],
						&m->quotes[k]);
	}
	return true;
}

bool backtest_market(struct backtest *b, struct instant now)
{
	struct market *m = &b->market;

	*m = (struct market){ .taken_at = now, .opportunities_known = true,
			      .dexes_known = true };
	m->venues = arena_array(b->scratch, b->n_venues, sizeof(*m->venues));
	m->quotes = arena_array(b->scratch, b->n_slots, sizeof(*m->quotes));
	if (!m->venues || !m->quotes)
		return backtest_no_memory(b->err);
	put_venues(b);
	put_quotes(b, now);
	market_seal(m, b->setup->limits);
	return !b->setup->account->entry.enabled || b->setup->n_pairs > 0 ||
	       put_pairs(b);
}
