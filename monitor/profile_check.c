/* SPDX-License-Identifier: MIT */
/*
 * What is allowed but probably not meant: lines that can never decide, a
 * min_hold before a safety line, a `for` that stands still when it matters,
 * inputs no venue of the account supplies. All of it warnings.
 */
#include <stdio.h>
#include <string.h>

#include "config_load.h"
#include "facts_plan.h"

/* Rules with one threshold: which side of it is the stronger claim. */
static const struct monotone {
	const char *rule;
	int stronger;		/* sign of (stronger - weaker) */
} monotone[] = {
	{ "flip", -1 }, { "erosion", -1 }, { "age", 1 }, { "min_hold", 1 },
	{ "stale_data", 1 }, { "better_opportunity", 1 },
	{ "take_profit", 1 }, { "stop_loss", 1 }, { "carry_below", -1 },
	{ "break_even_beyond", 1 },
};

static int stronger_side(const struct rule *r)
{
	for (size_t i = 0; i < sizeof(monotone) / sizeof(monotone[0]); i++)
		if (!strcmp(monotone[i].rule, r->name))
			return monotone[i].stronger;
	return 0;
}

/* TRUE of a makes TRUE of b certain; the first argument is the threshold. */
static bool call_implies(const struct node *a, const struct node *b)
{
	int side;

	if (a->rule != b->rule)
		return false;
	for (int i = 1; i < RULE_PARAMS_MAX; i++)
		if (a->rule->params[i].name &&
		    dec_cmp(a->arg[i], b->arg[i]) != 0)
			return false;
	side = stronger_side(a->rule);
	return dec_cmp(a->arg[0], b->arg[0]) * side >= 0 &&
	       (side != 0 || dec_cmp(a->arg[0], b->arg[0]) == 0);
}

/*
 * A sufficient test only: `for` and `not` imply nothing here. A rule
 * without parameters compares equal, its unused arguments being zero.
 */
static bool implies(const struct line *la, int ia, const struct line *lb,
		    int ib)
{
	const struct node *a = &la->node[ia], *b = &lb->node[ib];

	if (a->kind == NODE_OR)
		return implies(la, a->left, lb, ib) &&
		       implies(la, a->right, lb, ib);
	if (b->kind == NODE_AND)
		return implies(la, ia, lb, b->left) &&
		       implies(la, ia, lb, b->right);
	if (a->kind == NODE_AND && (implies(la, a->left, lb, ib) ||
				    implies(la, a->right, lb, ib)))
		return true;
	if (b->kind == NODE_OR)
		return implies(la, ia, lb, b->left) ||
		       implies(la, ia, lb, b->right);
	return a->kind == NODE_CALL && b->kind == NODE_CALL &&
	       call_implies(a, b);
}

static bool unreachable(const struct line *later, const struct line *earlier)
{
	return !strcmp(later->text, earlier->text) ||
	       implies(later, later->n_nodes - 1, earlier,
		       earlier->n_nodes - 1);
}

static void check_reachable(struct load *l, const struct profile *p, int i)
{
	const struct line *line = &p->line[i];

	for (int j = 0; j < i; j++)
		if (unreachable(line, &p->line[j])) {
			complain(l->list, true, line->row, line->column,
				 "%s can never decide: whenever it is true, "
				 "so is %s above it", line->label.s,
				 p->line[j].label.s);
			return;
		}
}

enum { HAS_HOLD = 1, HAS_SAFETY = 2, HAS_BOTH = 3 };

static int call_flags(const struct node *n)
{
	if (!strcmp(n->rule->name, "min_hold"))
		return HAS_HOLD;
	if (!strcmp(n->rule->name, "flip") ||
	    !strcmp(n->rule->name, "stop_loss") ||
	    (!strcmp(n->rule->name, "erosion") &&
	     dec_cmp(n->arg[0], dec_lit("0.2")) <= 0))
		return HAS_SAFETY;
	return 0;
}

/* What one way of becoming TRUE needs together. */
static int flags(const struct line *line, int i)
{
	const struct node *n = &line->node[i];
	int a, b;

	if (n->kind == NODE_CALL)
		return call_flags(n);
	if (n->kind == NODE_NOT)
		return 0;
	a = flags(line, n->left);
	if (n->kind != NODE_AND && n->kind != NODE_OR)
		return a;
	b = flags(line, n->right);
	if (n->kind == NODE_AND)
		return a | b;
	return a == HAS_BOTH || b == HAS_BOTH ? HAS_BOTH : a & b;
}

static void check_gag(struct load *l, const struct line *line)
{
	if (flags(line, line->n_nodes - 1) == HAS_BOTH)
		complain(l->list, true, line->row, line->column,
			 "%s: min_hold keeps a safety exit shut: a flip, "
			 "severe erosion or loss goes on costing until then",
			 line->label.s);
}

/* The first rule below a node that has to speak while rates are missing. */
static const struct rule *outage_rule(const struct line *line, int i)
{
	const struct node *n = &line->node[i];
	const struct rule *r = n->rule;

	if (n->kind == NODE_CALL)
		return r->protective || !strcmp(r->name, "stale_data") ?
		       r : NULL;
	r = outage_rule(line, n->left);
	if (!r && (n->kind == NODE_AND || n->kind == NODE_OR))
		r = outage_rule(line, n->right);
	return r;
}

/* Without new rates a `for` stands still, and what is in it with it. */
static void check_for(struct load *l, const struct line *line)
{
	for (int i = 0; i < line->n_nodes; i++) {
		const struct node *n = &line->node[i];
		const struct rule *r;

		if (n->kind != NODE_FOR_POLLS && n->kind != NODE_FOR_TIME)
			continue;
		r = outage_rule(line, i);
		if (!r)
			continue;
		complain(l->list, true, line->row, line->column,
			 "%s: \"for\" counts polls with new rates alone, so "
			 "%s in it does not count while rates are missing: "
			 "write it without \"for\"", line->label.s, r->name);
		return;
	}
}

