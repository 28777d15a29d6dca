/* What both ends of the bench need of RFC 6455, and of Linux. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, FINAL = 0x80, MASKED = 0x80 };

struct frame {
  int opcode;
  uint8_t *payload;
  size_t size;
};

/* Read one whole frame; return how many bytes it took, 0 where there is more to come. */
static inline size_t read_frame(uint8_t *bytes, size_t there, struct frame *frame) {
  if (there < 2) return 0;
  size_t head = 2, size = bytes[1] & 0x7f;
  if (size == 126) {
    if (there < 4) return 0;
    size = (size_t)bytes[2] << 8 | bytes[3];
    head = 4;
  } else if (size == 127) {
    if (there < 10) return 0;
    size = 0;
    for (int i = 2; i < 10; i++) size = size << 8 | bytes[i];
    head = 10;
  }
  uint8_t *mask = (bytes[1] & MASKED) ? bytes + head : NULL;
  if (mask) head += 4;
  if (there < head + size) return 0;
  frame->opcode = bytes[0] & 0x0f;
  frame->payload = bytes + head;
  frame->size = size;
  if (mask)
    for (size_t i = 0; i < size; i++) frame->payload[i] ^= mask[i & 3];
  return head + size;
}

/* Write a final frame; `to` has 14 bytes more than `size`. */
static inline size_t write_frame(uint8_t *to, int opcode, const void *payload, size_t size, int masked) {
  static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  size_t head = 2;
  to[0] = FINAL | opcode;
  if (size < 126) {
    to[1] = size;
  } else {
    to[1] = 126;
    to[2] = size >> 8;
    to[3] = size;
    head = 4;
  }
  if (masked) {
    to[1] |= MASKED;
    memcpy(to + head, mask, 4);
    head += 4;
  }
  memcpy(to + head, payload, size);
  if (masked)
    for (size_t i = 0; i < size; i++) to[head + i] ^= mask[i & 3];
  return head + size;
}

static inline uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + time.tv_nsec;
}

static inline void *must(void *memory) {
  if (!memory) {
    perror("memory");
    exit(1);
  }
  return memory;
}

/* As many descriptors as we are given, and one core of our own (none for -1). */
static inline void settle(int core) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  signal(SIGPIPE, SIG_IGN);
  if (core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
  }
}
