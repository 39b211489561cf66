/* SPDX-License-Identifier: MIT */
/*
 * CRC-32 (polynomial 0xedb88320) of a blob, eight bytes at a time. What a
 * byte does to it k bytes later is the sum of what its bits do, so eight
 * numbers make each table of 256.
 */
#include "evidence_bytes.h"

#define BIT(i, b, k)	((i) >> (b) & 1 ? (k) : 0u)
#define BYTE(i, a, b, c, d, e, f, g, h) \
	BIT(i, 0, a) ^ BIT(i, 1, b) ^ BIT(i, 2, c) ^ BIT(i, 3, d) ^ \
	BIT(i, 4, e) ^ BIT(i, 5, f) ^ BIT(i, 6, g) ^ BIT(i, 7, h)
#define FOUR(i, ...)	BYTE((i), __VA_ARGS__), BYTE((i) + 1, __VA_ARGS__), \
			BYTE((i) + 2, __VA_ARGS__), BYTE((i) + 3, __VA_ARGS__)
#define SIXTEEN(i, ...)	FOUR(i, __VA_ARGS__), FOUR((i) + 4, __VA_ARGS__), \
			FOUR((i) + 8, __VA_ARGS__), FOUR((i) + 12, __VA_ARGS__)
#define MORE(i, ...)	SIXTEEN(i, __VA_ARGS__), SIXTEEN((i) + 16, __VA_ARGS__), \
			SIXTEEN((i) + 32, __VA_ARGS__), \
			SIXTEEN((i) + 48, __VA_ARGS__)
#define TABLE(...)	{ MORE(0u, __VA_ARGS__), MORE(64u, __VA_ARGS__), \
			  MORE(128u, __VA_ARGS__), MORE(192u, __VA_ARGS__) }

static const uint32_t tables[8][256] = {
	/* 0 */ TABLE(0x77073096, 0xee0e612c, 0x076dc419, 0x0edb8832,
		      0x1db71064, 0x3b6e20c8, 0x76dc4190, 0xedb88320),
	/* 1 */ TABLE(0x191b3141, 0x32366282, 0x646cc504, 0xc8d98a08,
		      0x4ac21251, 0x958424a2, 0xf0794f05, 0x3b83984b),
	/* 2 */ TABLE(0x01c26a37, 0x0384d46e, 0x0709a8dc, 0x0e1351b8,
		      0x1c26a370, 0x384d46e0, 0x709a8dc0, 0xe1351b80),
	/* 3 */ TABLE(0xb8bc6765, 0xaa09c88b, 0x8f629757, 0xc5b428ef,
		      0x5019579f, 0xa032af3e, 0x9b14583d, 0xed59b63b),
	/* 4 */ TABLE(0x3d6029b0, 0x7ac05360, 0xf580a6c0, 0x30704bc1,
		      0x60e09782, 0xc1c12f04, 0x58f35849, 0xb1e6b092),
	/* 5 */ TABLE(0xcb5cd3a5, 0x4dc8a10b, 0x9b914216, 0xec53826d,
		      0x03d6029b, 0x07ac0536, 0x0f580a6c, 0x1eb014d8),
	/* 6 */ TABLE(0xa6770bb4, 0x979f1129, 0xf44f2413, 0x33ef4e67,
		      0x67de9cce, 0xcfbd399c, 0x440b7579, 0x8816eaf2),
	/* 7 */ TABLE(0xccaa009e, 0x4225077d, 0x844a0efa, 0xd3e51bb5,
		      0x7cbb312b, 0xf9766256, 0x299dc2ed, 0x533b85da),
};

/* Byte k of the eight at p; the first four meet what came before them. */
static uint32_t step(uint32_t c, const unsigned char *p, int k)
{
	return tables[7 - k][p[k] ^ (k < 4 ? c >> 8 * k & 0xff : 0)];
}

uint32_t evidence_crc(const unsigned char *p, size_t n)
{
	uint32_t c = UINT32_MAX;

	for (; n >= 8; p += 8, n -= 8)
		c = step(c, p, 0) ^ step(c, p, 1) ^ step(c, p, 2) ^
		    step(c, p, 3) ^ step(c, p, 4) ^ step(c, p, 5) ^
		    step(c, p, 6) ^ step(c, p, 7);
	for (; n > 0; p++, n--)
		c = c >> 8 ^ tables[0][(c ^ *p) & 0xff];
	return ~c;
}

void evidence_put_crc(struct evidence_out *o)
{
	uint32_t c = o->failed ? 0 : evidence_crc(o->p, o->n);

	for (int i = 0; i < EVIDENCE_CRC_SIZE; i++)
		evidence_put_u8(o, c >> 8 * i & 0xff);
}

bool evidence_crc_right(const unsigned char *blob, size_t n)
{
	uint32_t c = 0;

	if (n < EVIDENCE_CRC_SIZE)
		return false;
	for (size_t i = 0; i < EVIDENCE_CRC_SIZE; i++)
		c |= (uint32_t)blob[n - EVIDENCE_CRC_SIZE + i] << 8 * i;
	return c == evidence_crc(blob, n - EVIDENCE_CRC_SIZE);
}
