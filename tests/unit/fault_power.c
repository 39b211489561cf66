/* SPDX-License-Identifier: MIT */
/*
 * A log of what happened to the files of one directory, and the directory as
 * it may be after a power cut. The model is that of the harshest file system:
 * bytes are safe once their file was synced, a name once its directory was
 * (the first sync of a new file syncs it, and a delete that asks for it). Of
 * everything else any part may be there, sector by sector, in any order.
 */
#include "fault_power.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault_vfs.h"

enum kind { AT_START, CREATE, WRITE, TRUNCATE, SYNC, DELETE, MARK };

struct entry {
	enum kind kind;
	int file;
	int64_t at;		/* offset, size, mark; DELETE: synced */
	size_t n;
	unsigned char *bytes;
};

#define FILES 16

static struct {
	char dir[128];
	bool on;
	struct entry *e;
	size_t n, cap;
	char name[FILES][160];
	int n_files;
} log_of;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static int file_of(const char *path)
{
	int i = 0;

	while (i < log_of.n_files && strcmp(log_of.name[i], path) != 0)
		i++;
	if (i < log_of.n_files)
		return i;
	must(i < FILES, "too many files");
	snprintf(log_of.name[i], sizeof(log_of.name[i]), "%s", path);
	return log_of.n_files++;
}

static void add(enum kind kind, const char *path, int64_t at, const void *p,
		size_t n)
{
	struct entry *e;

	if (kind != AT_START && (!log_of.on || (kind != MARK && (!path ||
	    strncmp(path, log_of.dir, strlen(log_of.dir)) != 0))))
		return;
	if (log_of.n == log_of.cap) {
		log_of.cap = log_of.cap ? 2 * log_of.cap : 256;
		log_of.e = realloc(log_of.e, log_of.cap * sizeof(*e));
		must(log_of.e != NULL, "realloc");
	}
	e = &log_of.e[log_of.n++];
	*e = (struct entry){ kind, path ? file_of(path) : 0, at, n, NULL };
	if (!n)
		return;
	e->bytes = malloc(n);
	must(e->bytes != NULL, "malloc");
	memcpy(e->bytes, p, n);
}

/* Opening creates when the name is not known, or was deleted. */
void power_open(const char *path)
{
	bool there = false;

	for (size_t i = 0; path && i < log_of.n; i++) {
		const struct entry *e = &log_of.e[i];

		if (e->kind == MARK || strcmp(log_of.name[e->file], path) != 0)
			continue;
		there = e->kind != DELETE;
	}
	if (!there)
		add(CREATE, path, 0, NULL, 0);
}

void power_write(const char *path, const void *p, size_t n, int64_t at)
{
	add(WRITE, path, at, p, n);
}

void power_truncate(const char *path, int64_t n)
{
	add(TRUNCATE, path, n, NULL, 0);
}

void power_sync(const char *path)
{
	add(SYNC, path, 0, NULL, 0);
}

void power_delete(const char *path, int sync)
{
	add(DELETE, path, sync, NULL, 0);
}

void fault_vfs_mark(int what)
{
	add(MARK, NULL, what, NULL, 0);
}

/* ---- from begin to end ---- */

/* What is there already is safe. */
static void take_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	unsigned char *p;

	must(f && fstat(fileno(f), &st) == 0, path);
	p = malloc((size_t)st.st_size + 1);
	must(p && fread(p, 1, (size_t)st.st_size, f) == (size_t)st.st_size,
	     path);
	fclose(f);
	add(AT_START, path, 0, p, (size_t)st.st_size);
	free(p);
}

static void each_file(const char *dir, void (*f)(const char *path))
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[400];

	must(d != NULL, dir);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		f(path);
	}
	closedir(d);
}

void fault_vfs_log(const char *dir)
{
	fault_vfs_log_free();
	snprintf(log_of.dir, sizeof(log_of.dir), "%s", dir);
	each_file(dir, take_file);
	log_of.on = true;
}

