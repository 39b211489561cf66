/* SPDX-License-Identifier: MIT */
/*
 * The decision ladder. Steps are numbered as in the README; the first that
 * applies decides, but every line is evaluated first, on every poll, so that
 * the record is whole and the streaks see every poll.
 */
#include "decide.h"

#include <assert.h>
#include <string.h>

#define CLOCK_TOLERANCE_MS	2000
#define GONE_POLLS		10	/* reason FALSE for so many: told once */
#define UNCLOSED_FIRST_MS	(15 * 60 * 1000)
#define UNCLOSED_REPEAT_MS	(60 * 60 * 1000)
#define BLIND_SECOND_MS		(60 * 60 * 1000)
#define BLIND_REPEAT_MS		(4 * 60 * 60 * 1000)

struct step {			/* one decision being made */
	struct decision *out;
	struct watch *w;
	const struct streak *slots;
	const struct position *pos;
	const struct facts *f;
	const struct profile *p;
	struct instant now;
	uint32_t close;			/* the close lines, a bit each */
	struct verdicts seen;
};

_Static_assert(LINES_MAX <= 32, "a bit for every line");

static struct label label_of(const char *text)
{
	struct label l = { "" };

	memcpy(l.s, text, strlen(text));
	return l;
}

static bool same_label(struct label a, struct label b)
{
	return strcmp(a.s, b.s) == 0;
}

/* Both legs' service times moved since the last poll that counted. */
static bool counts_as_new(const struct watch *w, const struct decide_now *now)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		if (!instant_known(now->observed[s]))
			return false;
		if (instant_known(w->counted[s]) &&
		    now->observed[s].ms <= w->counted[s].ms)
			return false;
	}
	return true;
}

static struct span silence(const struct profile *p)
{
	struct span three = { 3 * p->poll_interval.ms };

	return three.ms > p->blind_after.ms ? three : p->blind_after;
}

static void evaluate(struct step *s, struct streak *slots)
{
	const struct expr_now now = { s->now, s->out->new_data, silence(s->p) };

	s->out->n_lines = s->p->n_lines;
	s->seen = expr_eval_lines(s->out->finding, s->p->line, s->p->n_lines,
				  slots, s->f, &now);
}

/* Of the lines of a mask the first one; -1 none. */
static int first_of(uint32_t lines)
{
	return lines ? __builtin_ctz(lines) : -1;
}

static uint32_t above(int line)
{
	return (uint32_t)((UINT64_C(1) << line) - 1);
}

static bool may_act(const struct step *s, int line)
{
	return s->f->legs_fresh || s->p->line[line].protective;
}

static bool muted(const struct step *s, int line)
{
	return instant_known(s->pos->muted_until) &&
	       s->now.ms < s->pos->muted_until.ms &&
	       same_label(s->pos->muted, s->p->line[line].label);
}

/* Of these lines the first one that may close now; -1 none. */
static int closing_line(const struct step *s, uint32_t lines)
{
	for (lines &= s->seen.is_true; lines != 0; lines &= lines - 1)
		if (may_act(s, first_of(lines)) && !muted(s, first_of(lines)))
			return first_of(lines);
	return -1;
}

static int waiting_line(const struct step *s)
{
	uint32_t lines = s->seen.is_true & s->close;

	for (; lines != 0; lines &= lines - 1)
		if (!muted(s, first_of(lines)))
			return first_of(lines);
	return -1;
}

/*
 * Of lines that are UNKNOWN the first that is for too long: slot 0 of a line
 * remembers since when, and nothing once it is known.
 */
static int blind_line(const struct step *s, uint32_t lines)
{
	for (; lines != 0; lines &= lines - 1) {
		const struct streak *slot =
			&s->slots[profile_slot(s->p, first_of(lines))];

		if (s->now.ms - slot->since.ms > s->p->blind_after.ms)
			return first_of(lines);
	}
	return -1;
}

static int alert_line(const struct step *s)
{
	return first_of(s->seen.is_true & ~s->close);
}

static void conclude(struct step *s, enum action action, int line,
		     struct label label)
{
	s->out->action = action;
	s->out->line = line;
	s->out->label = label;
}

