/* SPDX-License-Identifier: MIT */
/*
 * The batch engine: a slot per request (easy handle and body buffer, kept
 * between batches), at most PARALLEL of them running. Time counts from the
 * start of a try, so that waiting for a free place costs nobody his time.
 */
#include "http.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http_policy.h"
#include "http_slot.h"

#define PARALLEL 8
#define WAIT_MAX_MS 1000
#define KEPT_BODY_MAX ((size_t)1 << 20)	/* larger buffers are given back */

struct http {
	CURLM *multi;
	struct http_options o;
	struct reach reach;
	char *user_agent;
	struct curl_slist *headers;
	struct slot *slots;
	size_t n_slots;
	uint64_t seed;
};

int64_t http_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void fill_defaults(struct http_options *o)
{
	if (o->timeout.ms <= 0)
		o->timeout = span_s(5);
	if (o->connect_timeout.ms <= 0)
		o->connect_timeout = span_s(2);
	if (o->backoff.ms <= 0)
		o->backoff = (struct span){ 250 };
	if (!o->tries)
		o->tries = 4;
	if (!o->body_max)
		o->body_max = HTTP_BODY_MAX;
}

bool http_new(struct http **out, const struct http_options *o, struct err *err)
{
	struct http *h;

	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return err_set(err, ERR_SERVICE, "libcurl does not start");
	h = calloc(1, sizeof(*h));
	if (!h) {
		curl_global_cleanup();
		return err_set(err, ERR_MEMORY, "no memory for HTTP");
	}
	h->o = *o;
	h->seed = o->seed;
	if (o->reach)
		h->reach = *o->reach;
	h->o.reach = &h->reach;
	fill_defaults(&h->o);
	h->multi = curl_multi_init();
	h->user_agent = strdup(o->user_agent ? o->user_agent : "carrywatch");
	if (o->header)
		h->headers = curl_slist_append(NULL, o->header);
	h->o.header = NULL;
	if (!h->multi || !h->user_agent || (o->header && !h->headers)) {
		http_free(h);
		return err_set(err, ERR_MEMORY, "no memory for HTTP");
	}
	h->o.user_agent = h->user_agent;
	*out = h;
	return true;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n_slots; i++) {
		curl_easy_cleanup(h->slots[i].easy);
		free(h->slots[i].body);
	}
	free(h->slots);
	if (h->headers)		/* it may hold a key */
		explicit_bzero(h->headers->data, strlen(h->headers->data));
	curl_slist_free_all(h->headers);
	curl_multi_cleanup(h->multi);
	free(h->user_agent);
	free(h);
	curl_global_cleanup();
}

static void drop_body(struct slot *s)
{
	free(s->body);
	s->body = NULL;
	s->cap = s->len = 0;
}

void http_rest(struct http *h)
{
	for (size_t i = 0; i < h->n_slots; i++)
		drop_body(&h->slots[i]);
}

static void give_up(struct slot *s, const char *why)
{
	s->state = SLOT_DONE;
	snprintf(s->req->error, sizeof(s->req->error), "%.119s", why);
}

static void slot_start(struct http *h, struct slot *s, int64_t left_ms)
{
	s->len = s->header_bytes = 0;
	s->stopped = NULL;
	s->req->tries++;
	s->req->status = 0;
	if (slot_set_up(s, left_ms > 0 ? left_ms : 1) &&
	    curl_multi_add_handle(h->multi, s->easy) == CURLM_OK)
		s->state = SLOT_RUNNING;
	else
		give_up(s, "the request cannot be set up");
}

/* At least what the server asked for, and never in step with others. */
static int64_t pause_before_retry(struct http *h, const struct slot *s)
{
	int64_t ms = http_pause_ms(&h->seed, h->o.backoff.ms, s->req->tries);
	curl_off_t asked = 0;

	if (s->req->status == 429 || s->req->status == 503)
		curl_easy_getinfo(s->easy, CURLINFO_RETRY_AFTER, &asked);
	if (asked > DAY_S)
		asked = DAY_S;
	return asked > 0 && ms < asked * 1000 ? asked * 1000 : ms;
}

static void slot_succeed(struct slot *s)
{
	s->state = SLOT_DONE;
	s->req->ok = true;
	s->req->error[0] = '\0';
	if (!s->len)
		return;
	s->req->body = s->body;
	s->req->body_len = s->len;
}

static void slot_finish(struct http *h, struct slot *s, CURLcode code,
			int64_t deadline_ms)
{
	curl_off_t got = 0;
	char *type = NULL;
	struct http_verdict v;
	int64_t due;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &s->req->status);
	curl_easy_getinfo(s->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(s->easy, CURLINFO_SIZE_DOWNLOAD_T, &got);
	s->req->bytes += (uint64_t)got;
	curl_multi_remove_handle(h->multi, s->easy);
	v = http_judge(code, s->req->status, type);
	if (v.ok) {
		slot_succeed(s);
		return;
	}
	http_guard_why(&s->guard, s->easy, code, v.error);
	give_up(s, s->stopped ? s->stopped : v.error);
	if (s->stopped || !v.retry || http_guard_final(&s->guard) ||
	    s->req->tries >= h->o.tries)
		return;
	due = http_now_ms() + pause_before_retry(h, s);
	if (due >= deadline_ms)
		return;
	s->due_ms = due;
	s->state = SLOT_WAITING;
}

