/* The load client: many websockets in one thread, which must never be what a measurement waits for.
 *
 * usage: client PORT CORE
 *
 * Each line on standard input is a command; each is answered by one line of JSON. A delivery is a text frame with
 * "@@" and ten digits in it, the number of the post it is of. All sockets must hear the same frames in the same
 * order, each once: whatever is lost, doubled, changed or out of order ends this program with {"fault": …}.
 *
 *   open FILE COUNT AT_ONCE SECONDS NEEDLE   take COUNT more people from FILE: their handshake and first words, both
 *                                            preceded by their length; they are in when a frame holds NEEDLE (-: at
 *                                            the 101). SECONDS spreads their coming.
 *   words FILE                               what a post is from now on; ten S in a row are its number
 *   closed BURST SECONDS                     BURST people post at once; when all have heard it, the next BURST do
 *   pace RATE SECONDS                        so many posts a second, heard or not
 *   flood SENDERS SECONDS                    each of so many posts again as soon as they have the `ok`
 *   rest SECONDS                             hear only
 *   close                                    all go */
#include "websocket.h"
#include "durations.h"

enum { TURN = 512, ROOM = 1 << 20, LOG = 1 << 16, POSTS = 1 << 22, PER_ADDRESS = 20000 };
#define PATIENCE 30000000000ull
#define SECOND 1e9
#define NUMBERED "SSSSSSSSSS"
#define DIGITS 10

enum state { AWAY, CONNECTING, SHAKING, COMING, IN };

struct peer {
  int fd;
  enum state state;
  uint8_t *rest; /* half of a frame */
  size_t rest_size;
  uint64_t heard; /* how much of the log */
  uint64_t began;
  uint32_t handshake, handshake_size, words, words_size; /* places in the people's file */
  uint32_t own; /* the post it waits for an answer to, and 1; 0 is none */
};

struct said {
  uint8_t *payload;
  size_t size, room;
  uint64_t sent, first;
};

static struct peer *peers;
static int count, in, loop, port;
static uint8_t *people;
static size_t people_size, people_read;
static char needle[256];
static struct said saying[LOG];
static uint64_t said_end, deliveries, acks, others, last_number;
static uint64_t sent_at[POSTS];
static uint8_t was_said[POSTS], was_acked[POSTS];
static uint64_t posted;
static char *words_text;
static size_t words_size;
static int wants_acks, flooding;
static uint64_t flood_ends;
static struct durations heard_after, acked_after, spread, in_after;
static uint8_t buffer[ROOM];

static void fault(const char *format, ...) {
  va_list values;
  va_start(values, format);
  printf("{\"fault\": \"");
  vprintf(format, values);
  printf("\"}\n");
  fflush(stdout);
  exit(1);
}

/* -- out */

static void put(struct peer *peer, int opcode, const void *payload, size_t size) {
  uint8_t bytes[size + 14];
  size_t whole = write_frame(bytes, opcode, payload, size, 1);
  if (send(peer->fd, bytes, whole, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)whole)
    fault("what socket %ld wanted to say was not taken: %s", (long)(peer - peers), strerror(errno));
}

static void post(struct peer *peer) {
  if (posted >= POSTS) fault("more posts than can be counted");
  char number[DIGITS + 1];
  snprintf(number, sizeof number, "%010lu", posted);
  for (char *place = words_text; (place = memmem(place, words_text + words_size - place, NUMBERED, DIGITS)); place += DIGITS)
    memcpy(place, number, DIGITS);
  sent_at[posted] = now();
  peer->own = posted + 1;
  put(peer, TEXT, words_text, words_size);
  for (char *place = words_text; (place = memmem(place, words_text + words_size - place, number, DIGITS)); place += DIGITS)
    memcpy(place, NUMBERED, DIGITS);
  posted++;
}

/* -- in */

static uint64_t number_after(const struct frame *frame, const char *mark) {
  uint8_t *place = memmem(frame->payload, frame->size, mark, strlen(mark));
  uint64_t number = 0;
  if (!place) return UINT64_MAX;
  for (place += strlen(mark); place < frame->payload + frame->size && *place >= '0' && *place <= '9'; place++)
    number = number * 10 + *place - '0';
  return number;
}

