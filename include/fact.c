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

static struct fact both(struct fact a, struct fact b,
			bool (*f)(struct dec *, struct dec, struct dec))
{
	struct dec v;

	if (!a.known)
		return a;
	if (!b.known)
		return b;
	return f(&v, a.v, b.v) ? fact_known(v) : fact_unknown(WHY_OVERFLOW);
}

struct fact fact_add(struct fact a, struct fact b)
{
	return both(a, b, dec_add);
}

struct fact fact_sub(struct fact a, struct fact b)
{
	return both(a, b, dec_sub);
}
