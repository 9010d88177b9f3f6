// glibc gives buffers above its threshold back to the system when they are freed, and the next layer pays for zeroed
// pages again: a tenth of an encode. Here freed memory stays in one arena, up to the limit below.
#include <malloc.h>

namespace {
constexpr int kKeptBytes = 1 << 30;
constexpr int kGrowBytes = 64 << 20;

__attribute__((constructor)) void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, kKeptBytes);
    mallopt(M_TRIM_THRESHOLD, kKeptBytes);
    mallopt(M_TOP_PAD, kGrowBytes);
    mallopt(M_ARENA_MAX, 1); // arenas of other threads, the engine's among them, end at 64 MiB
}
} // namespace
