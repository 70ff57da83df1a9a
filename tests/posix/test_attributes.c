/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owners, modes, times and extended attributes, as a local file system has them. */
#include "harness/t.h"
#include "rig_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static void say_times(const char *path)
{
	struct stat st;

	DID(lstat(path, &st));
	/* What is now differs; what was set does not. */
	say("%s: atime %lld.%09ld mtime %lld.%09ld", path,
		st.st_atim.tv_sec < 2000000 ? (long long)st.st_atim.tv_sec : -1,
		st.st_atim.tv_sec < 2000000 ? st.st_atim.tv_nsec : 0,
		st.st_mtim.tv_sec < 2000000 ? (long long)st.st_mtim.tv_sec : -1,
		st.st_mtim.tv_sec < 2000000 ? st.st_mtim.tv_nsec : 0);
}

static void times(void)
{
	const struct timespec both[] = { { 1000, 123456789 }, { 2000, 987654321 } };
	const struct timespec omit[] = { { 0, UTIME_OMIT }, { 3000, 1 } };
	const struct timespec now[] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	const struct timespec none[] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
	const struct timespec bad[] = { { 0, 1000000000 }, { 0, 0 } };

	put_file("f", 10);
	DID(utimensat(AT_FDCWD, "f", both, 0));
	say_times("f");
	DID(utimensat(AT_FDCWD, "f", omit, 0));
	say_times("f");
	DID(utimensat(AT_FDCWD, "f", now, 0));
	say_times("f");
	DID(utimensat(AT_FDCWD, "f", both, 0));
	DID(utimensat(AT_FDCWD, "f", none, 0));
	say_times("f");
	DID(utimensat(AT_FDCWD, "f", bad, 0));
	DID(symlink("f", "l"));
	DID(utimensat(AT_FDCWD, "l", omit, AT_SYMLINK_NOFOLLOW));
	say_times("l");
	say_times("f");
	DID(mkdir("d", 0700));
	DID(utimensat(AT_FDCWD, "d", both, 0));
	put_file("d/x", 1);
	say_times("d");
	DID(utimensat(AT_FDCWD, "d", both, 0));
	DID(chmod("d", 0755));
	DID(rename("d", "e"));
	say_times("e");
	DID(truncate("f", 10));
	say_times("f");
	DID(utimensat(AT_FDCWD, "f", both, 0));
	DID(truncate("f", 20));
	say_times("f");
}

static void modes_of_new_objects(void)
{
	mode_t before = umask(027);

	DID(open("f", O_CREAT | O_WRONLY | O_CLOEXEC, 07777) >= 0);
	DID(mkdir("d", 07777));
	DID(mkfifo("p", 0666));
	DID(mknod("s", S_IFSOCK | 0777, 0));
	DID(mknod("r", S_IFREG | 0666, 0));
	umask(0);
	DID(mkdir("open", 02777));
	DID(chown("open", (uid_t)-1, 1234));
	DID(chmod("open", 02777));
	umask(027);
	DID(mkdir("open/d", 0777));
	DID(open("open/f", O_CREAT | O_WRONLY | O_CLOEXEC, 0777) >= 0);
	umask(before);
	for (unsigned i = 0; i < 8; i++)
		say_stat((const char *const[]){
			"f", "d", "p", "s", "r", "open", "open/d", "open/f" }[i]);
}

static void devices(void)
{
	DID(mknod("c", S_IFCHR | 0600, 0x1234));
	DID(mknod("b", S_IFBLK | 0600, 0xabcde));
	say_stat("c");
	say_stat("b");
}

static void write_to(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	did(path, write(fd, "x", 1));
	close(fd);
	say_stat(path);
}

static void change_by_range(void)
{
	int from = open("f", O_RDONLY | O_CLOEXEC);
	int allocated = open("k", O_WRONLY | O_CLOEXEC);
	int copied = open("l", O_WRONLY | O_CLOEXEC);

	DID(fallocate(allocated, 0, 0, 5000));
	DID(copy_file_range(from, NULL, copied, NULL, 3, 0));
	say_stat("k");
	say_stat("l");
	close(from);
	close(allocated);
	close(copied);
}

static void clear_setuid_by_writing(void)
{
	write_to("f", O_WRONLY);
	write_to("g", O_RDWR);
	write_to("h", O_WRONLY | O_TRUNC);
	DID(truncate("i", 3));
	say_stat("i");
	write_to("j", O_WRONLY);
	change_by_range();
}

