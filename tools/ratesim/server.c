/* SPDX-License-Identifier: MIT */
/*
 * The sockets. One connection reads a head, may wait (a slow answer), sends
 * the reply piece by piece and goes on with the next head. Signals are taken
 * by a thread of their own, because only waking the loop is safe elsewhere.
 */
#include "server.h"

#include "http.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define PIECE 16384
#define IDLE_US (5 * LWS_US_PER_SEC)	/* the service's own limit */

enum conn_state { CONN_READING, CONN_WAITING, CONN_SENDING, CONN_MUTE };

struct conn {
	enum conn_state state;
	char in[HEAD_MAX + 1];
	size_t n_in;
	struct body out;
	size_t sent;
	bool last;		/* close when all is sent */
};

struct server {
	struct sim *sim;
	struct lws_context *lws;
	pthread_t signals;
	atomic_bool stop, reload;
};

static void request_log(const struct sim *sim, const struct request *r,
			const struct reply *reply)
{
	if (sim->verbose)
		fprintf(stderr, "ratesim: %s %s %d %zu\n", r->method,
			r->target, reply->status, reply->body.n);
}

/* A reset instead of an orderly end: nothing lingers. */
static int conn_reset(struct lws *wsi)
{
	struct linger l = { .l_onoff = 1, .l_linger = 0 };
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = (int)lws_get_socket_fd(wsi);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	connect(fd, &none, sizeof(none));	/* Linux: aborts at once */
	return -1;
}

static void conn_send(struct lws *wsi, struct conn *c)
{
	lws_set_timer_usecs(wsi, LWS_SET_TIMER_USEC_CANCEL);
	c->state = CONN_SENDING;
	lws_callback_on_writable(wsi);
}

/* Hand the reply to the connection as its delivery says. */
static int conn_deliver(struct lws *wsi, struct conn *c,
			const struct reply *reply)
{
	if (reply->delivery == DELIVER_RESET)
		return conn_reset(wsi);
	if (!body_ok(&c->out))
		return -1;
	c->last = c->last || reply->delivery == DELIVER_HALF;
	c->sent = 0;
	if (reply->delivery == DELIVER_NEVER) {
		c->state = CONN_MUTE;
		lws_set_timer_usecs(wsi, LWS_SET_TIMER_USEC_CANCEL);
	} else if (reply->delay_ms > 0) {
		c->state = CONN_WAITING;
		lws_set_timer_usecs(wsi, (lws_usec_t)reply->delay_ms * 1000);
	} else {
		conn_send(wsi, c);
	}
	return 0;
}

static int conn_refuse(struct lws *wsi, struct conn *c)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\n"
		"content-type: text/plain; charset=utf-8\r\n"
		"connection: close\r\n\r\nInvalid HTTP request received.";

	body_clear(&c->out);
	body_add(&c->out, text);
	c->sent = 0;
	c->last = true;
	c->n_in = 0;
	conn_send(wsi, c);
	return 0;
}

/* Answer the first complete head in the buffer, if there is one. */
static int conn_work(struct server *srv, struct lws *wsi, struct conn *c)
{
	struct clock_port clock = clock_port_of(&srv->sim->clock);
	struct reply reply = { 0 };
	struct request r;
	size_t n = http_head(c->in, c->n_in);
	int result;

	if (!n)
		return c->n_in == HEAD_MAX ? conn_refuse(wsi, c) : 0;
	c->in[c->n_in] = '\0';
	if (!http_parse(&r, c->in, n))
		return conn_refuse(wsi, c);
	c->n_in -= n;
	memmove(c->in, c->in + n, c->n_in);
	sim_answer(srv->sim, &r, &reply);
	body_clear(&c->out);
	if (!body_ok(&reply.body))
		c->out.failed = true;
	http_write(&c->out, &r, &reply, clock.now(clock.ctx));
	c->last = !r.keep;
	request_log(srv->sim, &r, &reply);
	result = conn_deliver(wsi, c, &reply);
	body_free(&reply.body);
	return result;
}

static int conn_read(struct server *srv, struct lws *wsi, struct conn *c,
		     const char *in, size_t n)
{
	if (n > HEAD_MAX - c->n_in)
		return c->state == CONN_READING ? conn_refuse(wsi, c) : -1;
	memcpy(c->in + c->n_in, in, n);
	c->n_in += n;
	return c->state == CONN_READING ? conn_work(srv, wsi, c) : 0;
}

