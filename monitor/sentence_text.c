/* SPDX-License-Identifier: MIT */
/* Pieces of sentences: amounts, rates, times and facts for people. */
#include "sentence_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text text_on(char *buf, size_t cap)
{
	buf[0] = '\0';
	return (struct text){ buf, cap, 0 };
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->cap - t->len, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	t->len += (size_t)n;
	if (t->len >= t->cap)
		t->len = t->cap - 1;
}

void text_add_cost(struct text *t, struct dec usd)
{
	char s[DEC_TEXT_MAX];

	dec_format_fixed(s, usd, 2);
	text_add(t, "%s USD", s);
}

void text_add_usd(struct text *t, struct dec usd)
{
	text_add(t, "%s", dec_sign(usd) > 0 ? "+" : "");
	text_add_cost(t, usd);
}

void text_add_rate(struct text *t, struct dec daily)
{
	char s[DEC_TEXT_MAX];

	dec_format(s, rate_from_day(daily, RATE_8H_S));
	text_add(t, "%s/8h", s);
}

void text_add_instant(struct text *t, struct instant at)
{
	char s[INSTANT_TEXT_MAX];

	instant_format(s, at);
	text_add(t, "%s", s);
}

void text_add_span(struct text *t, struct span d)
{
	char s[SPAN_TEXT_MAX];

	span_format_human(s, d);
	text_add(t, "%s", s);
}

void text_add_fact(struct text *t, const struct facts *f, enum fact_id id)
{
	const char *unit = fact_unit(id);
	char s[DEC_TEXT_MAX];

	if (!f->v[id].known) {
		text_add(t, "unknown (%s)", why_word(f->v[id].why));
		return;
	}
	if (strcmp(unit, "per day") == 0) {
		text_add_rate(t, f->v[id].v);
		return;
	}
	dec_format(s, f->v[id].v);
	text_add(t, "%s", s);
	if (strcmp(unit, "s") == 0)
		text_add(t, "s");
	else if (strcmp(unit, "1") != 0)
		text_add(t, " %s", unit);
}
