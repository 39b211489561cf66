/* SPDX-License-Identifier: MIT */
/* A profile: ordered close lines, ordered alert lines, two times. */
#ifndef CARRYWATCH_PROFILE_H
#define CARRYWATCH_PROFILE_H

#include "expr.h"

#define PROFILE_HASH_TEXT 17	/* 16 hex digits */

struct profile {
	char name[NAME_TEXT_MAX];
	char extends[NAME_TEXT_MAX];	/* "" = none */
	struct span poll_interval;	/* 60 s unless set */
	struct span blind_after;	/* 10 min unless set */
	struct line line[LINES_MAX];	/* close lines first */
	int n_close, n_lines;
	char hash[PROFILE_HASH_TEXT];	/* of the canonical text */
};

/* Streaks of a position: those of line i start at profile_slot(p, i). */
int profile_slot(const struct profile *p, int line);
int profile_slots(const struct profile *p);	/* in all, <= SLOTS_MAX */
/* The facts its lines look at, a bit each. */
uint64_t profile_uses(const struct profile *p);
/* The index of the close line with this label, -1 if none. */
int profile_close_line(const struct profile *p, struct label label);
/* Canonical text (YAML that loads to the same profile); length. */
size_t profile_format(char *buf, size_t n, const struct profile *p);
/*
 * Polls at another interval than the profile's own: blindness still means as
 * many polls without data, as far as the bound of its key goes.
 */
void profile_poll_every(struct profile *p, struct span every);
/* Fill p->hash from the canonical text. */
void profile_seal(struct profile *p);

#endif
