/* SPDX-License-Identifier: MIT */
/*
 * Lines that stand first where a trading client says what is held: a leg that
 * is gone, legs that no longer cover each other, a liquidation ahead. The
 * shipped profiles get them; an own list of lines stays as written.
 */
#include <string.h>

#include "config_load.h"
#include "facts_plan.h"

static const struct {
	const char *label, *text;
} protective[] = {
	{ "LEG_MISSING", "leg_missing" },
	{ "LEG_DRIFT", "leg_drift" },
	{ "LIQUIDATION_NEAR", "liquidation_near" },
};

#define PROTECTIVE ((int)(sizeof(protective) / sizeof(*protective)))
#define BASIS_LABEL "BASIS_WIDE"
#define BASIS_TEXT "basis_wide(1%)"	/* only told */

static const struct profile *base_of(const struct load *l,
				     const struct profile *p)
{
	while (p->extends[0])
		p = config_profile(l->c, p->extends);
	return p;
}

/* Shipped, not hidden by an own one, and not the page of the document. */
static bool is_shipped(const struct load *l, const struct profile *p)
{
	const struct yaml *own = yaml_get(l->own, "profiles");

	return yaml_get(yaml_get(l->shipped, "profiles"), p->name) &&
	       !(own && own->shape == YAML_MAP && yaml_get(own, p->name)) &&
	       strcmp(p->name, "textbook") != 0;
}

/* Lines `from` to `to` of a, at another place in b. */
static bool same_lines(const struct profile *a, int from, int to,
		       const struct profile *b, int at)
{
	for (int i = 0; from + i < to; i++) {
		const struct line *x = &a->line[from + i];
		const struct line *y = &b->line[at + i];

		if (strcmp(x->label.s, y->label.s) != 0 ||
		    strcmp(x->text, y->text) != 0)
			return false;
	}
	return true;
}

static bool same_close(const struct profile *a, const struct profile *b)
{
	return a->n_close == b->n_close &&
	       same_lines(a, 0, a->n_close, b, 0);
}

static bool same_alert(const struct profile *a, const struct profile *b)
{
	return a->n_lines - a->n_close == b->n_lines - b->n_close &&
	       same_lines(a, a->n_close, a->n_lines, b, b->n_close);
}

static bool has_held(const struct profile *p)
{
	for (int i = 0; i < p->n_close; i++)
		if (p->line[i].uses & FACTS_HELD)
			return true;
	return false;
}

static bool put_line(struct profile *p, int at, const char *label,
		     const char *text, struct err *err)
{
	struct line *line = &p->line[at];
	int column;

	memmove(line + 1, line, (size_t)(p->n_lines - at) * sizeof(*line));
	p->n_lines++;
	if (!expr_parse(line, text, &column, err) ||
	    !label_parse(&line->label, label, strlen(label)))
		return false;
	line->row = line->column = 0;
	return true;
}

static bool put_first(struct profile *p, bool alert, struct err *err)
{
	if (p->n_lines + PROTECTIVE + 1 > LINES_MAX)
		return err_set(err, ERR_CONFIG, "too many lines");
	for (int i = 0; i < PROTECTIVE; i++)
		if (!put_line(p, i, protective[i].label, protective[i].text,
			      err))
			return false;
	p->n_close += PROTECTIVE;
	if (alert && !put_line(p, p->n_close, BASIS_LABEL, BASIS_TEXT, err))
		return false;
	if (profile_slots(p) > SLOTS_MAX)
		return err_set(err, ERR_CONFIG, "too many `for`");
	profile_seal(p);
	return true;
}

bool profile_protect(struct load *l, struct account *a,
		     const struct yaml *place)
{
	const struct profile *base = base_of(l, a->profile);
	struct err err = { ERR_NONE, "" };
	struct profile *p;

	if (!a->control_api.url[0] || has_held(a->profile))
		return true;
	if (!is_shipped(l, base) || !same_close(a->profile, base)) {
		if (strcmp(base->name, "textbook") != 0)
			complain(l->list, true, place->row, place->column,
				 "accounts.%s: profile %s has close lines of "
				 "its own: put \"LEG_MISSING: leg_missing\" "
				 "first, the trading client tells it", a->name,
				 a->profile->name);
		return true;
	}
	p = arena_alloc(l->arena, sizeof(*p));
	if (!p)
		return false;
	*p = *a->profile;
	if (!put_first(p, same_alert(p, base), &err)) {
		complain(l->list, true, place->row, place->column,
			 "accounts.%s: no protective lines: %s", a->name,
			 err.text);
		return true;
	}
	a->profile = p;
	return true;
}
