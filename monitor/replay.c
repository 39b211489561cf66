/* SPDX-License-Identifier: MIT */
/*
 * Each pair carries its memory from poll to poll exactly as the monitor's
 * store would have; where the record says what a position brought along,
 * that is taken instead. Under another profile nothing of what the recorded
 * one did to a pair is taken over: it starts open, unmuted, at its first poll.
 */
#include "replay.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* What most profiles and symbols need; only the speed depends on it. */
#define CACHE_LINE	64
#define ASKED_SLOTS	10
#define ASKED_OFFERS	8

void replay_begin(struct replay_pair *pair)
{
	struct watched *x = &pair->x;

	x->pos = pair->recorded;
	x->slots = pair->slot;
	pair->closed_at = INSTANT_UNKNOWN;
	pair->next_ms = pair->n_ledger > 0 ? pair->ledger[0].at.ms : INT64_MAX;
	pair->told_ms = INT64_MAX;
	pair->last_ms = instant_known(pair->recorded.closed_at) ?
			pair->recorded.closed_at.ms + REPLAY_AFTER_MS :
			INT64_MAX;
	pair->divergence = pair->exit_usd = fact_unknown(WHY_NOT_SET);
	pair->funding = (struct funding){ .sum_usd = fact_known(DEC_ZERO) };
	facts_forget(&x->facts);
}

static const struct profile *profile_of(const struct replay *r,
					const struct recorded_poll *p)
{
	return r->profile ? r->profile : p->account->profile;
}

/* As the store gives what it has never kept. */
static void start_anew(struct replay_pair *pair)
{
	struct watched *x = &pair->x;

	x->pos.status = STATUS_OPEN;
	x->pos.reason = x->pos.muted = (struct label){ "" };
	x->pos.decided_at = x->pos.closed_at = x->pos.muted_until =
		INSTANT_UNKNOWN;
	x->watch = WATCH_NONE;
	x->memory = FACTS_MEMORY_NONE;
	for (int i = 0; i < SLOTS_MAX; i++)
		x->slots[i] = STREAK_NONE;
	pair->begun = true;
}

/* ---- as recorded ---- */

static bool take_memory(struct replay_pair *pair, const struct recorded_poll *p,
			const struct evidence_memory *m, struct err *err)
{
	struct watched *x = &pair->x;

	if (m->n_slots != profile_slots(p->account->profile))
		return err_set(err, ERR_STORE, "poll %" PRId64 ": position %"
			       PRId64 " brought %d streaks, its profile has %d",
			       p->seq, x->pos.id, m->n_slots,
			       profile_slots(p->account->profile));
	x->pos.status = m->status;
	x->pos.reason = m->reason;
	x->pos.muted = m->muted;
	x->pos.decided_at = m->decided_at;
	x->pos.muted_until = m->muted_until;
	x->pos.closed_at = INSTANT_UNKNOWN;
	x->pos.fees_usd = m->fees_usd;
	x->pos.slippage_usd = m->slippage_usd;
	x->memory = m->facts;
	x->watch = m->watch;
	memcpy(x->slots, m->slot, (size_t)m->n_slots * sizeof(*x->slots));
	if (m->status == STATUS_OPEN)
		pair->closed_at = INSTANT_UNKNOWN;	/* kept or reopened */
	pair->begun = true;
	return true;
}

/*
 * Polls of version 0.1.0 leave open what a position brought along where the
 * record begins: then what comes out of a poll proves nothing.
 */
static void go_on_bare(struct replay_pair *pair, const struct recorded_poll *p)
{
	if (!pair->begun) {
		pair->sure = p->seq == 1 || instant_known(p->last);
		start_anew(pair);
		pair->fees_whole = pair->recorded.status == STATUS_CLOSED;
	}
	if (!replay_apply_events(pair, p->at))
		pair->sure = false;
}

static bool prepare(struct replay_pair *pair, const struct recorded_poll *p,
		    const struct evidence_row *row, struct err *err)
{
	if (row->memory) {
		pair->sure = true;
		return take_memory(pair, p, row->memory, err);
	}
	if (p->bare)
		go_on_bare(pair, p);
	return pair->begun ||
	       err_set(err, ERR_STORE, "poll %" PRId64 ": nothing is recorded "
		       "of what position %" PRId64 " brought along", p->seq,
		       row->position);
}

/* ---- one poll ---- */

