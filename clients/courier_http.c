/* SPDX-License-Identifier: MIT */
/* HTTP and mail by libcurl: what one transfer is told, what became of it. */
#include <stdio.h>
#include <string.h>

#include "courier_job.h"
#include "http_policy.h"
#include "http_slot.h"

#define TIMEOUT_MS	15000L
#define CONNECT_MS	5000L

static size_t on_reply(char *data, size_t size, size_t n, void *arg)
{
	struct job *j = arg;

	n *= size;
	job_take(j, data, n);
	return j->cut ? 0 : n;
}

static size_t on_mail(char *data, size_t size, size_t n, void *arg)
{
	struct job *j = arg;
	size_t left = j->out.body_len - j->written;

	n *= size;
	n = n < left ? n : left;
	memcpy(data, j->out.body + j->written, n);
	j->written += n;
	return n;
}

static bool add_header(struct job *j, const char *h)
{
	struct curl_slist *list = curl_slist_append(j->headers, h);

	if (list)
		j->headers = list;
	return list;
}

static int set_http(struct job *j)
{
	const struct outgoing *o = &j->out;
	bool post = o->method && strcmp(o->method, "GET") != 0;
	CURL *c = j->easy;
	int bad = 0;

	for (size_t i = 0; i < o->n_headers; i++)
		bad |= !add_header(j, o->header[i]);
	/* No pause for "100 Continue" before a body. */
	bad |= !add_header(j, "Expect:");
	bad |= (int)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= (int)curl_easy_setopt(c, CURLOPT_HTTPHEADER, j->headers);
	if (!post)
		return bad;
	bad |= (int)curl_easy_setopt(c, CURLOPT_POST, 1L);
	bad |= (int)curl_easy_setopt(c, CURLOPT_POSTFIELDS, o->body);
	bad |= (int)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
				     (curl_off_t)o->body_len);
	return bad;
}

static int set_mail(struct job *j)
{
	const struct outgoing *o = &j->out;
	CURL *c = j->easy;
	int bad = 0;

	for (size_t i = 0; i < o->n_rcpt; i++) {
		struct curl_slist *list = curl_slist_append(j->rcpt,
							    o->rcpt[i]);

		bad |= !list;
		j->rcpt = list ? list : j->rcpt;
	}
	bad |= (int)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	bad |= (int)curl_easy_setopt(c, CURLOPT_USE_SSL, o->allow_insecure ?
				     CURLUSESSL_TRY : CURLUSESSL_ALL);
	bad |= (int)curl_easy_setopt(c, CURLOPT_MAIL_FROM, o->from);
	bad |= (int)curl_easy_setopt(c, CURLOPT_MAIL_RCPT, j->rcpt);
	bad |= (int)curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	bad |= (int)curl_easy_setopt(c, CURLOPT_READFUNCTION, on_mail);
	bad |= (int)curl_easy_setopt(c, CURLOPT_READDATA, j);
	if (!o->user)
		return bad;
	bad |= (int)curl_easy_setopt(c, CURLOPT_USERNAME, o->user);
	bad |= (int)curl_easy_setopt(c, CURLOPT_PASSWORD, o->password);
	return bad;
}

static int set_common(struct job *j, const struct courier_options *o)
{
	long ms = j->out.timeout_ms > 0 ? j->out.timeout_ms : TIMEOUT_MS;
	CURL *c = j->easy;
	int bad = slot_set_fixed(c);

	bad |= (int)curl_easy_setopt(c, CURLOPT_URL, j->out.url);
	bad |= http_guard_set(&j->guard, c, j->out.url, o->reach,
			      o->use_proxy);
	bad |= (int)curl_easy_setopt(c, CURLOPT_USERAGENT, o->user_agent);
	bad |= (int)curl_easy_setopt(c, CURLOPT_PRIVATE, j);
	bad |= (int)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_reply);
	bad |= (int)curl_easy_setopt(c, CURLOPT_WRITEDATA, j);
	bad |= (int)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms);
	bad |= (int)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
				     ms < CONNECT_MS ? ms : CONNECT_MS);
	/* A request on an old connection may be repeated by libcurl. */
	bad |= (int)curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	bad |= (int)curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
	if (!o->use_proxy)
		bad |= (int)curl_easy_setopt(c, CURLOPT_PROXY, "");
	return bad;
}

bool job_http_start(struct job *j, CURLM *multi,
		    const struct courier_options *o, struct err *err)
{
	bool plain = j->out.allow_insecure || o->allow_insecure;
	int bad;

	if (j->out.wire == WIRE_HTTP &&
	    !http_url_check(j->out.url, plain, o->reach, err))
		return false;
	j->easy = curl_easy_init();
	if (!j->easy)
		return err_set(err, ERR_MEMORY, "no memory for a request");
	bad = set_common(j, o);
	bad |= j->out.wire == WIRE_HTTP ? set_http(j) : set_mail(j);
	if (bad || curl_multi_add_handle(multi, j->easy) != CURLM_OK)
		return err_set(err, ERR_MEMORY, "the request cannot be set "
			       "up");
	return true;
}

/* Not one byte of the request went out: certainly nothing was taken. */
static bool was_sent(CURL *c, CURLcode code)
{
	curl_off_t up = 0;
	long request = 0;

	if (curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &request) ||
	    curl_easy_getinfo(c, CURLINFO_SIZE_UPLOAD_T, &up))
		return true;		/* who knows */
	return code == CURLE_OK || request > 0 || up > 0;
}

void job_http_done(struct job *j, CURLcode code)
{
	struct reply *r = &j->reply;
	curl_off_t wait = 0;
	long status = 0;

	curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(j->easy, CURLINFO_RETRY_AFTER, &wait);
	r->sent = was_sent(j->easy, code);
	r->status = (int)status;
	r->retry_after_s = wait > 0 ? wait : 0;
	/* Of a reply that was too long the status still counts. */
	r->answered = (code == CURLE_OK || j->cut) && status > 0;
	if (!r->answered && !http_guard_why(&j->guard, j->easy, code, r->error))
		snprintf(r->error, sizeof(r->error), "%s",
			 http_judge(code, 0, NULL).error);
	j->finished = true;
}

void job_http_lost(struct job *j)
{
	j->reply.sent = true;		/* it may have been */
	snprintf(j->reply.error, sizeof(j->reply.error),
		 "libcurl lost the request");
	j->finished = true;
}

void job_http_free(struct job *j, CURLM *multi)
{
	if (j->easy) {
		curl_multi_remove_handle(multi, j->easy);
		curl_easy_cleanup(j->easy);
	}
	curl_slist_free_all(j->headers);
	curl_slist_free_all(j->rcpt);
}
