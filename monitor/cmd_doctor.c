/* SPDX-License-Identifier: MIT */
/*
 * doctor: everything a monitor rests on, looked at once, each failure with its
 * remedy. Changes nothing. A table of examinations; each says ok, warn or
 * FAIL in one line.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "backup.h"
#include "cli.h"
#include "cmd_book.h"
#include "cmd_fetch.h"
#include "commands.h"
#include "harden.h"
#include "lock.h"
#include "ours.h"
#include "sink_trouble.h"
#include "sinks.h"
#include "store_admin.h"

#define TEXT_MAX	400
#define BUILT_MS	INT64_C(1764115200000)	/* 2025-11-26: no clock is older */
#define OLD_BACKUPS	3			/* intervals */

enum finding_level { LEVEL_OK, LEVEL_WARN, LEVEL_FAIL };

struct patient {
	struct cli *cli;
	const struct account *account;
	char database[2 * CONFIG_TEXT_MAX];
	enum finding_level level;
	char text[TEXT_MAX], remedy[TEXT_MAX];
	int failures, warnings;
};

static void PRINTF(3, 4) say(struct patient *p, enum finding_level level,
			     const char *fmt, ...)
{
	va_list args;

	p->level = level;
	p->remedy[0] = '\0';
	va_start(args, fmt);
	vsnprintf(p->text, sizeof(p->text), fmt, args);
	va_end(args);
}

static void remedy(struct patient *p, const char *text)
{
	snprintf(p->remedy, sizeof(p->remedy), "%s", text);
}

/* ---- examinations ---- */

static void clock_is_right(struct patient *p)
{
	struct timex t = { .modes = 0 };

	if (p->cli->now.ms < BUILT_MS) {
		say(p, LEVEL_FAIL, "it is before this program was built");
		remedy(p, "set the clock: timedatectl set-ntp true");
	} else if (adjtimex(&t) == TIME_ERROR || t.status & STA_UNSYNC) {
		say(p, LEVEL_WARN, "not synchronised, as far as the kernel "
		    "knows");
		remedy(p, "timedatectl set-ntp true, or install chrony");
	} else {
		say(p, LEVEL_OK, "synchronised");
	}
}

static void config_is_private(struct patient *p)
{
	const char *path = p->cli->config->path;
	struct stat st;

	if (stat(path, &st) == 0 && st.st_mode & 022) {
		say(p, LEVEL_FAIL, "%s can be written by others", path);
		remedy(p, "chmod go-w it");
	} else {
		say(p, LEVEL_OK, "%s", path);
	}
}

static void service_answers(struct patient *p)
{
	struct market m = { .n_venues = 0 };
	struct err err = { ERR_NONE, "" };
	size_t well = 0;

	if (!cmd_fetch(&m, p->cli, p->account, p->account->venues,
		       p->account->n_venues, &err) || !market_usable(&m)) {
		say(p, LEVEL_FAIL, "%s: %s", p->cli->config->service_url,
		    err.text[0] ? err.text : m.error[0] ? m.error :
		    "no fresh rate");
		remedy(p, "is the service running and the address right? "
		       "service.url");
		return;
	}
	for (size_t i = 0; i < m.n_venues; i++)
		well += m.venues[i].rates == ANSWER_OK;
	say(p, well == m.n_venues ? LEVEL_OK : LEVEL_WARN, "%s: rates of %zu "
	    "of %zu venues, %zu rates", p->cli->config->service_url, well,
	    m.n_venues, m.n_quotes);
	if (well < m.n_venues)
		remedy(p, "a venue that fails makes its pairs blind: see the "
		       "service's own log");
}

static void client_answers(struct patient *p)
{
	const struct account *a = p->account;
	struct err err = { ERR_NONE, "" };
	struct book_view view;
	struct book book;

	if (!a->control_api.url[0]) {
		say(p, LEVEL_OK, "none configured: pairs are recorded by "
		    "hand");
		return;
	}
	if (!cmd_book_open(&book, p->cli->config, a, 1, &err)) {
		say(p, LEVEL_FAIL, "%s", err.text);
		remedy(p, "make the key readable for this user alone");
		return;
	}
	book.read(book.ctx, &view, 5000, p->cli->arena);
	if (view.good)
		say(p, LEVEL_OK, "%s: %zu positions of %s",
		    a->control_api.url, view.n, a->control_api.account);
	else
		say(p, LEVEL_FAIL, "%s: %s", a->control_api.url, view.error);
	if (!view.good)
		remedy(p, "is the trading client running, and the key its "
		       "own? positions.control_api");
	cmd_book_close(&book);
}

