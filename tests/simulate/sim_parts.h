/* SPDX-License-Identifier: MIT */
/* The parts of a simulation, each in the file of its name. */
#ifndef CARRYWATCH_SIM_PARTS_H
#define CARRYWATCH_SIM_PARTS_H

#include "sim.h"

/* ---- sim_rig.c: configuration, wiring, one life after the other ---- */

void sim_open(struct sim *s, uint64_t seed, int days, bool verbose);
void sim_run(struct sim *s);		/* to the end of the seed */
void sim_close(struct sim *s);
const struct account *sim_account(const struct sim *s);
const struct profile *sim_profile(const struct sim *s);

/* ---- sim_rules.c: the catalogue of lines, and YAML of it ---- */

void sim_draw_rules(struct sim *s);
size_t sim_yaml(char *buf, size_t n, const struct sim *s, int which);
const char *sim_venue(int v);
const char *sim_symbol(int k);
int32_t sim_pays_every(int v);		/* seconds */

/* ---- sim_clock.c: true time, and what happens in it ---- */

struct clock_port sim_clock(struct sim *s);
int64_t sim_next_event(const struct sim *s);

/* ---- sim_service.c ---- */

struct source sim_source(struct sim *s);
void sim_service_begin(struct sim *s);
void sim_trouble(struct sim *s);	/* something breaks */
void sim_storm(struct sim *s);		/* every rate turns round */
void sim_move(struct sim *s);		/* rates, up to the true time */
int64_t sim_divergence(const struct sim *s, int symbol, int l, int sh);

/* ---- sim_client.c: the book, and who receives what is sent ---- */

struct book sim_book(struct sim *s);
struct courier sim_courier(struct sim *s);
void sim_client_trouble(struct sim *s);
/* The client opens one, if there is room. */
void sim_client_open(struct sim *s);
/* All requests on their way are lost: the process ended. */
void sim_client_forget(struct sim *s);
bool sim_pair_held(const struct sim *s, const struct sim_pair *p);

/* ---- sim_people.c ---- */

void sim_act(struct sim *s);		/* a person does something */
void sim_open_position(struct sim *s);
void sim_make_calm(struct sim *s);	/* what was put off is settled */

/* ---- sim_model.c: from what was given to what must follow ---- */

void sim_model_begin(struct sim *s);	/* a poll reads positions now */
/* The poll was committed: move on, and compare. */
void sim_model_commit(struct sim *s);
/* When this poll takes a pair to be gone that it missed a second time. */
int64_t sim_gone_since(const struct sim *s);
struct sim_position *sim_position(struct sim *s, int64_t id);
/* A new one, of which `is` says what it is. */
struct sim_position *sim_add_position(struct sim *s, int64_t id,
				      const struct sim_position *is);
void sim_forget_memory(struct sim_position *p);
/* In sim_money.c: settlements this poll must have booked; then the quotes. */
void sim_settle(struct sim *s, const bool fresh[SIM_SYMBOLS][SIM_VENUES]);
/* Closed, and opened again: what was really held changes. */
void sim_close_ledger(struct sim_position *p);
void sim_unclose_ledger(struct sim_position *p);
void sim_see_quotes(struct sim *s,
		    const bool fresh[SIM_SYMBOLS][SIM_VENUES]);

/* ---- sim_end.c: what must hold at the end of a seed ---- */

void sim_check_end(struct sim *s);

#endif
