/* SPDX-License-Identifier: MIT */
/*
 * manual: the page carrywatch(1) in roff, from the tables of commands and
 * options. make install puts it where man finds it.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"

/* Text: a backslash or a leading dot would be an instruction. */
static void put(const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (; *s; s++) {
		if (*s == '\\' || *s == '-')
			putchar('\\');
		putchar(*s);
	}
}

static void put_line(const char *before, const char *s)
{
	fputs(before, stdout);
	put(s);
	putchar('\n');
}

static void put_options(uint64_t mask)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_spec *o = &option_specs[i];

		if (!(mask >> i & 1U))
			continue;
		fputs(".TP\n\\fB", stdout);
		if (o->letter)
			printf("\\-%c\\fR, \\fB", o->letter);
		put("--");
		put(o->name);
		fputs("\\fR", stdout);
		if (o->arg)
			printf(" \\fI%s\\fR", o->arg);
		put_line("\n", o->help);
	}
}

static void put_command(const struct command *cmd)
{
	fputs(".SS \"", stdout);
	put(cmd->name);
	if (*cmd->args) {
		putchar(' ');
		put(cmd->args);
	}
	put_line("\"\n", cmd->help);
	if (cmd->options)
		put_options(cmd->options);
}

static const char *const exits[][2] = {
	{ "0", "done" }, { "1", "failed" }, { "2", "wrong command line" },
	{ "3", "no such thing, or not running" },
	{ "4", "another process holds the account" },
	{ "5", "the funding-rate service cannot be used" },
	{ "6", "the database cannot be used" },
	{ "10, 11", "with --exit-code: some position alerts, must close" },
	{ "78", "the configuration is wrong" },
};

static const char *const files[][2] = {
	{ "$CARRYWATCH_CONFIG", "the configuration, unless -c names one" },
	{ "./carrywatch.yaml", "else this one, where it is" },
	{ "~/.config/carrywatch/carrywatch.yaml", "else this" },
	{ "/etc/carrywatch/carrywatch.yaml", "else this" },
	{ "$CREDENTIALS_DIRECTORY", "where {credential: NAME} is looked for" },
	{ "$NOTIFY_SOCKET", "run tells systemd here how it is" },
	{ "$NO_COLOR", "set and not empty: no colours" },
};

static void put_pairs(const char *const list[][2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put_line(".TP\n", list[i][0]);
		put_line("", list[i][1]);
	}
}

int cmd_manual(struct cli *c)
{
	(void)c;
	puts(".TH CARRYWATCH 1 \"\" \"carrywatch " CARRYWATCH_VERSION "\"\n"
	     ".SH NAME\ncarrywatch \\- watches pairs of opposite positions that "
	     "collect funding\n"
	     ".SH SYNOPSIS\n.B carrywatch\n[\\fIOPTION\\fR...] "
	     "\\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n"
	     ".SH DESCRIPTION\n"
	     "A monitor for each account asks a funding\\-rate service once a "
	     "minute, checks every open pair against the exit rules of the "
	     "account's profile, writes down why it decided what it did, hands "
	     "a close over and tells a person. The other commands read the "
	     "same database.\n"
	     ".PP\nInstalled as \\fBpositions\\fR, the commands of that group "
	     "need no first word.\n.SH OPTIONS\nOf every command:");
	put_options(OPTS_ALWAYS | OPT(VERSION));
	puts(".SH COMMANDS");
	for (size_t i = 0; i < command_count; i++)
		put_command(&command_table[i]);
	puts(".SH EXIT STATUS");
	put_pairs(exits, sizeof(exits) / sizeof(exits[0]));
	puts(".SH FILES AND ENVIRONMENT");
	put_pairs(files, sizeof(files) / sizeof(files[0]));
	puts(".SH SEE ALSO\n\\fBcarrywatch reference\\fR prints every key of the "
	     "configuration and every rule.");
	return 0;
}
