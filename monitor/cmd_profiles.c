/* SPDX-License-Identifier: MIT */
/* profiles list, show, diff: what close and alert lines are in force. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "facts_plan.h"
#include "table.h"

static struct cell cell_span(struct table *t, struct span d)
{
	char text[SPAN_TEXT_MAX];

	span_format(text, d);
	return cell_text(t, text);
}

static const char *kind_of(const struct profile *p, int line)
{
	return line < p->n_close ? "close" : "alert";
}

/* ---- list ---- */

enum { L_NAME, L_EXTENDS, L_CLOSE, L_ALERT, L_POLL, L_BLIND, L_USED, L_HASH };

static const struct column list_columns[] = {
	[L_NAME] = { .key = "name", .title = "NAME" },
	[L_EXTENDS] = { .key = "extends", .title = "EXTENDS" },
	[L_CLOSE] = { .key = "close_lines", .title = "CLOSE" },
	[L_ALERT] = { .key = "alert_lines", .title = "ALERT" },
	[L_POLL] = { .key = "poll_interval", .title = "POLL" },
	[L_BLIND] = { .key = "blind_after", .title = "BLIND AFTER" },
	[L_USED] = { .key = "accounts", .title = "ACCOUNTS" },
	[L_HASH] = { .key = "hash", .title = "HASH", .wide = true },
};

/* Room for the names of all accounts is at `text`. */
static struct cell cell_users(struct table *t, char *text,
			      const struct config *config,
			      const struct profile *p)
{
	size_t at = 0;

	for (size_t i = 0; i < config->n_accounts; i++) {
		const struct account *a = &config->accounts[i];

		if (strcmp(a->profile->name, p->name) == 0)
			at += (size_t)snprintf(text + at, ACCOUNT_TEXT_MAX + 1,
					       "%s%s", at ? " " : "", a->name);
	}
	return cell_text(t, at ? text : NULL);
}

static void list_row(struct table *t, char *text, const struct config *config,
		     const struct profile *p)
{
	struct cell *cell = table_row(t);

	cell[L_NAME] = cell_text(t, p->name);
	cell[L_EXTENDS] = cell_text(t, *p->extends ? p->extends : NULL);
	cell[L_CLOSE] = cell_count(t, p->n_close);
	cell[L_ALERT] = cell_count(t, p->n_lines - p->n_close);
	cell[L_POLL] = cell_span(t, p->poll_interval);
	cell[L_BLIND] = cell_span(t, p->blind_after);
	cell[L_USED] = cell_users(t, text, config, p);
	cell[L_HASH] = cell_text(t, p->hash);
}

int cmd_profiles_list(struct cli *c)
{
	struct table *t = table_new(list_columns, L_HASH + 1, c->arena);
	struct err err;
	char *text;

	if (!t)
		return cli_no_memory(c);
	if (!cli_config(c, &err))
		return cli_fail(c, &err);
	text = arena_array(c->arena, c->config->n_accounts, ACCOUNT_TEXT_MAX);
	if (!text)
		return cli_no_memory(c);
	for (size_t i = 0; i < c->config->n_profiles; i++)
		list_row(t, text, c->config, &c->config->profiles[i]);
	return table_print(stdout, t, c, &err) ? 0 : cli_fail(c, &err);
}

/* ---- show ---- */

enum { S_N, S_KIND, S_LABEL, S_TEXT, S_NEEDS, S_PROTECTIVE, S_ROW };

static const struct column show_columns[] = {
	[S_N] = { .key = "line", .title = "#" },
	[S_KIND] = { .key = "kind", .title = "KIND" },
	[S_LABEL] = { .key = "label", .title = "LABEL" },
	[S_TEXT] = { .key = "expression", .title = "TRUE WHEN" },
	[S_NEEDS] = { .key = "needs", .title = "NEVER KNOWN WITHOUT" },
	[S_PROTECTIVE] = { .key = "protective", .title = "ON STALE RATES",
			   .wide = true },
	[S_ROW] = { .key = "row", .title = "FILE ROW", .wide = true },
};

static void show_row(struct table *t, const struct profile *p, int i)
{
	const struct line *l = &p->line[i];
	struct cell *cell = table_row(t);

	cell[S_N] = cell_count(t, i + 1);
	cell[S_KIND] = cell_text(t, kind_of(p, i));
	cell[S_LABEL] = cell_text(t, l->label.s);
	cell[S_TEXT] = cell_text(t, l->text);
	if (l->uses & FACTS_HELD)
		cell[S_NEEDS] = cell_text(t, "a trading client");
	cell[S_PROTECTIVE] = (struct cell){
		.kind = CELL_BOOL, .text = l->protective ? "true" : "false",
		.shown = l->protective ? "yes" : "no" };
	if (l->row > 0)
		cell[S_ROW] = cell_count(t, l->row);
}

