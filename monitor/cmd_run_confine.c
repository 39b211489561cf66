/* SPDX-License-Identifier: MIT */
/* The part of run that gives up rights (cmd_run_confine.h). */
#include "cmd_run_confine.h"

#include <stdlib.h>
#include <string.h>

#include "confine.h"
#include "log.h"

#define TEMPORARY "SQLITE_TMPDIR"

void run_confine_prepare(const struct config *c)
{
	if (c->confine)
		setenv(TEMPORARY, c->directory, 0);
}

/* Children inherit everything, and a program of the user's may need it. */
static bool runs_programs(const struct account *a)
{
	if (a->close.target == ON_CLOSE_EXEC)
		return true;
	for (size_t i = 0; i < a->alerts.n_sinks; i++)
		if (strcmp(a->alerts.sinks[i]->kind->name, "exec") == 0)
			return true;
	return false;
}

static const char *why_not(const struct config *c, const struct account *a)
{
	if (!c->confine)
		return "process.confine is false";
	if (runs_programs(a))
		return "a program is run for a sink or a close";
	if (!confine_possible())
		return "a library is preloaded";
	return NULL;
}

bool run_confine(const struct config *c, const struct account *a,
		 const char *database)
{
	const char *why = why_not(c, a), *name, *temporary = getenv(TEMPORARY);
	char backups[2 * CONFIG_TEXT_MAX];
	const char *const dirs[] = { c->directory, backups, temporary, NULL };
	struct confined got;

	if (why) {
		log_write(LOG_LEVEL_INFO, "not confined", "why=%s",
			  log_quote(why).s);
		return false;
	}
	config_backups(backups, sizeof(backups), &name, c, database);
	got = confine_process(dirs);
	log_write(got.files && got.calls ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
		  "confined", "files=%s calls=%s",
		  log_quote(got.files ? "writes in its directory" :
			    got.no_files).s,
		  log_quote(got.calls ? "no programs, no privileges" :
			    got.no_calls).s);
	return got.calls;
}

bool run_confine_check(bool confined, const struct account *a,
		       struct err *err)
{
	return !confined || !runs_programs(a) ||
	       err_set(err, ERR_CONFIG, "accounts.%s: a program is to be run, "
		       "and this monitor has given that up: restart it",
		       a->name);
}