static void setuid_of_programs(void)
{
	static const char *const names[] = { "f", "g", "h", "i", "j", "k", "l" };

	for (unsigned i = 0; i < 7; i++) {
		put_file(names[i], 5);
		DID(chmod(names[i], i == 4 ? 06646 : 06777));
	}
	write_to("f", O_WRONLY);
	write_to("g", O_RDWR);
	write_to("h", O_WRONLY | O_TRUNC);
	DID(truncate("i", 4));
	say_stat("i");
	change_by_range();
	DID(chmod("k", 06777));
	DID(chmod("l", 06777));
	say("nobody: %d", as_nobody(clear_setuid_by_writing));
	DID(chmod("f", 06777));
	DID(chown("f", 7, -1u));
	say_stat("f");
	DID(chmod("f", 06745));
	DID(chown("f", -1u, 7));
	say_stat("f");
	DID(mkdir("d", 0755));
	DID(chmod("d", 06775));
	DID(chown("d", 7, 7));
	say_stat("d");
}

static void try_what_is_forbidden(void)
{
	DID(chmod("f", 0777));
	DID(chown("f", 1, 1));
	DID(open("secret", O_RDONLY | O_CLOEXEC) >= 0);
	DID(unlink("sticky/f"));
	DID(rename("sticky/f", "sticky/g"));
	DID(rename("sticky", "elsewhere"));
	DID(open("closed/f", O_CREAT | O_WRONLY | O_CLOEXEC, 0666) >= 0);
	DID(open("sticky/mine", O_CREAT | O_WRONLY | O_CLOEXEC, 0666) >= 0);
	say_stat("sticky/mine");
	DID(unlink("sticky/mine"));
	DID(link("secret", "sticky/link") < 0);
	DID(utimensat(AT_FDCWD, "f", NULL, 0));
	DID(mknod("c", S_IFCHR | 0666, 0x103));
}

static void others(void)
{
	put_file("f", 5);
	put_file("secret", 5);
	DID(chmod("secret", 0600));
	DID(mkdir("sticky", 0777));
	DID(chmod("sticky", 01777));
	put_file("sticky/f", 1);
	DID(mkdir("closed", 0755));
	say("nobody: %d", as_nobody(try_what_is_forbidden));
}

static void xattrs(void)
{
	static char big[65537];
	char got[64];
	ssize_t n;

	put_file("f", 5);
	DID(getxattr("f", "user.a", got, sizeof(got)));
	DID(setxattr("f", "user.a", "one", 3, XATTR_REPLACE));
	DID(setxattr("f", "user.a", "one", 3, XATTR_CREATE));
	DID(setxattr("f", "user.a", "one", 3, XATTR_CREATE));
	DID(setxattr("f", "user.b", "", 0, 0));
	n = DID(getxattr("f", "user.a", got, sizeof(got)));
	say("%.*s", (int)n, got);
	DID(getxattr("f", "user.a", got, 2));
	DID(getxattr("f", "user.a", NULL, 0));
	DID(getxattr("f", "user.b", got, sizeof(got)));
	DID(listxattr("f", NULL, 0));
	DID(listxattr("f", got, 3));
	DID(setxattr("f", "user.big", big, sizeof(big), 0));
	DID(setxattr("f", "user.", "", 0, 0));
	DID(setxattr("f", "nonsense", "", 0, 0));
	DID(setxattr("f", "system.posix_acl_access", "nonsense", 8, 0));
	DID(link("f", "g"));
	DID(getxattr("g", "user.a", NULL, 0));
	DID(removexattr("g", "user.a"));
	DID(removexattr("g", "user.a"));
	DID(getxattr("f", "user.a", NULL, 0));
	DID(symlink("f", "l"));
	DID(lsetxattr("l", "user.a", "v", 1, 0));
	DID(setxattr("l", "user.a", "v", 1, 0));
	DID(mkfifo("p", 0600));
	DID(setxattr("p", "user.a", "v", 1, 0));
	DID(mkdir("d", 0755));
	DID(setxattr("d", "user.a", "v", 1, 0));
	DID(getxattr("d", "user.a", NULL, 0));
}

