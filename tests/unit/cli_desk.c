/* SPDX-License-Identifier: MIT */
/* Two accounts in files, and commands over them (cli_desk.h). */
#include "cli_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "cli.h"
#include "fail_books.h"
#include "fail_desk.h"
#include "log.h"
#include "replay_scene.h"
#include "store_admin.h"

#define POLLS	147
#define WORDS	40

static struct fail_desk live;
static struct file {
	char path[96];
	unsigned char *bytes;
	size_t n;
	struct instant now;
} paper_file, live_file;
static char dir[64];
static FILE *caught_out, *caught_err;

/* ---- what the commands find ---- */

static void put(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void put(const char *name, const char *fmt, ...)
{
	char path[128];
	va_list ap;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	assert_int_equal(fclose(f), 0);
}

static void put_config(const char *name, const char *data, const char *mode)
{
	put(name, "version: 1\n"
	    "service: {url: 'http://127.0.0.1:9'}\n"
	    "storage: {directory: %s}\n"
	    "profiles:\n"
	    "  own:\n"
	    "    close:\n"
	    "      - FLIPPED: flip(0.01%%) for 3 polls\n"
	    "      - SEVERE: erosion(0.1) for 30m and min_hold(2h)\n"
	    "      - GAIN: take_profit(2%%)\n"
	    "      - LOSS: stop_loss(3%%)\n"
	    "      - LOW: carry_below(2%%)\n"
	    "      - BETTER: better_opportunity(0.0040)\n"
	    "      - OLD: age(400h)\n"
	    "    alert:\n"
	    "      - THIN: oi_imbalance(high=2, low=0.5)\n"
	    "accounts:\n"
	    "  main: {profile: own, mode: %s, shadow: aggressive}\n", data,
	    mode);
}

/* Two coins on two venues, settled every eight hours for ten days. */
static void put_settlements(void)
{
	static char text[30000];
	int n = snprintf(text, sizeof(text), "ts_utc_ms,venue,symbol,"
			 "interval_s,funding_rate,mark_price,"
			 "open_interest_usd\n");

	for (int i = 0; i < 30; i++)
		for (int k = 0; k < 4; k++)
			n += snprintf(text + n, sizeof(text) - (size_t)n,
				      "%lld,%s,%s,28800,%s0.000%d,%d,\n",
				      1767225600000LL + i * 28800000LL,
				      k % 2 ? "grvt" : "lighter",
				      k < 2 ? "BTC" : "ETH",
				      i % 7 == 3 && k % 2 ? "-" : "",
				      1 + (i * 3 + k * 5) % 9, 100 + i + k);
	put("settled.csv", "%s", text);
}

static void put_files(void)
{
	char data[96];

	snprintf(dir, sizeof(dir), "/tmp/cw-cli-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(data, sizeof(data), "%s/data", dir);
	assert_int_equal(mkdir(data, 0700), 0);
	snprintf(paper_file.path, sizeof(paper_file.path),
		 "%s/data/main.dry-run.db", dir);
	put_config("paper.yaml", data, "dry-run");
	put_config("live.yaml", live.dir, "live");
	put("pairs.csv", "symbol,long_venue,short_venue,size_usd,opened_at,"
	    "entry_divergence_8h,note\n"
	    "ETH,lighter,grvt,100,2026-11-17T16:41:12Z,0.0002,two\n");
	put("paid.jsonl", "{\"position\":1,\"side\":\"long\",\"at\":"
	    "\"2026-11-20T08:00:00Z\",\"amount_usd\":\"-1.25\"}\n");
	put_settlements();
}

static void open_paper(void)
{
	struct scene s;

	scene_begin(&s, 7, false, 6);
	for (int i = 0; i < POLLS; i++) {
		scene_poll(&s);
		if (i % 40 == 39)
			scene_act(&s);
	}
	if (!store_backup(s.store, paper_file.path, &s.err))
		fail_msg("%s", s.err.text);
	paper_file.now = s.now;
	scene_end(&s);
}

/* Pairs whose prices are known, one of them closed. */
#define PRICED	"--symbol ETH --long lighter --short grvt --size 1000 " \
		"--long-qty 10 --short-qty 10 --long-price 100 " \
		"--short-price 101 --entry-divergence 0.0004 --fees 0.4 --yes"

static void add_priced(void)
{
	static const struct cli_line lines[] = {
		{ "paper", "positions open " PRICED, CLI_WRITES, 0 },
		{ "paper", "positions close 7 --long-price 102 --short-price "
		  "102.5 --fees 0.9 --yes", CLI_WRITES, 0 },
		{ "paper", "positions open " PRICED, CLI_WRITES, 0 },
	};
	static struct shown shown;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		cli_desk_run(&lines[i], false, &shown);
		if (shown.code)
			fail_msg("%s: %s", lines[i].words, shown.err);
	}
}

static void keep(struct file *f)
{
	f->bytes = fail_books_read(f->path, &f->n);
	f->now.ms += 5000;
}

void cli_desk_open(void)
{
	caught_out = tmpfile();
	caught_err = tmpfile();
	assert_true(caught_out && caught_err);
	fail_desk_open(&live, 0);
	if (!fail_life(&live))
		fail_msg("%s", live.err.text);
	snprintf(live_file.path, sizeof(live_file.path), "%s", live.path);
	live_file.now = live.now;
	put_files();
	open_paper();
	add_priced();
	keep(&paper_file);
	keep(&live_file);
	log_open(LOG_LEVEL_ERR - 1, "main", true);
}

void cli_desk_again(void)
{
	char data[96];

	snprintf(data, sizeof(data), "%s/data", dir);
	fail_books_wipe(data);
	fail_books_wipe(live.dir);
	fail_books_write(paper_file.path, paper_file.bytes, paper_file.n);
	fail_books_write(live_file.path, live_file.bytes, live_file.n);
}

void cli_desk_close(void)
{
	char data[96];

	snprintf(data, sizeof(data), "%s/data", dir);
	fail_books_wipe(data);
	assert_int_equal(rmdir(data), 0);
	fail_books_wipe(dir);
	assert_int_equal(rmdir(dir), 0);
	fail_desk_close(&live);
	fclose(caught_out);
	fclose(caught_err);
	free(paper_file.bytes);
	free(live_file.bytes);
}

static const struct file *file_of(const struct cli_line *l)
{
	return strcmp(l->account, "paper") == 0 ? &paper_file : &live_file;
}

/* ---- a command ---- */

/* What is written to the descriptor goes to a file meanwhile. */
struct catch {
	FILE *f, *caught;
	int fd, was;
};

static struct catch begin_catch(FILE *f, int fd, FILE *caught)
{
	struct catch c = { .f = f, .caught = caught, .fd = fd };

	fflush(f);
	c.was = dup(fd);
	assert_true(c.was >= 0);
	assert_int_equal(ftruncate(fileno(caught), 0), 0);
	assert_int_equal(lseek(fileno(caught), 0, SEEK_SET), 0);
	assert_int_equal(dup2(fileno(caught), fd), fd);
	return c;
}

static void end_catch(struct catch *c, char *text, size_t size)
{
	ssize_t n;

	fflush(c->f);
	assert_int_equal(dup2(c->was, c->fd), c->fd);
	close(c->was);
	n = pread(fileno(c->caught), text, size - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
}

/* The words, with -c FILE; $D becomes the directory. */
static int split(char **argv, char *buf, size_t size,
		 const struct cli_line *l)
{
	size_t n = (size_t)snprintf(buf, size, "carrywatch ");
	int argc = 0;

	for (const char *s = l->words; *s; s++)
		if (s[0] == '$' && s[1] == 'D')
			n += (size_t)snprintf(buf + n, size - n, "%s",
					      dir), s++;
		else
			buf[n++] = *s;
	snprintf(buf + n, size - n, " -c %s/%s.yaml", dir, l->account);
	for (char *w = strtok(buf, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	assert_true(argc < WORDS);
	return argc;
}

static int run(const struct cli_line *l, bool at_terminal)
{
	struct cli c = { .now = file_of(l)->now, .tty = at_terminal,
			 .color = at_terminal,
			 .width = at_terminal ? 80 : 0 };
	char buf[1000], *argv[WORDS];
	int argc = split(argv, buf, sizeof(buf), l), code;
	struct err err = { .kind = ERR_NONE };

	c.arena = arena_new();
	if (!c.arena)
		return cli_no_memory(&c);
	code = cli_parse(&c, argc, argv, &err) ? c.command->run(&c) :
						 cli_fail(&c, &err);
	arena_free(c.arena);
	return code;
}

void cli_desk_run(const struct cli_line *l, bool at_terminal,
		  struct shown *out)
{
	struct catch o = begin_catch(stdout, STDOUT_FILENO,
				      caught_out);
	struct catch e = begin_catch(stderr, STDERR_FILENO,
				      caught_err);

	out->code = run(l, at_terminal);
	end_catch(&e, out->err, sizeof(out->err));
	end_catch(&o, out->out, sizeof(out->out));
}

/* ---- what is left ---- */

#define STIR_FIRST	0xcbf29ce484222325u

static uint64_t stir(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return h;
}

static uint64_t stir_rows(uint64_t h, sqlite3 *db, const char *table)
{
	sqlite3_stmt *st;
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT * FROM \"%.100s\"", table);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), 0);
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			const void *p = sqlite3_column_blob(st, i);
			size_t n = (size_t)sqlite3_column_bytes(st, i);

			h = stir(stir(h, &n, sizeof(n)), p, n);
		}
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	return stir(h, table, strlen(table));
}

