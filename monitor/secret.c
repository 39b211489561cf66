/* SPDX-License-Identifier: MIT */
/* Where secrets are read, and nowhere else (secret.h). */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *secret_from_word(enum secret_from from)
{
	static const char *const words[] = {
		[SECRET_NONE] = "none", [SECRET_ENV] = "env",
		[SECRET_FILE] = "file", [SECRET_CREDENTIAL] = "credential"
	};

	return words[from];
}

static bool bad(struct err *err, const struct secret_ref *ref,
		const char *what)
{
	return err_set(err, ERR_CONFIG, "secret %s %s: %s",
		       secret_from_word(ref->from), ref->name, what);
}

/* A copy of n bytes less one newline; the caller wipes its own. */
static bool take(struct secret *out, const struct secret_ref *ref,
		 const char *s, size_t n, struct err *err)
{
	if (n > 0 && s[n - 1] == '\n')
		n--;
	if (n == 0)
		return bad(err, ref, "is empty");
	if (n > SECRET_MAX)
		return bad(err, ref, "is longer than 4096 bytes");
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return bad(err, ref, "holds control characters: one "
				   "line of text is expected");
	out->text = malloc(n + 1);
	if (!out->text)
		return err_set(err, ERR_MEMORY, "no memory");
	memcpy(out->text, s, n);
	out->text[n] = '\0';
	return true;
}

/* ---- files ---- */

static bool check_file(const struct secret_ref *ref, const struct stat *st,
		       struct err *err)
{
	if (!S_ISREG(st->st_mode))
		return bad(err, ref, "is not a file");
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return bad(err, ref, "belongs to another user: chown it to "
			   "the user of the monitor");
	if (st->st_mode & 077)
		return bad(err, ref, "can be read by others: chmod 600");
	return true;
}

static bool read_all(struct secret *out, const struct secret_ref *ref, int fd,
		     struct err *err)
{
	char buf[SECRET_MAX + 2];
	size_t n = 0;
	ssize_t got;
	bool ok;

	do {
		got = read(fd, buf + n, sizeof(buf) - n);
		n += got > 0 ? (size_t)got : 0;
	} while ((got > 0 && n < sizeof(buf)) || (got < 0 && errno == EINTR));
	ok = got >= 0 ? take(out, ref, buf, n, err) :
			bad(err, ref, strerror(errno));
	explicit_bzero(buf, sizeof(buf));
	return ok;
}

static bool read_file(struct secret *out, const struct secret_ref *ref,
		      const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	bool ok;

	if (fd < 0)
		return bad(err, ref, errno == ELOOP ?
			   "is a symbolic link: name the file itself" :
			   strerror(errno));
	ok = fstat(fd, &st) == 0 ? check_file(ref, &st, err) :
				   bad(err, ref, strerror(errno));
	ok = ok && read_all(out, ref, fd, err);
	close(fd);
	return ok;
}

static bool read_credential(struct secret *out, const struct secret_ref *ref,
			    struct err *err)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char path[2 * ACT_TEXT_MAX];

	if (!dir || *dir != '/')
		return bad(err, ref, "there is no $CREDENTIALS_DIRECTORY: "
			   "start the monitor by its unit, with "
			   "LoadCredential=, or use {file: PATH}");
	if (snprintf(path, sizeof(path), "%s/%s", dir, ref->name) >=
	    (int)sizeof(path))
		return bad(err, ref, "name too long");
	return read_file(out, ref, path, err);
}

static bool read_env(struct secret *out, const struct secret_ref *ref,
		     struct err *err)
{
	const char *value = getenv(ref->name);

	if (!value)
		return bad(err, ref, "is not set in the environment");
	return take(out, ref, value, strlen(value), err);
}

bool secret_read(struct secret *out, const struct secret_ref *ref,
		 struct err *err)
{
	out->text = NULL;
	switch (ref->from) {
	case SECRET_NONE:	break;
	case SECRET_ENV:	return read_env(out, ref, err);
	case SECRET_FILE:	return read_file(out, ref, ref->name, err);
	case SECRET_CREDENTIAL:	return read_credential(out, ref, err);
	}
	return true;
}

void secret_free(struct secret *s)
{
	if (s->text) {
		explicit_bzero(s->text, strlen(s->text));
		free(s->text);
	}
	s->text = NULL;
}
