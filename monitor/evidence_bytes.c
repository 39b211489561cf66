/* SPDX-License-Identifier: MIT */
/*
 * Numbers, names, instants and decimals as bytes: base-128 groups, low one
 * first, signed ones folded (0 -1 1 -2 ...). Decimals and instants are
 * written against a value the reader has too. Knows nothing of polls.
 */
#include "evidence_bytes.h"

#include <string.h>

/* First number of a decimal: even, a difference at the base's scale; odd: */
enum {
	DEC_ABSOLUTE = 0,		/* + scale: mantissa follows */
	DEC_FINER = 19,			/* + scale: difference follows */
	DEC_TEXT = 38,			/* more than 63 bits: text follows */
	DEC_SCALE_MAX = 18
};

static bool room(struct evidence_out *o, size_t n)
{
	size_t cap = o->cap ? o->cap : 1024;
	unsigned char *p;

	if (o->failed)
		return false;
	if (n <= o->cap - o->n)
		return true;
	while (cap - o->n < n)
		cap *= 2;
	p = arena_grow(o->arena, o->p, o->n, cap, 1);
	if (!p) {
		o->failed = o->no_memory = true;
		return false;
	}
	o->p = p;
	o->cap = cap;
	return true;
}

bool evidence_put_end(const struct evidence_out *o, unsigned char **blob,
		      size_t *n, const char *what, struct err *err)
{
	if (o->no_memory)
		return err_set(err, ERR_MEMORY, "no memory for %s", what);
	if (o->failed)
		return err_set(err, ERR_STORE, "%s cannot be written: a value "
			       "is out of range", what);
	*blob = o->p;
	*n = o->n;
	return true;
}

void evidence_put_u8(struct evidence_out *o, unsigned v)
{
	if (room(o, 1))
		o->p[o->n++] = (unsigned char)v;
}

void evidence_put_uint(struct evidence_out *o, uint64_t v)
{
	if (!room(o, 10))
		return;
	while (v >= 0x80) {
		o->p[o->n++] = (unsigned char)(v | 0x80);
		v >>= 7;
	}
	o->p[o->n++] = (unsigned char)v;
}

static uint64_t fold(int64_t v)
{
	return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static int64_t unfold(uint64_t u)
{
	return (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
}

void evidence_put_int(struct evidence_out *o, int64_t v)
{
	evidence_put_uint(o, fold(v));
}

void evidence_put_name(struct evidence_out *o, const char *s)
{
	size_t n = strlen(s);

	if (n > 255)
		o->failed = true;
	evidence_put_u8(o, (unsigned)n);
	if (!room(o, n))
		return;
	memcpy(o->p + o->n, s, n);
	o->n += n;
}

/* 0 unknown, else 1 + the folded distance from base. */
void evidence_put_instant(struct evidence_out *o, struct instant t,
			  struct instant base)
{
	int64_t from = instant_known(base) ? base.ms : 0, d;

	if (!instant_known(t)) {
		evidence_put_u8(o, 0);
		return;
	}
	if (__builtin_sub_overflow(t.ms, from, &d) || d == INT64_MIN)
		o->failed = true;
	else
		evidence_put_uint(o, fold(d) + 1);
}

void evidence_put_pairs(struct evidence_out *o, const unsigned char *v, int n)
{
	for (int i = 0; i < n; i += 4) {
		unsigned b = 0;

		for (int k = 0; k < 4 && i + k < n; k++)
			b |= (unsigned)v[i + k] << 2 * k;
		evidence_put_u8(o, b);
	}
}

/* ---- decimals ---- */

struct parts {
	int64_t m;
	int scale;
};

/* The same value with more decimals. */
static bool rescale(struct parts *p, int scale)
{
	for (; p->scale < scale; p->scale++)
		if (__builtin_mul_overflow(p->m, 10, &p->m))
			return false;
	return true;
}

/* A base too wide for 63 bits serves as zero; the reader does the same. */
static struct parts base_parts(struct dec base)
{
	struct parts p = { 0, 0 };

	if (!dec_split(&p.m, &p.scale, base))
		p = (struct parts){ 0, 0 };
	return p;
}

static int uint_size(uint64_t v)
{
	int n = 1;

	for (; v >= 0x80; v >>= 7)
		n++;
	return n;
}

static void put_dec_text(struct evidence_out *o, struct dec v)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v);
	evidence_put_uint(o, DEC_TEXT << 1 | 1);
	evidence_put_name(o, text);
}

void evidence_put_dec(struct evidence_out *o, struct dec v, struct dec base)
{
	struct parts b = base_parts(base), now, at;
	bool finer;
	int64_t d;

	if (!dec_split(&now.m, &now.scale, v)) {
		put_dec_text(o, v);
		return;
	}
	at = now;
	finer = now.scale > b.scale;
	if (rescale(finer ? &b : &at, finer ? now.scale : b.scale) &&
	    !__builtin_sub_overflow(at.m, b.m, &d) && !(fold(d) >> 63) &&
	    uint_size(fold(d) << 1) <= 1 + uint_size(fold(now.m))) {
		if (finer)
			evidence_put_u8(o, (unsigned)(DEC_FINER + at.scale)
					   << 1 | 1);
		evidence_put_uint(o, finer ? fold(d) : fold(d) << 1);
		return;
	}
	evidence_put_u8(o, (unsigned)(DEC_ABSOLUTE + now.scale) << 1 | 1);
	evidence_put_int(o, now.m);
}