uint64_t cli_desk_books(const struct cli_line *l)
{
	uint64_t h = STIR_FIRST;
	sqlite3_stmt *st;
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(file_of(l)->path, &db,
					 SQLITE_OPEN_READWRITE, "unix"), 0);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM "
		"sqlite_schema WHERE type = 'table' ORDER BY name", -1, &st,
		NULL), 0);
	while (sqlite3_step(st) == SQLITE_ROW)
		h = stir_rows(h, db, (const char *)sqlite3_column_text(st,
								       0));
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	sqlite3_close(db);
	return h;
}

uint64_t cli_desk_page(const struct cli_line *l)
{
	const char *name = strstr(l->words, "--html $D/");
	unsigned char *bytes;
	uint64_t h = STIR_FIRST;
	char path[200];
	size_t n;

	if (!name)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name + strlen("--html $D/"));
	if (access(path, F_OK) != 0)
		return 0;
	bytes = fail_books_read(path, &n);
	h = stir(h, bytes, n);
	free(bytes);
	assert_int_equal(unlink(path), 0);
	return h;
}

/* "2026-11-26T08:00:00Z", without what follows; 0: no time. */
static size_t time_length(const char *s)
{
	return strncmp(s, "2026-", 5) == 0 ? strspn(s, "0123456789-:TZ") : 0;
}

/* Blanks before a column, or the rule below it: as wide as what is shown. */
static size_t width(const char *s)
{
	return s[0] == '-' && s[1] == '-' ? strspn(s, "-") : strspn(s, " ");
}

bool cli_desk_same_but_times(const char *shown, const char *whole)
{
	for (;;) {
		size_t a = width(shown), b = width(whole);

		if (a && b && *shown == *whole) {
			shown += a;
			whole += b;
		} else if (*shown == *whole) {
			if (!*shown)
				return true;
			shown++;
			whole++;
		} else if (*shown == '?' && time_length(whole)) {
			shown++;
			whole += time_length(whole);
		} else {
			return false;
		}
	}
}
