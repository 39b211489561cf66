/* SPDX-License-Identifier: MIT */
/* db info, check, backup, migrate: the database of an account as a whole. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"
#include "cli.h"
#include "clock.h"
#include "cmd_positions_change.h"
#include "commands.h"
#include "json_out.h"
#include "lock.h"
#include "store_admin.h"

struct db {
	const struct account *account;
	struct store *store;
	char path[2 * CONFIG_TEXT_MAX];
	char backups[2 * CONFIG_TEXT_MAX];
	const char *name;
};

static bool find_db(struct db *d, struct cli *c, struct err *err)
{
	if (!cli_account(c, &d->account, err))
		return false;
	config_database(d->path, sizeof(d->path), c->config, d->account);
	config_backups(d->backups, sizeof(d->backups), &d->name, c->config,
		       d->path);
	return true;
}

static bool open_db(struct db *d, struct cli *c, struct err *err)
{
	return find_db(d, c, err) &&
	       cli_store(c, &d->store, d->account, STORE_READ, err);
}

static struct instant last_backup(const struct db *d)
{
	struct backups b;
	size_t n;

	backup_list(&b, d->backups, d->name);
	n = backup_known(&b, clock_wall());
	return n ? b.at[n - 1] : INSTANT_UNKNOWN;
}

/* ---- info ---- */

static void info_json(const struct db *d, const struct store_info *i)
{
	struct json_out o = json_out_to(stdout, false);

	json_out_open(&o, '{');
	json_put_text(&o, "account", d->account->name);
	json_put_text(&o, "path", d->path);
	json_put_int(&o, "bytes", i->bytes);
	json_put_int(&o, "evidence_bytes", i->evidence_bytes);
	json_put_int(&o, "schema", i->schema);
	json_put_instant(&o, "oldest_poll", i->oldest_poll);
	json_put_instant(&o, "newest_poll", i->newest_poll);
	json_put_instant(&o, "last_backup", last_backup(d));
	json_out_key(&o, "rows");
	json_out_open(&o, '{');
	for (int k = 0; k < i->n_counts; k++)
		json_put_int(&o, i->count[k].table, i->count[k].rows);
	json_out_close(&o, '}');
	json_out_close(&o, '}');
}

static void info_line(const struct cli *c, const char *what, struct instant t)
{
	printf("%-14s%s\n", what, instant_known(t) ? cli_shown_time(c, t) :
	       "-");
}

static void info_text(const struct cli *c, const struct db *d,
		      const struct store_info *i)
{
	printf("%-14s%s\n%-14s%lld kB, evidence %lld kB\n%-14s%d (this "
	       "program: %d)\n", "database", d->path, "size",
	       (long long)(i->bytes / 1000),
	       (long long)(i->evidence_bytes / 1000), "schema", i->schema,
	       store_schema_version());
	info_line(c, "oldest poll", i->oldest_poll);
	info_line(c, "newest poll", i->newest_poll);
	info_line(c, "last backup", last_backup(d));
	for (int k = 0; k < i->n_counts; k++)
		printf("%-14s%lld\n", i->count[k].table,
		       (long long)i->count[k].rows);
}

int cmd_db_info(struct cli *c)
{
	struct db d = { .store = NULL };
	struct store_info info;
	struct err err;
	bool ok = open_db(&d, c, &err) && store_info(d.store, &info, &err);

	store_close(d.store);
	if (!ok)
		return cli_fail(c, &err);
	if (c->format == FORMAT_JSON || c->format == FORMAT_JSONL)
		info_json(&d, &info);
	else
		info_text(c, &d, &info);
	return 0;
}

/* ---- check ---- */

int cmd_db_check(struct cli *c)
{
	struct db d = { .store = NULL };
	struct store_problem *list;
	struct err err;
	size_t n = 0;
	bool ok = open_db(&d, c, &err) &&
		  store_check(d.store, &list, &n, c->arena, &err);

	store_close(d.store);
	if (!ok)
		return cli_fail(c, &err);
	for (size_t i = 0; i < n; i++)
		printf("%s: %s: %s\n", d.account->name, list[i].what,
		       list[i].detail);
	if (n > 0) {
		fprintf(stderr, "carrywatch: %s: stop the monitor and put a "
			"backup of %s in its place\n", d.path, d.backups);
		return 1;
	}
	positions_say(c, "%s: integrity, references and %d invariants hold",
		      d.account->name, store_checks());
	return 0;
}

/* ---- backup ---- */

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static bool backup_to(struct db *d, struct cli *c, struct err *err)
{
	const char *to = c->arg[0];

	if (access(to, F_OK) == 0 && !cli_has(c, OPT_YES))
		return err_set(err, ERR_USAGE, "%s exists: name another file, "
			       "or add --yes to replace it", to);
	/* A monitor that runs would go on in a file without a name. */
	if (same_file(to, d->path))
		return err_set(err, ERR_USAGE, "%s is the database itself: "
			       "name another file", to);
	if (!store_backup(d->store, to, err))
		return false;
	positions_say(c, "%s: a whole copy is in %s", d->account->name, to);
	return true;
}

int cmd_db_backup(struct cli *c)
{
	struct db d = { .store = NULL };
	struct err err;
	bool ok = open_db(&d, c, &err);

	if (ok && c->n_args)
		ok = backup_to(&d, c, &err);
	else if (ok)
		ok = backup_make(d.store, d.backups, d.name, c->now, &err);
	store_close(d.store);
	if (!ok)
		return cli_fail(c, &err);
	if (!c->n_args)
		positions_say(c, "%s: a whole copy is in %s",
			      d.account->name, d.backups);
	return 0;
}

/* ---- migrate ---- */

static bool migrate(struct db *d, struct cli *c, struct err *err)
{
	struct lock lock = { .fd = -1 };
	bool ok = lock_take(&lock, d->path, err) &&
		  cli_store(c, &d->store, d->account, STORE_RUN, err);

	store_close(d->store);
	lock_release(&lock);
	return ok;
}

int cmd_db_migrate(struct cli *c)
{
	struct db d = { .store = NULL };
	int from, to = store_schema_version();
	struct err err;

	if (!find_db(&d, c, &err) || !store_file_schema(d.path, &from, &err))
		return cli_fail(c, &err);
	if (from == 0 || from >= to) {
		positions_say(c, "%s: nothing to do (schema %d, this program: "
			      "%d)", d.account->name, from, to);
		return 0;
	}
	if (cli_has(c, OPT_DRY_RUN)) {
		printf("%s: schema %d would become %d; a copy would be kept as "
		       "%s.backup-v%d\n", d.account->name, from, to, d.path,
		       from);
		return 0;
	}
	if (!migrate(&d, c, &err))
		return cli_fail(c, &err);
	positions_say(c, "%s: schema %d is %d now; the old one is "
		      "%s.backup-v%d", d.account->name, from, to, d.path,
		      from);
	return 0;
}
