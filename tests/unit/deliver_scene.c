/* SPDX-License-Identifier: MIT */
/* A desk of one pair, a sink, and a courier that only notes (deliver_scene.h). */
#include "deliver_scene.h"

#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- a courier that carries nothing ---- */

struct spy spy;

static bool spy_send(void *ctx, const struct ticket *t,
		     const struct outgoing *o, struct err *err)
{
	(void)ctx;
	if (spy.refuse)
		return err_set(err, ERR_DATA, "no descriptor left");
	assert_true(spy.n < 4);
	spy.running[spy.n++] = *t;
	snprintf(spy.last, sizeof(spy.last), "%.*s", (int)o->body_len,
		 o->body);
	return true;
}

static bool spy_take(void *ctx, struct reply *out)
{
	(void)ctx;
	if (spy.n == 0 || spy.hold)
		return false;
	*out = (struct reply){ .ticket = spy.running[--spy.n],
			       .body = spy.said ? spy.said : "",
			       .body_len = spy.said ? strlen(spy.said) : 0,
			       .sent = spy.status != 0,
			       .answered = spy.status != 0,
			       .status = spy.status, .error = "gone",
			       .retry_after_s = spy.wait_s };
	spy.n_taken++;
	if (spy.status == 200)
		snprintf(spy.got[spy.n_got++], 200, "%s", spy.last);
	return true;
}

static const struct courier courier = { &spy, spy_send, spy_take, NULL, NULL,
					NULL };

/* ---- a sink whose body is "ID TITLE" ---- */

bool deliver_build(struct outgoing *out, const struct alert *a,
	       const struct sink_values *v, struct arena *arena,
	       struct err *err)
{
	char text[200];

	(void)v;
	(void)err;
	snprintf(text, sizeof(text), "%s %s%s", a->id, a->title,
		 strstr(a->text, "\nfor ") ? " (lasting)" : "");
	*out = (struct outgoing){ .wire = WIRE_HTTP };
	out->body = arena_text(arena, text, strlen(text));
	out->body_len = strlen(text);
	return true;
}

static const struct sink_kind spy_kind = { .name = "spy", .build = deliver_build };
const struct sink spy_sink = { .name = "spy", .kind = &spy_kind };
static const struct sink *const spy_list[] = { &spy_sink };

struct desk desk;
struct deliver *deliver;
struct instant deliver_due_at;

void deliver_open(void)
{
	const struct deliver_options o = { "main", desk.store, &courier,
					   false, 1, NULL };
	struct alert_policy p = { .sinks = spy_list, .n_sinks = 1 };
	struct sinks sinks;

	desk_check(&desk, sinks_open(&sinks, &p, &desk.err));
	desk_check(&desk, deliver_new(&deliver, &o, &sinks, &desk.err));
}

int deliver_begin(void **state)
{
	struct account *a;

	(void)state;
	memset(&spy, 0, sizeof(spy));
	desk_open(&desk, "hyperliquid", "profile: wary");
	a = (struct account *)(uintptr_t)desk.cycle->account;
	a->alerts.sinks = spy_list;
	a->alerts.n_sinks = 1;
	desk.rate[0] = "0.0001";
	desk.rate[1] = "0.0008";
	deliver_open();
	return 0;
}

int deliver_end(void **state)
{
	(void)state;
	deliver_free(deliver);
	desk_close(&desk);
	return 0;
}

/* What the wait between two polls does: replies, then what is due. */
void deliver_between(void)
{
	struct instant next;
	struct reply r;
	bool more = true;

	while (more) {
		more = false;
		while (courier.take(courier.ctx, &r)) {
			desk_check(&desk, deliver_replied(deliver, &r, desk.now,
							  &desk.err));
			more = true;
		}
		desk_check(&desk, deliver_due(deliver, desk.now, &next, &desk.err));
		more |= spy.n > 0 && !spy.hold;
	}
	if (instant_known(next))
		assert_true(next.ms > desk.now.ms);
	deliver_due_at = next;
}

void deliver_poll(struct instant t)
{
	char text[INSTANT_TEXT_MAX];

	instant_format(text, t);
	desk_poll(&desk, text);
	deliver_between();
}

struct delivery_queue deliver_queue(void)
{
	struct delivery_queue q;

	desk_check(&desk, store_begin_read(desk.store, &desk.err));
	desk_check(&desk, store_delivery_queue(desk.store, &q, "spy", desk.now,
					       &desk.err));
	store_end_read(desk.store);
	return q;
}

int64_t deliver_waiting(void)
{
	return deliver_queue().n;
}

/* ---- heartbeats ---- */

static const struct sink_kind beat_kind = { .name = "beat", .build = deliver_build,
					    .heartbeat = true };
const struct sink beat_a = { .name = "a", .kind = &beat_kind },
			 beat_b = { .name = "b", .kind = &beat_kind };

void use_sinks(const struct sink *x, const struct sink *y)
{
	const struct sink *const list[] = { x, y };
	struct alert_policy p = { .sinks = list, .n_sinks = y ? 2 : 1 };
	struct sinks sinks;

	desk_check(&desk, sinks_open(&sinks, &p, &desk.err));
	deliver_use(deliver, &sinks);
}

void deliver_take_one(void)
{
	struct reply r;

	assert_true(courier.take(courier.ctx, &r));
	desk_check(&desk, deliver_replied(deliver, &r, desk.now, &desk.err));
}
