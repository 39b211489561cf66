/* SPDX-License-Identifier: MIT */
/*
 * run: the wiring of one account's monitor, and the only place that asks
 * whether it is a dry run. From here on live and dry-run are the same code
 * with other ports.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "clock.h"
#include "cmd_book.h"
#include "cmd_fetch.h"
#include "cmd_run_backup.h"
#include "cmd_run_confine.h"
#include "cmd_run_post.h"
#include "commands.h"
#include "daemon.h"
#include "harden.h"
#include "lock.h"
#include "log.h"
#include "notify.h"
#include "sd_notify.h"
#include "simulate.h"
#include "store_admin.h"
#include "store_file.h"

#define START_MAX_S	600	/* systemd waits so long for the first poll */

/* A configuration in force, with what the command line changed of it. */
struct setup {
	struct arena *arena;		/* of the next three */
	struct config *config;
	struct account account;
	struct profile *profile;
};

struct monitor {
	struct cli *cli;
	struct span every;		/* 0: as the profile says */
	struct setup setup;
	struct terms terms;		/* of simulated fills */
	struct clock_state clock;
	char database[2 * CONFIG_TEXT_MAX];
	struct lock lock;
	struct store *store;
	struct wiring wiring;
	struct run_post post;		/* what leaves between polls */
	struct sd_notify sd;
	struct run_backup backup;
	struct cycle *cycle;
	bool confined;			/* no program can be started */
};

/* ---- configuration ---- */

static bool setup_take(struct setup *s, const struct monitor *m,
		       const struct account *a, struct err *err)
{
	s->account = *a;
	if (m->every.ms == 0)
		return true;
	s->profile = arena_alloc(s->arena, sizeof(*s->profile));
	if (!s->profile)
		return err_set(err, ERR_MEMORY, "no memory");
	*s->profile = *a->profile;
	profile_poll_every(s->profile, m->every);
	s->account.profile = s->profile;
	return true;
}

/* The same file, read anew; the account must still be the same database. */
static bool setup_reload(struct setup *s, const struct monitor *m,
			 struct err *err)
{
	struct complaints list = { .n_errors = 0 };
	const char *path = m->setup.config->path;
	char database[2 * CONFIG_TEXT_MAX];
	const struct account *a;

	s->config = arena_alloc(s->arena, sizeof(*s->config));
	if (!s->config)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!config_load(s->config, path[0] ? path : NULL, s->arena, &list,
			 err))
		return false;
	a = config_account(s->config, m->setup.account.name);
	if (!a)
		return err_set(err, ERR_CONFIG, "%s: account %s is gone; stop "
			       "its monitor instead", path,
			       m->setup.account.name);
	config_database(database, sizeof(database), s->config, a);
	if (strcmp(database, m->database) != 0)
		return err_set(err, ERR_CONFIG, "%s: mode or directory of "
			       "account %s changed; that needs a restart",
			       path, a->name);
	return setup_take(s, m, a, err);
}

/* ---- ports ---- */

static uint64_t seed_of(const struct cli *c)
{
	return (uint64_t)c->now.ms * 2654435761u ^ (uint64_t)getpid();
}

static bool wire(struct monitor *m, struct err *err)
{
	bool dry_run = m->setup.account.mode == MODE_DRY_RUN;

	if (!cmd_source_open(&m->wiring.source, m->setup.config,
			     seed_of(m->cli), err) ||
	    !cmd_book_open(&m->wiring.book, m->setup.config,
			   &m->setup.account, seed_of(m->cli), err))
		return false;
	m->wiring.clock = clock_port_of(&m->clock);
	m->wiring.notifier = notify_log();
	config_terms(&m->terms, m->setup.config, &m->setup.account);
	m->wiring.simulated = dry_run;
	if (dry_run)
		m->wiring.executor = simulate_executor(&m->terms);
	log_open(cli_has(m->cli, OPT_QUIET) ? LOG_LEVEL_WARNING :
		 LOG_LEVEL_INFO, m->setup.account.name, dry_run);
	return run_post_open(&m->post, &(struct run_post_options){
		&m->setup.account, m->store, m->wiring.clock, dry_run,
		seed_of(m->cli), &m->setup.config->reach,
		cli_has(m->cli, OPT_ONCE),
		m->setup.config->allow_insecure_http }, err);
}

