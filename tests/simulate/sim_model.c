/* SPDX-License-Identifier: MIT */
/*
 * What must follow from what was given, counted anew: freshness, verdicts,
 * runs, and the decision. Nothing here is taken from the monitor; runs are
 * kept as a history of polls, not as its streaks.
 */
#include "sim_parts.h"

#include <stdlib.h>
#include <string.h>

#include "sim_check.h"

#define STALE_MS	(5 * MINUTE_MS)
#define FUTURE_MS	(2 * MINUTE_MS)
#define BACK_MS		2000
#define ABSURD		50000000	/* 5 % per 8 h */

struct seen {				/* one position in this poll */
	struct sim_position *p;
	bool fresh[2];			/* by leg */
	int64_t observed[2], divergence;
	int leg_gone[2];		/* V_... */
	bool new_data, back;
	int verdict[SIM_LINES];		/* of the catalogue */
};

/* ---- positions ---- */

struct sim_position *sim_position(struct sim *s, int64_t id)
{
	return id >= 1 && id <= s->n_positions ? &s->position[id - 1] : NULL;
}

void sim_forget_memory(struct sim_position *p)
{
	for (int i = 0; i < SIM_LINES; i++)
		p->memory[i] = (struct sim_memory){ .unknown_since = NEVER,
						    .begun = NEVER,
						    .last = NEVER };
	p->counted[0] = p->counted[1] = NEVER;
	p->blind_told = NEVER;
	p->blind_notices = 0;
}

struct sim_position *sim_add_position(struct sim *s, int64_t id,
				      const struct sim_position *is)
{
	struct sim_position *p = &s->position[s->n_positions];

	if (id != s->n_positions + 1 || s->n_positions >= SIM_POSITIONS) {
		sim_fail(s, id, "positions are numbered in some other way");
		return p;
	}
	*p = *is;
	p->id = id;
	p->reason = p->muted = "";
	p->closed = p->decided = p->muted_until = NEVER;
	p->missing_since[0] = p->missing_since[1] = NEVER;
	sim_forget_memory(p);
	s->n_positions++;
	return p;
}

/* ---- facts ---- */

static bool is_fresh(const struct sim_given *g, int k, int v)
{
	const struct sim_row *r = &g->row[k][v];

	return g->answered[v] && r->there && !r->twice && !r->odd_interval &&
	       r->observed != NEVER && llabs(r->rate) <= ABSURD &&
	       g->now - r->observed <= STALE_MS &&
	       r->observed - g->now <= FUTURE_MS;
}

/* Three good answers without the leg, its venue well, over three minutes. */
static int judge_leg(struct sim *s, struct sim_position *p, int side)
{
	const struct sim_given *g = &s->given;

	if (!g->book_good || !g->pair[p->pair].there)
		return V_UNKNOWN;
	if (g->pair[p->pair].leg[side]) {
		p->missing[side] = 0;
		p->missing_since[side] = NEVER;
		return V_FALSE;
	}
	if (!g->book_venues_well || !g->pair[p->pair].leg[!side])
		return V_UNKNOWN;
	if (p->missing[side]++ == 0)
		p->missing_since[side] = g->now;
	return p->missing[side] >= 3 &&
	       g->now - p->missing_since[side] >= 3 * MINUTE_MS ? V_TRUE :
	       V_UNKNOWN;
}

static void look(struct sim *s, struct seen *x, struct sim_position *p)
{
	*x = (struct seen){ .p = p, .new_data = true,
			    .back = s->last_at != NEVER &&
				    s->given.now < s->last_at - BACK_MS };
	for (int i = 0; i < 2; i++) {
		const struct sim_row *r = &s->given.row[p->symbol][p->venue[i]];

		x->fresh[i] = is_fresh(&s->given, p->symbol, p->venue[i]);
		x->observed[i] = r->observed;
		x->divergence += i == LEG_SHORT ? r->rate : -r->rate;
		x->leg_gone[i] = p->pair >= 0 ? judge_leg(s, p, i) : V_UNKNOWN;
		x->new_data &= x->fresh[i] && (p->counted[i] == NEVER ||
					       r->observed > p->counted[i]);
	}
	x->new_data &= !x->back;
}

/* ---- lines ---- */

static int verdict_of(bool yes)
{
	return yes ? V_TRUE : V_FALSE;
}