static void log_new(struct peer *peer, const struct frame *frame, uint64_t post, uint64_t time) {
  if (post >= posted) fault("socket %ld heard post %lu, which nobody sent", (long)(peer - peers), post);
  if (was_said[post]) fault("socket %ld heard post %lu again, or out of order", (long)(peer - peers), post);
  was_said[post] = 1;
  uint64_t number = number_after(frame, "\"number\":");
  if (wants_acks && number != UINT64_MAX) {
    if (last_number && number != last_number + 1) fault("after number %lu came %lu", last_number, number);
    last_number = number;
  }
  struct said *said = &saying[said_end++ % LOG];
  if (said->room < frame->size) said->payload = must(realloc(said->payload, said->room = frame->size));
  memcpy(said->payload, frame->payload, said->size = frame->size);
  said->sent = sent_at[post];
  said->first = time;
}

static void hear_text(struct peer *peer, const struct frame *frame, uint64_t time) {
  struct said *next = &saying[peer->heard % LOG];
  int is_next = peer->heard < said_end && next->size == frame->size && !memcmp(next->payload, frame->payload, frame->size);
  if (!is_next) {
    uint64_t number = number_after(frame, "@@");
    if (number == UINT64_MAX) {
      uint64_t acked = wants_acks ? number_after(frame, "{\"type\":\"ok\",\"ref\":\"") : UINT64_MAX;
      if (acked != UINT64_MAX && acked < posted && peer->own == acked + 1) {
        if (was_acked[acked]++) fault("post %lu was answered twice", acked);
        acks++;
        peer->own = 0;
        note(&acked_after, time - sent_at[acked]);
        if (flooding && time < flood_ends) post(peer);
      } else if (memmem(frame->payload, frame->size, "\"refused\"", 9)) {
        fault("socket %ld was refused something", (long)(peer - peers));
      } else if (frame->size < 32 && memmem(frame->payload, frame->size, "\"heartbeat\"", 11)) {
        static const char answer[] = "{\"type\":\"heartbeat\",\"ref\":0}";
        put(peer, TEXT, answer, sizeof answer - 1);
      }
      others++;
      return;
    }
    if (peer->heard < said_end) fault("socket %ld heard post %lu where others heard another", (long)(peer - peers), number);
    log_new(peer, frame, number, time);
  }
  peer->heard++;
  deliveries++;
  note(&heard_after, time - next->sent);
  note(&spread, time - next->first);
}

static void be_in(struct peer *peer, uint64_t time) {
  peer->state = IN;
  peer->heard = said_end;
  in++;
  note(&in_after, time - peer->began);
}

static void hear(struct peer *peer, const struct frame *frame, uint64_t time) {
  switch (frame->opcode) {
    case TEXT:
      if (peer->state == IN)
        hear_text(peer, frame, time);
      else if (memmem(frame->payload, frame->size, needle, strlen(needle)))
        be_in(peer, time);
      else if (memmem(frame->payload, frame->size, "\"refused\"", 9))
        fault("socket %ld was not let in", (long)(peer - peers));
      break;
    case PING:
      put(peer, PONG, frame->payload, frame->size);
      break;
    case CLOSE:
      fault("socket %ld was closed with %d", (long)(peer - peers),
            frame->size >= 2 ? frame->payload[0] << 8 | frame->payload[1] : 0);
  }
}

/* Return how much of the answer to the handshake was read, 0 where there is more to come. */
static size_t shake(struct peer *peer, uint8_t *bytes, size_t there) {
  uint8_t *end = memmem(bytes, there, "\r\n\r\n", 4);
  if (!end) return 0;
  if (memcmp(bytes, "HTTP/1.1 101", 12)) fault("socket %ld was not opened: %.12s", (long)(peer - peers), bytes);
  peer->state = COMING;
  if (peer->words_size) put(peer, TEXT, people + peer->words, peer->words_size);
  if (!strcmp(needle, "-")) be_in(peer, now());
  return end + 4 - bytes;
}

