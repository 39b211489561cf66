/* SPDX-License-Identifier: MIT */
/* The stored decision for people: one block a line, inputs below it. */
#include "view_explain.h"

#include "text_safe.h"
#include "sentence_text.h"

#include <inttypes.h>
#include <string.h>

#define LINE_MAX_TEXT 700

/* Upper case, so that a verdict is found at a glance. */
static const char *verdict_shown(const struct finding *f)
{
	if (!f)
		return "-";
	switch (f->verdict) {
	case VERDICT_FALSE:	return "false";
	case VERDICT_TRUE:	return "TRUE";
	case VERDICT_UNKNOWN:	return "UNKNOWN";
	}
	return "-";
}

static void add_progress(struct text *t, const struct view *v,
			 const struct view_row *r, int line)
{
	struct view_progress p[LINE_NODES_MAX];
	int n = view_progress(p, v, r, line);

	for (int i = 0; i < n; i++) {
		if (!p[i].by_time) {
			text_add(t, "  %" PRId32 " of %" PRId32 " polls",
				 p[i].count, p[i].needed);
			continue;
		}
		text_add(t, "  ");
		if (instant_known(p[i].since))
			text_add_span(t, instant_diff(v->poll.at, p[i].since));
		else
			text_add(t, "0s");
		text_add(t, " of ");
		text_add_span(t, p[i].needed_time);
	}
}

static void add_inputs(struct text *t, const struct view_row *r,
		       const struct line *l)
{
	const char *gap = "";

	for (int id = 0; id < FACT_COUNT; id++) {
		if (!(l->uses & (UINT64_C(1) << id)))
			continue;
		text_add(t, "%s%s ", gap, fact_name((enum fact_id)id));
		text_add_fact(t, &r->facts, (enum fact_id)id);
		gap = ", ";
	}
	if (l->uses & USES(ALT_DIVERGENCE) && r->facts.alt_found)
		text_add(t, "; target long %s short %s", r->facts.alt_long.s,
			 r->facts.alt_short.s);
}

bool view_is_muted(const struct view *v, const struct view_row *r, int line)
{
	const struct position *p = &r->pos;

	return line < v->profile->n_close && p->status != STATUS_CLOSED &&
	       instant_known(p->muted_until) &&
	       p->muted_until.ms > v->now.ms &&
	       strcmp(p->muted.s, v->profile->line[line].label.s) == 0;
}

static void print_line(FILE *f, const struct cli *c, const struct view *v,
		       const struct view_row *r, int i)
{
	const struct line *l = &v->profile->line[i];
	const struct finding *found = view_finding(r, i);
	bool deciding = r->verdicts && r->verdicts->line == i;
	char buf[LINE_MAX_TEXT];
	struct text t = text_on(buf, sizeof(buf));

	add_progress(&t, v, r, i);
	fprintf(f, "  %-5s  %-22s  %-7s  %s%s%s",
		i < v->profile->n_close ? "close" : "alert", l->label.s,
		verdict_shown(found), l->text, buf,
		deciding ? "  <- decides" : "");
	if (view_is_muted(v, r, i))
		fprintf(f, "  (kept until %s)",
			cli_shown_time(c, r->pos.muted_until));
	fputc('\n', f);
	t = text_on(buf, sizeof(buf));
	add_inputs(&t, r, l);
	fprintf(f, "  %38s  %s\n", "", buf);
	if (found && found->verdict == VERDICT_UNKNOWN &&
	    found->missing < FACT_COUNT)
		fprintf(f, "  %38s  missing: %s (%s)\n", "",
			fact_name(found->missing), why_word(found->why));
}

void view_explain_table(FILE *f, const struct cli *c, const struct view *v,
			const struct view_row *r)
{
	for (int i = 0; i < v->profile->n_lines; i++)
		print_line(f, c, v, r, i);
}

static void print_leg(FILE *f, const struct cli *c, const struct view_row *r,
		      enum side side)
{
	const struct view_leg *leg = &r->leg[side];
	struct view_text rate = view_rate_8h(leg->rate_8h, c->unit,
					     leg->why != WHY_KNOWN);

	fprintf(f, "  %-5s  %-12s  rate %s/%s", side_word(side),
		r->pos.leg[side].venue.s, rate.s, view_unit_word(c->unit));
	if (instant_known(leg->observed_at))
		fprintf(f, " at %s", cli_shown_time(c, leg->observed_at));
	if (leg->why != WHY_KNOWN)
		fprintf(f, "  (%s)", why_word(leg->why));
	fputc('\n', f);
}

void view_explain_text(FILE *f, const struct cli *c, const struct view *v,
		       const struct view_row *r)
{
	const struct position *p = &r->pos;
	const struct evidence_row *e = r->verdicts;

	fprintf(f, "Position %s/%" PRId64 "  %s long %s short %s: %s%s%s\n",
		v->account->name, p->id, p->symbol.s, p->leg[LEG_LONG].venue.s,
		p->leg[LEG_SHORT].venue.s, action_word(e->action),
		e->label.s[0] ? " " : "", e->label.s);
	fprintf(f, "Poll %" PRId64 " at %s, profile %s (%s), %s\n",
		v->poll.seq, cli_shown_time(c, v->poll.at), v->profile->name,
		v->profile->hash, e->new_data ? "new data" :
		"no new data from both legs");
	print_leg(f, c, r, LEG_LONG);
	print_leg(f, c, r, LEG_SHORT);
	fputc('\n', f);
	view_explain_table(f, c, v, r);
}
