/* SPDX-License-Identifier: MIT */
/* The disk in memory (sim_disk.h). Its bytes are no part of the heap. */
#define _GNU_SOURCE
#include "sim_disk.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <sqlite3.h>

#define FILES_MAX	4
#define CHUNK		((size_t)1 << 20)

struct file {
	char name[256];			/* "": free */
	unsigned char *data;
	size_t n, cap;
};

static struct {
	struct file file[FILES_MAX];
	enum disk_fault fault;		/* what comes ... */
	int64_t writes;			/* ... after so many */
	bool dead, hold;
} disk;

struct handle {
	sqlite3_file base;
	struct file *file;
	int lock;
};

static struct file *file_of(sqlite3_file *f)
{
	return ((struct handle *)f)->file;
}

/* Does this write happen? */
static int may_write(void)
{
	if (disk.dead)
		return SQLITE_IOERR_WRITE;
	if (disk.hold || disk.fault == DISK_WELL || disk.writes-- > 0)
		return SQLITE_OK;
	if (disk.fault == DISK_FULL) {
		disk.fault = DISK_WELL;
		return SQLITE_FULL;
	}
	disk_die();
	return SQLITE_IOERR_WRITE;
}

/* ---- one file ---- */

static bool grow(struct file *f, size_t n)
{
	size_t cap = (n + CHUNK - 1) / CHUNK * CHUNK;
	void *p;

	if (n <= f->cap)
		return true;
	if (f->cap > 0 && cap < 2 * f->cap)
		cap = 2 * f->cap;
	p = f->data ? mremap(f->data, f->cap, cap, MREMAP_MAYMOVE) :
		      mmap(NULL, cap, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return false;
	f->data = p;
	f->cap = cap;
	return true;
}

static int disk_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int disk_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 at)
{
	const struct file *f = file_of(file);
	size_t want = (size_t)n, from = (size_t)at;
	size_t have = from < f->n ? f->n - from : 0;

	if (have > want)
		have = want;
	if (have > 0)
		memcpy(buf, f->data + from, have);
	if (have == want)
		return SQLITE_OK;
	memset((char *)buf + have, 0, want - have);
	return SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *file, const void *buf, int n,
		      sqlite3_int64 at)
{
	struct file *f = file_of(file);
	size_t end = (size_t)at + (size_t)n;
	int rc = may_write();

	if (rc != SQLITE_OK)
		return rc;
	if (!grow(f, end))
		return SQLITE_FULL;
	if ((size_t)at > f->n)
		memset(f->data + f->n, 0, (size_t)at - f->n);
	memcpy(f->data + at, buf, (size_t)n);
	if (end > f->n)
		f->n = end;
	return SQLITE_OK;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 n)
{
	struct file *f = file_of(file);

	if (disk.dead)
		return SQLITE_IOERR_TRUNCATE;
	if ((size_t)n < f->n)
		f->n = (size_t)n;
	return SQLITE_OK;
}

static int disk_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	return disk.dead ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)file_of(file)->n;
	return SQLITE_OK;
}

static int disk_lock(sqlite3_file *f, int level)
{
	((struct handle *)f)->lock = level;
	return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *f, int *out)
{
	*out = ((struct handle *)f)->lock >= SQLITE_LOCK_RESERVED;
	return SQLITE_OK;
}

static int disk_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *f)
{
	(void)f;
	return 512;
}

static int disk_kind(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_SAFE_APPEND;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1, .xClose = disk_close, .xRead = disk_read,
	.xWrite = disk_write, .xTruncate = disk_truncate, .xSync = disk_sync,
	.xFileSize = disk_size, .xLock = disk_lock, .xUnlock = disk_lock,
	.xCheckReservedLock = disk_reserved, .xFileControl = disk_control,
	.xSectorSize = disk_sector, .xDeviceCharacteristics = disk_kind,
};

/* ---- the whole ---- */

static struct file *find(const char *name)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (!strcmp(disk.file[i].name, name))
			return &disk.file[i];
	return NULL;
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *out,
		     int flags, int *out_flags)
{
	struct handle *h = (struct handle *)out;
	struct file *f = name ? find(name) : NULL;

	(void)vfs;
	h->base.pMethods = NULL;
	if (!f && name)
		f = find("");
	if (!f || strlen(name) >= sizeof(f->name))
		return SQLITE_CANTOPEN;
	if (!f->name[0]) {
		if (disk.dead)
			return SQLITE_CANTOPEN;
		snprintf(f->name, sizeof(f->name), "%s", name);
		f->n = 0;
	}
	*h = (struct handle){ { &methods }, f, SQLITE_LOCK_NONE };
	if (out_flags)
		*out_flags = flags;
	return SQLITE_OK;
}

/* A transaction is committed when its journal is gone: it may not go. */
static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct file *f = find(name);
	int rc = may_write();

	(void)vfs;
	(void)sync;
	if (rc == SQLITE_FULL)
		rc = SQLITE_IOERR_DELETE;
	if (rc != SQLITE_OK || !f)
		return rc != SQLITE_OK ? rc : SQLITE_IOERR_DELETE_NOENT;
	f->name[0] = '\0';
	f->n = 0;
	return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct file *f = find(name);

	(void)vfs;
	*out = f && (flags != SQLITE_ACCESS_EXISTS || f->n > 0);
	return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)n, "%s", name);
	return SQLITE_OK;
}

static int disk_random(sqlite3_vfs *vfs, int n, char *out)
{
	static unsigned char next;

	(void)vfs;
	for (int i = 0; i < n; i++)
		out[i] = (char)(next += 97);
	return n;
}

static int disk_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int disk_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	(void)vfs;
	*out = 0;
	return SQLITE_OK;
}

bool disk_register(void)
{
	static sqlite3_vfs vfs = {
		.iVersion = 2, .szOsFile = sizeof(struct handle),
		.mxPathname = 255, .zName = "simulated",
		.xOpen = disk_open, .xDelete = disk_delete,
		.xAccess = disk_access, .xFullPathname = disk_path,
		.xRandomness = disk_random, .xSleep = disk_sleep,
		.xCurrentTimeInt64 = disk_time,
	};

	return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}

void disk_format(void)
{
	for (int i = 0; i < FILES_MAX; i++) {
		disk.file[i].name[0] = '\0';
		disk.file[i].n = 0;
	}
	disk_boot();
}

void disk_arm(enum disk_fault fault, int64_t writes)
{
	disk.fault = fault;
	disk.writes = writes;
}

void disk_die(void)
{
	disk.dead = true;
	disk.fault = DISK_WELL;
}

bool disk_dead(void)
{
	return disk.dead;
}

void disk_boot(void)
{
	disk.dead = disk.hold = false;
	disk.fault = DISK_WELL;
}

void disk_hold(bool hold)
{
	disk.hold = hold;
}

size_t disk_bytes(void)
{
	size_t n = 0;

	for (int i = 0; i < FILES_MAX; i++)
		n += disk.file[i].n;
	return n;
}
