/* SPDX-License-Identifier: MIT */
/*
 * reference: a Markdown page of every key, sink and rule, from
 * the tables the program itself uses. `make reference` keeps it in config/.
 */
#include <stdio.h>
#include <string.h>

#include "cli_rule_text.h"
#include "commands.h"
#include "config_option.h"
#include "cli.h"

/* A field of a Markdown table: a bar would end it. */
static void put_field(const char *s)
{
	fputs("| ", stdout);
	for (; *s; s++) {
		if (*s == '|')
			putchar('\\');
		putchar(*s);
	}
	putchar(' ');
}

static void put_code(const char *s)
{
	if (s)
		printf("| `%s` ", s);
	else
		fputs("| ", stdout);
}

static void key_bounds(char *buf, size_t n, const struct config_option *o)
{
	size_t at = 0;

	snprintf(buf, n, "%s%s%s", o->min ? o->min : "",
		 o->min || o->max ? " .. " : "", o->max ? o->max : "");
	for (const char *const *w = o->choices; w && *w && at < n; w++)
		at += (size_t)snprintf(buf + at, n - at, "%s%s",
				       at ? " or " : "", *w);
}

static void key_row(const struct config_option *o)
{
	char text[200];

	put_code(o->pattern);
	snprintf(text, sizeof(text), "%s: %s", config_kind_word(o->kind),
		 config_kind_example(o->kind));
	if (o->kind == KIND_CHOICE)
		snprintf(text, sizeof(text), "%s",
			 config_kind_word(o->kind));
	put_field(text);
	put_code(o->def);
	key_bounds(text, sizeof(text), o);
	put_field(text);
	put_field(o->help ? o->help : "");
	puts("|");
}

static size_t section_length(const char *pattern)
{
	return strcspn(pattern, ".");
}

static void print_keys(void)
{
	const char *section = "";
	size_t len = 0;

	puts("## Keys\n\n`*` stands for a name of your own.");
	for (size_t i = 0; i < config_option_count; i++) {
		const struct config_option *o = &config_option_table[i];
		size_t n = section_length(o->pattern);

		if (n != len || strncmp(o->pattern, section, n) != 0) {
			section = o->pattern;
			len = n;
			printf("\n### %.*s\n\n| key | written | default | "
			       "bounds | meaning |\n|---|---|---|---|---|\n",
			       (int)n, section);
		}
		key_row(o);
	}
}

static void param_row(const struct param *p)
{
	char bounds[RULE_TEXT_MAX];

	rule_text_bounds(bounds, p);
	put_code(p->name);
	put_field(rule_text_kind(p->kind));
	put_code(p->def);
	put_field(bounds);
	put_field(p->help);
	puts("|");
}

static void print_facts(const struct rule *r)
{
	char when[RULE_TEXT_MAX];

	for (int i = 0; i < FACT_COUNT; i++) {
		if (!(r->uses >> i & 1U))
			continue;
		rule_text_when(when, r, (enum fact_id)i);
		printf(" `%s` (%s%s%s)", fact_name((enum fact_id)i),
		       fact_unit((enum fact_id)i), *when ? ", with " : "",
		       when);
	}
}

static void print_rule(const struct rule *r)
{
	char text[RULE_TEXT_MAX];

	rule_text_params(text, r);
	printf("\n### %s(%s)\n\nTrue when: %s.%s\n\nReads:", r->name, text,
	       r->help, r->protective ? " Protective: may close on stale "
	       "rates." : "");
	print_facts(r);
	puts("");
	if (r->params[0].name)
		puts("\n| parameter | written | default | bounds | meaning |\n"
		     "|---|---|---|---|---|");
	for (int i = 0; i < RULE_PARAMS_MAX && r->params[i].name; i++)
		param_row(&r->params[i]);
}

static const char *sink_written(enum sink_param_kind kind)
{
	static const char *const words[] = {
		[SINK_TEXT] = "text", [SINK_INTEGER] = "whole number",
		[SINK_URL] = "url", [SINK_MAIL] = "url",
		[SINK_SECRET] = ("secret: {env: NAME}, {file: PATH} or "
				 "{credential: NAME}"),
		[SINK_PATH] = "whole path", [SINK_BOOL] = "true or false"
	};

	return words[kind];
}

static void print_sink(const struct sink_kind *k)
{
	printf("\n### type: %s\n\n%s.\n\n| key | written | default | bounds | "
	       "meaning |\n|---|---|---|---|---|\n", k->name, k->help);
	for (int i = 0; i < SINK_PARAMS_MAX && k->params[i].name; i++) {
		const struct sink_param *p = &k->params[i];

		put_code(p->name);
		put_field(sink_written(p->kind));
		put_code(p->def);
		put_field(p->required ? "required" : "");
		put_field(p->help);
		puts("|");
	}
}

static void print_sinks(void)
{
	puts("\n## Sinks\n\nBelow `sinks:` stands a name of your own, and below "
	     "it `type` and the keys of the\ntype. An account names its sinks "
	     "under `alerts.sinks`.");
	for (size_t i = 0; i < sink_count; i++)
		print_sink(sink_table[i]);
}

int cmd_reference(struct cli *c)
{
	(void)c;
	puts("# Reference\n\nWritten by `make reference` from the tables of "
	     "the program; do not edit.\n");
	print_keys();
	print_sinks();
	puts("\n## Rules\n\nA line of a profile is `LABEL: expression`. Rules "
	     "combine with `and`, `or`,\n`not`, parentheses, `for N polls` "
	     "and `for TIME`. Both count polls with new rates\nof both legs "
	     "alone: write `stale_data` and protective rules without them, or "
	     "they\ndo not count while rates are missing.");
	for (size_t i = 0; i < rule_count; i++)
		print_rule(rule_table[i]);
	return 0;
}
