// The tasks of one thread in a loop that all threads work on.
#pragma once
#include <stdint.h>

#include <atomic>

namespace vlmtorch {
namespace cpu {
// Numbers begin .. end - 1, which their owner takes from the front and others from the back; at most 2^32 - 1 of them.
class alignas(64) Share {
  public:
    void set(int64_t begin, int64_t end) { range_ = static_cast<uint64_t>(begin) << 32 | static_cast<uint64_t>(end); }

    // The next number, or -1 when none is left.
    int64_t take_front() {
        return take([](uint32_t &begin, uint32_t &) { return begin++; });
    }

    int64_t take_back() {
        return take([](uint32_t &, uint32_t &end) { return --end; });
    }

  private:
    template <class F> int64_t take(const F &from) {
        uint64_t old = range_;
        while (true) {
            auto begin = static_cast<uint32_t>(old >> 32);
            auto end = static_cast<uint32_t>(old);
            if (begin >= end) {
                return -1;
            }
            const int64_t taken = from(begin, end);
            if (range_.compare_exchange_weak(old, static_cast<uint64_t>(begin) << 32 | end)) {
                return taken;
            }
        }
    }

    std::atomic<uint64_t> range_{0};
};
} // namespace cpu
} // namespace vlmtorch