/* An alert is told when it begins or changes, not once a minute. */
static void raise_alert(struct step *s, int line, struct label label,
			enum notice notice)
{
	conclude(s, ACTION_ALERT, line, label);
	if (s->w->action != ACTION_ALERT || !same_label(s->w->label, label))
		s->out->notices |= notice;
}

/*
 * So long after `from`. What lies ahead, by more than a clock may wobble, was
 * remembered by one that is set back: due now, not when it has caught up.
 */
static bool is_due(struct instant from, int64_t wait, struct instant now)
{
	return now.ms - from.ms >= wait ||
	       from.ms > now.ms + CLOCK_TOLERANCE_MS;
}

static bool blind_is_due(const struct watch *w, struct instant now)
{
	int64_t wait = w->blind_notices > 1 ? BLIND_REPEAT_MS
					    : BLIND_SECOND_MS;

	return w->blind_notices == 0 || is_due(w->blind_told, wait, now);
}

static void tell_blind(struct step *s)
{
	if (!blind_is_due(s->w, s->now))
		return;
	s->out->notices |= NOTICE_BLIND;
	s->w->blind_told = s->now;
	s->w->blind_notices++;
}

static void track_blindness(struct step *s, int line)
{
	if (line >= 0) {
		tell_blind(s);
		return;
	}
	s->w->blind_told = INSTANT_UNKNOWN;
	s->w->blind_notices = 0;
}

static uint32_t protective_of(const struct step *s)
{
	uint32_t mask = 0;

	for (uint32_t l = s->close; l != 0; l &= l - 1)
		if (s->p->line[first_of(l)].protective)
			mask |= l & -l;
	return mask;
}

/*
 * A venue may never tell its liquidation price. That is told apart from rates
 * that are lost, and hides neither those nor what an `alert` line says.
 */
static int look_for_blindness(struct step *s)
{
	uint32_t lines = s->seen.is_unknown & s->close;
	uint32_t protective = lines & protective_of(s);
	int blind;

	s->out->unwatched = blind_line(s, protective);
	blind = blind_line(s, lines & ~protective);
	track_blindness(s, blind);
	return blind;
}

static void decide_open(struct step *s)
{
	int blind = look_for_blindness(s);
	int line = closing_line(s, s->close);

	if (line >= 0) {					/* 2 */
		conclude(s, ACTION_CLOSE, line, s->p->line[line].label);
		s->out->close_now = true;
		s->out->notices |= NOTICE_CLOSE;
		return;
	}
	line = waiting_line(s);
	if (line >= 0) {					/* 2, stale */
		raise_alert(s, line, label_of(LABEL_WAITING), NOTICE_WAITING);
		return;
	}
	if (blind >= 0) {					/* 3 */
		conclude(s, ACTION_ALERT, blind, label_of(LABEL_BLIND));
		return;
	}
	line = alert_line(s);
	if (line >= 0) {					/* 4 */
		raise_alert(s, line, s->p->line[line].label, NOTICE_ALERT);
		return;
	}
	line = s->out->unwatched;
	if (line >= 0) {					/* 4, last */
		raise_alert(s, line, label_of(LABEL_UNWATCHED), NOTICE_ALERT);
		return;
	}
	if (s->w->action == ACTION_ALERT)			/* 5 */
		s->out->notices |= NOTICE_CLEARED;
}

/* A line further up than the deciding one: added to the record, once. */
static void look_for_severer(struct step *s, int deciding)
{
	int line = closing_line(s, deciding >= 0 ? above(deciding) : s->close);
	int known = profile_close_line(s->p, s->w->severer);

	if (line < 0 || (known >= 0 && known <= line))
		return;
	s->w->severer = s->p->line[line].label;
	s->out->notices |= NOTICE_SEVERER;
}

static void look_for_reason(struct step *s, int deciding)
{
	if (deciding < 0 || !s->out->new_data)
		return;
	if (s->out->finding[deciding].verdict == VERDICT_TRUE)
		s->w->gone_polls = 0;
	if (s->out->finding[deciding].verdict != VERDICT_FALSE)
		return;
	if (s->w->gone_polls <= GONE_POLLS)
		s->w->gone_polls++;
	if (s->w->gone_polls == GONE_POLLS)
		s->out->notices |= NOTICE_REASON_GONE;
}

