/* SPDX-License-Identifier: MIT */
/*
 * A gzip stream of BOMB_BYTES zeros, written by hand: one block with the
 * fixed codes, a literal 0 and then matches of 258 bytes one back.
 */
#include "reply.h"

#define MATCH 258
#define MATCHES 65024
#define BOMB_BYTES (1 + MATCH * MATCHES)	/* 16 MiB, well over 8 */

struct bits {
	struct body *out;
	uint32_t hold;
	int n;
};

static void bits_put(struct bits *b, uint32_t value, int n)
{
	b->hold |= value << b->n;
	b->n += n;
	while (b->n >= 8) {
		char c = (char)(b->hold & 0xff);

		body_bytes(b->out, &c, 1);
		b->hold >>= 8;
		b->n -= 8;
	}
}

/* Huffman codes go out with their first bit first. */
static void bits_code(struct bits *b, uint32_t code, int n)
{
	while (n-- > 0)
		bits_put(b, code >> n & 1, 1);
}

static void bits_u32(struct bits *b, uint32_t v)
{
	bits_put(b, v & 0xffff, 16);
	bits_put(b, v >> 16, 16);
}

/* CRC-32 of n zeros, four bits at a time. */
static uint32_t crc_of_zeros(uint32_t n)
{
	uint32_t table[16], crc = 0xffffffff;

	for (uint32_t i = 0; i < 16; i++) {
		table[i] = i;
		for (int k = 0; k < 4; k++)
			table[i] = table[i] >> 1 ^
				   (table[i] & 1 ? 0xedb88320u : 0);
	}
	for (uint32_t i = 0; i < n; i++) {
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc ^ 0xffffffff;
}

void bomb_write(struct body *out)
{
	static const char head[10] = { 0x1f, (char)0x8b, 8, 0, 0, 0, 0, 0, 0,
				       (char)0xff };
	struct bits b = { .out = out };

	body_bytes(out, head, sizeof(head));
	bits_put(&b, 1, 1);		/* the last block ... */
	bits_put(&b, 1, 2);		/* ... with fixed codes */
	bits_code(&b, 0x30, 8);		/* literal 0 */
	for (int i = 0; i < MATCHES; i++) {
		bits_code(&b, 0xc5, 8);	/* 285: length 258 */
		bits_code(&b, 0, 5);	/* distance 1 */
	}
	bits_code(&b, 0, 7);		/* end of block */
	if (b.n)
		bits_put(&b, 0, 8 - b.n);
	bits_u32(&b, crc_of_zeros(BOMB_BYTES));
	bits_u32(&b, BOMB_BYTES);
}
