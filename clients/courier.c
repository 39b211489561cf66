/* SPDX-License-Identifier: MIT */
/* The list of what runs, and the wait for it (courier.h). */
#include "courier.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "courier_job.h"
#include "http.h"

#define SLICE_MS	1000
#define REST_MS		50
#define EXEC_SLICE_MS	20	/* where a child's end has no descriptor */

struct courier_state {
	CURLM *multi;
	struct courier_options o;
	struct reach reach;
	char *user_agent;
	struct job *jobs;		/* oldest first */
	struct job *taken;		/* its reply is in the caller's hands */
	size_t running;
};

/* ---- copies ---- */

static const char *copy(const char *s, bool *failed)
{
	char *c = s ? strdup(s) : NULL;

	*failed |= s && !c;
	return c;
}

static void copy_list(const char **list, size_t n, bool *failed)
{
	for (size_t i = 0; i < n; i++)
		list[i] = copy(list[i], failed);
}

static bool copy_outgoing(struct outgoing *to, const struct outgoing *from)
{
	bool failed = false;
	char *body = malloc(from->body_len + 1);

	*to = *from;
	to->method = copy(from->method, &failed);
	to->url = copy(from->url, &failed);
	to->from = copy(from->from, &failed);
	to->user = copy(from->user, &failed);
	to->password = copy(from->password, &failed);
	to->path = copy(from->path, &failed);
	copy_list(to->header, to->n_headers, &failed);
	copy_list(to->rcpt, to->n_rcpt, &failed);
	copy_list(to->env, to->n_env, &failed);
	to->body = body;
	if (body) {
		memcpy(body, from->body ? from->body : "", from->body_len);
		body[from->body_len] = '\0';
	}
	return !failed && body;
}

/* Any of them may hold a secret. */
static void wipe(const char *s)
{
	char *c = (char *)(uintptr_t)s;

	if (c)
		explicit_bzero(c, strlen(c));
	free(c);
}

static void wipe_outgoing(struct outgoing *o)
{
	wipe(o->method);
	wipe(o->url);
	wipe(o->from);
	wipe(o->user);
	wipe(o->password);
	wipe(o->path);
	for (size_t i = 0; i < o->n_headers; i++)
		wipe(o->header[i]);
	for (size_t i = 0; i < o->n_rcpt; i++)
		wipe(o->rcpt[i]);
	for (size_t i = 0; i < o->n_env; i++)
		wipe(o->env[i]);
	if (o->body)
		explicit_bzero((char *)(uintptr_t)o->body, o->body_len);
	free((char *)(uintptr_t)o->body);
}

/* ---- jobs ---- */

static void job_free(struct courier_state *c, struct job *j)
{
	if (!j)
		return;
	job_http_free(j, c->multi);
	job_exec_free(j);
	wipe_outgoing(&j->out);
	if (j->body)
		explicit_bzero(j->body, j->body_len);
	free(j->body);
	free(j);
}

void job_take(struct job *j, const char *data, size_t n)
{
	size_t room = OUTGOING_REPLY_MAX - j->body_len;
	size_t keep = n < room ? n : room;
	char *p = j->cut ? NULL : realloc(j->body, j->body_len + keep + 1);

	j->cut |= keep < n || !p;	/* never a text with a hole in it */
	if (!p)
		return;
	j->body = p;
	memcpy(p + j->body_len, data, keep);
	j->body_len += keep;
	p[j->body_len] = '\0';
}

static struct job *job_new(const struct ticket *t, const struct outgoing *o)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->in = j->outfd = j->pidfd = -1;
	j->reply.ticket = *t;
	j->reply.body = "";
	if (copy_outgoing(&j->out, o))
		return j;
	wipe_outgoing(&j->out);
	free(j);
	return NULL;
}

static void append(struct courier_state *c, struct job *j)
{
	struct job **at = &c->jobs;

	while (*at)
		at = &(*at)->next;
	*at = j;
	c->running++;
}

static bool courier_send(void *ctx, const struct ticket *t,
			 const struct outgoing *o, struct err *err)
{
	struct courier_state *c = ctx;
	struct job *j;
	bool ok;

	if (c->running >= COURIER_RUNNING_MAX)
		return err_set(err, ERR_BUSY, "%d requests are on their way "
			       "already", COURIER_RUNNING_MAX);
	j = job_new(t, o);
	if (!j)
		return err_set(err, ERR_MEMORY, "no memory for a request");
	ok = o->wire == WIRE_EXEC ? job_exec_start(j, err) :
		job_http_start(j, c->multi, &c->o, err);
	if (!ok) {
		job_free(c, j);
		return false;
	}
	append(c, j);
	return true;
}

static bool courier_take(void *ctx, struct reply *out)
{
	struct courier_state *c = ctx;
	struct job **at = &c->jobs;

	job_free(c, c->taken);
	c->taken = NULL;
	while (*at && !(*at)->finished)
		at = &(*at)->next;
	if (!*at)
		return false;
	c->taken = *at;
	*at = c->taken->next;
	c->running--;
	c->taken->reply.body = c->taken->body ? c->taken->body : "";
	c->taken->reply.body_len = c->taken->body_len;
	*out = c->taken->reply;
	return true;
}

