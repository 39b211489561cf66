/* SPDX-License-Identifier: MIT */
/*
 * Decisions and notices in words, with the numbers that made them. Rates are
 * shown per 8 h, as the service shows them. Never an instruction to trade.
 */
#include "cycle_work.h"

#include "log.h"
#include "sentence_legs.h"

#include <string.h>

static void add_pair(struct text *t, const struct position *p)
{
	text_add(t, "%s long %s short %s", p->symbol.s,
		 p->leg[LEG_LONG].venue.s, p->leg[LEG_SHORT].venue.s);
}

/* "divergence=0.00022/8h entry_divergence=0.000285/8h" */
static void add_inputs(struct text *t, const struct facts *f, uint64_t uses)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		if (!(uses & (UINT64_C(1) << id)))
			continue;
		text_add(t, " %s=", fact_name((enum fact_id)id));
		text_add_fact(t, f, (enum fact_id)id);
	}
}

/* What changing pairs would bring, in USD over a day (the default horizon). */
static void add_alternative(struct text *t, const struct watched *x)
{
	const struct facts *f = &x->facts;
	struct dec more, gain, cost;

	if (!f->alt_found || !f->v[FACT_DIVERGENCE].known)
		return;
	text_add(t, "; target long %s short %s", f->alt_long.s,
		 f->alt_short.s);
	if (!f->v[FACT_ALT_COST].known ||
	    !dec_sub(&more, f->v[FACT_ALT_DIVERGENCE].v,
		     f->v[FACT_DIVERGENCE].v) ||
	    !dec_mul(&gain, more, x->pos.size_usd) ||
	    !dec_mul(&cost, f->v[FACT_ALT_COST].v, x->pos.size_usd))
		return;
	text_add(t, ", gain ");
	text_add_usd(t, gain);
	text_add(t, " a day, cost ");
	text_add_cost(t, cost);
}

static void add_missing(struct text *t, const struct finding *f)
{
	if (f->missing < FACT_COUNT)
		text_add(t, " (%s: %s)", fact_name(f->missing),
			 why_word(f->why));
}

static void add_line(struct text *t, const struct watched *x,
		     const struct profile *p)
{
	const struct decision *d = &x->decision;
	const struct line *l;

	if (d->line < 0) {
		text_add(t, ": no line is true,");
		add_inputs(t, &x->facts, USES(DIVERGENCE));
		return;
	}
	l = &p->line[d->line];
	text_add(t, ": %s is %s", l->text,
		 verdict_word(d->finding[d->line].verdict));
	add_missing(t, &d->finding[d->line]);
	add_inputs(t, &x->facts, l->uses);
	if (l->uses & USES(ALT_DIVERGENCE))
		add_alternative(t, x);
}

void sentence_decision(char buf[static SENTENCE_MAX], const struct watched *x,
		       const struct profile *p)
{
	struct text t = text_on(buf, SENTENCE_MAX);

	text_add(&t, "%s", action_word(x->decision.action));
	if (x->decision.label.s[0])
		text_add(&t, " %s", x->decision.label.s);
	add_line(&t, x, p);
}

/* USD per 8 h at the last known divergence. */
static void add_carry(struct text *t, const struct watch *w,
		      const struct position *p)
{
	struct dec usd;

	if (!w->divergence.known ||
	    !dec_mul_ratio(&usd, w->divergence.v, p->size_usd, 1, 3)) {
		text_add(t, "; carry never known");
		return;
	}
	text_add(t, "; last known ");
	text_add_usd(t, usd);
	text_add(t, " per 8 h at ");
	text_add_instant(t, w->divergence_at);
}

/* At today's rate: an estimate, said so. */
void sentence_add_lost(struct text *t, const struct watched *x,
		       struct instant now)
{
	struct span open = instant_diff(now, x->pos.decided_at);
	struct dec seconds, usd;

	text_add(t, "pending for ");
	text_add_span(t, open);
	if (!x->watch.divergence.known || !dec_join(&seconds, open.ms, 3) ||
	    !dec_mul(&usd, x->watch.divergence.v, x->pos.size_usd) ||
	    !dec_mul(&usd, usd, seconds) ||
	    !dec_div(&usd, usd, dec_int(DAY_S)))
		return;
	text_add(t, ", about ");
	text_add_usd(t, usd);
	text_add(t, " carry since the decision");
}

/* A protective line is about what is held, not about what it earns. */
static void add_unwind(struct text *t, const struct watched *x,
		       const struct profile *p)
{
	if (x->decision.line < 0 || !p->line[x->decision.line].protective)
		return;
	text_add(t, "; unwind ");
	text_add_legs(t, x);
}

static void add_close(struct text *t, const struct watched *x,
		      const struct work *w)
{
	text_add(t, "%s", x->decision.label.s);
	add_line(t, x, w->cycle->account->profile);
	add_unwind(t, x, w->cycle->account->profile);
	if (x->filled) {
		text_add(t, "; closed by simulated fills, fees ");
		text_add_cost(t, x->fill.fees_usd);
		return;
	}
	add_carry(t, &x->watch, &x->pos);
	text_add(t, "; once it is closed: positions close %lld, to keep it: "
		 "positions keep %lld", (long long)x->pos.id,
		 (long long)x->pos.id);
}

