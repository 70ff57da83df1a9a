/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System calls as functions of a path. */
#include "rig_calls.h"

#include "harness/t.h"
#include "rig_posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static int opened(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

static int open_with(const char *path, int flags)
{
	return opened(open(path, flags | O_NONBLOCK | O_CLOEXEC, 0600));
}

static int try_read(const char *p)
{
	return open_with(p, O_RDONLY);
}

static int try_write(const char *p)
{
	return open_with(p, O_RDWR);
}

static int try_truncating(const char *p)
{
	return open_with(p, O_WRONLY | O_TRUNC);
}

static int try_create(const char *p)
{
	return open_with(p, O_WRONLY | O_CREAT);
}

static int try_exclusive(const char *p)
{
	return open_with(p, O_WRONLY | O_CREAT | O_EXCL);
}

static int try_directory(const char *p)
{
	return open_with(p, O_RDONLY | O_DIRECTORY);
}

static int try_nofollow(const char *p)
{
	return open_with(p, O_RDONLY | O_NOFOLLOW);
}

static int try_path(const char *p)
{
	return open_with(p, O_PATH | O_NOFOLLOW);
}

static int try_directory_to_write(const char *p)
{
	return open_with(p, O_RDWR | O_DIRECTORY);
}

static int try_list(const char *p)
{
	DIR *d = opendir(p);

	return d ? closedir(d) : -1;
}

static int try_stat(const char *p)
{
	struct stat st;

	return stat(p, &st);
}

static int try_lstat(const char *p)
{
	struct stat st;

	return lstat(p, &st);
}

static int try_statfs(const char *p)
{
	struct statfs fs;

	return statfs(p, &fs);
}

static int try_exists(const char *p)
{
	return faccessat(AT_FDCWD, p, F_OK, AT_EACCESS);
}

static int try_may_read(const char *p)
{
	return faccessat(AT_FDCWD, p, R_OK, AT_EACCESS);
}

static int try_may_write(const char *p)
{
	return faccessat(AT_FDCWD, p, W_OK, AT_EACCESS);
}

static int try_may_run(const char *p)
{
	return faccessat(AT_FDCWD, p, X_OK, AT_EACCESS);
}

static int try_readlink(const char *p)
{
	char text[100];

	return readlink(p, text, sizeof(text)) < 0 ? -1 : 0;
}

static int try_getxattr(const char *p)
{
	return getxattr(p, "user.none", NULL, 0) < 0 ? -1 : 0;
}

static int try_listxattr(const char *p)
{
	return llistxattr(p, NULL, 0) < 0 ? -1 : 0;
}

static int try_removexattr(const char *p)
{
	return removexattr(p, "user.none");
}

static int try_chdir(const char *p)
{
	int here = open(".", O_PATH | O_CLOEXEC), r = chdir(p), e = errno;

	T_MUST(fchdir(here) == 0);
	close(here);
	errno = e;
	return r;
}

static int try_negative_size(const char *p)
{
	return truncate(p, -1);
}

static int try_setxattr(const char *p)
{
	return setxattr(p, "user.a", "v", 1, 0);
}

static int try_lsetxattr(const char *p)
{
	return lsetxattr(p, "user.a", "v", 1, 0);
}

static int try_mkdir(const char *p)
{
	return mkdir(p, 0755);
}

static int try_mkfifo(const char *p)
{
	return mkfifo(p, 0644);
}

static int try_socket(const char *p)
{
	return mknod(p, S_IFSOCK | 0644, 0);
}

static int try_device(const char *p)
{
	return mknod(p, S_IFCHR | 0644, 0x103);
}

static int try_make_directory_by_mknod(const char *p)
{
	return mknod(p, S_IFDIR | 0755, 0);
}

static int try_symlink(const char *p)
{
	return symlink("to", p);
}

static int try_chmod(const char *p)
{
	return chmod(p, 0700);
}

static int try_chown(const char *p)
{
	return chown(p, RIG_NOBODY, RIG_NOBODY);
}

static int try_lchown(const char *p)
{
	return lchown(p, 0, 0);
}

static int try_chown_of_nothing(const char *p)
{
	return chown(p, -1u, -1u);
}