static void read_from(struct peer *peer) {
  memcpy(buffer, peer->rest, peer->rest_size);
  ssize_t got = recv(peer->fd, buffer + peer->rest_size, ROOM - peer->rest_size, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) fault("socket %ld was cut: %s", (long)(peer - peers), got ? strerror(errno) : "the other side ended it");
  uint64_t time = now();
  size_t there = peer->rest_size + got, read = 0, took;
  if (peer->state == SHAKING) read = shake(peer, buffer, there);
  struct frame frame;
  while (peer->state >= COMING && (took = read_frame(buffer + read, there - read, &frame))) {
    read += took;
    hear(peer, &frame, time);
  }
  peer->rest_size = there - read;
  if (peer->rest_size) {
    peer->rest = must(realloc(peer->rest, peer->rest_size));
    memcpy(peer->rest, buffer + read, peer->rest_size);
  } else if (peer->rest) {
    free(peer->rest);
    peer->rest = NULL;
  }
}

static void connected(struct peer *peer) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(peer->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) fault("socket %ld cannot connect: %s", (long)(peer - peers), strerror(error));
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = peer - peers};
  epoll_ctl(loop, EPOLL_CTL_MOD, peer->fd, &event);
  peer->state = SHAKING;
  if (send(peer->fd, people + peer->handshake, peer->handshake_size, MSG_NOSIGNAL) != peer->handshake_size)
    fault("a handshake was not taken");
}

/* Take what has come, waiting at most so many milliseconds; return whether a command is waiting. */
static int turn(int wait) {
  struct epoll_event events[TURN];
  int ready = epoll_wait(loop, events, TURN, wait), command = 0;
  for (int i = 0; i < ready; i++) {
    if (events[i].data.u32 == UINT32_MAX) {
      command = 1;
      continue;
    }
    struct peer *peer = &peers[events[i].data.u32];
    if (peer->state == CONNECTING)
      connected(peer);
    else if (peer->state != AWAY)
      read_from(peer);
  }
  return command;
}

/* -- what is commanded */

static void begin_measuring(void) {
  memset(&heard_after, 0, sizeof heard_after);
  memset(&acked_after, 0, sizeof acked_after);
  memset(&spread, 0, sizeof spread);
  deliveries = acks = others = 0;
}

/* Hear until everything posted since `first` was heard by everybody and answered. */
static void wait_for_all(uint64_t first) {
  uint64_t wanted = (posted - first) * in, before = UINT64_MAX, since = now();
  while (deliveries < wanted || (wants_acks && acks < posted - first)) {
    turn(1000);
    if (deliveries + acks != before) {
      before = deliveries + acks;
      since = now();
    } else if (now() - since > PATIENCE) {
      fault("%lu of %lu deliveries and %lu of %lu answers came", deliveries, wanted, acks, posted - first);
    }
  }
}

static void report(uint64_t first, uint64_t began) {
  printf("{\"posts\": %lu, \"deliveries\": %lu, \"acks\": %lu, \"others\": %lu, \"sockets\": %d, \"seconds\": %.6f",
         posted - first, deliveries, acks, others, in, (now() - began) / SECOND);
  print_durations("heard", &heard_after);
  print_durations("spread", &spread);
  print_durations("acked", &acked_after);
  printf("}\n");
}

static void do_closed(int burst, double seconds) {
  begin_measuring();
  uint64_t first = posted, began = now();
  do {
    for (int i = 0; i < burst; i++) post(&peers[posted % count]);
    wait_for_all(first);
  } while (now() - began < seconds * SECOND);
  report(first, began);
}

static void do_pace(double rate, double seconds) {
  begin_measuring();
  uint64_t first = posted, began = now();
  while ((posted - first) / rate < seconds) {
    uint64_t due = began + (posted - first) / rate * SECOND, time = now();
    if (time >= due) {
      post(&peers[posted % count]);
      sent_at[posted - 1] = due; /* what waits for us to send it waits too */
    } else {
      turn((due - time) / 1000000);
    }
  }
  wait_for_all(first);
  report(first, began);
}

static void do_flood(int senders, double seconds) {
  begin_measuring();
  uint64_t first = posted, began = now();
  flood_ends = began + seconds * SECOND;
  flooding = 1;
  for (int i = 0; i < senders; i++) post(&peers[i]);
  while (now() < flood_ends) turn(100);
  uint64_t in_time = acks;
  wait_for_all(first);
  flooding = 0;
  acks = in_time; /* those of the seconds asked for */
  report(first, began);
}

