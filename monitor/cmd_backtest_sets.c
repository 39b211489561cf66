/* SPDX-License-Identifier: MIT */
/*
 * Which runs there are: the profiles named, each with every combination of
 * the arguments that --set gives. A value replaces that argument in every
 * line that calls the rule.
 */
#include "cmd_backtest.h"

#include <stdio.h>
#include <string.h>

#include "expr_text.h"

#define SETS_MAX 8
#define VALUES_MAX 64
#define PROFILES_MAX 16

static const char *const default_profiles[] = {
	"conservative", "aggressive", "steady", "textbook",
};

/* One --set: RULE.PARAM and its values. */
struct set {
	const struct rule *rule;
	int param;
	struct dec value[VALUES_MAX];
	const char *text[VALUES_MAX];	/* as written */
	int n[VALUES_MAX];
	int n_values;
};

struct sets {
	struct set set[SETS_MAX];
	int n;
	const struct profile *profile[PROFILES_MAX];
	int n_profiles;
};

/* ---- profiles ---- */

/* Never closes anything: what holding through is worth, as a run. */
static const struct profile *hold_profile(struct arena *arena)
{
	struct profile *p = arena_alloc(arena, sizeof(*p));

	if (!p)
		return NULL;
	snprintf(p->name, sizeof(p->name), "hold");
	p->blind_after = span_s(600);
	profile_seal(p);
	return p;
}

static bool add_profile(struct sets *s, struct cli *c, const char *name,
			struct err *err)
{
	const struct profile *p = config_profile(c->config, name);

	if (s->n_profiles == PROFILES_MAX)
		return err_set(err, ERR_USAGE, "more than %d profiles",
			       PROFILES_MAX);
	if (!p && strcmp(name, "hold") == 0) {
		p = hold_profile(c->arena);
		if (!p)
			return err_set(err, ERR_MEMORY, "no memory");
	}
	if (!p)
		p = cli_profile(c, name, err);
	for (int i = 0; p && i < s->n_profiles; i++)
		if (!strcmp(s->profile[i]->name, p->name))
			return err_set(err, ERR_USAGE, "--profile: %s stands "
				       "there twice", p->name);
	s->profile[s->n_profiles++] = p;
	return p != NULL;
}

/* Given pairs are about holding, so that is what they are by default. */
static bool read_profiles(struct sets *s, const struct backtest_ask *a,
			  struct err *err)
{
	const char *list = a->cli->opt[OPT_PROFILE];
	size_t n = sizeof(default_profiles) / sizeof(default_profiles[0]);

	if (!list && a->setup.n_pairs > 0)
		return add_profile(s, a->cli, "hold", err);
	for (size_t i = 0; !list && i < n; i++)
		if (!add_profile(s, a->cli, default_profiles[i], err))
			return false;
	while (list && *list) {
		size_t len = strcspn(list, ",");
		char *name = arena_text(a->cli->arena, list, len);

		if (!name)
			return err_set(err, ERR_MEMORY, "no memory");
		if (!add_profile(s, a->cli, name, err))
			return false;
		list += len + (list[len] == ',');
	}
	return s->n_profiles > 0 ||
	       err_set(err, ERR_USAGE, "--profile: write a name, or several "
		       "as steady,aggressive");
}

/* ---- --set ---- */

static bool unknown_rule(const char *name, int n, struct err *err)
{
	const char *names[64], *near;
	char word[64];
	size_t count = 0;

	for (; count < rule_count && count < 64; count++)
		names[count] = rule_table[count]->name;
	snprintf(word, sizeof(word), "%.*s", n, name);
	near = suggest(word, names, count);
	if (near)
		return err_set(err, ERR_USAGE, "--set: no rule \"%s\", did "
			       "you mean \"%s\"?", word, near);
	return err_set(err, ERR_USAGE, "--set: no rule \"%s\"; see "
		       "carrywatch rules list", word);
}

static bool unknown_param(const struct rule *r, const char *name, int n,
			  struct err *err)
{
	const char *names[RULE_PARAMS_MAX], *near;
	char word[64], all[160] = "";
	size_t count = 0, at = 0;

