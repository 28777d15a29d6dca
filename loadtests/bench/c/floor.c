/* The floor: as little as a program can do that hands each post to every socket.
 *
 * usage: floor PORT CORE each|joined
 *
 * `each`: every post is written to every socket as soon as it is read. `joined`: what arrives within one turn of the
 * loop is joined and written to every socket once. No sessions, no database, no JSON: only frames. */
#include "websocket.h"

enum { MOST = 65536, TURN = 512, ROOM = 1 << 20, BACKLOG = 4 << 20 };

struct peer {
  int open;
  uint8_t *in, *out; /* half of a frame that was read; what the kernel did not take yet */
  size_t in_size, out_size;
};

static struct peer peers[MOST]; /* by descriptor */
static int everyone[MOST], place[MOST], count;
static uint8_t buffer[ROOM], frame_bytes[ROOM], joined[ROOM];
static size_t joined_size;
static int loop, joining;

/* RFC 6455's own example: the key that our client sends, and its answer. */
static const char WELCOME[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void watch(int fd, uint32_t what, int how) {
  struct epoll_event event = {.events = what, .data.fd = fd};
  epoll_ctl(loop, how, fd, &event);
}

static void leave(int fd) {
  struct peer *peer = &peers[fd];
  if (peer->open) {
    everyone[place[fd]] = everyone[--count];
    place[everyone[place[fd]]] = place[fd];
  }
  free(peer->in);
  free(peer->out);
  memset(peer, 0, sizeof *peer);
  close(fd);
}

static void put(int fd, const uint8_t *bytes, size_t size) {
  struct peer *peer = &peers[fd];
  ssize_t taken = 0;
  if (!peer->out_size) {
    taken = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken == (ssize_t)size) return;
    if (taken < 0 && errno != EAGAIN) return; /* its end is told by the loop */
    if (taken < 0) taken = 0;
    watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  }
  size_t rest = size - taken;
  if (peer->out_size + rest > BACKLOG) {
    shutdown(fd, SHUT_RDWR);
    return;
  }
  peer->out = must(realloc(peer->out, peer->out_size + rest));
  memcpy(peer->out + peer->out_size, bytes + taken, rest);
  peer->out_size += rest;
}

static void go_on(int fd) {
  struct peer *peer = &peers[fd];
  ssize_t taken = send(fd, peer->out, peer->out_size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (taken <= 0) return;
  peer->out_size -= taken;
  memmove(peer->out, peer->out + taken, peer->out_size);
  if (!peer->out_size) watch(fd, EPOLLIN, EPOLL_CTL_MOD);
}

static void tell_everyone(const uint8_t *bytes, size_t size) {
  for (int i = 0; i < count; i++) put(everyone[i], bytes, size);
}

static void flush(void) {
  if (joined_size) tell_everyone(joined, joined_size);
  joined_size = 0;
}

static void hear(const struct frame *frame) {
  size_t size = write_frame(frame_bytes, TEXT, frame->payload, frame->size, 0);
  if (!joining) {
    tell_everyone(frame_bytes, size);
    return;
  }
  if (joined_size + size > ROOM) flush();
  memcpy(joined + joined_size, frame_bytes, size);
  joined_size += size;
}

static size_t welcome(int fd, uint8_t *bytes, size_t size) {
  uint8_t *end = memmem(bytes, size, "\r\n\r\n", 4);
  if (!end) return 0;
  peers[fd].open = 1;
  everyone[place[fd] = count++] = fd;
  put(fd, (const uint8_t *)WELCOME, sizeof WELCOME - 1);
  return end + 4 - bytes;
}

static void read_from(int fd) {
  struct peer *peer = &peers[fd];
  memcpy(buffer, peer->in, peer->in_size);
  ssize_t got = recv(fd, buffer + peer->in_size, ROOM - peer->in_size, MSG_DONTWAIT);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) leave(fd);
    return;
  }
  size_t there = peer->in_size + got, read = 0, took;
  if (!peer->open && !(read = welcome(fd, buffer, there))) took = 0;
  struct frame frame;
  while (peer->open && (took = read_frame(buffer + read, there - read, &frame))) {
    read += took;
    if (frame.opcode == TEXT) hear(&frame);
    if (frame.opcode == CLOSE) {
      leave(fd);
      return;
    }
  }
  peer->in_size = there - read;
  if (!peer->in_size) {
    free(peer->in);
    peer->in = NULL;
    return;
  }
  peer->in = must(realloc(peer->in, peer->in_size));
  memcpy(peer->in, buffer + read, peer->in_size);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  settle(atoi(argv[2]));
  joining = !strcmp(argv[3], "joined");
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) {
    perror("listen");
    return 1;
  }
  loop = epoll_create1(0);
  watch(listener, EPOLLIN, EPOLL_CTL_ADD);
  struct epoll_event events[TURN];
  for (;;) {
    int ready = epoll_wait(loop, events, TURN, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int made = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (made < 0) continue;
        if (made >= MOST) {
          close(made);
          continue;
        }
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        watch(made, EPOLLIN, EPOLL_CTL_ADD);
        continue;
      }
      if (events[i].events & EPOLLOUT) go_on(fd);
      if (events[i].events & ~EPOLLOUT) read_from(fd);
    }
    flush();
  }
}