size_t fault_vfs_log_end(void)
{
	log_of.on = false;
	return log_of.n;
}

void fault_vfs_log_free(void)
{
	for (size_t i = 0; i < log_of.n; i++)
		free(log_of.e[i].bytes);
	free(log_of.e);
	memset(&log_of, 0, sizeof(log_of));
}

/* ---- the cut ---- */

static uint64_t state;

static bool chance(uint64_t seed)
{
	if (seed < 2)
		return seed == 1;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 33 & 1;
}

struct image {
	unsigned char *p;
	size_t n, cap;
	bool there;
};

static void grow(struct image *m, size_t n)
{
	if (n > m->cap) {
		m->p = realloc(m->p, n);
		must(m->p != NULL, "realloc");
		m->cap = n;
	}
	if (n > m->n)
		memset(m->p + m->n, 0, n - m->n);
	m->n = n;
}

/* Sector by sector when it is not safe. */
static void put(struct image *m, const struct entry *e, bool safe,
		uint64_t seed)
{
	for (size_t i = 0; i < e->n; ) {
		size_t at = (size_t)e->at + i;
		size_t n = POWER_SECTOR - at % POWER_SECTOR;

		n = n < e->n - i ? n : e->n - i;
		if (safe || chance(seed)) {
			if (at + n > m->n)
				grow(m, at + n);
			memcpy(m->p + at, e->bytes + i, n);
		}
		i += n;
	}
}

/* Did a sync of the same file, or for a name of any, follow before the cut? */
static bool is_safe(size_t i, size_t at)
{
	const struct entry *e = &log_of.e[i];
	bool name = e->kind == CREATE || e->kind == DELETE;

	if (e->kind == AT_START || (e->kind == DELETE && e->at))
		return true;
	for (size_t k = i + 1; k <= at && k < log_of.n; k++) {
		const struct entry *x = &log_of.e[k];

		if (x->kind == SYNC && x->file == e->file)
			return true;
		if (name && x->kind == DELETE && x->at)
			return true;
		if (!name && x->kind == DELETE && x->file == e->file)
			return false;
	}
	return false;
}

static void apply(struct image *m, size_t i, size_t at, uint64_t seed)
{
	const struct entry *e = &log_of.e[i];
	bool safe = is_safe(i, at);

	switch (e->kind) {
	case AT_START:
	case WRITE:
		m->there |= e->kind == AT_START;
		put(m, e, safe, seed);
		break;
	case CREATE:
		if (safe || chance(seed)) {
			m->there = true;
			m->n = 0;
		}
		break;
	case TRUNCATE:
		if (safe || chance(seed))
			grow(m, (size_t)e->at);
		break;
	case DELETE:
		if (safe || chance(seed))
			m->there = false;
		break;
	case SYNC:
	case MARK:
		break;
	}
}

static void remove_file(const char *path)
{
	unlink(path);
}

static void write_image(const char *path, const struct image *m)
{
	FILE *f = fopen(path, "wb");

	must(f != NULL, path);
	must(m->n == 0 || fwrite(m->p, 1, m->n, f) == m->n, path);
	must(fclose(f) == 0 && chmod(path, 0600) == 0, path);
}

unsigned fault_vfs_cut(size_t at, uint64_t seed)
{
	struct image image[FILES] = { { NULL, 0, 0, false } };
	unsigned marks = 0;

	state = seed * 0x9e3779b97f4a7c15u + 1;
	for (size_t i = 0; i <= at && i < log_of.n; i++)
		if (log_of.e[i].kind == MARK)
			marks |= 1u << log_of.e[i].at;
		else
			apply(&image[log_of.e[i].file], i, at, seed);
	each_file(log_of.dir, remove_file);
	for (int i = 0; i < log_of.n_files; i++) {
		if (image[i].there)
			write_image(log_of.name[i], &image[i]);
		free(image[i].p);
	}
	return marks;
}
