/* SPDX-License-Identifier: MIT */
/* A bounded text that is built piece by piece; too long is cut. */
#ifndef CARRYWATCH_SENTENCE_TEXT_H
#define CARRYWATCH_SENTENCE_TEXT_H

#include "rule.h"

struct text {
	char *buf;
	size_t cap, len;
};

struct text text_on(char *buf, size_t cap);	/* cap >= 1; starts empty */
void text_add(struct text *t, const char *fmt, ...) PRINTF(2, 3);
void text_add_usd(struct text *t, struct dec usd);	/* "+3.90 USD": a flow */
void text_add_cost(struct text *t, struct dec usd);	/* "8.00 USD": a size */
void text_add_rate(struct text *t, struct dec daily);	/* "0.00022/8h" */
void text_add_instant(struct text *t, struct instant at);
void text_add_span(struct text *t, struct span d);
/* Value with its unit, or the reason why it is unknown. */
void text_add_fact(struct text *t, const struct facts *f, enum fact_id id);

#endif
