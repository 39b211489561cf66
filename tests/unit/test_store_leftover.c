/* SPDX-License-Identifier: MIT */
/* A journal beside a database: which ones are its own, which are refused. */
#include "store_leftover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECTOR	512u
#define PAGE	4096u
#define PAGES	2u		/* of the database, as made below */
#define CHANGE	7u		/* its change, as set below */
#define ALL	UINT32_MAX	/* records: up to the end */

struct fixture {
	char dir[64], path[80], journal[96], wal[96];
	sqlite3 *db;
};

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (24 - 8 * i));
}

static void make_database(struct fixture *f, const char *pragma)
{
	unsigned char change[4];
	FILE *io;

	unlink(f->path);
	assert_int_equal(sqlite3_open(f->path, &f->db), SQLITE_OK);
	run(f->db, pragma);
	run(f->db, "CREATE TABLE a (x)");
	sqlite3_close(f->db);
	io = fopen(f->path, "r+");
	put32(change, CHANGE);
	fseek(io, 24, SEEK_SET);
	fwrite(change, sizeof(change), 1, io);
	fclose(io);
	assert_int_equal(sqlite3_open(f->path, &f->db), SQLITE_OK);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/cw-leftover-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/a.db", f->dir);
	snprintf(f->journal, sizeof(f->journal), "%s-journal", f->path);
	snprintf(f->wal, sizeof(f->wal), "%s-wal", f->path);
	make_database(f, "PRAGMA page_size = 4096");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	sqlite3_close(f->db);
	unlink(f->journal);
	unlink(f->wal);
	unlink(f->path);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static void write_file(const char *path, const void *p, size_t n)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(p, 1, n, out), n);
	fclose(out);
}

/* True when it is let be; what is said otherwise names file and remedy. */
static bool let_be(const struct fixture *f, const char *left)
{
	struct err err = { ERR_NONE, "" };
	char words[300];

	if (store_leftover_check(f->db, f->path, &err))
		return true;
	assert_int_equal(err.kind, ERR_STORE);
	snprintf(words, sizeof(words), "%s was left by another database and "
		 "would overwrite %s: move it away, or put the database back "
		 "that it belongs to", left, f->path);
	assert_string_equal(err.text, words);
	return false;
}

/* ---- rollback journals ---- */

struct section {
	uint32_t records;	/* as its header says */
	uint32_t page[3];	/* which pages are in it */
};

struct journal {
	const char *what;
	bool let_be;
	uint32_t pages, sector, size;	/* of the database it is of */
	struct section section[2];
	uint32_t change, of_pages;	/* as page 1 in it says */
	size_t length;			/* 0: all that is written */
	bool spoiled;
};

#define NO_MORE { 0, { 0 } }

static const struct journal journals[] = {
	{ "of it, no page 1", true, PAGES, SECTOR, PAGE,
	  { { 1, { 2 } }, NO_MORE }, 0, 0, 0, false },
	{ "another size", false, PAGES + 1, SECTOR, PAGE,
	  { { 1, { 2 } }, NO_MORE }, 0, 0, 0, false },
	{ "the same, not valid", true, PAGES + 1, SECTOR, PAGE,
	  { { 1, { 2 } }, NO_MORE }, 0, 0, 0, true },
	{ "the same, not whole", true, PAGES + 1, SECTOR, PAGE,
	  { { 1, { 2 } }, NO_MORE }, 0, 0, 27, false },
	{ "empty pages of another size", false, PAGES, SECTOR, 8192,
	  { NO_MORE, NO_MORE }, 0, 0, 0, false },
	{ "pages too small", false, PAGES, SECTOR, 256,
	  { NO_MORE, NO_MORE }, 0, 0, 0, false },
	{ "pages too large", false, PAGES, SECTOR, 131072,
	  { NO_MORE, NO_MORE }, 0, 0, 0, false },
	{ "pages of no size", false, PAGES, SECTOR, 4097,
	  { NO_MORE, NO_MORE }, 0, 0, 0, false },
	{ "sectors of no size", true, PAGES, 0, PAGE,
	  { { 1, { 1 } }, NO_MORE }, CHANGE + 9, PAGES, 0, false },
	{ "of this change", true, PAGES, SECTOR, PAGE,
	  { { 1, { 1 } }, NO_MORE }, CHANGE, PAGES, 0, false },
	{ "of the change before", true, PAGES, SECTOR, PAGE,
	  { { 2, { 2, 1 } }, NO_MORE }, CHANGE - 1, PAGES, 0, false },
	{ "of an older change", false, PAGES, SECTOR, PAGE,
	  { { 2, { 2, 1 } }, NO_MORE }, CHANGE - 2, PAGES, 0, false },
	{ "of a change to come", false, PAGES, SECTOR, PAGE,
	  { { ALL, { 2, 1 } }, NO_MORE }, CHANGE + 1, PAGES, 0, false },
	{ "of another size by page 1", false, PAGES, SECTOR, PAGE,
	  { { 9, { 2, 1 } }, NO_MORE }, CHANGE, PAGES + 1, 0, false },
	{ "page 1 not counted", true, PAGES, SECTOR, PAGE,
	  { { 1, { 2, 1 } }, NO_MORE }, CHANGE + 9, PAGES, 0, false },
	{ "page 1 cut off", true, PAGES, SECTOR, PAGE,
	  { { 1, { 1 } }, NO_MORE }, CHANGE + 9, PAGES, SECTOR + 50, false },
	{ "page 1 in the second section", false, PAGES, SECTOR, PAGE,
	  { { 1, { 2 } }, { 1, { 1 } } }, CHANGE + 9, PAGES, 0, false },
	{ "the first page 1 counts", true, PAGES, SECTOR, PAGE,
	  { { 1, { 1 } }, { 1, { 1 } } }, CHANGE, PAGES, 0, false },
	{ "a second section cut off", true, PAGES, SECTOR, PAGE,
	  { { 1, { 2 } }, { 1, { 1 } } }, CHANGE + 9, PAGES,
	  SECTOR + 9 * SECTOR + 100, false },
};

