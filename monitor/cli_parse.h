/* SPDX-License-Identifier: MIT */
/* The two halves of parsing behind cli_parse: names and values. */
#ifndef CARRYWATCH_CLI_PARSE_H
#define CARRYWATCH_CLI_PARSE_H

#include "cli.h"

/*
 * Which command the words name: c->command, c->topic, and how many of the
 * words it took. A group alone is its list ("positions").
 */
MUST_USE bool command_resolve(struct cli *c, const char *const *word, int n,
			      int *used, struct err *err);
/* Options against the command's mask, number of arguments, values. */
MUST_USE bool cli_check(struct cli *c, struct err *err);

#endif
