/* SPDX-License-Identifier: MIT */
/* The two legs of a watched pair, for alerts and notices. */
#ifndef CARRYWATCH_SENTENCE_LEGS_H
#define CARRYWATCH_SENTENCE_LEGS_H

#include "judge.h"
#include "sentence_text.h"

/* "long 0.5 BTC on lighter, short 0.5 BTC on grvt" */
void text_add_legs(struct text *t, const struct watched *x);

#endif
