/* SPDX-License-Identifier: MIT */
/*
 * The command line: one table of options (cli_options.h), one of commands
 * (commands.c), from which parsing, help and completion come.
 */
#ifndef CARRYWATCH_CLI_H
#define CARRYWATCH_CLI_H

#include "cli_options.h"
#include "config.h"
#include "store.h"

#define CARRYWATCH_VERSION "0.4.0"

enum format { FORMAT_TABLE, FORMAT_WIDE, FORMAT_JSON, FORMAT_JSONL,
	      FORMAT_CSV, FORMAT_TSV };
enum unit { UNIT_8H, UNIT_1H, UNIT_DAY, UNIT_APR };

#define CLI_ARGS_MAX 16
#define CLI_ACCOUNTS_MAX 16
#define CLI_GIVEN_MAX 64

struct cli_given {
	enum option option;
	const char *value;
};

struct cli {
	const struct command *command;
	const char *opt[OPT_COUNT];	/* NULL: absent; "" for a flag */
	const char *account[CLI_ACCOUNTS_MAX];	/* every -a */
	int n_accounts;
	struct cli_given given[CLI_GIVEN_MAX];	/* OPTS_REPEATED, in order */
	int n_given;
	const char *arg[CLI_ARGS_MAX];	/* behind the command's words */
	int n_args;
	/* Checked by main from the options above: */
	enum format format;		/* piped without -o: FORMAT_TSV */
	enum unit unit;
	int limit;			/* 0: all */
	struct instant since, until, at;	/* unknown: absent */
	bool tty, color;		/* of stdout */
	int width;			/* columns of the terminal, else 0 */
	struct instant now;		/* wall clock at start */
	struct arena *arena;		/* of the command */
	struct config *config;		/* after cli_config */
	const char *topic;		/* "positions": a group named alone */
};

struct command {
	const char *name;		/* "positions list", "run" */
	const char *args;		/* "ID [TEXT]", "" none */
	int min_args, max_args;
	uint64_t options;		/* beyond OPTS_ALWAYS */
	const char *help;		/* one line */
	int (*run)(struct cli *c);	/* returns the exit code */
};

/* commands.c: sorted by name */
extern const struct command command_table[];
extern const size_t command_count;

static inline bool cli_has(const struct cli *c, enum option o)
{
	return c->opt[o] != NULL;
}

/*
 * Take the command line apart: command, its arguments and options, checked
 * against the tables. No command (c->command NULL) means: show the help.
 */
MUST_USE bool cli_parse(struct cli *c, int argc, char **argv,
			struct err *err);
/* Whole name; NULL when there is none. */
const struct command *command_find(const char *name);
/* "positions" is a group: does a command start with this word and a blank? */
bool command_in_group(const struct command *cmd, const char *word);

/* Print "carrywatch: TEXT" on stderr; the exit code of the kind. */
int cli_fail(const struct cli *c, const struct err *err);
int cli_no_memory(const struct cli *c);
/* Each on a line of stderr; quiet: errors alone. */
void cli_complaints(const struct complaints *list, bool quiet);
/* Load the configuration once; `run` and --verbose tell its warnings. */
MUST_USE bool cli_config(struct cli *c, struct err *err);
/* The profile of that name; NULL: ERR_NOT_FOUND naming the nearest. */
const struct profile *cli_profile(struct cli *c, const char *name,
				  struct err *err);
/* The accounts meant: every -a, "all", or the only one there is. */
MUST_USE bool cli_accounts(struct cli *c, const struct account ***out,
			   size_t *n, struct err *err);
/* The same where exactly one is needed. */
MUST_USE bool cli_account(struct cli *c, const struct account **out,
			  struct err *err);
/* Open the database of an account. */
MUST_USE bool cli_store(struct cli *c, struct store **out,
			const struct account *a, enum store_access access,
			struct err *err);
/* The same for reading; *out is NULL before the first poll or position. */
MUST_USE bool cli_store_if_any(struct cli *c, struct store **out,
			       const struct account *a, struct err *err);
/* Argument i as a position id ("7"), ERR_USAGE else. */
MUST_USE bool cli_id(const struct cli *c, int64_t *out, int i,
		     struct err *err);
/* "24h" = so long before now; else an instant. */
MUST_USE bool cli_time(const struct cli *c, struct instant *out,
		       const char *text, struct err *err);
/* For people: RFC 3339 Z, or the local zone with --local. In the arena. */
const char *cli_shown_time(const struct cli *c, struct instant t);
/* Ask on the terminal; true with --yes; ERR_USAGE off a terminal. */
MUST_USE bool cli_confirm(const struct cli *c, const char *question,
			  struct err *err);

/* suggest.c: the nearest word within two edits, NULL if none. */
const char *suggest(const char *word, const char *const *words, size_t n);

#endif
