/* SPDX-License-Identifier: MIT */
/* Names of facts and of the reasons why one is unknown. */
#include "fact.h"

#include <assert.h>

const char *why_word(enum why why)
{
	static const char *const words[WHY_COUNT] = {
#define X(id, word) [WHY_##id] = word,
		WHY_TABLE(X)
#undef X
	};

	assert(why < WHY_COUNT);
	return words[why];
}

struct fact_text {
	const char *name, *unit;
};

static const struct fact_text fact_texts[FACT_COUNT] = {
#define X(id, name, unit) [FACT_##id] = { name, unit },
	FACT_TABLE(X)
#undef X
};

const char *fact_name(enum fact_id id)
{
	assert(id < FACT_COUNT);
	return fact_texts[id].name;
}

const char *fact_unit(enum fact_id id)
{
	assert(id < FACT_COUNT);
	return fact_texts[id].unit;
}
