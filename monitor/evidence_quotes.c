/* SPDX-License-Identifier: MIT */
/*
 * The quotes of an evidence blob: of each only what differs from what the
 * reader expects. Most venues stamp all their quotes alike, so that time is
 * written once per venue.
 */
#include "evidence_parts.h"

/* Flag byte of a quote: what differs from what the reader expects. */
enum {
	QUOTE_RATE = 1, QUOTE_OI = 2, QUOTE_VOLUME = 4, QUOTE_OBSERVED = 8,
	QUOTE_NEXT = 16, QUOTE_WHY = 32, QUOTE_INTERVAL = 64, QUOTE_MORE = 128
};

/* A second byte behind QUOTE_MORE: what few quotes have. */
enum { MORE_PAYS = 1, MORE_MARK = 2, MORE_MARK_WHY = 4, MORE_ALL = 7 };

_Static_assert(WHY_COUNT <= 16, "three reasons share twelve bits");

/* ---- times that venues share ---- */

/* The majority's time, if there is one (Boyer and Moore's vote). */
static void vote(struct evidence_stamps *s, const struct quote *q, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t v = s->place[i];

		if (s->votes[v] == 0)
			s->observed[v] = q[i].observed_at;
		if (s->observed[v].ms == q[i].observed_at.ms)
			s->votes[v]++;
		else
			s->votes[v]--;
	}
}

static void begin_stamps(struct evidence_stamps *s, struct instant at)
{
	for (size_t i = 0; i < s->n; i++) {
		s->next[i] = at;
		s->votes[i] = 0;
	}
}

/* ---- one quote ---- */

/* What is not known has no value: it is zero on both sides. */
static struct dec value(const struct fact *f)
{
	return f->known ? f->v : DEC_ZERO;
}

/* An unknown fact never comes back as a known zero. */
static unsigned reason(const struct fact *f)
{
	if (f->known)
		return WHY_KNOWN;
	return f->why == WHY_KNOWN ? WHY_NOT_SET : f->why;
}

static unsigned reasons(const struct quote *q)
{
	return (unsigned)q->why | reason(&q->oi_usd) << 4 |
	       reason(&q->volume_usd) << 8;
}

static const struct quote *quote_before(const struct evidence_view *v,
					size_t *at, const struct quote *q)
{
	static const struct quote none = {
		.why = WHY_KNOWN, .rate = { .interval_s = RATE_8H_S },
		.next_funding = INSTANT_UNKNOWN,
		.oi_usd = { .known = true }, .volume_usd = { .known = true },
		.mark_price = { .why = WHY_NOT_ASKED },
	};
	int c = 1;

	while (v && *at < v->n_quotes &&
	       (c = evidence_cmp_keys(&v->quotes[*at], q)) < 0)
		(*at)++;
	return c == 0 ? &v->quotes[*at] : &none;
}

static bool differs(struct dec a, struct dec b)
{
	return dec_cmp(a, b) != 0;
}

static unsigned more_flags(const struct quote *q, const struct quote *b)
{
	unsigned f = 0;

	if (q->pays_every_s != b->pays_every_s)
		f |= MORE_PAYS;
	if (q->mark_price.known &&
	    differs(q->mark_price.v, value(&b->mark_price)))
		f |= MORE_MARK;
	if (reason(&q->mark_price) != reason(&b->mark_price))
		f |= MORE_MARK_WHY;
	return f;
}

static unsigned quote_flags(const struct quote *q, const struct quote *b,
			    struct instant observed)
{
	unsigned f = 0;

	if (differs(q->rate.fraction, b->rate.fraction))
		f |= QUOTE_RATE;
	if (q->oi_usd.known && differs(q->oi_usd.v, value(&b->oi_usd)))
		f |= QUOTE_OI;
	if (q->volume_usd.known &&
	    differs(q->volume_usd.v, value(&b->volume_usd)))
		f |= QUOTE_VOLUME;
	if (q->observed_at.ms != observed.ms)
		f |= QUOTE_OBSERVED;
	if (q->next_funding.ms != b->next_funding.ms)
		f |= QUOTE_NEXT;
	if (reasons(q) != reasons(b))
		f |= QUOTE_WHY;
	if (q->rate.interval_s != b->rate.interval_s)
		f |= QUOTE_INTERVAL;
	if (more_flags(q, b))
		f |= QUOTE_MORE;
	return f;
}