static void conclude(struct replay_pair *pair, const struct recorded_poll *p)
{
	struct watched *x = &pair->x;

	x->memory.quote_at[LEG_LONG] = judge_seen(x, LEG_LONG);
	x->memory.quote_at[LEG_SHORT] = judge_seen(x, LEG_SHORT);
	if (!x->decision.close_now)
		return;
	x->pos.status = STATUS_PENDING_CLOSE;
	x->pos.reason = x->decision.label;
	x->pos.decided_at = p->at;
	pair->closed_at = p->at;
	pair->reason = x->decision.label;
	pair->divergence = x->facts.v[FACT_DIVERGENCE];
}

/* Names and terms stay as they are for most of a record. */
static void make_plan(struct replay_pair *pair, const struct recorded_poll *p)
{
	const struct position *pos = &pair->x.pos;

	facts_plan(&pair->plan, pos, &p->market, &p->terms);
	pair->exit_usd = facts_exit_cost(&p->terms, pos);
	pair->planned = p->keys;
}

static void ask_lines(const void *p, size_t n)
{
	for (size_t i = 0; i < n; i += CACHE_LINE)
		__builtin_prefetch((const char *)p + i);
}

/*
 * All pairs together are larger than the nearest cache: what the next one
 * needs is asked for while this one is judged. Changes nothing but the wait.
 */
static void ask_for_next(const struct replay *r, const struct replay_pair *pair,
			 const struct market *m)
{
	const struct facts_plan *plan = &pair->plan;
	const struct watched *x = &pair->x;

	if (pair == r->pairs + r->n || !pair->begun || pair->over)
		return;
	ask_lines(&x->pos, sizeof(x->pos));
	ask_lines(&x->memory, offsetof(struct watched, old_watch) -
			      offsetof(struct watched, memory));
	ask_lines(pair->slot, ASKED_SLOTS * sizeof(*pair->slot));
	for (uint32_t i = 0; i < plan->n_offers && i < ASKED_OFFERS; i++)
		ask_lines(&m->quotes[plan->offer[i]].why,
			  offsetof(struct quote, oi_usd) -
			  offsetof(struct quote, why));
}

static void evaluate(struct replay *r, struct replay_pair *pair,
		     const struct recorded_poll *p, uint64_t facts)
{
	const struct judge_poll poll = { &p->market, &p->terms, p->last };
	struct watched *x = &pair->x;

	if (pair->planned != p->keys)
		make_plan(pair, p);
	ask_for_next(r, pair + 1, &p->market);
	judge_planned(x, &pair->plan, &poll, facts, profile_of(r, p));
	pair->polls++;
	r->evaluations++;
}

static bool counts(const struct replay *r, struct instant at)
{
	return (!instant_known(r->since) || at.ms >= r->since.ms) &&
	       (!instant_known(r->until) || at.ms < r->until.ms);
}

/* The words of a decision may tell any fact, not only those of rules. */
static void complete_facts(struct replay_pair *pair,
			   const struct recorded_poll *p)
{
	struct watched *x = &pair->x;

	facts_compute_planned(&x->facts, &pair->plan, &x->pos, &p->market,
			      &p->terms, &x->memory, FACTS_ALL);
}

static bool as_recorded(bool *same, char *buf, size_t n, struct replay *r,
			struct replay_pair *pair,
			const struct recorded_poll *p,
			const struct evidence_row *row, struct err *err)
{
	const struct watched *x = &pair->x;

	r->compared++;
	*same = replay_same(buf, n, x, row, p->account->profile);
	if (!*same || !r->decided || !judge_changed(x))
		return true;
	r->decisions++;
	complete_facts(pair, p);
	return r->decided(r->ctx, same, buf, n, x, p, err);
}

static bool compare(struct replay *r, struct replay_pair *pair,
		    const struct recorded_poll *p,
		    const struct evidence_row *row, struct err *err)
{
	char what[800], when[INSTANT_TEXT_MAX];
	bool same;

	if (!r->verify || r->differs || !counts(r, p->at))
		return true;
	if (!pair->sure) {
		r->unsure++;
		return true;
	}
	if (!as_recorded(&same, what, sizeof(what), r, pair, p, row, err))
		return false;
	if (same)
		return true;
	r->differs = true;
	instant_format(when, p->at);
	snprintf(r->difference, sizeof(r->difference), "poll %" PRId64 " at %s, "
		 "position %" PRId64 ": %s", p->seq, when, row->position,
		 what);
	return true;
}

