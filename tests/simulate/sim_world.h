/* SPDX-License-Identifier: MIT */
/*
 * One simulated account, whole: a true time and a monitor's clock that may
 * differ, a service, a trading client, receivers, people, and the model.
 */
#ifndef CARRYWATCH_SIM_WORLD_H
#define CARRYWATCH_SIM_WORLD_H

#include "cmd_run_post.h"
#include "daemon.h"
#include "sim_position.h"

/* What the account is made of. */
enum sim_kind { SIM_PAPER, SIM_PERSON, SIM_HOOK, SIM_HOOK_BOOK, SIM_CONTROL,
		SIM_KINDS };

struct sim_running {			/* on its way */
	bool used, done;
	struct ticket ticket;
	int64_t at;
	struct reply reply;
};

struct sim_counts {
	int64_t polls, evaluations, decisions, closes, handoffs, sent,
		settlements, restarts, crashes, disk_faults, steps, suspends,
		reloads, acts, unrecorded, told, delivered, breakers, blind,
		replayed;
};

struct sim {
	uint64_t seed, random;
	int days;
	bool verbose, failed, calm_begun;
	enum sim_kind kind;
	int64_t interval;
	int64_t begin, end, calm;	/* true time */
	int64_t truth, offset;		/* the monitor's clock is truth + it */
	int64_t next_event;
	bool down;			/* between two lives of the monitor */

	/* the service */
	int64_t rate[SIM_SYMBOLS][SIM_VENUES], mean[SIM_SYMBOLS][SIM_VENUES];
	int64_t moved;			/* rates, last */
	int trouble[SIM_VENUES];
	unsigned hit[SIM_VENUES];	/* symbols, a bit each */
	int64_t trouble_until[SIM_VENUES], dead_until, storm_until;
	int64_t frozen[SIM_VENUES];	/* timestamp that stands still */
	int64_t frozen_rate[SIM_SYMBOLS][SIM_VENUES];

	/* the client and the receivers */
	struct sim_pair pair[SIM_PAIRS];
	int64_t pairs_made, book_down_until, sink_down_until;
	struct sim_running running[SIM_RUNNING];
	uint8_t *taken;			/* deliveries a sink took, by id */
	bool paused;

	/* the monitor */
	struct arena *arena, *scratch;	/* of the configurations; of a poll */
	struct config config[2];
	struct account account[2];
	struct sim_rules rules[2];
	int in_force;
	char directory[64], database[96];
	struct store *store;
	struct terms terms;
	struct cycle *cycle;
	struct run_post post;
	struct daemon daemon;
	void (*watch)(struct sim *s);	/* after each poll; NULL: nobody */
	bool quiet;			/* nothing happens, nobody closes */
	struct err err;

	/* the model */
	struct sim_line line[SIM_LINES];
	struct sim_given given;
	bool pending;			/* a poll was begun, not yet seen */
	int64_t last_at, newest_at;	/* polls: the last, the latest */
	int64_t seq, attempt;	/* attempt: true time of the last */
	int64_t excused;		/* ms without a poll since, with cause */
	int n_loaded;			/* positions this poll knows */
	struct sim_position *position;	/* by id - 1 */
	int n_positions;
	struct sim_quote quote[SIM_SYMBOLS][SIM_VENUES];
	struct sim_said *said;
	size_t n_said, cap_said;
	struct sim_counts count;
};

#endif
