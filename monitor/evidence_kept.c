/* SPDX-License-Identifier: MIT */
/* A list of memories as a blob of its own: what a shadow profile remembers. */
#include "evidence_parts.h"

#define VERSION		1u
#define KEPT_MAX	((size_t)1 << 17)

bool evidence_encode_kept(unsigned char **blob, size_t *n,
			  const struct evidence_kept *list, size_t count,
			  struct instant at, struct arena *arena,
			  struct err *err)
{
	struct evidence_out o = { .arena = arena };
	int64_t last = 0;

	evidence_put_u8(&o, VERSION);
	evidence_put_instant(&o, at, INSTANT_UNKNOWN);
	evidence_put_uint(&o, count);
	for (size_t i = 0; i < count; i++) {
		if (list[i].position <= last)
			o.failed = true;
		evidence_put_uint(&o, (uint64_t)(list[i].position - last));
		last = list[i].position;
		evidence_put_memory(&o, &list[i].memory, at);
	}
	evidence_put_crc(&o);
	return evidence_put_end(&o, blob, n, "what the shadow remembers", err);
}

static void get_list(struct evidence_in *in, struct evidence_kept *list,
		     size_t count, struct instant at, struct arena *arena)
{
	uint64_t id = 0;

	for (size_t i = 0; i < count && !in->failed; i++) {
		uint64_t step = evidence_get_uint(in);

		if (step == 0 || step > INT64_MAX - id) {
			in->failed = true;
			return;
		}
		id += step;
		list[i].position = (int64_t)id;
		evidence_get_memory(in, &list[i].memory, at, arena);
	}
}

bool evidence_decode_kept(struct evidence_kept **list, size_t *count,
			  const unsigned char *blob, size_t n,
			  struct arena *arena, struct err *err)
{
	struct evidence_in in = { .p = blob };
	struct instant at;

	if (!evidence_crc_right(blob, n))
		return err_set(err, ERR_STORE, "what the shadow remembers is "
			       "damaged (checksum of %zu bytes)", n);
	in.n = n - EVIDENCE_CRC_SIZE;
	in.failed = evidence_get_u8(&in) != VERSION;
	at = evidence_get_instant(&in, INSTANT_UNKNOWN);
	*count = evidence_get_count(&in, KEPT_MAX);
	*list = arena_array(arena, *count, sizeof(**list));
	if (*list && !in.failed)
		get_list(&in, *list, *count, at, arena);
	if (!*list || in.no_memory)
		return err_set(err, ERR_MEMORY, "no memory for the shadow");
	if (in.failed || in.at != in.n)
		return err_set(err, ERR_STORE, "what the shadow remembers is "
			       "damaged");
	return true;
}
