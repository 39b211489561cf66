/* SPDX-License-Identifier: MIT */
/* The scenes in which memory runs out (fail_memory.h). */
#include "fail_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd_import.h"
#include "control_api.h"
#include "courier.h"
#include "cycle.h"
#include "fail_desk.h"
#include "given.h"
#include "given_ports.h"
#include "handoff.h"
#include "replay_load.h"
#include "replay_scene.h"
#include "service_parse.h"
#include "sink.h"

static struct fail_desk desk;
static struct scene scene;		/* recorded polls */

static void add(char *digest, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void add(char *digest, const char *fmt, ...)
{
	size_t n = strlen(digest);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(digest + n, MEMORY_DIGEST - n, fmt, ap);
	va_end(ap);
}

static void add_bytes(char *digest, const char *what, const void *p, size_t n)
{
	const unsigned char *b = p;
	unsigned long h = 5381;

	for (size_t i = 0; i < n; i++)
		h = h * 33 + b[i];
	add(digest, "%s %zu %lx\n", what, n, h);
}

/* ---- a whole poll with its close, its hand-off and its message ---- */

static void life_before(void)
{
	fail_desk_again(&desk);
}

static bool life(char *digest, struct err *err)
{
	bool ok = fail_life(&desk);

	*err = desk.err;
	if (ok)			/* what is not sent now is sent later: life_after */
		add(digest, "lived\n");
	return ok;
}

static void life_after(const char *where)
{
	fail_check(&desk, where);
	fail_finish(&desk, where);
}

/* ---- configuration ---- */

static bool configure(char *digest, struct err *err)
{
	struct arena *arena = arena_new();
	struct config *c = arena ? arena_alloc(arena, sizeof(*c)) : NULL;
	struct complaints list = { .n_errors = 0 };
	bool ok = false;

	if (!c)
		err_set(err, ERR_MEMORY, "no memory");
	else
		ok = config_load(c, "config/carrywatch.yaml", arena, &list,
				 err);
	for (size_t i = 0; ok && i < c->n_accounts; i++) {
		char *text = config_print(c, &c->accounts[i], arena);

		if (text)
			add_bytes(digest, "account", text, strlen(text));
		else
			ok = err_set(err, ERR_MEMORY, "no memory");
	}
	arena_free(arena);
	return ok;
}

/* A reload that fails leaves the monitor with what it had. */
static struct config other;
static bool reloaded;

static bool reconfigure(char *digest, struct err *err)
{
	other = scene.config[0];
	reloaded = cycle_configure(scene.cycle, &other,
				   config_account(&other, "main"), err);
	if (reloaded)
		add(digest, "%s\n", scene.cycle->config_hash);
	return reloaded;
}

static void reconfigure_after(const char *where)
{
	const struct config *old = &scene.config[0];

	if (scene.cycle->config != (reloaded ? &other : old))
		fail_msg("%s: another configuration is in force", where);
	if (!cycle_configure(scene.cycle, old, config_account(old, "main"),
			     &scene.err))
		fail_msg("%s", scene.err.text);
}

/* ---- import ---- */

static bool import_text(char *digest, const char *path, const char *text,
			struct err *err)
{
	struct arena *arena = arena_new();
	struct import im = {
		.path = path, .form = &import_positions,
		.names = import_positions.keys, .text = text,
		.n = strlen(text), .arena = arena,
		.now = given_time(GIVEN_NOW),
		.max_abs_rate_8h = dec_lit("0.05")
	};
	struct import_row row;
	struct position p;
	const char *note;
	bool ok;

	if (!arena)
		return err_set(err, ERR_MEMORY, "no memory");
	import_start(&im);
	ok = import_begin(&im, err);
	while (ok && import_next(&im, &row, err)) {
		ok = import_position(&im, &p, &note, &row, err);
		if (ok)
			add(digest, "%s %s %s\n", p.symbol.s, p.external_id,
			    note);
	}
	arena_free(arena);
	return ok && err->kind == ERR_NONE;
}

#define ROW "\"symbol\":\"BTC\",\"long_venue\":\"lighter\",\"short_venue\":" \
	"\"grvt\",\"size_usd\":20000,\"opened_at\":\"2026-11-17T16:41:12Z\"," \
	"\"entry_divergence_8h\":0.000285"

static bool import(char *digest, struct err *err)
{
	return import_text(digest, "a.jsonl", "{" ROW ",\"external_id\":\"a\","
			   "\"note\":\"t\\u00e4st\"}\n{" ROW ",\"note\":"
			   "\"\\\"q\\\"\"}\n", err) &&
	       import_text(digest, "a.csv", "symbol,long_venue,short_venue,"
			   "size_usd,opened_at,entry_divergence_8h,note\n"
			   "ETH,lighter,grvt,100,2026-11-17T16:41:12Z,0.0002,"
			   "\"said \"\"so\"\"\"\n", err);
}

/* ---- replay ---- */

static bool replay(char *digest, struct err *err)
{
	struct replay r = { .verify = true, .since = INSTANT_UNKNOWN,
			    .until = INSTANT_UNKNOWN };
	struct arena *arena = arena_new();
	struct source_store *source = NULL;
	struct recorded_poll p;
	bool more = true, ok;

	ok = arena || err_set(err, ERR_MEMORY, "no memory");
	ok = ok && replay_load(&r, scene.store, arena, err) &&
	     source_store_open(&source, scene.store, "main", INSTANT_UNKNOWN,
			       err);
	while (ok && more) {
		ok = source_store_next(source, &p, &more, err);
		ok = ok && (!more || replay_step(&r, &p, err));
	}
	if (ok)
		add(digest, "%lld polls, %lld same, %s\n", (long long)r.polls,
		    (long long)r.compared, r.difference);
	source_store_close(source);
	arena_free(arena);
	return ok;
}

/* ---- evidence ---- */

static bool evidence(char *digest, struct err *err)
{
	struct arena *arena = arena_new();
	struct evidence_kept kept = {
		.position = 1, .memory = { .decided_at = INSTANT_UNKNOWN,
					   .muted_until = INSTANT_UNKNOWN }
	};
	struct instant at = given_time(GIVEN_NOW);
	struct evidence_view view = { .poll = 1, .at = at };
	unsigned char *blob;
	size_t n;
	bool ok;

	if (!arena)
		return err_set(err, ERR_MEMORY, "no memory");
	ok = evidence_encode(&blob, &n, &view, NULL, arena, err);
	if (ok)
		add_bytes(digest, "a poll", blob, n);
	ok = ok && evidence_encode_kept(&blob, &n, &kept, 1, at, arena, err);
	if (ok)
		add_bytes(digest, "a shadow", blob, n);
	arena_free(arena);
	return ok;
}

/* ---- answers of the service and of the trading client ---- */

#define STAMP	"\"timestamp\":\"2026-11-20T21:00:00\"}"

static const char rates[] = "{\"dex_name\":\"lighter\",\"rates\":{"
	"\"BTC\":{\"funding_rate\":0.0001,\"annualized_rate\":0.1,"
	"\"next_funding_time\":\"2026-11-20T22:00:00\"," STAMP
	",\"ETH\":{\"funding_rate\":null," STAMP "}}";

static bool put_rows(char *digest, const char *what, bool parsed,
		     const struct service_rows *r)
{
	if (parsed)
		add(digest, "%s %zu of %u, %u bad\n", what, r->n, r->rows,
		    r->malformed);
	return parsed;
}

static bool book(char *digest, struct arena *arena, struct err *err)
{
	static const char text[] = "{\"accounts\":[{\"account_name\":\"main\","
		"\"positions\":[{\"id\":\"u-1\",\"symbol\":\"BTC\","
		"\"long_dex\":\"LIGHTER\",\"short_dex\":\"GRVT\",\"size_usd\":"
		"1000.0,\"age_hours\":30.0,\"entry_divergence\":0.0001,"
		"\"legs\":[{\"dex\":\"LIGHTER\",\"side\":\"long\","
		"\"quantity\":10.0},{\"dex\":\"GRVT\",\"side\":\"short\","
		"\"quantity\":10.0}],\"opened_at\":\"2026-01-01T00:00:00\"}]}]"
		"}";
	struct book_view v = { .asked = true };

	if (!control_positions_parse(&v, "main", text, sizeof(text) - 1,
				     arena, err))
		return false;
	add(digest, "%zu pairs, %d, %d\n", v.n, v.pairs[0].readable,
	    v.pairs[0].leg[1].listed);
	return true;
}

static bool answers(char *digest, struct err *err)
{
	struct json_text r = { rates, sizeof(rates) - 1 };
	static const char d[] = "{\"dexes\":[{\"name\":\"lighter\","
		"\"is_active\":true}],\"count\":1}";
	static const char s[] = "{\"dex_name\":\"lighter\",\"symbols\":["
		"{\"symbol\":\"BTC\",\"open_interest_usd\":1,"
		"\"volume_24h\":2}],\"count\":1}";
	static const char o[] = "{\"opportunities\":[{\"symbol\":\"BTC\","
		"\"long_dex\":\"lighter\",\"short_dex\":\"grvt\","
		"\"long_rate\":0.0001,\"short_rate\":0.0002,\"divergence\":"
		"0.0001,\"estimated_fees\":0.0,\"net_profit_percent\":0.0001}"
		"],\"total_count\":1}";
	struct arena *a = arena_new();
	struct service_rows rows;
	bool ok;

	if (!a)
		return err_set(err, ERR_MEMORY, "no memory");
	ok = put_rows(digest, "rates", service_parse_rates(
			&rows, given_venue("lighter"), r, a, err), &rows) &&
	     put_rows(digest, "dexes", service_parse_dexes(
			&rows, (struct json_text){ d, sizeof(d) - 1 }, a,
			err), &rows) &&
	     put_rows(digest, "symbols", service_parse_symbols(
			&rows, (struct json_text){ s, sizeof(s) - 1 }, a,
			err), &rows) &&
	     put_rows(digest, "opportunities", service_parse_opportunities(
			&rows, (struct json_text){ o, sizeof(o) - 1 }, a,
			err), &rows) &&
	     book(digest, a, err);
	arena_free(a);
	return ok;
}

/* ---- letters of every sink and of every receiver of closes ---- */

static const struct alert alert = {
	.id = "main-7", .account = "main", .position = 1, .symbol = "BTC",
	.kind = "close", .label = "FLIPPED", .fingerprint = "main/1/close",
	.severity = SEVERITY_CRITICAL, .title = "CLOSE main/1 BTC FLIPPED",
	.text = "now -18 USD/8h\nwhy: \"it <flipped>\"",
	.at = { 1795000000000 }, .since = { 1795000000000 },
	.sent_at = { 1795000000000 } };

static void add_letter(char *digest, const char *name,
		       const struct outgoing *out)
{
	add(digest, "%s %zu headers\n", name, out->n_headers);
	if (out->body)
		add_bytes(digest, "body", out->body, out->body_len);
	for (size_t i = 0; i < out->n_headers; i++)
		add_bytes(digest, "", out->header[i], strlen(out->header[i]));
}

static bool write_alerts(char *digest, struct arena *arena, struct err *err)
{
	static const char key[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	for (size_t i = 0; i < sink_count; i++) {
		const struct sink_kind *k = sink_table[i];
		struct sink_values v;
		struct outgoing out;

		for (int p = 0; p < SINK_PARAMS_MAX; p++)
			v.v[p] = !k->params[p].name ? "" :
				 k->params[p].kind == SINK_URL ?
				 "http://127.0.0.1:9/x" :
				 k->params[p].kind == SINK_SECRET ? key :
				 k->params[p].kind == SINK_INTEGER ? "7" :
				 k->params[p].kind == SINK_PATH ? "/bin/true" :
				 k->params[p].kind == SINK_BOOL ? "false" :
				 "a@example.org";
		if (!k->build(&out, &alert, &v, arena, err))
			return err_prefix(err, "%s", k->name);
		add_letter(digest, k->name, &out);
	}
	return true;
}

static bool write_closes(char *digest, struct arena *arena, struct err *err)
{
	static const struct handoff_kind *const kinds[] = {
		&handoff_control_api, &handoff_webhook, &handoff_exec
	};
	const struct handoff_target t = {
		"http://127.0.0.1:9", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"", "/bin/true" };
	struct handoff_order o = {
		.id = "main-1-2", .account = "main", .reason = { "FLIPPED" },
		.position = given_position("BTC", "lighter", "grvt", "20000",
					   "0.0005"),
		.decided_at = { 1795000000000 }, .sent_at = { 1795000000000 },
		.attempt = 1 };

	snprintf(o.position.external_id, sizeof(o.position.external_id),
		 "u-1");
	for (int i = 0; i < 3; i++) {
		struct outgoing out;

		if (!kinds[i]->build(&out, &o, &t, arena, err))
			return err_prefix(err, "%s", kinds[i]->name);
		add_letter(digest, kinds[i]->name, &out);
	}
	return true;
}

static bool letters(char *digest, struct err *err)
{
	struct arena *arena = arena_new();
	bool ok = arena || err_set(err, ERR_MEMORY, "no memory");

	ok = ok && write_alerts(digest, arena, err) &&
	     write_closes(digest, arena, err);
	arena_free(arena);
	return ok;
}

/* ---- from begin to end ---- */

const struct memory_scene memory_scenes[] = {
	{ "configuration", NULL, configure, false, NULL },
	{ "reload", NULL, reconfigure, true, reconfigure_after },
	{ "import", NULL, import, false, NULL },
	{ "replay", NULL, replay, true, NULL },
	{ "evidence", NULL, evidence, false, NULL },
	{ "answers", NULL, answers, false, NULL },
	{ "letters", NULL, letters, true, NULL },
	{ "poll, close and hand-off", life_before, life, false, life_after },
};
const size_t n_memory_scenes = sizeof(memory_scenes) / sizeof(*memory_scenes);

void memory_scenes_begin(void)
{
	fail_desk_open(&desk, 0);
	scene_begin(&scene, 7, true, 4);
	for (int i = 0; i < 5; i++)
		scene_poll(&scene);
}

void memory_scenes_end(void)
{
	scene_end(&scene);
	fail_desk_close(&desk);
}