static bool take_news(struct monitor *m, struct cycle *cycle, struct err *err)
{
	struct setup next = { .arena = arena_new() };
	struct run_post_news news = { .sinks = { .list = NULL } };
	struct book book = { NULL, NULL, NULL };
	const struct run_post was = m->post;
	struct source source;

	if (!next.arena)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!setup_reload(&next, m, err) ||
	    !run_confine_check(m->confined, &next.account, err) ||
	    !run_post_read(&news, &next.account, err) ||
	    !cmd_book_open(&book, next.config, &next.account,
			   seed_of(m->cli), err))
		goto err1;
	if (!cmd_source_open(&source, next.config, seed_of(m->cli), err))
		goto err1;
	if (!run_post_ready(&m->post, &next.account, err) ||
	    !cycle_configure(cycle, next.config, &next.account, err))
		goto err2;
	cycle->wiring.source.free(cycle->wiring.source.ctx);
	cycle->wiring.source = m->wiring.source = source;
	cmd_book_close(&cycle->wiring.book);
	cycle->wiring.book = m->wiring.book = book;
	arena_free(m->setup.arena);
	m->setup = next;
	cycle->account = &m->setup.account;
	run_post_use(&m->post, &news, cycle->account);
	run_post_reach(&m->post, &m->setup.config->reach,
		       m->setup.config->allow_insecure_http);
	config_terms(&m->terms, m->setup.config, &m->setup.account);
	return true;
err2:
	run_post_back(&m->post, &was);
	source.free(source.ctx);
err1:
	cmd_book_close(&book);
	run_post_drop(&news);
	arena_free(next.arena);
	return false;
}

/* All or nothing: a configuration with one mistake changes nothing. */
static bool reload(void *ctx, struct cycle *cycle, struct err *err)
{
	struct monitor *m = ctx;
	bool ok;

	sd_reloading(&m->sd);
	ok = take_news(m, cycle, err);
	sd_say(&m->sd, "READY=1\nSTATUS=%s", ok ? "configuration reloaded" :
	       "old configuration kept, see the log");
	return ok;
}

static void back_up(void *ctx)
{
	struct monitor *m = ctx;

	run_backup_make(&m->backup, m->setup.config, m->database, m->store);
}

static bool polled(void *ctx, const struct cycle_result *r,
		   const struct err *why)
{
	struct monitor *m = ctx;
	char status[128], at[INSTANT_TEXT_MAX];

	if (r->recorded)
		lock_note_poll(&m->lock, r->seq);
	run_post_polled(&m->post, r->at, why);
	instant_format(at, clock_wall());
	if (why)
		snprintf(status, sizeof(status), "last poll failed at %s", at);
	else
		snprintf(status, sizeof(status), "%d positions, %d alerts, "
			 "polled %s%s", r->positions, r->alerts, at,
			 r->usable ? "" : ", service unusable");
	sd_polled(&m->sd, !why, status);
	return !why && run_backup_due(&m->backup, m->setup.config,
				      m->database);
}

/* A watchdog that barks between two polls would end a healthy monitor. */
static void check_watchdog(const struct monitor *m)
{
	int64_t every = m->setup.account.profile->poll_interval.ms;

	if (m->sd.watchdog_ms > 0 && every > m->sd.watchdog_ms / 2)
		log_write(LOG_LEVEL_WARNING, "watchdog", "text=\"it expects a "
			  "sign of life every %lld s, polls come every %lld "
			  "s: set WatchdogSec= to three polls\"",
			  (long long)(m->sd.watchdog_ms / 1000),
			  (long long)(every / 1000));
}

static void log_start(const struct monitor *m)
{
	char note[160];

	log_write(LOG_LEVEL_NOTICE, "started", "version=%s sqlite=%s mode=%s "
		  "profile=%s hash=%s db=%s", CARRYWATCH_VERSION,
		  store_sqlite_version(),
		  m->setup.account.mode == MODE_LIVE ? "live" : "dry-run",
		  m->setup.account.profile->name,
		  m->setup.account.profile->hash, log_quote(m->database).s);
	store_sqlite_note(note, sizeof(note));
	if (note[0])
		log_write(LOG_LEVEL_WARNING, "another SQLite", "text=%s",
			  log_quote(note).s);
}

/* ---- the command line ---- */

static bool read_clock(struct monitor *m, const struct cli *c,
		       struct err *err)
{
	clock_real(&m->clock);
	if (!cli_has(c, OPT_CLOCK)) {
		clock_listen(&m->clock);
		return true;
	}
	if (m->setup.account.mode != MODE_DRY_RUN)
		return err_set(err, ERR_USAGE, "--clock is for dry-run "
			       "accounts; %s is live", m->setup.account.name);
	if (!clock_parse(&m->clock, c->opt[OPT_CLOCK], err))
		return false;
	clock_listen(&m->clock);
	return true;
}

