/* SPDX-License-Identifier: MIT */
/* What a person may do to a position (change.h). */
#include "change.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HOUR_TEXT "within the hour"
/* Rates that went through binary floating point still agree so far. */
#define AGREE_8H "0.000000000001"

const char *change_word(enum change_kind k)
{
	static const char *const words[] = {
		[CHANGE_CLOSE] = "close",
		[CHANGE_KEEP] = "keep",
		[CHANGE_CONFIRM] = "confirm",
		[CHANGE_REOPEN] = "reopen",
		[CHANGE_NOTE] = "note"
	};

	return words[k];
}

/* Why a kind cannot be done to a status, with the remedy; NULL: it can. */
static const char *const refusals[][3] = {
	[CHANGE_CLOSE] = {
		[STATUS_CLOSED] = "it needs no closing; \"positions reopen\" "
			"undoes a close " HOUR_TEXT
	},
	[CHANGE_KEEP] = {
		[STATUS_OPEN] = "only pending_close positions can be kept",
		[STATUS_CLOSED] = "only pending_close positions can be kept; "
			"\"positions reopen\" undoes a close " HOUR_TEXT
	},
	[CHANGE_CONFIRM] = {
		[STATUS_CLOSED] = "only a position that is held can be "
			"confirmed; \"positions reopen\" undoes a close "
			HOUR_TEXT
	},
	[CHANGE_REOPEN] = {
		[STATUS_OPEN] = "only closed positions can be reopened",
		[STATUS_PENDING_CLOSE] = "only closed positions can be "
			"reopened; \"positions keep\" returns this one to open"
	},
	[CHANGE_NOTE] = { NULL }
};

static bool check_status(const struct position *p, enum change_kind k,
			 struct err *err)
{
	const char *why = refusals[k][p->status];

	return !why || err_set(err, ERR_DATA, "position %" PRId64 " is %s; %s",
			       p->id, status_word(p->status), why);
}

static struct label first_label(struct label a, struct label b)
{
	return a.s[0] ? a : b;
}

static bool take_exit(struct position *p, const struct change_ask *ask,
		      struct err *err)
{
	static const char *const names[] = {
		[LEG_LONG] = "--long-price", [LEG_SHORT] = "--short-price"
	};

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct fact *price = &ask->exit_price[s];

		if (!price->known && ask->exit_price[!s].known)
			return err_set(err, ERR_USAGE, "%s is missing: the "
				       "exit prices of both legs, or of none",
				       names[s]);
		if (price->known && dec_sign(price->v) <= 0)
			return err_set(err, ERR_USAGE, "%s: an exit price is "
				       "above zero", names[s]);
		if (price->known)
			p->leg[s].exit_price = *price;
	}
	return true;
}

static bool do_close(struct change *out, const struct change_ask *ask,
		     struct err *err)
{
	struct position *p = &out->position;
	struct label standing = first_label(p->reason,
					    (struct label){ "MANUAL" });

	if (ask->now.ms < p->opened_at.ms - CHANGE_FUTURE_MS)
		return err_set(err, ERR_DATA, "position %" PRId64 " was opened "
			       "later than now: check the clock", p->id);
	p->close_fees_usd = ask->fees_usd.known ? ask->fees_usd.v : DEC_ZERO;
	p->close_slippage_usd = DEC_ZERO;
	if (!dec_add(&p->fees_usd, p->fees_usd, p->close_fees_usd))
		return err_set(err, ERR_DATA, "position %" PRId64 ": fees are "
			       "out of range", p->id);
	if (!take_exit(p, ask, err))
		return false;
	p->reason = first_label(ask->reason, standing);
	p->status = STATUS_CLOSED;
	p->closed_at = ask->now;
	if (!instant_known(p->decided_at))
		p->decided_at = ask->now;
	out->event.reason = p->reason;
	return true;
}

static void back_to_open(struct change *out)
{
	struct position *p = &out->position;

	p->status = STATUS_OPEN;
	p->reason = (struct label){ "" };
	p->decided_at = p->closed_at = INSTANT_UNKNOWN;
	out->forget = true;
}

static bool do_keep(struct change *out, const struct change_ask *ask,
		    struct err *err)
{
	struct label muted = first_label(ask->reason, out->position.reason);

