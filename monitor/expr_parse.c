/* SPDX-License-Identifier: MIT */
/*
 * Parsing of profile lines by recursive descent, one function per line of
 * the grammar in expr.h. Every complaint names a column and what to write.
 * The canonical text is printed from the nodes by expr_text.c.
 */
#include "expr_text.h"

#include <assert.h>
#include <string.h>

#include "suggest.h"

#define DEPTH_MAX	16
#define VALUE_MAX	48

struct token {
	const char *s;
	size_t n;		/* 0 at the end of the text */
};

struct parser {
	struct line *out;
	const char *text, *at;
	struct token token;
	int depth;
	int *column;
	struct err *err;
};

static const char *const keywords[] = { "and", "or", "not", "for" };

/* ---- tokens ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("_.%+-", c));
}

static void next(struct parser *p)
{
	const char *s = p->at;
	size_t n = 0;

	while (*s == ' ' || *s == '\t' || *s == '\n')
		s++;
	while (is_word(s[n]))
		n++;
	if (n == 0 && *s != '\0')
		n = 1;
	p->token = (struct token){ s, n };
	p->at = s + n;
}

static bool is(const struct parser *p, const char *text)
{
	return p->token.n == strlen(text) &&
	       memcmp(p->token.s, text, p->token.n) == 0;
}

static bool is_keyword(const struct parser *p)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (is(p, keywords[i]))
			return true;
	return false;
}

static bool accept(struct parser *p, const char *text)
{
	if (!is(p, text))
		return false;
	next(p);
	return true;
}

/* Refuse at a token; the caller has filled err->text already. */
static bool at(struct parser *p, struct token t)
{
	*p->column = (int)(t.s - p->text) + 1;
	return false;
}

static int len(struct token t)
{
	return t.n > 60 ? 60 : (int)t.n;
}

static bool expected(struct parser *p, const char *what)
{
	if (p->token.n == 0)
		err_set(p->err, ERR_CONFIG, "expected %s, the line ends", what);
	else
		err_set(p->err, ERR_CONFIG, "expected %s, not \"%.*s\"", what,
			len(p->token), p->token.s);
	return at(p, p->token);
}

/* ---- nodes ---- */

static bool add(struct parser *p, struct node n, uint8_t *index)
{
	struct line *l = p->out;

	if (l->n_nodes == LINE_NODES_MAX) {
		err_set(p->err, ERR_CONFIG, "more than %d parts: "
			"write two lines", LINE_NODES_MAX);
		return at(p, p->token);
	}
	*index = l->n_nodes;
	l->node[l->n_nodes++] = n;
	return true;
}

/* ---- calls ---- */

static int count_params(const struct rule *r)
{
	int n = 0;

	while (n < RULE_PARAMS_MAX && r->params[n].name)
		n++;
	return n;
}

static bool unknown_rule(struct parser *p, struct token t)
{
	const char *names[64], *near;
	char word[VALUE_MAX];
	size_t n = 0;

	for (; n < rule_count && n < 64; n++)
		names[n] = rule_table[n]->name;
	snprintf(word, sizeof(word), "%.*s", len(t), t.s);
	near = suggest(word, names, n);
	if (near)
		err_set(p->err, ERR_CONFIG, "unknown rule \"%s\", did you mean "
			"\"%s\"?", word, near);
	else
		err_set(p->err, ERR_CONFIG, "unknown rule \"%s\"; "
			"`carrywatch rules list` shows all", word);
	return at(p, t);
}

static int find_param(const struct rule *r, struct token t)
{
	for (int i = 0; i < count_params(r); i++)
		if (strlen(r->params[i].name) == t.n &&
		    memcmp(r->params[i].name, t.s, t.n) == 0)
			return i;
	return -1;
}

static bool unknown_param(struct parser *p, const struct rule *r,
			  struct token t)
{
	char list[200] = "";
	size_t n = 0;

	for (int i = 0; i < count_params(r); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
				      i ? ", " : "", r->params[i].name);
	err_set(p->err, ERR_CONFIG, "%s has no parameter \"%.*s\"; it has: %s",
		r->name, len(t), t.s, list);
	return at(p, t);
}

static bool set_arg(struct parser *p, struct node *call, unsigned *given,
		    int i, struct token value)
{
	const struct rule *r = call->rule;

	if (i >= count_params(r)) {
		err_set(p->err, ERR_CONFIG, "%s takes no more than %d "
			"argument(s)", r->name, count_params(r));
		return at(p, value);
	}
	if (*given & 1u << i) {
		err_set(p->err, ERR_CONFIG, "%s of %s is given twice",
			r->params[i].name, r->name);
		return at(p, value);
	}
	*given |= 1u << i;
	if (!expr_parse_arg(&call->arg[i], &r->params[i], value.s, value.n,
			    p->err))
		return at(p, value);
	return true;
}

/* [NAME "="] VALUE; `i` is the place of an argument without a name. */
static bool parse_arg(struct parser *p, struct node *call, unsigned *given,
		      int i)
{
	struct token first = p->token;

	if (first.n == 0 || !is_word(first.s[0]))
		return expected(p, "an argument");
	next(p);
	if (is(p, "=")) {
		int named = find_param(call->rule, first);

		if (named < 0)
			return unknown_param(p, call->rule, first);
		next(p);
		first = p->token;
		if (first.n == 0 || !is_word(first.s[0]))
			return expected(p, "a value");
		next(p);
		return set_arg(p, call, given, named, first);
	}
	return set_arg(p, call, given, i, first);
}

