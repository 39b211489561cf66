/* SPDX-License-Identifier: MIT */
/* Opening a database file: modes, stamps, refusals; two at the same file. */
#include "given.h"
#include "store.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#define NOW	given_time(GIVEN_NOW)

struct fixture {
	char dir[64], sub[80], path[112];
	struct arena *arena;
	struct err err;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new();
	snprintf(f->dir, sizeof(f->dir), "/tmp/cw-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->sub, sizeof(f->sub), "%s/new/deep", f->dir);
	snprintf(f->path, sizeof(f->path), "%s/main.db", f->sub);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char path[160];

	for (int i = 0; i < 3; i++) {
		static const char *const tail[] = { "", "-journal", ".link" };

		snprintf(path, sizeof(path), "%s%s", f->path, tail[i]);
		unlink(path);
	}
	rmdir(f->sub);
	snprintf(path, sizeof(path), "%s/new", f->dir);
	rmdir(path);
	assert_int_equal(rmdir(f->dir), 0);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct store *open_as(struct fixture *f, enum store_access access)
{
	struct store *s;

	if (!store_open(&s, f->path, "main", false, access, &f->err))
		fail_msg("%s", f->err.text);
	return s;
}

static void check(struct fixture *f, bool ok)
{
	if (!ok)
		fail_msg("%s", f->err.text);
}

static void refused(struct fixture *f, bool ok, enum err_kind kind,
		    const char *words)
{
	assert_false(ok);
	assert_int_equal(f->err.kind, kind);
	if (!strstr(f->err.text, words))
		fail_msg("\"%s\" is not in: %s", words, f->err.text);
}

static int mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

/* Any SQL on the file, behind the store's back. */
static void meddle(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void add(struct fixture *f, struct store *s)
{
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   NULL);

	check(f, store_add_position(s, &p, NOW, "cli", "", &f->err));
}

static size_t count(struct fixture *f, struct store *s)
{
	struct position *list;
	size_t n;

	check(f, store_positions(s, &list, &n, STORE_ALL, INSTANT_UNKNOWN,
				 f->arena, &f->err));
	return n;
}

/* ---- the file ---- */

static void a_new_file_is_private(void **state)
{
	struct fixture *f = *state;
	char journal[160];
	struct store *s = open_as(f, STORE_CHANGE);

	snprintf(journal, sizeof(journal), "%s-journal", f->path);
	check(f, store_begin(s, &f->err));
	add(f, s);
	assert_int_equal(mode_of(f->path), 0600);
	assert_int_equal(mode_of(journal), 0600);
	assert_int_equal(mode_of(f->sub), 0700);
	check(f, store_commit(s, 100, &f->err));
	assert_int_equal(access(journal, F_OK), -1);
	store_close(s);
	s = open_as(f, STORE_RUN);
	assert_int_equal(count(f, s), 1);
	store_close(s);
}

static void reading_creates_nothing(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	refused(f, store_open(&s, f->path, "main", false, STORE_READ, &f->err),
		ERR_NOT_FOUND, "start the monitor or record a position with "
		"`positions open` first");
	assert_null(s);
	assert_int_equal(access(f->sub, F_OK), -1);
	store_close(open_as(f, STORE_RUN));
	assert_int_equal(truncate(f->path, 0), 0);
	refused(f, store_open(&s, f->path, "main", false, STORE_READ, &f->err),
		ERR_NOT_FOUND, "no database yet");
}

static void links_and_odd_files_are_refused(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	char link[160];

	store_close(open_as(f, STORE_RUN));
	snprintf(link, sizeof(link), "%s.link", f->path);
	assert_int_equal(symlink(f->path, link), 0);
	refused(f, store_open(&s, link, "main", false, STORE_RUN, &f->err),
		ERR_STORE, "symbolic link");
	refused(f, store_open(&s, link, "main", false, STORE_READ, &f->err),
		ERR_STORE, "symbolic link");
	refused(f, store_open(&s, f->sub, "main", false, STORE_RUN, &f->err),
		ERR_STORE, "is not a file");
}

static void another_users_file_is_only_read(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	if (geteuid() != 0) {
		print_message("# SKIP only root can give files away\n");
		skip();
	}
	store_close(open_as(f, STORE_RUN));
	assert_int_equal(chown(f->path, 65534, 65534), 0);
	refused(f, store_open(&s, f->path, "main", false, STORE_CHANGE,
			      &f->err), ERR_STORE, "belongs to user 65534");
	s = open_as(f, STORE_READ);
	assert_int_equal(count(f, s), 0);
	refused(f, store_begin(s, &f->err), ERR_STORE, "for reading only");
	store_close(s);
}

static void what_is_no_database_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	FILE *out;

	store_close(open_as(f, STORE_RUN));
	out = fopen(f->path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is a text file\n", out);
	fclose(out);
	refused(f, store_open(&s, f->path, "main", false, STORE_RUN, &f->err),
		ERR_STORE, "not a database");
	refused(f, store_open(&s, f->path, "main", false, STORE_READ, &f->err),
		ERR_STORE, "not a database");
}

static void spoil(struct fixture *f, int page)
{
	FILE *io = fopen(f->path, "r+");

	fseek(io, 4096L * page, SEEK_SET);
	for (int i = 0; i < 200; i++)
		fputc(0xa5, io);
	fclose(io);
}

/* The page where a table or index begins, counted from 0. */
static int root_page(struct fixture *f, const char *name)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int page;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT rootpage FROM "
					    "sqlite_schema WHERE name = ?1",
					    -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	page = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return page - 1;
}

/* The monitor looks at every page, a command only at what it needs. */
static void damage_is_seen_at_the_start(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	store_close(open_as(f, STORE_RUN));
	spoil(f, root_page(f, "outbox"));
	store_close(open_as(f, STORE_CHANGE));
	refused(f, store_open(&s, f->path, "main", false, STORE_RUN, &f->err),
		ERR_STORE, "damaged");
	spoil(f, root_page(f, "meta"));
	refused(f, store_open(&s, f->path, "main", false, STORE_CHANGE,
			      &f->err), ERR_STORE, "damaged");
	refused(f, store_open(&s, f->path, "main", false, STORE_READ,
			      &f->err), ERR_STORE, "damaged");
}

/* ---- stamps ---- */

static void account_and_mode_are_stamped(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	store_close(open_as(f, STORE_RUN));
	for (int i = STORE_RUN; i <= STORE_READ; i++) {
		enum store_access a = (enum store_access)i;

		refused(f, store_open(&s, f->path, "paper", false, a, &f->err),
			ERR_STORE, "account main, not of paper");
		refused(f, store_open(&s, f->path, "main", true, a, &f->err),
			ERR_STORE, "holds live positions of account main, but "
			"the account is configured as dry-run: set "
			"`mode: live`");
	}
	store_close(open_as(f, STORE_READ));
}

static void other_versions_are_refused(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	char sql[64], words[64];
	int v = store_schema_version();

	store_close(open_as(f, STORE_RUN));
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", v + 1);
	meddle(f, sql);
	snprintf(words, sizeof(words), "has schema version %d, this program "
		 "knows", v + 1);
	refused(f, store_open(&s, f->path, "main", false, STORE_RUN, &f->err),
		ERR_STORE, words);
	refused(f, store_open(&s, f->path, "main", false, STORE_READ, &f->err),
		ERR_STORE, words);
	meddle(f, "PRAGMA application_id = 1");
	refused(f, store_open(&s, f->path, "main", false, STORE_RUN, &f->err),
		ERR_STORE, "another program");
}

static void another_journal_mode_is_turned_back(void **state)
{
	struct fixture *f = *state;
	char wal[160];

	store_close(open_as(f, STORE_RUN));
	meddle(f, "PRAGMA journal_mode = WAL");
	store_close(open_as(f, STORE_CHANGE));
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(access(wal, F_OK), -1);
}

/* Another program has it open in that mode: nobody can turn it back. */
static void a_journal_mode_in_use_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	char path[160];
	sqlite3 *other;