	if (ask->keep_for.ms <= 0 ||
	    ask->keep_for.ms > span_s(CHANGE_KEEP_MAX_S).ms)
		return err_set(err, ERR_USAGE, "a position is kept for more "
			       "than 0 and at most 30d: write --for 8h");
	back_to_open(out);
	out->position.muted = muted;
	out->position.muted_until = instant_add(ask->now, ask->keep_for);
	out->event.reason = muted;
	return true;
}

static bool do_confirm(struct change *out, const struct change_ask *ask)
{
	out->position.confirmed_at = ask->now;
	return true;
}

/* A close that was no close has cost nothing. */
static bool take_fees_back(struct position *p, struct err *err)
{
	if (!dec_sub(&p->fees_usd, p->fees_usd, p->close_fees_usd) ||
	    !dec_sub(&p->slippage_usd, p->slippage_usd,
		     p->close_slippage_usd))
		return err_set(err, ERR_DATA, "position %" PRId64 ": fees are "
			       "out of range", p->id);
	p->close_fees_usd = p->close_slippage_usd = DEC_ZERO;
	return true;
}

/* A close that was found out later could not be undone before. */
static bool may_reopen(const struct position *p, const struct change_ask *ask)
{
	struct instant from = p->closed_at;

	if (!instant_known(from))
		return false;
	if (instant_known(ask->recorded_at) && ask->recorded_at.ms > from.ms)
		from = ask->recorded_at;
	return instant_diff(ask->now, from).ms <= span_s(CHANGE_REOPEN_S).ms;
}

static bool do_reopen(struct change *out, const struct change_ask *ask,
		      struct err *err)
{
	const struct position *p = &out->position;
	char when[INSTANT_TEXT_MAX];

	if (!may_reopen(p, ask)) {
		instant_format(when, p->closed_at);
		return err_set(err, ERR_DATA, "position %" PRId64 " was closed "
			       "at %s, more than an hour ago; record it anew "
			       "with \"positions open\"", p->id, when);
	}
	out->event.reason = p->reason;
	back_to_open(out);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		out->position.leg[s].exit_price = fact_unknown(WHY_NOT_SET);
	out->unclose = true;
	return take_fees_back(&out->position, err);
}

static bool check_note(const struct change_ask *ask, struct err *err)
{
	size_t n = strlen(ask->note);

	if (n > CHANGE_NOTE_MAX)
		return err_set(err, ERR_USAGE, "the note has %zu bytes: write "
			       "at most %d", n, CHANGE_NOTE_MAX);
	if (ask->kind == CHANGE_NOTE && strspn(ask->note, " \t\r\n") == n)
		return err_set(err, ERR_USAGE, "the note is empty: write "
			       "positions note ID \"text\"");
	return true;
}

static bool do_kind(struct change *out, const struct change_ask *ask,
		    struct err *err)
{
	switch (ask->kind) {
	case CHANGE_CLOSE:	return do_close(out, ask, err);
	case CHANGE_KEEP:	return do_keep(out, ask, err);
	case CHANGE_CONFIRM:	return do_confirm(out, ask);
	case CHANGE_REOPEN:	return do_reopen(out, ask, err);
	case CHANGE_NOTE:	break;
	}
	return true;
}

bool change_make(struct change *out, const struct position *p,
		 const struct change_ask *ask, struct err *err)
{
	struct event *e = &out->event;

	*out = (struct change){ .position = *p };
	if (!check_status(p, ask->kind, err) || !check_note(ask, err) ||
	    !do_kind(out, ask, err))
		return false;
	out->rewrite = ask->kind != CHANGE_NOTE;
	e->position = p->id;
	e->at = ask->now;
	e->note = ask->note;
	snprintf(e->kind, sizeof(e->kind), "%s", change_word(ask->kind));
	snprintf(e->by, sizeof(e->by), "cli");
	if (out->position.status != p->status) {
		snprintf(e->from, sizeof(e->from), "%s",
			 status_word(p->status));
		snprintf(e->to, sizeof(e->to), "%s",
			 status_word(out->position.status));
	}
	return true;
}

/* ---- new positions ---- */

