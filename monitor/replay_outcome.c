/* SPDX-License-Identifier: MIT */
/*
 * A pair under another profile is the recorded pair with another end: closed
 * at the poll that decided so, at the modelled cost of leaving then, and with
 * what was settled later as hypothetical. Both sides end with the last poll
 * that counted: what a person or the monitor did later is on neither.
 */
#include "replay_outcome.h"

#include <inttypes.h>

static bool out_of_range(const struct position *p, struct err *err)
{
	return err_set(err, ERR_DATA, "position %" PRId64 ": fees out of "
		       "range", p->id);
}

/* As modelled then; where no cost was configured yet, by today's. */
static bool leaving(struct dec *out, const struct replay_pair *pair,
		    const struct terms *today, struct err *err)
{
	*out = pair->exit_usd.v;
	return pair->exit_usd.known ||
	       report_leaving(out, &pair->recorded, today, err) ||
	       err_prefix(err, "position %" PRId64, pair->recorded.id);
}

/*
 * The fees as they were before the close. Version 0.1.0 did not tell what it
 * had cost: then as modelled.
 */
static bool take_close_back(struct position *p, const struct replay_pair *pair,
			    const struct terms *today, struct err *err)
{
	struct dec fees = p->close_fees_usd, slippage = p->close_slippage_usd;

	if (pair->fees_whole && dec_sign(fees) == 0 &&
	    dec_sign(slippage) == 0 && !leaving(&fees, pair, today, err))
		return false;
	p->close_fees_usd = p->close_slippage_usd = DEC_ZERO;
	return (dec_sub(&p->fees_usd, p->fees_usd, fees) &&
		dec_sub(&p->slippage_usd, p->slippage_usd, slippage)) ||
	       out_of_range(p, err);
}

static void back_to_open(struct position *p)
{
	p->status = STATUS_OPEN;
	p->reason = (struct label){ "" };
	p->closed_at = p->decided_at = INSTANT_UNKNOWN;
}

/* As it stood at the last poll, which knows of no later close. */
static bool cut_position(struct position *p, const struct replay_pair *pair,
			 const struct terms *today, struct instant last,
			 struct err *err)
{
	*p = pair->recorded;
	if (!instant_known(p->closed_at) || p->closed_at.ms <= last.ms)
		return true;
	back_to_open(p);
	return take_close_back(p, pair, today, err);
}

static bool end_position(struct position *p, const struct replay_pair *pair,
			 const struct terms *today, struct err *err)
{
	struct dec exit;

	*p = pair->recorded;
	back_to_open(p);
	p->fees_usd = pair->x.pos.fees_usd;
	p->slippage_usd = pair->x.pos.slippage_usd;
	/* Where only the fees of the whole are known, leaving is in them. */
	if (pair->fees_whole && !take_close_back(p, pair, today, err))
		return false;
	if (!instant_known(pair->closed_at))
		return true;
	if (!leaving(&exit, pair, today, err))
		return false;
	p->status = STATUS_CLOSED;
	p->reason = pair->reason;
	p->closed_at = p->decided_at = pair->closed_at;
	return dec_add(&p->fees_usd, p->fees_usd, exit) ||
	       out_of_range(p, err);
}

static bool end_ledger(struct report_ledger *out,
		       const struct replay_pair *pair, struct arena *arena)
{
	struct settlement *rows = arena_array(arena, pair->n_ledger,
					      sizeof(*rows));

	for (size_t i = 0; rows && i < pair->n_ledger; i++) {
		rows[i] = pair->ledger[i];
		rows[i].hypothetical = instant_known(pair->closed_at) &&
				       rows[i].at.ms > pair->closed_at.ms;
	}
	*out = (struct report_ledger){ rows, pair->n_ledger,
		instant_known(pair->closed_at) &&
		instant_known(pair->recorded.closed_at) &&
		pair->closed_at.ms > pair->recorded.closed_at.ms };
	return rows != NULL;
}

struct sides {
	struct position *positions;
	struct report_ledger *ledgers;
};

static bool make(struct sides *s, size_t n, struct arena *arena)
{
	s->positions = arena_array(arena, n, sizeof(*s->positions));
	s->ledgers = arena_array(arena, n, sizeof(*s->ledgers));
	return s->positions && s->ledgers;
}

static struct report_history history(const struct sides *s, size_t n,
				     const struct terms *terms,
				     struct instant last)
{
	return (struct report_history){
		.positions = s->positions, .ledgers = s->ledgers, .n = n,
		.terms = terms, .last_poll = last, .since = INSTANT_UNKNOWN,
		.until = INSTANT_UNKNOWN,
		.capital_usd = fact_unknown(WHY_NOT_SET),
	};
}

bool replay_outcome(struct report_history *recorded,
		    struct report_history *other, size_t *ended,
		    const struct replay *r, const struct terms *terms,
		    struct instant last, struct arena *arena, struct err *err)
{
	struct sides was, is;
	size_t n = 0;

	*ended = 0;
	if (!make(&was, r->n, arena) || !make(&is, r->n, arena))
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < r->n; i++) {
		const struct replay_pair *pair = &r->pairs[i];

		if (!pair->begun)
			continue;
		was.ledgers[n] = (struct report_ledger){
			.rows = pair->ledger, .n = pair->n_ledger };
		if (!cut_position(&was.positions[n], pair, terms, last, err) ||
		    !end_position(&is.positions[n], pair, terms, err))
			return false;
		if (!end_ledger(&is.ledgers[n], pair, arena))
			return err_set(err, ERR_MEMORY, "no memory");
		*ended += pair->over && !instant_known(pair->closed_at);
		n++;
	}
	*recorded = history(&was, n, terms, last);
	*other = history(&is, n, terms, last);
	return true;
}
