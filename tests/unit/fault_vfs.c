/* SPDX-License-Identifier: MIT */
/* Calls that fail (fault_vfs.h); the log and its cuts are fault_power.c. */
#include "fault_vfs.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "fault_power.h"

struct file {
	sqlite3_file base;
	sqlite3_file *real;
	const char *name;	/* NULL: temporary */
};

static sqlite3_vfs *real;

static struct {
	unsigned ops;
	enum fault_kind kind;
	int64_t n, calls;
	bool always, hit;
} armed;

void fault_vfs_arm(unsigned ops, enum fault_kind kind, int64_t n, bool always)
{
	armed.ops = ops;
	armed.kind = kind;
	armed.n = n;
	armed.always = always;
	armed.calls = 0;
	armed.hit = false;
}

bool fault_vfs_disarm(void)
{
	armed.ops = 0;
	return armed.hit;
}

int64_t fault_vfs_calls(void)
{
	return armed.calls;
}

/* Does this call fail? */
static bool fails(enum fault_op op)
{
	if (!(armed.ops & (unsigned)op))
		return false;
	armed.calls++;
	if (armed.calls < armed.n || (armed.calls > armed.n && !armed.always))
		return false;
	armed.hit = true;
	return true;
}

static int code(int eio)
{
	if (armed.kind == FAULT_ENOSPC)
		return SQLITE_FULL;
	return armed.kind == FAULT_BUSY ? SQLITE_BUSY : eio;
}

static struct file *of(sqlite3_file *f)
{
	return (struct file *)(void *)f;
}

/* ---- one file ---- */

static int x_close(sqlite3_file *f)
{
	int rc = of(f)->real->pMethods->xClose(of(f)->real);

	free(of(f)->real);
	f->pMethods = NULL;
	return rc;
}

static int x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	if (fails(FAULT_READ))
		return SQLITE_IOERR_READ;
	return of(f)->real->pMethods->xRead(of(f)->real, p, n, at);
}

static int write_on(struct file *f, const void *p, int n, sqlite3_int64 at)
{
	int rc = n ? f->real->pMethods->xWrite(f->real, p, n, at) : SQLITE_OK;

	if (rc == SQLITE_OK && n)
		power_write(f->name, p, (size_t)n, at);
	return rc;
}

static int x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (!fails(FAULT_WRITE))
		return write_on(of(f), p, n, at);
	if (armed.kind != FAULT_EIO)
		write_on(of(f), p, armed.kind == FAULT_DONE ? n : n / 2, at);
	return code(SQLITE_IOERR_WRITE);
}

static int truncate_to(struct file *f, sqlite3_int64 n)
{
	int rc = f->real->pMethods->xTruncate(f->real, n);

	if (rc == SQLITE_OK)
		power_truncate(f->name, n);
	return rc;
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	if (!fails(FAULT_TRUNCATE))
		return truncate_to(of(f), n);
	if (armed.kind == FAULT_DONE)
		truncate_to(of(f), n);
	return SQLITE_IOERR_TRUNCATE;
}

static int x_sync(sqlite3_file *f, int flags)
{
	bool failed = fails(FAULT_SYNC);

	(void)flags;
	if (!failed || armed.kind == FAULT_DONE)
		power_sync(of(f)->name);
	return failed ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int x_size(sqlite3_file *f, sqlite3_int64 *n)
{
	if (fails(FAULT_SIZE))
		return SQLITE_IOERR_FSTAT;
	return of(f)->real->pMethods->xFileSize(of(f)->real, n);
}

static int x_lock(sqlite3_file *f, int level)
{
	if (fails(FAULT_LOCK))
		return code(SQLITE_IOERR_LOCK);
	return of(f)->real->pMethods->xLock(of(f)->real, level);
}

static int x_unlock(sqlite3_file *f, int level)
{
	return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}

static int x_reserved(sqlite3_file *f, int *out)
{
	if (armed.kind != FAULT_BUSY && fails(FAULT_LOCK))
		return SQLITE_IOERR_CHECKRESERVEDLOCK;
	return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, out);
}

static int x_control(sqlite3_file *f, int op, void *arg)
{
	return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}

static int x_sector(sqlite3_file *f)
{
	(void)f;
	return POWER_SECTOR;
}

/* The weakest disk: no promise about order, safe overwrite or atomicity. */
static int x_traits(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1, .xClose = x_close, .xRead = x_read, .xWrite = x_write,
	.xTruncate = x_truncate, .xSync = x_sync, .xFileSize = x_size,
	.xLock = x_lock, .xUnlock = x_unlock,
	.xCheckReservedLock = x_reserved, .xFileControl = x_control,
	.xSectorSize = x_sector, .xDeviceCharacteristics = x_traits
};

/* ---- names ---- */

static int x_open(sqlite3_vfs *v, const char *name, sqlite3_file *out,
		  int flags, int *got)
{
	struct file *f = of(out);
	int rc;

	(void)v;
	f->base.pMethods = NULL;
	if (fails(FAULT_OPEN))
		return SQLITE_CANTOPEN;
	f->name = name;
	f->real = calloc(1, (size_t)real->szOsFile);
	if (!f->real)
		return SQLITE_NOMEM;
	rc = real->xOpen(real, name, f->real, flags, got);
	if (rc != SQLITE_OK) {
		free(f->real);
		return rc;
	}
	power_open(name);
	f->base.pMethods = &methods;
	return SQLITE_OK;
}

static int delete_it(const char *name, int sync)
{
	int rc = real->xDelete(real, name, 0);

	if (rc == SQLITE_OK)
		power_delete(name, sync);
	return rc;
}

static int x_delete(sqlite3_vfs *v, const char *name, int sync)
{
	(void)v;
	if (!fails(FAULT_DELETE))
		return delete_it(name, sync);
	if (armed.kind == FAULT_DONE)
		delete_it(name, sync);
	return armed.kind == FAULT_DONE ? SQLITE_IOERR_DIR_FSYNC :
					  SQLITE_IOERR_DELETE;
}

static int x_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
	(void)v;
	if (fails(FAULT_ACCESS))
		return SQLITE_IOERR_ACCESS;
	return real->xAccess(real, name, flags, out);
}

/* Whoever waits for a lock here waits in vain: that takes no time. */
static int x_sleep(sqlite3_vfs *v, int us)
{
	(void)v;
	return us;
}

void fault_vfs_install(void)
{
	static sqlite3_vfs shim;

	if (real)
		return;
	real = sqlite3_vfs_find("unix");
	shim = *real;
	shim.pNext = NULL;
	shim.zName = "fault";
	shim.szOsFile = (int)sizeof(struct file);
	shim.xOpen = x_open;
	shim.xDelete = x_delete;
	shim.xAccess = x_access;
	shim.xSleep = x_sleep;
	sqlite3_vfs_register(&shim, 1);
}