	for (; count < RULE_PARAMS_MAX && r->params[count].name; count++) {
		names[count] = r->params[count].name;
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%s",
				       count ? ", " : "", names[count]);
	}
	snprintf(word, sizeof(word), "%.*s", n, name);
	near = suggest(word, names, count);
	if (near)
		return err_set(err, ERR_USAGE, "--set: %s has no \"%s\", did "
			       "you mean \"%s\"?", r->name, word, near);
	return err_set(err, ERR_USAGE, "--set: %s has no \"%s\"; it has: %s",
		       r->name, word, all);
}

static int find_param(const struct rule *r, const char *name, size_t n)
{
	for (int i = 0; i < RULE_PARAMS_MAX && r->params[i].name; i++)
		if (strlen(r->params[i].name) == n &&
		    !strncmp(r->params[i].name, name, n))
			return i;
	return -1;
}

static bool read_values(struct set *s, const char *text, struct err *err)
{
	const struct param *p = &s->rule->params[s->param];

	while (*text) {
		size_t n = strcspn(text, ",");

		if (s->n_values == VALUES_MAX)
			return err_set(err, ERR_USAGE, "--set: more than %d "
				       "values of %s", VALUES_MAX, p->name);
		if (!expr_parse_arg(&s->value[s->n_values], p, text, n, err)) {
			err->kind = ERR_USAGE;
			return err_prefix(err, "--set %s.%s", s->rule->name,
					  p->name);
		}
		s->text[s->n_values] = text;
		s->n[s->n_values++] = (int)n;
		text += n + (text[n] == ',');
	}
	return s->n_values > 0 ||
	       err_set(err, ERR_USAGE, "--set %s.%s: write values, as %s.%s="
		       "A,B", s->rule->name, p->name, s->rule->name, p->name);
}

static bool read_set(struct set *s, const char *text, struct err *err)
{
	size_t n = strcspn(text, "=.");
	size_t m = text[n] == '.' ? strcspn(text + n + 1, "=") : 0;

	if (text[n] != '.' || text[n + 1 + m] != '=')
		return err_set(err, ERR_USAGE, "--set \"%.60s\": write "
			       "RULE.PARAM=V,V, as erosion.keep=0.3,0.5",
			       text);
	*s = (struct set){ .rule = rule_find(text, n) };
	if (!s->rule)
		return unknown_rule(text, (int)(n < 60 ? n : 60), err);
	s->param = find_param(s->rule, text + n + 1, m);
	if (s->param < 0)
		return unknown_param(s->rule, text + n + 1,
				     (int)(m < 60 ? m : 60), err);
	return read_values(s, text + n + m + 2, err);
}

static bool read_sets(struct sets *s, const struct cli *c, struct err *err)
{
	for (int i = 0; i < c->n_given; i++) {
		if (c->given[i].option != OPT_SET)
			continue;
		if (s->n == SETS_MAX)
			return err_set(err, ERR_USAGE, "more than %d --set",
				       SETS_MAX);
		if (!read_set(&s->set[s->n], c->given[i].value, err))
			return false;
		for (int k = 0; k < s->n; k++)
			if (s->set[k].rule == s->set[s->n].rule &&
			    s->set[k].param == s->set[s->n].param)
				return err_set(err, ERR_USAGE, "--set %s.%s "
					       "stands there twice: write its "
					       "values in one list",
					       s->set[k].rule->name,
					       s->set[k].rule->
					       params[s->set[k].param].name);
		s->n++;
	}
	return true;
}

/* ---- combinations ---- */

static bool is_call(const struct node *n, const struct rule *r)
{
	return n->kind == NODE_CALL && n->rule == r;
}

static bool calls(const struct profile *p, const struct rule *r)
{
	for (int i = 0; i < p->n_lines; i++)
		for (int k = 0; k < p->line[i].n_nodes; k++)
			if (is_call(&p->line[i].node[k], r))
				return true;
	return false;
}

