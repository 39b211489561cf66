/* SPDX-License-Identifier: MIT */
/*
 * SQLite ties neither kind of journal to its database: whatever lies beside it
 * is played back. A rollback journal says how large the file was and, as soon
 * as page 1 was touched, which change it was at; ours never have a -wal.
 */
#include "store_leftover.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER		100		/* of a database */
#define AT_VERSIONS	18		/* 1 1: rollback journal, 2 2: WAL */
#define AT_CHANGE	24
#define AT_PAGES	28
#define JOURNAL_HEADER	28
#define ALL_RECORDS	UINT32_MAX

static const unsigned char magic[8] = {
	0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7
};

/* What a database, or page 1 in a journal, says of itself. */
struct mark {
	uint32_t change, pages;
};

struct journal {
	int fd;
	struct stat st;
	uint32_t pages, sector, page;	/* as its first header says */
	bool has_first;			/* page 1 is in it */
	struct mark first;
};

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static struct mark mark_of(const unsigned char *header)
{
	return (struct mark){ get32(header + AT_CHANGE),
			      get32(header + AT_PAGES) };
}

static bool read_at(const struct journal *j, unsigned char *buf, size_t n,
		    int64_t at)
{
	return pread(j->fd, buf, n, at) == (ssize_t)n;
}

/* ---- the journal ---- */

static bool is_size(uint32_t n)
{
	return n >= 512 && n <= 65536 && (n & (n - 1)) == 0;
}

/* The header of a section; *records is how many follow it. */
static bool read_header(struct journal *j, uint32_t *records, int64_t at)
{
	unsigned char h[JOURNAL_HEADER];

	if (!read_at(j, h, sizeof(h), at) ||
	    memcmp(h, magic, sizeof(magic)) != 0)
		return false;
	*records = get32(h + 8);
	if (at > 0)
		return true;
	j->pages = get32(h + 16);
	j->sector = get32(h + 20);
	j->page = get32(h + 24);
	return true;
}

static void read_record(struct journal *j, int64_t at)
{
	unsigned char number[4], page[HEADER];

	if (j->has_first || !read_at(j, number, sizeof(number), at) ||
	    get32(number) != 1)
		return;
	j->has_first = read_at(j, page, sizeof(page), at + 4);
	j->first = mark_of(page);
}

/* Sections of records, each begins on a sector with a header of its own. */
static void read_sections(struct journal *j, uint32_t records)
{
	int64_t size = j->st.st_size, each = 8 + (int64_t)j->page;
	int64_t at = j->sector;

	do {
		int64_t room = (size - at) / each;
		int64_t n = records == ALL_RECORDS || records > room ?
			    room : records;

		for (int64_t i = 0; i < n; i++)
			read_record(j, at + i * each);
		at += n * each;
		at = (at + j->sector - 1) / j->sector * j->sector;
		if (!read_header(j, &records, at))
			return;
		at += j->sector;
	} while (at < size);
}

/* True when SQLite would play this journal back. */
static bool read_journal(struct journal *j)
{
	uint32_t records;

	if (fstat(j->fd, &j->st) != 0 || !read_header(j, &records, 0))
		return false;
	if (is_size(j->page) && is_size(j->sector))
		read_sections(j, records);
	return true;
}

/* ---- does it belong here ---- */

static bool read_database(sqlite3_file *f, unsigned char header[HEADER])
{
	sqlite3_int64 size = 0;

	return f->pMethods->xFileSize(f, &size) == SQLITE_OK &&
	       size >= HEADER &&
	       f->pMethods->xRead(f, header, HEADER, 0) == SQLITE_OK;
}

static uint32_t page_size(const unsigned char *header)
{
	uint32_t n = (uint32_t)header[16] << 8 | header[17];

	return n == 1 ? 65536 : n;
}

/* Page 1 is written once a transaction, with the next number of change. */
static bool belongs(const struct journal *j, const unsigned char *header)
{
	struct mark db = mark_of(header);

	if (j->page != page_size(header))
		return false;
	if (!j->has_first)
		return db.pages == j->pages;
	return j->first.pages == j->pages &&
	       (db.change == j->first.change ||
		db.change == j->first.change + 1);
}

/* Nobody is writing, and nobody did while we looked. */
static bool is_left(sqlite3_file *f, const struct journal *j,
		    const char *journal)
{
	struct stat st;
	int reserved = 1;

	return f->pMethods->xCheckReservedLock(f, &reserved) == SQLITE_OK &&
	       !reserved && stat(journal, &st) == 0 &&
	       st.st_ino == j->st.st_ino && st.st_size == j->st.st_size &&
	       st.st_mtim.tv_sec == j->st.st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == j->st.st_mtim.tv_nsec;
}

static bool refuse(const char *what, const char *path, struct err *err)
{
	return err_set(err, ERR_STORE, "%s was left by another database and "
		       "would overwrite %s: move it away, or put the database "
		       "back that it belongs to", what, path);
}

static bool check_journal(sqlite3_file *f, const char *path,
			  struct err *err)
{
	unsigned char header[HEADER];
	char name[PATH_MAX + 16];
	struct journal j = { .fd = -1 };
	bool foreign;

	snprintf(name, sizeof(name), "%s-journal", path);
	j.fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (j.fd < 0)
		return true;		/* none: the usual case */
	foreign = read_journal(&j) && read_database(f, header) &&
		  !belongs(&j, header) && is_left(f, &j, name);
	close(j.fd);
	return !foreign || refuse(name, path, err);
}

static bool check_wal(sqlite3_file *f, const char *path, struct err *err)
{
	unsigned char header[HEADER];
	char name[PATH_MAX + 16];
	struct stat st;

	snprintf(name, sizeof(name), "%s-wal", path);
	if (stat(name, &st) != 0 || st.st_size == 0 ||
	    !read_database(f, header) || header[AT_VERSIONS] != 1)
		return true;
	return refuse(name, path, err);
}

bool store_leftover_check(sqlite3 *db, const char *path, struct err *err)
{
	sqlite3_file *f = NULL;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER,
				 &f) != SQLITE_OK || !f || !f->pMethods)
		return true;		/* a database in memory */
	return check_journal(f, path, err) && check_wal(f, path, err);
}