static void secrets_can_be_read(struct patient *p)
{
	const struct account *a = p->account;
	const struct secret_ref *refs[] = { &a->close.secret,
					    &a->close.old_secret };
	struct err err = { ERR_NONE, "" };
	struct secret s = { NULL };
	struct sinks sinks;
	bool ok = sinks_open(&sinks, &a->alerts, &err);

	if (ok)
		sinks_free(&sinks);
	for (size_t i = 0; ok && i < 2; i++) {
		ok = secret_read(&s, refs[i], &err);
		if (ok)
			secret_free(&s);
	}
	if (ok) {
		say(p, a->alerts.n_sinks ? LEVEL_OK : LEVEL_WARN, "%zu sinks",
		    a->alerts.n_sinks);
		if (!a->alerts.n_sinks)
			remedy(p, "nobody is told but the log: add sinks: and "
			       "alerts.sinks, then carrywatch alerts test");
		return;
	}
	say(p, LEVEL_FAIL, "%s", err.text);
	remedy(p, "the monitor will not start: put it there, readable for its "
	       "user alone (chmod 600)");
}

static void sinks_take_messages(struct patient *p)
{
	struct sink_trouble t = { "", "" };
	struct store *s = NULL;
	struct err err = { ERR_NONE, "" };

	if (!cli_store_if_any(p->cli, &s, p->account, &err) ||
	    (s && !sink_trouble_find(&t, s, &p->account->alerts, p->cli->now,
				     p->cli->arena, &err)))
		say(p, LEVEL_FAIL, "%s", err.text);
	else
		say(p, t.text[0] ? LEVEL_WARN : LEVEL_OK, "%s", t.text[0] ?
		    t.text : s ? "all messages were taken" :
		    "nothing told yet");
	if (p->level == LEVEL_WARN)
		remedy(p, t.remedy);
	store_close(s);
}

static void directory_is_ours(struct patient *p)
{
	const char *dir = p->cli->config->directory;
	struct err err = { ERR_NONE, "" };
	struct statvfs fs;
	struct stat st;

	if (stat(dir, &st) != 0) {
		say(p, LEVEL_OK, "%s is made at the first start", dir);
		return;
	}
	if (st.st_uid != geteuid() || access(dir, W_OK) != 0) {
		say(p, LEVEL_FAIL, "%s belongs to another user, or cannot be "
		    "written", dir);
		remedy(p, "run this as the user of the monitor, or chown the "
		       "directory to it");
	} else if (!ours_directory(dir, &err)) {
		say(p, LEVEL_FAIL, "%s", err.text);
		remedy(p, "the monitor will not start: chmod 700 it");
	} else if (st.st_mode & 077) {
		say(p, LEVEL_WARN, "%s can be looked into by others", dir);
		remedy(p, "chmod 700 it");
	} else if (statvfs(dir, &fs) == 0 && (int64_t)fs.f_bavail *
		   (int64_t)fs.f_frsize < p->cli->config->evidence_cap_bytes) {
		say(p, LEVEL_WARN, "%s has less room than storage.evidence_cap",
		    dir);
		remedy(p, "free some space, or lower storage.evidence_cap");
	} else {
		say(p, LEVEL_OK, "%s", dir);
	}
}

static void database_is_whole(struct patient *p)
{
	struct store_problem *list;
	struct store *s = NULL;
	struct err err = { ERR_NONE, "" };
	size_t n = 0;
	bool ok = cli_store_if_any(p->cli, &s, p->account, &err) &&
		  (!s || store_check(s, &list, &n, p->cli->arena, &err));

	if (!ok)
		say(p, LEVEL_FAIL, "%s", err.text);
	else if (!s)
		say(p, LEVEL_OK, "none yet: the first poll makes it");
	else if (n > 0)
		say(p, LEVEL_FAIL, "%s: %s", list[0].what, list[0].detail);
	else
		say(p, LEVEL_OK, "integrity and %d invariants hold, schema %d",
		    store_checks(), store_schema_version());
	if (p->level == LEVEL_FAIL)
		remedy(p, "carrywatch db check; then stop the monitor and put "
		       "a backup in its place");
	store_close(s);
}