static void put_more(struct evidence_out *o, const struct quote *q,
		     const struct quote *b)
{
	unsigned f = more_flags(q, b);

	evidence_put_u8(o, f);
	if (f & MORE_PAYS)
		evidence_put_int(o, q->pays_every_s);
	if (f & MORE_MARK_WHY)
		evidence_put_u8(o, reason(&q->mark_price));
	if (f & MORE_MARK)
		evidence_put_dec(o, q->mark_price.v, value(&b->mark_price));
}

static void put_quote(struct evidence_out *o, const struct quote *q,
		      const struct quote *b, unsigned f, struct evidence_stamps *s,
		      size_t v)
{
	if (f & QUOTE_WHY)
		evidence_put_uint(o, reasons(q));
	if (f & QUOTE_INTERVAL)
		evidence_put_int(o, q->rate.interval_s);
	if (f & QUOTE_RATE)
		evidence_put_dec(o, q->rate.fraction, b->rate.fraction);
	if (f & QUOTE_OI)
		evidence_put_dec(o, q->oi_usd.v, value(&b->oi_usd));
	if (f & QUOTE_VOLUME)
		evidence_put_dec(o, q->volume_usd.v, value(&b->volume_usd));
	if (f & QUOTE_OBSERVED)
		evidence_put_instant(o, q->observed_at, s->observed[v]);
	if (f & QUOTE_NEXT) {
		evidence_put_instant(o, q->next_funding, s->next[v]);
		s->next[v] = q->next_funding;
	}
	if (f & QUOTE_MORE)
		put_more(o, q, b);
}

/* A run of quotes with nothing to say. */
static void end_silence(struct evidence_out *o, uint64_t *silent)
{
	if (*silent == 0)
		return;
	evidence_put_u8(o, 0);
	evidence_put_uint(o, *silent - 1);
	*silent = 0;
}

static void put_all(struct evidence_out *o, const struct evidence_view *now,
		    const struct evidence_view *before, struct evidence_stamps *s)
{
	uint64_t silent = 0;
	size_t at = 0;

	for (size_t i = 0; i < now->n_quotes; i++) {
		const struct quote *q = &now->quotes[i];
		const struct quote *b = quote_before(before, &at, q);
		size_t v = s->place[i];
		unsigned f = quote_flags(q, b, s->observed[v]);

		if (f == 0) {
			silent++;
			continue;
		}
		end_silence(o, &silent);
		evidence_put_u8(o, f);
		put_quote(o, q, b, f, s, v);
	}
	end_silence(o, &silent);
}

void evidence_put_quotes(struct evidence_out *o,
			 const struct evidence_view *now,
			 const struct evidence_view *before, bool same)
{
	struct evidence_stamps *s = arena_alloc(o->arena, sizeof(*s));

	if (!s || !evidence_collect(s, now->quotes, now->n_quotes, o->arena)) {
		o->failed = true;
		o->no_memory = !s || !s->place;
		return;
	}
	for (size_t i = 1; i < now->n_quotes; i++)
		if (evidence_cmp_keys(&now->quotes[i - 1], &now->quotes[i]) >= 0)
			o->failed = true;
	if (!same)
		evidence_put_keys(o, s, now->quotes, now->n_quotes);
	begin_stamps(s, now->at);
	vote(s, now->quotes, now->n_quotes);
	for (size_t i = 0; i < s->n; i++)
		evidence_put_instant(o, s->observed[i], now->at);
	put_all(o, now, before, s);
}

/* ---- reading: a quote is what it was, and then what is said of it ---- */

static enum why get_why(struct evidence_in *in, uint64_t bits)
{
	if ((bits & 15) < WHY_COUNT)
		return (enum why)(bits & 15);
	in->failed = true;
	return WHY_NOT_SET;
}

