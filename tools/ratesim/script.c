/* SPDX-License-Identifier: MIT */
/*
 * Reads the script and plays it. Positions in the script are spans from the
 * origin of the market clock, so a demonstration is the same at any speed.
 */
#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 8
#define MINUTE_MS 60000
#define FOR_EVER ((struct span){ INT64_MAX })

/* 3h15m, 90m, 1d2h30m, or plain minutes. */
static bool offset_parse(struct span *out, const char *s)
{
	struct span total = { 0 };

	if (*s && strspn(s, "0123456789") == strlen(s)) {
		if (strlen(s) > 7)
			return false;
		total.ms = strtoll(s, NULL, 10) * MINUTE_MS;
		*out = total;
		return true;
	}
	while (*s) {
		size_t n = strspn(s, "0123456789");
		struct span part;

		n += strspn(s + n, "abcdefghijklmnopqrstuvwxyz");
		if (!n || !span_parse(&part, s, n) ||
		    part.ms > INT64_C(1000000000000))
			return false;
		total.ms += part.ms;
		s += n;
	}
	*out = total;
	return true;
}

static bool series_parse(struct scene *out, char **words, struct err *err)
{
	if (!venue_parse(&out->venue, words[0], strlen(words[0])))
		return err_set(err, ERR_DATA, "\"%s\" is no venue", words[0]);
	if (!symbol_parse(&out->symbol, words[1], strlen(words[1])))
		return err_set(err, ERR_DATA, "\"%s\" is no symbol", words[1]);
	return true;
}

static bool rate_parse(struct dec *out, const char *s, struct err *err)
{
	return dec_parse(out, s, strlen(s)) ||
	       err_set(err, ERR_DATA, "\"%s\" is no rate: write a fraction "
		       "per 8 h, as 0.0004", s);
}

static bool args_rate(struct scene *out, char **args, struct err *err)
{
	out->until = FOR_EVER;
	if (!series_parse(out, args, err) ||
	    !rate_parse(&out->start, args[2], err))
		return false;
	out->end = out->start;
	return true;
}

static bool args_ramp(struct scene *out, char **args, struct err *err)
{
	return series_parse(out, args, err) &&
	       rate_parse(&out->start, args[2], err) &&
	       rate_parse(&out->end, args[3], err);
}

static bool args_fault(struct scene *out, char **args, struct err *err)
{
	return fault_parse(&out->fault, args[0], err);
}

static const struct {
	const char *name, *usage;
	int args;
	bool until;		/* must be given */
	bool (*parse)(struct scene *out, char **args, struct err *err);
} verbs[] = {
	[SCENE_RATE] = { "rate", "rate VENUE SYMBOL RATE [until OFFSET]", 3,
			 false, args_rate },
	[SCENE_RAMP] = { "ramp", "ramp VENUE SYMBOL FROM TO until OFFSET", 4,
			 true, args_ramp },
	[SCENE_FAULT] = { "fault", "fault NAME[=ARG] until OFFSET", 1, true,
			  args_fault },
};

static bool verb_find(enum scene_kind *out, const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(verbs[i].name, name))
			continue;
		*out = (enum scene_kind)i;
		return true;
	}
	return false;
}

static int words_split(char *words[static WORDS_MAX + 1], char *line)
{
	char *save = NULL;
	int n = 0;

	line[strcspn(line, "#\r\n")] = '\0';
	for (char *w = strtok_r(line, " \t", &save); w && n <= WORDS_MAX;
	     w = strtok_r(NULL, " \t", &save))
		words[n++] = w;
	return n;
}

static bool scene_parse(struct scene *out, char **words, int n,
			struct err *err)
{
	bool until;

