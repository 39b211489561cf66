/* SPDX-License-Identifier: MIT */
/*
 * Numbers of a view for people: rounded here, for display, and nowhere else.
 * Called by the reading commands.
 */
#include "view_text.h"

#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct view_text dash(void)
{
	return (struct view_text){ "-" };
}

static struct view_text fixed(struct dec v, int places, const char *unit,
			      bool sign, bool old)
{
	struct view_text t;
	char number[DEC_TEXT_MAX];

	dec_format_fixed(number, v, places);
	snprintf(t.s, sizeof(t.s), "%s%s%s%s", old ? "~" : "",
		 sign && dec_sign(v) > 0 ? "+" : "", number, unit);
	return t;
}

static const struct unit_text {
	const char *word;
	int places;
} units[] = {
	[UNIT_8H] = { "8h", 4 },
	[UNIT_1H] = { "1h", 5 },
	[UNIT_DAY] = { "day", 4 },
	[UNIT_APR] = { "APR", 2 },
};

const char *view_unit_word(enum unit u)
{
	return units[u].word;
}

static bool in_unit(struct dec *out, struct dec daily, enum unit u)
{
	*out = daily;
	switch (u) {
	case UNIT_8H:
		*out = rate_from_day(daily, RATE_8H_S);
		return true;
	case UNIT_1H:
		*out = rate_from_day(daily, 3600);
		return true;
	case UNIT_DAY:
		return true;
	case UNIT_APR:
		return dec_mul_int(out, daily, 365);
	}
	return false;
}

struct view_text view_rate(struct fact daily, enum unit u, bool old)
{
	struct dec v;

	if (!daily.known || !in_unit(&v, daily.v, u) ||
	    !dec_mul_int(&v, v, 100))
		return dash();
	return fixed(v, units[u].places, "%", true, old);
}

struct view_text view_rate_8h(struct fact rate_8h, enum unit u, bool old)
{
	struct rate r = { rate_8h.v, RATE_8H_S };
	struct fact daily = rate_8h;

	if (rate_8h.known && !rate_per_day(&daily.v, r))
		return dash();
	return view_rate(daily, u, old);
}

struct view_text view_percent(struct fact fraction, int places, bool old)
{
	struct dec v;

	if (!fraction.known || !dec_mul_int(&v, fraction.v, 100))
		return dash();
	return fixed(v, places, "%", false, old);
}

struct view_text view_usd(struct fact usd, int places, bool sign, bool old)
{
	return usd.known ? fixed(usd.v, places, "", sign, old) : dash();
}

struct view_text view_amount(struct fact v, bool old)
{
	struct view_text t;
	char number[DEC_TEXT_MAX];

	if (!v.known)
		return dash();
	dec_format(number, v.v);
	snprintf(t.s, sizeof(t.s), "%s%s", old ? "~" : "", number);
	return t;
}

struct view_text view_span(struct span d, bool old)
{
	struct view_text t;
	char text[SPAN_TEXT_MAX];

	if (d.ms < 0)
		return dash();
	span_format_human(text, d);
	snprintf(t.s, sizeof(t.s), "%s%s", old ? "~" : "", text);
	return t;
}

struct cell view_hours(struct table *t, struct span d, bool old)
{
	struct dec h;

	if (!dec_join(&h, d.ms, 3) || !dec_div(&h, h, dec_int(3600)))
		return (struct cell){ .kind = CELL_NULL };
	return cell_dec(t, dec_round(h, 1), view_span(d, old).s);
}

bool view_erosion_limit(struct dec *keep, const struct profile *p)
{
	bool found = false;

	for (int i = 0; i < p->n_close; i++) {
		const struct line *l = &p->line[i];

		for (int k = 0; k < l->n_nodes; k++) {
			const struct node *n = &l->node[k];
			const struct dec *v = n->kind == NODE_CALL ?
				view_argument(n, "keep") : NULL;

			if (!v || (found && dec_cmp(*v, *keep) <= 0))
				continue;
			*keep = *v;
			found = true;
		}
	}
	return found;
}

struct view_text view_kept(const struct view_row *r, const struct profile *p)
{
	bool old = r->stale || r->divergence_old;
	struct view_text kept = view_percent(r->ratio, 0, old), t, limit;
	struct dec keep;

	if (!r->ratio.known || !view_erosion_limit(&keep, p))
		return kept;
	limit = view_percent(fact_known(keep), 0, false);
	snprintf(t.s, sizeof(t.s), "%.40s (<%.40s)", kept.s, limit.s);
	return t;
}

struct view_text view_next(const struct view_cash *c, struct instant now,
			   bool old)
{
	struct view_text t, usd;
	int64_t minutes;

	if (!instant_known(c->at))
		return dash();
	usd = view_usd(c->amount_usd, 2, true, old || c->stale);
	minutes = instant_diff(c->at, now).ms / 60000;
	snprintf(t.s, sizeof(t.s), "%s %.40s in %" PRId64 "h%02dm",
		 c->both ? "both" : side_word(c->side), usd.s, minutes / 60,
		 (int)(minutes % 60));
	return t;
}

struct view_text view_near(const struct view_row *r)
{
	char text[VIEW_NEAREST_MAX];
	struct view_text t;

	view_nearest_text(text, &r->nearest);
	if (!text[0])
		return dash();
	snprintf(t.s, sizeof(t.s), "%s%s", r->stale ? "~" : "", text);
	return t;
}

int view_action_tone(enum action a)
{
	switch (a) {
	case ACTION_HOLD:	return TONE_PLAIN;
	case ACTION_ALERT:	return TONE_WARN;
	case ACTION_CLOSE:	return TONE_BAD;
	}
	return TONE_PLAIN;
}
