/* SPDX-License-Identifier: MIT */
/* Which backups there are, and which stay (backup.h). */
#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ours.h"
#include "store_admin.h"

#define DAY_MS	(INT64_C(1000) * DAY_S)
#define STAMP	16		/* 20261126T073000Z */
#define PART	".part"		/* of migrate_copy */

/* ---- thinning ---- */

/* Which day, or week, it is of; only the newest of each stays. */
static int64_t slot_of(struct instant t, struct instant now)
{
	int64_t age = now.ms - t.ms;

	if (age < DAY_MS)
		return INT64_MAX;		/* all of them */
	if (age < 8 * DAY_MS)
		return t.ms / DAY_MS;
	if (age < 36 * DAY_MS)
		return -(t.ms / (7 * DAY_MS));
	return INT64_MIN;			/* none */
}

size_t backup_known(const struct backups *b, struct instant now)
{
	size_t n = b->n;

	while (n > 0 && b->at[n - 1].ms - now.ms > DAY_MS)
		n--;
	return n;
}

void backup_thin(bool *keep, const struct backups *b, struct instant now)
{
	size_t n = backup_known(b, now);

	for (size_t i = 0; i < b->n; i++) {
		int64_t slot = slot_of(b->at[i], now);
		bool newest = i + 1 == n ||
			      (i + 1 < n && slot_of(b->at[i + 1], now) != slot);

		keep[i] = i + 1 >= n || slot == INT64_MAX ||
			  (slot != INT64_MIN && newest);
	}
}

/* ---- names ---- */

void backup_path(char *buf, size_t n, const char *dir, const char *name,
		 struct instant at)
{
	char text[INSTANT_TEXT_MAX], stamp[STAMP + 1];
	size_t k = 0;

	/* 2026-11-26T07:30:00Z without its signs. */
	instant_format(text, (struct instant){ at.ms / 1000 * 1000 });
	for (const char *c = text; *c && k < STAMP; c++)
		if (*c != '-' && *c != ':')
			stamp[k++] = *c;
	stamp[k] = '\0';
	snprintf(buf, n, "%s/%s.%s.db", dir, name, stamp);
}

/* "NAME.20261126T073000Z.db" back to its time; false: something else. */
static bool read_name(struct instant *out, const char *file, const char *name)
{
	size_t n = strlen(name);
	const char *s = file + n + 1;
	char text[INSTANT_TEXT_MAX];

	if (strncmp(file, name, n) != 0 || file[n] != '.' ||
	    strlen(s) != STAMP + 3 || strcmp(s + STAMP, ".db") != 0)
		return false;
	snprintf(text, sizeof(text), "%.4s-%.2s-%.5s:%.2s:%.3s", s, s + 4,
		 s + 6, s + 11, s + 13);
	return instant_parse(out, text, strlen(text));
}

static int by_time(const void *a, const void *b)
{
	const struct instant *x = a, *y = b;

	return x->ms < y->ms ? -1 : x->ms > y->ms;
}

void backup_list(struct backups *out, const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	out->n = 0;
	while (d && out->n < BACKUP_NAMES_MAX && (e = readdir(d)))
		if (read_name(&out->at[out->n], e->d_name, name))
			out->n++;
	if (d)
		closedir(d);
	qsort(out->at, out->n, sizeof(*out->at), by_time);
}

/* ---- making ---- */

bool backup_due(const char *dir, const char *name, struct span every,
		struct instant now)
{
	struct backups b;
	size_t n;

	if (every.ms <= 0)
		return false;
	backup_list(&b, dir, name);
	n = backup_known(&b, now);
	return n == 0 || instant_diff(now, b.at[n - 1]).ms >= every.ms;
}

/* "NAME.20261126T073000Z.db.part" of another day than now. */
static bool is_left_over(const char *file, const char *name,
			 struct instant now)
{
	char whole[NAME_MAX + 1];
	size_t n = strlen(file);
	struct instant at;

	if (n <= strlen(PART) || n > NAME_MAX ||
	    strcmp(file + n - strlen(PART), PART) != 0)
		return false;
	snprintf(whole, sizeof(whole), "%.*s", (int)(n - strlen(PART)), file);
	return read_name(&at, whole, name) &&
	       (now.ms - at.ms > DAY_MS || at.ms - now.ms > DAY_MS);
}

/* Of backups that were interrupted; one of today may be at work still. */
static void drop_parts(const char *dir, const char *name, struct instant now)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (is_left_over(e->d_name, name, now))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

static void thin_out(const char *dir, const char *name, struct instant now)
{
	bool keep[BACKUP_NAMES_MAX];
	char path[1200];
	struct backups b;

	drop_parts(dir, name, now);
	backup_list(&b, dir, name);
	backup_thin(keep, &b, now);
	for (size_t i = 0; i < b.n; i++) {
		if (keep[i])
			continue;
		backup_path(path, sizeof(path), dir, name, b.at[i]);
		unlink(path);
	}
}

bool backup_make(struct store *s, const char *dir, const char *name,
		 struct instant now, struct err *err)
{
	char path[1200];

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return err_set(err, ERR_STORE, "cannot make the directory %s "
			       "for backups: %s", dir, strerror(errno));
	if (!ours_directory(dir, err))
		return false;
	backup_path(path, sizeof(path), dir, name, now);
	if (!store_backup(s, path, err))
		return false;
	thin_out(dir, name, now);
	return true;
}
