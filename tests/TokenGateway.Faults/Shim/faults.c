/*
 * Laid over libc in a gateway's process by LD_PRELOAD, so that a named point inside the writing of the journal can be hit without any
 * hook in the product. It also gives each process a source address of its own, by which the fault proxies tell who calls.
 *
 * FAULTS_JOURNAL  the folder whose files are watched
 * FAULTS_CONTROL  a file of 8192 bytes, shared with the harness: see struct control
 * FAULTS_SOURCE   an address within 127.0.0.0/8
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum mode { NOTHING, KILL_BEFORE_WRITE, KILL_BEFORE_SYNC, KILL_AFTER_SYNC, DISK_FULL, DISK_FAILS };
enum { RING = 256 };

struct sync { int64_t begun, ended; };
struct control {
    volatile int32_t mode;
    volatile int32_t refused;        /* operations that were made to fail */
    volatile int64_t syncs;          /* completed syncs of content; the newest is in ring[(syncs - 1) % RING] */
    volatile struct sync ring[RING]; /* CLOCK_MONOTONIC, nanoseconds */
};

static struct control *control;
static char journal[4096];
static size_t journal_length;
static struct in_addr source;

/* True where this thread's last write to the journal was content, and not zeros that only make room. */
static __thread int wrote_content;

__attribute__((constructor)) static void start(void) {
    const char *folder = getenv("FAULTS_JOURNAL"), *file = getenv("FAULTS_CONTROL"), *address = getenv("FAULTS_SOURCE");
    if (address) inet_pton(AF_INET, address, &source);
    if (!folder || !file || strlen(folder) >= sizeof journal) return;
    strcpy(journal, folder);
    journal_length = strlen(journal);
    int fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared != MAP_FAILED) control = shared;
    close(fd);
}

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int in_journal(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return length > (ssize_t)journal_length && memcmp(path, journal, journal_length) == 0 && path[journal_length] == '/';
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int fail(int error) {
    __atomic_add_fetch(&control->refused, 1, __ATOMIC_SEQ_CST);
    errno = error;
    return 1;
}

/* True where the write must fail. A full disk still takes what goes into blocks that are there. */
static int refuses_write(int fd, const void *bytes, size_t count, off64_t at) {
    struct stat64 status;
    if (!control || !in_journal(fd)) return 0;
    wrote_content = 0;
    for (size_t n = 0; bytes && n < count && n < 16; n++) wrote_content |= ((const char *)bytes)[n] != 0;
    if (control->mode == KILL_BEFORE_WRITE && wrote_content) die();
    if (control->mode == DISK_FAILS) return fail(EIO);
    return control->mode == DISK_FULL && (fstat64(fd, &status) || at + (off64_t)count > status.st_size) ? fail(ENOSPC) : 0;
}

static int synced(int fd, const char *name) {
    int (*call)(int) = real(name);
    if (!control || !in_journal(fd)) return call(fd);
    if (control->mode == DISK_FAILS) return fail(EIO), -1;
    if (control->mode == KILL_BEFORE_SYNC && wrote_content) die();
    int64_t begun = now();
    int result = call(fd);
    if (result == 0 && wrote_content) {
        int64_t place = __atomic_fetch_add(&control->syncs, 1, __ATOMIC_SEQ_CST) % RING;
        control->ring[place].begun = begun;
        control->ring[place].ended = now();
        if (control->mode == KILL_AFTER_SYNC) die();
    }
    return result;
}

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    static ssize_t (*call)(int, const void *, size_t, off64_t);
    if (!call) call = real("pwrite64");
    return refuses_write(fd, bytes, count, at) ? -1 : call(fd, bytes, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
    static ssize_t (*call)(int, const struct iovec *, int, off64_t);
    if (!call) call = real("pwritev64");
    size_t length = 0;
    for (int n = 0; n < count; n++) length += parts[n].iov_len;
    return refuses_write(fd, parts[0].iov_base, length, at) ? -1 : call(fd, parts, count, at);
}

int ftruncate64(int fd, off64_t length) {
    static int (*call)(int, off64_t);
    if (!call) call = real("ftruncate64");
    return refuses_write(fd, NULL, 0, length) ? -1 : call(fd, length);
}

int fallocate64(int fd, int mode, off64_t at, off64_t length) {
    static int (*call)(int, int, off64_t, off64_t);
    if (!call) call = real("fallocate64");
    return refuses_write(fd, NULL, (size_t)length, at) ? -1 : call(fd, mode, at, length);
}

int connect(int fd, const struct sockaddr *to, socklen_t length) {
    static int (*call)(int, const struct sockaddr *, socklen_t);
    if (!call) call = real("connect");
    int yes = 1;
    if (source.s_addr && to->sa_family == AF_INET) {
        struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr = source };
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        bind(fd, (struct sockaddr *)&from, sizeof from);
    } else if (source.s_addr && to->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&((const struct sockaddr_in6 *)to)->sin6_addr)) {
        struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
        from.sin6_addr.s6_addr[10] = from.sin6_addr.s6_addr[11] = 0xff;
        memcpy(&from.sin6_addr.s6_addr[12], &source, 4);
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        bind(fd, (struct sockaddr *)&from, sizeof from);
    }
    return call(fd, to, length);
}
