/* SPDX-License-Identifier: MIT */
/* The account, its client and its lives (fail_desk.h). */
#include "fail_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cycle.h"
#include "deliver.h"
#include "fail_books.h"
#include "given.h"
#include "given_ports.h"
#include "handoffs.h"
#include "log.h"
#include "migrate.h"
#include "outbound.h"
#include "store_alerts.h"

#define LIVES_MAX	12

static const char yaml[] =
	"version: 1\n"
	"profiles:\n"
	"  hasty: {close: [FLIPPED: flip], alert: [HALF: erosion(0.5)]}\n"
	"accounts:\n"
	"  main: {profile: hasty, mode: live, venues: [lighter, grvt],\n"
	"    shadow: steady, on_close: control_api, close: {settle: 1s},\n"
	"    positions: {control_api: {account: main, key: {env: CW_NONE},\n"
	"      url: 'http://127.0.0.1:9'}}}\n";

/* ---- what the service says: the pair is good at first, then flipped ---- */

static bool fetch(void *ctx, struct market *m, const struct fetch_plan *plan,
		  struct arena *arena, struct err *err)
{
	static const char *const venue[] = { "lighter", "grvt" };
	static struct venue_view views[2];
	static struct quote quotes[2];
	struct fail_desk *d = ctx;
	const char *rate[2] = { d->base ? "0.0009" : "0.0001", "0.0006" };

	(void)plan;
	(void)arena;
	(void)err;
	*m = (struct market){ .dexes_known = true,
			      .opportunities_known = true, .venues = views,
			      .n_venues = 2, .quotes = quotes, .n_quotes = 2 };
	for (int s = 0; s < 2; s++) {
		views[s] = (struct venue_view){
			.venue = given_venue(venue[s]), .listed = true,
			.active = true, .rates = ANSWER_OK,
			.symbols = ANSWER_OK, .rows = 1 };
		quotes[s] = (struct quote){
			.symbol = given_symbol("BTC"),
			.venue = given_venue(venue[s]),
			.rate = { dec_lit(rate[s]), RATE_8H_S },
			.observed_at = d->now,
			.next_funding = INSTANT_UNKNOWN,
			.oi_usd = fact_unknown(WHY_NOT_ASKED),
			.volume_usd = fact_unknown(WHY_NOT_ASKED),
			.mark_price = fact_unknown(WHY_NOT_ASKED) };
	}
	return true;
}

/* ---- the trading client: works a close at once ---- */

static struct held_leg leg(void)
{
	struct held_leg l = { .listed = true };

	l.quantity = fact_known(dec_lit("0.2"));
	l.entry_price = l.mark_price = fact_known(dec_lit("100000"));
	l.liquidation_price = fact_unknown(WHY_NOT_SET);
	l.funding_usd = fact_known(DEC_ZERO);
	return l;
}

static void read_book(void *ctx, struct book_view *out, int32_t budget_ms,
		      struct arena *arena)
{
	static struct book_balance well[2];
	static struct book_pair pair;
	struct fail_desk *d = ctx;

	(void)budget_ms;
	(void)arena;
	well[0] = (struct book_balance){ given_venue("grvt"), true };
	well[1] = (struct book_balance){ given_venue("lighter"), true };
	pair = (struct book_pair){
		.id = "u-1", .readable = true, .symbol = given_symbol("BTC"),
		.venue = { given_venue("lighter"), given_venue("grvt") },
		.size_usd = fact_known(dec_lit("20000")),
		.entry_divergence_8h = fact_known(dec_lit("0.0005")),
		.opened_at = INSTANT_UNKNOWN,
		.age_hours = fact_unknown(WHY_NOT_SET),
		.leg = { leg(), leg() } };
	*out = (struct book_view){
		.asked = true, .good = true, .pairs = &pair,
		.n = d->present ? 1 : 0, .balances_good = true,
		.balances = well, .n_balances = 2 };
}

static void mark(struct fail_desk *d, enum fail_mark what)
{
	d->marks |= 1u << what;
	if (d->mark)
		d->mark((int)what);
}

static void take_close(struct fail_desk *d, const char *id)
{
	size_t i = 0;

	mark(d, FAIL_SENT);
	d->worked += d->present;
	d->doubled += !d->present;
	d->present = false;
	while (i < d->n_ids && strcmp(d->ids[i], id) != 0)
		i++;
	if (i == d->n_ids && i < 4)
		snprintf(d->ids[d->n_ids++], sizeof(d->ids[0]), "%.95s", id);
}

static bool build_close(struct outgoing *out, const struct handoff_order *o,
			const struct handoff_target *t, struct arena *arena,
			struct err *err)
{
	struct outgoing real;

	if (!handoff_control_api.build(&real, o, t, arena, err))
		return false;
	*out = real;
	out->from = arena_text(arena, o->id, strlen(o->id));
	return out->from || err_set(err, ERR_MEMORY, "no memory");
}

static void judge_close(struct handoff_answer *out, const struct reply *r)
{
	handoff_control_api.judge(out, r);
}

static const struct handoff_kind client = {
	.name = "control_api", .build = build_close, .judge = judge_close
};

