/* SPDX-License-Identifier: MIT */
/*
 * Parses faults, from the command line, the fault file and the script, and
 * applies those that are about data. The others are the server's business.
 */
#include "faults.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum arg { ARG_NONE, ARG_SECONDS, ARG_MS, ARG_SYMBOL };

static const struct {
	const char *name;
	enum arg arg;
	const char *def;	/* NULL: must be given */
} kinds[FAULT_COUNT] = {
#define X(id, name, arg, def) [FAULT_##id] = { name, arg, def },
	FAULT_TABLE(X)
#undef X
};

static bool kind_find(enum fault_id *out, const char *name, size_t n)
{
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (strlen(kinds[i].name) != n ||
		    memcmp(kinds[i].name, name, n))
			continue;
		*out = (enum fault_id)i;
		return true;
	}
	return false;
}

/* A bare number in the fault's own unit, or a span such as 2s or 3d. */
static bool number_parse(int64_t *out, enum arg kind, const char *s)
{
	struct span d;
	char *end;
	long long v;

	if (span_parse(&d, s, strlen(s))) {
		*out = kind == ARG_MS ? d.ms : d.ms / 1000;
		return true;
	}
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || end == s || *end || v < 0 || v > INT32_MAX)
		return false;
	*out = v;
	return true;
}

static bool arg_parse(struct fault *out, const char *arg, struct err *err)
{
	const char *name = kinds[out->id].name;

	if (!arg)
		arg = kinds[out->id].def;
	else if (kinds[out->id].arg == ARG_NONE)
		return err_set(err, ERR_USAGE, "fault %s takes no argument",
			       name);
	if (!arg)
		return err_set(err, ERR_USAGE, "fault %s: write %s=%s", name,
			       name, kinds[out->id].arg == ARG_MS ?
			       "500ms" : "BTC");
	if (!*arg)
		return true;
	if (kinds[out->id].arg == ARG_SYMBOL)
		return symbol_parse(&out->symbol, arg, strlen(arg)) ||
		       err_set(err, ERR_USAGE, "fault %s: \"%s\" is no symbol",
			       name, arg);
	return number_parse(&out->number, kinds[out->id].arg, arg) ||
	       err_set(err, ERR_USAGE, "fault %s: \"%s\" is no time", name,
		       arg);
}

bool fault_parse(struct fault *out, const char *text, struct err *err)
{
	size_t n = strcspn(text, "@=");
	const char *arg = strchr(text + n, '=');
	struct fault f = { 0 };

	if (!kind_find(&f.id, text, n))
		return err_set(err, ERR_USAGE, "no fault is called \"%.*s\"",
			       (int)n, text);
	if (text[n] == '@') {
		const char *prefix = text + n + 1;
		size_t len = arg ? (size_t)(arg - prefix) : strlen(prefix);

		if (*prefix != '/' || len >= sizeof(f.prefix))
			return err_set(err, ERR_USAGE, "fault %s: a path "
				       "begins with /, as %s@/dexes",
				       kinds[f.id].name, kinds[f.id].name);
		memcpy(f.prefix, prefix, len);
	}
	if (!arg_parse(&f, arg ? arg + 1 : NULL, err))
		return false;
	*out = f;
	return true;
}

bool faults_push(struct fault_list *l, struct fault f, struct err *err)
{
	if (l->n == FAULTS_MAX)
		return err_set(err, ERR_USAGE, "more than %d faults",
			       FAULTS_MAX);
	l->v[l->n++] = f;
	return true;
}

static bool line_read(struct fault_list *l, char *line, struct err *err)
{
	char *word = line + strspn(line, " \t");
	struct fault f;

	word[strcspn(word, "#\r\n")] = '\0';
	for (size_t n = strlen(word); n && strchr(" \t", word[n - 1]); n--)
		word[n - 1] = '\0';
	if (!*word)
		return true;
	return fault_parse(&f, word, err) && faults_push(l, f, err);
}

bool faults_read(struct fault_list *out, const char *path, struct err *err)
{
	FILE *f = fopen(path, "r");
	struct fault_list l = { 0 };
	char line[256];
	bool ok = true;
	int number = 0;

	if (!f)
		return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
	while (ok && fgets(line, sizeof(line), f)) {
		number++;
		ok = line_read(&l, line, err) ||
		     err_prefix(err, "%s:%d", path, number);
	}
	fclose(f);
	if (ok)
		*out = l;
	return ok;
}

void faults_format(char *buf, size_t size, const struct fault_list *l)
{
	size_t n = 0;

	snprintf(buf, size, "none");
	for (size_t i = 0; i < l->n && n < size; i++) {
		int more = snprintf(buf + n, size - n, "%s%s%s%s",
				    i ? ", " : "", kinds[l->v[i].id].name,
				    *l->v[i].prefix ? "@" : "",
				    l->v[i].prefix);
		n += (size_t)more;
	}
}

static bool below(const char *path, const char *prefix)
{
	static const char api[] = "/api/v1";
	size_t skip = strncmp(path, api, sizeof(api) - 1) ?
		      0 : sizeof(api) - 1;

	return !strncmp(path, prefix, strlen(prefix)) ||
	       !strncmp(path + skip, prefix, strlen(prefix));
}

const struct fault *faults_find(const struct fault_list *l, enum fault_id id,
				const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].id == id && below(path, l->v[i].prefix))
			return &l->v[i];
	return NULL;
}

static void row_bend(struct sim_row *row, const struct fault *f)
{
	if (*f->symbol.s && symbol_cmp(f->symbol, row->symbol))
		return;
	if (f->id == FAULT_STALE)
		row->stamped.ms -= f->number * 1000;
	else if (f->id == FAULT_FUTURE)
		row->stamped.ms += f->number * 1000;
	else if (f->id == FAULT_NULL_RATE)
		row->kind = ROW_NULL;
	else if (f->id == FAULT_NAN)
		row->kind = ROW_NAN;
	else if (f->id == FAULT_MISSING || f->id == FAULT_EMPTY)
		row->kind = ROW_GONE;
}

void faults_bend(const struct fault_list *l, const char *path,
		 struct snapshot *s)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!below(path, l->v[i].prefix))
			continue;
		if (l->v[i].id == FAULT_EMPTY)
			s->emptied = true;
		for (size_t k = 0; k < s->n_rows; k++)
			row_bend(&s->rows[k], &l->v[i]);
	}
}