static bool parse_args(struct parser *p, struct node *call, unsigned *given)
{
	if (!accept(p, "(") || accept(p, ")"))
		return true;
	for (int i = 0; ; i++) {
		if (!parse_arg(p, call, given, i))
			return false;
		if (accept(p, ")"))
			return true;
		if (!accept(p, ","))
			return expected(p, "\",\" or \")\"");
	}
}

static bool fill_defaults(struct parser *p, struct node *call, unsigned given,
			  struct token name)
{
	for (int i = 0; i < count_params(call->rule); i++) {
		const struct param *a = &call->rule->params[i];
		bool ok;

		if (given & 1u << i)
			continue;
		if (!a->def) {
			err_set(p->err, ERR_CONFIG, "%s needs %s (%s)",
				call->rule->name, a->name, a->help);
			return at(p, name);
		}
		ok = expr_parse_arg(&call->arg[i], a, a->def, strlen(a->def),
				    p->err);
		assert(ok);	/* a rule's own default */
		(void)ok;
	}
	return true;
}

static bool parse_call(struct parser *p, uint8_t *index)
{
	struct token name = p->token;
	struct node call = { .kind = NODE_CALL };
	unsigned given = 0;

	if (name.n == 0 || !is_word(name.s[0]) || is_keyword(p))
		return expected(p, "a rule");
	call.rule = rule_find(name.s, name.n);
	if (!call.rule)
		return unknown_rule(p, name);
	next(p);
	if (!parse_args(p, &call, &given) ||
	    !fill_defaults(p, &call, given, name))
		return false;
	if (!rule_agrees(call.rule, call.arg, p->err))
		return at(p, name);
	p->out->uses |= rule_uses(call.rule, call.arg);
	p->out->protective &= call.rule->protective;
	return add(p, call, index);
}

/* ---- the grammar ---- */

static bool parse_or(struct parser *p, uint8_t *index);

static bool parse_prim(struct parser *p, uint8_t *index)
{
	if (!accept(p, "("))
		return parse_call(p, index);
	if (++p->depth > DEPTH_MAX) {
		err_set(p->err, ERR_CONFIG, "more than %d parentheses inside "
			"each other", DEPTH_MAX);
		return at(p, p->token);
	}
	if (!parse_or(p, index))
		return false;
	p->depth--;
	if (accept(p, ")"))
		return true;
	return expected(p, "\")\"");
}

static bool parse_count(struct token t, int32_t *out)
{
	int32_t v = 0;

	if (t.n == 0 || t.n > 5)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
		v = v * 10 + (t.s[i] - '0');
	}
	*out = v;
	return v > 0;
}

/* N polls, or TIME. */
static bool parse_for(struct parser *p, uint8_t *index)
{
	struct node n = { .left = *index, .slot = p->out->n_slots };
	struct token t = p->token;

	next(p);
	if (parse_count(t, &n.polls)) {
		n.kind = NODE_FOR_POLLS;
		if (!accept(p, "polls") && !accept(p, "poll"))
			return expected(p, "\"polls\" (or a time with its "
					"unit, as 8h)");
	} else if (span_parse(&n.time, t.s, t.n) && n.time.ms > 0) {
		n.kind = NODE_FOR_TIME;
	} else {
		p->token = t;
		return expected(p, "\"N polls\" or a time as 8h behind \"for\"");
	}
	p->out->n_slots++;
	return add(p, n, index);
}

static bool parse_not(struct parser *p, uint8_t *index)
{
	struct node n = { .kind = NODE_NOT };

	if (accept(p, "not")) {
		if (++p->depth > DEPTH_MAX)
			return expected(p, "fewer \"not\"");
		if (!parse_not(p, &n.left))
			return false;
		p->depth--;
		return add(p, n, index);
	}
	if (!parse_prim(p, index))
		return false;
	while (accept(p, "for"))
		if (!parse_for(p, index))
			return false;
	return true;
}

static bool parse_and(struct parser *p, uint8_t *index)
{
	struct node n = { .kind = NODE_AND };

	if (!parse_not(p, index))
		return false;
	while (accept(p, "and")) {
		n.left = *index;
		if (!parse_not(p, &n.right) || !add(p, n, index))
			return false;
	}
	return true;
}

static bool parse_or(struct parser *p, uint8_t *index)
{
	struct node n = { .kind = NODE_OR };

	if (!parse_and(p, index))
		return false;
	while (accept(p, "or")) {
		n.left = *index;
		if (!parse_and(p, &n.right) || !add(p, n, index))
			return false;
	}
	return true;
}

bool expr_parse(struct line *out, const char *text, int *column,
		struct err *err)
{
	struct parser p = { .out = out, .text = text, .at = text,
			    .column = column, .err = err };
	uint8_t root;

	out->n_nodes = 0;
	out->n_slots = 1;
	out->protective = true;
	out->uses = 0;
	*column = 1;
	next(&p);
	if (!parse_or(&p, &root))
		return false;
	if (p.token.n > 0)
		return expected(&p, "\"and\", \"or\" or the end");
	if (!expr_format(out->text, sizeof(out->text), out))
		return err_set(err, ERR_CONFIG, "longer than %d characters "
			       "written out", LINE_TEXT_MAX - 1);
	return true;
}