static void look_at_wait(struct step *s)
{
	struct instant told = s->w->unclosed_told;

	if (!instant_known(s->pos->decided_at) ||
	    !is_due(s->pos->decided_at, UNCLOSED_FIRST_MS, s->now))
		return;
	if (instant_known(told) && !is_due(told, UNCLOSED_REPEAT_MS, s->now))
		return;
	s->w->unclosed_told = s->now;
	s->out->notices |= NOTICE_UNCLOSED;
}

/* A decided close stays decided, whatever later polls say. */
static void decide_pending(struct step *s)
{
	int deciding = profile_close_line(s->p, s->pos->reason);
	int alert = alert_line(s);

	look_for_blindness(s);
	look_for_severer(s, deciding);
	s->out->protects = closing_line(s, protective_of(s));
	look_for_reason(s, deciding);
	look_at_wait(s);
	if (alert >= 0 && !same_label(s->w->label, s->p->line[alert].label))
		s->out->notices |= NOTICE_ALERT;
	s->w->label = alert >= 0 ? s->p->line[alert].label : label_of("");
	conclude(s, ACTION_CLOSE, deciding, s->pos->reason);
}

/*
 * Step 1. Nothing that was remembered may move while time runs backwards, so
 * the lines are evaluated on copies, for the record only.
 */
static void decide_clock_back(struct step *s)
{
	struct decision *out = s->out;
	struct streak copy[SLOTS_MAX];

	memcpy(copy, s->slots, (size_t)profile_slots(s->p) * sizeof(*copy));
	evaluate(s, copy);
	if (!same_label(s->w->label, label_of(LABEL_CLOCK_BACK)))
		out->notices |= NOTICE_CLOCK;
	s->w->label = label_of(LABEL_CLOCK_BACK);
	if (s->pos->status == STATUS_PENDING_CLOSE) {
		out->action = ACTION_CLOSE;
		out->label = s->pos->reason;
		return;
	}
	s->w->action = out->action = ACTION_ALERT;
	out->label = s->w->label;
}

static bool clock_went_back(const struct decide_now *now)
{
	return instant_known(now->last_poll) &&
	       now->now.ms < now->last_poll.ms - CLOCK_TOLERANCE_MS;
}

static void remember(struct watch *w, const struct decision *d,
		     const struct facts *f, const struct position *pos,
		     const struct decide_now *now)
{
	if (d->new_data)
		memcpy(w->counted, now->observed, sizeof(w->counted));
	if (f->v[FACT_DIVERGENCE].known) {
		w->divergence = f->v[FACT_DIVERGENCE];
		w->divergence_at = now->now;
	}
	w->action = d->action;
	if (pos->status == STATUS_OPEN)
		w->label = d->action == ACTION_ALERT ? d->label : label_of("");
}

/* What the ladder adds to: hold, because of nothing. */
static void begin(struct decision *out)
{
	out->action = ACTION_HOLD;
	out->label = (struct label){ "" };
	out->line = out->unwatched = out->protects = -1;
	out->new_data = out->close_now = false;
	out->notices = 0;
}

void decide(struct decision *out, struct streak *slots, struct watch *w,
	    const struct position *pos, const struct facts *f,
	    const struct profile *p, const struct decide_now *now)
{
	struct step s = { .out = out, .w = w, .slots = slots, .pos = pos,
			  .f = f, .p = p, .now = now->now,
			  .close = above(p->n_close) };

	assert(pos->status != STATUS_CLOSED);
	begin(out);
	if (clock_went_back(now)) {				/* 1 */
		decide_clock_back(&s);
		return;
	}
	out->new_data = counts_as_new(w, now);
	evaluate(&s, slots);
	if (pos->status == STATUS_PENDING_CLOSE)
		decide_pending(&s);
	else
		decide_open(&s);
	remember(w, out, f, pos, now);
}