static int try_truncate(const char *p)
{
	return truncate(p, 3);
}

static int try_now(const char *p)
{
	return utimensat(AT_FDCWD, p, NULL, 0);
}

static int try_times(const char *p)
{
	static const struct timespec t[2] = { { 5, 6 }, { 7, 8 } };

	return utimensat(AT_FDCWD, p, t, AT_SYMLINK_NOFOLLOW);
}

static int try_link_from(const char *p)
{
	return link(p, "new");
}

static int try_link_followed(const char *p)
{
	return linkat(AT_FDCWD, p, AT_FDCWD, "new", AT_SYMLINK_FOLLOW);
}

static int try_link_to(const char *p)
{
	return link("f", p);
}

static int try_rename_from(const char *p)
{
	return rename(p, "new");
}

static int try_rename_into_sticky(const char *p)
{
	return rename(p, "shared/new");
}

static int try_rename_file_to(const char *p)
{
	return rename("f", p);
}

static int try_rename_mine_to(const char *p)
{
	return rename("shared/my", p);
}

static int try_rename_directory_to(const char *p)
{
	return rename("d", p);
}

static int try_rename_empty_to(const char *p)
{
	return rename("e", p);
}

static int try_rename_only_new(const char *p)
{
	return renameat2(AT_FDCWD, "f", AT_FDCWD, p, RENAME_NOREPLACE);
}

static int try_exchange_file(const char *p)
{
	return renameat2(AT_FDCWD, "f", AT_FDCWD, p, RENAME_EXCHANGE);
}

static int try_exchange_directory(const char *p)
{
	return renameat2(AT_FDCWD, p, AT_FDCWD, "d", RENAME_EXCHANGE);
}

const struct call calls_asking[] = {
	{ "open to read", try_read },
	{ "open to write", try_write },
	{ "open a directory", try_directory },
	{ "open a directory to write", try_directory_to_write },
	{ "open what is no link", try_nofollow },
	{ "open the path", try_path },
	{ "list", try_list },
	{ "stat", try_stat },
	{ "lstat", try_lstat },
	{ "statfs", try_statfs },
	{ "exists", try_exists },
	{ "may read", try_may_read },
	{ "may write", try_may_write },
	{ "may run", try_may_run },
	{ "readlink", try_readlink },
	{ "getxattr", try_getxattr },
	{ "listxattr", try_listxattr },
	{ "removexattr", try_removexattr },
	{ "chdir", try_chdir },
	{ "truncate to -1", try_negative_size },
	{ NULL, NULL },
};

const struct call calls_changing[] = {
	{ "open and truncate", try_truncating },
	{ "create", try_create },
	{ "create what is new", try_exclusive },
	{ "mkdir", try_mkdir },
	{ "mkfifo", try_mkfifo },
	{ "mknod a socket", try_socket },
	{ "mknod a device", try_device },
	{ "mknod a directory", try_make_directory_by_mknod },
	{ "symlink", try_symlink },
	{ "unlink", unlink },
	{ "rmdir", rmdir },
	{ "remove", remove },
	{ "chmod", try_chmod },
	{ "chown to nobody", try_chown },
	{ "lchown to root", try_lchown },
	{ "chown to nobody in particular", try_chown_of_nothing },
	{ "truncate", try_truncate },
	{ "touch", try_now },
	{ "set times", try_times },
	{ "setxattr", try_setxattr },
	{ "lsetxattr", try_lsetxattr },
	{ "link it", try_link_from },
	{ "link what it stands for", try_link_followed },
	{ "link to it", try_link_to },
	{ "rename it", try_rename_from },
	{ "rename it to where others are", try_rename_into_sticky },
	{ "rename a file to it", try_rename_file_to },
	{ "rename what is mine to it", try_rename_mine_to },
	{ "rename a directory to it", try_rename_directory_to },
	{ "rename an empty directory to it", try_rename_empty_to },
	{ "rename to it if it is new", try_rename_only_new },
	{ "exchange it with a file", try_exchange_file },
	{ "exchange it with a directory", try_exchange_directory },
	{ NULL, NULL },
};
