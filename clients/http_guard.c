/* SPDX-License-Identifier: MIT */
/*
 * The socket callback sees each address after it was resolved, for each
 * connection anew; a refused one never gets a socket. What OpenSSL says of a
 * certificate becomes words of ours: libcurl's may quote names.
 */
#include "http_guard.h"

#include <fcntl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct verify_row {
	long code;
	const char *text;
} verify_rows[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, "the certificate has expired" },
	{ X509_V_ERR_CERT_NOT_YET_VALID,
	  "the certificate is not valid yet: is the clock right?" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
	  "the certificate is self-signed" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
	  "the certificate's authority is not trusted" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	  "the certificate's authority is not known" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
	  "the certificate's authority is not known" },
	{ X509_V_ERR_INVALID_CA, "the certificate's authority is none" },
	{ X509_V_ERR_INVALID_PURPOSE, "the certificate is not a server's" },
	{ X509_V_ERR_CERT_REVOKED, "the certificate was revoked" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "the certificate's key is too weak" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL,
	  "the key of the certificate's authority is too weak" },
	{ X509_V_ERR_CA_MD_TOO_WEAK,
	  "the certificate is signed with a broken hash" },
};

/* Parts of OpenSSL's reasons, looked for in libcurl's text. */
static const struct {
	const char *part, *text;
} reason_rows[] = {
	{ "unsupported protocol", "the server offers only an old TLS" },
	{ "protocol version", "the server offers only an old TLS" },
	{ "wrong version number", "the server does not speak TLS" },
	{ "handshake failure", "no safe TLS cipher in common" },
	{ "no cipher", "no safe TLS cipher in common" },
	{ "too small", "the server's TLS key is too weak" },
	{ "ee key", "the server's TLS key is too weak" },
	{ "unexpected eof", "the server ended TLS in the middle" },
};

static curl_socket_t on_open(void *arg, curlsocktype purpose,
			     struct curl_sockaddr *to)
{
	struct http_guard *g = arg;
	curl_socket_t fd;

	(void)purpose;
	if (!reach_allows(g->refused, g->reach, g->host, &to->addr))
		return CURL_SOCKET_BAD;
	g->opened = true;
	fd = socket(to->family, to->socktype, to->protocol);
	if (fd != CURL_SOCKET_BAD)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

/* A URL that libcurl cannot read is trusted least. */
static enum reach_host host_of(const char *url)
{
	enum reach_host found = REACH_PUBLIC_NAME;
	CURLU *u = curl_url();
	char *host = NULL;

	if (u && !curl_url_set(u, CURLUPART_URL, url, 0) &&
	    !curl_url_get(u, CURLUPART_HOST, &host, 0))
		found = reach_host_of(host);
	curl_free(host);
	curl_url_cleanup(u);
	return found;
}

int http_guard_set(struct http_guard *g, CURL *c, const char *url,
		   const struct reach *reach, bool proxy)
{
	int bad = 0;

	*g = (struct http_guard){
		.reach = reach, .host = proxy ? REACH_LITERAL : host_of(url)
	};
	bad |= (int)curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open);
	bad |= (int)curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, g);
	bad |= (int)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, g->tls);
	if (reach->ca_file[0])
		bad |= (int)curl_easy_setopt(c, CURLOPT_CAINFO,
					     reach->ca_file);
	return bad;
}

static const char *verify_text(const struct http_guard *g, CURL *c)
{
	long result = X509_V_OK;

	/* libcurl compares names itself: OpenSSL has nothing to say. */
	if (strstr(g->tls, "subject name"))
		return "the certificate is for another host";
	curl_easy_getinfo(c, CURLINFO_SSL_VERIFYRESULT, &result);
	for (size_t i = 0; i < sizeof(verify_rows) / sizeof(*verify_rows); i++)
		if (verify_rows[i].code == result)
			return verify_rows[i].text;
	return NULL;
}

static const char *reason_text(const char *said)
{
	for (size_t i = 0; i < sizeof(reason_rows) / sizeof(*reason_rows); i++)
		if (strstr(said, reason_rows[i].part))
			return reason_rows[i].text;
	return NULL;
}

bool http_guard_why(const struct http_guard *g, CURL *c, CURLcode code,
		    char out[static REACH_WHY_MAX])
{
	const char *text = NULL;

	if (code == CURLE_COULDNT_CONNECT && g->refused[0])
		text = g->refused;
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		text = verify_text(g, c);
	else if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_RECV_ERROR)
		text = reason_text(g->tls);
	if (!text)
		return false;
	snprintf(out, REACH_WHY_MAX, "%s%.110s", text == g->refused ? "" :
		 "TLS: ", text);
	return true;
}

bool http_guard_final(const struct http_guard *g)
{
	return g->refused[0] && !g->opened;
}
