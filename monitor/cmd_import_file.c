/* SPDX-License-Identifier: MIT */
/* The bytes of an import file and what they look like. */
#include "cmd_import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX (64 << 20)

static bool read_stream(struct import *im, FILE *f, struct err *err)
{
	size_t cap = 1 << 16;
	char *buf = arena_alloc(im->arena, cap);

	while (buf) {
		im->n += fread(buf + im->n, 1, cap - im->n, f);
		im->text = buf;
		if (ferror(f))
			return err_set(err, ERR_IO, "%.200s: %s", im->path,
				       strerror(errno));
		if (im->n < cap)
			return true;
		if (cap >= FILE_BYTES_MAX)
			return err_set(err, ERR_DATA, "%.200s: more than %d "
				       "MB: split it", im->path,
				       FILE_BYTES_MAX >> 20);
		buf = arena_grow(im->arena, buf, im->n, 2 * cap, 1);
		cap *= 2;
	}
	return err_set(err, ERR_MEMORY, "no memory");
}

void import_start(struct import *im)
{
	if (im->n >= 3 && memcmp(im->text, "\xef\xbb\xbf", 3) == 0) {
		im->text += 3;
		im->n -= 3;
	}
}

bool import_load(struct import *im, struct err *err)
{
	bool in = strcmp(im->path, "-") == 0, ok;
	FILE *f = in ? stdin : fopen(im->path, "rb");

	if (!f)
		return err_set(err, ERR_IO, "%.200s: %s", im->path,
			       strerror(errno));
	ok = read_stream(im, f, err);
	if (!in)
		fclose(f);
	import_start(im);
	return ok;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

bool import_is_json(const struct import *im)
{
	size_t i = 0;

	if (ends_with(im->path, ".csv"))
		return false;
	if (ends_with(im->path, ".jsonl") || ends_with(im->path, ".ndjson") ||
	    ends_with(im->path, ".json"))
		return true;
	while (i < im->n && (im->text[i] == ' ' || im->text[i] == '\t' ||
			     im->text[i] == '\r' || im->text[i] == '\n'))
		i++;
	return i < im->n && (im->text[i] == '{' || im->text[i] == '[');
}