/* ---- one sink ---- */

static bool build_alert(struct outgoing *out, const struct alert *a,
			const struct sink_values *v, struct arena *arena,
			struct err *err)
{
	(void)v;
	*out = (struct outgoing){ .wire = WIRE_HTTP };
	out->body = arena_text(arena, a->title, strlen(a->title));
	out->body_len = strlen(a->title);
	return out->body || err_set(err, ERR_MEMORY, "no memory");
}

static const struct sink_kind spy_kind = { .name = "spy",
					   .build = build_alert };
static const struct sink spy_sink = { .name = "spy", .kind = &spy_kind };
static const struct sink *const spy_list[] = { &spy_sink };

/* ---- the courier ---- */

static struct ticket running[8];
static size_t n_running;

static bool carry(void *ctx, const struct ticket *t, const struct outgoing *o,
		  struct err *err)
{
	struct fail_desk *d = ctx;

	(void)err;
	assert_true(n_running < 8);
	running[n_running++] = *t;
	if (t->kind == TICKET_HANDOFF)
		take_close(d, o->from);
	else
		d->told++;
	return true;
}

static bool take(void *ctx, struct reply *out)
{
	static const char yes[] = "{\"success\":true}";

	(void)ctx;
	if (n_running == 0)
		return false;
	*out = (struct reply){ .ticket = running[--n_running], .sent = true,
			       .answered = true, .status = 200, .body = yes,
			       .body_len = sizeof(yes) - 1 };
	return true;
}

static void pump(void *ctx, int fd, int64_t real_ms)
{
	(void)ctx;
	(void)fd;
	(void)real_ms;
}

static size_t count(void *ctx)
{
	(void)ctx;
	return n_running;
}

/* ---- one process ---- */

struct process {
	struct store *store;
	struct cycle *cycle;
	struct deliver *deliver;
	struct handoffs *handoffs;
	struct outbound out;
};

static const struct account *account(const struct fail_desk *d)
{
	return config_account(&d->config, "main");
}

static bool open_desks(struct process *p, struct fail_desk *d)
{
	const struct account *a = account(d);
	const struct deliver_options o = { "main", p->store, &p->out.courier,
					   false, 1, NULL };
	const struct handoffs_options h = {
		.account = "main", .store = p->store,
		.courier = &p->out.courier, .policy = &a->close,
		.source = true, .fresh_for = span_s(180) };
	struct handoff_receiver r = { .kind = &client,
				      .url = "http://127.0.0.1:9" };
	struct sinks sinks;

	r.key.text = strdup("k");
	if (!r.key.text)
		return err_set(&d->err, ERR_MEMORY, "no memory");
	if (!handoffs_new(&p->handoffs, &h, &r, &d->err)) {
		handoff_receiver_free(&r);
		return false;
	}
	if (!sinks_open(&sinks, &a->alerts, &d->err))
		return false;
	if (!deliver_new(&p->deliver, &o, &sinks, &d->err)) {
		sinks_free(&sinks);
		return false;
	}
	p->out.desk[TICKET_ALERT] = (struct desk){ p->deliver, deliver_due,
						   deliver_replied };
	p->out.desk[TICKET_HANDOFF] = (struct desk){
		p->handoffs, handoffs_due, handoffs_replied };
	return true;
}

static bool start(struct process *p, struct fail_desk *d)
{
	struct wiring w = { .source = { d, fetch, NULL },
			    .notifier = given_notifier(true),
			    .clock = given_clock(&d->now),
			    .book = { d, read_book, NULL } };

	p->out.courier = (struct courier){ d, carry, take, pump, count, NULL };
	p->out.clock = w.clock;
	return store_open(&p->store, d->path, "main", false, STORE_RUN,
			  &d->err) &&
	       open_desks(p, d) &&
	       cycle_new(&p->cycle, &d->config, account(d), p->store, &w,
			 &d->err);
}

/* The order of daemon.c: poll, what it changes, what leaves. */
static bool one_poll(struct process *p, struct fail_desk *d)
{
	struct cycle_result r;
	int worked = d->worked;

	if (!cycle_poll(p->cycle, &r, &d->err))
		return false;
	mark(d, FAIL_POLLED);
	if (!handoffs_polled(p->handoffs, d->now, &d->err) &&
	    d->err.kind == ERR_OUTCOME)
		return false;
	if (!outbound_flush(&p->out, 1000, &d->err))
		return false;
	if (d->worked > worked && d->err.kind == ERR_NONE)
		mark(d, FAIL_ANSWERED);
	return d->err.kind == ERR_NONE;
}

static void later(struct fail_desk *d)
{
	d->now.ms += 61000;
}

bool fail_life(struct fail_desk *d)
{
	struct process p = { .store = NULL };
	bool ok;

	d->err = (struct err){ ERR_NONE, "" };
	n_running = 0;
	ok = start(&p, d) && one_poll(&p, d);
	later(d);
	if (!ok && p.cycle && d->err.kind != ERR_OUTCOME) {
		struct err first = d->err;

		d->err = (struct err){ ERR_NONE, "" };
		if (one_poll(&p, d))
			d->err = first;
		later(d);
	}
	cycle_free(p.cycle);
	deliver_free(p.deliver);
	handoffs_free(p.handoffs);
	store_close(p.store);
	return ok;
}

