/* SPDX-License-Identifier: MIT */
/*
 * A pair under another profile is the recorded pair with another end: closed
 * at the poll that decided so, at the modelled cost of leaving then, and with
 * what was settled later as hypothetical.
 */
#include "replay_outcome.h"

#include <inttypes.h>

static bool end_position(struct position *p, const struct replay_pair *pair,
			 struct err *err)
{
	*p = pair->recorded;
	p->fees_usd = pair->x.pos.fees_usd;
	p->slippage_usd = pair->x.pos.slippage_usd;
	p->status = STATUS_OPEN;
	p->reason = (struct label){ "" };
	p->closed_at = p->decided_at = INSTANT_UNKNOWN;
	/* Where only the fees of the whole are known, leaving is in them. */
	if (pair->fees_whole &&
	    !dec_sub(&p->fees_usd, p->fees_usd, pair->exit_usd))
		return err_set(err, ERR_DATA, "position %" PRId64 ": fees out "
			       "of range", p->id);
	if (!instant_known(pair->closed_at))
		return true;
	p->status = STATUS_CLOSED;
	p->reason = pair->reason;
	p->closed_at = p->decided_at = pair->closed_at;
	return dec_add(&p->fees_usd, p->fees_usd, pair->exit_usd) ||
	       err_set(err, ERR_DATA, "position %" PRId64 ": fees out of range",
		       p->id);
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
	*out = (struct report_ledger){ rows, pair->n_ledger };
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
		was.positions[n] = pair->recorded;
		was.ledgers[n] = (struct report_ledger){ pair->ledger,
							 pair->n_ledger };
		if (!end_position(&is.positions[n], pair, err))
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
