/* SPDX-License-Identifier: MIT */
/* FNV-1a over a text; offset and prime are those of the published variant. */
#include "hash.h"

#include <inttypes.h>
#include <stdio.h>

void hash_text(char out[static HASH_TEXT], const char *s, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
	snprintf(out, HASH_TEXT, "%016" PRIx64, h);
}
