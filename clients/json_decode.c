/* SPDX-License-Identifier: MIT */
/* Inside of a JSON string that was already accepted, to UTF-8. */
#include "json_scan.h"

struct sink {
	char *buf;
	size_t cap, n;
};

static void put(struct sink *out, uint32_t byte)
{
	if (out->n < out->cap)
		out->buf[out->n] = (char)(unsigned char)byte;
	out->n++;
}

static void put_code(struct sink *out, uint32_t u)
{
	if (u < 0x80) {
		put(out, u);
	} else if (u < 0x800) {
		put(out, 0xc0 | u >> 6);
		put(out, 0x80 | (u & 0x3f));
	} else if (u < 0x10000) {
		put(out, 0xe0 | u >> 12);
		put(out, 0x80 | (u >> 6 & 0x3f));
		put(out, 0x80 | (u & 0x3f));
	} else {
		put(out, 0xf0 | u >> 18);
		put(out, 0x80 | (u >> 12 & 0x3f));
		put(out, 0x80 | (u >> 6 & 0x3f));
		put(out, 0x80 | (u & 0x3f));
	}
}

static uint32_t hex(const char *s)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		uint32_t c = (unsigned char)s[i];

		v = v << 4 | ((c & 0xf) + (c > '9' ? 9 : 0));
	}
	return v;
}

/* The escape at s, behind its backslash; returns its length. */
static size_t put_escape(struct sink *out, const char *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint32_t u, low;

	for (size_t i = 0; from[i]; i++) {
		if (*s != from[i])
			continue;
		put(out, (unsigned char)to[i]);
		return 1;
	}
	u = hex(s + 1);
	if (u < 0xd800 || u > 0xdbff) {
		put_code(out, u);
		return 5;
	}
	low = hex(s + 7);
	put_code(out, 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00));
	return 11;
}

size_t scan_decode(char *buf, size_t cap, const char *s, size_t n)
{
	struct sink out = { buf, cap, 0 };

	for (size_t i = 0; i < n; ) {
		if (s[i] == '\\') {
			i++;
			i += put_escape(&out, s + i);
		} else {
			put(&out, (unsigned char)s[i]);
			i++;
		}
	}
	return out.n;
}
