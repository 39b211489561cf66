/* SPDX-License-Identifier: MIT */
/* Help pages, made from the tables of commands and options. */
#ifndef CARRYWATCH_HELP_H
#define CARRYWATCH_HELP_H

#include <stdio.h>

#include "cli.h"

void help_top(FILE *f);
void help_group(FILE *f, const char *word);	/* "positions" */
void help_command(FILE *f, const struct command *cmd);
/* The heading under which the top page lists a command; NULL: none. */
const char *help_section(const struct command *cmd);

#endif
