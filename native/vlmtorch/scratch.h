// Working memory that is kept from call to call: no allocation and no page faults in the steady state.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <memory>
#include <new>

namespace vlmtorch {
namespace cpu {
constexpr size_t kHugePage = 2 << 20;

// A wish for huge pages, for memory that is not there yet; without it the pages are small. A large matrix has more
// small pages than the processor keeps addresses for. Mapped files: MappedMemory of the binding.
inline void want_huge_pages(void *data, size_t bytes) {
#ifdef MADV_HUGEPAGE
    madvise(data, bytes, MADV_HUGEPAGE);
#endif
}

// Memory to free(), on huge pages where the system has them.
inline void *allocate_large(size_t bytes) {
    const size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
    void *data = aligned_alloc(kHugePage, rounded);
    if (data == nullptr) {
        throw std::bad_alloc();
    }
    want_huge_pages(data, rounded);
    return data;
}

// Zeros from the system, on huge pages where it has them: each page is taken when it is first written.
inline std::shared_ptr<void> map_zeros(size_t bytes) {
    const size_t size = bytes + kHugePage; // to begin at a huge page
    void *data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        throw std::bad_alloc();
    }
    const auto address = (reinterpret_cast<uintptr_t>(data) + kHugePage - 1) / kHugePage * kHugePage;
    void *aligned = reinterpret_cast<void *>(address);
    want_huge_pages(aligned, bytes);
    return std::shared_ptr<void>(aligned, [data, size](void *) { munmap(data, size); });
}

// One per thread and purpose; only grows.
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

    void grow(size_t wanted) {
        free(data_);
        data_ = nullptr;
        size_ = 0;
        data_ =
            wanted < kHugePage ? aligned_alloc(kLine, (wanted + kLine - 1) / kLine * kLine) : allocate_large(wanted);
        if (data_ == nullptr) {
            throw std::bad_alloc();
        }
        size_ = wanted;
    }

    void *data_ = nullptr;
    size_t size_ = 0;
};
} // namespace cpu
} // namespace vlmtorch