static int rule_says(const struct sim *s, const struct sim_line *l,
		     const struct seen *x)
{
	const struct sim_position *p = x->p;
	bool fresh = x->fresh[0] && x->fresh[1];

	switch (l->rule) {
	case RULE_FLIP:
		return fresh ? verdict_of(x->divergence < l->arg) : V_UNKNOWN;
	case RULE_EROSION:
		if (!fresh || !p->entry_known || p->entry <= 0)
			return V_UNKNOWN;
		return verdict_of(10 * x->divergence < l->arg * p->entry);
	case RULE_AGE:
		return verdict_of(s->given.now - p->opened >= l->arg);
	case RULE_LEG:
		break;
	}
	if (x->leg_gone[0] == V_TRUE || x->leg_gone[1] == V_TRUE)
		return V_TRUE;
	return x->leg_gone[0] == V_FALSE && x->leg_gone[1] == V_FALSE ?
	       V_FALSE : V_UNKNOWN;
}

/* The last N counted polls were all TRUE. */
static int for_polls(struct sim_memory *m, int32_t n, int now,
		     const struct seen *x, int64_t at)
{
	uint64_t all = (UINT64_C(1) << n) - 1;

	if (now == V_UNKNOWN)
		return V_UNKNOWN;
	if (x->new_data) {
		if (now == V_TRUE && !(m->history & 1))
			m->begun = at;
		m->history = m->history << 1 | (now == V_TRUE);
		m->last = now == V_TRUE ? at : NEVER;
		if (now == V_FALSE)
			m->begun = NEVER;
	}
	m->holds = (m->history & all) == all;
	return verdict_of(m->holds);
}

/* TRUE since then, seen three times, never out of sight for long. */
static int for_time(struct sim_memory *m, int64_t time, int64_t gap, int now,
		    const struct seen *x, int64_t at)
{
	if (now == V_UNKNOWN)
		return V_UNKNOWN;
	if (now == V_FALSE || (m->last != NEVER && at - m->last > gap)) {
		m->begun = m->last = NEVER;
		m->seen = 0;
		m->holds = false;
		if (now == V_FALSE)
			return V_FALSE;
	}
	if (m->begun == NEVER || m->begun > at)
		m->begun = at;
	m->last = at;
	m->seen += x->new_data;
	m->holds = m->seen >= 3 && at - m->begun >= time;
	return verdict_of(m->holds);
}

static int line_says(const struct sim *s, int i, struct sim_memory *m,
		     const struct seen *x)
{
	const struct sim_line *l = &s->line[i];
	int64_t at = s->given.now, gap = 3 * s->interval;
	int v = rule_says(s, l, x);

	if (gap < sim_blind_after(s))
		gap = sim_blind_after(s);
	if (l->polls > 0)
		v = for_polls(m, l->polls, v, x, at);
	else if (l->time > 0)
		v = for_time(m, l->time, gap, v, x, at);
	if (v != V_UNKNOWN)
		m->unknown_since = NEVER;
	else if (m->unknown_since == NEVER || m->unknown_since > at)
		m->unknown_since = at;
	return v;
}

static void evaluate(struct sim *s, struct seen *x)
{
	const struct sim_rules *r = &s->rules[s->in_force];
	uint32_t used = 0;

	for (int i = 0; i < r->n; i++) {
		int l = r->line[i];
		struct sim_memory copy = x->p->memory[l];

		x->verdict[l] = line_says(s, l, x->back ? &copy :
					  &x->p->memory[l], x);
		used |= UINT32_C(1) << l;
	}
	/* A line that is not there any more starts anew one day. */
	for (int i = 0; i < SIM_LINES; i++)
		if (!(used >> i & 1))
			x->p->memory[i] = (struct sim_memory){
				NEVER, 0, NEVER, NEVER, 0, false };
}

/* ---- decisions ---- */

struct verdict_of_poll {
	enum action action;
	const char *label;
	int line;			/* of the profile; -1 */
	bool closes;
	bool protective;		/* such a line says so, now or as well */
};

static bool too_long(const struct sim *s, const struct seen *x, int l)
{
	return x->verdict[l] == V_UNKNOWN &&
	       s->given.now - x->p->memory[l].unknown_since > sim_blind_after(s);
}

static bool is_muted(const struct sim *s, const struct seen *x, int l)
{
	return x->p->muted_until != NEVER && s->given.now < x->p->muted_until &&
	       !strcmp(x->p->muted, s->line[l].label);
}

static int find_close(const struct sim *s, const struct seen *x,
		      bool anything)
{
	const struct sim_rules *r = &s->rules[s->in_force];

	for (int i = 0; i < r->n_close; i++) {
		int l = r->line[i];
		bool may = anything || s->line[l].rule == RULE_LEG ||
			   (x->fresh[0] && x->fresh[1]);

		if (x->verdict[l] == V_TRUE && may && !is_muted(s, x, l))
			return i;
	}
	return -1;
}