	*out = (struct scene){ 0 };
	if (!offset_parse(&out->from, words[0]))
		return err_set(err, ERR_DATA, "\"%s\" is no offset: write "
			       "3h15m", words[0]);
	if (n < 2 || !verb_find(&out->kind, words[1]))
		return err_set(err, ERR_DATA, "after the offset comes rate, "
			       "ramp or fault");
	n -= 2;
	words += 2;
	until = n == verbs[out->kind].args + 2;
	if ((!until && (n != verbs[out->kind].args ||
			verbs[out->kind].until)) ||
	    (until && strcmp(words[n - 2], "until")))
		return err_set(err, ERR_DATA, "write OFFSET %s",
			       verbs[out->kind].usage);
	if (!verbs[out->kind].parse(out, words, err))
		return false;
	if (until && (!offset_parse(&out->until, words[n - 1]) ||
		      out->until.ms <= out->from.ms))
		return err_set(err, ERR_DATA, "\"until %s\" is not after the "
			       "beginning", words[n - 1]);
	return true;
}

static bool scene_push(struct script *s, struct scene scene, struct err *err)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 32;
		struct scene *v = realloc(s->v, cap * sizeof(*v));

		if (!v)
			return err_set(err, ERR_MEMORY, "out of memory");
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n++] = scene;
	return true;
}

static bool line_read(struct script *s, char *line, int number,
		      struct err *err)
{
	char *words[WORDS_MAX + 1];
	struct scene scene;
	int n = words_split(words, line);

	if (!n)
		return true;
	if (!scene_parse(&scene, words, n, err))
		return false;
	scene.line = number;
	return scene_push(s, scene, err);
}

bool script_read(struct script *out, const char *path, struct err *err)
{
	FILE *f = fopen(path, "r");
	char line[512];
	bool ok = true;
	int number = 0;

	if (!f)
		return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
	while (ok && fgets(line, sizeof(line), f)) {
		number++;
		ok = line_read(out, line, number, err) ||
		     err_prefix(err, "%s:%d", path, number);
	}
	fclose(f);
	return ok;
}

void script_free(struct script *s)
{
	free(s->v);
	*s = (struct script){ 0 };
}

bool script_check(const struct script *s, const char *path,
		  const struct snapshot *market, struct err *err)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct scene *v = &s->v[i];
		size_t at;

		if (v->kind == SCENE_FAULT)
			continue;
		at = snapshot_venue(market, v->venue.s);
		if (at == SNAPSHOT_NONE ||
		    !snapshot_row(market, at, v->symbol.s))
			return err_set(err, ERR_DATA, "%s:%d: the market has "
				       "no %s on %s", path, v->line,
				       v->symbol.s, v->venue.s);
	}
	return true;
}

static bool scene_runs(const struct scene *v, struct span at)
{
	return v->from.ms <= at.ms && at.ms < v->until.ms;
}

/* From start to end by whole minutes; a pinned rate has both the same. */
static struct dec scene_rate(const struct scene *v, struct span at)
{
	struct dec way, part;

	if (v->kind == SCENE_RATE ||
	    !dec_sub(&way, v->end, v->start) ||
	    !dec_mul_ratio(&part, way, dec_int(1),
			   (int32_t)((at.ms - v->from.ms) / MINUTE_MS),
			   (int32_t)((v->until.ms - v->from.ms +
				      MINUTE_MS - 1) / MINUTE_MS)) ||
	    !dec_add(&part, v->start, part))
		return v->start;
	return dec_round(part, 10);
}

void script_bend(const struct script *s, struct instant now,
		 struct snapshot *out)
{
	struct span at = instant_diff(now, s->origin);

	for (size_t i = 0; i < s->n; i++) {
		const struct scene *v = &s->v[i];
		struct sim_row *row;

		if (v->kind == SCENE_FAULT || !scene_runs(v, at))
			continue;
		row = snapshot_row(out, snapshot_venue(out, v->venue.s),
				   v->symbol.s);
		if (!row)
			continue;
		row->rate_8h = scene_rate(v, at);
		row->kind = ROW_NUMBER;
	}
}

void script_faults(const struct script *s, struct instant now,
		   struct fault_list *out)
{
	struct span at = instant_diff(now, s->origin);

	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].kind == SCENE_FAULT && scene_runs(&s->v[i], at) &&
		    !faults_push(out, s->v[i].fault, NULL))
			return;
}