/* u::rw- u:nobody:PERM g::r-- m::rw- o::--- */
static size_t acl_for_nobody(unsigned char perm, unsigned char out[static 44])
{
	static const unsigned char all[44] = { 2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 0,
		0, 0xfe, 0xff, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255, 16, 0, 6, 0, 255, 255, 255,
		255, 32, 0, 0, 0, 255, 255, 255, 255 };

	memcpy(out, all, sizeof(all));
	out[14] = perm;
	return sizeof(all);
}

static void try_acls(void)
{
	unsigned char acl[44];

	DID(open("readable", O_RDONLY | O_CLOEXEC) >= 0);
	DID(open("readable", O_WRONLY | O_CLOEXEC) >= 0);
	DID(open("writable", O_WRONLY | O_CLOEXEC) >= 0);
	DID(open("masked", O_WRONLY | O_CLOEXEC) >= 0);
	DID(open("d/f", O_RDWR | O_CLOEXEC) >= 0);
	DID(open("d/g", O_RDWR | O_CLOEXEC) >= 0);
	DID(setxattr("readable", "system.posix_acl_access", "", 0, 0));
	DID(setxattr("owned", "system.posix_acl_access", acl, acl_for_nobody(6, acl), 0));
	say_stat("owned");
}

static void acls(void)
{
	unsigned char acl[44];
	size_t n = acl_for_nobody(4, acl);

	put_file("readable", 1);
	put_file("writable", 1);
	put_file("masked", 1);
	DID(setxattr("readable", "system.posix_acl_access", acl, n, 0));
	acl_for_nobody(6, acl);
	DID(setxattr("writable", "system.posix_acl_access", acl, n, 0));
	DID(setxattr("masked", "system.posix_acl_access", acl, n, 0));
	DID(chmod("masked", 0640));
	say_stat("readable");
	say_stat("masked");
	DID(mkdir("d", 0755));
	acl_for_nobody(7, acl);
	DID(setxattr("d", "system.posix_acl_default", acl, n, 0));
	DID(setxattr("masked", "system.posix_acl_default", acl, n, 0));
	put_file("d/f", 1);
	DID(open("d/g", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0);
	DID(mkdir("d/e", 0777));
	say_stat("d/f");
	say_stat("d/g");
	say_stat("d/e");
	DID(getxattr("d/f", "system.posix_acl_access", NULL, 0));
	DID(getxattr("d/e", "system.posix_acl_default", NULL, 0));
	put_file("owned", 1);
	DID(chown("owned", 65534, 0));
	DID(chmod("owned", 02755));
	say("nobody: %d", as_nobody(try_acls));
	DID(removexattr("readable", "system.posix_acl_access"));
	DID(getxattr("readable", "system.posix_acl_access", NULL, 0));
	say_stat("readable");
}

static void access_of_root(void)
{
	put_file("program", 1);
	DID(access("program", X_OK));
	DID(access("program", R_OK | W_OK));
	DID(chmod("program", 0100));
	DID(access("program", R_OK | W_OK | X_OK));
	DID(mkdir("d", 0));
	DID(access("d", R_OK | W_OK | X_OK));
	DID(chdir("d"));
	DID(chdir(".."));
	DID(mkfifo("p", 0600));
	DID(access("p", X_OK));
	DID(access("nothing", F_OK));
}

/* Where the kernel does not enforce ACLs it hears that there are none, until there is one. */
static void no_acls_yet(void)
{
	unsigned char acl[44];
	size_t n = acl_for_nobody(4, acl);

	put_file("f", 1);
	if (getxattr("f", "system.posix_acl_access", NULL, 0) >= 0)
		say("a list of access without any having been set");
	if (errno != ENODATA && errno != EOPNOTSUPP)
		did("getxattr", -1);
	if (setxattr("f", "system.posix_acl_access", acl, n, 0) < 0)
		did("setxattr", -1);
	if (getxattr("f", "system.posix_acl_access", NULL, 0) != (ssize_t)n)
		did("getxattr", -1);
}

int main(void)
{
	rig_start();
	RIG_ALONE(no_acls_yet);
	RIG_SAME(access_of_root);
	RIG_SAME(times);
	RIG_SAME(modes_of_new_objects);
	RIG_SAME(devices);
	RIG_SAME(setuid_of_programs);
	RIG_SAME(others);
	RIG_SAME(xattrs);
	RIG_SAME(acls);
	rig_stop();
	return t_end();
}