static void backup_is_fresh(struct patient *p)
{
	const struct config *c = p->cli->config;
	char dir[2 * CONFIG_TEXT_MAX], age[SPAN_TEXT_MAX], ahead[64] = "";
	const char *name;
	struct backups b;
	struct span since;
	size_t n;

	config_backups(dir, sizeof(dir), &name, c, p->database);
	backup_list(&b, dir, name);
	n = backup_known(&b, p->cli->now);
	if (b.n > n)
		snprintf(ahead, sizeof(ahead), ", and %zu dated ahead of the "
			 "clock", b.n - n);
	if (c->backup_every.ms == 0 || n == 0) {
		say(p, LEVEL_WARN, "%s%s", c->backup_every.ms ? "none yet" :
		    "storage.backup_every is 0s: none is made", ahead);
		remedy(p, "carrywatch db backup makes one now");
		return;
	}
	since = instant_diff(p->cli->now, b.at[n - 1]);
	if (since.ms < 0)		/* by less than a day: of now */
		since = span_s(0);
	span_format_human(age, since);
	say(p, since.ms > OLD_BACKUPS * c->backup_every.ms ? LEVEL_WARN :
	    LEVEL_OK, "%zu in %s, the newest is %s old%s", n, dir, age, ahead);
	if (p->level == LEVEL_WARN)
		remedy(p, "is the monitor running? its log says why there is "
		       "none");
}

/* Whether the last poll was made by another version than this one. */
static bool is_another(struct patient *p, struct poll *last)
{
	struct store *s = NULL;
	struct err err;
	bool found = false;

	if (cli_store_if_any(p->cli, &s, p->account, &err) && s &&
	    !store_last_poll(s, last, &found, &err))
		found = false;
	store_close(s);
	return found && strcmp(last->version, CARRYWATCH_VERSION) != 0;
}

static void monitor_runs(struct patient *p)
{
	struct poll last;
	long pid;

	if (!lock_probe(&pid, p->database)) {
		say(p, LEVEL_WARN, "not running");
		remedy(p, "carrywatch run, or systemctl start "
		       "carrywatch@ACCOUNT");
	} else if (is_another(p, &last)) {
		say(p, LEVEL_WARN, "running, pid %ld, as version %s; this is "
		    CARRYWATCH_VERSION, pid, last.version);
		remedy(p, "a program that is replaced goes on as it was: "
		       "restart the monitor");
	} else {
		say(p, LEVEL_OK, "running, pid %ld", pid);
	}
}

static const struct {
	const char *name;
	void (*examine)(struct patient *p);
} examinations[] = {
	{ "clock", clock_is_right },
	{ "config", config_is_private },
	{ "service", service_answers },
	{ "client", client_answers },
	{ "secrets", secrets_can_be_read },
	{ "sinks", sinks_take_messages },
	{ "directory", directory_is_ours },
	{ "database", database_is_whole },
	{ "backup", backup_is_fresh },
	{ "monitor", monitor_runs },
};

/* ---- the visit ---- */

static void examine_all(struct patient *p)
{
	static const char *const words[] = { "ok  ", "warn", "FAIL" };

	for (size_t i = 0; i < sizeof(examinations) / sizeof(*examinations);
	     i++) {
		say(p, LEVEL_OK, "%s", "");
		examinations[i].examine(p);
		printf("%s  %-10s %s\n", words[p->level],
		       examinations[i].name, p->text);
		if (p->level != LEVEL_OK && p->remedy[0])
			printf("      -> %s\n", p->remedy);
		p->failures += p->level == LEVEL_FAIL;
		p->warnings += p->level == LEVEL_WARN;
	}
}

int cmd_doctor(struct cli *c)
{
	struct patient p = { .cli = c };
	struct err err;

	harden_process();
	if (!cli_account(c, &p.account, &err))
		return cli_fail(c, &err);
	config_database(p.database, sizeof(p.database), c->config,
			p.account);
	examine_all(&p);
	printf("%d failure%s, %d warning%s\n", p.failures,
	       p.failures == 1 ? "" : "s", p.warnings,
	       p.warnings == 1 ? "" : "s");
	return p.failures ? 1 : 0;
}
