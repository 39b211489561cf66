/* SPDX-License-Identifier: MIT */
/*
 * Builds JSON the way the service's Python does: separators without blanks,
 * floats as repr() prints them, times without zone.
 */
#include "body.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void body_free(struct body *b)
{
	free(b->s);
	*b = (struct body){ 0 };
}

void body_clear(struct body *b)
{
	b->n = 0;
	b->failed = false;
}

bool body_ok(const struct body *b)
{
	return !b->failed;
}

static bool body_reserve(struct body *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 1024;
	char *s;

	if (b->failed)
		return false;
	while (cap - b->n <= more)
		cap *= 2;
	if (cap == b->cap)
		return true;
	s = realloc(b->s, cap);
	if (!s) {
		b->failed = true;
		return false;
	}
	b->s = s;
	b->cap = cap;
	return true;
}

void body_bytes(struct body *b, const char *s, size_t n)
{
	if (!body_reserve(b, n))
		return;
	memcpy(b->s + b->n, s, n);
	b->n += n;
	b->s[b->n] = '\0';
}

void body_add(struct body *b, const char *s)
{
	body_bytes(b, s, strlen(s));
}

void body_format(struct body *b, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		b->failed = true;
		return;
	}
	body_bytes(b, text, (size_t)n);
}

void body_comma(struct body *b)
{
	if (b->n && !strchr("{[", b->s[b->n - 1]))
		body_add(b, ",");
}

void body_key(struct body *b, const char *key)
{
	body_comma(b);
	body_format(b, "\"%s\":", key);
}

void body_string(struct body *b, const char *s)
{
	body_add(b, "\"");
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			body_format(b, "\\%c", c);
		else if (c < 0x20)
			body_format(b, "\\u%04x", c);
		else
			body_bytes(b, s, 1);
	}
	body_add(b, "\"");
}

/* Significant digits of a decimal text and the exponent of the first one. */
static int body_digits(char digits[static DEC_TEXT_MAX], const char *text)
{
	const char *point = strchr(text, '.');
	int whole = (int)(point ? point - text : (long)strlen(text));
	int exponent = 0, at = 0;
	size_t n = 0;

	for (const char *p = text; *p; p++) {
		if (*p == '.')
			continue;
		if (n || *p != '0') {
			if (!n)
				exponent = whole - 1 - at;
			digits[n++] = *p;
		}
		at++;
	}
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	return exponent;
}

void body_number(struct body *b, struct dec v)
{
	char text[DEC_TEXT_MAX], digits[DEC_TEXT_MAX];
	int exponent;

	if (dec_sign(v) < 0)
		body_add(b, "-");
	dec_format(text, dec_abs(v));
	exponent = body_digits(digits, text);
	if (dec_sign(v) == 0 || (exponent >= -4 && exponent < 16)) {
		body_add(b, text);
		if (!strchr(text, '.'))
			body_add(b, ".0");
		return;
	}
	body_format(b, "%c%s%se%c%02d", digits[0], digits[1] ? "." : "",
		    digits + 1, exponent < 0 ? '-' : '+', abs(exponent));
}

void body_time(struct body *b, struct instant t)
{
	char text[INSTANT_TEXT_MAX];
	int ms;

	if (!instant_known(t)) {
		body_add(b, "null");
		return;
	}
	ms = (int)(t.ms % 1000);
	instant_format(text, (struct instant){ t.ms - ms });
	text[strcspn(text, ".Z")] = '\0';
	if (ms)
		body_format(b, "\"%s.%03d000\"", text, ms);
	else
		body_format(b, "\"%s\"", text);
}

void body_key_string(struct body *b, const char *key, const char *s)
{
	body_key(b, key);
	body_string(b, s);
}

void body_key_number(struct body *b, const char *key, struct dec v)
{
	body_key(b, key);
	body_number(b, v);
}

void body_key_or_null(struct body *b, const char *key, struct dec v)
{
	if (dec_sign(v) == 0)
		body_key_word(b, key, "null");
	else
		body_key_number(b, key, v);
}

void body_key_time(struct body *b, const char *key, struct instant t)
{
	body_key(b, key);
	body_time(b, t);
}

void body_key_int(struct body *b, const char *key, int64_t v)
{
	body_key(b, key);
	body_format(b, "%lld", (long long)v);
}

void body_key_word(struct body *b, const char *key, const char *word)
{
	body_key(b, key);
	body_add(b, word);
}