static bool ensure_slots(struct http *h, size_t n)
{
	struct slot *p;

	if (n <= h->n_slots)
		return true;
	p = realloc(h->slots, n * sizeof(*p));
	if (!p)
		return false;
	h->slots = p;
	while (h->n_slots < n) {
		p[h->n_slots] = (struct slot){ .easy = curl_easy_init() };
		if (!p[h->n_slots].easy)
			return false;
		h->n_slots++;
	}
	return true;
}

static void slot_prepare(struct http *h, struct slot *s,
			 struct http_request *req)
{
	struct err err;

	*req = (struct http_request){ .url = req->url, .body = "" };
	s->req = req;
	s->o = &h->o;
	s->headers = h->headers;
	s->state = SLOT_WAITING;
	s->due_ms = 0;
	if (s->cap > KEPT_BODY_MAX)
		drop_body(s);
	if (!http_url_check(req->url, h->o.allow_insecure, &h->reach, &err))
		give_up(s, err.text);
}

static void start_due(struct http *h, size_t n, int64_t deadline_ms)
{
	int64_t now = http_now_ms();
	size_t running = 0;

	for (size_t i = 0; i < n; i++)
		running += h->slots[i].state == SLOT_RUNNING;
	for (size_t i = 0; i < n && running < PARALLEL; i++) {
		struct slot *s = &h->slots[i];

		if (s->state != SLOT_WAITING || s->due_ms > now)
			continue;
		slot_start(h, s, deadline_ms - now);
		running += s->state == SLOT_RUNNING;
	}
}

static void harvest(struct http *h, int64_t deadline_ms)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		CURLcode code = m->data.result;
		struct slot *s = h->slots;

		if (m->msg != CURLMSG_DONE)
			continue;
		while (s->easy != m->easy_handle)
			s++;
		slot_finish(h, s, code, deadline_ms);
	}
}

/*
 * How long to wait for the network at most; 0 when a start is due, -1 when
 * every slot is done.
 */
static int64_t idle_ms(const struct http *h, size_t n, int64_t deadline_ms)
{
	int64_t now = http_now_ms(), next = deadline_ms;
	size_t running = 0, open = 0;

	for (size_t i = 0; i < n; i++) {
		running += h->slots[i].state == SLOT_RUNNING;
		open += h->slots[i].state != SLOT_DONE;
	}
	for (size_t i = 0; i < n && running < PARALLEL; i++) {
		const struct slot *s = &h->slots[i];

		if (s->state == SLOT_WAITING && s->due_ms < next)
			next = s->due_ms;
	}
	if (!open)
		return -1;
	if (next <= now)
		return 0;
	return next - now < WAIT_MAX_MS ? next - now : WAIT_MAX_MS;
}

static void expire(struct http *h, size_t n, const char *why)
{
	for (size_t i = 0; i < n; i++) {
		struct slot *s = &h->slots[i];
		bool running = s->state == SLOT_RUNNING;

		if (running)
			curl_multi_remove_handle(h->multi, s->easy);
		if (s->state == SLOT_DONE)
			continue;
		if (running || !s->req->tries)
			give_up(s, why);
		s->state = SLOT_DONE;
	}
}

static void run_slots(struct http *h, size_t n, int64_t deadline_ms)
{
	int64_t wait;
	int running;
	const char *why = "no answer before the deadline of the poll";

	while (http_now_ms() < deadline_ms) {
		start_due(h, n, deadline_ms);
		why = "libcurl fails";
		if (curl_multi_perform(h->multi, &running) != CURLM_OK)
			break;
		harvest(h, deadline_ms);
		wait = idle_ms(h, n, deadline_ms);
		if (wait < 0)
			return;
		if (curl_multi_poll(h->multi, NULL, 0, (int)wait, NULL) !=
		    CURLM_OK)
			break;
		why = "no answer before the deadline of the poll";
	}
	expire(h, n, why);
}

void http_batch(struct http *h, struct http_request *reqs, size_t n,
		int64_t deadline_ms)
{
	bool room;

	assert(n <= HTTP_REQUESTS_MAX);
	room = ensure_slots(h, n);
	for (size_t i = 0; i < n && room; i++)
		slot_prepare(h, &h->slots[i], &reqs[i]);
	if (room) {
		run_slots(h, n, deadline_ms);
		return;
	}
	for (size_t i = 0; i < n; i++)
		reqs[i] = (struct http_request){
			.url = reqs[i].url, .body = "", .error = "no memory"
		};
}
