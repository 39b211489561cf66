/* SPDX-License-Identifier: MIT */
/* When and where a running monitor backs up (cmd_run_backup.h). */
#include "cmd_run_backup.h"

#include "backup.h"
#include "clock.h"
#include "log.h"

#define AGAIN_S	3600

bool run_backup_due(const struct run_backup *b, const struct config *c,
		    const char *database)
{
	struct instant now = clock_wall();
	char dir[2 * CONFIG_TEXT_MAX];
	const char *name;

	config_backups(dir, sizeof(dir), &name, c, database);
	/* Or the clock was set back since the last one. */
	return (now.ms >= b->not_before.ms ||
		now.ms < b->not_before.ms - span_s(AGAIN_S).ms) &&
	       backup_due(dir, name, c->backup_every, now);
}

void run_backup_make(struct run_backup *b, const struct config *c,
		     const char *database, struct store *s)
{
	struct instant now = clock_wall();
	struct err err = { ERR_NONE, "" };
	char dir[2 * CONFIG_TEXT_MAX];
	const char *name;

	config_backups(dir, sizeof(dir), &name, c, database);
	b->not_before = instant_add(now, span_s(AGAIN_S));
	if (backup_make(s, dir, name, now, &err))
		log_write(LOG_LEVEL_INFO, "backup", "dir=%s",
			  log_quote(dir).s);
	else
		log_write(LOG_LEVEL_ERR, "no backup", "err=%s",
			  log_quote(err.text).s);
}
