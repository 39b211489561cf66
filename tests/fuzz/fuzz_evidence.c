/* SPDX-License-Identifier: MIT */
/*
 * Evidence out of the database, distrusted. The input is blobs without their
 * checksums, each behind two bytes of length (low one first); they are given
 * right ones, as a clever liar would. The reader that changes its view in
 * place and the decoder that makes it anew agree; what is taken is in order
 * and, encoded again, says the same.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "evidence_bytes.h"

#define BLOBS_MAX 12

/* A blob with its checksum, in a piece of memory of just its size. */
static unsigned char *sealed(const char *s, size_t len, size_t *n)
{
	unsigned char *blob = malloc(len + EVIDENCE_CRC_SIZE);
	uint32_t crc;

	CHECK(blob != NULL);
	if (len)
		memcpy(blob, s, len);
	crc = evidence_crc(blob, len);
	for (size_t i = 0; i < EVIDENCE_CRC_SIZE; i++)
		blob[len + i] = (unsigned char)(crc >> 8 * i);
	*n = len + EVIDENCE_CRC_SIZE;
	CHECK(evidence_crc_right(blob, *n));
	return blob;
}

/* ---- what holds of a view ---- */

static void check_instant(struct instant t)
{
	char text[INSTANT_TEXT_MAX];

	CHECK(instant_format(text, t) < sizeof(text));
}

static void check_fact(struct fact f)
{
	CHECK(f.why >= 0 && f.why < WHY_COUNT);
	CHECK(!f.known || f.why == WHY_KNOWN);
}

static void check_quotes(const struct evidence_view *v)
{
	for (size_t i = 0; i < v->n_quotes; i++) {
		const struct quote *q = &v->quotes[i], *b = q - 1;
		int c = i == 0 ? -1 : symbol_cmp(b->symbol, q->symbol);

		CHECK(c < 0 || (c == 0 && venue_cmp(b->venue, q->venue) < 0));
		CHECK(q->why >= 0 && q->why < WHY_COUNT);
		check_fact(q->oi_usd);
		check_fact(q->volume_usd);
		check_fact(q->mark_price);
		check_instant(q->observed_at);
	}
}

static void check_row(const struct evidence_row *r)
{
	CHECK(r->action >= ACTION_HOLD && r->action <= ACTION_CLOSE);
	CHECK(r->line >= -1 && r->line < LINES_MAX);
	CHECK(r->n_lines >= 0 && r->n_lines <= LINES_MAX);
	CHECK(r->n_slots >= 0 && r->n_slots <= SLOTS_MAX);
	fuzz_check_label(r->label);
	for (int i = 0; i < r->n_lines; i++)
		CHECK(r->finding[i].verdict <= VERDICT_UNKNOWN &&
		      r->finding[i].missing <= FACT_COUNT &&
		      r->finding[i].why < WHY_COUNT);
	for (int i = 0; i < r->n_slots; i++)
		CHECK(r->slot[i].stored <= VERDICT_UNKNOWN);
	if (!r->memory)
		return;
	CHECK(r->memory->n_slots >= 0 && r->memory->n_slots <= SLOTS_MAX);
	CHECK(r->memory->status <= STATUS_CLOSED);
	fuzz_check_label(r->memory->reason);
	fuzz_check_label(r->memory->muted);
}

static void check_view(const struct evidence_view *v)
{
	CHECK(v->poll > 0 && instant_known(v->at));
	for (size_t i = 0; i < v->n_venues; i++) {
		CHECK(v->venues[i].venue.s[0]);
		CHECK(i == 0 || venue_cmp(v->venues[i - 1].venue,
					  v->venues[i].venue) < 0);
		CHECK(v->venues[i].rates <= ANSWER_FAILED &&
		      v->venues[i].symbols <= ANSWER_FAILED);
	}
	check_quotes(v);
	for (size_t i = 0; i < v->n_rows; i++) {
		CHECK(v->rows[i].position > (i ? v->rows[i - 1].position : 0));
		check_row(&v->rows[i]);
	}
}

/* ---- two readers ---- */

