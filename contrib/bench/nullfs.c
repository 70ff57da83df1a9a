/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The floor: a FUSE file system that keeps names and attributes in memory and no content. */
#include "session.h"

#include "greeting.h"
#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whatever costs nothing here, no store can win back: the same greeting, loop and caching as
 * discfs, and nothing behind them. */
#define BUCKETS (1u << 20)

struct node {
	struct node *next;
	uint64_t parent;
	struct stat st;
	char name[];
};

enum request { LOOKUP, GETATTR, SETATTR, MKDIR, CREATE, OPEN, WRITE, RELEASE, REQUESTS };
static const char *const request_name[REQUESTS] = { "LOOKUP", "GETATTR", "SETATTR", "MKDIR",
	"CREATE", "OPEN", "WRITE", "RELEASE" };
static uint64_t requests[REQUESTS];

static struct mount mount; /* only what the greeting keeps in it */
static struct node *bucket[BUCKETS];
static struct node **by_ino;
static uint64_t count, cap;

static unsigned bucket_of(uint64_t parent, const char *name)
{
	uint64_t h = parent * 0x9e3779b97f4a7c15ull;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3ull;
	return (unsigned)(h >> 32) % BUCKETS;
}

static struct node *find(uint64_t parent, const char *name)
{
	struct node *n = bucket[bucket_of(parent, name)];

	while (n && (n->parent != parent || strcmp(n->name, name) != 0))
		n = n->next;
	return n;
}

static struct node *add(uint64_t parent, const char *name, mode_t mode, fuse_req_t req)
{
	struct node *n = calloc(1, sizeof(*n) + strlen(name) + 1);
	unsigned b = bucket_of(parent, name);

	if (count + 1 >= cap) {
		cap = cap ? cap * 2 : 1024;
		by_ino = realloc(by_ino, cap * sizeof(*by_ino));
	}
	memcpy(n->name, name, strlen(name) + 1);
	n->parent = parent;
	n->st.st_ino = ++count;
	n->st.st_mode = mode;
	n->st.st_nlink = 1;
	n->st.st_blksize = 1 << 20;
	if (req) {
		n->st.st_uid = fuse_req_ctx(req)->uid;
		n->st.st_gid = fuse_req_ctx(req)->gid;
	}
	n->next = bucket[b];
	bucket[b] = n;
	by_ino[count] = n;
	return n;
}

static struct fuse_entry_param entry_of(const struct node *n)
{
	return (struct fuse_entry_param){ .ino = n->st.st_ino,
		.attr = n->st,
		.attr_timeout = FOREVER_S,
		.entry_timeout = FOREVER_S };
}

static void null_init(void *userdata, struct fuse_conn_info *conn)
{
	(void)userdata;
	conn->want |= conn->capable & FUSE_CAP_ATOMIC_O_TRUNC;
	conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE);
	conn->max_write = 1 << 20;
}

static void null_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct node *n = find(parent, name);
	struct fuse_entry_param e = { .entry_timeout = FOREVER_S };

	requests[LOOKUP]++;
	if (n)
		e = entry_of(n);
	fuse_reply_entry(req, &e);
}

static void null_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	requests[GETATTR]++;
	(void)fi;
	fuse_reply_attr(req, &by_ino[ino]->st, FOREVER_S);
}

static void null_setattr(
	fuse_req_t req, fuse_ino_t ino, struct stat *st, int set, struct fuse_file_info *fi)
{
	struct stat *to = &by_ino[ino]->st;

	requests[SETATTR]++;
	(void)fi;
	if (set & FUSE_SET_ATTR_MODE)
		to->st_mode = st->st_mode;
	if (set & FUSE_SET_ATTR_UID)
		to->st_uid = st->st_uid;
	if (set & FUSE_SET_ATTR_GID)
		to->st_gid = st->st_gid;
	if (set & FUSE_SET_ATTR_SIZE)
		to->st_size = st->st_size;
	if (set & FUSE_SET_ATTR_MTIME)
		to->st_mtim = st->st_mtim;
	fuse_reply_attr(req, to, FOREVER_S);
}

static void null_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	struct fuse_entry_param e = entry_of(add(parent, name, mode | S_IFDIR, req));

	requests[MKDIR]++;
	fuse_reply_entry(req, &e);
}

static void null_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	requests[OPEN]++;
	(void)ino;
	fi->direct_io = 1;
	fi->noflush = 1;
	fuse_reply_open(req, fi);
}

static void null_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct node **at = &bucket[bucket_of(parent, name)];

	while (*at && ((*at)->parent != parent || strcmp((*at)->name, name) != 0))
		at = &(*at)->next;
	if (*at)
		*at = (*at)->next; /* the node stays for who has it open */
	fuse_reply_err(req, 0);
}

static void null_create(
	fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct fuse_entry_param e = entry_of(add(parent, name, mode | S_IFREG, req));

	requests[CREATE]++;
	fi->direct_io = 1;
	fi->noflush = 1;
	fuse_reply_create(req, &e, fi);
}

static void null_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off,
	struct fuse_file_info *fi)
{
	struct stat *st = &by_ino[ino]->st;

	requests[WRITE]++;
	(void)buf;
	(void)fi;
	if (off + (off_t)size > st->st_size)
		st->st_size = off + (off_t)size;
	fuse_reply_write(req, size);
}

static void null_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	requests[RELEASE]++;
	(void)ino;
	(void)fi;
	fuse_reply_err(req, 0);
}

static const struct fuse_lowlevel_ops operations = {
	.init = null_init,
	.lookup = null_lookup,
	.getattr = null_getattr,
	.setattr = null_setattr,
	.mkdir = null_mkdir,
	.create = null_create,
	.open = null_open,
	.unlink = null_unlink,
	.write = null_write,
	.release = null_release,
};

static void tell(const char *path)
{
	FILE *f = fopen(path, "w");

	for (int i = 0; f && i < REQUESTS; i++)
		fprintf(f, "%s %llu\n", request_name[i], (unsigned long long)requests[i]);
	if (f)
		fclose(f);
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: nullfs MOUNTPOINT [FILE-FOR-THE-COUNTS]\n");
		return 2;
	}
	fuse_opt_add_arg(&args, "nullfs");
	fuse_opt_add_arg(&args, "-ofsname=nullfs");
	add(0, "", S_IFDIR | 0755, NULL);
	session = fuse_session_new(&args, &operations, sizeof(operations), &mount);
	if (!session || fuse_session_mount(session, argv[1]) != 0)
		return 1;
	(void)greeting_install(session, fuse_session_fd(session));
	loop_run(session, &(struct loop_busy){ .is = never });
	fuse_session_unmount(session);
	if (argc == 3)
		tell(argv[2]);
	fuse_session_destroy(session);
	return 0;
}
