/* SPDX-License-Identifier: MIT */
/*
 * Does a replayed poll say what the recorded one says? Everything evidence
 * keeps of a position is compared: action, label, deciding line, each
 * verdict with its reason, and each streak.
 */
#include "replay.h"

#include <stdio.h>
#include <string.h>

#include "sentence_text.h"

static void tell_finding(struct text *t, struct finding f)
{
	text_add(t, "%s", verdict_word(f.verdict));
	if (f.verdict == VERDICT_UNKNOWN && f.missing < FACT_COUNT)
		text_add(t, " (%s: %s)", fact_name(f.missing),
			 why_word(f.why));
}

static bool same_finding(struct finding a, struct finding b)
{
	return a.verdict == b.verdict &&
	       (a.verdict != VERDICT_UNKNOWN ||
		(a.missing == b.missing && a.why == b.why));
}

static bool same_decision(struct text *t, const struct decision *d,
			  const struct evidence_row *row)
{
	if (d->action != row->action || strcmp(d->label.s, row->label.s) != 0) {
		text_add(t, "recorded %s %s, replayed %s %s",
			 action_word(row->action), row->label.s,
			 action_word(d->action), d->label.s);
		return false;
	}
	if (d->line != row->line) {
		text_add(t, "recorded line %d decides, replayed line %d",
			 row->line, d->line);
		return false;
	}
	if (d->new_data != row->new_data)
		text_add(t, "recorded as %s data, replayed as %s",
			 row->new_data ? "new" : "old",
			 d->new_data ? "new" : "old");
	return d->new_data == row->new_data;
}

static bool same_findings(struct text *t, const struct decision *d,
			  const struct evidence_row *row,
			  const struct profile *p)
{
	if (d->n_lines != row->n_lines) {
		text_add(t, "recorded %d lines, replayed %d", row->n_lines,
			 d->n_lines);
		return false;
	}
	for (int i = 0; i < d->n_lines; i++) {
		if (same_finding(d->finding[i], row->finding[i]))
			continue;
		text_add(t, "%s: recorded ", p->line[i].label.s);
		tell_finding(t, row->finding[i]);
		text_add(t, ", replayed ");
		tell_finding(t, d->finding[i]);
		return false;
	}
	return true;
}

static bool same_streaks(struct text *t, const struct watched *x,
			 const struct evidence_row *row,
			 const struct profile *p)
{
	for (int i = 0, k = 0; i < p->n_lines; k += p->line[i++].n_slots)
		for (int j = 0; j < p->line[i].n_slots; j++) {
			if (k + j < row->n_slots &&
			    streak_same(&x->slots[k + j], &row->slot[k + j]))
				continue;
			text_add(t, "%s: streak %d is not the recorded one",
				 p->line[i].label.s, j);
			return false;
		}
	return row->n_slots == profile_slots(p);
}

bool replay_same(char *buf, size_t n, const struct watched *x,
		 const struct evidence_row *row, const struct profile *p)
{
	struct text t = text_on(buf, n);

	return same_decision(&t, &x->decision, row) &&
	       same_findings(&t, &x->decision, row, p) &&
	       same_streaks(&t, x, row, p);
}