	store_close(open_as(f, STORE_RUN));
	assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "PRAGMA journal_mode = WAL; "
				      "BEGIN; SELECT * FROM meta", NULL, NULL,
				      NULL), SQLITE_OK);
	refused(f, store_open(&s, f->path, "main", false, STORE_RUN, &f->err),
		ERR_BUSY, "in use by another process");
	sqlite3_close(other);
	store_close(open_as(f, STORE_RUN));
	snprintf(path, sizeof(path), "%s-wal", f->path);
	assert_int_equal(access(path, F_OK), -1);
}

static void tables_without_an_account_are_no_database_yet(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	store_close(open_as(f, STORE_RUN));
	meddle(f, "DELETE FROM meta");
	refused(f, store_open(&s, f->path, "main", false, STORE_READ, &f->err),
		ERR_NOT_FOUND, "account main has no database yet");
	store_close(open_as(f, STORE_RUN));	/* it takes the place */
	refused(f, store_open(&s, f->path, "paper", false, STORE_READ,
			      &f->err), ERR_STORE, "account main, not of");
}

static void copy_file(const char *from, const char *to)
{
	static char bytes[1 << 20];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t n = fread(bytes, 1, sizeof(bytes), in);

	assert_true(n > 0 && n < sizeof(bytes));
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	fclose(out);
}

