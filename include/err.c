/* SPDX-License-Identifier: MIT */
/* Error values: formatting and the one table from kind to exit code. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return false;
	err->kind = kind;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

bool err_prefix(struct err *err, const char *fmt, ...)
{
	char old[sizeof(err->text)];
	va_list ap;
	size_t n;

	if (!err)
		return false;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %s", old);
	return false;
}

int err_exit_code(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE:		return 0;
	case ERR_USAGE:		return 2;
	case ERR_NOT_FOUND:	return 3;
	case ERR_LOCKED:	return 4;
	case ERR_SERVICE:	return 5;
	case ERR_BUSY:
	case ERR_STORE:
	case ERR_OUTCOME:	return 6;
	case ERR_CONFIG:	return 78;
	case ERR_DATA:
	case ERR_MEMORY:
	case ERR_IO:		return 1;
	}
	return 1;
}