void profile_check(struct load *l, const struct profile *p,
		   const struct yaml *node)
{
	bool close = yaml_get(node, "close") != NULL;
	bool alert = yaml_get(node, "alert") != NULL;
	const struct yaml *at = yaml_get(node, "blind_after");

	for (int i = 0; i < p->n_lines; i++) {
		if (!(i < p->n_close ? close : alert))
			continue;
		check_reachable(l, p, i);
		check_for(l, &p->line[i]);
		if (i < p->n_close)
			check_gag(l, &p->line[i]);
	}
	if (p->blind_after.ms >= 2 * p->poll_interval.ms)
		return;
	at = at ? at : yaml_get(node, "poll_interval");
	complain(l->list, false, at ? at->row : node->key_row,
		 at ? at->column : node->key_column,
		 "profiles.%s: blind_after must be at least two "
		 "poll_intervals", p->name);
}

/* ---- with an account's venues ---- */

static bool uses_venue(const struct account *a, struct venue v)
{
	for (size_t i = 0; i < a->n_venues; i++)
		if (!venue_cmp(a->venues[i], v))
			return true;
	return a->n_venues == 0;
}

/* The account's venue that pays most often; NULL if none is known. */
static const struct venue_terms *most_frequent(const struct load *l,
					       const struct account *a)
{
	const struct venue_terms *best = NULL;

	for (size_t i = 0; i < l->c->limits.n_terms; i++) {
		const struct venue_terms *t = &l->c->limits.terms[i];

		if (t->pays_every_s > 0 && uses_venue(a, t->venue) &&
		    (!best || t->pays_every_s < best->pays_every_s))
			best = t;
	}
	return best;
}

static void check_window(struct load *l, const struct account *a,
			 const struct yaml *y, const struct line *line,
			 const struct venue_terms *t)
{
	char span[SPAN_TEXT_MAX];

	for (int i = 0; i < line->n_nodes; i++) {
		const struct node *n = &line->node[i];

		if (n->kind != NODE_CALL ||
		    strcmp(n->rule->name, "funding_window") ||
		    dec_cmp_mul(n->arg[0], dec_int(4),
				dec_int(t->pays_every_s), dec_int(1)) < 0)
			continue;
		span_format(span, span_s(t->pays_every_s));
		complain(l->list, true, y->row, y->column,
			 "accounts.%s: %s of profile %s looks a quarter or "
			 "more of the %s ahead in which %s pays", a->name,
			 line->label.s, a->profile->name, span, t->venue.s);
	}
}

/* Without payment intervals what asks for a schedule is never known. */
static bool never_known(const struct line *line)
{
	const uint64_t intervals = USES(LONG_PAYS) | USES(ALT_LONG_PAYS);

	for (int i = 0; i < line->n_nodes; i++) {
		const struct node *n = &line->node[i];

		if (n->kind == NODE_CALL &&
		    !strcmp(n->rule->name, "funding_window") &&
		    dec_sign(n->arg[1]) == 0)	/* when=paying */
			return true;
	}
	return line->uses & intervals;
}

static bool fees_known(const struct load *l, const struct account *a)
{
	for (size_t i = 0; i < l->c->limits.n_terms; i++) {
		const struct venue_terms *t = &l->c->limits.terms[i];

		if (uses_venue(a, t->venue) && t->taker_fee.known &&
		    t->slippage.known)
			return true;
	}
	return false;
}

/* What only a trading client can tell. */
static void check_held(struct load *l, const struct account *a,
		       const struct yaml *place, const struct line *line)
{
	if (line->uses & FACTS_HELD && !a->control_api.url[0])
		complain(l->list, false, place->row, place->column,
			 "accounts.%s: %s is never known without the trading "
			 "client: add positions.control_api, or leave the "
			 "line out", a->name, line->label.s);
}

/* The service gives no mark prices; a trading client does. */
static void check_prices(struct load *l, const struct account *a,
			 const struct yaml *place, const struct line *line)
{
	if (line->uses & USES(PRICE) && !a->control_api.url[0])
		complain(l->list, true, place->row, place->column,
			 "accounts.%s: %s is never known with pnl=net: the "
			 "service gives no mark prices; write pnl=carry",
			 a->name, line->label.s);
}

static void check_costs(struct load *l, const struct account *a,
			const struct yaml *place, const struct line *line)
{
	if (line->uses & (USES(ALT_COST) | USES(EXIT_COST)) &&
	    l->c->costs == COSTS_FEES && !fees_known(l, a))
		complain(l->list, true, place->row, place->column,
			 "accounts.%s: %s needs taker_fee and slippage, "
			 "which no venue of the account has both of: "
			 "add them, or use costs.model: round_trip",
			 a->name, line->label.s);
}

void profile_check_account(struct load *l, const struct account *a,
			   const struct yaml *place)
{
	const uint64_t settlement = USES(LONG_NEXT) | USES(SHORT_NEXT) |
				    USES(WINDOW_CARRY);
	const struct venue_terms *t = most_frequent(l, a);

	for (int i = 0; i < a->profile->n_lines; i++) {
		const struct line *line = &a->profile->line[i];

		if (t)
			check_window(l, a, place, line, t);
		else if (line->uses & settlement)
			complain(l->list, !never_known(line), place->row,
				 place->column,
				 "accounts.%s: %s needs pays_every, which no "
				 "venue of the account has: add it under "
				 "venues:", a->name, line->label.s);
		check_prices(l, a, place, line);
		check_held(l, a, place, line);
		check_costs(l, a, place, line);
	}
}
