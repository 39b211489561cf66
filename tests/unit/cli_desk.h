/* SPDX-License-Identifier: MIT */
/*
 * The command line inside this process, over two accounts as some days leave
 * them: "paper", whose market wanders, and "live", with a close on its way
 * and somebody told. What is shown, what is left in the database.
 */
#ifndef CARRYWATCH_TESTS_CLI_DESK_H
#define CARRYWATCH_TESTS_CLI_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHOWN_MAX 65536

struct shown {
	int code;			/* exit code */
	char out[SHOWN_MAX];		/* standard output; cut there */
	char err[4096];			/* standard error */
};

enum cli_does {
	CLI_READS,
	CLI_DECIDES,			/* once more: other sums, other closes */
	CLI_WRITES			/* all or nothing, to the database */
};

/* A command of the table. */
struct cli_line {
	const char *account;		/* "paper", "live" */
	const char *words;		/* divided by blanks; $D: the directory */
	enum cli_does does;
	int code;			/* without faults */
};

extern const struct cli_line cli_lines[];
extern const size_t n_cli_lines;

void cli_desk_open(void);
void cli_desk_close(void);
/* Both databases as they were at first. */
void cli_desk_again(void);
/* Runs it; `at_terminal`: as 80 columns with colour see it. */
void cli_desk_run(const struct cli_line *l, bool at_terminal,
		  struct shown *out);
/* A digest of all rows of the account's database. */
uint64_t cli_desk_books(const struct cli_line *l);
/* A digest of the page behind --html, which goes; 0: there was none. */
uint64_t cli_desk_page(const struct cli_line *l);
/* Word by word the same, but for a time that is shown as "?". */
bool cli_desk_same_but_times(const char *shown, const char *whole);

#endif
