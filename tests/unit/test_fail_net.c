/* SPDX-License-Identifier: MIT */
/*
 * Every call of libcurl and of the socket layer below it fails once, or is
 * interrupted or cut short. A request ends well with the right body, or with a
 * clear error in its time; what was sent is never said not to have been; no
 * handle stays behind. The linker leads the calls here (--wrap, and our names
 * before those of the C library).
 */
#define _GNU_SOURCE		/* RTLD_NEXT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define reply served		/* include/outgoing.h has another one */
#include "tiny_server.h"
#undef reply

#ifdef __linux__

#include <curl/curl.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "courier.h"
#include "http.h"

#define BODY	"{\"answer\":\"0123456789abcdefghijklmnopqrstuvwxyz\"}"

/* Real time of one trial, in ms; a checked program shares its machine. */
static int64_t budget(void)
{
	return getenv("CW_VALGRIND") ? 8000 : 2000;
}

enum layer { CURL_CALLS = 1, SOCKET_CALLS };
enum how { ERROR, INTERRUPTED, AGAIN, RESET, SHORT, N_HOWS };

static struct {
	enum layer layer;		/* 0: nothing fails */
	enum how how;
	pthread_t thread;		/* the server's calls are its own */
	int64_t n, calls;
	bool always, hit;
	int64_t handles;		/* easy, multi, lists, URLs */
} net;

static bool fails(enum layer layer)
{
	if (net.layer != layer || !pthread_equal(net.thread, pthread_self()))
		return false;
	net.calls++;
	if (net.calls < net.n || (net.calls > net.n && !net.always))
		return false;
	net.hit = true;
	return true;
}

/* ---- libcurl ---- */

#undef curl_easy_setopt
#undef curl_easy_getinfo

#define WRAP(type, name, args, call, wrong) \
	type __real_##name args; \
	type __wrap_##name args; \
	type __wrap_##name args \
	{ \
		return fails(CURL_CALLS) ? (wrong) : __real_##name call; \
	}
/* The same of what makes a handle. */
#define WRAP_NEW(type, name, args, call) \
	type __real_##name args; \
	type __wrap_##name args; \
	type __wrap_##name args \
	{ \
		type p = fails(CURL_CALLS) ? NULL : __real_##name call; \
		net.handles += p != NULL; \
		return p; \
	}
#define WRAP_FREE(ret, name, type) \
	ret __real_##name(type p); \
	ret __wrap_##name(type p); \
	ret __wrap_##name(type p) \
	{ \
		net.handles -= p != NULL; \
		return __real_##name(p); \
	}

WRAP_NEW(CURL *, curl_easy_init, (void), ())
WRAP_NEW(CURLM *, curl_multi_init, (void), ())
WRAP_NEW(CURLU *, curl_url, (void), ())
WRAP_FREE(void, curl_easy_cleanup, CURL *)
WRAP_FREE(CURLMcode, curl_multi_cleanup, CURLM *)
WRAP_FREE(void, curl_url_cleanup, CURLU *)
WRAP(CURLcode, curl_global_init, (long f), (f), CURLE_FAILED_INIT)
WRAP(CURLMcode, curl_multi_add_handle, (CURLM *m, CURL *e), (m, e),
     CURLM_OUT_OF_MEMORY)
WRAP(CURLMcode, curl_multi_remove_handle, (CURLM *m, CURL *e), (m, e),
     CURLM_BAD_EASY_HANDLE)
WRAP(CURLMcode, curl_multi_perform, (CURLM *m, int *n), (m, n),
     CURLM_INTERNAL_ERROR)
WRAP(CURLMcode, curl_multi_poll, (CURLM *m, struct curl_waitfd *f, unsigned k,
     int ms, int *n), (m, f, k, ms, n), CURLM_OUT_OF_MEMORY)
WRAP(CURLMsg *, curl_multi_info_read, (CURLM *m, int *n), (m, n), NULL)
WRAP(CURLUcode, curl_url_set, (CURLU *u, CURLUPart p, const char *s,
     unsigned f), (u, p, s, f), CURLUE_OUT_OF_MEMORY)
WRAP(CURLUcode, curl_url_get, (const CURLU *u, CURLUPart p, char **s,
     unsigned f), (u, p, s, f), CURLUE_OUT_OF_MEMORY)
WRAP(struct curl_slist *, curl_slist_append, (struct curl_slist *l,
     const char *s), (l, s), NULL)

CURLcode __real_curl_easy_setopt(CURL *c, CURLoption o, ...);
CURLcode __wrap_curl_easy_setopt(CURL *c, CURLoption o, ...);
CURLcode __wrap_curl_easy_setopt(CURL *c, CURLoption o, ...)
{
	va_list ap;
	void *p;

	va_start(ap, o);
	p = va_arg(ap, void *);		/* longs and offsets are as wide */
	va_end(ap);
	return fails(CURL_CALLS) ? CURLE_OUT_OF_MEMORY :
				   __real_curl_easy_setopt(c, o, p);
}

