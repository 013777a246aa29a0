// libfcgi for the protocol, and the parts of Linux that Swift's Glibc module leaves out.
#ifndef CFASTCGI_SHIM_H
#define CFASTCGI_SHIM_H

#define NO_FCGI_DEFINES
#include <fcgiapp.h>
#include <malloc.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

// accept4 stands behind _GNU_SOURCE, which a Swift module does not define.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

// prctl is variadic, and Swift calls no such function.
static inline int forbid_core_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// Swift sees no malloc.h. By itself the allocator learns from one large block to keep the next ones; told not to, it gives
// back what every request takes anew, a page at a time.
static inline void give_back_large_blocks(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

#endif
