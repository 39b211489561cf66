/* SPDX-License-Identifier: MIT */
/*
 * The straight line of one poll. Everything it needs comes from the store and
 * the four ports; everything it concludes goes into one transaction before
 * anybody is told. A crash anywhere is an early end of the line.
 */
#include "cycle_feed.h"

#include "hash.h"
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cycle_configure(struct cycle *c, const struct config *config,
		     const struct account *account, struct err *err)
{
	struct arena *scratch = arena_new();
	char *text = scratch ? config_print(config, account, scratch) : NULL;
	char *copy = text ? strdup(text) : NULL;

	arena_free(scratch);
	if (!copy)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!cycle_shadow_configure(c, config, account, err)) {
		free(copy);
		return false;
	}
	free(c->config_text);
	c->config_text = copy;
	hash_text(c->config_hash, copy, strlen(copy));
	c->config = config;
	c->account = account;
	c->interval = account->profile->poll_interval;
	return true;
}

bool cycle_new(struct cycle **out, const struct config *config,
	       const struct account *account, struct store *store,
	       const struct wiring *wiring, struct err *err)
{
	struct cycle *c = calloc(1, sizeof(*c));

	if (!c)
		return err_set(err, ERR_MEMORY, "no memory");
	c->store = store;
	c->wiring = *wiring;
	c->version = "";
	c->arena = arena_new();
	c->before_arena = arena_new();
	if (!c->arena || !c->before_arena) {
		cycle_free(c);
		return err_set(err, ERR_MEMORY, "no memory");
	}
	if (!cycle_configure(c, config, account, err)) {
		cycle_free(c);
		return false;
	}
	*out = c;
	return true;
}

void cycle_free(struct cycle *c)
{
	if (!c)
		return;
	arena_free(c->arena);
	arena_free(c->before_arena);
	arena_free(c->shadow_arena);
	free(c->shadow);
	free(c->config_text);
	free(c);
}

/* ---- facts and decisions ---- */

static struct instant last_seen(const struct work *w, const struct position *p,
				enum side side)
{
	const struct last_quote *q = cycle_last_quote(w, p->symbol,
						      p->leg[side].venue);

	return q ? q->observed_at : INSTANT_UNKNOWN;
}

static void decide_one(struct work *w, struct watched *x)
{
	const struct position *p = &x->pos;
	const struct judge_poll poll = {
		&w->market, &w->terms,
		w->has_last ? w->last.at : INSTANT_UNKNOWN
	};

	x->memory = (struct facts_memory){
		{ last_seen(w, p, LEG_LONG), last_seen(w, p, LEG_SHORT) },
		cycle_funding(w, x),
		w->held ? &w->held[x - w->watched].held : NULL
	};
	judge(x, &poll, w->cycle->account->profile);
}

static bool order_fill(struct work *w, struct fill *out,
		       const struct position *p, bool opening,
		       struct err *err)
{
	const struct executor *e = &w->cycle->wiring.executor;
	struct order order = {
		p->symbol, p->leg[LEG_LONG].venue, p->leg[LEG_SHORT].venue,
		p->size_usd, opening
	};

	return e->fill && e->fill(e->ctx, out, &order, err);
}

/*
 * Simulated venues close at once, also what an earlier run left pending. A
 * close whose cost is not known stays pending, and the log says why.
 */
static void fill_close(struct work *w, struct watched *x)
{
	struct err err = { ERR_NONE, "" };

	if (x->decision.action != ACTION_CLOSE ||
	    !w->cycle->wiring.executor.fill)
		return;
	x->filled = order_fill(w, &x->fill, &x->pos, false, &err);
	if (!x->filled)
		log_write(LOG_LEVEL_ERR, "close not filled",
			  "position=%lld err=%s", (long long)x->pos.id,
			  log_quote(err.text).s);
}

static bool judge_entries(struct work *w, struct err *err)
{
	struct entry_ask ask = {
		w->cycle->account, &w->market, &w->terms, w->cooling,
		w->n_cooling, w->now
	};
	struct position *p;

	if (!entry_judge(&w->entries, &w->n_entries, &ask, w->arena, err))
		return false;
	for (size_t i = 0; i < w->n_entries; i++) {
		struct fill fill;
		struct err why = { ERR_NONE, "" };

		p = &w->entries[i].position;
		if (w->entries[i].result != ENTRY_ACCEPTED ||
		    !w->cycle->wiring.executor.fill)
			continue;
		if (!order_fill(w, &fill, p, true, &why)) {
			w->entries[i].result = ENTRY_NO_SIZE;
			continue;
		}
		p->fees_usd = fill.fees_usd;
		p->slippage_usd = fill.slippage_usd;
	}
	return true;
}

/* ---- the poll's own row ---- */

static const char *result_word(const struct work *w, bool usable)
{
	if (w->has_last && w->now.ms < w->last.at.ms - 2000)
		return "clock_back";
	if (!usable)
		return "unusable";
	return w->market.error[0] ? "partial" : "ok";
}

/* Fetch and decisions, in real time; the transaction itself comes after. */
static int64_t took_ms(const struct work *w)
{
	const struct clock_port *clock = &w->cycle->wiring.clock;
	struct span since = instant_diff(clock->now(clock->ctx), w->now);

	return since.ms > 0 ? clock->real_ms(clock->ctx, since) : 0;
}

