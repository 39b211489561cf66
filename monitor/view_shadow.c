/* SPDX-License-Identifier: MIT */
/*
 * A shadow's close stands among the position's events, its profile's name
 * before the sentence; what the pair had earned by then, and has since, is in
 * the ledger.
 */
#include "view_shadow.h"

#include <string.h>

#include "text_safe.h"
#include "view_text.h"

/* "aggressive: PROFIT_EROSION: ..." */
static void take_event(struct view_shadow *s, const struct event *e)
{
	const char *colon = strstr(e->note, ": ");
	size_t n = colon ? (size_t)(colon - e->note) : 0;

	if (n == 0 || n >= sizeof(s->profile))
		return;
	memset(s->profile, 0, sizeof(s->profile));
	memcpy(s->profile, e->note, n);
	s->closed_at = e->at;
	s->reason = e->reason;
	s->why = colon + 2;
}

/* Booked while held, up to a time or after it; what is known of it. */
static struct fact settled(bool *part, const struct view_row *r,
			   struct instant t, bool after)
{
	struct funding f = { .sum_usd = fact_known(DEC_ZERO) };

	for (size_t i = 0; i < r->n_settlements; i++)
		if ((r->settlements[i].at.ms > t.ms) == after)
			funding_add(&f, &r->settlements[i]);
	*part = f.n_unknown > 0;
	return f.sum_usd;
}

/* What was paid, and for a pair still open what leaving would cost. */
static struct fact all_costs(const struct view_row *r)
{
	struct fact paid = fact_add(fact_known(r->pos.fees_usd),
				    fact_known(r->pos.slippage_usd));

	return r->pos.status == STATUS_CLOSED ? paid :
	       fact_add(paid, r->cost_usd);
}

void view_shadow_find(struct view_shadow *out, const struct view *v,
		      const struct view_row *r, const struct event *events,
		      size_t n)
{
	const struct profile *p = config_shadow(v->config, v->account);

	*out = (struct view_shadow){ .closed_at = INSTANT_UNKNOWN, .why = "" };
	if (p)
		memcpy(out->profile, p->name, sizeof(out->profile));
	for (size_t i = 0; i < n; i++)
		if (strcmp(events[i].kind, "shadow") == 0)
			take_event(out, &events[i]);
	out->net_usd = out->since_usd = fact_unknown(WHY_NOT_SET);
	if (!instant_known(out->closed_at))
		return;
	out->net_usd = fact_sub(settled(&out->net_part, r, out->closed_at,
					false), all_costs(r));
	out->since_usd = settled(&out->since_part, r, out->closed_at, true);
}

void view_shadow_text(FILE *f, const struct cli *c,
		      const struct view_shadow *s)
{
	if (!s->profile[0])
		return;
	if (!instant_known(s->closed_at)) {
		fprintf(f, "\nShadow %s: has not closed it\n", s->profile);
		return;
	}
	fprintf(f, "\nShadow %s would have closed at %s (%s)\n", s->profile,
		cli_shown_time(c, s->closed_at), s->reason.s);
	fprintf(f, "  net then %s USD, leaving included; settled since %s USD\n",
		view_usd(s->net_usd, 2, true, s->net_part).s,
		view_usd(s->since_usd, 2, true, s->since_part).s);
	fputs("  ", f);
	text_print_safe(f, s->why);
	putc('\n', f);
}

void view_shadow_json(struct json_out *o, const struct view_shadow *s)
{
	const struct fact unknown = fact_unknown(WHY_MISSED);

	json_out_key(o, "shadow");
	if (!s->profile[0]) {
		json_out_text(o, NULL);
		return;
	}
	json_out_open(o, '{');
	json_put_text(o, "profile", s->profile);
	json_put_instant(o, "closed_at", s->closed_at);
	json_put_maybe(o, "reason", s->reason.s);
	json_put_maybe(o, "text", s->why);
	json_put_fact(o, "net_usd", s->net_part ? unknown : s->net_usd);
	json_put_fact(o, "since_usd", s->since_part ? unknown : s->since_usd);
	json_out_close(o, '}');
}
