/* SPDX-License-Identifier: MIT */
/* When a monitor confines itself (confine.h), and what it says of it. */
#ifndef CARRYWATCH_CMD_RUN_CONFINE_H
#define CARRYWATCH_CMD_RUN_CONFINE_H

#include "config.h"

/* Temporary files of SQLite go where writing stays possible. First of all. */
void run_confine_prepare(const struct config *c);
/*
 * Once everything is open; one line of log says what is in force. True: no
 * program can be started any more.
 */
bool run_confine(const struct config *c, const struct account *a,
		 const char *database);
/* A reload must not bring what can no longer be done. */
MUST_USE bool run_confine_check(bool confined, const struct account *a,
				struct err *err);

#endif
