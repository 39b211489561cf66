/* SPDX-License-Identifier: MIT */
/* HMAC-SHA256 and base64 by OpenSSL; only the form is ours (sign.h). */
#include "sign.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX		"whsec_"
#define KEY_MIN		24
#define KEY_MAX		64
#define KEY_TEXT_MAX	88		/* 64 bytes in base64 */
#define MAC_BYTES	32
#define MAC_TEXT	44

struct sign_key {
	unsigned char bytes[KEY_TEXT_MAX];
	int n;
};

static bool bad_key(struct err *err, const char *what)
{
	return err_set(err, ERR_CONFIG, "signing key %s: write whsec_ and 24 "
		       "to 64 bytes in base64", what);
}

/* EVP_DecodeBlock takes blanks and counts padding: checked before. */
static bool read_key(struct sign_key *out, const char *text, struct err *err)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n, pad;

	if (strncmp(text, PREFIX, sizeof(PREFIX) - 1) != 0)
		return bad_key(err, "does not begin with whsec_");
	text += sizeof(PREFIX) - 1;
	n = strspn(text, alphabet);
	pad = strspn(text + n, "=");
	if (text[n + pad] || (n + pad) % 4 || pad > 2 ||
	    n + pad > KEY_TEXT_MAX)
		return bad_key(err, "is not base64, or too long");
	out->n = EVP_DecodeBlock(out->bytes, (const unsigned char *)text,
				 (int)(n + pad)) - (int)pad;
	if (out->n < KEY_MIN || out->n > KEY_MAX)
		return bad_key(err, "has the wrong length");
	return true;
}

/* Everything signed, in one piece; the caller frees. */
static char *signed_text(const struct sign_message *m, size_t *n)
{
	size_t room = strlen(m->id) + 24 + m->n;
	char *text = malloc(room);
	int head;

	if (!text)
		return NULL;
	head = snprintf(text, room, "%s.%" PRId64 ".", m->id, m->unix_s);
	memcpy(text + head, m->body, m->n);
	*n = (size_t)head + m->n;
	return text;
}

/* "v1,BASE64" */
static bool sign_one(char out[static 4 + MAC_TEXT], const char *text,
		     size_t n, const char *key, struct err *err)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	struct sign_key k;
	bool ok = read_key(&k, key, err);

	if (ok && (!HMAC(EVP_sha256(), k.bytes, k.n,
			 (const unsigned char *)text, n, mac, &len) ||
		   len != MAC_BYTES))
		ok = err_set(err, ERR_MEMORY, "cannot sign");
	OPENSSL_cleanse(&k, sizeof(k));
	if (!ok)
		return false;
	memcpy(out, "v1,", 3);
	EVP_EncodeBlock((unsigned char *)out + 3, mac, MAC_BYTES);
	return true;
}

bool sign_message(char out[static SIGNATURE_MAX], const struct sign_message *m,
		  const char *key, const char *old, struct err *err)
{
	size_t n, at = 3 + MAC_TEXT;
	char *text = signed_text(m, &n);
	bool ok;

	if (!text)
		return err_set(err, ERR_MEMORY, "no memory to sign");
	ok = sign_one(out, text, n, key, err);
	if (ok && old && *old) {
		out[at] = ' ';
		ok = sign_one(out + at + 1, text, n, old, err);
	}
	free(text);
	return ok;
}

static bool one_matches(const char *header, const char *want)
{
	size_t want_n = strlen(want);

	while (*header) {
		size_t n = strcspn(header, " ");

		if (n == want_n && CRYPTO_memcmp(header, want, n) == 0)
			return true;
		header += n + strspn(header + n, " ");
	}
	return false;
}

bool sign_verify(const struct sign_message *m, const char *header,
		 const char *key, int64_t now_s, struct err *err)
{
	char want[SIGNATURE_MAX];

	if (m->unix_s < now_s - SIGN_TOLERANCE_S ||
	    m->unix_s > now_s + SIGN_TOLERANCE_S)
		return err_set(err, ERR_DATA, "the time is more than 300 s "
			       "away");
	if (!sign_message(want, m, key, NULL, err))
		return false;
	return one_matches(header, want) ||
	       err_set(err, ERR_DATA, "no signature by this key");
}
