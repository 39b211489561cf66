/* SPDX-License-Identifier: MIT */
/*
 * Signed messages. Lines: key, header, id, seconds from now; the rest is the
 * body. Verified is only what a signature of just this message by this key
 * stands in the header for; one bit of it changed is refused.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "sign.h"

#define NOW INT64_C(1795262400)

struct input {
	char *key, *header, *id;
	struct sign_message m;
};

/* "-300" .. "+300" and beyond; anything else is now. */
static int64_t seconds(const char *s)
{
	char *end;
	long v = strtol(s, &end, 10);

	return *s && !*end ? v : 0;
}

static bool take(struct input *in, const char *s, size_t n,
		 struct arena *arena)
{
	char *text[4];

	for (int i = 0; i < 4; i++) {
		const char *line;
		size_t len = fuzz_line(&line, &s, &n);

		text[i] = fuzz_string(line, len, arena);
		if (!text[i])
			return false;
	}
	*in = (struct input){ .key = text[0], .header = text[1],
			      .id = text[2] };
	in->m = (struct sign_message){ in->id, NOW, s, n };
	if (__builtin_add_overflow(NOW, seconds(text[3]), &in->m.unix_s))
		return false;
	return true;
}

/* Is it one of the words of the header? */
static bool stands_in(const char *header, const char *signature)
{
	size_t n = strlen(signature);

	for (const char *s = header; (s = strstr(s, signature)); s++)
		if ((s == header || s[-1] == ' ') && (!s[n] || s[n] == ' '))
			return true;
	return false;
}

static bool verifies(const struct sign_message *m, const char *header,
		     const char *key)
{
	struct err err = { ERR_NONE, "" };
	bool ok = sign_verify(m, header, key, NOW, &err);

	CHECK(ok == (err.kind == ERR_NONE));
	if (!ok) {
		fuzz_check_refusal(&err, err.kind);
		CHECK(strlen(key) < 12 || !strstr(err.text, key));
	}
	return ok;
}

/* A change of any part of a message is seen. */
static void check_forged(const struct input *in, char *own)
{
	struct sign_message m = in->m;
	char *body = malloc(m.n + 1), *id = strdup(in->id);
	size_t last = strlen(own) - 1;

	CHECK(body && id);
	memcpy(body, m.body, m.n);
	body[m.n] = 'x';
	m.body = body;
	m.n++;
	CHECK(!verifies(&m, own, in->key));
	m.n--;
	if (m.n > 0) {
		body[m.n / 2] ^= 1;
		CHECK(!verifies(&m, own, in->key));
		body[m.n / 2] ^= 1;
	}
	m.unix_s += m.unix_s > NOW ? -1 : 1;
	CHECK(!verifies(&m, own, in->key));
	m = in->m;
	if (*id) {
		id[0] ^= 1;
		m.id = id;
		CHECK(!*id || !verifies(&m, own, in->key));
	}
	own[last] = own[last] == 'A' ? 'B' : 'A';
	CHECK(!verifies(&in->m, own, in->key));
	own[last] = '\0';
	CHECK(!verifies(&in->m, own, in->key));
	free(body);
	free(id);
}

FUZZ_TARGET(sign)
{
	struct err err = { ERR_NONE, "" };
	char own[SIGNATURE_MAX];
	struct input in;
	int64_t away;
	bool ok, recent;

	if (!take(&in, s, n, fuzz_arena()))
		return false;
	away = in.m.unix_s - NOW;
	recent = away <= SIGN_TOLERANCE_S && away >= -SIGN_TOLERANCE_S;
	ok = verifies(&in.m, in.header, in.key);
	if (!sign_message(own, &in.m, in.key, NULL, &err)) {
		fuzz_check_refusal(&err, ERR_CONFIG);
		CHECK(!ok);
		return false;
	}
	CHECK(strlen(own) < SIGNATURE_MAX && memcmp(own, "v1,", 3) == 0);
	CHECK(ok == (recent && stands_in(in.header, own)));
	CHECK(verifies(&in.m, own, in.key) == recent);
	if (recent)
		check_forged(&in, own);
	return ok;
}
