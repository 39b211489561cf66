/* SPDX-License-Identifier: MIT */
/* What a person reads of a poll; text in buf, always ended. */
#ifndef CARRYWATCH_SENTENCE_H
#define CARRYWATCH_SENTENCE_H

#include "entry.h"
#include "judge.h"

#define SENTENCE_MAX 600

struct text;
struct work;

/* Why a decision was made, with the numbers that made it. */
void sentence_decision(char buf[static SENTENCE_MAX], const struct watched *x,
		       const struct profile *p);
/* The text of one notice bit; kind and priority for the outbox. */
void sentence_notice(char buf[static SENTENCE_MAX], const char **kind,
		     int *priority, enum notice bit, const struct watched *x,
		     const struct work *w);
void sentence_unconfirmed(char buf[static SENTENCE_MAX],
			  const struct position *p, const struct work *w);
/* For how long a close is pending, and the carry since its decision. */
void sentence_add_lost(struct text *t, const struct watched *x,
		       struct instant now);
void sentence_entry(char buf[static SENTENCE_MAX], const struct entry *e,
		    bool opened);

#endif
