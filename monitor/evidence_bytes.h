/* SPDX-License-Identifier: MIT */
/*
 * Bytes of an evidence blob, for evidence*.c only. Writers and readers carry
 * a sticky `failed`, looked at once at the end; a failed reader gives zeros.
 */
#ifndef CARRYWATCH_EVIDENCE_BYTES_H
#define CARRYWATCH_EVIDENCE_BYTES_H

#include "evidence.h"

struct evidence_out {
	struct arena *arena;
	unsigned char *p;
	size_t n, cap;
	bool failed;			/* a value out of range, or: */
	bool no_memory;
};

struct evidence_in {
	const unsigned char *p;
	size_t n, at;
	bool failed;
	bool no_memory;			/* why it failed; not the bytes */
};

static inline void evidence_no_memory(struct evidence_in *in)
{
	in->failed = in->no_memory = true;
}

/* The bytes, when all of `what` is in them; else err says why it is not. */
bool evidence_put_end(const struct evidence_out *o, unsigned char **blob,
		      size_t *n, const char *what, struct err *err);
void evidence_put_u8(struct evidence_out *o, unsigned v);
void evidence_put_uint(struct evidence_out *o, uint64_t v);
void evidence_put_int(struct evidence_out *o, int64_t v);
void evidence_put_name(struct evidence_out *o, const char *s);
void evidence_put_instant(struct evidence_out *o, struct instant t,
			  struct instant base);
void evidence_put_dec(struct evidence_out *o, struct dec v, struct dec base);
/* Numbers of two bits, four to a byte, the first one lowest. */
void evidence_put_pairs(struct evidence_out *o, const unsigned char *v, int n);

unsigned evidence_get_u8(struct evidence_in *in);
uint64_t evidence_get_uint(struct evidence_in *in);
int64_t evidence_get_int(struct evidence_in *in);
/* At most max - 1 bytes and a NUL; the rest of buf is untouched. */
size_t evidence_get_name(struct evidence_in *in, char *buf, size_t max);
struct instant evidence_get_instant(struct evidence_in *in,
				    struct instant base);
struct dec evidence_get_dec(struct evidence_in *in, struct dec base);
void evidence_get_pairs(struct evidence_in *in, unsigned char *v, int n);
/* A number of things of which each takes a byte at least; else failed. */
size_t evidence_get_count(struct evidence_in *in, size_t max);

/* The CRC of all that was written; and is it there and right? */
#define EVIDENCE_CRC_SIZE	4
void evidence_put_crc(struct evidence_out *o);
bool evidence_crc_right(const unsigned char *blob, size_t n);
uint32_t evidence_crc(const unsigned char *p, size_t n);

#endif