static unsigned char *put_section(unsigned char *p, const struct journal *j,
				  const struct section *s)
{
	static const unsigned char magic[8] = {
		0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7
	};
	unsigned char *begin = p;

	memcpy(p, magic, sizeof(magic));
	put32(p + 8, s->records);
	put32(p + 16, j->pages);
	put32(p + 20, j->sector);
	put32(p + 24, j->size);
	p += SECTOR;
	for (int i = 0; i < 3 && s->page[i]; i++) {
		put32(p, s->page[i]);
		put32(p + 4 + 24, s->page[i] == 1 ? j->change : CHANGE + 50);
		put32(p + 4 + 28, s->page[i] == 1 ? j->of_pages : 50);
		p += 8 + PAGE;
	}
	while ((p - begin) % SECTOR)	/* the next begins on a sector */
		p++;
	return p;
}

static void write_journal(const struct fixture *f, const struct journal *j)
{
	unsigned char *buf = calloc(1, 100000), *end;

	end = put_section(buf, j, &j->section[0]);
	if (j->section[1].records)
		end = put_section(end, j, &j->section[1]);
	if (j->spoiled)
		buf[0] ^= 1;
	write_file(f->journal, buf, j->length ? j->length :
					       (size_t)(end - buf));
	free(buf);
}

static void a_journal_is_played_back_only_where_it_belongs(void **state)
{
	struct fixture *f = *state;

	assert_true(let_be(f, f->journal));	/* none: the usual case */
	for (size_t i = 0; i < sizeof(journals) / sizeof(journals[0]); i++) {
		write_journal(f, &journals[i]);
		if (let_be(f, f->journal) != journals[i].let_be)
			fail_msg("%s", journals[i].what);
	}
}

static void the_largest_page_is_known(void **state)
{
	struct journal j = journals[0];
	struct fixture *f = *state;

	sqlite3_close(f->db);
	make_database(f, "PRAGMA page_size = 65536");
	write_journal(f, &j);
	assert_false(let_be(f, f->journal));
	j.size = 65536;
	write_journal(f, &j);
	assert_true(let_be(f, f->journal));
}

/* It is of the change that is being made just now. */
static void the_journal_of_who_writes_is_let_be(void **state)
{
	struct fixture *f = *state;
	sqlite3 *other;

	assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
	run(other, "BEGIN IMMEDIATE");
	write_journal(f, &journals[1]);
	assert_true(let_be(f, f->journal));
	run(other, "ROLLBACK");
	sqlite3_close(other);
	write_journal(f, &journals[1]);
	assert_false(let_be(f, f->journal));
}

/* ---- write-ahead logs, and files that are no database yet ---- */

static void a_log_is_refused_beside_a_database_without(void **state)
{
	struct fixture *f = *state;

	write_file(f->wal, "", 0);
	assert_true(let_be(f, f->wal));
	write_file(f->wal, "frames", 6);
	assert_false(let_be(f, f->wal));
	unlink(f->wal);
	run(f->db, "PRAGMA journal_mode = WAL");
	run(f->db, "INSERT INTO a VALUES (1)");
	assert_true(let_be(f, f->wal));
}

static void nothing_overwrites_what_is_no_database(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(truncate(f->path, 99), 0);
	write_journal(f, &journals[1]);
	assert_true(let_be(f, f->journal));
	write_file(f->wal, "frames", 6);
	assert_true(let_be(f, f->wal));
	sqlite3_close(f->db);
	assert_int_equal(sqlite3_open(":memory:", &f->db), SQLITE_OK);
	assert_true(let_be(f, f->journal));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_journal_is_played_back_only_where_it_belongs),
		TEST(the_largest_page_is_known),
		TEST(the_journal_of_who_writes_is_let_be),
		TEST(a_log_is_refused_beside_a_database_without),
		TEST(nothing_overwrites_what_is_no_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
