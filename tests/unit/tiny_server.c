/* SPDX-License-Identifier: MIT */
/* The test server: a poll loop in one thread, ended through a pipe. */
#include "tiny_server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNS 64
#define HEAD_MAX 8192

struct conn {
	int fd;
	size_t n;
	char head[HEAD_MAX];
};

struct tiny_state {
	pthread_t thread;
	int listener, stop[2];
	tiny_answer *answer;
	void *ctx;
	struct tiny_server *t;
	struct conn conns[CONNS];
	size_t n_conns;
};

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static void drop(struct tiny_state *s, size_t i, int reset)
{
	struct linger now = { 1, 0 };

	if (reset)
		setsockopt(s->conns[i].fd, SOL_SOCKET, SO_LINGER, &now,
			   sizeof(now));
	close(s->conns[i].fd);
	s->conns[i] = s->conns[--s->n_conns];
}

static int send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

		if (k <= 0)
			return 0;
		p += k;
		n -= (size_t)k;
	}
	return 1;
}

/* True when the connection stays. */
static int answer_one(struct tiny_state *s, size_t i)
{
	struct conn *c = &s->conns[i];
	char path[1024] = "";
	struct served r;

	s->t->requests++;
	if (sscanf(c->head, "%*s %1023s", path) != 1)
		path[0] = '\0';
	r = s->answer(s->ctx, path, c->head);
	c->n = 0;
	if (send_all(c->fd, r.bytes, r.n) &&
	    (r.end == REPLY_KEEP || r.end == REPLY_NEVER))
		return 1;
	drop(s, i, r.end == REPLY_RESET);
	return 0;
}

static int read_some(struct tiny_state *s, size_t i)
{
	struct conn *c = &s->conns[i];
	ssize_t k = recv(c->fd, c->head + c->n, HEAD_MAX - 1 - c->n, 0);

	if (k <= 0) {
		drop(s, i, 0);
		return 0;
	}
	c->n += (size_t)k;
	c->head[c->n] = '\0';
	return !strstr(c->head, "\r\n\r\n") || answer_one(s, i);
}

static void greet(struct tiny_state *s)
{
	int fd = accept(s->listener, NULL, NULL);

	must(fd >= 0 && s->n_conns < CONNS, "accept");
	s->t->connections++;
	s->conns[s->n_conns].fd = fd;
	s->conns[s->n_conns++].n = 0;
}

static void *serve(void *arg)
{
	struct tiny_state *s = arg;

	for (;;) {
		struct pollfd p[CONNS + 2] = {
			{ s->stop[0], POLLIN, 0 }, { s->listener, POLLIN, 0 }
		};

		for (size_t i = 0; i < s->n_conns; i++)
			p[i + 2] = (struct pollfd){ s->conns[i].fd, POLLIN, 0 };
		must(poll(p, (nfds_t)(s->n_conns + 2), -1) > 0, "poll");
		if (p[0].revents)
			return NULL;
		/* From the end: a dropped one is replaced by the last. */
		for (size_t i = s->n_conns; i-- > 0; )
			if (p[i + 2].revents)
				read_some(s, i);
		if (p[1].revents)
			greet(s);
	}
}

void tiny_start(struct tiny_server *t, tiny_answer *answer, void *ctx)
{
	struct tiny_state *s = calloc(1, sizeof(*s));
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);

	must(s != NULL, "calloc");
	*t = (struct tiny_server){ .state = s };
	s->t = t;
	s->answer = answer;
	s->ctx = ctx;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	must(s->listener >= 0, "socket");
	must(!bind(s->listener, (struct sockaddr *)&a, sizeof(a)), "bind");
	must(!listen(s->listener, CONNS), "listen");
	must(!getsockname(s->listener, (struct sockaddr *)&a, &n), "name");
	t->port = ntohs(a.sin_port);
	must(!pipe(s->stop), "pipe");
	must(!pthread_create(&s->thread, NULL, serve, s), "thread");
}

void tiny_stop(struct tiny_server *t)
{
	struct tiny_state *s = t->state;

	must(write(s->stop[1], "", 1) == 1, "stop");
	must(!pthread_join(s->thread, NULL), "join");
	while (s->n_conns)
		drop(s, 0, 0);
	close(s->listener);
	close(s->stop[0]);
	close(s->stop[1]);
	free(s);
	t->state = NULL;
}

struct served tiny_reply(char *buf, size_t cap, const char *status,
			const char *headers, const char *body)
{
	int n = snprintf(buf, cap, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n"
			 "%s\r\n%s", status, strlen(body), headers, body);

	must(n > 0 && (size_t)n < cap, "reply");
	return (struct served){ buf, (size_t)n, REPLY_KEEP };
}