/* One piece; called again until all is out, then once more. */
static int conn_write(struct server *srv, struct lws *wsi, struct conn *c)
{
	unsigned char buf[LWS_PRE + PIECE];
	size_t n = c->out.n - c->sent;

	if (c->state != CONN_SENDING)
		return 0;
	if (!n) {
		if (c->last)
			return -1;
		c->state = CONN_READING;
		lws_set_timer_usecs(wsi, IDLE_US);
		return conn_work(srv, wsi, c);
	}
	if (n > PIECE)
		n = PIECE;
	memcpy(buf + LWS_PRE, c->out.s + c->sent, n);
	if (lws_write(wsi, buf + LWS_PRE, n, LWS_WRITE_RAW) < (int)n)
		return -1;
	c->sent += n;
	lws_callback_on_writable(wsi);
	return 0;
}

static int conn_timer(struct lws *wsi, struct conn *c)
{
	if (c->state == CONN_READING)
		return -1;
	if (c->state == CONN_WAITING)
		conn_send(wsi, c);
	return 0;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason,
		    void *user, void *in, size_t n)
{
	struct server *srv = lws_context_user(lws_get_context(wsi));
	struct conn *c = user;

	if (reason == LWS_CALLBACK_RAW_ADOPT) {
		memset(c, 0, sizeof(*c));
		lws_set_timer_usecs(wsi, IDLE_US);
	} else if (reason == LWS_CALLBACK_RAW_RX) {
		return conn_read(srv, wsi, c, in, n);
	} else if (reason == LWS_CALLBACK_RAW_WRITEABLE) {
		return conn_write(srv, wsi, c);
	} else if (reason == LWS_CALLBACK_TIMER) {
		return conn_timer(wsi, c);
	} else if (reason == LWS_CALLBACK_RAW_CLOSE) {
		body_free(&c->out);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "rates", .callback = on_event,
	  .per_session_data_size = sizeof(struct conn),
	  .rx_buffer_size = HEAD_MAX },
	{ .name = NULL }
};

static void signal_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

static void *signals_take(void *ctx)
{
	struct server *srv = ctx;
	sigset_t set;
	int sig = 0;

	signal_set(&set);
	while (sig != SIGTERM && sig != SIGINT) {
		if (sigwait(&set, &sig))
			continue;
		if (sig == SIGHUP)
			srv->reload = true;
		else
			srv->stop = true;
		lws_cancel_service(srv->lws);
	}
	return NULL;
}

static void faults_reload(struct sim *sim)
{
	struct err err = { 0 };
	char text[512];

	if (!sim->fault_file) {
		fprintf(stderr, "ratesim: no --fault-file to read\n");
		return;
	}
	if (!faults_read(&sim->file_faults, sim->fault_file, &err)) {
		fprintf(stderr, "ratesim: faults kept: %s\n", err.text);
		return;
	}
	faults_format(text, sizeof(text), &sim->file_faults);
	fprintf(stderr, "ratesim: faults: %s\n", text);
}

static bool listen_start(struct server *srv, int port, struct err *err)
{
	struct lws_context_creation_info info = { 0 };
	struct lws_vhost *vhost;

	lws_set_log_level(LLL_ERR, NULL);
	/* With IPv6 on, 127.0.0.1 as iface quietly means every address. */
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_DISABLE_IPV6 |
		       LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	info.user = srv;
	info.fd_limit_per_thread = 512;
	srv->lws = lws_create_context(&info);
	if (!srv->lws)
		return err_set(err, ERR_MEMORY, "libwebsockets cannot start");
	info.port = port;
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.listen_accept_role = "raw-skt";
	info.listen_accept_protocol = protocols[0].name;
	vhost = lws_create_vhost(srv->lws, &info);
	if (!vhost)
		return err_set(err, ERR_IO, "cannot listen on 127.0.0.1:%d: "
			       "choose another --port", port);
	printf("ratesim: listening on http://127.0.0.1:%d/api/v1\n",
	       lws_get_vhost_listen_port(vhost));
	fflush(stdout);
	return true;
}

bool server_run(struct sim *sim, int port, struct err *err)
{
	struct server srv = { .sim = sim };
	sigset_t set;
	bool ok;

	signal_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	ok = listen_start(&srv, port, err);
	if (ok && pthread_create(&srv.signals, NULL, signals_take, &srv))
		ok = err_set(err, ERR_MEMORY, "no thread for signals");
	if (ok) {
		while (!srv.stop && lws_service(srv.lws, 0) >= 0)
			if (atomic_exchange(&srv.reload, false))
				faults_reload(sim);
		if (!srv.stop)
			ok = err_set(err, ERR_IO, "libwebsockets gave up");
		else
			pthread_join(srv.signals, NULL);
	}
	if (srv.lws)
		lws_context_destroy(srv.lws);
	return ok;
}