static void encode(unsigned char **blob, size_t *n,
		   const struct evidence_view *v, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };

	if (!evidence_encode(blob, n, v, NULL, arena, &err))
		fuzz_broken(__FILE__, __LINE__, err.text);
}

/* As key blobs they are the same bytes. */
static void check_same(const struct evidence_view *a,
		       const struct evidence_view *b, struct arena *arena)
{
	unsigned char *x, *y;
	size_t n, m;

	encode(&x, &n, a, arena);
	encode(&y, &m, b, arena);
	CHECK(n == m && memcmp(x, y, n) == 0);
}

static void check_again(const struct evidence_view *v, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };
	struct evidence_view back;
	unsigned char *blob;
	size_t n;

	encode(&blob, &n, v, arena);
	CHECK(evidence_is_key(blob, n));
	if (!evidence_decode(&back, NULL, blob, n, arena, &err))
		fuzz_broken(__FILE__, __LINE__, err.text);
	check_view(&back);
	check_same(v, &back, arena);
}

struct desk {
	struct arena *own, *turn[2], *moment, *views;
	struct evidence_reader *reader;
	struct evidence_view view;	/* by the decoder */
	bool begun;
};

static bool one_blob(struct desk *d, const char *s, size_t len)
{
	struct err err = { ERR_NONE, "" }, other = err;
	struct evidence_view now;
	size_t n;
	unsigned char *blob = sealed(s, len, &n);
	bool key = evidence_is_key(blob, n), read, decoded = false;

	read = evidence_reader_apply(d->reader, blob, n, &err);
	if (key || d->begun)
		decoded = evidence_decode(&now, key ? NULL : &d->view, blob, n,
					  d->views, &other);
	CHECK(read == decoded);
	if (!read)
		fuzz_check_refusal(&err, ERR_STORE);
	if (read) {
		check_view(&now);
		check_view(evidence_reader_view(d->reader));
		CHECK(evidence_reader_keys(d->reader) > 0);
		check_same(&now, evidence_reader_view(d->reader), d->views);
		check_again(&now, d->views);
		d->view = now;
	}
	d->begun = read;
	free(blob);
	return read;
}

static void check_kept(const char *s, size_t len, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };
	struct evidence_kept *list, *again;
	size_t n, count, m, same;
	unsigned char *blob = sealed(s, len, &n), *out;

	if (!evidence_decode_kept(&list, &count, blob, n, arena, &err)) {
		fuzz_check_refusal(&err, ERR_STORE);
		free(blob);
		return;
	}
	free(blob);
	for (size_t i = 0; i < count; i++)
		CHECK(list[i].position > (i ? list[i - 1].position : 0));
	if (!evidence_encode_kept(&out, &m, list, count, (struct instant){ 0 },
				  arena, &err))
		return;			/* a time too far from 1970 */
	if (!evidence_decode_kept(&again, &same, out, m, arena, &err))
		fuzz_broken(__FILE__, __LINE__, err.text);
	CHECK(same == count);
	for (size_t i = 0; i < count; i++)
		CHECK(evidence_memory_same(&list[i].memory, &again[i].memory));
}

FUZZ_TARGET(evidence)
{
	struct desk d = { .own = arena_new(), .moment = arena_new(),
			  .turn = { arena_new(), arena_new() },
			  .views = fuzz_arena() };
	bool ok = n > 0;

	CHECK(d.own && d.moment && d.turn[0] && d.turn[1]);
	check_kept(s, n, d.views);
	d.reader = evidence_reader_new(d.own, d.turn, d.moment);
	CHECK(d.reader != NULL);
	for (int i = 0; i < BLOBS_MAX && n >= 2; i++) {
		size_t len = (unsigned char)s[0] | (size_t)(unsigned char)s[1] << 8;

		s += 2;
		n -= 2;
		len = len < n ? len : n;
		ok &= one_blob(&d, s, len);
		s += len;
		n -= len;
	}
	arena_free(d.moment);
	arena_free(d.turn[0]);
	arena_free(d.turn[1]);
	arena_free(d.own);
	return ok;
}