static void show_head(const struct profile *p)
{
	char poll[SPAN_TEXT_MAX], blind[SPAN_TEXT_MAX];

	span_format(poll, p->poll_interval);
	span_format(blind, p->blind_after);
	printf("profile %s%s%s  hash %s  poll_interval %s  blind_after %s\n"
	       "The first close line that is true decides.\n\n", p->name,
	       *p->extends ? " extends " : "", p->extends, p->hash, poll,
	       blind);
}

int cmd_profiles_show(struct cli *c)
{
	struct table *t = table_new(show_columns, S_ROW + 1, c->arena);
	const struct profile *p;
	struct err err;

	if (!t)
		return cli_no_memory(c);
	p = cli_profile(c, c->arg[0], &err);
	if (!p)
		return cli_fail(c, &err);
	for (int i = 0; i < p->n_lines; i++)
		show_row(t, p, i);
	if (c->format == FORMAT_TABLE || c->format == FORMAT_WIDE)
		show_head(p);
	return table_print(stdout, t, c, &err) ? 0 : cli_fail(c, &err);
}

/* ---- diff ---- */

enum { D_KIND, D_LABEL, D_A, D_B, D_SAME };

static void diff_row(struct table *t, const char *kind, const char *label,
		     const char *a, const char *b)
{
	bool same = a && b && strcmp(a, b) == 0;
	struct cell *cell = table_row(t);

	cell[D_KIND] = cell_text(t, kind);
	cell[D_LABEL] = cell_text(t, label);
	cell[D_A] = cell_text(t, a);
	cell[D_B] = cell_text(t, b);
	cell[D_SAME] = (struct cell){ .kind = CELL_BOOL,
				      .text = same ? "true" : "false",
				      .shown = same ? "yes" : "no" };
	cell[D_A].tone = cell[D_B].tone = same ? TONE_DIM : TONE_WARN;
}

/* The line of the other profile with this kind and label; -1: none. */
static int counterpart(const struct profile *p, const char *kind,
		       const struct label *label, const bool *taken)
{
	for (int i = 0; i < p->n_lines; i++) {
		if (!taken[i] &&
		    strcmp(kind_of(p, i), kind) == 0 &&
		    strcmp(p->line[i].label.s, label->s) == 0)
			return i;
	}
	return -1;
}

static void diff_span(struct table *t, const char *key, struct span a,
		      struct span b)
{
	char ta[SPAN_TEXT_MAX], tb[SPAN_TEXT_MAX];

	span_format(ta, a);
	span_format(tb, b);
	diff_row(t, "time", key, ta, tb);
}

static void diff_lines(struct table *t, const struct profile *a,
		       const struct profile *b)
{
	bool taken[LINES_MAX] = { false };

	for (int i = 0; i < a->n_lines; i++) {
		const struct line *l = &a->line[i];
		int k = counterpart(b, kind_of(a, i), &l->label, taken);

		if (k >= 0)
			taken[k] = true;
		diff_row(t, kind_of(a, i), l->label.s, l->text,
			 k >= 0 ? b->line[k].text : NULL);
	}
	for (int k = 0; k < b->n_lines; k++) {
		if (!taken[k])
			diff_row(t, kind_of(b, k), b->line[k].label.s, NULL,
				 b->line[k].text);
	}
}

int cmd_profiles_diff(struct cli *c)
{
	struct column columns[] = {
		[D_KIND] = { .key = "kind", .title = "KIND" },
		[D_LABEL] = { .key = "label", .title = "LABEL" },
		[D_A] = { .key = "a", .title = c->arg[0] },
		[D_B] = { .key = "b", .title = c->arg[1] },
		[D_SAME] = { .key = "same", .title = "SAME" },
	};
	struct table *t = table_new(columns, D_SAME + 1, c->arena);
	const struct profile *a, *b;
	struct err err;

	if (!t)
		return cli_no_memory(c);
	a = cli_profile(c, c->arg[0], &err);
	b = a ? cli_profile(c, c->arg[1], &err) : NULL;
	if (!b)
		return cli_fail(c, &err);
	diff_lines(t, a, b);
	diff_span(t, "poll_interval", a->poll_interval, b->poll_interval);
	diff_span(t, "blind_after", a->blind_after, b->blind_after);
	return table_print(stdout, t, c, &err) ? 0 : cli_fail(c, &err);
}
