/* SPDX-License-Identifier: MIT */
/*
 * Text made safe for screens. No locale is set, so UTF-8 is read here; the
 * table of wide characters is coarse: blocks, not single characters.
 */
#include "text_safe.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE_MAX 12

struct block { uint32_t first, last; };

static bool in_blocks(const struct block *b, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n; i++) {
		if (code >= b[i].first && code <= b[i].last)
			return true;
	}
	return false;
}

#define IN_BLOCKS(blocks, code) \
	in_blocks(blocks, sizeof(blocks) / sizeof((blocks)[0]), code)

/* Bytes that follow a lead byte, and the least code they may spell. */
static int tail_bytes(unsigned char lead, uint32_t *bits, uint32_t *least)
{
	if (lead >= 0xc2 && lead <= 0xdf) {
		*bits = lead & 0x1fU;
		*least = 0x80;
		return 1;
	}
	if ((lead & 0xf0U) == 0xe0) {
		*bits = lead & 0x0fU;
		*least = 0x800;
		return 2;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		*bits = lead & 0x07U;
		*least = 0x10000;
		return 3;
	}
	return 0;
}

size_t text_decode(uint32_t *code, const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c, least;
	int tail;

	if (u[0] < 0x80) {
		*code = u[0];
		return 1;
	}
	tail = tail_bytes(u[0], &c, &least);
	if (tail == 0)
		return 0;
	for (int i = 1; i <= tail; i++) {
		if ((u[i] & 0xc0U) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3fU);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return (size_t)tail + 1;
}

bool text_is_control(uint32_t code)
{
	static const struct block controls[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfeff, 0xfeff }
	};

	return IN_BLOCKS(controls, code);
}

int text_columns_of(uint32_t code)
{
	static const struct block none[] = {
		{ 0x0300, 0x036f }, { 0x1ab0, 0x1aff }, { 0x200b, 0x200d },
		{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }
	};
	static const struct block two[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0xa4cf }, { 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd }
	};

	if (IN_BLOCKS(none, code))
		return 0;
	return IN_BLOCKS(two, code) ? 2 : 1;
}

int text_columns(const char *s)
{
	int columns = 0;

	while (*s) {
		uint32_t code;
		size_t n = text_decode(&code, s);

		columns += n == 0 ? 1 : text_columns_of(code);
		s += n == 0 ? 1 : n;
	}
	return columns;
}

/* One character, escaped if need be, into buf; how many bytes of s it was. */
static size_t safe_char(char buf[static ESCAPE_MAX], const char *s)
{
	uint32_t code;
	size_t n = text_decode(&code, s);

	if (n == 0)
		snprintf(buf, ESCAPE_MAX, "\\x%02x", (unsigned char)*s);
	else if (code == '\n' || code == '\t' || code == '\r')
		snprintf(buf, ESCAPE_MAX, "\\%c",
			 code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
	else if (text_is_control(code))
		snprintf(buf, ESCAPE_MAX, code < 0x100 ? "\\x%02x" : "\\u%04x",
			 code);
	else
		snprintf(buf, ESCAPE_MAX, "%.*s", (int)n, s);
	return n == 0 ? 1 : n;
}

char *text_safe(const char *s, struct arena *arena)
{
	size_t most = strlen(s) * 4 + ESCAPE_MAX, at = 0;
	char *out = arena_alloc(arena, most);

	if (!out)
		return NULL;
	while (*s) {
		char buf[ESCAPE_MAX];
		size_t n;

		s += safe_char(buf, s);
		n = strlen(buf);
		memcpy(out + at, buf, n);
		at += n;
	}
	return out;
}

void text_print_safe(FILE *f, const char *s)
{
	while (*s) {
		char buf[ESCAPE_MAX];

		s += safe_char(buf, s);
		fputs(buf, f);
	}
}