/* protective: of leg_missing; else of all other close lines. */
static int find_blind(const struct sim *s, const struct seen *x,
		      bool protective)
{
	const struct sim_rules *r = &s->rules[s->in_force];

	for (int i = 0; i < r->n_close; i++)
		if ((s->line[r->line[i]].rule == RULE_LEG) == protective &&
		    too_long(s, x, r->line[i]))
			return i;
	return -1;
}

static struct verdict_of_poll alert(const char *label, int line)
{
	return (struct verdict_of_poll){ ACTION_ALERT, label, line, false,
					 false };
}

static struct verdict_of_poll decide_open(const struct sim *s,
					  const struct seen *x)
{
	const struct sim_rules *r = &s->rules[s->in_force];
	int i = find_close(s, x, false);

	if (i >= 0)
		return (struct verdict_of_poll){
			ACTION_CLOSE, s->line[r->line[i]].label, i, true,
			s->line[r->line[i]].rule == RULE_LEG };
	if ((i = find_close(s, x, true)) >= 0)
		return alert("WAITING_FOR_DATA", i);
	if ((i = find_blind(s, x, false)) >= 0)
		return alert("BLIND", i);
	for (i = r->n_close; i < r->n; i++)
		if (x->verdict[r->line[i]] == V_TRUE)
			return alert(s->line[r->line[i]].label, i);
	if ((i = find_blind(s, x, true)) >= 0)
		return alert("UNWATCHED", i);
	return (struct verdict_of_poll){ ACTION_HOLD, "", -1, false, false };
}

static int line_of(const struct sim *s, const char *label)
{
	const struct sim_rules *r = &s->rules[s->in_force];

	for (int i = 0; i < r->n_close; i++)
		if (!strcmp(s->line[r->line[i]].label, label))
			return i;
	return -1;
}

static bool is_in_danger(const struct sim *s, const struct seen *x)
{
	const struct sim_rules *r = &s->rules[s->in_force];

	for (int i = 0; i < r->n_close && !x->back; i++)
		if (s->line[r->line[i]].rule == RULE_LEG &&
		    x->verdict[r->line[i]] == V_TRUE &&
		    !is_muted(s, x, r->line[i]))
			return true;
	return false;
}

static struct verdict_of_poll decide(const struct sim *s, const struct seen *x)
{
	const struct sim_position *p = x->p;

	if (p->status == STATUS_PENDING_CLOSE)
		return (struct verdict_of_poll){ ACTION_CLOSE, p->reason,
			x->back ? -1 : line_of(s, p->reason), false,
			is_in_danger(s, x) };
	if (x->back)
		return alert("CLOCK_BACK", -1);
	return decide_open(s, x);
}

/* ---- what it leads to ---- */

static void remember(struct sim *s, const struct seen *x,
		     const struct verdict_of_poll *d)
{
	const struct sim_rules *r = &s->rules[s->in_force];
	struct sim_said said = {
		.poll = (int32_t)s->seq, .position = (int32_t)x->p->id,
		.action = (int8_t)d->action, .line = (int8_t)d->line,
		.new_data = x->new_data,
	};

	for (int i = 0; i < r->n; i++)
		said.verdicts |= (uint32_t)x->verdict[r->line[i]] << 2 * i;
	for (int i = 0; i < 2 && x->new_data; i++)
		x->p->counted[i] = x->observed[i];
	sim_remember(s, &said);
	s->count.evaluations++;
}

/* The first time, after an hour, then every four; ahead of time is not told. */
static void track_blind(struct sim *s, const struct seen *x)
{
	struct sim_position *p = x->p;
	int64_t wait = p->blind_notices > 1 ? 4 * HOUR_MS : HOUR_MS;

	if (x->back)
		return;
	if (find_blind(s, x, false) < 0) {
		p->blind_told = NEVER;
		p->blind_notices = 0;
		return;
	}
	if (p->blind_notices > 0 && s->given.now - p->blind_told < wait &&
	    p->blind_told - s->given.now <= BACK_MS)
		return;
	p->blind_told = s->given.now;
	p->blind_notices++;
	s->count.blind++;
	sim_check_blind_told(s, p);
}

static void pay_fees(struct sim *s, struct sim_position *p)
{
	p->close_fees = p->size * 4 / 100;
	p->fees += p->close_fees;
	p->status = STATUS_CLOSED;
	p->closed = s->given.now;
	sim_close_ledger(p);
}

static void act(struct sim *s, struct seen *x, const struct verdict_of_poll *d)
{
	struct sim_position *p = x->p;

	if (d->closes) {
		p->status = STATUS_PENDING_CLOSE;
		p->reason = d->label;
		p->decided = s->given.now;
		s->count.closes++;
	}
	if (s->kind == SIM_PAPER && d->action == ACTION_CLOSE)
		pay_fees(s, p);
}

