/* SPDX-License-Identifier: MIT */
/*
 * Arguments of rules from and to text, and the canonical text of a line: the
 * key under which streaks are kept, so it must not depend on how a person
 * happened to write the line.
 */
#include "expr_text.h"

#include <assert.h>
#include <string.h>

#include "sentence_text.h"

/* ---- arguments ---- */

/* A choice lists its words instead. */
static const char *const remedies[] = {
	[PARAM_NUMBER] = "a number as 3 or 0.33",
	[PARAM_SHARE] = "a share as 0.002, 0.2% or 20bps",
	[PARAM_TIME] = "a time with its unit as 15m, 24h or 7d",
};

static bool parse_time(struct dec *out, const char *s, size_t n)
{
	struct span d;

	if (!span_parse(&d, s, n))
		return false;
	*out = dec_milli(d.ms);
	return true;
}

static bool parse_choice(struct dec *out, const struct param *p,
			 const char *s, size_t n)
{
	for (int i = 0; p->choices[i]; i++) {
		if (strlen(p->choices[i]) == n &&
		    memcmp(p->choices[i], s, n) == 0) {
			*out = dec_int(i);
			return true;
		}
	}
	return false;
}

static bool parse_kind(struct dec *out, const struct param *p, const char *s,
		       size_t n)
{
	switch (p->kind) {
	case PARAM_NUMBER:
		return dec_parse(out, s, n);
	case PARAM_SHARE:
		return dec_parse_share(out, s, n);
	case PARAM_TIME:
		return parse_time(out, s, n);
	case PARAM_CHOICE: ;
	}
	return parse_choice(out, p, s, n);
}

static bool refuse_choice(const struct param *p, struct err *err)
{
	char list[120];
	struct text t = text_on(list, sizeof(list));

	for (int i = 0; p->choices[i]; i++)
		text_add(&t, "%s%s", i ? ", " : "", p->choices[i]);
	return err_set(err, ERR_CONFIG, "%s is one of: %s", p->name, list);
}

static bool within(const struct param *p, struct dec v)
{
	return (!p->min || dec_cmp(v, dec_lit(p->min)) >= 0) &&
	       (!p->max || dec_cmp(v, dec_lit(p->max)) <= 0);
}

bool expr_parse_arg(struct dec *out, const struct param *p, const char *s,
		    size_t n, struct err *err)
{
	int shown = n > 40 ? 40 : (int)n;

	if (!parse_kind(out, p, s, n))
		return p->kind == PARAM_CHOICE ? refuse_choice(p, err) :
		       err_set(err, ERR_CONFIG, "%s: \"%.*s\" is not valid, "
			       "write %s", p->name, shown, s, remedies[p->kind]);
	if (!within(p, *out))
		return err_set(err, ERR_CONFIG, "%s: %.*s is out of range "
			       "(%s to %s)", p->name, shown, s,
			       p->min ? p->min : "any", p->max ? p->max : "any");
	return true;
}

/* What was made of a whole number is one again. */
static int64_t whole(bool (*to)(int64_t *out, struct dec a), struct dec v)
{
	int64_t n = 0;
	bool ok = to(&n, v);

	assert(ok);
	(void)ok;
	return n;
}

size_t expr_format_arg(char *buf, size_t n, const struct param *p,
		       struct dec v)
{
	char text[DEC_TEXT_MAX];

	if (p->kind == PARAM_CHOICE)
		return (size_t)snprintf(buf, n, "%s",
					p->choices[whole(dec_to_int, v)]);
	if (p->kind == PARAM_TIME)
		span_format(text, (struct span){ whole(dec_to_milli, v) });
	else
		dec_format(text, v);
	return (size_t)snprintf(buf, n, "%s", text);
}

/* ---- lines ---- */

/* How tightly a node binds; a looser child needs parentheses. */
static const int binding[] = {
	[NODE_OR] = 0, [NODE_AND] = 1, [NODE_NOT] = 2, [NODE_FOR_POLLS] = 3,
	[NODE_FOR_TIME] = 3, [NODE_CALL] = 4,
};

/* Lines stored before the parameter existed must keep their text. */
static bool left_out(const struct rule *r, int i, struct dec v)
{
	const struct param *p = &r->params[i];
	struct dec def;
	bool ok;

	if (!(r->added >> i & 1))
		return false;
	ok = parse_kind(&def, p, p->def, strlen(p->def));
	assert(ok);	/* a rule's own default */
	(void)ok;
	return dec_cmp(v, def) == 0;
}

static void put_call(struct text *t, const struct node *n)
{
	const char *between = "";
	char value[DEC_TEXT_MAX];

	text_add(t, "%s(", n->rule->name);
	for (int i = 0; i < RULE_PARAMS_MAX && n->rule->params[i].name; i++) {
		const struct param *p = &n->rule->params[i];

		if (left_out(n->rule, i, n->arg[i]))
			continue;
		expr_format_arg(value, sizeof(value), p, n->arg[i]);
		if (p->def)
			text_add(t, "%s%s=%s", between, p->name, value);
		else
			text_add(t, "%s%s", between, value);
		between = ", ";
	}
	text_add(t, ")");
}

static void put(struct text *t, const struct line *l, int i, int least);

static void put_node(struct text *t, const struct line *l, int i)
{
	const struct node *n = &l->node[i];
	char time[SPAN_TEXT_MAX];

	switch (n->kind) {
	case NODE_CALL:
		put_call(t, n);
		return;
	case NODE_NOT:
		text_add(t, "not ");
		put(t, l, n->left, 2);
		return;
	case NODE_AND:
		put(t, l, n->left, 1);
		text_add(t, " and ");
		put(t, l, n->right, 2);
		return;
	case NODE_OR:
		put(t, l, n->left, 0);
		text_add(t, " or ");
		put(t, l, n->right, 1);
		return;
	case NODE_FOR_POLLS:
		put(t, l, n->left, 3);
		text_add(t, " for %d polls", n->polls);
		return;
	case NODE_FOR_TIME: ;
	}
	put(t, l, n->left, 3);
	span_format(time, n->time);
	text_add(t, " for %s", time);
}

static void put(struct text *t, const struct line *l, int i, int least)
{
	bool parens = binding[l->node[i].kind] < least;

	text_add(t, parens ? "(" : "");
	put_node(t, l, i);
	text_add(t, parens ? ")" : "");
}

bool expr_format(char *buf, size_t cap, const struct line *l)
{
	struct text t = text_on(buf, cap);

	put(&t, l, l->n_nodes - 1, 0);
	return t.len + 1 < cap;
}
