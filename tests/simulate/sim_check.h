/* SPDX-License-Identifier: MIT */
/* The database and what leaves, against the model. */
#ifndef CARRYWATCH_SIM_CHECK_H
#define CARRYWATCH_SIM_CHECK_H

#include "sim.h"

/* Statements on the monitor's own connection, never while it writes. */
void sim_check_open(struct sim *s);
void sim_check_close(void);
int64_t sim_last_seq(struct sim *s);

/* Each after a committed poll. label NULL: no close may have been decided. */
void sim_check_decision(struct sim *s, const struct sim_position *p,
			const char *label);
void sim_expect_handoff(struct sim *s, struct sim_position *p, bool held);
/* A protective line is TRUE of a decided close: the breaker lets it go. */
void sim_expect_released(struct sim *s, struct sim_position *p);
void sim_check_streaks(struct sim *s, const struct sim_position *p);
void sim_check_blind_told(struct sim *s, const struct sim_position *p);
void sim_check_poll(struct sim *s, int closes);
/* New rows of positions, as the monitor made them of the client's pairs. */
void sim_adopt(struct sim *s);

/* A hand-off leaves: may it? NULL: it may not, and the seed has failed. */
struct sim_position *sim_check_sent(struct sim *s, int64_t row,
				    const struct outgoing *o);

/* ---- sim_end.c ---- */

void sim_remember(struct sim *s, const struct sim_said *said);
void sim_check_end(struct sim *s);

#endif