static void put_value(struct profile *p, const struct set *s, int value)
{
	for (int i = 0; i < p->n_lines; i++)
		for (int k = 0; k < p->line[i].n_nodes; k++)
			if (is_call(&p->line[i].node[k], s->rule))
				p->line[i].node[k].arg[s->param] =
					s->value[value];
}

/* A profile without the rule runs once as it is; all without it: a slip. */
static bool all_called(const struct sets *s, struct err *err)
{
	for (int i = 0; i < s->n; i++) {
		const struct rule *r = s->set[i].rule;
		int k = 0;

		while (k < s->n_profiles && !calls(s->profile[k], r))
			k++;
		if (k == s->n_profiles)
			return err_set(err, ERR_USAGE, "--set %s.%s: no line "
				       "of these profiles calls %s; name "
				       "others with --profile", r->name,
				       r->params[s->set[i].param].name,
				       r->name);
	}
	return true;
}

/* Runs of one profile: the values of what it calls, multiplied. */
static int64_t count_runs(const struct sets *s, const struct profile *p)
{
	int64_t n = 1;

	for (int i = 0; i < s->n && n <= BACKTEST_RUNS_MAX; i++)
		if (calls(p, s->set[i].rule))
			n *= s->set[i].n_values;
	return n;
}

static bool write_lines(struct profile *p, struct err *err)
{
	for (int i = 0; i < p->n_lines; i++)
		if (!expr_format(p->line[i].text, sizeof(p->line[i].text),
				 &p->line[i]))
			return err_set(err, ERR_USAGE, "--set: %s gets too "
				       "long", p->line[i].label.s);
	profile_seal(p);
	return true;
}

/* Combination number `which` of one profile: the last --set turns fastest. */
static bool combine(struct backtest_lane *out, const struct backtest_ask *a,
		    const struct sets *s, const struct profile *base,
		    int64_t which, struct err *err)
{
	struct profile *p = arena_alloc(a->cli->arena, sizeof(*p));
	int pick[SETS_MAX];
	int n;

	if (!p)
		return err_set(err, ERR_MEMORY, "no memory");
	*p = *base;
	p->poll_interval = a->setup.every;
	for (int i = s->n; i-- > 0;) {
		if (!calls(base, s->set[i].rule))
			continue;
		pick[i] = (int)(which % s->set[i].n_values);
		which /= s->set[i].n_values;
	}
	n = snprintf(out->name, sizeof(out->name), "%s", base->name);
	for (int i = 0; i < s->n; i++) {
		const struct set *set = &s->set[i];

		if (!calls(base, set->rule))
			continue;
		put_value(p, set, pick[i]);
		if (n >= 0 && n < (int)sizeof(out->name))
			n += snprintf(out->name + n,
				      sizeof(out->name) - (size_t)n,
				      " %s.%s=%.*s", set->rule->name,
				      set->rule->params[set->param].name,
				      set->n[pick[i]], set->text[pick[i]]);
	}
	out->profile = p;
	out->since = a->since;
	out->until = a->until;
	return write_lines(p, err);
}

bool backtest_sets(struct backtest_ask *a, struct err *err)
{
	struct sets *s = arena_alloc(a->cli->arena, sizeof(*s));
	int64_t runs = 0;

	if (!s)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!read_profiles(s, a, err) || !read_sets(s, a->cli, err) ||
	    !all_called(s, err))
		return false;
	for (int i = 0; i < s->n_profiles; i++)
		runs += count_runs(s, s->profile[i]);
	if (runs > BACKTEST_RUNS_MAX)
		return err_set(err, ERR_USAGE, "more than %d runs: give "
			       "fewer values", BACKTEST_RUNS_MAX);
	a->sets = arena_array(a->cli->arena, (size_t)runs, sizeof(*a->sets));
	if (!a->sets)
		return err_set(err, ERR_MEMORY, "no memory");
	for (int i = 0; i < s->n_profiles; i++)
		for (int64_t k = 0; k < count_runs(s, s->profile[i]); k++)
			if (!combine(&a->sets[a->n_sets++], a, s,
				     s->profile[i], k, err))
				return false;
	return true;
}
