/* SPDX-License-Identifier: MIT */
/* rules list, rules show: the rules compiled in, straight from rule_table. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "json_out.h"
#include "cli_rule_text.h"
#include "table.h"

static const struct column rule_columns[] = {
	{ "name", "NAME", .left = true },
	{ "true_when", "TRUE WHEN", .left = true },
	{ "parameters", "PARAMETERS (=default)", .left = true },
	{ "protective", "ON STALE RATES", .wide = true },
	{ "facts", "FACTS", .wide = true },
};
#define RULE_COLUMNS (sizeof(rule_columns) / sizeof(rule_columns[0]))

static void rule_row(struct table *t, const struct rule *r)
{
	struct cell *cell = table_row(t);
	char text[RULE_TEXT_MAX];

	cell[0] = cell_text(t, r->name);
	cell[1] = cell_text(t, r->help);
	rule_text_params(text, r);
	cell[2] = cell_text(t, *text ? text : NULL);
	cell[3] = (struct cell){ .kind = CELL_BOOL,
				 .text = r->protective ? "true" : "false",
				 .shown = r->protective ? "yes" : "no" };
	rule_text_facts(text, r);
	cell[4] = cell_text(t, text);
}

int cmd_rules_list(struct cli *c)
{
	struct table *t = table_new(rule_columns, RULE_COLUMNS, c->arena);
	struct err err;

	if (!t)
		return cli_no_memory(c);
	for (size_t i = 0; i < rule_count; i++)
		rule_row(t, rule_table[i]);
	return table_print(stdout, t, c, &err) ? 0 : cli_fail(c, &err);
}

static void json_choices(struct json_out *o, const struct param *p)
{
	json_out_key(o, "choices");
	if (!p->choices) {
		json_out_null(o);
		return;
	}
	json_out_open(o, '[');
	for (const char *const *w = p->choices; *w; w++)
		json_out_text(o, *w);
	json_out_close(o, ']');
}

static void json_param(struct json_out *o, const struct param *p)
{
	json_out_open(o, '{');
	json_put_text(o, "name", p->name);
	json_put_text(o, "kind", rule_text_kind(p->kind));
	json_put_text(o, "default", p->def);
	json_put_text(o, "min", p->min);
	json_put_text(o, "max", p->max);
	json_choices(o, p);
	json_put_text(o, "help", p->help);
	json_out_close(o, '}');
}

static void json_facts(struct json_out *o, const struct rule *r)
{
	char when[RULE_TEXT_MAX];

	json_out_open(o, '[');
	for (int i = 0; i < FACT_COUNT; i++) {
		if (!(r->uses >> i & 1U))
			continue;
		rule_text_when(when, r, (enum fact_id)i);
		json_out_open(o, '{');
		json_put_text(o, "name", fact_name((enum fact_id)i));
		json_put_text(o, "unit", fact_unit((enum fact_id)i));
		json_put_text(o, "when", *when ? when : NULL);
		json_out_close(o, '}');
	}
	json_out_close(o, ']');
}

static void show_json(const struct rule *r, bool compact)
{
	struct json_out o = json_out_to(stdout, compact);

	json_out_open(&o, '{');
	json_put_text(&o, "name", r->name);
	json_put_text(&o, "true_when", r->help);
	json_out_key(&o, "protective");
	json_out_bool(&o, r->protective);
	json_out_key(&o, "parameters");
	json_out_open(&o, '[');
	for (int i = 0; i < RULE_PARAMS_MAX && r->params[i].name; i++)
		json_param(&o, &r->params[i]);
	json_out_close(&o, ']');
	json_out_key(&o, "facts");
	json_facts(&o, r);
	json_out_close(&o, '}');
}

static void show_param(const struct param *p)
{
	char bounds[RULE_TEXT_MAX];

	rule_text_bounds(bounds, p);
	printf("  %-12s %s\n  %-12s %s; %s%s%s%s\n", p->name, p->help, "",
	       rule_text_kind(p->kind),
	       p->def ? "default " : "must be given", p->def ? p->def : "",
	       *bounds ? "; " : "", bounds);
}

static void show_facts(const struct rule *r)
{
	char when[RULE_TEXT_MAX];

	for (int i = 0; i < FACT_COUNT; i++) {
		if (!(r->uses >> i & 1U))
			continue;
		rule_text_when(when, r, (enum fact_id)i);
		printf("  %-28s %s%s%s\n", fact_name((enum fact_id)i),
		       fact_unit((enum fact_id)i), *when ? ", with " : "",
		       when);
	}
}

static void show_text(const struct rule *r)
{
	char signature[RULE_TEXT_MAX];

	rule_text_params(signature, r);
	printf("%s(%s)\n  true when: %s\n", r->name, signature, r->help);
	if (r->protective)
		puts("  protective: may close on stale rates");
	if (r->params[0].name)
		puts("\nParameters");
	for (int i = 0; i < RULE_PARAMS_MAX && r->params[i].name; i++)
		show_param(&r->params[i]);
	puts("\nFacts it reads");
	show_facts(r);
}

static bool no_such_rule(const char *name, struct err *err)
{
	const char *names[64] = { NULL }, *near;
	size_t n = 0;

	for (; n < rule_count && n < 64; n++)
		names[n] = rule_table[n]->name;
	near = suggest(name, names, n);
	if (near)
		return err_set(err, ERR_NOT_FOUND, "no rule \"%.40s\", did "
			       "you mean \"%s\"?", name, near);
	return err_set(err, ERR_NOT_FOUND, "no rule \"%.40s\"; see "
		       "carrywatch rules list", name);
}

int cmd_rules_show(struct cli *c)
{
	const struct rule *r = rule_find(c->arg[0], strlen(c->arg[0]));
	struct err err;

	if (!r) {
		no_such_rule(c->arg[0], &err);
		return cli_fail(c, &err);
	}
	if (c->format == FORMAT_JSON || c->format == FORMAT_JSONL)
		show_json(r, c->format == FORMAT_JSONL);
	else
		show_text(r);
	return 0;
}