static bool read_every(struct monitor *m, const struct cli *c,
		       struct err *err)
{
	const char *text = c->opt[OPT_EVERY];

	if (!text)
		return true;
	if (!span_parse(&m->every, text, strlen(text)) ||
	    m->every.ms < 1000 || m->every.ms > INT64_C(1000) * DAY_S)
		return err_set(err, ERR_USAGE, "--every \"%s\": write a time "
			       "between 1s and 24h, with its unit", text);
	return true;
}

static bool read_polls(struct daemon *d, const struct cli *c, struct err *err)
{
	const char *text = c->opt[OPT_POLLS];
	char *end;
	long n;

	if (!text)
		return true;
	n = strtol(text, &end, 10);
	if (*end || end == text || n < 1 || n > INT32_MAX)
		return err_set(err, ERR_USAGE, "--polls \"%s\": write a whole "
			       "number above 0", text);
	d->polls = (int32_t)n;
	return true;
}

/*
 * A database behind the polls that were recorded has forgotten closes: pairs
 * that are gone may be open in it, and ids would be given twice. With
 * --restored the numbers go on where they were.
 */
static bool check_restored(const struct monitor *m, struct err *err)
{
	struct poll last = { .seq = 0 };
	bool found;

	if (!store_last_poll(m->store, &last, &found, err))
		return false;
	if (last.seq >= m->lock.last_poll || cli_has(m->cli, OPT_RESTORED))
		return true;
	return err_set(err, ERR_STORE, "%s went back: polls up to %lld were "
		       "recorded, it ends at %lld. If a backup was put in its "
		       "place, compare `positions list` with what is open at "
		       "the venues, then start once with --restored",
		       m->database, (long long)m->lock.last_poll,
		       (long long)last.seq);
}

static bool prepare(struct monitor *m, struct cli *c, struct err *err)
{
	const struct account *a;
	struct store_file file;

	if (!cli_account(c, &a, err) || !read_every(m, c, err))
		return false;
	m->setup.config = c->config;
	if (!setup_take(&m->setup, m, a, err) || !read_clock(m, c, err))
		return false;
	config_database(m->database, sizeof(m->database), c->config, a);
	run_confine_prepare(c->config);
	/* The lock stands beside the database: its directory comes first. */
	return store_file_prepare(&file, m->database, STORE_RUN, err) &&
	       lock_take(&m->lock, m->database, err) &&
	       cli_store(c, &m->store, a, STORE_RUN, err) &&
	       check_restored(m, err) && wire(m, err) &&
	       cycle_new(&m->cycle, m->setup.config, &m->setup.account,
			 m->store, &m->wiring, err);
}

static void release(struct monitor *m)
{
	sd_close(&m->sd);
	cycle_free(m->cycle);
	run_post_close(&m->post);
	cmd_book_close(&m->wiring.book);
	clock_close(&m->clock);
	if (m->wiring.source.free)
		m->wiring.source.free(m->wiring.source.ctx);
	store_close(m->store);
	lock_release(&m->lock);
	arena_free(m->setup.arena);
}

int cmd_run(struct cli *c)
{
	struct monitor m = { .cli = c, .lock = { .fd = -1 },
			     .clock = { .signal_fd = -1 },
			     .sd = { .fd = -1 } };
	struct daemon d = { .once = cli_has(c, OPT_ONCE), .reload = reload,
			    .reload_ctx = &m };
	struct err err = { ERR_NONE, "" };
	int code;

	harden_process();
	sd_open(&m.sd);
	/* An upgrade of a large database, and its copy, take their time. */
	sd_say(&m.sd, "EXTEND_TIMEOUT_USEC=%d", START_MAX_S * 1000000);
	clock_block_signals();
	m.setup.arena = arena_new();
	if (!m.setup.arena)
		err_set(&err, ERR_MEMORY, "no memory");
	if (m.setup.arena && read_polls(&d, c, &err) && prepare(&m, c, &err)) {
		m.cycle->version = CARRYWATCH_VERSION;
		m.cycle->polls_before = m.lock.last_poll;
		d.cycle = m.cycle;
		d.outbound = &m.post.outbound;
		d.polled = polled;
		d.chore = back_up;
		d.polled_ctx = &m;
		check_watchdog(&m);
		log_start(&m);
		m.confined = run_confine(m.setup.config, &m.setup.account,
					 m.database);
		code = daemon_run(&d);
	} else {
		code = cli_fail(c, &err);
	}
	sd_say(&m.sd, "STOPPING=1");
	release(&m);
	return code;
}