/* ---- reading ---- */

unsigned evidence_get_u8(struct evidence_in *in)
{
	if (in->failed || in->at == in->n) {
		in->failed = true;
		return 0;
	}
	return in->p[in->at++];
}

#define HIGH_BITS UINT64_C(0x8080808080808080)

/*
 * Up to eight groups of seven bits at once, where eight bytes are left; how
 * many bytes it takes, 0 when more than eight.
 */
static unsigned get_groups(uint64_t *out, const unsigned char *p)
{
	uint64_t w, last;

	memcpy(&w, p, sizeof(w));
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		w = __builtin_bswap64(w);
	last = ~w & HIGH_BITS;
	if (last == 0)
		return 0;
	w &= last ^ (last - 1);		/* nothing behind the last one */
	w = (w & 0x007f007f007f007f) | (w & 0x7f007f007f007f00) >> 1;
	w = (w & 0x00003fff00003fff) | (w & 0x3fff00003fff0000) >> 2;
	*out = (w & 0x0fffffff) | (w & 0x0fffffff00000000) >> 4;
	return (unsigned)__builtin_ctzll(last) / 8 + 1;
}

uint64_t evidence_get_uint(struct evidence_in *in)
{
	uint64_t v = 0;
	unsigned n;

	if (!in->failed && in->n - in->at >= sizeof(v) &&
	    (n = get_groups(&v, in->p + in->at)) > 0) {
		in->at += n;
		return v;
	}
	for (int shift = 0; shift < 64; shift += 7) {
		uint64_t b = evidence_get_u8(in);

		if (shift == 63 && b > 1)
			break;
		v |= (b & 0x7f) << shift;
		if (b < 0x80)
			return v;
	}
	in->failed = true;
	return 0;
}

int64_t evidence_get_int(struct evidence_in *in)
{
	return unfold(evidence_get_uint(in));
}

size_t evidence_get_name(struct evidence_in *in, char *buf, size_t max)
{
	size_t n = evidence_get_u8(in);

	buf[0] = '\0';
	if (in->failed || n >= max || n > in->n - in->at) {
		in->failed = true;
		return 0;
	}
	memcpy(buf, in->p + in->at, n);
	buf[n] = '\0';
	in->at += n;
	return n;
}

struct instant evidence_get_instant(struct evidence_in *in,
				    struct instant base)
{
	uint64_t u = evidence_get_uint(in);
	int64_t from = instant_known(base) ? base.ms : 0;
	struct instant t;

	if (u == 0)
		return INSTANT_UNKNOWN;
	if (__builtin_add_overflow(from, unfold(u - 1), &t.ms) ||
	    !instant_known(t)) {
		in->failed = true;
		return INSTANT_UNKNOWN;
	}
	return t;
}

static struct dec get_dec_text(struct evidence_in *in)
{
	char text[DEC_TEXT_MAX];
	size_t n = evidence_get_name(in, text, sizeof(text));
	struct dec v;

	if (dec_parse(&v, text, n))
		return v;
	in->failed = true;
	return DEC_ZERO;
}

static struct dec join(struct evidence_in *in, int64_t m, int scale)
{
	struct dec v;

	if (dec_join(&v, m, scale))
		return v;
	in->failed = true;
	return DEC_ZERO;
}

static struct dec join_delta(struct evidence_in *in, struct parts b, int64_t d)
{
	int64_t m = 0;

	if (__builtin_add_overflow(b.m, d, &m))
		in->failed = true;
	return join(in, m, b.scale);
}

struct dec evidence_get_dec(struct evidence_in *in, struct dec base)
{
	struct parts b = base_parts(base);
	uint64_t first = evidence_get_uint(in), how = first >> 1;

	if (!(first & 1))
		return join_delta(in, b, unfold(how));
	if (how == DEC_TEXT)
		return get_dec_text(in);
	if (how <= DEC_SCALE_MAX)
		return join(in, evidence_get_int(in), (int)how);
	if (how > DEC_FINER + DEC_SCALE_MAX ||
	    (int)how - DEC_FINER <= b.scale ||
	    !rescale(&b, (int)how - DEC_FINER)) {
		in->failed = true;
		return DEC_ZERO;
	}
	return join_delta(in, b, evidence_get_int(in));
}

size_t evidence_get_count(struct evidence_in *in, size_t max)
{
	uint64_t n = evidence_get_uint(in);

	if (in->failed || n > max || n > in->n - in->at) {
		in->failed = true;
		return 0;
	}
	return (size_t)n;
}

void evidence_get_pairs(struct evidence_in *in, unsigned char *v, int n)
{
	unsigned b = 0;

	for (int i = 0; i < n; i++, b >>= 2) {
		if (i % 4 == 0)
			b = evidence_get_u8(in);
		v[i] = b & 3;
	}
	if (b)
		in->failed = true;	/* spare bits are zero */
}