int64_t sim_gone_since(const struct sim *s)
{
	return s->last_at != NEVER && s->last_at < s->given.now ? s->last_at :
	       s->given.now;
}

/* Gone from two good answers, one after the other: since the first of them,
 * which is that of the poll before. */
static void follow_client(struct sim *s, struct sim_position *p)
{
	if (p->pair < 0)
		return;
	if (s->given.book_good)
		p->unseen = !s->given.pair[p->pair].there;
	if (!s->given.book_good || s->given.pair[p->pair].there) {
		p->absent = 0;
		return;
	}
	if (++p->absent < 2)
		return;
	p->status = STATUS_CLOSED;
	p->closed = sim_gone_since(s);
	sim_close_ledger(p);
	if (!p->reason[0])
		p->reason = "EXTERNAL";
	if (p->decided == NEVER)
		p->decided = p->closed;
}

static bool trips(const struct sim *s, int closes, int open)
{
	const struct sim_rules *r = &s->rules[s->in_force];

	return closes > r->max_at_once ||
	       (open >= 4 && closes * 100 > r->max_percent * open);
}

struct judged {
	struct seen *seen;
	struct verdict_of_poll *says;
	int n, open, closes;
};

static void judge_all(struct sim *s, struct judged *w, int n)
{
	for (int i = 0; i < n; i++) {
		struct sim_position *p = &s->position[i];
		struct seen *x = &w->seen[w->n];

		/* A person's change counts from the next poll on. */
		if (p->status == STATUS_CLOSED && !p->touched)
			continue;
		w->open += p->was_open;
		if (p->touched)
			continue;
		look(s, x, p);
		evaluate(s, x);
		w->says[w->n] = decide(s, x);
		w->closes += w->says[w->n].closes;
		w->n++;
	}
}

static void conclude(struct sim *s, struct judged *w)
{
	bool tripped = sim_hands_over(s) && trips(s, w->closes, w->open);

	s->count.breakers += tripped;
	for (int i = 0; i < w->n; i++) {
		struct seen *x = &w->seen[i];
		const struct verdict_of_poll *d = &w->says[i];

		remember(s, x, d);
		track_blind(s, x);
		sim_check_decision(s, x->p, d->closes ? d->label : NULL);
		act(s, x, d);
		if (d->closes)
			sim_expect_handoff(s, x->p, tripped && !d->protective);
		else if (d->protective)
			sim_expect_released(s, x->p);
		sim_check_streaks(s, x->p);
		follow_client(s, x->p);
	}
}

void sim_model_begin(struct sim *s)
{
	int64_t since = s->truth - s->attempt - s->excused;

	/* A clock set back by less than the wait so far only lengthens it. */
	if (s->attempt != NEVER && since > 2 * s->interval + MINUTE_MS)
		sim_fail(s, 0, "NO POLL for %lld s, the interval is %lld s",
			 (long long)(since / 1000),
			 (long long)(s->interval / 1000));
	s->attempt = s->truth;
	s->excused = 0;
	s->pending = false;
	s->n_loaded = s->n_positions;
	for (int i = 0; i < s->n_positions; i++) {
		struct sim_position *p = &s->position[i];

		p->touched = false;
		p->was_open = p->status == STATUS_OPEN;
		p->was_watched = p->status != STATUS_CLOSED;
		p->was_recent = p->status != STATUS_CLOSED ||
				p->closed >= s->given.now - 7 * 24 * HOUR_MS;
	}
}

void sim_model_commit(struct sim *s)
{
	bool fresh[SIM_SYMBOLS][SIM_VENUES];
	struct judged w = { .n = 0 };

	s->pending = false;
	s->seq++;
	s->count.polls++;
	w.seen = arena_array(s->scratch, (size_t)s->n_loaded, sizeof(*w.seen));
	w.says = arena_array(s->scratch, (size_t)s->n_loaded, sizeof(*w.says));
	judge_all(s, &w, s->n_loaded);
	conclude(s, &w);
	sim_adopt(s);
	for (int k = 0; k < SIM_SYMBOLS; k++)
		for (int v = 0; v < SIM_VENUES; v++)
			fresh[k][v] = is_fresh(&s->given, k, v);
	sim_settle(s, fresh);
	sim_see_quotes(s, fresh);
	sim_check_poll(s, w.closes);
	s->last_at = s->given.now;
	if (s->newest_at == NEVER || s->newest_at < s->last_at)
		s->newest_at = s->last_at;
	arena_reset(s->scratch);
}