void change_init_new(struct position *p)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);

	*p = (struct position){ .status = STATUS_OPEN };
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		p->leg[s].quantity = p->leg[s].entry_price = none;
		p->leg[s].entry_rate_8h = p->leg[s].exit_price = none;
	}
	p->entry_divergence = p->entry_oi_ratio = none;
	p->opened_at = p->confirmed_at = INSTANT_UNKNOWN;
	p->decided_at = p->closed_at = p->muted_until = INSTANT_UNKNOWN;
}

static bool check_leg(const char **key, const struct leg *leg, enum side s,
		      struct err *err)
{
	static const char *const keys[][2] = {
		[LEG_LONG] = { "long_qty", "long_price" },
		[LEG_SHORT] = { "short_qty", "short_price" }
	};

	*key = keys[s][0];
	if (leg->quantity.known && dec_sign(leg->quantity.v) <= 0)
		return err_set(err, ERR_DATA, "the quantity of the %s leg is "
			       "not above zero", side_word(s));
	*key = keys[s][1];
	if (leg->entry_price.known && dec_sign(leg->entry_price.v) <= 0)
		return err_set(err, ERR_DATA, "the price of the %s leg is "
			       "not above zero", side_word(s));
	return true;
}

static bool agree(struct dec given_8h, struct dec rates_8h, struct err *err)
{
	char g[DEC_TEXT_MAX], r[DEC_TEXT_MAX];
	struct dec gap;

	if (dec_sub(&gap, given_8h, rates_8h) &&
	    dec_cmp(dec_abs(gap), dec_lit(AGREE_8H)) <= 0)
		return true;
	dec_format(g, given_8h);
	dec_format(r, rates_8h);
	return err_set(err, ERR_DATA, "the entry divergence %s is not short "
		       "rate - long rate = %s: correct one, or leave one out",
		       g, r);
}

/* Per 8 h: what was given, or what the rates of the legs say. */
static bool divergence_of(struct fact *out, const char **key,
			  const struct leg *leg, const struct fact *given,
			  struct err *err)
{
	const struct fact *l = &leg[LEG_LONG].entry_rate_8h;
	const struct fact *s = &leg[LEG_SHORT].entry_rate_8h;

	*key = l->known ? "entry_long_rate_8h" : "entry_short_rate_8h";
	*out = *given;
	if (l->known != s->known)
		return err_set(err, ERR_DATA, "the entry rate of the %s leg is "
			       "missing: give both or the entry divergence",
			       side_word(l->known ? LEG_SHORT : LEG_LONG));
	*key = "entry_divergence_8h";
	if (!l->known)
		return true;
	*out = fact_known(DEC_ZERO);
	if (!dec_sub(&out->v, s->v, l->v))
		return err_set(err, ERR_DATA, "the entry rates are out of "
			       "range");
	return !given->known || agree(given->v, out->v, err);
}

static bool set_divergence(struct position *p, const char **key,
			   const struct fact *given, struct err *err)
{
	struct fact d;
	struct dec daily;

	if (!divergence_of(&d, key, p->leg, given, err))
		return false;
	if (!d.known)
		return true;		/* stays unknown */
	if (!rate_per_day(&daily, (struct rate){ d.v, RATE_8H_S }))
		return err_set(err, ERR_DATA, "the entry divergence is out of "
			       "range");
	p->entry_divergence = fact_known(daily);
	return true;
}

bool change_check_new(struct position *p, const char **key,
		      const struct fact *divergence_8h, struct instant now,
		      struct err *err)
{
	char when[INSTANT_TEXT_MAX];

	*key = "short_venue";
	if (venue_cmp(p->leg[LEG_LONG].venue, p->leg[LEG_SHORT].venue) == 0)
		return err_set(err, ERR_DATA, "both legs are on %s: a pair "
			       "needs two venues", p->leg[LEG_LONG].venue.s);
	*key = "size_usd";
	if (dec_sign(p->size_usd) <= 0)
		return err_set(err, ERR_DATA, "the size is not above zero");
	if (!check_leg(key, &p->leg[LEG_LONG], LEG_LONG, err) ||
	    !check_leg(key, &p->leg[LEG_SHORT], LEG_SHORT, err))
		return false;
	*key = "opened_at";
	if (instant_diff(p->opened_at, now).ms > CHANGE_FUTURE_MS) {
		instant_format(when, p->opened_at);
		return err_set(err, ERR_DATA, "%s is in the future", when);
	}
	p->confirmed_at = now;
	return set_divergence(p, key, divergence_8h, err);
}
