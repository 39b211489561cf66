/* SPDX-License-Identifier: MIT */
/*
 * Help, version and completion. The pages are made from the tables; only the
 * headings of the top page and its examples stand here.
 */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"

#define COMMAND_COLUMN 29
#define OPTION_COLUMN 32

struct section {
	const char *title;
	const char *words;	/* first words of its commands */
};

static const struct section sections[] = {
	{ "Monitor", " run status " },
	{ "Acting and telling", " alerts handoffs pause resume " },
	{ "Positions", " positions exposure export " },
	{ "Decisions and market", " explain decisions opportunities " },
	{ "Money over time", " replay backtest report export " },
	{ "Configuration", " check-config profiles rules reference " },
	{ "Operation", " check db doctor " },
	{ "This program", " help version completion manual " },
};
#define SECTION_COUNT (sizeof(sections) / sizeof(sections[0]))

const char *help_section(const struct command *cmd)
{
	char word[40];

	snprintf(word, sizeof(word), " %.*s ",
		 (int)strcspn(cmd->name, " "), cmd->name);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		if (strstr(sections[i].words, word))
			return sections[i].title;
	}
	return NULL;
}

static void command_row(FILE *f, const struct command *cmd)
{
	char left[80];

	snprintf(left, sizeof(left), "%s%s%s", cmd->name,
		 *cmd->args ? " " : "", cmd->args);
	fprintf(f, "  %-*s %s\n", COMMAND_COLUMN, left, cmd->help);
}

static void option_row(FILE *f, const struct option_spec *o)
{
	char left[80], letter[] = "-x, ";

	letter[1] = o->letter;
	snprintf(left, sizeof(left), "%s--%s%s%s", o->letter ? letter : "    ",
		 o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	fprintf(f, "  %-*s %s\n", OPTION_COLUMN, left, o->help);
}

static void option_rows(FILE *f, uint64_t mask)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		if (mask >> i & 1U)
			option_row(f, &option_specs[i]);
	}
}

void help_top(FILE *f)
{
	fputs("carrywatch " CARRYWATCH_VERSION ": watches pairs of opposite "
	      "positions that collect funding.\n\n"
	      "Usage: carrywatch [OPTION...] COMMAND [ARGUMENT...]\n", f);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		fprintf(f, "\n%s:\n", sections[i].title);
		for (size_t k = 0; k < command_count; k++) {
			const char *title = help_section(&command_table[k]);

			if (title && strcmp(title, sections[i].title) == 0)
				command_row(f, &command_table[k]);
		}
	}
	fputs("\nOptions of every command:\n", f);
	option_rows(f, OPTS_ALWAYS | OPT(VERSION));
	fputs("\nExamples:\n"
	      "  carrywatch run -a paper            poll every minute until "
	      "stopped\n"
	      "  carrywatch positions -a paper      what is held, and the "
	      "verdict on it\n"
	      "  carrywatch explain 7 -a paper      why\n"
	      "\nHelp of one command: carrywatch help positions open\n", f);
}

void help_group(FILE *f, const char *word)
{
	fprintf(f, "Usage: carrywatch %s COMMAND [ARGUMENT...]\n\n", word);
	for (size_t i = 0; i < command_count; i++) {
		if (command_in_group(&command_table[i], word))
			command_row(f, &command_table[i]);
	}
	fprintf(f, "\nHelp of one command: carrywatch help %s ...\n", word);
}

void help_command(FILE *f, const struct command *cmd)
{
	fprintf(f, "Usage: carrywatch %s [OPTION...]%s%s\n\n%s\n", cmd->name,
		*cmd->args ? " " : "", cmd->args, cmd->help);
	if (cmd->options) {
		fputs("\nOptions:\n", f);
		option_rows(f, cmd->options);
	}
	fputs("\nOptions of every command:\n", f);
	option_rows(f, OPTS_ALWAYS);
}

/* Parse the words as if they had been typed with --help. */
int cmd_help(struct cli *c)
{
	char name[] = "carrywatch", help[] = "--help", dashes[] = "--";
	char word[3][80];
	char *argv[] = { name, help, dashes, word[0], word[1], word[2] };
	struct cli asked = { .now = c->now, .arena = c->arena };
	struct err err;

	for (int i = 0; i < c->n_args; i++)
		snprintf(word[i], sizeof(word[i]), "%s", c->arg[i]);
	if (!cli_parse(&asked, 3 + c->n_args, argv, &err))
		return cli_fail(&asked, &err);
	if (asked.topic)
		help_group(stdout, asked.topic);
	else if (asked.command)
		help_command(stdout, asked.command);
	else
		help_top(stdout);
	return 0;
}

int cmd_version(struct cli *c)
{
	(void)c;
	puts("carrywatch " CARRYWATCH_VERSION);
	return 0;
}
