/* SPDX-License-Identifier: MIT */
/*
 * Loads the index at the start and each answer when it is asked for. Status,
 * headers and body go out as recorded.
 */
#include "captures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct capture {
	char *name, *method, *target;
	bool special;		/* of an empty or a broken service */
	bool plain;		/* answered 200 */
};

struct captures {
	char *dir;
	struct capture *v;
	size_t n, cap;
};

void captures_free(struct captures *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].name);
	free(c->v);
	free(c->dir);
	free(c);
}

static bool capture_push(struct captures *c, const char *line,
			 struct err *err)
{
	char *copy = strdup(line), *save = NULL;
	struct capture v = { .name = copy };
	const char *status;

	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 64;
		struct capture *grown = realloc(c->v, cap * sizeof(*grown));

		if (grown) {
			c->v = grown;
			c->cap = cap;
		}
	}
	if (!copy || c->n == c->cap) {
		free(copy);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	c->v[c->n++] = v;
	strtok_r(copy, "\t", &save);
	c->v[c->n - 1].method = strtok_r(NULL, "\t", &save);
	c->v[c->n - 1].target = strtok_r(NULL, "\t", &save);
	status = strtok_r(NULL, "\t", &save);
	if (!status || strlen(status) < 12)
		return err_set(err, ERR_DATA, "not name, method, target and "
			       "status line between tabs");
	c->v[c->n - 1].plain = !strncmp(status + 9, "200", 3);
	c->v[c->n - 1].special = !strncmp(copy, "empty_", 6) ||
				 !strncmp(copy, "dbdown_", 7);
	return true;
}

static bool index_read(struct captures *c, const char *path, struct err *err)
{
	FILE *f = fopen(path, "r");
	char line[TARGET_TEXT_MAX];
	bool ok = true;
	int number = 0;

	if (!f)
		return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
	while (ok && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		number++;
		ok = capture_push(c, line, err) ||
		     err_prefix(err, "%s:%d", path, number);
	}
	fclose(f);
	return ok;
}

bool captures_open(struct captures **out, const char *dir, struct err *err)
{
	struct captures *c = calloc(1, sizeof(*c));
	char path[4096];

	if (c)
		c->dir = strdup(dir);
	if (!c || !c->dir) {
		free(c);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	snprintf(path, sizeof(path), "%s/INDEX.tsv", dir);
	if (!index_read(c, path, err)) {
		captures_free(c);
		return false;
	}
	*out = c;
	return true;
}

static const struct capture *capture_find(const struct captures *c,
					  const char *method,
					  const char *target, size_t n,
					  bool plain)
{
	const struct capture *found = NULL;

	for (size_t i = 0; i < c->n; i++) {
		const struct capture *v = &c->v[i];

		if (strcmp(v->method, method) || strlen(v->target) != n ||
		    memcmp(v->target, target, n) || (plain && !v->plain))
			continue;
		if (!found || (found->special && !v->special))
			found = v;
	}
	return found;
}

static bool file_read(struct body *out, const struct captures *c,
		      const char *name)
{
	char path[4096], piece[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s.http", c->dir, name);
	f = fopen(path, "rb");
	if (!f)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		body_bytes(out, piece, n);
	fclose(f);
	return body_ok(out);
}

/* The recorded headers but for the length, which the server writes. */
static void headers_copy(struct reply *out, const char *head, const char *end)
{
	size_t used = 0;

	while (head < end) {
		size_t n = (size_t)((const char *)memchr(head, '\n',
				    (size_t)(end - head) + 1) - head) + 1;

		if (strncasecmp(head, "content-length:", 15) &&
		    used + n < sizeof(out->extra)) {
			memcpy(out->extra + used, head, n);
			used += n;
		}
		head += n;
	}
	out->extra[used] = '\0';
}

static bool reply_parse(struct reply *out, const struct body *file)
{
	const char *body = strstr(file->s, "\r\n\r\n");
	const char *line_end = strstr(file->s, "\r\n");

	if (!body || strncmp(file->s, "HTTP/1.1 ", 9) ||
	    line_end - file->s < 13)
		return false;
	out->status = (int)strtol(file->s + 9, NULL, 10);
	snprintf(out->reason, sizeof(out->reason), "%.*s",
		 (int)(line_end - file->s) - 13, file->s + 13);
	out->recorded = true;
	headers_copy(out, line_end + 2, body + 1);
	body += 4;
	body_bytes(&out->body, body, file->n - (size_t)(body - file->s));
	return true;
}

void captures_answer(struct reply *out, const struct captures *c,
		     const struct request *r)
{
	size_t whole = strlen(r->target);
	const struct capture *v;
	struct body file = { 0 };

	reply_status(out, 200);
	v = capture_find(c, r->method, r->target, whole, false);
	if (!v)
		v = capture_find(c, r->method, r->target,
				 strcspn(r->target, "?"), true);
	if (!v)
		reply_detail(out, 404, "Not Found");
	else if (!file_read(&file, c, v->name) || !reply_parse(out, &file))
		reply_detail(out, 500, "%s.http cannot be read", v->name);
	body_free(&file);
}