CURLcode __real_curl_easy_getinfo(CURL *c, CURLINFO i, ...);
CURLcode __wrap_curl_easy_getinfo(CURL *c, CURLINFO i, ...);
CURLcode __wrap_curl_easy_getinfo(CURL *c, CURLINFO i, ...)
{
	va_list ap;
	void *p;

	va_start(ap, i);
	p = va_arg(ap, void *);
	va_end(ap);
	return fails(CURL_CALLS) ? CURLE_BAD_FUNCTION_ARGUMENT :
				   __real_curl_easy_getinfo(c, i, p);
}

/* ---- sockets ---- */

_Static_assert(sizeof(long) == sizeof(void *), "one width of arguments");

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int error_of(enum how how)
{
	return how == INTERRUPTED ? EINTR : how == AGAIN ? EAGAIN :
	       how == RESET ? ECONNRESET : EIO;
}

/* True when the call fails at once; a short one goes through. */
static bool cut(size_t *n)
{
	if (!fails(SOCKET_CALLS))
		return false;
	if (net.how == SHORT) {
		*n = *n > 1 ? 1 : *n;
		return false;
	}
	errno = error_of(net.how);
	return true;
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	return cut(&n) ? -1 : REAL(send)(fd, p, n, flags);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	return cut(&n) ? -1 : REAL(recv)(fd, p, n, flags);
}

int connect(int fd, const struct sockaddr *a, socklen_t n)
{
	size_t all = n;

	return cut(&all) ? -1 : REAL(connect)(fd, a, n);
}

int socket(int domain, int type, int protocol)
{
	size_t none = 0;

	return cut(&none) ? -1 : REAL(socket)(domain, type, protocol);
}

int getsockopt(int fd, int level, int name, void *p, socklen_t *n)
{
	size_t none = 0;

	return cut(&none) ? -1 : REAL(getsockopt)(fd, level, name, p, n);
}

int poll(struct pollfd *p, nfds_t n, int ms)
{
	size_t none = 0;

	return cut(&none) ? -1 : REAL(poll)(p, n, ms);
}

/* ---- the server, and what it was asked ---- */

static struct tiny_server server;
static atomic_int gets, posts;
static char reply_text[1024];

static struct served answer(void *ctx, const char *path, const char *head)
{
	static const char json[] = "Content-Type: application/json\r\n";

	(void)ctx;
	(void)path;
	atomic_fetch_add(head[0] == 'P' ? &posts : &gets, 1);
	return tiny_reply(reply_text, sizeof(reply_text), "200 OK", json,
			  BODY);
}

static int open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (!d)
		return 0;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* ---- reading: two requests of a poll ---- */

static bool right(const char *body, size_t n)
{
	return n == strlen(BODY) && memcmp(body, BODY, n) == 0;
}

static bool read_two(const char *where)
{
	const struct http_options o = {
		.timeout = { 1000 }, .backoff = { 1 }, .seed = 1, .tries = 2,
		.header = "X-Key: k" };
	struct http_request r[2];
	struct err err = { ERR_NONE, "" };
	struct http *h;
	char url[64];
	bool good = true;

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/a", server.port);
	r[0] = r[1] = (struct http_request){ .url = url };
	if (!http_new(&h, &o, &err)) {
		if (!err.text[0])
			fail_msg("%s: no word of why", where);
		return false;
	}
	http_batch(h, r, 2, http_now_ms() + budget());
	for (int i = 0; i < 2; i++) {
		if (r[i].ok && !right(r[i].body, r[i].body_len))
			fail_msg("%s: a wrong body was taken: %.*s", where,
				 (int)r[i].body_len, r[i].body);
		if (!r[i].ok && !r[i].error[0])
			fail_msg("%s: no word of why", where);
		good &= r[i].ok;
	}
	http_free(h);
	return good;
}

/* ---- sending: a close ---- */

