/* SPDX-License-Identifier: MIT */
/*
 * A program of the user's: a fixed path, no shell, a clean environment, its
 * own process group, the message on its input, ten seconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "courier_job.h"
#include "http.h"

#define LIMIT_MS	10000
#define NOT_STARTED	127

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* In the child; only what is safe after fork. */
static void become(const struct job *j, int in, int out, char *const *env)
{
	char *const argv[] = { (char *)(uintptr_t)j->out.path, NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	setpgid(0, 0);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(NOT_STARTED);
	execve(j->out.path, argv, env);
	_exit(NOT_STARTED);
}

static void fill_env(char **env, const struct outgoing *o)
{
	size_t n = 0;

	env[n++] = (char *)(uintptr_t)"PATH=/usr/local/bin:/usr/bin:/bin";
	env[n++] = (char *)(uintptr_t)"LANG=C.UTF-8";
	for (size_t i = 0; i < o->n_env; i++)
		env[n++] = (char *)(uintptr_t)o->env[i];
	env[n] = NULL;
}

static bool open_pipe(int fd[2])
{
	if (pipe(fd) != 0)
		return false;
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	return true;
}

static bool open_pipes(int in[2], int out[2])
{
	if (!open_pipe(in))
		return false;
	if (open_pipe(out))
		return true;
	shut(&in[0]);
	shut(&in[1]);
	return false;
}

static void watch(struct job *j, int in, int out)
{
	j->in = in;
	j->outfd = out;
	fcntl(in, F_SETFL, O_NONBLOCK);
	fcntl(out, F_SETFL, O_NONBLOCK);
#ifdef SYS_pidfd_open
	j->pidfd = (int)syscall(SYS_pidfd_open, j->pid, 0);
#endif
	j->deadline_ms = http_now_ms() + (j->out.timeout_ms > 0 ?
					  j->out.timeout_ms : LIMIT_MS);
}

bool job_exec_start(struct job *j, struct err *err)
{
	char *env[OUTGOING_ENV_MAX + 3];
	int in[2], out[2];

	if (j->out.path[0] != '/')
		return err_set(err, ERR_CONFIG, "%s cannot be run: it is no "
			       "whole path", j->out.path);
	if (access(j->out.path, X_OK) != 0)
		return err_set(err, ERR_CONFIG, "%s cannot be run: %s",
			       j->out.path, strerror(errno));
	if (!open_pipes(in, out))
		return err_set(err, ERR_IO, "no pipe for a program: %s",
			       strerror(errno));
	fill_env(env, &j->out);
	j->pid = fork();
	if (j->pid == 0)
		become(j, in[0], out[1], env);
	shut(&in[0]);
	shut(&out[1]);
	if (j->pid > 0) {
		/* Here too: it may be ended before it comes to that. */
		setpgid(j->pid, j->pid);
		watch(j, in[1], out[0]);
		return true;
	}
	j->pid = 0;
	shut(&in[1]);
	shut(&out[0]);
	return err_set(err, ERR_IO, "no process for a program: %s",
		       strerror(errno));
}

static void feed(struct job *j)
{
	while (j->in >= 0 && j->written < j->out.body_len) {
		ssize_t n = write(j->in, j->out.body + j->written,
				  j->out.body_len - j->written);

		if (n > 0)
			j->written += (size_t)n;
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && errno == EAGAIN)
			return;
		else
			break;		/* it does not want to read */
	}
	shut(&j->in);
}

static void hear(struct job *j)
{
	char buf[4096];
	ssize_t n;

	while (j->outfd >= 0) {
		n = read(j->outfd, buf, sizeof(buf));
		if (n > 0)
			job_take(j, buf, (size_t)n);
		else if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		else
			shut(&j->outfd);
	}
}

static void end(struct job *j, int status)
{
	struct reply *r = &j->reply;

	hear(j);
	j->pid = 0;
	r->sent = !(WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED);
	r->answered = !j->killed;
	r->status = WIFEXITED(status) ? WEXITSTATUS(status) :
		    128 + WTERMSIG(status);
	if (j->killed)
		snprintf(r->error, sizeof(r->error), "the program took too "
			 "long and was ended");
	shut(&j->in);
	shut(&j->outfd);
	shut(&j->pidfd);
	j->finished = true;
}

/* It ended, and somebody else was told how. */
static void lost(struct job *j)
{
	struct reply *r = &j->reply;

	hear(j);
	j->pid = 0;
	r->sent = true;			/* it may have been */
	snprintf(r->error, sizeof(r->error), "how the program ended is "
		 "unknown");
	shut(&j->in);
	shut(&j->outfd);
	shut(&j->pidfd);
	j->finished = true;
}

void job_exec_step(struct job *j)
{
	pid_t pid;
	int status;

	feed(j);
	hear(j);
	pid = waitpid(j->pid, &status, WNOHANG);
	if (pid == j->pid) {
		end(j, status);
		return;
	}
	if (pid < 0 && errno == ECHILD) {
		lost(j);
		return;
	}
	if (http_now_ms() < j->deadline_ms || j->killed)
		return;
	j->killed = true;
	kill(-j->pid, SIGKILL);
}

void job_exec_free(struct job *j)
{
	if (j->pid > 0) {
		kill(-j->pid, SIGKILL);
		waitpid(j->pid, NULL, 0);
	}
	shut(&j->in);
	shut(&j->outfd);
	shut(&j->pidfd);
}