/* The monitor of another user was killed at a commit: what it left can only
 * be rolled back by who may write. */
static void a_hot_journal_is_left_to_its_user(void **state)
{
	static const char *const tails[] = { "", "-journal" };
	struct fixture *f = *state;
	char from[160], to[160];
	struct store *s;
	sqlite3 *writer;

	if (geteuid() != 0) {
		print_message("# SKIP only root can give files away\n");
		skip();
	}
	store_close(open_as(f, STORE_RUN));
	snprintf(to, sizeof(to), "%s.link", f->path);
	copy_file(f->path, to);
	assert_int_equal(sqlite3_open(to, &writer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(writer, "PRAGMA cache_size = 1; BEGIN; "
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
		"n WHERE i < 2000) INSERT INTO configs SELECT i, 'text' FROM "
		"n", NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < 2; i++) {
		snprintf(from, sizeof(from), "%s.link%s", f->path, tails[i]);
		snprintf(to, sizeof(to), "%s%s", f->path, tails[i]);
		copy_file(from, to);
		assert_int_equal(chown(to, 65534, 65534), 0);
	}
	sqlite3_close(writer);
	refused(f, store_open(&s, f->path, "main", false, STORE_READ, &f->err),
		ERR_STORE, "(opened for reading only: start the monitor, or "
		"run this as the user of the monitor)");
	for (int i = 0; i < 2; i++) {
		snprintf(to, sizeof(to), "%s%s", f->path, tails[i]);
		assert_int_equal(chown(to, 0, 0), 0);
	}
	s = open_as(f, STORE_READ);	/* its user's command rolls it back */
	assert_int_equal(count(f, s), 0);
	store_close(s);
	assert_int_equal(access(to, F_OK), -1);
}

static void what_cannot_be_made_is_named(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	refused(f, store_open(&s, "/proc/nowhere/main.db", "main", false,
			      STORE_RUN, &f->err), ERR_STORE,
		"cannot create the directory /proc/nowhere: ");
	refused(f, store_open(&s, "/proc/main.db", "main", false, STORE_RUN,
			      &f->err), ERR_STORE,
		"cannot create the database /proc/main.db: ");
}

/* data_dir: . */
static void a_name_without_a_directory_is_of_where_one_stands(void **state)
{
	struct fixture *f = *state;
	char *before = getcwd(NULL, 0);
	struct store *s;

	store_close(open_as(f, STORE_RUN));
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(chdir(f->sub), 0);
	check(f, store_open(&s, "main.db", "main", false, STORE_RUN,
			    &f->err));
	store_close(s);
	assert_int_equal(chmod(f->sub, 0777), 0);
	refused(f, store_open(&s, "main.db", "main", false, STORE_RUN,
			      &f->err), ERR_STORE, "others can write");
	assert_int_equal(chdir(before), 0);
	free(before);
	assert_int_equal(mode_of(f->path), 0600);
}

static void a_value_that_makes_no_sense_is_named(void **state)
{
	struct fixture *f = *state;
	struct store *s = open_as(f, STORE_RUN);
	struct position *list;
	size_t n;

	check(f, store_begin(s, &f->err));
	add(f, s);
	check(f, store_commit(s, 100, &f->err));
	meddle(f, "PRAGMA ignore_check_constraints = ON; "
		  "UPDATE positions SET size_usd = '1,5'");
	refused(f, store_positions(s, &list, &n, STORE_ALL, INSTANT_UNKNOWN,
				   f->arena, &f->err), ERR_STORE,
		"a value of size_usd makes no sense");
	store_close(s);
}

/* ---- two at the same file ---- */

static void a_reader_delays_a_commit_but_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct store *w = open_as(f, STORE_RUN), *r = open_as(f, STORE_READ);

	check(f, store_begin_read(r, &f->err));
	assert_int_equal(count(f, r), 0);
	check(f, store_begin(w, &f->err));
	add(f, w);
	refused(f, store_commit(w, 20, &f->err), ERR_BUSY,
		"nothing was written");
	assert_int_equal(count(f, r), 0);
	store_end_read(r);
	assert_int_equal(count(f, w), 0);
	check(f, store_begin(w, &f->err));
	add(f, w);
	check(f, store_commit(w, 20, &f->err));
	assert_int_equal(count(f, r), 1);
	store_close(r);
	store_close(w);
}

static void two_changes_of_one_version_conflict(void **state)
{
	struct fixture *f = *state;
	struct store *a = open_as(f, STORE_RUN), *b = open_as(f, STORE_CHANGE);
	struct position p, q;
	struct event e = { .position = 1, .at = NOW, .kind = "note",
			   .note = "" };

	check(f, store_begin(a, &f->err));
	add(f, a);
	check(f, store_commit(a, 100, &f->err));
	check(f, store_position(a, &p, 1, &f->err));
	check(f, store_position(b, &q, 1, &f->err));
	check(f, store_begin(b, &f->err));
	check(f, store_change_position(b, &q, &e, &f->err));
	check(f, store_commit(b, 100, &f->err));
	check(f, store_begin(a, &f->err));
	refused(f, store_change_position(a, &p, &e, &f->err), ERR_BUSY,
		"changed meanwhile");
	store_rollback(a);
	store_close(a);
	store_close(b);
}

static void a_second_writer_waits_and_gives_up(void **state)
{
	struct fixture *f = *state;
	struct store *a = open_as(f, STORE_RUN), *b = open_as(f, STORE_CHANGE);

	check(f, store_begin(a, &f->err));
	refused(f, store_begin(b, &f->err), ERR_BUSY, "try again");
	store_rollback(a);
	check(f, store_begin(b, &f->err));
	store_rollback(b);
	store_close(a);
	store_close(b);
}

/* The pages of a commit do not fit on the disk any more. */
static void a_commit_that_fails_has_an_unknown_outcome(void **state)
{
	struct fixture *f = *state;
	struct store *s = open_as(f, STORE_RUN);
	struct rlimit old, tight;
	char *text = calloc(1, 500001);
	bool ok;

	memset(text, 'x', 500000);
	signal(SIGXFSZ, SIG_IGN);
	check(f, store_begin(s, &f->err));
	check(f, store_put_config(s, "aa", text, &f->err));
	getrlimit(RLIMIT_FSIZE, &old);
	tight = old;
	tight.rlim_cur = 300000;
	setrlimit(RLIMIT_FSIZE, &tight);
	ok = store_commit(s, 100, &f->err);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	refused(f, ok, ERR_OUTCOME, "may still have happened");
	store_close(s);
	s = open_as(f, STORE_RUN);
	check(f, store_begin(s, &f->err));
	check(f, store_put_config(s, "aa", text, &f->err));
	check(f, store_commit(s, 100, &f->err));
	store_close(s);
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_is_private),
		TEST(reading_creates_nothing),
		TEST(links_and_odd_files_are_refused),
		TEST(another_users_file_is_only_read),
		TEST(what_is_no_database_is_refused),
		TEST(damage_is_seen_at_the_start),
		TEST(account_and_mode_are_stamped),
		TEST(other_versions_are_refused),
		TEST(another_journal_mode_is_turned_back),
		TEST(a_journal_mode_in_use_is_refused),
		TEST(tables_without_an_account_are_no_database_yet),
		TEST(a_hot_journal_is_left_to_its_user),
		TEST(what_cannot_be_made_is_named),
		TEST(a_name_without_a_directory_is_of_where_one_stands),
		TEST(a_value_that_makes_no_sense_is_named),
		TEST(a_reader_delays_a_commit_but_loses_nothing),
		TEST(two_changes_of_one_version_conflict),
		TEST(a_second_writer_waits_and_gives_up),
		TEST(a_commit_that_fails_has_an_unknown_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