/* Rows come by id, as pairs do: most likely the pair is the next one. */
static struct replay_pair *find(const struct replay *r, int64_t id,
				size_t *next)
{
	size_t lo = 0, hi = r->n;

	if (*next < r->n && r->pairs[*next].recorded.id == id)
		return &r->pairs[(*next)++];
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->pairs[mid].recorded.id == id) {
			*next = mid + 1;
			return &r->pairs[mid];
		}
		if (r->pairs[mid].recorded.id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static bool step_recorded(struct replay *r, const struct recorded_poll *p,
			  struct err *err)
{
	const uint64_t facts = profile_uses(profile_of(r, p));
	size_t next = 0;

	for (size_t i = 0; i < p->view.n_rows; i++) {
		const struct evidence_row *row = &p->view.rows[i];
		struct replay_pair *pair = find(r, row->position, &next);

		if (!pair)
			return err_set(err, ERR_STORE, "poll %" PRId64 " judged "
				       "position %" PRId64 ", which does not "
				       "exist", p->seq, row->position);
		if (!prepare(pair, p, row, err))
			return false;
		pair->x.old_watch = pair->x.watch;
		pair->x.memory.held = row->held;
		evaluate(r, pair, p, facts);
		if (!compare(r, pair, p, row, err))
			return false;
		conclude(pair, p);
	}
	return true;
}

/*
 * What was paid by then stands with the rows that carry a memory; the first
 * poll read, which may lie before `since`, has it of every pair.
 */
static void take_costs(struct replay_pair *pair, const struct evidence_row *row)
{
	if (!row->memory)
		return;
	pair->x.pos.fees_usd = row->memory->fees_usd;
	pair->x.pos.slippage_usd = row->memory->slippage_usd;
}

static void begin_judged(struct replay *r, const struct recorded_poll *p)
{
	const bool begins = counts(r, p->at);
	size_t next = 0;

	for (size_t i = 0; i < p->view.n_rows; i++) {
		const struct evidence_row *row = &p->view.rows[i];
		struct replay_pair *pair = find(r, row->position, &next);

		if (!pair || pair->begun)
			continue;
		take_costs(pair, row);
		if (!begins)
			continue;
		start_anew(pair);
		r->n_begun++;
		pair->fees_whole = p->bare &&
				   pair->recorded.status == STATUS_CLOSED;
	}
}

/* What was really held then; of a pair that was gone by then, nothing. */
static void give_held(struct replay *r, const struct recorded_poll *p)
{
	size_t next = 0;

	for (size_t i = 0; i < r->n; i++)
		r->pairs[i].x.memory.held = NULL;
	for (size_t i = 0; i < p->view.n_rows; i++) {
		const struct evidence_row *row = &p->view.rows[i];
		struct replay_pair *pair = row->held ?
			find(r, row->position, &next) : NULL;

		if (pair)
			pair->x.memory.held = row->held;
	}
}

/* That nobody knew when a leg settles stands in no ledger. */
static void take_schedules(struct replay *r, const struct recorded_poll *p)
{
	size_t next = 0;

	for (size_t i = 0; i < p->view.n_rows; i++) {
		const struct evidence_row *row = &p->view.rows[i];
		struct replay_pair *pair = row->memory ?
			find(r, row->position, &next) : NULL;

		if (pair)
			replay_schedule(pair, &row->memory->facts.funding_usd);
	}
}

static void step_other(struct replay *r, const struct recorded_poll *p)
{
	const uint64_t facts = profile_uses(profile_of(r, p));

	if (r->n_begun < r->n)
		begin_judged(r, p);
	take_schedules(r, p);
	if (!counts(r, p->at))
		return;
	give_held(r, p);
	for (size_t i = 0; i < r->n; i++) {
		struct replay_pair *pair = &r->pairs[i];

		if (!pair->begun || pair->over)
			continue;
		pair->over = p->at.ms > pair->last_ms;
		if (pair->over)
			continue;
		if (p->at.ms >= pair->next_ms)
			replay_book(pair, p->at);
		evaluate(r, pair, p, facts);
		conclude(pair, p);
		pair->over = instant_known(pair->closed_at);
	}
}

bool replay_step(struct replay *r, const struct recorded_poll *p,
		 struct err *err)
{
	r->polls += counts(r, p->at);
	if (!r->profile)
		return step_recorded(r, p, err);
	step_other(r, p);
	return true;
}