static void do_rest(double seconds) {
  begin_measuring();
  uint64_t began = now();
  while (now() - began < seconds * SECOND) turn(100);
  report(posted, began);
}

static uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) fault("%s cannot be read", path);
  fseek(file, 0, SEEK_END);
  *size = ftell(file);
  rewind(file);
  uint8_t *bytes = must(malloc(*size + 1));
  if (fread(bytes, 1, *size, file) != *size) fault("%s cannot be read", path);
  fclose(file);
  bytes[*size] = 0;
  return bytes;
}

static uint32_t next_text(uint32_t *size) {
  if (people_read + 4 > people_size) fault("there are no more people");
  memcpy(size, people + people_read, 4);
  uint32_t place = people_read + 4;
  people_read = place + *size;
  return place;
}

static void start(struct peer *peer) {
  memset(peer, 0, sizeof *peer);
  peer->handshake = next_text(&peer->handshake_size);
  peer->words = next_text(&peer->words_size);
  peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (peer->fd < 0) fault("there is no socket for more people: %s", strerror(errno));
  int yes = 1;
  setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(peer->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(port)};
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (peer - peers) / PER_ADDRESS); /* ports run out by address */
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  peer->began = now();
  peer->state = CONNECTING;
  if (bind(peer->fd, (struct sockaddr *)&from, sizeof from) ||
      (connect(peer->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS))
    fault("socket %ld cannot connect: %s", (long)(peer - peers), strerror(errno));
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = peer - peers};
  epoll_ctl(loop, EPOLL_CTL_ADD, peer->fd, &event);
}

static void do_open(const char *file, int more, int at_once, double seconds) {
  if (!people) people = read_file(file, &people_size);
  begin_measuring();
  memset(&in_after, 0, sizeof in_after);
  peers = must(realloc(peers, (count + more) * sizeof *peers));
  uint64_t began = now(), since = began;
  int first = count, before = in;
  while (in < first + more) {
    while (count < first + more && count - in < at_once &&
           now() - began >= (count - first) * seconds * SECOND / more)
      start(&peers[count++]);
    turn(seconds ? 1 : 1000);
    if (in != before) {
      before = in;
      since = now();
    } else if (now() - since > PATIENCE) {
      fault("%d of %d came in", in - first, more);
    }
  }
  printf("{\"opened\": %d, \"sockets\": %d, \"seconds\": %.6f", more, in, (now() - began) / SECOND);
  print_durations("in", &in_after);
  printf("}\n");
}

static void do_close(void) {
  for (int i = 0; i < count; i++) {
    close(peers[i].fd);
    free(peers[i].rest);
  }
  printf("{\"closed\": %d}\n", count);
  count = in = 0;
  people_read = 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  port = atoi(argv[1]);
  settle(atoi(argv[2]));
  loop = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(loop, EPOLL_CTL_ADD, 0, &event);
  setvbuf(stdin, NULL, _IONBF, 0);
  char line[4096], file[2048];
  int a, b;
  double x, y;
  for (;;) {
    while (!turn(1000));
    if (!fgets(line, sizeof line, stdin)) return 0;
    if (sscanf(line, "open %2000s %d %d %lf %255s", file, &a, &b, &x, needle) == 5) {
      do_open(file, a, b, x);
    } else if (sscanf(line, "words %2000s", file) == 1) {
      free(words_text);
      words_text = (char *)read_file(file, &words_size);
      wants_acks = strstr(words_text, "\"ref\":\"") != NULL;
      printf("{\"words\": %zu}\n", words_size);
    } else if (sscanf(line, "closed %d %lf", &a, &x) == 2) {
      do_closed(a, x);
    } else if (sscanf(line, "pace %lf %lf", &y, &x) == 2) {
      do_pace(y, x);
    } else if (sscanf(line, "flood %d %lf", &a, &x) == 2) {
      do_flood(a, x);
    } else if (sscanf(line, "rest %lf", &x) == 1) {
      do_rest(x);
    } else if (!strncmp(line, "close", 5)) {
      do_close();
    } else {
      fault("this command is not known");
    }
    fflush(stdout);
  }
}
