/* How long many things took, in little room. */
#include <stdint.h>
#include <stdio.h>

/* Durations: 32 steps for each doubling of nanoseconds. */
struct durations {
  uint64_t count, steps[64 * 32], most;
  double sum;
};

static inline void note(struct durations *durations, uint64_t took) {
  uint64_t value = took < 32 ? 32 : took;
  int doubling = 63 - __builtin_clzll(value);
  durations->steps[doubling * 32 + ((value >> (doubling - 5)) & 31)]++;
  durations->count++;
  durations->sum += took;
  if (took > durations->most) durations->most = took;
}

static inline double quantile(const struct durations *durations, double share) {
  uint64_t left = share * durations->count;
  for (int step = 32 * 5; step < 64 * 32; step++) {
    if (durations->steps[step] > left) return (32 + step % 32 + 0.5) * (double)(1ull << (step / 32 - 5)) / 1e6;
    left -= durations->steps[step];
  }
  return durations->most / 1e6;
}

static inline void print_durations(const char *name, const struct durations *durations) {
  printf(", \"%s\": {\"count\": %lu, \"mean\": %.4f, \"p50\": %.4f, \"p90\": %.4f, \"p99\": %.4f, \"most\": %.4f}", name,
         durations->count, durations->count ? durations->sum / durations->count / 1e6 : 0, quantile(durations, .5),
         quantile(durations, .9), quantile(durations, .99), durations->most / 1e6);
}
