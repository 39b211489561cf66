/* SPDX-License-Identifier: MIT */
/*
 * A profile as a value: where its lines keep their streaks, its canonical
 * text and the hash of that. Loading is in profile_load.c.
 */
#include "profile.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"

/* Every line in full, the label and the keys with room to spare. */
#define FORMAT_MAX (LINES_MAX * (LINE_TEXT_MAX + LABEL_TEXT_MAX + 16) + 512)

/* What is recorded must load again: the bound of profiles.*.blind_after. */
#define BLIND_MOST_MS	(INT64_C(7) * DAY_S * 1000)

int profile_slot(const struct profile *p, int line)
{
	int slot = 0;

	assert(line >= 0 && line <= p->n_lines);
	for (int i = 0; i < line; i++)
		slot += p->line[i].n_slots;
	return slot;
}

int profile_slots(const struct profile *p)
{
	return profile_slot(p, p->n_lines);
}

uint64_t profile_uses(const struct profile *p)
{
	uint64_t uses = 0;

	for (int i = 0; i < p->n_lines; i++)
		uses |= p->line[i].uses;
	return uses;
}

int profile_close_line(const struct profile *p, struct label label)
{
	for (int i = 0; i < p->n_close; i++)
		if (!strcmp(p->line[i].label.s, label.s))
			return i;
	return -1;
}

struct out {
	char *buf;
	size_t n, used;
};

/* Like snprintf, but one call after the other; used may pass n. */
static void PRINTF(2, 3) add(struct out *o, const char *fmt, ...)
{
	size_t room = o->used < o->n ? o->n - o->used : 0;
	va_list args;
	int k;

	va_start(args, fmt);
	k = vsnprintf(room ? o->buf + o->used : NULL, room, fmt, args);
	va_end(args);
	o->used += k > 0 ? (size_t)k : 0;
}

static void add_lines(struct out *o, const char *key, const struct line *line,
		      int n)
{
	add(o, "%s:%s\n", key, n ? "" : " []");
	for (int i = 0; i < n; i++)
		add(o, "  - %s: %s\n", line[i].label.s, line[i].text);
}

size_t profile_format(char *buf, size_t n, const struct profile *p)
{
	struct out o = { buf, n, 0 };
	char span[SPAN_TEXT_MAX];

	if (p->extends[0])
		add(&o, "extends: %s\n", p->extends);
	span_format(span, p->poll_interval);
	add(&o, "poll_interval: %s\n", span);
	span_format(span, p->blind_after);
	add(&o, "blind_after: %s\n", span);
	add_lines(&o, "close", p->line, p->n_close);
	add_lines(&o, "alert", p->line + p->n_close, p->n_lines - p->n_close);
	return o.used;
}

void profile_poll_every(struct profile *p, struct span every)
{
	int64_t blind = p->blind_after.ms / p->poll_interval.ms * every.ms;

	p->poll_interval = every;
	if (p->blind_after.ms < blind)
		p->blind_after.ms = blind < BLIND_MOST_MS ? blind
							   : BLIND_MOST_MS;
	profile_seal(p);
}

void profile_seal(struct profile *p)
{
	char text[FORMAT_MAX];
	size_t n = profile_format(text, sizeof(text), p);

	assert(n < sizeof(text));
	hash_text(p->hash, text, n);
}