static size_t courier_running(void *ctx)
{
	const struct courier_state *c = ctx;

	return c->running;
}

/* ---- the wait ---- */

static void done(struct courier_state *c, const CURLMsg *m)
{
	for (struct job *j = c->jobs; j; j = j->next)
		if (j->easy == m->easy_handle)
			job_http_done(j, m->data.result);
}

/* Whatever they did, nobody will hear of it any more. */
static void lose_all(struct courier_state *c)
{
	for (struct job *j = c->jobs; j; j = j->next)
		if (j->out.wire != WIRE_EXEC && !j->finished)
			job_http_lost(j);
}

static void move(struct courier_state *c)
{
	CURLMsg *m;
	int left;
	bool moved = curl_multi_perform(c->multi, &left) == CURLM_OK;

	while ((m = curl_multi_info_read(c->multi, &left)))
		if (m->msg == CURLMSG_DONE)
			done(c, m);
	if (!moved)
		lose_all(c);
	for (struct job *j = c->jobs; j; j = j->next)
		if (j->out.wire == WIRE_EXEC && !j->finished)
			job_exec_step(j);
}

static bool any_finished(const struct courier_state *c)
{
	for (const struct job *j = c->jobs; j; j = j->next)
		if (j->finished)
			return true;
	return false;
}

static void add_fd(struct curl_waitfd *fds, unsigned *n, int fd, short events)
{
	if (fd >= 0)
		fds[(*n)++] = (struct curl_waitfd){ fd, events, 0 };
}

/* The children's descriptors; none has ended. *slice: how long to wait. */
static unsigned child_fds(const struct courier_state *c,
			  struct curl_waitfd *fds, int64_t *slice)
{
	int64_t now = http_now_ms();
	unsigned n = 0;

	for (const struct job *j = c->jobs; j; j = j->next) {
		if (j->out.wire != WIRE_EXEC)
			continue;
		add_fd(fds, &n, j->outfd, CURL_WAIT_POLLIN);
		add_fd(fds, &n, j->in, CURL_WAIT_POLLOUT);
		add_fd(fds, &n, j->pidfd, CURL_WAIT_POLLIN);
		if (j->pidfd < 0 && *slice > EXEC_SLICE_MS)
			*slice = EXEC_SLICE_MS;
		if (j->deadline_ms - now < *slice)
			*slice = j->deadline_ms > now ? j->deadline_ms - now :
				 1;
	}
	return n;
}

/* Without libcurl's wait: no busy loop, and signals are heard. */
static void rest(int fd, int64_t slice)
{
	struct pollfd p = { fd, POLLIN, 0 };

	poll(&p, fd >= 0, slice < REST_MS ? (int)slice : REST_MS);
}

static void courier_pump(void *ctx, int fd, int64_t real_ms)
{
	struct courier_state *c = ctx;
	struct curl_waitfd fds[3 * COURIER_RUNNING_MAX + 1];
	int64_t end = http_now_ms() + real_ms;

	for (;;) {
		int64_t slice = end - http_now_ms();
		unsigned n;

		move(c);
		if (any_finished(c) || slice <= 0)
			return;
		slice = slice < SLICE_MS ? slice : SLICE_MS;
		n = child_fds(c, fds, &slice);
		add_fd(fds, &n, fd, CURL_WAIT_POLLIN);
		if (curl_multi_poll(c->multi, fds, n, (int)slice, NULL) !=
		    CURLM_OK) {
			rest(fd, slice);
			return;
		}
		if (fd >= 0 && fds[n - 1].revents)
			return;
	}
}

/* ---- from begin to end ---- */

static void courier_free(void *ctx)
{
	struct courier_state *c = ctx;

	while (c->jobs) {
		struct job *j = c->jobs;

		c->jobs = j->next;
		job_free(c, j);
	}
	job_free(c, c->taken);
	curl_multi_cleanup(c->multi);
	free(c->user_agent);
	free(c);
	curl_global_cleanup();
}

bool courier_new(struct courier *out, const struct courier_options *o,
		 struct err *err)
{
	struct courier_state *c;

	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return err_set(err, ERR_SERVICE, "libcurl does not start");
	c = calloc(1, sizeof(*c));
	if (!c) {
		curl_global_cleanup();
		return err_set(err, ERR_MEMORY, "no memory for the courier");
	}
	c->o = *o;
	c->o.reach = &c->reach;
	if (o->reach)
		c->reach = *o->reach;
	c->user_agent = strdup(o->user_agent ? o->user_agent : "carrywatch");
	c->multi = curl_multi_init();
	if (!c->user_agent || !c->multi) {
		courier_free(c);
		return err_set(err, ERR_MEMORY, "no memory for the courier");
	}
	c->o.user_agent = c->user_agent;
	*out = (struct courier){ c, courier_send, courier_take, courier_pump,
				 courier_running, courier_free };
	return true;
}

void courier_reach(struct courier *c, const struct reach *r)
{
	struct courier_state *s = c->ctx;

	s->reach = *r;
}

void courier_insecure(struct courier *c, bool allow)
{
	struct courier_state *s = c->ctx;

	s->o.allow_insecure = allow;
}