static bool send_with(struct courier *c, const char *where)
{
	struct ticket t = { TICKET_HANDOFF, 7 };
	struct outgoing out = { .wire = WIRE_HTTP, .method = "POST",
				.header = { "X-Key: k" }, .n_headers = 1,
				.body = "{}", .body_len = 2,
				.timeout_ms = 1000 };
	int64_t end = http_now_ms() + budget();
	struct err err = { ERR_NONE, "" };
	struct reply r;
	char url[64];
	bool ended = false;

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/b", server.port);
	out.url = url;
	if (!c->send(c->ctx, &t, &out, &err)) {
		if (!err.text[0] || atomic_load(&posts))
			fail_msg("%s: refused, and %d were taken: %s", where,
				 atomic_load(&posts), err.text);
		return false;
	}
	while (!ended && http_now_ms() < end) {
		c->pump(c->ctx, -1, 100);
		ended = c->take(c->ctx, &r);
	}
	if (!ended || r.ticket.id != 7)
		fail_msg("%s: no end of it", where);
	if (!r.sent && atomic_load(&posts))
		fail_msg("%s: taken, and said not to have been sent", where);
	if (r.answered && (r.status != 200 || !right(r.body, r.body_len)))
		fail_msg("%s: a wrong answer: %d %s", where, r.status, r.body);
	if (!r.answered && !r.error[0])
		fail_msg("%s: no word of why", where);
	if (atomic_load(&posts) > 1)
		fail_msg("%s: sent %d times", where, atomic_load(&posts));
	return r.answered;
}

static bool send_one(const char *where)
{
	const struct courier_options o = { NULL, false, NULL, false };
	struct err err = { ERR_NONE, "" };
	struct courier c;
	bool good;

	if (!courier_new(&c, &o, &err)) {
		if (!err.text[0])
			fail_msg("%s: no word of why", where);
		return false;
	}
	good = send_with(&c, where);
	c.free(c.ctx);
	return good;
}

/* ---- the sweep ---- */

static const char *const words[] = { "error", "EINTR", "EAGAIN", "reset",
				     "short" };

struct task {
	const char *name;
	bool (*run)(const char *where);
};

static const struct task tasks[] = { { "read", read_two },
				     { "send", send_one } };

/* True when the fault happened; *good: it went well all the same. */
static bool try_point(const struct task *t, enum layer layer, enum how how,
		      int64_t n, bool always, bool *good)
{
	int64_t handles = net.handles, start = http_now_ms();
	int files = open_files();
	char where[80];

	snprintf(where, sizeof(where), "%s, call %lld%s: %s", t->name,
		 (long long)n, always ? "..." : "", words[how]);
	atomic_store(&posts, 0);
	net.how = how;
	net.n = n;
	net.always = always;
	net.calls = 0;
	net.hit = false;
	net.thread = pthread_self();
	net.layer = layer;
	*good = t->run(where);
	net.layer = 0;
	if (net.handles != handles)
		fail_msg("%s: %lld handles stay", where,
			 (long long)(net.handles - handles));
	/*
	 * The server closes its end when it has seen ours closed; the one of
	 * the point before may have been open still when we counted.
	 */
	for (int i = 0; i < budget() / 2 && open_files() > files; i++)
		usleep(1000);
	if (open_files() > files)
		fail_msg("%s: %d files stay open", where,
			 open_files() - files);
	if (http_now_ms() - start > 3 * budget())
		fail_msg("%s: took %lld ms", where,
			 (long long)(http_now_ms() - start));
	return net.hit;
}

static void sweep(const struct task *t, enum layer layer, enum how how,
		  bool all_good)
{
	int64_t n = 1, failed = 0;
	bool good;

	while (try_point(t, layer, how, n, false, &good)) {
		failed += !good;
		if (all_good && !good)
			fail_msg("%s, call %lld: %s was not borne", t->name,
				 (long long)n, words[how]);
		n++;
	}
	if (!good)
		fail_msg("%s does not work without faults", t->name);
	print_message("# %s, %s of %s: %lld points, %lld requests failed\n",
		      t->name, words[how], layer == CURL_CALLS ? "libcurl" :
		      "sockets", (long long)n - 1, (long long)failed);
}

static void every_call_of_libcurl_fails_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		sweep(&tasks[i], CURL_CALLS, ERROR, false);
}

static void interrupted_and_short_calls_everywhere(void **state)
{
	bool good;

	(void)state;
	for (int i = 0; i < 2; i++) {
		sweep(&tasks[i], SOCKET_CALLS, SHORT, true);
		for (int how = ERROR; how <= RESET; how++)
			sweep(&tasks[i], SOCKET_CALLS, (enum how)how, false);
		/* Byte for byte, all the way. */
		try_point(&tasks[i], SOCKET_CALLS, SHORT, 1, true, &good);
		assert_true(good);
	}
}

static int begin(void **state)
{
	(void)state;
	tiny_start(&server, answer, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	tiny_stop(&server);
	return 0;
}

#else

#define NOT_HERE(name) \
	static void name(void **state) \
	{ \
		(void)state; \
		print_message("# SKIP the linker here does not wrap calls\n"); \
		skip(); \
	}

NOT_HERE(every_call_of_libcurl_fails_once)
NOT_HERE(interrupted_and_short_calls_everywhere)

static int begin(void **state)
{
	(void)state;
	return 0;
}

#define end begin

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_of_libcurl_fails_once),
		cmocka_unit_test(interrupted_and_short_calls_everywhere),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