static void get_reasons(struct evidence_in *in, struct quote *q)
{
	uint64_t bits = evidence_get_uint(in);

	if (bits >> 12)
		in->failed = true;
	q->why = get_why(in, bits);
	q->oi_usd.why = get_why(in, bits >> 4);
	q->volume_usd.why = get_why(in, bits >> 8);
}

/* f->why is the new one already, the rest as it was. */
static void get_fact(struct evidence_in *in, struct fact *f, bool changed)
{
	struct dec v = changed ? evidence_get_dec(in, value(f)) : value(f);

	if (f->why == WHY_KNOWN) {
		*f = fact_known(v);
		return;
	}
	if (changed)
		in->failed = true;
	*f = fact_unknown(f->why);
}

static int32_t get_interval(struct evidence_in *in)
{
	int64_t v = evidence_get_int(in);

	if (v < INT32_MIN || v > INT32_MAX)
		in->failed = true;
	return (int32_t)v;
}

static void get_more(struct evidence_in *in, struct quote *q)
{
	unsigned f = evidence_get_u8(in);

	if (f & ~(unsigned)MORE_ALL)
		in->failed = true;
	if (f & MORE_PAYS)
		q->pays_every_s = get_interval(in);
	if (f & MORE_MARK_WHY)
		q->mark_price.why = get_why(in, evidence_get_u8(in));
	get_fact(in, &q->mark_price, f & MORE_MARK);
}

static void get_quote(struct evidence_in *in, struct quote *q, unsigned f,
		      struct evidence_stamps *s, size_t v)
{
	if (f & QUOTE_WHY)
		get_reasons(in, q);
	if (f & QUOTE_INTERVAL)
		q->rate.interval_s = get_interval(in);
	if (f & QUOTE_RATE)
		q->rate.fraction = evidence_get_dec(in, q->rate.fraction);
	if (f & (QUOTE_OI | QUOTE_WHY))
		get_fact(in, &q->oi_usd, f & QUOTE_OI);
	if (f & (QUOTE_VOLUME | QUOTE_WHY))
		get_fact(in, &q->volume_usd, f & QUOTE_VOLUME);
	if (f & QUOTE_OBSERVED)
		q->observed_at = evidence_get_instant(in, s->observed[v]);
	if (f & QUOTE_NEXT)
		s->next[v] = q->next_funding =
			evidence_get_instant(in, s->next[v]);
	if (f & QUOTE_MORE)
		get_more(in, q);
}

static void get_all(struct evidence_in *in, struct evidence_view *now,
		    struct evidence_stamps *s)
{
	uint64_t silent = 0;

	for (size_t i = 0; i < now->n_quotes && !in->failed; i++) {
		struct quote *q = &now->quotes[i];
		unsigned f;

		q->observed_at = s->observed[s->place[i]];
		if (silent > 0) {
			silent--;
			continue;
		}
		f = evidence_get_u8(in);
		if (f == 0)
			silent = evidence_get_uint(in);
		else
			get_quote(in, q, f, s, s->place[i]);
	}
	if (silent > 0)
		in->failed = true;
}

static void settle(struct fact *f)
{
	*f = f->known ? fact_known(f->v) : fact_unknown((enum why)reason(f));
}

/* Every quote but its key as the one before it was. */
static void copy_quotes(struct evidence_view *now,
			const struct evidence_view *before)
{
	size_t at = 0;

	for (size_t i = 0; i < now->n_quotes; i++) {
		struct quote *q = &now->quotes[i];
		const struct quote key = *q;

		*q = *quote_before(before, &at, q);
		q->symbol = key.symbol;
		q->venue = key.venue;
		settle(&q->oi_usd);
		settle(&q->volume_usd);
		settle(&q->mark_price);
	}
}

void evidence_get_quotes(struct evidence_in *in, struct evidence_view *now,
			 const struct evidence_view *before, bool same,
			 struct evidence_stamps *s, struct arena *arena)
{
	if (!now->quotes) {
		evidence_get_keys(in, now, same ? before : NULL, s, arena);
		if (in->failed)
			return;
		copy_quotes(now, before);
	}
	begin_stamps(s, now->at);
	for (size_t i = 0; i < s->n; i++)
		s->observed[i] = evidence_get_instant(in, now->at);
	get_all(in, now, s);
}
