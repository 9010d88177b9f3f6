// Working memory that is kept from call to call: no allocation and no page faults in the steady state.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <new>

namespace vlmtorch {
namespace cpu {
// One per thread and purpose; only grows. Large ones lie on huge pages: a packed matrix has more small pages than the
// processor keeps addresses for.
class Scratch {
  public:
    Scratch() = default;
    ~Scratch() { free(data_); }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    // Room for count elements, at the start of a cache line; earlier content is lost.
    template <class T> T *get(int64_t count) {
        const size_t wanted = static_cast<size_t>(count) * sizeof(T);
        if (wanted > size_) {
            grow(wanted);
        }
        return static_cast<T *>(data_);
    }

  private:
    static constexpr size_t kLine = 64;
    static constexpr size_t kHugePage = 2 << 20;

    void grow(size_t wanted) {
        const size_t alignment = wanted < kHugePage ? kLine : kHugePage;
        free(data_);
        size_ = 0;
        data_ = aligned_alloc(alignment, (wanted + alignment - 1) / alignment * alignment);
        if (data_ == nullptr) {
            throw std::bad_alloc();
        }
        size_ = wanted;
#ifdef MADV_HUGEPAGE
        if (alignment == kHugePage) {
            madvise(data_, wanted, MADV_HUGEPAGE); // a wish: without it the pages are small
        }
#endif
    }

    void *data_ = nullptr;
    size_t size_ = 0;
};
} // namespace cpu
} // namespace vlmtorch