static void add_alert(struct text *t, const struct watched *x,
		      const struct work *w)
{
	text_add(t, "%s", x->watch.label.s);
	if (x->decision.action == ACTION_ALERT)
		add_line(t, x, w->cycle->account->profile);
}

static void add_cleared(struct text *t, const struct watched *x,
			const struct work *w)
{
	(void)w;
	text_add(t, "%s is over, holding", x->old_watch.label.s);
}

static void add_waiting(struct text *t, const struct watched *x,
			const struct work *w)
{
	text_add(t, "due, waiting for data");
	add_line(t, x, w->cycle->account->profile);
}

static void add_blind(struct text *t, const struct watched *x,
		      const struct work *w)
{
	text_add(t, "blind");
	if (x->decision.action == ACTION_ALERT)
		add_line(t, x, w->cycle->account->profile);
	add_carry(t, &x->watch, &x->pos);
}

static void add_clock(struct text *t, const struct watched *x,
		      const struct work *w)
{
	(void)x;
	text_add(t, "the clock is behind the last poll of ");
	text_add_instant(t, w->last.at);
	text_add(t, "; nothing is decided until it has caught up");
}

static void add_severer(struct text *t, const struct watched *x,
			const struct work *w)
{
	(void)w;
	text_add(t, "pending %s is now also %s", x->pos.reason.s,
		 x->watch.severer.s);
}

static void add_gone(struct text *t, const struct watched *x,
		     const struct work *w)
{
	text_add(t, "reason cleared: %s has been false for 10 polls; ",
		 x->pos.reason.s);
	sentence_add_lost(t, x, w->now);
	text_add(t, "; to keep the pair: positions keep %lld",
		 (long long)x->pos.id);
}

static void add_unclosed(struct text *t, const struct watched *x,
			 const struct work *w)
{
	text_add(t, "%s decided but not closed; ", x->pos.reason.s);
	sentence_add_lost(t, x, w->now);
}

static const struct notice_kind {
	enum notice bit;
	const char *kind;
	int priority;
	void (*add)(struct text *t, const struct watched *x,
		    const struct work *w);
} kinds[] = {
	{ NOTICE_CLOSE,		"close",	LOG_LEVEL_ERR, add_close },
	{ NOTICE_ALERT,		"alert",	LOG_LEVEL_WARNING, add_alert },
	{ NOTICE_CLEARED,	"cleared",	LOG_LEVEL_NOTICE, add_cleared },
	{ NOTICE_WAITING,	"waiting",	LOG_LEVEL_ERR, add_waiting },
	{ NOTICE_BLIND,		"blind",	LOG_LEVEL_ERR, add_blind },
	{ NOTICE_CLOCK,		"clock",	LOG_LEVEL_ERR, add_clock },
	{ NOTICE_SEVERER,	"severer",	LOG_LEVEL_ERR, add_severer },
	{ NOTICE_REASON_GONE,	"reason cleared", LOG_LEVEL_WARNING, add_gone },
	{ NOTICE_UNCLOSED,	"unclosed",	LOG_LEVEL_ERR, add_unclosed },
};

void sentence_notice(char buf[static SENTENCE_MAX], const char **kind,
		     int *priority, enum notice bit, const struct watched *x,
		     const struct work *w)
{
	struct text t = text_on(buf, SENTENCE_MAX);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].bit != bit)
			continue;
		*kind = kinds[i].kind;
		*priority = kinds[i].priority;
		text_add(&t, "%s/%lld ", w->cycle->account->name,
			 (long long)x->pos.id);
		add_pair(&t, &x->pos);
		text_add(&t, ": ");
		kinds[i].add(&t, x, w);
	}
}

void sentence_unconfirmed(char buf[static SENTENCE_MAX],
			  const struct position *p, const struct work *w)
{
	struct text t = text_on(buf, SENTENCE_MAX);
	struct instant since = instant_known(p->confirmed_at) ?
			       p->confirmed_at : p->opened_at;

	text_add(&t, "%s/%lld ", w->cycle->account->name, (long long)p->id);
	add_pair(&t, p);
	text_add(&t, ": not confirmed for ");
	text_add_span(&t, instant_diff(w->now, since));
	text_add(&t, "; look at both venues, then: positions confirm %lld",
		 (long long)p->id);
}

void sentence_entry(char buf[static SENTENCE_MAX], const struct entry *e,
		    bool opened)
{
	struct text t = text_on(buf, SENTENCE_MAX);

	text_add(&t, opened ? "opened " : "worth a look: ");
	add_pair(&t, &e->position);
	text_add(&t, ", ");
	text_add_cost(&t, e->position.size_usd);
	text_add(&t, " a leg, divergence ");
	text_add_rate(&t, e->position.entry_divergence.v);
	if (e->disagrees)
		text_add(&t, " (the ranked list says otherwise)");
}