static void describe_poll(struct work *w, bool usable)
{
	struct poll *p = &w->poll;

	p->took_ms = took_ms(w);
	p->seq = 1 + (w->has_last && w->last.seq > w->cycle->polls_before ?
		      w->last.seq : w->cycle->polls_before);
	p->at = w->now;
	p->positions = (int32_t)w->n_watched;
	p->requests = (int32_t)w->market.requests;
	p->bytes = (int64_t)w->market.bytes;
	p->missed_ticks = w->cycle->missed_ticks;
	p->error = w->market.error;
	snprintf(p->result, sizeof(p->result), "%s", result_word(w, usable));
	snprintf(p->config, sizeof(p->config), "%s", w->cycle->config_hash);
	snprintf(p->version, sizeof(p->version), "%s", w->cycle->version);
}

/* The service's trouble is logged once per change, not once a minute. */
static void log_trouble(struct work *w)
{
	struct cycle *c = w->cycle;

	if (strcmp(c->told_error, w->market.error) == 0)
		return;
	if (w->market.error[0])
		log_write(LOG_LEVEL_WARNING, "service trouble", "err=%s",
			  log_quote(w->market.error).s);
	else
		log_write(LOG_LEVEL_NOTICE, "service recovered", "%s", "");
	snprintf(c->told_error, sizeof(c->told_error), "%s", w->market.error);
}

static void log_poll(const struct work *w, const struct cycle_result *r)
{
	struct symbol first = { "-" };
	size_t differ = cycle_disagreements(&w->market, &first);

	log_write(LOG_LEVEL_INFO, "poll", "seq=%lld result=%s positions=%d "
		  "closes=%d alerts=%d opened=%d requests=%u bytes=%llu "
		  "ranked_otherwise=%zu first=%s",
		  (long long)w->poll.seq, w->poll.result, r->positions,
		  r->closes, r->alerts, r->opened, w->market.requests,
		  (unsigned long long)w->market.bytes, differ, first.s);
}

/* ---- notify: only what stands in the outbox ---- */

static bool mark_sent(struct cycle *c, const struct message *m, size_t n,
		      struct instant now, struct err *err)
{
	if (!store_begin(c->store, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!store_mark_sent(c->store, m[i].id, now, err)) {
			store_rollback(c->store);
			return false;
		}
	return store_commit(c->store, 1000, err);
}

static bool notify(struct work *w, struct err *err)
{
	struct cycle *c = w->cycle;
	struct message *m;
	size_t n, told = 0;

	if (!store_unsent(c->store, &m, &n, w->arena, err))
		return false;
	while (told < n &&
	       c->wiring.notifier.tell(c->wiring.notifier.ctx, &m[told]))
		told++;
	return told == 0 || mark_sent(c, m, told, w->now, err);
}

/* The one alert that does not pass through the outbox. */
static void tell_cannot_record(struct work *w, const struct err *why)
{
	struct notifier *n = &w->cycle->wiring.notifier;
	struct message m = { .at = w->now, .priority = LOG_LEVEL_ERR,
			     .kind = "cannot record", .text = why->text };

	n->tell(n->ctx, &m);
}

/*
 * The view recorded now is what the next poll's evidence builds on; without
 * memory for it the next one starts a key. The rest of the poll goes.
 */
static void keep_view(struct work *w)
{
	struct cycle *c = w->cycle;
	const struct feed *feed = cycle_feed_carry(w);

	arena_reset(c->before_arena);
	c->before = cycle_view_copy(w->view, c->before_arena);
	if (!cycle_keep(&c->kept, &c->n_kept, w, c->before_arena))
		c->before = NULL;
	cycle_shadow_keep(w);
	c->feed = cycle_feed_keep(feed, &w->market, c->before_arena);
	arena_reset(c->arena);
	c->missed_ticks = 0;
}

static bool record_and_tell(struct work *w, struct cycle_result *out,
			    struct err *err)
{
	struct err later = { ERR_NONE, "" };

	if (!cycle_record(w, out, err)) {
		tell_cannot_record(w, err);
		return false;
	}
	out->recorded = true;
	log_poll(w, out);
	/* What could not be marked as sent is told again: never lost. */
	if (!notify(w, &later))
		log_write(LOG_LEVEL_WARNING, "outbox not emptied", "err=%s",
			  log_quote(later.text).s);
	if (later.kind == ERR_OUTCOME) {	/* nothing goes on behind it */
		*err = later;
		return false;
	}
	keep_view(w);
	return true;
}

bool cycle_poll(struct cycle *c, struct cycle_result *out, struct err *err)
{
	struct work w = { .cycle = c, .arena = c->arena };

	*out = (struct cycle_result){ 0 };
	arena_reset(c->arena);
	w.now = c->wiring.clock.now(c->wiring.clock.ctx);
	config_terms(&w.terms, c->config, c->account);
	if (!cycle_load(&w, err) || !cycle_fetch(&w, err))
		return false;
	out->usable = market_usable(&w.market);
	log_trouble(&w);
	for (size_t i = 0; i < w.n_watched; i++) {
		decide_one(&w, &w.watched[i]);
		fill_close(&w, &w.watched[i]);
	}
	if (!judge_entries(&w, err))
		return false;
	describe_poll(&w, out->usable);
	if (w.has_last && w.now.ms < w.last.at.ms - 2000)
		w.n_entries = 0;	/* nothing is opened in the past */
	out->seq = w.poll.seq;
	out->at = w.now;
	return record_and_tell(&w, out, err);
}
