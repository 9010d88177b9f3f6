// Every exported function runs inside VT_GUARD: no C++ exception crosses the C ABI; its text stays with the thread.
#pragma once
#include <stdint.h>

namespace vlmtorch {
// Keeps the message of the exception in flight for vt_last_error; call from a catch block only.
int32_t keep_error();
} // namespace vlmtorch

// Success is 0, failure 1 with the message in vt_last_error().
#define VT_GUARD(...)                                                                                                  \
    try {                                                                                                              \
        __VA_ARGS__                                                                                                    \
        return 0;                                                                                                      \
    } catch (...) {                                                                                                    \
        return vlmtorch::keep_error();                                                                                 \
    }