/* ---- a person, and old evidence ---- */

static bool ack_all(struct fail_desk *d, struct store *s)
{
	struct alert_row *rows;
	size_t n;

	if (!store_alerts(s, &rows, &n, d->arena, &d->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		rows[i].acked_at = d->now;
		snprintf(rows[i].acked_by, sizeof(rows[i].acked_by), "test");
		if (!store_put_alert(s, &rows[i], &d->err))
			return false;
	}
	return true;
}

static bool retain(struct fail_desk *d, struct store *s)
{
	const struct instant far = { d->now.ms + INT64_C(86400000) * 900 };

	return store_retain(s, far, span_s(86400), INT64_C(1) << 40, &d->err);
}

static bool change(struct fail_desk *d, enum store_access access,
		   bool (*what)(struct fail_desk *d, struct store *s))
{
	struct store *s;
	bool ok;

	d->err = (struct err){ ERR_NONE, "" };
	if (!store_open(&s, d->path, "main", false, access, &d->err))
		return false;
	ok = store_begin(s, &d->err);
	if (ok && !what(d, s)) {
		store_rollback(s);
		ok = false;
	}
	ok = ok && store_commit(s, 1000, &d->err);
	store_close(s);
	return ok;
}

bool fail_ack(struct fail_desk *d)
{
	if (!change(d, STORE_CHANGE, ack_all))
		return false;
	mark(d, FAIL_ACKED);
	return true;
}

bool fail_retain(struct fail_desk *d)
{
	return change(d, STORE_RUN, retain);
}

/* ---- afterwards ---- */

void fail_check(struct fail_desk *d, const char *where)
{
	fail_books(d->path, d->marks, where);
	if (d->doubled || d->worked > 1 || d->n_ids > 1)
		fail_msg("%s: closed %d times, %d doubled, %zu ids", where,
			 d->worked, d->doubled, d->n_ids);
}

void fail_finish(struct fail_desk *d, const char *where)
{
	for (int i = 0; i < LIVES_MAX; i++) {
		if (!fail_life(d))
			fail_msg("%s: life %d without faults: %s", where, i,
				 d->err.text);
		if (fail_books_closed(d->path) && d->told > 0)
			break;
	}
	fail_check(d, where);
	if (d->told == 0)
		fail_msg("%s: nobody is told of the close", where);
	if (!fail_books_closed(d->path) || d->worked != 1 || d->n_ids != 1)
		fail_msg("%s: the close is lost (worked %d, %zu ids)", where,
			 d->worked, d->n_ids);
	if (!fail_books_key(d->path, d->ids[0]))
		fail_msg("%s: %s is not its id", where, d->ids[0]);
}

/* ---- the state it begins with ---- */

void fail_desk_again(struct fail_desk *d)
{
	fail_books_wipe(d->dir);
	fail_books_write(d->path, d->base, d->n_base);
	d->now = given_time(GIVEN_NOW);
	d->now.ms += 61000;
	d->present = true;
	d->worked = d->doubled = d->told = 0;
	d->n_ids = 0;
	d->marks = 0;
	arena_reset(d->arena);
}

static void load_config(struct fail_desk *d)
{
	static struct arena *arena;
	struct complaints list;
	struct account *a;

	arena_free(arena);
	arena = arena_new();
	if (!config_load_text(&d->config, "fail.yaml", yaml, strlen(yaml),
			      arena, &list, &d->err))
		fail_msg("%s", d->err.text);
	a = (struct account *)(uintptr_t)account(d);
	a->alerts.sinks = spy_list;
	a->alerts.n_sinks = 1;
}

static bool add_pair(struct fail_desk *d, struct store *s)
{
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.0005");

	p.id = 0;
	snprintf(p.external_id, sizeof(p.external_id), "u-1");
	return store_add_position(s, &p, p.opened_at, "cli", "", &d->err);
}

void fail_desk_open(struct fail_desk *d, int schema)
{
	*d = (struct fail_desk){ .arena = arena_new(), .present = true };
	log_open(LOG_LEVEL_ERR - 1, "main", false);
	load_config(d);
	snprintf(d->dir, sizeof(d->dir), "/tmp/cw-fail-XXXXXX");
	assert_non_null(mkdtemp(d->dir));
	snprintf(d->path, sizeof(d->path), "%s/main.db", d->dir);
	d->now = given_time(GIVEN_NOW);
	if (schema)
		fail_books_old(d->path, schema);
	else if (!change(d, STORE_RUN, add_pair) || !fail_life(d))
		fail_msg("%s", d->err.text);
	d->base = fail_books_read(d->path, &d->n_base);
	fail_desk_again(d);
}

void fail_desk_close(struct fail_desk *d)
{
	fail_books_wipe(d->dir);
	assert_int_equal(rmdir(d->dir), 0);
	free(d->base);
	arena_free(d->arena);
}
